/**
 * A mutant is a known bug, put back by replacing a few lines of the source as it is loaded: the
 * product carries no switch for it, and a replacement whose text is no longer found is an error.
 */

export interface Mutant {
  readonly name: string
  /** What the bug was, and in which system it was found. */
  readonly story: string
  /** Below `src/`. */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The profile in which it shows soonest; all in turn when absent. */
  readonly profile?: string
  /** Why the simulator cannot see it, for one that is not killed. */
  readonly survives?: string
}

/** Throws when the text is not there exactly once: then the mutant must follow the source. */
export function mutate(source: string, mutant: Mutant): string {
  const first = source.indexOf(mutant.find)
  const found = first >= 0 && source.indexOf(mutant.find, first + 1) < 0
  if (!found) {
    throw new TypeError(`mutant ${mutant.name}: its text is not exactly once in src/${mutant.file}`)
  }
  return source.replace(mutant.find, () => mutant.replace)
}
