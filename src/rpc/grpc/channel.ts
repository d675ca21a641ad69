/**
 * A client's way to a service that several endpoints offer: one connection at a time, opened when
 * it is wanted, to the next endpoint when one fails, with growing pauses between rounds.
 *
 * ```
 * idle ──call──► connecting ──settings──► ready ──lost, going away──► connecting, or idle
 *                    │ every endpoint failed                    (when nobody waits)
 *                    ▼
 *                 waiting ──back-off──► connecting
 * ```
 */

import {
  assert,
  type Chance,
  copyOf,
  RPC_BACKOFF_MS_MAX,
  RPC_BACKOFF_MS_MIN,
  RPC_CALLS_WAITING_MAX,
  RPC_CONNECT_MS_MAX,
  RPC_KEEPALIVE_MS,
  RPC_MESSAGE_BYTES_MAX,
  RPC_SWEEP_MS,
} from '../../base/index.ts'
import type { Address, Clock, Gzip, Socket, Timer } from '../../io/index.ts'
import { OutgoingHeaders } from '../hpack/index.ts'
import { ChunkPool } from '../http2/index.ts'
import { type CallReceiver, ClientCall } from './client-call.ts'
import { ClientSession, type SessionListener, type SessionParts } from './client-session.ts'
import { ACCEPTED_ENCODINGS, isWorthCompressing, MessageCompressor } from './compression.ts'
import { Deadlines } from './deadlines.ts'
import { Metadata } from './metadata.ts'
import { STATUS } from './status.ts'
import { formatTimeout } from './timeout.ts'

export type ChannelState = 'idle' | 'connecting' | 'ready' | 'waiting' | 'closed'

export interface ChannelOptions {
  readonly clock: Clock
  readonly chance: Chance
  readonly gzip: Gzip
  readonly endpoints: readonly Address[]
  /** Plain or TLS, as the endpoints want it. */
  readonly connect: (endpoint: Address) => Socket
  readonly scheme?: 'http' | 'https'
  readonly messageBytesMax?: number
  readonly keepaliveMs?: number
  /** A connection that is not ready by then is given up. */
  readonly connectMsMax?: number
  readonly onState?: (state: ChannelState, endpoint: Address | null) => void
  /** A connection is gone, with what it ended with; null after an orderly end. */
  readonly onLost?: (error: Error | null) => void
  /** What a receiver threw. */
  readonly onFault: (error: unknown) => void
}

export interface CallOptions {
  readonly timeoutMs?: number
  readonly metadata?: Metadata
  /** Wait for a connection as long as the deadline allows, instead of failing with the first. */
  readonly waitForReady?: boolean
  /** The message of a unary call leaves in gzip, when that is worth it; for slow links. */
  readonly compress?: boolean
}

interface Waiting {
  readonly call: ClientCall
  readonly head: OutgoingHeaders
  /** The message of a unary call; null for a stream. */
  readonly message: Uint8Array | null
  readonly isCompressed: boolean
  readonly waitForReady: boolean
}

const NO_OPTIONS: CallOptions = {}

/** Heads that are kept because their calls come again and again. */
const HEADS_MAX = 256

export class RpcChannel implements SessionListener {
  readonly #options: ChannelOptions
  readonly #parts: SessionParts
  readonly #heads = new Map<string, OutgoingHeaders>()
  #state: ChannelState = 'idle'
  #session: ClientSession | null = null
  /** Sessions that take no more calls and still have some. */
  readonly #leaving = new Set<ClientSession>()
  #waiting: Waiting[] = []
  #endpoint = 0
  /** Endpoints that failed in a row. */
  #failures = 0
  #timer: Timer | null = null
  #sweeper: Timer | null = null

