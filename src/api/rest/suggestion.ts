/** What somebody meant who mistyped a name. */

import { editDistance } from '../../base/index.ts'

/** Farther away than that it was something else. */
const DISTANCE_MAX = 3
/** Longer texts are not mistyped names. */
const LENGTH_MAX = 80

/** `; did you mean …?`, or null when nothing is near. */
export function suggestion(written: string, names: readonly string[]): string | null {
  if (written.length > LENGTH_MAX) return null
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
