import assert from 'node:assert/strict'
import {
  type Chance,
  KvError,
  RPC_GATHERED_BYTES_MAX,
  RPC_HELD_BACK_BYTES_MAX,
  RPC_OUTPUT_BYTES_HIGH,
  RPC_STREAMS_MAX,
  SeededChance,
} from '../../../../base/index.ts'
import type { Gzip, Socket } from '../../../../io/index.ts'
import type { NetworkCall } from '../../../grpc/network-call.ts'
import { ServerSession } from '../../../grpc/server-session.ts'
import type { Http2Stream, RequestHead } from '../../../http2/index.ts'
import { type Method, RpcServer, type ServerCall, STATUS } from '../../../index.ts'
import { inflateSync } from '../scene.ts'
import { InputModel } from './input-model.ts'
import { ManualClock } from './manual-clock.ts'
import { MemorySocket, type Reading } from './memory-socket.ts'
import { OutputChecker } from './output-checker.ts'
import { lengthOf, pick } from './pieces.ts'
import { ClientScript, type Script } from './scripts.ts'

export const MESSAGE_BYTES_MAX = 65_536
const FRAMES_MAX = 2000
/** Two reads of answers on top of what makes a connection stop reading. */
const QUEUED_BYTES_MAX = RPC_OUTPUT_BYTES_HIGH + 512 * 1024

/** Thrown by a handler of the fuzzer on purpose. */
export class HandlerBroke extends Error {}

/** What a session did. */
export interface SessionReport {
  readonly frames: number
  readonly answered: number
  readonly calls: number
}

export function wildnessOf(chance: Chance): number {
  return pick(chance, [0, 0, 0.001, 0.003, 0.01, 0.05, 0.3])
}

/** In both directions between the fuzzer and an endpoint. */
export class Line {
  readonly chance: Chance
  readonly clock: ManualClock
  readonly input: InputModel
  readonly checker: OutputChecker
  readonly socket: MemorySocket
  readonly script: Script
  #budget: number
  #greeted = false

  constructor(
    endpoint: 'server' | 'client',
    { chance, clock }: { chance: Chance; clock: ManualClock },
    script: (options: { chance: Chance; checker: OutputChecker; wildness: number }) => Script,
  ) {
    this.chance = chance
    this.clock = clock
    this.input = new InputModel({ preface: endpoint === 'server' })
    this.checker = new OutputChecker(endpoint, this.input)
    const reading: Reading = pick(chance, ['all', 'all', 'all', 'some', 'none'])
    this.socket = new MemorySocket(reading, (bytes) => this.checker.push(bytes))
    this.script = script({ chance, checker: this.checker, wildness: wildnessOf(chance) })
    this.#budget = chance.happens(0.1) ? FRAMES_MAX : 1 + chance.below(300)
  }

  get goesOn(): boolean {
    return !this.socket.ended && this.#budget > 0
  }

  /** Some frames, in chunks that have nothing to do with them. */
  say(): void {
    const { chance, socket } = this
    if (socket.paused) {
      // A peer that does not read is not read from.
      if (socket.reading === 'none') this.#budget = 0
      socket.drain(1 + chance.below(200_000))
      return
    }
    const parts: Buffer[] = this.#greeted ? [] : [this.script.first()]
    this.#greeted = true
    for (let i = chance.happens(0.2) ? 30 : chance.below(4); i >= 0; i--) {
      parts.push(this.script.next())
      this.#budget -= 1
    }
    const bytes = Buffer.concat(parts)
    const most = chance.happens(0.1) ? Math.max(20, bytes.length / 50) : 0
    for (let at = 0; at < bytes.length && !socket.isOver; ) {
      const size = most > 0 ? 1 + chance.below(most) : pick(chance, [bytes.length, 2000, 65_536])
      const chunk = Uint8Array.from(bytes.subarray(at, at + size))
      this.input.push(chunk)
      this.#deliver(chunk)
      at += size
    }
  }

