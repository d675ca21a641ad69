/** What somebody meant who mistyped a name. */

import { editDistance } from '../../base/index.ts'

/** Farther away than that it was something else. */
const DISTANCE_MAX = 3
/** Longer texts are not mistyped names. */
const LENGTH_MAX = 80

/** What other stores call it; no mistyping leads from the one to the other. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ...['set', 'insert', 'write', 'create', 'update', 'upsert', 'add'].map(
    (word): [string, string] => [word, 'put'],
  ),
  ...['read', 'fetch', 'range', 'list', 'find'].map((word): [string, string] => [word, 'get']),
  ...['del', 'remove', 'unset', 'deleterange'].map((word): [string, string] => [word, 'delete']),
  ...['increment', 'incrby', 'counter'].map((word): [string, string] => [word, 'incr']),
])

/** `; did you mean …?`, or null when nothing is near. */
export function suggestion(written: string, names: readonly string[]): string | null {
  if (written.length > LENGTH_MAX) return null
  const other = OTHER_WORDS.get(written.toLowerCase())
  if (other !== undefined && names.includes(other)) return `; did you mean ${other}?`
  let best: string | null = null
  let least = Math.min(DISTANCE_MAX, Math.ceil(written.length / 2)) + 1
  for (const name of names) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = name
  }
  return best === null ? null : `; did you mean ${best}?`
}
