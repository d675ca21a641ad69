import assert from 'node:assert/strict'
import { SimulatedClock, SimulatedSockets, World } from '../../../../sim/world/index.ts'
import type { Clock } from '../../../io/index.ts'
import type { Setting } from '../../conformance/testing/kit/frames.ts'
import { Recorder, send } from '../../contract/setup.ts'
import { type CallOptions, type ClientCall, RpcChannel } from '../../index.ts'
import { RawPeer } from './raw-peer.ts'
import { createGzip } from './scene.ts'

const CLIENT_HOST = '10.0.0.1'
const ATTACKER_HOST = '10.0.0.66'
const TOO_LATE_MS = 300_000

/** Our client, and a server that means no good. */
export class ClientScene {
  readonly channel: RpcChannel
  readonly faults: unknown[] = []
  /** One for each connection that the client has made. */
  readonly servers: RawPeer[] = []
  readonly #world: World
  readonly #clock: Clock
  #port = 0
  readonly #listen: () => Promise<void>

  constructor() {
    const world = new World({ seed: 1 })
    const hub = new SimulatedSockets({ world, conditions: { fragment: 0.1 } })
    const life = world.createLife('client')
    const clock = new SimulatedClock({ world, name: 'client' }).clockFor(life)
    const sockets = hub.socketsFor(CLIENT_HOST, life)
    const others = hub.socketsFor(ATTACKER_HOST, world.createLife('attacker'))
    this.#world = world
    this.#clock = clock
    this.#listen = async () => {
      const address = { host: ATTACKER_HOST, port: 0 }
      const listener = await others.listen(address, (socket) => {
        this.servers.push(new RawPeer(socket, { playing: 'server' }))
      })
      this.#port = listener.address.port
    }
    this.channel = new RpcChannel({
      clock,
      chance: world.chance('channel'),
      gzip: createGzip(clock),
      endpoints: [{ host: ATTACKER_HOST, port: 1 }],
      messageBytesMax: 100_000,
      connect: () => sockets.connect({ host: ATTACKER_HOST, port: this.#port }),
      onFault: (error) => this.faults.push(error),
    })
  }

  async play(body: (scene: ClientScene) => Promise<void>): Promise<void> {
    await this.#world.perform(async () => {
      await this.#listen()
      await Promise.race([body(this), this.#tooLate()])
      this.channel.close()
      assert.deepEqual(this.faults, [], 'nothing broke')
    })
  }

  /** The server's side of the connection of that number, once it has said its SETTINGS. */
  async server(at = 0, ...values: readonly Setting[]): Promise<RawPeer> {
    this.channel.connect()
    while (this.servers.length <= at) await this.pass(1)
    const server = this.servers[at] as RawPeer
    server.answerPreface(...values)
    await server.find('settings', ({ ack }) => ack)
    return server
  }

  call(method = 'Echo', options: CallOptions = {}): { call: ClientCall; recorder: Recorder } {
    return send(this.channel, method, { options })
  }

  stream(): { call: ClientCall; recorder: Recorder } {
    const recorder = new Recorder()
    return { call: this.channel.stream('/test.Test/EchoAll', recorder), recorder }
  }

  get nowMs(): number {
    return this.#clock.monotonicMs()
  }

  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(durationMs, resolve))
  }

  async #tooLate(): Promise<never> {
    await this.pass(TOO_LATE_MS)
    const told = this.servers.map((server) => server.told())
    throw new assert.AssertionError({ message: `it takes too long; arrived: ${told.join('; ')}` })
  }
}

export function attackClientWith(body: (scene: ClientScene) => Promise<void>): () => Promise<void> {
  return () => new ClientScene().play(body)
}