  #deliver(chunk: Uint8Array): void {
    const { socket } = this
    // What a real socket had read already before it was asked to pause.
    const paused = socket.paused
    socket.paused = false
    socket.deliver(chunk)
    socket.paused ||= paused
  }

  /** The other side reads, or time passes. */
  goOn(): void {
    const { chance, socket, clock } = this
    clock.turn()
    if (socket.reading === 'some' && chance.happens(0.5)) socket.drain(chance.below(100_000))
    if (chance.happens(0.05)) clock.pass(chance.below(200))
    clock.turn()
  }

  /** One of the ways in which a connection ends. */
  end(sweep: (nowMs: number) => void): void {
    const { chance, socket, clock } = this
    const how = chance.below(4)
    if (how === 0) socket.close({ broken: true })
    if (how === 1 && !socket.isOver) socket.onEnd?.()
    if (how === 2) {
      for (let i = 0; i < 130 && !socket.ended; i++) {
        clock.pass(1000)
        sweep(clock.monotonicMs())
      }
    }
    clock.turn()
    this.#sayMore()
    if (socket.reading !== 'none') socket.drain(Number.POSITIVE_INFINITY)
    // Who has ended is gone after a while.
    clock.pass(5000)
    if (socket.reading !== 'none' && socket.ended && !socket.isOver) this.checker.finish()
    socket.close({ broken: false })
    clock.turn()
  }

  /** What was under way when the endpoint had said its last word. */
  #sayMore(): void {
    const { chance, socket, script } = this
    if (!socket.ended || chance.happens(0.5)) return
    for (let i = chance.below(10); i >= 0 && !socket.isOver; i--) {
      const chunk = Uint8Array.from(script.next())
      this.input.push(chunk)
      this.#deliver(chunk)
    }
    this.clock.turn()
  }

  checkQueue(): void {
    assert.ok(this.socket.queuedBytes <= QUEUED_BYTES_MAX, 'what waits in the socket is bounded')
  }
}

/** Takes a moment of the fuzzer's time. */
export function createGzip(clock: ManualClock): Gzip {
  const later = (work: () => Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      clock.after(1, () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
    })
  return {
    // Something that is no gzip, and of the right size: nobody looks into it here.
    deflate: (bytes) => later(() => bytes.slice(0, 20 + bytes.length / 4)),
    inflate: (bytes, { bytesMax }) => later(() => inflateSync(bytes, bytesMax)),
  }
}

/** Promise continuations of a few steps' depth. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await null
}

/** Counts what a server hears of each stream. */
class WatchedSession extends ServerSession {
  readonly requestedStreams = new Set<Http2Stream<NetworkCall>>()
  readonly closedStreams = new Set<Http2Stream<NetworkCall>>()
  gatheredTotal = 0
  endings = 0

  override requested(stream: Http2Stream<NetworkCall>, request: RequestHead, end: boolean): void {
    assert.ok(!this.connection.stopped, 'nothing is done after the end')
    assert.ok(!this.requestedStreams.has(stream), 'a stream begins once')
    this.requestedStreams.add(stream)
    super.requested(stream, request, end)
  }

  override data(
    stream: Http2Stream<NetworkCall>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): void {
    assert.ok(!this.connection.stopped, 'nothing is done after the end')
    assert.ok(!this.closedStreams.has(stream), 'closed is the last word')
    super.data(stream, bytes, offset, length, end)
  }

  override closed(stream: Http2Stream<NetworkCall>, code: number): void {
    assert.ok(!this.closedStreams.has(stream), 'a stream is closed once')
    this.closedStreams.add(stream)
    super.closed(stream, code)
  }

  override gathers(bytes: number): boolean {
    this.gatheredTotal += bytes
    assert.ok(this.gatheredTotal >= 0, 'no more is given back than was taken')
    return super.gathers(bytes)
  }

  override ended(): void {
    this.endings += 1
    super.ended()
  }
}

/** Handlers with every habit that handlers have. */
class Handlers {
  readonly held: ServerCall[] = []
  readonly paused: ServerCall[] = []
  readonly calls: ServerCall[] = []
  readonly #chance: Chance

  constructor(chance: Chance) {
    this.#chance = chance
  }

