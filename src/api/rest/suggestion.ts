/** What somebody meant who mistyped a name. */

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
    const distance = distanceOf(written.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = name
  }
  return best === null ? null : `; did you mean ${best}?`
}

/** Letters to insert, to leave out, or to replace (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let k = 1; k <= other.length; k++) {
      const same = one[i - 1] === other[k - 1] ? 0 : 1
      const left = (next[k - 1] as number) + 1
      const above = (row[k] as number) + 1
      next.push(Math.min(left, above, (row[k - 1] as number) + same))
    }
    row = next
  }
  return row[other.length] as number
}
