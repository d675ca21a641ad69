import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Chance } from '../../src/base/index.ts'
import type { Clock, Gzip } from '../../src/io/index.ts'
import {
  type CallEnd,
  type CallReceiver,
  RpcChannel,
  RpcServer,
  type ServerCall,
  STATUS,
} from '../../src/rpc/index.ts'
import { SimulatedClock, SimulatedSockets, type SocketFaultKind, World } from './index.ts'

const NO_GZIP: Gzip = {
  deflate: () => assert.fail('nothing is compressed'),
  inflate: () => assert.fail('nothing is compressed'),
}

const ADDRESS = { host: 'server', port: 80 }
const PATH = '/test.Test/Echo'
const CLIENTS = 3
const CALLERS = 8
const STORM_MS = 3000
/** Every message begins with the name of its call. */
const NAME_BYTES = 12

function onFault(error: unknown): void {
  assert.fail(error as Error)
}

/** Clients that call without pause, a server that answers early and late, sockets that break. */
class Storm {
  readonly world: World
  readonly faults: SocketFaultKind[] = []
  readonly ends = new Map<string, CallEnd>()
  /** How often a handler has seen each call. */
  readonly seen = new Map<string, number>()
  asked = 0
  readonly #hub: SimulatedSockets
  readonly #chance: Chance
  #storming = true

  constructor(seed: number) {
    this.world = new World({ seed })
    this.#chance = this.world.chance('storm')
    this.#hub = new SimulatedSockets({
      world: this.world,
      conditions: { fragment: 0.7, reset: 0.002, delayUs: [50, 5000] },
      onFault: (kind) => this.faults.push(kind),
    })
  }

  async begin(): Promise<void> {
    const { clock, sockets } = this.#machine('server')
    const handle = (call: ServerCall, bytes: Uint8Array, offset: number, length: number): void => {
      const name = String.fromCharCode(...bytes.subarray(offset, offset + NAME_BYTES))
      this.seen.set(name, (this.seen.get(name) ?? 0) + 1)
      const copy = new Uint8Array(bytes.subarray(offset, offset + length))
      // Some are answered when nobody waits any more.
      clock.after(this.#chance.below(30), () => call.answer(copy, 0, copy.length))
    }
    const methods = [{ kind: 'unary', path: PATH, handle }] as const
    const server = new RpcServer({ clock, gzip: NO_GZIP, methods, onFault })
    await this.world.perform(() => sockets.listen(ADDRESS, (socket) => server.accept(socket)))
    for (let client = 0; client < CLIENTS; client++) this.#client(`client-${client}`)
  }

  async blow(): Promise<void> {
    for (let i = 0; i < 10; i++) {
      await this.#pass(STORM_MS / 10)
      const from = `client-${this.#chance.below(CLIENTS)}`
      if (this.#chance.happens(0.5)) this.#hub.cut({ from, to: 'server' })
      else this.#hub.heal()
    }
    this.#storming = false
    this.#hub.setConditions({ reset: 0 })
    this.#hub.heal()
    await this.#pass(60_000)
  }

  #pass(ms: number): Promise<unknown> {
    return this.world.run({ untilUs: this.world.nowUs + ms * 1000 })
  }

  #machine(name: string) {
    const life = this.world.createLife(name)
    const clock = new SimulatedClock({ world: this.world, name }).clockFor(life)
    return { clock, sockets: this.#hub.socketsFor(name, life) }
  }

  #client(name: string): void {
    const { clock, sockets } = this.#machine(name)
    const chance = this.world.chance(name)
    const channel = new RpcChannel({
      clock,
      chance,
      gzip: NO_GZIP,
      endpoints: [ADDRESS],
      connect: (endpoint) => sockets.connect(endpoint),
      onFault,
    })
    for (let i = 0; i < CALLERS; i++) this.#ask(channel, chance, clock)
  }

  #ask(channel: RpcChannel, chance: Chance, clock: Clock): void {
    this.asked += 1
    const name = `r${this.asked}`.padEnd(NAME_BYTES, '.')
    const bytes = new TextEncoder().encode(name.padEnd(NAME_BYTES + chance.below(40_000), 'x'))
    const receiver = this.#receiver(name, bytes, () => {
      if (this.#storming) clock.after(chance.below(5), () => this.#ask(channel, chance, clock))
    })
    const inTime = chance.happens(0.3)
    const options = inTime ? { timeoutMs: 1 + chance.below(40) } : { waitForReady: true }
    const message = { bytes, offset: 0, length: bytes.length }
    const call = channel.unary(PATH, message, receiver, options)
    if (chance.happens(0.05)) clock.after(chance.below(10), () => call.cancel())
  }

  #receiver(name: string, bytes: Uint8Array, then: () => void): CallReceiver {
    let answers = 0
    return {
      message: (answer, offset, length) => {
        answers += 1
        assert.deepEqual(answer.slice(offset, offset + length), bytes)
      },
      ended: (end) => {
        assert.ok(!this.ends.has(name), 'a call ends once')
        this.ends.set(name, end)
        if (end.status.code === STATUS.OK) assert.equal(answers, 1)
        if (end.unprocessed) assert.ok(!this.seen.has(name), 'nobody has seen it')
        then()
      },
      writable: () => {},
    }
  }
}

async function storm(seed: number) {
  const blown = new Storm(seed)
  await blown.begin()
  await blown.blow()
  const { asked, ends, seen, faults, world } = blown
  assert.equal(ends.size, asked, 'every call has ended')
  for (const [name, times] of seen) assert.equal(times, 1, `${name} was handled ${times} times`)
  const ok = [...ends.values()].filter(({ status }) => status.code === STATUS.OK).length
  const resets = faults.filter((kind) => kind === 'reset').length
  return { asked, ok, resets, hash: world.traceHash }
}

it('through resets and cuts every call ends once, and none is done twice', async () => {
  const sum = { asked: 0, ok: 0, resets: 0 }
  for (let seed = 1; seed <= 12; seed++) {
    const { asked, ok, resets } = await storm(seed)
    sum.asked += asked
    sum.ok += ok
    sum.resets += resets
  }
  // It is a storm, and one that lets calls pass.
  assert.ok(sum.resets > 50, `${sum.resets} resets`)
  assert.ok(sum.ok > sum.asked / 4 && sum.ok < sum.asked, `${sum.ok} of ${sum.asked}`)
})

it('the same seed gives the same storm', async () => {
  assert.deepEqual(await storm(3), await storm(3))
})
