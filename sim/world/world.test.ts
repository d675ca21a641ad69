import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EventQueue, type ScheduledEvent } from './event-queue.ts'
import { SimulatedClock, World } from './index.ts'
import { createDrain } from './microtasks.ts'

describe('the order of events', () => {
  it('is by time, and the clock of the world stands at the event that runs', async () => {
    const world = new World({ seed: 1 })
    const seen: number[] = []
    for (const delay of [30, 10, 20.4, 0]) {
      world.schedule(delay, null, () => seen.push(world.nowUs))
    }
    assert.equal(await world.run(), 'nothingLeft')
    assert.deepEqual(seen, [0, 10, 20, 30])
    assert.equal(world.events, 4)
  })

  it('at equal times is drawn from the seed', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const world = new World({ seed })
      const seen: number[] = []
      for (let i = 0; i < 8; i++) world.schedule(5, null, () => seen.push(i))
      await world.run()
      return seen.join('')
    }
    assert.equal(await orderOf(1), await orderOf(1))
    const orders = new Set<string>()
    for (let seed = 0; seed < 20; seed++) orders.add(await orderOf(seed))
    assert.ok(orders.size > 15)
  })

  it('run ends at a time, on demand, or when nothing is left, and continues', async () => {
    const world = new World({ seed: 1 })
    const seen: number[] = []
    for (const delay of [10, 20, 30]) world.schedule(delay, null, () => seen.push(delay))
    assert.equal(await world.run({ untilUs: 15 }), 'timeReached')
    assert.deepEqual([seen, world.nowUs], [[10], 15])
    assert.equal(await world.run({ stop: () => seen.length === 2 }), 'stopped')
    assert.deepEqual(seen, [10, 20])
    assert.equal(await world.run({ untilUs: 100 }), 'nothingLeft')
    assert.deepEqual([seen, world.nowUs], [[10, 20, 30], 100])
  })

  it('cancelled events do not run, not even thousands of them', async () => {
    const world = new World({ seed: 1 })
    let runs = 0
    const events: ScheduledEvent[] = []
    for (let i = 0; i < 10_000; i++) {
      events.push(
        world.schedule(i, null, () => {
          runs += 1
        }),
      )
    }
    events.forEach((event, i) => {
      if (i % 10 !== 0) world.cancel(event)
    })
    for (const event of events.slice(1, 5)) world.cancel(event)
    assert.ok(world.queued < 3_000, 'the queue was swept')
    await world.run()
    assert.equal(runs, 1_000)
  })

  it('an error in an event ends the run, and the world can go on', async () => {
    const world = new World({ seed: 1 })
    let after = false
    world.schedule(1, null, () => assert.fail('planned'))
    world.schedule(2, null, () => {
      after = true
    })
    await assert.rejects(world.run(), /planned/)
    assert.equal(await world.run(), 'nothingLeft')
    assert.ok(after)
  })

  it('perform fails when the body waits for nothing', async () => {
    const world = new World({ seed: 1 })
    await assert.rejects(
      world.perform(() => new Promise(() => {})),
      /never happen/,
    )
  })
})

describe('the queue', () => {
  it('gives events in order of time and rank, whatever was pushed, taken and cancelled', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), time: fc.nat(20), rank: fc.nat(5) }),
      fc.record({ kind: fc.constant('pop' as const) }),
      fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(50) }),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const queue = new EventQueue()
        let model: { event: ScheduledEvent; key: number }[] = []
        operations.forEach((step, i) => {
          if (step.kind === 'push') {
            const event = { timeUs: step.time, life: null, callback: () => {} }
            queue.push(event, step.rank * 1000 + i)
            model.push({ event, key: step.time * 1e6 + step.rank * 1000 + i })
          } else if (step.kind === 'cancel') {
            const victim = model[step.index]
            if (victim === undefined) return
            queue.cancel(victim.event)
            model = model.filter((entry) => entry !== victim)
          } else {
            model.sort((a, b) => a.key - b.key)
            assert.equal(queue.pop(), model.shift()?.event ?? null)
          }
        })
        model.sort((a, b) => a.key - b.key)
        for (const { event } of model) assert.equal(queue.pop(), event)
        assert.equal(queue.pop(), null)
        assert.equal(queue.size, 0)
      }),
      { numRuns: 200 },
    )
  })
})

