import assert from 'node:assert/strict'
import type net from 'node:net'
import { FrameReader, type Incoming } from './frame-reader.ts'
import { dataOctets, type ErrorName, ping, SETTING, settingsAck, WINDOW_INITIAL } from './frames.ts'
import { Legality, type Role } from './legality.ts'
import { within } from './within.ts'

export type Kind = Incoming['kind']
export type Of<K extends Kind> = Extract<Incoming, { kind: K }>

/** What an endpoint may send at any time without a case having asked for it. */
const HOUSEKEEPING: ReadonlySet<Kind> = new Set(['settings', 'windowUpdate', 'ping', 'priority'])

/** One end of a TCP connection that sends what it is told, byte for byte, and reads the answers. */
export class Peer {
  readonly reader = new FrameReader()
  /** Everything that has arrived so far, in order. */
  readonly log: Incoming[] = []
  /** Off, SETTINGS and PING of the other side are left without an answer. */
  automatic = true

  readonly #socket: net.Socket
  readonly #legality: Legality
  readonly #inbox: Incoming[] = []
  #dropping = false
  #preface: Buffer = Buffer.alloc(0)
  #reset = false
  #failure: unknown = null
  #wake: (() => void) | null = null
  #pings = 0
  readonly #spent = new Map<number, number>()

