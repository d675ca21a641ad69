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

export function gather(
  words: NodeWords & { readonly file?: string | undefined },
  parts: Pick<ConfigParts, 'environment' | 'readText'>,
): NodeOutcome {
  const { environment, readText } = parts
  const variable = environment[CONFIG_VARIABLE]
  const name = words.file ?? words.values.get('config') ?? (variable === '' ? undefined : variable)
  let text = ''
  const unreadable: Problem[] = []
  if (name !== undefined) {
    try {
      text = readText(name)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const how = { where: name, value: null, wanted: null }
      unreadable.push({ ...how, text: `it cannot be read: ${why}` })
    }
  }
  if (unreadable.length > 0) {
    return { kind: 'wrong', problems: [...words.problems, ...unreadable] }
  }
  const file = name === undefined ? null : { name, text }
  const outcome = readNodeSources({ file, environment, settings: words.settings })
  if (words.problems.length === 0) return outcome
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
