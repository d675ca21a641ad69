import assert from 'node:assert/strict'
import { gunzipSync, gzipSync } from 'node:zlib'
import { SimulatedClock, SimulatedSockets, World } from '../../../../sim/world/index.ts'
import { KvError } from '../../../base/index.ts'
import type { Clock, Gzip, Sockets } from '../../../io/index.ts'
import {
  data,
  FRAME_SIZE_INITIAL,
  headers,
  type Setting,
} from '../../conformance/testing/kit/frames.ts'
import { block, type Field } from '../../conformance/testing/kit/hpack-writer.ts'
import { type Sent, Setup, send, statusOf } from '../../contract/setup.ts'
import type { Method } from '../../index.ts'
import { RawPeer } from './raw-peer.ts'

const SERVER_HOST = '10.0.0.1'
const ATTACKER_HOST = '10.0.0.66'

const TOO_LATE_MS = 300_000

/** What a call of the test service begins with. */
export function fieldsOf(method: string, ...extra: readonly Field[]): Field[] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', `/test.Test/${method}`],
    [':authority', 'victim'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ...extra,
  ]
}

export function opening(stream: number, method: string, ...extra: readonly Field[]): Buffer {
  return headers(stream, block(fieldsOf(method, ...extra)))
}

/** A gRPC message with its prefix; the length may be a lie. */
export function message(
  payload: Uint8Array,
  { flag = 0, length = payload.length }: { flag?: number; length?: number } = {},
): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(length, 1)
  return Buffer.concat([prefix, payload])
}

/** The octets of a body in frames that everybody takes. */
export function inFrames(stream: number, body: Buffer, { end }: { end: boolean }): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < body.length; at += FRAME_SIZE_INITIAL) {
    const isLast = at + FRAME_SIZE_INITIAL >= body.length
    frames.push(data(stream, body.subarray(at, at + FRAME_SIZE_INITIAL), { end: end && isLast }))
  }
  return frames
}

/** The grpc-status of a stream, once it is here. */
export async function statusOfStream(peer: RawPeer, stream: number): Promise<string | undefined> {
  const isEnd = (item: { stream: number; end: boolean }) => item.stream === stream && item.end
  const { fields } = peer.of('headers').find(isEnd) ?? (await peer.find('headers', isEnd))
  return fields.find(([name]) => name === 'grpc-status')?.[1]
}

export interface SceneOptions {
  readonly methods?: readonly Method[]
  readonly seed?: number
}

/** A server, an honest client beside the attackers, and time that the test owns. */
export class Scene {
  readonly setup: Setup
  readonly #world: World
  readonly #clock: Clock
  readonly #attackers: Sockets
  readonly #peers: RawPeer[] = []
  #honest: ReturnType<Setup['channel']> | null = null

  constructor({ methods = [], seed = 1 }: SceneOptions) {
    const world = new World({ seed })
    const hub = new SimulatedSockets({ world, conditions: { fragment: 0.1 } })
    const life = world.createLife('server')
    const clock = new SimulatedClock({ world, name: 'server' }).clockFor(life)
    this.#world = world
    this.#clock = clock
    this.#attackers = hub.socketsFor(ATTACKER_HOST, world.createLife('attacker'))
    const harness = {
      clock,
      chance: world.chance('client'),
      gzip: createGzip(clock),
      sockets: hub.socketsFor(SERVER_HOST, life),
      host: SERVER_HOST,
      run: (body: () => Promise<void>) => world.perform(body),
      close: async () => life.end(),
    }
    this.setup = new Setup(harness, methods)
  }

  /** Runs the test, then checks that the honest client and the server are as before. */
  async play(body: (scene: Scene) => Promise<void>): Promise<void> {
    await this.#world.perform(async () => {
      await this.setup.listen()
      this.#honest = this.setup.channel()
      await this.expectService()
      await Promise.race([body(this), this.#tooLate()])
      await this.expectService()
      for (const peer of this.#peers) peer.socket.destroy()
      await this.until(() => this.setup.server.connections === 1)
      assert.deepEqual(this.setup.faults, [], 'nothing broke')
      assert.equal(this.setup.accepted.length, this.#peers.length + 1, 'nobody had to come again')
      await this.setup.close()
      assert.equal(this.setup.server.connections, 0)
    })
  }

  /** Connected, and nothing said. */
  connect(): RawPeer {
    const { port } = this.setup
    const socket = this.#attackers.connect({ host: SERVER_HOST, port })
    const peer = new RawPeer(socket, { playing: 'client' })
    this.#peers.push(peer)
    return peer
  }

  async attacker(...values: readonly Setting[]): Promise<RawPeer> {
    const peer = this.connect()
    await peer.handshake(...values)
    return peer
  }

  /** The honest client, on the connection that it has had all the time, is answered. */
  async expectService(): Promise<void> {
    const calls: Sent[] = []
    assert.ok(this.#honest !== null, 'there is an honest client')
    for (let i = 0; i < 3; i++) calls.push(send(this.#honest, 'Echo', { message: `honest ${i}` }))
    for (const [i, { recorder }] of calls.entries()) {
      assert.equal(statusOf(await recorder.end), 'OK')
      assert.deepEqual(recorder.texts, [`honest ${i}`])
    }
  }

  /** Everything that an attacker can drag out is over long before. */
  async #tooLate(): Promise<never> {
    await this.pass(TOO_LATE_MS)
    const told = this.#peers.map((peer) => peer.told())
    throw new assert.AssertionError({ message: `it takes too long; arrived: ${told.join('; ')}` })
  }

  get nowMs(): number {
    return this.#clock.monotonicMs()
  }

  /** Lets so much time pass, in which everybody else goes on. */
  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(durationMs, resolve))
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.pass(1)
  }
}

export function attack(
  body: (scene: Scene) => Promise<void>,
  options: SceneOptions = {},
): () => Promise<void> {
  return () => new Scene(options).play(body)
}

/** Takes a millisecond of simulated time, and fails as the real one does. */
export function createGzip(clock: Clock): Gzip {
  const later = <T>(work: () => T): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    clock.after(1, () => {
      try {
        resolve(work())
      } catch (error) {
        reject(error)
      }
    })
    return promise
  }
  return {
    deflate: (bytes) => later(() => gzipSync(bytes)),
    inflate: (bytes, { bytesMax }) => later(() => inflateSync(bytes, bytesMax)),
  }
}

export function inflateSync(bytes: Uint8Array, bytesMax: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax })
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new KvError(tooLarge ? 'TOO_LARGE' : 'BAD_REQUEST', 'no gzip, or too much', { cause })
  }
}
