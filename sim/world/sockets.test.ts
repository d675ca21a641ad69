import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  describeSockets,
  describeTls,
  socketsOverTls,
  type TlsHarness,
} from '../../src/io/contract/index.ts'
import type { Socket } from '../../src/io/index.ts'
import {
  createSimulatedAuthority,
  type LifeEnd,
  SimulatedSockets,
  type SocketFaultKind,
  World,
} from './index.ts'

function createHarness(seed: number, fragment: number): TlsHarness {
  const world = new World({ seed })
  const life = world.createLife('n1')
  const hub = new SimulatedSockets({ world, conditions: { fragment } })
  return {
    sockets: hub.socketsFor('10.0.0.1', life),
    host: '10.0.0.1',
    createAuthority: createSimulatedAuthority,
    run: (body) => world.perform(body),
    close: async () => life.end(),
  }
}

for (const seed of [1, 2, 3]) {
  for (const fragment of [0, 0.9]) {
    const which = `seed ${seed}, fragments ${fragment}`
    const create = async () => createHarness(seed, fragment)
    describeSockets(`the simulated sockets, ${which}`, create)
    describeTls(`simulated TLS, ${which}`, create)
    describeSockets(`the simulated sockets with TLS, ${which}`, async () => {
      const harness = createHarness(seed, fragment)
      return { ...harness, sockets: socketsOverTls(harness) }
    })
  }
}

function record(socket: Socket, events: string[]): Socket {
  socket.onData = (bytes) => events.push(`${bytes.length}`)
  socket.onEnd = () => events.push('end')
  socket.onClose = (error) => {
    events.push(error === null ? 'close' : ((error as { code?: string }).code ?? error.message))
  }
  return socket
}

/** A client and a server, each a machine of its own; a connection that stands. */
async function setUp(seed = 1) {
  const world = new World({ seed })
  const faults: SocketFaultKind[] = []
  const hub = new SimulatedSockets({
    world,
    conditions: { fragment: 0 },
    onFault: (kind) => faults.push(kind),
  })
  const lives = { client: world.createLife('client'), server: world.createLife('server') }
  const client = hub.socketsFor('client', lives.client)
  const server = hub.socketsFor('server', lives.server)
  const events = { client: [] as string[], server: [] as string[] }
  const accepted: Socket[] = []
  const address = { host: 'server', port: 80 }
  await world.perform(() =>
    server.listen(address, (socket) => accepted.push(record(socket, events.server))),
  )
  const socket = record(client.connect(address), events.client)
  await world.run()
  return { world, hub, lives, client, faults, events, socket, accepted, address }
}

describe('faults of the simulated sockets', () => {
  it('a cut holds the bytes back, one way, until healed', async () => {
    const { world, hub, socket, accepted, events, faults } = await setUp()
    hub.cut({ from: 'client', to: 'server' })
    socket.write(new Uint8Array(10))
    socket.write(new Uint8Array(20))
    accepted[0]?.write(new Uint8Array(5))
    await world.run()
    assert.deepEqual([events.client, events.server], [['5'], []])
    assert.ok(faults.includes('held'))
    hub.heal()
    await world.run()
    assert.deepEqual(events.server, ['10', '20'])
  })

  it('a connection that cannot be made in time has failed', async () => {
    const { world, hub, client, events, address, faults } = await setUp()
    hub.cut({ from: 'client', to: 'server' })
    const late: string[] = []
    record(client.connect(address), late)
    await world.run()
    assert.deepEqual(late, ['timedOut'])
    assert.ok(faults.includes('timedOut'))
    assert.deepEqual(events.server, [])
  })

  it('a reset closes both ends with the reason and is counted', async () => {
    const { world, hub, socket, events, faults } = await setUp()
    hub.setConditions({ reset: 1 })
    socket.write(new Uint8Array(10))
    await world.run()
    assert.deepEqual([events.client, events.server], [['reset'], ['reset']])
    assert.deepEqual(faults, ['reset'])
  })

  it('no fault is counted when none is asked for', async () => {
    const { world, socket, events, faults } = await setUp()
    for (let i = 0; i < 100; i++) socket.write(new Uint8Array(1_000))
    await world.run()
    assert.equal(events.server.length, 100)
    assert.deepEqual(faults, [])
  })
})

describe('sockets and the ends of processes', () => {
  const endWith = async (end: LifeEnd) => {
    const all = await setUp()
    all.lives.server.end(end)
    await all.world.run()
    const before = [...all.events.client]
    all.socket.write(new Uint8Array(10))
    await all.world.run()
    return { ...all, before }
  }

  it('a killed process ends its connections, and refuses what comes after', async () => {
    const { before, events, client, address, world } = await endWith('killed')
    assert.deepEqual(before, ['end'])
    assert.deepEqual(events.client, ['end', 'reset'])
    const again: string[] = []
    record(client.connect(address), again)
    await world.run()
    assert.deepEqual(again, ['refused'])
  })

  it('a process that is killed with unread data resets its connections', async () => {
    const { world, lives, socket, accepted, events } = await setUp()
    accepted[0]?.pause()
    socket.write(new Uint8Array(10))
    await world.run()
    lives.server.end('killed')
    await world.run()
    assert.deepEqual(events.client, ['reset'])
  })

  it('a machine without power is silent until it is back', async () => {
    const { before, events, hub, world, socket } = await endWith('powerLost')
    assert.deepEqual(before, [])
    assert.deepEqual(events.client, [])
    hub.socketsFor('server', world.createLife('server again'))
    socket.write(new Uint8Array(10))
    await world.run()
    assert.deepEqual(events.client, ['reset'])
  })

  it('the dead hear nothing and what they do has no effect', async () => {
    const { world, lives, socket, accepted, events } = await setUp()
    accepted[0]?.write(new Uint8Array(10))
    socket.write(new Uint8Array(10))
    lives.client.end('powerLost')
    assert.equal(socket.write(new Uint8Array(10)), false)
    socket.end()
    socket.destroy()
    await world.run()
    assert.deepEqual([events.client, events.server], [[], ['10']])
  })

  it('a paused process hears everything after it resumes', async () => {
    const { world, lives, socket, events } = await setUp()
    lives.server.pause()
    for (let i = 1; i <= 5; i++) socket.write(new Uint8Array(i))
    socket.end()
    await world.run()
    assert.deepEqual(events.server, [])
    lives.server.resume()
    await world.run()
    assert.deepEqual(events.server, ['1', '2', '3', '4', '5', 'end'])
  })
})
