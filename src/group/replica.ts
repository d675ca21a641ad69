/** The state of a replica and the engine under it, which a snapshot of the leader may replace. */

import { assert } from '../base/index.ts'
import type { Engine } from '../engine/index.ts'
import type { StateLimits, StateMachine } from '../state/index.ts'

export interface MachineOptions {
  readonly limits: StateLimits
  readonly seed: number
}

/**
 * Invariant: whoever waited for the engine looks at `generation` afterwards; when it is another
 * one, or the replica has stopped, what he waited for concerns a state that is no more.
 */
export class Replica {
  #machine: StateMachine
  #engine: Engine
  #generation = 0
  #isStale = false
  #stopped = false

  constructor(machine: StateMachine, engine: Engine) {
    this.#machine = machine
    this.#engine = engine
  }

  get machine(): StateMachine {
    return this.#machine
  }

  get engine(): Engine {
    return this.#engine
  }

  get generation(): number {
    return this.#generation
  }

  /** The log went on behind a snapshot: nothing is applied, read or kept of the state any more. */
  get isStale(): boolean {
    return this.#isStale
  }

  get stopped(): boolean {
    return this.#stopped
  }

  isCurrent(generation: number): boolean {
    return !this.#stopped && generation === this.#generation
  }

  stop(): void {
    this.#stopped = true
  }

  /** What it has been stays known by its figures; its keys make room for those that come. */
  expire(): void {
    this.#generation += 1
    this.#isStale = true
    this.#machine.release()
  }

  /** Another engine, whose state is not there yet. */
  exchange(engine: Engine): void {
    assert(this.#isStale, 'an engine is replaced when its state is over')
    this.#engine = engine
  }

  renew(machine: StateMachine): void {
    assert(this.#isStale, 'a state is replaced when it is over')
    this.#machine = machine
    this.#isStale = false
  }
}
