import assert from 'node:assert/strict'
import { it } from 'node:test'
import { RPC_SERVER_KEEPALIVE_MS } from '../../src/base/index.ts'
import type { Gzip, Sockets } from '../../src/io/index.ts'
import { type ChannelOptions, RpcChannel, RpcServer } from '../../src/rpc/index.ts'
import { SimulatedClock, SimulatedSockets, World } from './index.ts'

const NO_GZIP: Gzip = {
  deflate: () => assert.fail('nothing is compressed'),
  inflate: () => assert.fail('nothing is compressed'),
}

/** A server and a client, each a machine of its own; a connection that stands. */
async function setUp(options: Pick<ChannelOptions, 'keepaliveMs'> = {}) {
  const world = new World({ seed: 1 })
  const hub = new SimulatedSockets({ world })
  const machine = (name: string) => {
    const life = world.createLife(name)
    const clock = new SimulatedClock({ world, name }).clockFor(life)
    return { clock, sockets: hub.socketsFor(name, life) as Sockets }
  }
  const [here, there] = [machine('server'), machine('client')]
  const onFault = (error: unknown): void => assert.fail(String(error))
  const server = new RpcServer({ clock: here.clock, gzip: NO_GZIP, methods: [], onFault })
  const address = { host: 'server', port: 80 }
  await world.perform(() => here.sockets.listen(address, (socket) => server.accept(socket)))
  const states: string[] = []
  const channel = new RpcChannel({
    ...options,
    clock: there.clock,
    chance: world.chance('client'),
    gzip: NO_GZIP,
    endpoints: [address],
    connect: (endpoint) => there.sockets.connect(endpoint),
    onState: (state) => states.push(state),
    onFault,
  })
  channel.connect()
  const pass = (ms: number) => world.run({ untilUs: world.nowUs + ms * 1000 })
  await pass(1000)
  assert.equal(server.connections, 1)
  return { hub, server, channel, states, pass }
}

it('a client that is silent and there keeps its connection', async () => {
  const { server, states, pass } = await setUp()
  await pass(10 * RPC_SERVER_KEEPALIVE_MS)
  assert.equal(server.connections, 1)
  assert.deepEqual(states, ['connecting', 'ready'])
})

it('a client that is gone without a word loses it', async () => {
  const { hub, server, pass } = await setUp()
  hub.cut({ from: 'client', to: 'server' })
  await pass(RPC_SERVER_KEEPALIVE_MS)
  assert.equal(server.connections, 1)
  await pass(15_000)
  assert.equal(server.connections, 0)
})

it('calls on a connection to a server that is gone fail, instead of waiting for ever', async () => {
  const { hub, channel, pass } = await setUp()
  hub.cut({ from: 'server', to: 'client' })
  const ends: number[] = []
  const bytes = new Uint8Array(1)
  channel.unary(
    '/test.Test/Nothing',
    { bytes, offset: 0, length: 1 },
    {
      message: () => assert.fail('nobody answers'),
      ended: ({ status }) => ends.push(status.code),
      writable: () => {},
    },
  )
  await pass(30_000)
  assert.deepEqual(ends, [14])
})

it('a client that asks sooner hears sooner that a server is gone', async () => {
  const { hub, channel, states, pass } = await setUp({ keepaliveMs: 2000 })
  const bytes = new Uint8Array(1)
  hub.cut({ from: 'server', to: 'client' })
  channel.unary(
    '/test.Test/Nothing',
    { bytes, offset: 0, length: 1 },
    { message: () => assert.fail('nobody answers'), ended: () => {}, writable: () => {} },
  )
  await pass(3000)
  assert.equal(states.at(-1), 'ready')
  await pass(3000)
  assert.notEqual(states.at(-1), 'ready')
})

it('that holds for the connection after one that was lost in silence, too', async () => {
  const { hub, channel, pass } = await setUp()
  const ends: number[] = []
  const ask = (): void => {
    const receiver = {
      message: () => assert.fail('nobody answers'),
      ended: ({ status }: { status: { code: number } }) => ends.push(status.code),
      writable: () => {},
    }
    const message = { bytes: new Uint8Array(1), offset: 0, length: 1 }
    channel.unary('/test.Test/Nothing', message, receiver)
  }
  for (let lost = 1; lost <= 2; lost++) {
    hub.cut({ from: 'server', to: 'client' })
    ask()
    await pass(30_000)
    assert.equal(ends.length, lost)
    hub.heal()
    channel.connect()
    await pass(10_000)
    assert.equal(channel.state, 'ready')
  }
  assert.deepEqual(ends, [14, 14])
})