  constructor(options: ChannelOptions) {
    assert(options.endpoints.length > 0, 'there is somebody to call')
    this.#options = options
    const { clock, gzip, messageBytesMax = RPC_MESSAGE_BYTES_MAX, onFault } = options
    this.#parts = {
      clock,
      pool: new ChunkPool(),
      deadlines: new Deadlines(clock),
      compressor: new MessageCompressor(gzip, { inflatedBytesMax: messageBytesMax }),
      messageBytesMax,
      onFault,
    }
    this.#endpoint = options.chance.below(options.endpoints.length)
  }

  get state(): ChannelState {
    return this.#state
  }

  get #isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** One message out, one message and the status back. The bytes are taken before it returns. */
  unary(
    path: string,
    message: { readonly bytes: Uint8Array; readonly offset: number; readonly length: number },
    receiver: CallReceiver,
    options: CallOptions = NO_OPTIONS,
  ): ClientCall {
    const { bytes, offset, length } = message
    const call = this.#begin(path, receiver, options)
    if (options.compress === true && isWorthCompressing(length)) {
      this.#sendCompressed(call, copyOf(bytes, offset, offset + length), options)
      return call
    }
    const head = this.#head(path, options)
    const session = this.#session
    if (session?.mayOpen === true && this.#waiting.length === 0) {
      session.open(call, head)
      call.write(bytes, offset, length, true)
      return call
    }
    const copy = copyOf(bytes, offset, offset + length)
    this.#wait({ call, head, message: copy, ...modeOf(options) })
    return call
  }

  #sendCompressed(call: ClientCall, message: Uint8Array, options: CallOptions): void {
    const send = (bytes: Uint8Array, isCompressed: boolean): void => {
      const head = this.#head(call.path, options, isCompressed)
      const waiting = { call, head, message: bytes, ...modeOf(options), isCompressed }
      if (!call.isOver) this.#wait(waiting)
    }
    this.#parts.compressor.deflate(message).then(
      (deflated) => send(deflated, true),
      // Too busy to compress: plain is always allowed.
      () => send(message, false),
    )
  }

  /** Any number of messages either way; `writable` tells when the first may be written. */
  stream(path: string, receiver: CallReceiver, options: CallOptions = NO_OPTIONS): ClientCall {
    const call = this.#begin(path, receiver, options)
    const head = this.#head(path, options)
    this.#wait({ call, head, message: null, ...modeOf(options) })
    return call
  }

  /** Connects without a call. */
  connect(): void {
    if (this.#state === 'idle') this.#connect()
  }

  /**
   * No more calls; those that wait end with CANCELLED, those that a server may have seen with
   * UNAVAILABLE. Idempotent.
   */
  close(): void {
    if (this.#state === 'closed') return
    this.#become('closed', null)
    this.#timer?.cancel()
    this.#sweeper?.cancel()
    const waiting = this.#waiting
    this.#waiting = []
    for (const { call } of waiting) call.cancel()
    for (const session of [this.#session, ...this.#leaving]) session?.connection.destroy()
    this.#session = null
    this.#leaving.clear()
    this.#parts.deadlines.stop()
  }

  #begin(path: string, receiver: CallReceiver, { timeoutMs }: CallOptions): ClientCall {
    const { deadlines, clock } = this.#parts
    const call = new ClientCall(deadlines, path, receiver)
    if (timeoutMs !== undefined) call.watch(clock, timeoutMs)
    return call
  }

  /** The receiver hears nothing before its caller has the call in hand. */
  #wait(waiting: Waiting): void {
    const { clock } = this.#parts
    const { call } = waiting
    if (this.#state === 'closed') {
      clock.soon(() => call.lost({ unprocessed: true, message: 'this client is closed' }))
    } else if (this.#waiting.length >= RPC_CALLS_WAITING_MAX) {
      const message = 'too many calls wait for a connection'
      const status = { code: STATUS.RESOURCE_EXHAUSTED, message }
      clock.soon(() => call.finish({ status, trailers: [], unprocessed: true }))
    } else if (this.#state === 'waiting' && !waiting.waitForReady) {
      clock.soon(() => call.lost({ unprocessed: true, message: this.#nobodyAnswers() }))
    } else {
      this.#waiting.push(waiting)
      const session = this.#session
      if (this.#state === 'idle') this.#connect()
      else if (session !== null) clock.soon(() => this.room(session))
    }
  }

  /** The same object for the same words, so that its encoding is remembered. */
  #head(path: string, options: CallOptions, isCompressed = false): OutgoingHeaders {
    const { timeoutMs, metadata = Metadata.EMPTY } = options
    const timeout = timeoutMs === undefined ? '' : formatTimeout(timeoutMs)
    if (isCompressed) {
      return this.#makeHead(path, timeout, ['grpc-encoding', 'gzip', ...metadata.fields])
    }
    if (!metadata.isEmpty) return this.#makeHead(path, timeout, metadata.fields)
    const key = timeout === '' ? path : `${timeout} ${path}`
    const known = this.#heads.get(key)
    if (known !== undefined) return known
    const head = this.#makeHead(path, timeout, metadata.fields)
    if (this.#heads.size < HEADS_MAX) this.#heads.set(key, head)
    return head
  }

  #makeHead(path: string, timeout: string, more: readonly string[]): OutgoingHeaders {
    const { scheme = 'http', endpoints } = this.#options
    const { host, port } = endpoints[this.#endpoint] as Address
    return new OutgoingHeaders([
      ':method',
      'POST',
      ':scheme',
      scheme,
      ':path',
      path,
      ':authority',
      `${host}:${port}`,
      'te',
      'trailers',
      'content-type',
      'application/grpc',
      'user-agent',
      'quorate',
      'grpc-accept-encoding',
      ACCEPTED_ENCODINGS,
      ...(timeout === '' ? [] : ['grpc-timeout', timeout]),
      ...more,
    ])
  }

  // Connections.

  #connect(): void {
    const { endpoints, connect, clock, connectMsMax = RPC_CONNECT_MS_MAX } = this.#options
    const endpoint = endpoints[this.#endpoint] as Address
    // The name of the endpoint stands in every head.
    this.#heads.clear()
    this.#become('connecting', endpoint)
    const session = new ClientSession(this.#parts, connect(endpoint), this)
    this.#session = session
    this.#timer?.cancel()
    this.#timer = clock.after(connectMsMax, () => {
      if (this.#session === session && !session.isReady) session.connection.destroy()
    })
    this.#watch()
  }

  ready(session: ClientSession): void {
    if (this.#session !== session) return
    this.#timer?.cancel()
    this.#timer = null
    this.#failures = 0
    this.#become('ready', this.#options.endpoints[this.#endpoint] as Address)
    this.room(session)
  }

  room(session: ClientSession): void {
    if (this.#session !== session) return
    while (this.#waiting.length > 0 && session.mayOpen) {
      const { call, head, message, isCompressed } = this.#waiting.shift() as Waiting
      if (call.isOver) continue
      session.open(call, head)
      if (message === null) call.writable()
      else if (isCompressed) call.writeCompressed(message)
      else call.write(message, 0, message.length, true)
    }
  }

  leaving(session: ClientSession): void {
    if (this.#session !== session) return
    this.#leaving.add(session)
    this.#session = null
    this.#next()
  }

  ended(session: ClientSession, error: Error | null): void {
    if (!this.#isClosed) this.#options.onLost?.(error)
    this.#leaving.delete(session)
    if (this.#session !== session || this.#state === 'closed') return
    this.#session = null
    this.#timer?.cancel()
    this.#timer = null
    // One that worked is tried again at once; one that did not, after the others.
    if (this.#state !== 'ready') this.#failures += 1
    this.#next()
  }

  /** The connection is gone: on to another one if somebody waits for it. */
  #next(): void {
    const { endpoints, clock } = this.#options
    this.#endpoint = (this.#endpoint + 1) % endpoints.length
    if (this.#failures > 0 && this.#failures % endpoints.length === 0) {
      this.#failFast()
      // Whoever was told may have closed the channel, which is left alone then.
      if (this.#isClosed) return
      this.#become('waiting', null)
      this.#timer = clock.after(this.#backoffMs(), () => this.#afterBackoff())
      return
    }
    this.#afterBackoff()
  }

  #afterBackoff(): void {
    this.#timer = null
    this.#waiting = this.#waiting.filter(({ call }) => !call.isOver)
    if (this.#waiting.length > 0) this.#connect()
    else this.#become('idle', null)
  }

  /** Every endpoint was tried: who does not want to wait is told. */
  #failFast(): void {
    const waiting = this.#waiting
    this.#waiting = waiting.filter(({ waitForReady }) => waitForReady)
    for (const { call, waitForReady } of waiting) {
      if (!waitForReady) call.lost({ unprocessed: true, message: this.#nobodyAnswers() })
    }
  }

  #nobodyAnswers(): string {
    const names = this.#options.endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')
    return `no server answers at ${names}`
  }

  /** Doubles with each round, up to a bound, less up to a half by chance. */
  #backoffMs(): number {
    const { endpoints, chance } = this.#options
    const round = Math.min(this.#failures / endpoints.length, 16)
    const fullMs = Math.min(RPC_BACKOFF_MS_MAX, RPC_BACKOFF_MS_MIN * 2 ** (round - 1))
    return fullMs - chance.below(Math.ceil(fullMs / 2))
  }

  #watch(): void {
    const { clock, keepaliveMs = RPC_KEEPALIVE_MS } = this.#options
    this.#sweeper ??= clock.after(RPC_SWEEP_MS, () => {
      this.#sweeper = null
      const nowMs = clock.monotonicMs()
      for (const session of [this.#session, ...this.#leaving]) {
        if (session === null) continue
        session.connection.sweep(nowMs)
        // A connection that no call waits on may be silent, and gone.
        if (session.calls > 0) session.connection.keepAlive(nowMs, keepaliveMs)
      }
      if (this.#session !== null || this.#leaving.size > 0) this.#watch()
    })
  }

  #become(state: ChannelState, endpoint: Address | null): void {
    if (this.#state === state) return
    this.#state = state
    this.#options.onState?.(state, endpoint)
  }
}

type Mode = Pick<Waiting, 'waitForReady' | 'isCompressed'>

function modeOf({ waitForReady = false }: CallOptions): Mode {
  return { waitForReady, isCompressed: false }
}
