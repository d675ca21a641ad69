/**
 * Who waits, and until when. All have the same patience, so whoever came first gives up first, and
 * who is served leaves without a search. Time is counted in ticks of the node: while the process
 * stands still nobody runs out of time.
 */

import { assert } from '../base/index.ts'

export abstract class Timed {
  /** The queue's own. */
  expiresAtTick = 0
  before: Timed | null = null
  after: Timed | null = null
  isQueued = false

  /** Its time is over; it has left the queue. */
  abstract expire(): void
}

export class TimedQueue {
  readonly #ticksMax: number
  #tick = 0
  #first: Timed | null = null
  #last: Timed | null = null
  #size = 0

  constructor(ticksMax: number) {
    assert(ticksMax > 0, 'whoever waits has some patience')
    this.#ticksMax = ticksMax
  }

  get size(): number {
    return this.#size
  }

  add(one: Timed): void {
    assert(!one.isQueued, 'one waits once')
    one.isQueued = true
    one.expiresAtTick = this.#tick + this.#ticksMax
    one.before = this.#last
    if (this.#last === null) this.#first = one
    else this.#last.after = one
    this.#last = one
    this.#size += 1
  }

  /** Does nothing when it is not there. */
  remove(one: Timed): void {
    if (!one.isQueued) return
    if (one.before === null) this.#first = one.after
    else one.before.after = one.after
    if (one.after === null) this.#last = one.before
    else one.after.before = one.before
    one.before = null
    one.after = null
    one.isQueued = false
    this.#size -= 1
    assert(this.#size >= 0, 'nobody leaves twice')
  }

  tick(): void {
    this.#tick += 1
    while (this.#first !== null && this.#first.expiresAtTick <= this.#tick) {
      const one = this.#first
      this.remove(one)
      one.expire()
    }
  }
}