describe('promise continuations', () => {
  it('all run before the next event, however long their chain', async () => {
    for (const slowDrain of [false, true]) {
      const world = new World({ seed: 1, slowDrain })
      const seen: string[] = []
      const chain = async (name: string): Promise<void> => {
        for (let i = 0; i < 50; i++) await null
        seen.push(`${name} continued`)
      }
      world.schedule(1, null, () => {
        seen.push('first')
        void chain('first')
      })
      world.schedule(2, null, () => {
        seen.push('second')
        void chain('second')
      })
      await world.run({ afterEvent: () => seen.push('checked') })
      assert.deepEqual(seen, [
        'first',
        'first continued',
        'checked',
        'second',
        'second continued',
        'checked',
      ])
    }
  })

  it('drain in the fast way in this runtime', async () => {
    const drain = await new Promise((resolve) => {
      setImmediate(() => resolve(createDrain()))
    })
    assert.notEqual(drain, null)
  })
})

describe('the trace hash', () => {
  const runOf = async (seed: number, slowDrain: boolean): Promise<string> => {
    const world = new World({ seed, slowDrain })
    const chance = world.chance('test')
    const again = (): void => {
      void Promise.resolve().then(() => {
        world.trace(9, chance.below(100), 0)
        if (world.events >= 300) return
        world.schedule(chance.below(5), null, again)
        if (chance.happens(0.3)) world.schedule(chance.below(5), null, again)
      })
    }
    world.schedule(1, null, again)
    await world.run()
    return world.traceHash
  }

  it('is the same for the same seed, with either drain, and differs for others', async () => {
    const hashes = new Set<string>()
    for (let seed = 0; seed < 10; seed++) {
      const hash = await runOf(seed, false)
      assert.equal(await runOf(seed, false), hash)
      assert.equal(await runOf(seed, true), hash)
      assert.match(hash, /^[0-9a-f]{16}$/)
      hashes.add(hash)
    }
    assert.equal(hashes.size, 10)
  })

  it('notices a difference in any argument', () => {
    const hashOf = (...values: [number, number, number]): string => {
      const world = new World({ seed: 1 })
      world.trace(...values)
      return world.traceHash
    }
    const hashes = [hashOf(1, 2, 3), hashOf(2, 1, 3), hashOf(1, 2, 4), hashOf(1, 2 + 2 ** 40, 3)]
    assert.equal(new Set(hashes).size, 4)
  })

  it('streams of chance depend on seed and name, not on the order of asking', () => {
    const drawsOf = (names: string[]): Map<string, number> => {
      const world = new World({ seed: 7 })
      return new Map(names.map((name) => [name, world.chance(name).uint32()]))
    }
    const there = drawsOf(['a', 'b', 'c'])
    const back = drawsOf(['c', 'b', 'a'])
    for (const name of ['a', 'b', 'c']) assert.equal(there.get(name), back.get(name))
    assert.equal(new Set(there.values()).size, 3)
  })
})

