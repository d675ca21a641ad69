/**
 * Who has to be done by when: a binary heap by due time with one timer for the earliest. Those that
 * are done in time stay in it until they come up, or until they are the most.
 */

import { assert } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'

export interface Expiring {
  /** On the monotonic clock. */
  readonly dueMs: number
  /** It is done, and time means nothing to it any more. */
  readonly isOver: boolean
  expired(): void
}

/** Below this many that are over, the heap is not worth sweeping. */
const SWEEP_MIN = 256

export class Deadlines {
  readonly #clock: Clock
  #heap: Expiring[] = []
  #over = 0
  #timer: Timer | null = null
  #timerMs = 0
  #stopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(entry: Expiring): void {
    if (this.#stopped) return
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    this.#arm()
  }

  /** One of those that were added is over. */
  noteOver(): void {
    if (this.#stopped) return
    this.#over += 1
    assert(this.#over <= this.#heap.length, 'nobody is over twice')
    if (this.#over < SWEEP_MIN || this.#over * 2 < this.#heap.length) return
    this.#heap = this.#heap.filter((entry) => !entry.isOver)
    this.#over = 0
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at)
  }

  /** Nobody expires any more. Idempotent. */
  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#timer = null
    this.#heap = []
    this.#over = 0
  }

  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined) return
    if (this.#timer !== null && this.#timerMs <= first.dueMs) return
    this.#timer?.cancel()
    this.#timerMs = first.dueMs
    const delayMs = Math.max(0, first.dueMs - this.#clock.monotonicMs())
    this.#timer = this.#clock.after(delayMs, this.#fire)
  }

  readonly #fire = (): void => {
    this.#timer = null
    const nowMs = this.#clock.monotonicMs()
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined) return
      if (!first.isOver && first.dueMs > nowMs) break
      if (first.isOver) {
        this.#removeFirst()
        this.#over -= 1
        continue
      }
      first.expired()
      assert(first.isOver, 'who expires is over')
    }
    this.#arm()
  }

  #removeFirst(): void {
    const last = this.#heap.pop() as Expiring
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(start: number): void {
    const heap = this.#heap
    const entry = heap[start] as Expiring
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((heap[parent] as Expiring).dueMs <= entry.dueMs) break
      heap[at] = heap[parent] as Expiring
      at = parent
    }
    heap[at] = entry
  }

  #sink(start: number): void {
    const heap = this.#heap
    const entry = heap[start] as Expiring
    let at = start
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      const right = child + 1
      if (right < heap.length && dueOf(heap, right) < dueOf(heap, child)) child = right
      if (entry.dueMs <= dueOf(heap, child)) break
      heap[at] = heap[child] as Expiring
      at = child
    }
    heap[at] = entry
  }
}

function dueOf(heap: readonly Expiring[], at: number): number {
  return (heap[at] as Expiring).dueMs
}
