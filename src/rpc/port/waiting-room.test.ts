import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock, World } from '../../../sim/world/index.ts'
import { WaitingRoom } from './waiting-room.ts'

function setUp({ guestsMax = 10 } = {}) {
  const world = new World({ seed: 1 })
  const clock = new SimulatedClock({ world, name: 'n1' }).clockFor(world.createLife('n1'))
  const room = new WaitingRoom({ clock, guestsMax, waitMsMax: 100 })
  const out: string[] = []
  const enter = (name: string) => {
    const guest = { turnOut: () => out.push(name) }
    room.enter(guest)
    return guest
  }
  const untilMs = (ms: number) => world.run({ untilUs: ms * 1000 })
  return { world, room, out, enter, untilMs }
}

describe('a waiting room', () => {
  it('turns each guest out when its own time is over', async () => {
    const { room, out, enter, untilMs } = setUp()
    enter('a')
    await untilMs(50)
    enter('b')
    await untilMs(99)
    assert.deepEqual(out, [])
    await untilMs(101)
    assert.deepEqual(out, ['a'])
    enter('c')
    await untilMs(149)
    assert.deepEqual(out, ['a'])
    await untilMs(151)
    assert.deepEqual(out, ['a', 'b'])
    await untilMs(300)
    assert.deepEqual(out, ['a', 'b', 'c'])
    assert.equal(room.size, 0)
  })

  it('forgets who left, and waits for the next', async () => {
    const { room, out, enter, untilMs } = setUp()
    const first = enter('a')
    await untilMs(60)
    enter('b')
    room.leave(first)
    room.leave(first)
    await untilMs(159)
    assert.deepEqual(out, [])
    await untilMs(161)
    assert.deepEqual(out, ['b'])
  })

  it('when full, turns out the one that waits longest', () => {
    const { room, out, enter } = setUp({ guestsMax: 2 })
    for (const name of ['a', 'b', 'c', 'd']) enter(name)
    assert.deepEqual(out, ['a', 'b'])
    assert.equal(room.size, 2)
  })

  it('cleared, it turns out everybody and leaves no timer behind', async () => {
    const { world, room, out, enter } = setUp()
    enter('a')
    enter('b')
    room.clear()
    assert.deepEqual(out, ['a', 'b'])
    await world.run()
    assert.equal(world.nowMs, 0)
    enter('c')
    await world.run()
    assert.deepEqual(out, ['a', 'b', 'c'])
  })
})
