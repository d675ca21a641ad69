/** YAML, through the package of that name: the only file that knows it. */

import { LineCounter, parseDocument } from 'yaml'

export interface YamlFile {
  readonly value: unknown
  /** Names that stand more than once, told with their line: the last one counts. */
  readonly duplicates: readonly string[]
  /** Of the value at these keys; null where there is none. */
  lineOf(keys: readonly string[]): number | null
}

export type YamlOutcome =
  | { readonly kind: 'read'; readonly file: YamlFile }
  | { readonly kind: 'wrong'; readonly text: string }

/** Names stand once; what an alias names may be repeated a hundred times, no bomb. */
export function readYaml(text: string): YamlOutcome {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true })
  const texts = document.errors.map(({ code, pos, message }) => {
    const { line } = lineCounter.linePos(pos[0])
    return { isDuplicate: code === 'DUPLICATE_KEY', text: `line ${line}: ${message}` }
  })
  const error = texts.find(({ isDuplicate }) => !isDuplicate)
  if (error !== undefined) return { kind: 'wrong', text: error.text }
  const duplicates = texts.map(({ text: told }) => told)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    return { kind: 'wrong', text: cause instanceof Error ? cause.message : String(cause) }
  }
  const lineOf = (keys: readonly string[]): number | null => {
    const node = document.getIn(keys, true)
    const range = (node as { range?: readonly number[] | null } | undefined)?.range
    const start = range?.[0]
    return start === undefined ? null : lineCounter.linePos(start).line
  }
  return { kind: 'read', file: { value, duplicates, lineOf } }
}
