/** Everything that is said to a node in our own way, and how mistakes in it are told. */

import { type NodeOutcome, readNodeSources } from './node-sources.ts'
import type { NodeWords } from './node-words.ts'
import { type Problem, problemText } from './problems.ts'
import { CONFIG_VARIABLE, type Environment } from './variables.ts'

export interface ConfigParts {
  readonly print: (line: string) => void
  /** For people, beside the output. */
  readonly complain: (line: string) => void
  readonly environment: Environment
  /** The text of a small file. */
  readonly readText: (path: string) => string
  /** Fails when there is such a file, unless it may be replaced. */
  readonly writeText: (path: string, text: string, options: { replace: boolean }) => void
}

/** Options with a value that are no settings. */
export const NODE_VALUES: readonly string[] = ['config']
/** Of `quorate node`, without a value. */
export const NODE_SWITCHES: readonly string[] = ['check', 'json']

/** What `quorate config init` writes, and what `check` and `show` read, when no file is named. */
export const USUAL_FILE = 'quorate.yaml'
export const ERROR_ABSENT = 'ENOENT'

/** The flag before the variable; null when neither names a file. */
export function namedFile(
  words: NodeWords & { readonly file?: string | undefined },
  { environment }: Pick<ConfigParts, 'environment'>,
): string | null {
  const variable = environment[CONFIG_VARIABLE] ?? ''
  return words.file ?? words.values.get('config') ?? (variable === '' ? null : variable)
}

/** Whether there is one in the directory that this runs in, readable or not. */
export function hasUsualFile({ readText }: Pick<ConfigParts, 'readText'>): boolean {
  try {
    readText(USUAL_FILE)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === ERROR_ABSENT)
  }
}

export function gather(
  words: NodeWords,
  name: string | null,
  { environment, readText }: Pick<ConfigParts, 'environment' | 'readText'>,
): NodeOutcome {
  let text = ''
  try {
    if (name !== null) text = readText(name)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const how = { where: name ?? '', value: null, wanted: null }
    const unreadable = { ...how, text: `it cannot be read: ${why}` }
    return { kind: 'wrong', problems: [...words.problems, unreadable] }
  }
  const file = name === null ? null : { name, text }
  const outcome = readNodeSources({ file, environment, settings: words.settings })
  if (words.problems.length === 0) {
    if (outcome.kind === 'wrong') return outcome
    return { ...outcome, remarks: [...words.repeated, ...outcome.remarks] }
  }
  const others = outcome.kind === 'wrong' ? outcome.problems : []
  return { kind: 'wrong', problems: [...words.problems, ...others] }
}

export function tellProblems(
  problems: readonly Problem[],
  { complain }: Pick<ConfigParts, 'complain'>,
): void {
  complain('quorate: the configuration is wrong:')
  for (const problem of problems) complain(`  ${problemText(problem)}`)
}
