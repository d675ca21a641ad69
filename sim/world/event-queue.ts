import { assert } from '../../src/base/index.ts'
import type { Life } from './life.ts'

/** What will happen. Cancelled by taking its callback away; the queue drops it when it surfaces. */
export interface ScheduledEvent {
  readonly timeUs: number
  /** Null: the world's own event, which no crash or pause of a node touches. */
  readonly life: Life | null
  callback: (() => void) | null
}

const INITIAL_CAPACITY = 1024

/** Below this many cancelled events the queue is not worth sweeping. */
const SWEEP_MIN = 64

/**
 * A binary heap ordered by (virtual time, tie, sequence). The keys stand in typed arrays beside the
 * events, so that sifting compares numbers only. Tie and sequence share one number: at equal times
 * the seeded tie decides, at equal ties the order of insertion.
 */
export class EventQueue {
  #times = new Float64Array(INITIAL_CAPACITY)
  #ranks = new Float64Array(INITIAL_CAPACITY)
  #events: ScheduledEvent[] = []
  #size = 0
  #cancelled = 0

  get size(): number {
    return this.#size
  }

  push(event: ScheduledEvent, rank: number): void {
    if (this.#size === this.#times.length) this.#grow()
    let at = this.#size
    this.#size += 1
    const times = this.#times
    const ranks = this.#ranks
    const events = this.#events
    const time = event.timeUs
    while (at > 0) {
      const parent = (at - 1) >> 1
      const parentTime = times[parent] as number
      if (parentTime < time || (parentTime === time && (ranks[parent] as number) <= rank)) break
      times[at] = parentTime
      ranks[at] = ranks[parent] as number
      events[at] = events[parent] as ScheduledEvent
      at = parent
    }
    times[at] = time
    ranks[at] = rank
    events[at] = event
  }

  /** The earliest event that was not cancelled. */
  peek(): ScheduledEvent | null {
    while (this.#size > 0) {
      const first = this.#events[0] as ScheduledEvent
      if (first.callback !== null) return first
      this.#cancelled -= 1
      this.#removeFirst()
    }
    return null
  }

  pop(): ScheduledEvent | null {
    const first = this.peek()
    if (first !== null) this.#removeFirst()
    return first
  }

  cancel(event: ScheduledEvent): void {
    if (event.callback === null) return
    event.callback = null
    this.#cancelled += 1
    if (this.#cancelled > SWEEP_MIN && this.#cancelled * 2 > this.#size) this.#sweep()
  }

  #removeFirst(): void {
    assert(this.#size > 0, 'only what is there can be removed')
    this.#size -= 1
    const size = this.#size
    const last = this.#events.pop() as ScheduledEvent
    if (size > 0) this.#sink(0, last, this.#times[size] as number, this.#ranks[size] as number)
  }

  #sink(start: number, event: ScheduledEvent, time: number, rank: number): void {
    const times = this.#times
    const ranks = this.#ranks
    const events = this.#events
    const size = this.#size
    let at = start
    for (;;) {
      let child = at * 2 + 1
      if (child >= size) break
      let childTime = times[child] as number
      const right = child + 1
      if (right < size) {
        const rightTime = times[right] as number
        const sooner =
          rightTime < childTime ||
          (rightTime === childTime && (ranks[right] as number) < (ranks[child] as number))
        if (sooner) {
          child = right
          childTime = rightTime
        }
      }
      if (time < childTime || (time === childTime && rank <= (ranks[child] as number))) break
      times[at] = childTime
      ranks[at] = ranks[child] as number
      events[at] = events[child] as ScheduledEvent
      at = child
    }
    times[at] = time
    ranks[at] = rank
    events[at] = event
  }

  /** Long timers that are always cancelled would otherwise fill the queue until they are due. */
  #sweep(): void {
    let kept = 0
    for (let i = 0; i < this.#size; i++) {
      const event = this.#events[i] as ScheduledEvent
      if (event.callback === null) continue
      this.#times[kept] = this.#times[i] as number
      this.#ranks[kept] = this.#ranks[i] as number
      this.#events[kept] = event
      kept += 1
    }
    this.#events.length = kept
    this.#size = kept
    this.#cancelled = 0
    for (let at = (kept >> 1) - 1; at >= 0; at--) {
      const event = this.#events[at] as ScheduledEvent
      this.#sink(at, event, this.#times[at] as number, this.#ranks[at] as number)
    }
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2)
    times.set(this.#times)
    this.#times = times
    const ranks = new Float64Array(this.#ranks.length * 2)
    ranks.set(this.#ranks)
    this.#ranks = ranks
  }
}
