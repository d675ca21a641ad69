import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClockHarness, signal } from './harness.ts'

type ClockTest = (behaviour: string, body: (harness: ClockHarness) => Promise<void>) => void

export function describeClock(name: string, create: () => Promise<ClockHarness>): void {
  const test: ClockTest = (behaviour, body) => {
    it(behaviour, async () => {
      const harness = await create()
      try {
        await harness.run(() => body(harness))
      } finally {
        await harness.close()
      }
    })
  }

  describe(`${name}: reading the time`, () => readingContract(test))
  describe(`${name}: timers`, () => timerContract(test))
  describe(`${name}: cancelling`, () => cancelContract(test))
  describe(`${name}: soon`, () => soonContract(test))
}

function readingContract(test: ClockTest): void {
  test('monotonic time never steps back', async ({ clock }) => {
    let last = clock.monotonicMs()
    for (let i = 0; i < 1000; i++) {
      const now = clock.monotonicMs()
      assert.ok(now >= last)
      last = now
    }
  })

  test('monotonic time passes while a timer waits', async ({ clock }) => {
    const start = clock.monotonicMs()
    const { promise, resolve } = signal()
    clock.after(20, resolve)
    await promise
    assert.ok(clock.monotonicMs() - start >= 20)
  })

  test('wall time is a number of milliseconds in this century', async ({ clock }) => {
    assert.ok(clock.wallMs() > Date.UTC(2001, 0) && clock.wallMs() < Date.UTC(2100, 0))
  })
}

function timerContract(test: ClockTest): void {
  test('a timer runs once, later, never before its delay has passed', async ({ clock }) => {
    for (const delayMs of [0, 0.4, 1, 3.7, 12]) {
      const { promise, resolve } = signal()
      const start = clock.monotonicMs()
      let runs = 0
      clock.after(delayMs, () => {
        runs += 1
        resolve()
      })
      assert.equal(runs, 0, 'not inside the call')
      await promise
      assert.ok(clock.monotonicMs() - start >= delayMs)
      const more = signal()
      clock.after(5, more.resolve)
      await more.promise
      assert.equal(runs, 1)
    }
  })

  test('a timer with a clearly shorter delay runs first', async ({ clock }) => {
    const order: string[] = []
    const { promise, resolve } = signal()
    clock.after(40, () => {
      order.push('long')
      resolve()
    })
    clock.after(5, () => order.push('short'))
    await promise
    assert.deepEqual(order, ['short', 'long'])
  })
}

function cancelContract(test: ClockTest): void {
  test('a cancelled timer never runs and may be cancelled again', async ({ clock }) => {
    const { promise, resolve } = signal()
    const timer = clock.after(5, () => assert.fail('it was cancelled'))
    timer.cancel()
    timer.cancel()
    clock.after(20, resolve)
    await promise
    timer.cancel()
  })

  test('a timer may be cancelled from another timer and from itself', async ({ clock }) => {
    const { promise, resolve } = signal()
    const victim = clock.after(20, () => assert.fail('it was cancelled'))
    const self = clock.after(5, () => {
      self.cancel()
      victim.cancel()
    })
    clock.after(40, resolve)
    await promise
  })

  test('a wait longer than the system timer can count does not fire at once', async ({ clock }) => {
    const { promise, resolve } = signal()
    const timer = clock.after(2 ** 33, () => assert.fail('months too early'))
    clock.after(10, resolve)
    await promise
    timer.cancel()
  })
}

function soonContract(test: ClockTest): void {
  test('soon runs later, in the order of the calls', async ({ clock }) => {
    const order: number[] = []
    const { promise, resolve } = signal()
    for (let i = 0; i < 5; i++) clock.soon(() => order.push(i))
    clock.soon(resolve)
    assert.deepEqual(order, [], 'not inside the call')
    await promise
    assert.deepEqual(order, [0, 1, 2, 3, 4])
  })

  test('soon runs after the promises that are settled already', async ({ clock }) => {
    const order: string[] = []
    const { promise, resolve } = signal()
    clock.soon(() => {
      order.push('soon')
      resolve()
    })
    let chain = Promise.resolve()
    for (let i = 0; i < 10; i++) chain = chain.then(() => {})
    chain.then(() => order.push('settled'))
    await promise
    assert.deepEqual(order, ['settled', 'soon'])
  })

  test('soon called from soon runs in a later turn', async ({ clock }) => {
    const order: string[] = []
    const { promise, resolve } = signal()
    clock.soon(() => {
      clock.soon(() => {
        order.push('inner')
        resolve()
      })
      order.push('outer')
    })
    clock.soon(() => order.push('sibling'))
    await promise
    assert.deepEqual(order, ['outer', 'sibling', 'inner'])
  })
}
