/**
 * The state besides its records, written in slices of a turn each; nothing is applied before it is
 * done. With many leases or sessions it is long, and the turns of a node must not be.
 */

import { assert } from '../base/index.ts'
import type { MetaWriting, StateMachine } from '../state/index.ts'

export class HeldState {
  readonly #bytesMax: number
  #machine: StateMachine | null = null
  #writing: MetaWriting | null = null

  /** `bytesMax`: of one slice. */
  constructor(bytesMax: number) {
    assert(bytesMax > 0, 'a slice is not empty')
    this.#bytesMax = bytesMax
  }

  /** Nothing may be applied. */
  get isUnderWay(): boolean {
    return this.#writing !== null
  }

  /** One slice of it, only between entries. Null: it goes on in the next turn. */
  write(machine: StateMachine): Uint8Array | null {
    if (machine !== this.#machine) this.drop()
    this.#machine = machine
    this.#writing ??= machine.writeMeta()
    const whole = this.#writing.step(this.#bytesMax)
    if (whole !== null) this.drop()
    return whole
  }

  /** The state is over, or nobody needs it any more. */
  drop(): void {
    this.#machine = null
    this.#writing = null
  }
}
