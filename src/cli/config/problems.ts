/** Mistakes in a configuration, all of them told at once. */

export interface Problem {
  /** The setting as whoever wrote it knows it: a flag, a variable, a place in a file. */
  readonly where: string
  /** What stands there; null when it is missing. */
  readonly value: string | null
  /** What would be right, as the end of a sentence; null when there is no such setting. */
  readonly wanted: string | null
  /** What may have been meant. */
  readonly near?: string | null
}

export function problemText({ where, value, wanted, near }: Problem): string {
  if (wanted === null) {
    const hint = near === null || near === undefined ? '' : `: ${near} is meant?`
    return `${where} is ${JSON.stringify(value)}, and there is no such setting${hint}`
  }
  if (value === null) return `${where} is missing: it takes ${wanted}`
  return `${where} is ${JSON.stringify(value)}: it takes ${wanted}`
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

/** Letters to insert, remove or change (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