describe('a life', () => {
  it('that ended never runs again: events, deliveries, new events', async () => {
    const world = new World({ seed: 1 })
    const life = world.createLife('a')
    const seen: string[] = []
    world.schedule(1, life, () => {
      seen.push('before')
      life.end()
      life.deliver(() => seen.push('delivered'))
      world.schedule(1, life, () => seen.push('new'))
    })
    world.schedule(2, life, () => seen.push('queued'))
    await world.run()
    assert.deepEqual(seen, ['before'])
    assert.equal(life.ended, true)
  })

  it('tells its listeners once how it ended', () => {
    const life = new World({ seed: 1 }).createLife('a')
    const ends: string[] = []
    life.onEnd((end) => ends.push(end))
    life.end('powerLost')
    life.end('killed')
    assert.deepEqual(ends, ['powerLost'])
  })

  it('that is paused gets what it missed in order, before anything newer', async () => {
    const world = new World({ seed: 3 })
    const life = world.createLife('a')
    const seen: string[] = []
    for (let i = 0; i < 10; i++) world.schedule(i, life, () => seen.push(`${i}`))
    for (let i = 0; i < 10; i++) world.schedule(20, life, () => seen.push('new'))
    world.schedule(5, null, () => seen.push('world'))
    life.pause()
    await world.run({ untilUs: 15 })
    assert.deepEqual(seen, ['world'])
    world.schedule(5, null, () => life.resume())
    await world.run()
    // The resumption is drawn among the ten events at 20 us; the old ones keep their order.
    const old = seen.filter((text) => text !== 'new' && text !== 'world')
    assert.deepEqual(old, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    assert.equal(seen.filter((text) => text === 'new').length, 10)
    assert.deepEqual(seen.slice(1, 11), old, 'what is due later does not overtake')
  })

  it('that dies while paused gets nothing', async () => {
    const world = new World({ seed: 1 })
    const life = world.createLife('a')
    world.schedule(1, life, () => assert.fail('it is dead'))
    life.pause()
    await world.run()
    life.end()
    life.resume()
    assert.equal(await world.run(), 'nothingLeft')
  })

  it('cancels a timer that came due during the pause', async () => {
    const world = new World({ seed: 1 })
    const life = world.createLife('a')
    const clock = new SimulatedClock({ world, name: 'a' }).clockFor(life)
    const seen: string[] = []
    const late = clock.after(2, () => seen.push('late'))
    clock.after(1, () => {
      seen.push('early')
      late.cancel()
    })
    life.pause()
    await world.run({ untilUs: 10_000 })
    life.resume()
    await world.run()
    assert.deepEqual(seen, ['early'])
  })
})

describe('the clock of a machine', () => {
  it('drifts against the world by its rate and never steps when the rate changes', async () => {
    const world = new World({ seed: 1 })
    const machine = new SimulatedClock({ world, name: 'a', drift: 0.05 })
    const clock = machine.clockFor(world.createLife('a'))
    const start = clock.monotonicMs()
    await world.run({ untilUs: 1_000_000 })
    assert.ok(Math.abs(clock.monotonicMs() - start - 1_050) < 1e-6)
    machine.setDrift(-0.05)
    assert.ok(Math.abs(clock.monotonicMs() - start - 1_050) < 1e-6)
    await world.run({ untilUs: 2_000_000 })
    assert.ok(Math.abs(clock.monotonicMs() - start - 2_000) < 1e-6)
  })

  it('a timer keeps its local due time when the clock becomes slower', async () => {
    const world = new World({ seed: 1 })
    const machine = new SimulatedClock({ world, name: 'a', drift: 0.05 })
    const clock = machine.clockFor(world.createLife('a'))
    const start = clock.monotonicMs()
    let firedAfter = 0
    clock.after(1_050, () => {
      firedAfter = clock.monotonicMs() - start
    })
    machine.setDrift(-0.05)
    await world.run()
    assert.ok(firedAfter >= 1_050 && firedAfter < 1_050.01)
  })

  it('the wall clock is off and steps, the monotonic one does not follow', async () => {
    const world = new World({ seed: 1 })
    const straight = new SimulatedClock({ world, name: 'a' })
    const machine = new SimulatedClock({ world, name: 'b', wallOffsetMs: 3_600_000 })
    const clock = machine.clockFor(world.createLife('b'))
    assert.equal(clock.wallMs() - straight.wallMs(), 3_600_000)
    const monotonic = clock.monotonicMs()
    machine.skew(-7_200_000)
    assert.equal(clock.wallMs() - straight.wallMs(), -3_600_000)
    assert.equal(clock.monotonicMs(), monotonic)
  })

  it('each life counts from an origin of its own, and the dead get no callbacks', async () => {
    const world = new World({ seed: 1 })
    const machine = new SimulatedClock({ world, name: 'a' })
    const [first, second] = [world.createLife('1'), world.createLife('2')]
    const old = machine.clockFor(first)
    assert.notEqual(old.monotonicMs(), machine.clockFor(second).monotonicMs())
    old.soon(() => assert.fail('dead'))
    old.after(1, () => assert.fail('dead'))
    first.end()
    old.soon(() => assert.fail('dead'))
    old.after(1, () => assert.fail('dead')).cancel()
    await world.run()
  })
})
