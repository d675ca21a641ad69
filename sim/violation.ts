/**
 * The run found something that must never happen. `invariant` is its name in docs/invariants.md.
 */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: string

  constructor(invariant: string, text: string) {
    super(`${invariant}: ${text}`)
    this.invariant = invariant
  }
}
