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
  /** Where the simulator does not reach: a file of tests, below `src/`, that sees it instead. */
  readonly test?: string
  /** Why the simulator cannot see it, for one that is not killed. */
  readonly survives?: string
}

/**
 * Null when the text is not there exactly once: then the mutant must follow the source. Nothing of
 * `src` is imported here, not even assertions: it would be loaded before it is changed.
 */
export function mutate(source: string, mutant: Mutant): string | null {
  const first = source.indexOf(mutant.find)
  const once = first >= 0 && source.indexOf(mutant.find, first + 1) < 0
  return once ? source.replace(mutant.find, () => mutant.replace) : null
}
