import { assert, type Chance, SeededChance } from '../../src/base/index.ts'
import { EventQueue, type ScheduledEvent } from './event-queue.ts'
import { Life } from './life.ts'
import { createDrain, type Drain } from './microtasks.ts'
import { TraceHash } from './trace-hash.ts'

export interface WorldOptions {
  readonly seed: number
  /** For tests: drain by turns of the event loop even where the fast way works. */
  readonly slowDrain?: boolean
}

export interface RunOptions {
  /** Events later than this stay queued; the world's time ends up here when none stops it. */
  readonly untilUs?: number
  /** Asked after every event and its promise continuations. */
  readonly stop?: () => boolean
  /** Called after every event and its promise continuations: the place to check invariants. */
  readonly afterEvent?: () => void
}

/** Why `run` came back. */
export type RunEnd = 'stopped' | 'timeReached' | 'nothingLeft'

/** So often the real event loop gets a turn, for signals, output and unhandled rejections. */
const EVENTS_PER_TURN = 20_000

/** Whole microseconds stay exact; more than two centuries. */
const DELAY_US_LIMIT = 2 ** 53

/** Held events run before all others that are due at the same time; those draw a tie above 0. */
const TIE_FIRST = 0
const TIE_LIMIT = 0x1fffff
const SEQUENCE_LIMIT = 0x100000000

/**
 * Everything that happens, in one order: (virtual time, seeded tie-break, sequence). One event
 * runs, then all promise continuations it set off, then the next. Time is whole microseconds and
 * moves only from event to event. The same seed gives the same order, and the same trace hash.
 */
export class World {
  readonly seed: number
  readonly #queue = new EventQueue()
  readonly #ties: Chance
  readonly #trace = new TraceHash()
  readonly #slowDrain: boolean
  #drain: Drain | null | undefined
  #nowUs = 0
  #sequence = 0
  #events = 0
  #running = false
  #checkDue = false

  constructor({ seed, slowDrain = false }: WorldOptions) {
    this.seed = seed
    this.#slowDrain = slowDrain
    this.#ties = this.chance('world: ties')
  }

  get nowUs(): number {
    return this.#nowUs
  }

  get nowMs(): number {
    return this.#nowUs / 1000
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  get queued(): number {
    return this.#queue.size
  }

  get traceHash(): string {
    return this.#trace.toString()
  }

  /** A stream of its own for each name, whatever else is drawn and in whatever order. */
  chance(name: string): Chance {
    return new SeededChance(this.seed, name)
  }

  createLife(name: string): Life {
    return new Life(name, (life, callbacks) => this.runInOrder(life, callbacks))
  }

  schedule(delayUs: number, life: Life | null, callback: () => void): ScheduledEvent {
    assert(delayUs >= 0, 'nothing happens in the past')
    assert(delayUs < DELAY_US_LIMIT, 'everything happens at some time')
    const timeUs = this.#nowUs + Math.round(delayUs)
    if (life?.ended === true) return { timeUs, life, callback: null }
    const event = { timeUs, life, callback }
    this.#push(event, 1 + this.#ties.below(TIE_LIMIT))
    return event
  }

  /** Idempotent. */
  cancel(event: ScheduledEvent): void {
    this.#queue.cancel(event)
  }

  /** Feeds the trace hash; what the parts of the world did, beyond the order of events. */
  trace(kind: number, a: number, b: number): void {
    this.#trace.add(kind)
    this.#trace.add(a)
    this.#trace.add(b)
  }

  run({ untilUs = Number.POSITIVE_INFINITY, stop, afterEvent }: RunOptions = {}): Promise<RunEnd> {
    assert(!this.#running, 'the world runs once at a time')
    this.#running = true
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          // Only with the slow drain: the event of the turn before, drained by now.
          if (this.#checkDue) afterEvent?.()
          this.#checkDue = false
          const end = this.#turn({ untilUs, stop, afterEvent })
          if (end === null) {
            setImmediate(turn)
            return
          }
          this.#running = false
          resolve(end)
        } catch (error) {
          this.#running = false
          reject(error)
        }
      }
      setImmediate(turn)
    })
  }

  /** Runs the world until what the body returns has settled. For tests and scenarios. */
  async perform<T>(body: () => Promise<T>): Promise<T> {
    let settled = false
    const note = (): void => {
      settled = true
    }
    const promise = body()
    promise.then(note, note)
    const end = await this.run({ stop: () => settled })
    assert(end === 'stopped', 'the body waits for something that will never happen')
    return promise
  }

  /** A stretch of events; null when there is more to do. Runs outside of promise continuations. */
  #turn({ untilUs, stop, afterEvent }: RunOptionsFilled): RunEnd | null {
    const drain = this.#drainOrNull()
    for (let count = 0; count < EVENTS_PER_TURN; count++) {
      if (stop?.() === true) return 'stopped'
      const event = this.#queue.peek()
      if (event === null || event.timeUs > untilUs) {
        if (untilUs !== Number.POSITIVE_INFINITY) this.#nowUs = Math.max(this.#nowUs, untilUs)
        return event === null ? 'nothingLeft' : 'timeReached'
      }
      this.#queue.pop()
      this.#perform(event)
      if (drain === null) {
        this.#checkDue = true
        return null
      }
      drain()
      afterEvent?.()
    }
    return null
  }

  #perform(event: ScheduledEvent): void {
    assert(event.timeUs >= this.#nowUs, 'time never steps back')
    this.#nowUs = event.timeUs
    this.#events += 1
    const callback = event.callback as () => void
    // Taken away so that a late cancel does not count it as still queued.
    event.callback = null
    this.#trace.add(event.timeUs)
    if (event.life === null) callback()
    else event.life.deliver(callback)
  }

  #drainOrNull(): Drain | null {
    if (this.#drain === undefined) this.#drain = this.#slowDrain ? null : createDrain()
    return this.#drain
  }

  /** Events of their own, now, in this order, before anything else that is due now. */
  runInOrder(life: Life, callbacks: readonly (() => void)[]): void {
    for (const callback of callbacks) {
      this.#push({ timeUs: this.#nowUs, life, callback }, TIE_FIRST)
    }
  }

  #push(event: ScheduledEvent, tie: number): void {
    this.#sequence += 1
    assert(this.#sequence < SEQUENCE_LIMIT, 'the sequence fits beside the tie')
    this.#queue.push(event, tie * SEQUENCE_LIMIT + this.#sequence)
  }
}

interface RunOptionsFilled {
  readonly untilUs: number
  readonly stop: (() => boolean) | undefined
  readonly afterEvent: (() => void) | undefined
}
