import { assert } from '../../src/base/index.ts'
import type { Clock, Timer } from '../../src/io/index.ts'
import type { ScheduledEvent } from './event-queue.ts'
import type { Life } from './life.ts'
import type { World } from './world.ts'

export interface ClockOptions {
  readonly world: World
  /** Names the clock's stream of chance. */
  readonly name: string
  /** 0.05: this machine counts 1.05 seconds in one. At most 5% either way. */
  readonly drift?: number
  /** How far the wall clock is off at the start. */
  readonly wallOffsetMs?: number
  /** How long an event-loop turn lasts at most: `soon` waits for up to this. */
  readonly turnUsMax?: number
}

const DRIFT_MAX = 0.05
const TURN_US_MAX = 20
const WALL_ORIGIN_MS = Date.UTC(2026, 0)

/**
 * The clock of one machine; it survives the lives of its node. The monotonic time of each life
 * starts at another origin, as that of a process does, and runs at the machine's own rate.
 */
export class SimulatedClock {
  readonly #world: World
  readonly #name: string
  readonly #turnUsMax: number
  #rate: number
  /** Local time is counted from the last change of the rate, so that it never steps. */
  #baseWorldUs: number
  #baseLocalUs = 0
  #wallOffsetMs: number
  #lives = 0

  constructor({ world, name, drift = 0, wallOffsetMs = 0, turnUsMax }: ClockOptions) {
    assert(Math.abs(drift) <= DRIFT_MAX, 'the drift is inside the clock model')
    this.#world = world
    this.#name = name
    this.#rate = 1 + drift
    this.#wallOffsetMs = wallOffsetMs
    this.#baseWorldUs = world.nowUs
    this.#turnUsMax = turnUsMax ?? TURN_US_MAX
  }

  clockFor(life: Life): Clock {
    this.#lives += 1
    const chance = this.#world.chance(`clock ${this.#name} ${this.#lives}`)
    const originMs = chance.below(1_000_000) / 7
    return new LifeClock({
      world: this.#world,
      machine: this,
      life,
      originMs: originMs - this.localMs(),
      turnUs: () => chance.below(this.#turnUsMax + 1),
    })
  }

  /** Steps the wall clock, forwards or backwards. */
  skew(stepMs: number): void {
    this.#wallOffsetMs += stepMs
  }

  /** Changes the rate from now on. Timers that are set keep their local due time. */
  setDrift(drift: number): void {
    assert(Math.abs(drift) <= DRIFT_MAX, 'the drift is inside the clock model')
    this.#baseLocalUs = this.localMs() * 1000
    this.#baseWorldUs = this.#world.nowUs
    this.#rate = 1 + drift
  }

  /** Milliseconds as this machine counts them. */
  localMs(): number {
    const passedUs = this.#world.nowUs - this.#baseWorldUs
    return (this.#baseLocalUs + passedUs * this.#rate) / 1000
  }

  wallMs(): number {
    return Math.floor(WALL_ORIGIN_MS + this.localMs() + this.#wallOffsetMs)
  }

  /** How long the world takes until this machine has counted so many milliseconds. */
  worldUsFor(localMs: number): number {
    return Math.ceil((localMs * 1000) / this.#rate)
  }
}

interface LifeClockOptions {
  readonly world: World
  readonly machine: SimulatedClock
  readonly life: Life
  readonly originMs: number
  readonly turnUs: () => number
}

class LifeClock implements Clock {
  readonly #world: World
  readonly #machine: SimulatedClock
  readonly #life: Life
  readonly #originMs: number
  readonly #turnUs: () => number
  #soon: (() => void)[] = []

  constructor({ world, machine, life, originMs, turnUs }: LifeClockOptions) {
    this.#world = world
    this.#machine = machine
    this.#life = life
    this.#originMs = originMs
    this.#turnUs = turnUs
  }

  monotonicMs(): number {
    return this.#originMs + this.#machine.localMs()
  }

  wallMs(): number {
    return this.#machine.wallMs()
  }

  after(delayMs: number, callback: () => void): Timer {
    assert(delayMs >= 0, 'a delay is not negative')
    return new LifeTimer({
      world: this.#world,
      life: this.#life,
      clock: this,
      machine: this.#machine,
      startMs: this.monotonicMs(),
      delayMs,
      callback,
    })
  }

  soon(callback: () => void): void {
    if (this.#life.ended) return
    this.#soon.push(callback)
    if (this.#soon.length === 1) this.#world.schedule(this.#turnUs(), this.#life, this.#runSoon)
  }

  /** One callback is one event: promise continuations run between them, as in Node. */
  readonly #runSoon = (): void => {
    const [first] = this.#soon
    if (this.#soon.length > 1) this.#world.runInOrder(this.#life, this.#soon.slice(1))
    this.#soon.length = 0
    first?.()
  }
}

interface LifeTimerOptions {
  readonly world: World
  readonly life: Life
  readonly clock: Clock
  readonly machine: SimulatedClock
  readonly startMs: number
  readonly delayMs: number
  readonly callback: () => void
}

class LifeTimer implements Timer {
  readonly #options: LifeTimerOptions
  #event: ScheduledEvent | null = null
  #cancelled = false

  constructor(options: LifeTimerOptions) {
    this.#options = options
    this.#arm()
  }

  /** Also after it came due but was held back by a pause. */
  cancel(): void {
    this.#cancelled = true
    if (this.#event !== null) this.#options.world.cancel(this.#event)
    this.#event = null
  }

  #arm(): void {
    const { world, life, clock, machine, startMs, delayMs } = this.#options
    const leftMs = delayMs - (clock.monotonicMs() - startMs)
    const delayUs = machine.worldUsFor(Math.max(0, leftMs))
    this.#event = world.schedule(delayUs, life, this.#fire)
  }

  readonly #fire = (): void => {
    this.#event = null
    if (this.#cancelled) return
    const { clock, startMs, delayMs, callback } = this.#options
    // Early when the clock became slower meanwhile, or by the rounding of a fraction.
    if (clock.monotonicMs() - startMs >= delayMs) callback()
    else this.#arm()
  }
}
