/**
 * Deadlines of many calls with one timer. Time is cut into ticks; each tick has a list of those
 * that are due in it. To add and to remove costs the same however many there are, and a call that
 * is over leaves nothing behind.
 */

import { assert } from '../base/index.ts'
import type { Clock, Timer } from '../io/index.ts'

/** Ten seconds in ticks of 20 ms; what is due later comes round again. */
const SLOTS = 512

/** What has a deadline; at most in one wheel at a time. */
export abstract class Timed {
  dueMs = Number.POSITIVE_INFINITY
  next: Timed | null = null
  previous: Timed | null = null
  /** In which list it is; -1: in none. */
  slot = -1

  /** The deadline has passed. It is in no list any more. */
  abstract expired(): void
}

export class DeadlineWheel {
  readonly #clock: Clock
  readonly #tickMs: number
  /** After the deadlines of each tick; the wheel turns only while something is in it. */
  readonly #onTick: (nowMs: number) => void
  readonly #heads: (Timed | null)[] = new Array<Timed | null>(SLOTS).fill(null)
  #size = 0
  /** Ticks up to this one were looked at. */
  #tick = 0
  #timer: Timer | null = null

  constructor(clock: Clock, tickMs: number, onTick: (nowMs: number) => void) {
    this.#clock = clock
    this.#tickMs = tickMs
    this.#onTick = onTick
  }

  get size(): number {
    return this.#size
  }

  add(timed: Timed): void {
    assert(timed.slot === -1, 'a deadline is in one wheel')
    if (this.#timer === null) {
      this.#tick = Math.floor(this.#clock.monotonicMs() / this.#tickMs)
      this.#arm()
    }
    this.#place(timed)
    this.#size += 1
  }

  /** Idempotent. */
  remove(timed: Timed): void {
    if (timed.slot === -1) return
    this.#unlink(timed)
    this.#size -= 1
    if (this.#size === 0) this.stop()
  }

  /** The timer rests; what is in the wheel stays there. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #place(timed: Timed): void {
    // The tick after the deadline, so that nobody is early; within one turn of the wheel.
    const wanted = Math.ceil(timed.dueMs / this.#tickMs)
    const tick = Math.min(Math.max(wanted, this.#tick + 1), this.#tick + SLOTS)
    const slot = tick % SLOTS
    const head = this.#heads[slot] as Timed | null
    timed.slot = slot
    timed.previous = null
    timed.next = head
    if (head !== null) head.previous = timed
    this.#heads[slot] = timed
  }

  #unlink(timed: Timed): void {
    const { next, previous, slot } = timed
    if (next !== null) next.previous = previous
    if (previous !== null) previous.next = next
    else this.#heads[slot] = next
    timed.next = null
    timed.previous = null
    timed.slot = -1
  }

  #arm(): void {
    this.#timer = this.#clock.after(this.#tickMs, this.#turn)
  }

  readonly #turn = (): void => {
    this.#timer = null
    const nowMs = this.#clock.monotonicMs()
    const now = Math.floor(nowMs / this.#tickMs)
    // A process that slept has all its deadlines behind it: one turn sees them all.
    const first = Math.max(this.#tick + 1, now - SLOTS + 1)
    this.#tick = now
    for (let tick = first; tick <= now; tick++) this.#expire(tick % SLOTS, nowMs)
    if (this.#size > 0) this.#onTick(nowMs)
    // What was told may have begun anew.
    if (this.#size > 0 && this.#timer === null) this.#arm()
  }

  #expire(slot: number, nowMs: number): void {
    const later: Timed[] = []
    for (;;) {
      const timed = this.#heads[slot] as Timed | null
      if (timed === null) break
      this.#unlink(timed)
      if (timed.dueMs > nowMs) {
        later.push(timed)
        continue
      }
      this.#size -= 1
      timed.expired()
    }
    for (const timed of later) this.#place(timed)
  }
}
