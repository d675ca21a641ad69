/** Mistakes in a configuration, all of them told at once. */

import { editDistance } from '../../base/index.ts'

export interface Problem {
  /** The setting as whoever wrote it knows it: its name, and the flag, variable or line. */
  readonly where: string
  /** What stands there; null when it is missing. */
  readonly value: string | null
  /** It is a list or a map of a file: `value` is it as JSON, and needs no quotes. */
  readonly isStructure?: boolean
  /** What would be right, as the end of a sentence; null when there is no such setting. */
  readonly wanted: string | null
  /** Something that is right; null where `wanted` names all there is. */
  readonly example?: string | null
  /** What may have been meant. */
  readonly near?: string | null
  /** Instead of all that: what is wrong with the whole of it. */
  readonly text?: string
}

export function problemText(problem: Problem): string {
  const { where, value, wanted, example, near, text } = problem
  if (text !== undefined) return where === '' ? text : `${where}: ${text}`
  if (wanted === null) {
    const hint = near === null || near === undefined ? '' : `; ${near} is meant?`
    const named = value === null ? `${where}:` : `${where} is ${valueText(problem)}, and`
    return `${named} there is no such setting${hint}`
  }
  const instance = example === null || example === undefined ? '' : `, such as ${example}`
  if (value === null) return `${where} is missing: it takes ${wanted}${instance}`
  return `${where} is ${valueText(problem)}: it takes ${wanted}${instance}`
}

function valueText({ value, isStructure }: Problem): string {
  return isStructure === true && value !== null ? value : JSON.stringify(value)
}

/** Longer names are further from anything somebody meant. */
const DISTANCE_MAX = 3
const NAME_LENGTH_MAX = 64

/** The known name that is nearest to a mistyped one; null when none is near. */
export function suggestion(name: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.min(DISTANCE_MAX, Math.floor(name.length / 2)) + 1
  if (name.length > NAME_LENGTH_MAX) return null
  for (const candidate of known) {
    const distance = editDistance(name, candidate)
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

/** The same; or one whose last word it is nearly: people remember `listen`, not `client.listen`. */
export function suggestionByEnd(
  name: string,
  known: readonly string[],
  separator: string,
): string | null {
  const near = suggestion(name, known)
  if (near !== null) return near
  const lastWord = (one: string): string => one.slice(one.lastIndexOf(separator) + 1)
  const ends = new Map<string, string>()
  for (const one of known) if (!ends.has(lastWord(one))) ends.set(lastWord(one), one)
  const end = suggestion(lastWord(name), ends.keys())
  return end === null ? null : (ends.get(end) ?? null)
}