  constructor(socket: net.Socket, them: Role) {
    this.#socket = socket
    this.#legality = new Legality(them)
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    // Without this an error of the socket would be thrown; `close` follows in any case.
    socket.on('error', () => {
      this.#reset = true
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => this.#arrive({ kind: 'closed', how: this.#reset ? 'reset' : 'ended' }))
  }

  /** True once the other side has said goodbye or is gone. */
  get over(): boolean {
    return this.log.some(({ kind }) => kind === 'goaway' || kind === 'closed')
  }

  /** The other side has ended the connection, and the case has not noticed. */
  get overUnnoticed(): boolean {
    return this.#inbox.some(({ kind }) => kind === 'goaway' || kind === 'closed')
  }

  /** What comes is no HTTP/2, and is dropped. */
  expectAnything(): void {
    this.#dropping = true
  }

  /** The octets that come before the first frame. */
  expectPreface(preface: Buffer): void {
    this.#preface = preface
  }

  send(...parts: readonly Buffer[]): void {
    const bytes = Buffer.concat(parts)
    // What flow control counts (RFC 9113 §6.9.1).
    for (const [stream, octets] of dataOctets(bytes)) {
      this.#spent.set(stream, (this.#spent.get(stream) ?? 0) + octets)
    }
    this.#socket.write(bytes)
  }

  /** The last value that the other side announced. */
  announced(name: keyof typeof SETTING): number | undefined {
    const values = this.log.flatMap((item) => (item.kind === 'settings' ? item.values : []))
    return values.findLast(([id]) => id === SETTING[name])?.[1]
  }

  /** What the other side still allows us to send on the stream. */
  windowOf(stream: number): number {
    const ofStream = this.streamWindow + this.#granted(stream) - (this.#spent.get(stream) ?? 0)
    return Math.min(ofStream, this.windowOfConnection())
  }

  windowOfConnection(): number {
    const spent = [...this.#spent.values()].reduce((sum, octets) => sum + octets, 0)
    return WINDOW_INITIAL + this.#granted(0) - spent
  }

  /** What the other side allows on a new stream. */
  get streamWindow(): number {
    return this.announced('initialWindowSize') ?? WINDOW_INITIAL
  }

  #granted(stream: number): number {
    return this.log.reduce(
      (sum, item) =>
        item.kind === 'windowUpdate' && item.stream === stream ? sum + item.increment : sum,
      0,
    )
  }

  /** Sends these DATA frames one after the other, each as soon as the windows have room for it. */
  async sendInWindow(stream: number, frames: readonly Buffer[]): Promise<void> {
    for (const one of frames) {
      while (this.windowOf(stream) < one.length - 9) await this.take('windowUpdate', () => true)
      this.send(one)
    }
  }

  /** Our direction only; the answers can still come. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Resolves when the kernel has taken everything that was sent. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(Buffer.alloc(0), () => resolve())
    })
  }

  async next(wanted: string): Promise<Incoming> {
    const item = this.#inbox.shift()
    if (item !== undefined) return item
    if (this.#failure !== null) throw this.#failure
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    await within(promise, () => `no ${wanted}; arrived: ${this.#told()}`)
    return this.next(wanted)
  }

  /** The next item of that kind that matches; fails when the connection ends before it. */
  async find<K extends Kind>(
    kind: K,
    match: (item: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    for (;;) {
      const item = await this.next(kind)
      if (isOf(item, kind) && match(item)) return item
      if (item.kind === 'closed') this.fail(`wanted ${kind}`)
    }
  }

  /** Like `find`, but what came before it stays to be read. */
  async take<K extends Kind>(kind: K, match: (item: Of<K>) => boolean): Promise<Of<K>> {
    const passed: Incoming[] = []
    for (;;) {
      const item = await this.next(kind)
      if (isOf(item, kind) && match(item)) {
        this.#inbox.unshift(...passed)
        return item
      }
      if (item.kind === 'closed') this.fail(`wanted ${kind}`)
      passed.push(item)
    }
  }

  /** A PING and its answer. What came before the answer is returned, without housekeeping. */
  async roundTrip(): Promise<Incoming[]> {
    this.#pings += 1
    const text = `trip${this.#pings}`.padEnd(8)
    this.send(ping(text))
    const before: Incoming[] = []
    for (;;) {
      const item = await this.next('answer to PING')
      if (item.kind === 'ping' && item.ack && item.text === text) return before
      if (item.kind === 'closed') this.fail('wanted an answer to PING')
      if (!HOUSEKEEPING.has(item.kind)) before.push(item)
    }
  }

  /** Everything sent so far was processed, and nothing but housekeeping came of it. */
  async expectNothing(): Promise<void> {
    const before = await this.roundTrip()
    assert.deepEqual(before.map(describe), [], 'nothing should happen')
  }

  /** A connection error (RFC 9113 §5.4.1): GOAWAY with one of the codes, then the end of TCP. */
  async expectConnectionError(...codes: ErrorName[]): Promise<Of<'goaway'>> {
    const goaway = await this.find('goaway')
    this.#expectCode(goaway.code, codes, 'GOAWAY')
    await this.expectClosed()
    return goaway
  }

  /** The connection ends, with or without a word (RFC 9113 §3.4 allows silence). */
  async expectClosed(): Promise<void> {
    await this.find('closed')
  }

  /**
   * A stream error (RFC 9113 §5.4.2), or in its place a connection error of the same kind, which
   * §5.4.1 always allows.
   */
  async expectStreamError(stream: number, ...codes: ErrorName[]): Promise<'stream' | 'connection'> {
    for (;;) {
      const item = await this.next(`RST_STREAM ${stream}`)
      if (item.kind === 'reset' && item.stream === stream) {
        this.#expectCode(item.code, codes, 'RST_STREAM')
        return 'stream'
      }
      if (item.kind === 'goaway') {
        this.#expectCode(item.code, codes, 'GOAWAY')
        await this.expectClosed()
        return 'connection'
      }
      if (item.kind === 'closed') this.fail(`wanted RST_STREAM ${stream}`)
    }
  }

  fail(message: string): never {
    throw new assert.AssertionError({ message: `${message}; arrived: ${this.#told()}` })
  }

  #expectCode(code: ErrorName | number, codes: readonly ErrorName[], where: string): void {
    if (!codes.some((one) => one === code)) {
      this.fail(`${where} carries ${code} instead of ${codes.join(' or ')}`)
    }
  }

  #told(): string {
    return this.log.length === 0 ? 'nothing' : this.log.slice(-12).map(describe).join(', ')
  }

  #receive(bytes: Buffer): void {
    if (this.#failure !== null || this.#dropping) return
    try {
      const wanted = this.#preface.subarray(0, bytes.length)
      assert.deepEqual(bytes.subarray(0, wanted.length), wanted, 'the preface (§3.4)')
      this.#preface = this.#preface.subarray(wanted.length)
      this.reader.push(Buffer.from(bytes.subarray(wanted.length)), (item) => this.#arrive(item))
    } catch (error) {
      // Told to whoever waits next: the other side has sent what no endpoint may send.
      this.#failure = error
      this.#wake?.()
    }
  }

  #arrive(item: Incoming): void {
    this.#legality.check(item)
    this.log.push(item)
    this.#inbox.push(item)
    if (this.automatic && item.kind === 'settings' && !item.ack) this.send(settingsAck())
    if (this.automatic && item.kind === 'ping' && !item.ack)
      this.send(ping(item.text, { ack: true }))
    this.#wake?.()
  }
}

function isOf<K extends Kind>(item: Incoming, kind: K): item is Of<K> {
  return item.kind === kind
}

export function describe(item: Incoming): string {
  switch (item.kind) {
    case 'data':
      return `DATA ${item.stream} of ${item.bytes.length}${item.end ? ' END_STREAM' : ''}`
    case 'headers': {
      const fields = item.fields.map(([name, value]) => `${name}=${value}`).join(' ')
      return `HEADERS ${item.stream} (${fields})${item.end ? ' END_STREAM' : ''}`
    }
    case 'reset':
      return `RST_STREAM ${item.stream} ${item.code}`
    case 'goaway':
      return `GOAWAY ${item.last} ${item.code} ${item.debug}`
    case 'settings':
      return item.ack ? 'SETTINGS ack' : 'SETTINGS'
    case 'ping':
      return item.ack ? 'PING ack' : 'PING'
    case 'windowUpdate':
      return `WINDOW_UPDATE ${item.stream} by ${item.increment}`
    case 'closed':
      return `closed (${item.how})`
    default:
      return item.kind
  }
}
