import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createSimulatedAuthority,
  SimulatedClock,
  SimulatedSockets,
  World,
} from '../../../../sim/world/index.ts'
import { type Authority, createAuthority } from '../../../io/contract/index.ts'
import {
  type Clock,
  createNodeClock,
  createNodeSockets,
  type Sockets,
  type TlsClientOptions,
  type TlsServerOptions,
} from '../../../io/index.ts'
import { openPort, type Port, type PortOptions } from '../index.ts'
import { Events, RecordedSocket, RecordingHandler } from './recorder.ts'

export interface Harness {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly host: string
  readonly createAuthority: (name: string) => Authority
  readonly run: (body: () => Promise<void>) => Promise<void>
}

/** A port, its handlers and its clients. */
export class Setting {
  readonly events = new Events()
  readonly http2 = new RecordingHandler(this.events)
  readonly http1 = new RecordingHandler(this.events)
  readonly clients: RecordedSocket[] = []
  readonly #harness: Harness
  readonly #authority: Authority
  #port: Port | null = null

  constructor(harness: Harness) {
    this.#harness = harness
    this.#authority = harness.createAuthority('authority')
  }

  get port(): Port {
    assert.ok(this.#port !== null)
    return this.#port
  }

  async open(options: Partial<Pick<PortOptions, 'limits' | 'tls'>> = {}): Promise<void> {
    const { sockets, clock, host } = this.#harness
    const { http2, http1 } = this
    const address = { host, port: 0 }
    this.#port = await openPort({ sockets, clock, address, http2, http1, tls: null, ...options })
  }

  tls(
    plaintext: 'accepted' | 'refused',
    options: Partial<TlsServerOptions> = {},
  ): PortOptions['tls'] {
    const names = [`IP Address:${this.#harness.host}`]
    const server = this.#harness.sockets.tlsServer({
      identity: this.#authority.issue({ commonNames: ['port'], names }),
      protocols: ['h2', 'http/1.1'],
      clients: null,
      handshakeMsMax: 60_000,
      ...options,
    })
    return { server, plaintext }
  }

  connect(): RecordedSocket {
    return this.#record(this.#harness.sockets.connect(this.port.address))
  }

  connectTls(protocols: readonly string[], options: Partial<TlsClientOptions> = {}) {
    const client = this.#harness.sockets.tlsClient({
      authority: this.#authority.certificate,
      serverName: null,
      identity: null,
      protocols,
      connectMsMax: 60_000,
      ...options,
    })
    return this.#record(client.connect(this.port.address))
  }

  /** Over once everything that was sent before has arrived. */
  async roundTrip(): Promise<void> {
    const { taken } = this.http1
    const count = taken.length
    const client = this.connect()
    client.send('?')
    await this.events.until(() => taken.length > count)
    taken.at(-1)?.send('!')
    await this.events.until(() => client.text === '!')
  }

  /** Nothing tells of it, so the port is asked again after each round trip. */
  async untilUndecided(count: number): Promise<void> {
    while (this.port.undecided !== count) await this.roundTrip()
  }

  async close(): Promise<void> {
    this.http2.finish()
    this.http1.finish()
    const closed = this.port.close()
    this.port.destroy()
    for (const { socket } of this.clients) socket.destroy()
    await closed
  }

  #record(socket: ReturnType<Sockets['connect']>): RecordedSocket {
    const client = new RecordedSocket(socket, this.events)
    this.clients.push(client)
    return client
  }
}

function real(): Harness {
  return {
    sockets: createNodeSockets(),
    clock: createNodeClock(),
    host: '127.0.0.1',
    createAuthority,
    run: (body) => body(),
  }
}

function simulated(seed: number): Harness {
  const world = new World({ seed })
  const life = world.createLife('n1')
  const hub = new SimulatedSockets({ world, conditions: { fragment: 0.9 } })
  return {
    sockets: hub.socketsFor('10.0.0.1', life),
    clock: new SimulatedClock({ world, name: 'n1' }).clockFor(life),
    host: '10.0.0.1',
    createAuthority: createSimulatedAuthority,
    run: (body) => world.perform(body),
  }
}

export type PortTest = (behaviour: string, body: (setting: Setting) => Promise<void>) => void

/** Real sockets, and simulated ones, which cut everything into small pieces. */
export const HARNESSES: readonly { readonly name: string; readonly create: () => Harness }[] = [
  { name: 'real sockets', create: real },
  ...[1, 2, 3].map((seed) => ({
    name: `simulated sockets, seed ${seed}`,
    create: () => simulated(seed),
  })),
]

/** The same tests on all of them. */
export function describePort(subject: string, tests: (test: PortTest) => void): void {
  for (const { name, create } of HARNESSES) {
    const test: PortTest = (behaviour, body) => {
      it(behaviour, async () => {
        const harness = create()
        await harness.run(async () => {
          const setting = new Setting(harness)
          try {
            await body(setting)
          } finally {
            await setting.close()
          }
        })
      })
    }
    describe(`${subject}, ${name}`, () => tests(test))
  }
}
