/**
 * Writes that wait for a place in a session, in the order in which they were asked for. Those whose
 * answers may be large have sessions of their own, so neither kind waits for the other.
 */

import { Fifo } from './fifo.ts'
import type { Pending } from './pending.ts'

export class Placeless {
  readonly #light = new Fifo<Pending>()
  readonly #heavy = new Fifo<Pending>()

  get length(): number {
    return this.#light.length + this.#heavy.length
  }

  push(pending: Pending): void {
    const queue = pending.isHeavy ? this.#heavy : this.#light
    queue.push(pending)
  }

  /** Before all others. */
  putBack(pending: readonly Pending[]): void {
    this.#light.putBack(pending.filter(({ isHeavy }) => !isHeavy))
    this.#heavy.putBack(pending.filter(({ isHeavy }) => isHeavy))
  }

  /** Takes out those that are given a place, as far as there are places. */
  give(assign: (pending: Pending) => boolean, placed: (pending: Pending) => void): void {
    for (const queue of [this.#light, this.#heavy]) {
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        if (!first.isOver) {
          if (!assign(first)) break
          placed(first)
        }
        queue.shift()
      }
    }
  }

  takeAll(): Pending[] {
    return [...this.#light.takeAll(), ...this.#heavy.takeAll()]
  }
}