  methods(): Method[] {
    const large = new Uint8Array(100_000)
    return [
      this.#unary('Echo', (call, bytes, at, length) => call.answer(bytes, at, length)),
      this.#unary('Hold', (call) => this.held.push(call)),
      this.#unary('Refuse', () => {
        throw new KvError('OVERLOADED', 'not now: \u{1f600}')
      }),
      this.#unary('Break', () => {
        throw new HandlerBroke()
      }),
      this.#unary('Large', (call) => call.answer(large, 0, lengthOf(this.#chance))),
      this.#stream('EchoAll', (call, bytes, at, length) => void call.write(bytes, at, length)),
      this.#stream('Pauses', (call) => {
        call.pause()
        this.paused.push(call)
      }),
      this.#stream('Blast', (call) => {
        while (call.write(large, 0, lengthOf(this.#chance)) && this.#chance.happens(0.9));
      }),
    ]
  }

  /** What was put off is done, some of it. */
  goOn(): void {
    const chance = this.#chance
    while (this.held.length > 0 && chance.happens(0.5)) {
      const call = this.held.splice(chance.below(this.held.length), 1)[0] as ServerCall
      if (chance.happens(0.2)) call.fail(STATUS.ABORTED, 'no: ü')
      else call.answer(new Uint8Array(3000), 0, chance.below(3000))
    }
    while (this.paused.length > 0 && chance.happens(0.3)) this.paused.pop()?.resume()
  }

  #unary(name: string, handle: Extract<Method, { kind: 'unary' }>['handle']): Method {
    return {
      kind: 'unary',
      path: `/test.Test/${name}`,
      handle: (call, bytes, offset, length) => {
        assert.ok(!call.isOver, 'a call that is over is not handled')
        this.calls.push(call)
        handle(call, bytes, offset, length)
      },
    }
  }

  #stream(name: string, message: Extract<Method, { kind: 'unary' }>['handle']): Method {
    return {
      kind: 'stream',
      path: `/test.Test/${name}`,
      open: (call) => {
        this.calls.push(call)
        let ended = false
        return {
          message: (bytes, offset, length) => {
            assert.ok(!ended && !call.isOver, 'no message comes after the end')
            message(call, bytes, offset, length)
          },
          ended: () => {
            assert.ok(!ended && !call.isOver, 'the end comes once')
            ended = true
            if (this.#chance.happens(0.8)) call.end()
            else this.held.push(call)
          },
          writable: () => {
            if (this.#chance.happens(0.1)) call.end()
          },
          cancelled: () => {
            assert.ok(call.isOver, 'who is cancelled is over')
          },
        }
      },
    }
  }
}

/** A random client against our server. Fails with what went wrong. */
export async function attackServer(seed: number): Promise<SessionReport> {
  const chance = new SeededChance(seed, 'attack on a server')
  const clock = new ManualClock()
  const handlers = new Handlers(chance.fork('handlers'))
  const faults: unknown[] = []
  const server = new RpcServer({
    clock,
    gzip: createGzip(clock),
    methods: handlers.methods(),
    messageBytesMax: MESSAGE_BYTES_MAX,
    onFault: (error) => {
      if (!(error instanceof HandlerBroke)) faults.push(error)
    },
  })
  const line = new Line('server', { chance, clock }, (options) => new ClientScript(options))
  const session = new WatchedSession(server, line.socket as Socket)
  const { connection } = session
  while (line.goesOn) {
    line.say()
    line.goOn()
    if (chance.happens(0.3)) {
      clock.pass(2)
      await settle()
    }
    handlers.goOn()
    line.checkQueue()
    checkBounds(session)
    if (faults.length > 0) throw faults[0]
  }
  line.end((nowMs) => connection.sweep(nowMs))
  handlers.goOn()
  await settle()
  if (faults.length > 0) throw faults[0]
  checkEnd(session, handlers)
  server.destroy()
  return {
    frames: line.input.frames,
    answered: line.checker.frames,
    calls: handlers.calls.length,
  }
}

function checkBounds({ connection, gatheredTotal }: WatchedSession): void {
  const { streams, sender, decoder } = connection
  assert.ok(streams.size <= RPC_STREAMS_MAX, 'streams are bounded')
  assert.ok(sender.heldBytes <= RPC_HELD_BACK_BYTES_MAX + 200_000, 'held back bytes are bounded')
  assert.ok(gatheredTotal <= RPC_GATHERED_BYTES_MAX + MESSAGE_BYTES_MAX, 'messages are bounded')
  assert.ok(decoder.tableState.bytes <= 4096, 'the table is bounded')
}

function checkEnd(session: WatchedSession, handlers: Handlers): void {
  const { connection, requestedStreams, closedStreams } = session
  assert.ok(connection.stopped, 'the connection is over')
  assert.equal(session.endings, 1, 'a connection ends once')
  assert.equal(connection.streams.size, 0, 'no stream is left')
  assert.equal(connection.sender.heldBytes, 0, 'nothing is held back any more')
  assert.equal(connection.sender.waitingCount, 0, 'nobody waits any more')
  assert.equal(session.gatheredTotal, 0, 'all memory for messages is given back')
  for (const stream of requestedStreams) {
    assert.ok(closedStreams.has(stream), 'every stream is closed')
  }
  for (const call of handlers.calls) assert.ok(call.isOver, 'every call is over')
}
