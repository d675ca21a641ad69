import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import type { Clock } from '../io/index.ts'
import { DeadlineWheel, Timed } from './deadline-wheel.ts'

const TICK_MS = 20

/** Time that passes when the test says so. */
class HandClock implements Clock {
  #nowMs = 5_003
  #timers: { dueMs: number; callback: () => void }[] = []

  monotonicMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  soon(callback: () => void): void {
    callback()
  }

  get timers(): number {
    return this.#timers.length
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const [next] = this.#timers.sort((one, other) => one.dueMs - other.dueMs)
      if (next === undefined || next.dueMs > endMs) break
      this.#timers.shift()
      this.#nowMs = next.dueMs
      next.callback()
    }
    this.#nowMs = endMs
  }

  /** The process is not run for so long. */
  sleep(ms: number): void {
    this.#nowMs += ms
  }
}

class Deadline extends Timed {
  readonly #clock: Clock
  readonly #onExpired: () => void
  expiredMs: number | null = null

  constructor(clock: Clock, dueMs: number, onExpired: () => void = () => {}) {
    super()
    this.#clock = clock
    this.dueMs = dueMs
    this.#onExpired = onExpired
  }

  override expired(): void {
    assert.equal(this.expiredMs, null, 'a deadline passes once')
    this.expiredMs = this.#clock.monotonicMs()
    this.#onExpired()
  }
}

function setup(): { clock: HandClock; wheel: DeadlineWheel; ticks: number[] } {
  const clock = new HandClock()
  const ticks: number[] = []
  return { clock, wheel: new DeadlineWheel(clock, TICK_MS, (nowMs) => ticks.push(nowMs)), ticks }
}

test('deadlines are told once, never early, and at most two ticks late', () => {
  const { clock, wheel } = setup()
  const chance = new SeededChance(1)
  const deadlines: Deadline[] = []
  for (let at = 0; at < 2000; at++) {
    const deadline = new Deadline(clock, clock.monotonicMs() + chance.below(40_000))
    deadlines.push(deadline)
    wheel.add(deadline)
    if (chance.happens(0.3)) clock.pass(chance.below(50))
  }
  const removed = deadlines.filter(({ expiredMs }, at) => expiredMs === null && at % 7 === 0)
  for (const deadline of removed) wheel.remove(deadline)
  clock.pass(60_000)
  assert.equal(wheel.size, 0)
  for (const deadline of deadlines) {
    if (removed.includes(deadline)) {
      assert.equal(deadline.expiredMs, null, 'what was removed is not told')
      continue
    }
    const lateMs = (deadline.expiredMs ?? Number.NaN) - deadline.dueMs
    assert.ok(lateMs >= 0 && lateMs <= 2 * TICK_MS, `${lateMs} ms late`)
  }
})

test('the timer rests while there is nothing to wait for', () => {
  const { clock, wheel, ticks } = setup()
  assert.equal(clock.timers, 0)
  const deadline = new Deadline(clock, clock.monotonicMs() + 100)
  wheel.add(deadline)
  assert.equal(clock.timers, 1)
  wheel.remove(deadline)
  wheel.remove(deadline)
  assert.equal(clock.timers, 0)
  clock.pass(1000)
  assert.deepEqual(ticks, [])
})

test('a process that slept finds all that passed meanwhile', () => {
  const { clock, wheel } = setup()
  const soon = new Deadline(clock, clock.monotonicMs() + 30)
  const later = new Deadline(clock, clock.monotonicMs() + 9_000)
  const last = new Deadline(clock, clock.monotonicMs() + 500_000)
  for (const deadline of [soon, later, last]) wheel.add(deadline)
  clock.sleep(200_000)
  clock.pass(50)
  assert.deepEqual(
    [soon, later, last].map(({ expiredMs }) => expiredMs !== null),
    [true, true, false],
  )
  clock.pass(310_000)
  assert.notEqual(last.expiredMs, null)
})

test('who is told may add and remove others', () => {
  const { clock, wheel } = setup()
  const nowMs = clock.monotonicMs()
  const added = new Deadline(clock, nowMs + 200)
  const removed = new Deadline(clock, nowMs + 100)
  const first = new Deadline(clock, nowMs + 100, () => {
    wheel.remove(removed)
    wheel.add(added)
  })
  wheel.add(removed)
  wheel.add(first)
  clock.pass(150)
  assert.deepEqual([first.expiredMs !== null, removed.expiredMs], [true, null])
  clock.pass(100)
  assert.notEqual(added.expiredMs, null)
  assert.equal(clock.timers, 0)
})
