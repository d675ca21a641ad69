/**
 * One HTTP/2 connection (RFC 9113), as server or as client: takes bytes as they come, keeps the
 * books of streams and windows, and tells the layer above what happens, in order.
 *
 * ```
 * socket ─► FrameReader ─► Receiver: checks, windows, HPACK ──► listener
 * socket ◄─ FrameOutput ◄─ Sender: windows, what is held back ◄─ headers, data, reset
 * ```
 *
 * Invariants: everything said while bytes are taken in leaves in one write afterwards; what is said
 * later leaves at the end of that turn. Each stream's `closed` is its last word to the listener.
 * Nothing a peer sends throws past `receive`.
 */

import {
  assert,
  RPC_ACKNOWLEDGE_MS_MAX,
  RPC_ACKNOWLEDGEMENTS_QUEUED_MAX,
  RPC_CONNECTION_WINDOW_BYTES,
  RPC_DROPPED_BYTES_MAX,
  RPC_HEADER_LIST_BYTES_MAX,
  RPC_LINGER_MS,
  RPC_OUTPUT_BYTES_HIGH,
  RPC_STREAM_WINDOW_BYTES,
  RPC_STREAMS_MAX,
} from '../../base/index.ts'
import type { Clock, Socket, Timer } from '../../io/index.ts'
import { HpackDecoder, HpackEncoder, OutgoingHeaders } from '../hpack/index.ts'
import { FloodGuard } from './flood-guard.ts'
import { type ChunkPool, FrameOutput } from './frame-output.ts'
import { FrameReader, type FrameSink } from './frame-reader.ts'
import {
  CONTINUATION,
  DATA,
  DEFAULT_TABLE_BYTES_MAX,
  DEFAULT_WINDOW_BYTES,
  FLAG_ACK,
  GO_AWAY,
  HEADERS,
  HTTP2_CODES,
  Http2Error,
  PING,
  PREFACE,
  PRIORITY,
  PUSH_PROMISE,
  RESET_STREAM,
  readUint31,
  readUint32,
  SETTING_ENABLE_PUSH,
  SETTING_INITIAL_WINDOW_SIZE,
  SETTING_MAX_CONCURRENT_STREAMS,
  SETTING_MAX_HEADER_LIST_SIZE,
  SETTINGS,
  STREAM_ID_MAX,
  WINDOW_UPDATE,
} from './frames.ts'
import { isOwnPing, ownPing } from './own-ping.ts'
import { isOver, Patience } from './patience.ts'
import { Receiver, type ReceiverHost } from './receiver.ts'
import { Sender } from './sender.ts'
import { applySettings, defaultSettings, encodeSettings } from './settings.ts'
import type { Http2Stream } from './stream.ts'
import { StreamTable } from './stream-table.ts'
import type { Http2Listener, Role } from './types.ts'

export interface ConnectionOptions<Call> {
  readonly role: Role
  readonly socket: Socket
  readonly clock: Clock
  readonly pool: ChunkPool
  readonly listener: Http2Listener<Call>
}

const SERVER_SETTINGS = encodeSettings([
  [SETTING_MAX_CONCURRENT_STREAMS, RPC_STREAMS_MAX],
  [SETTING_INITIAL_WINDOW_SIZE, RPC_STREAM_WINDOW_BYTES],
  [SETTING_MAX_HEADER_LIST_SIZE, RPC_HEADER_LIST_BYTES_MAX],
])
const CLIENT_SETTINGS = encodeSettings([
  [SETTING_ENABLE_PUSH, 0],
  [SETTING_MAX_CONCURRENT_STREAMS, 0],
  [SETTING_INITIAL_WINDOW_SIZE, RPC_STREAM_WINDOW_BYTES],
  [SETTING_MAX_HEADER_LIST_SIZE, RPC_HEADER_LIST_BYTES_MAX],
])
const NO_BYTES = new Uint8Array(0)
const TOO_LARGE = new OutgoingHeaders([':status', '431'])

/**
 * `open`: all goes on. `leaving`: we said that no new streams are wanted; those that are there end.
 * `failed`: said why, and only waits for the peer to hear it. `ended`: nothing is left.
 */
type State = 'open' | 'leaving' | 'failed' | 'ended'

export class Http2Connection<Call> implements FrameSink, ReceiverHost<Call> {
  readonly role: Role
  readonly listener: Http2Listener<Call>
  readonly streams: StreamTable<Call>
  readonly sender: Sender<Call>
  readonly output: FrameOutput
  readonly guard: FloodGuard
  readonly decoder: HpackDecoder
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #encoder: HpackEncoder
  readonly #reader: FrameReader
  readonly #receiver: Receiver<Call>
  readonly #peer = defaultSettings()
  #state: State = 'open'
  /** How much of the client's preface has come. */
  #prefaceLength = 0
  #settled = false
  #receiving = false
  #flushAsked = false
  #reading = true
  #frames = 0
  /** Own settings wait for their acknowledgement since then; 0 when they have it. */
  #settingsSentMs: number
  /** Pings under way, the oldest first. */
  #pings: { readonly id: number; readonly sentMs: number; readonly onAnswer: () => void }[] = []
  #pingId = 0
  /** Answers that the peer asked for since it stopped reading. */
  #acknowledgements = 0
  readonly #patience = new Patience()
  /** The time of the last bytes from the peer. */
  #heardMs: number
  #lingering: Timer | null = null
  #droppedBytes = 0

  constructor({ role, socket, clock, pool, listener }: ConnectionOptions<Call>) {
    this.role = role
    this.listener = listener
    this.streams = new StreamTable(role)
    this.output = new FrameOutput(socket, pool)
    this.guard = new FloodGuard(() => clock.monotonicMs())
    this.decoder = new HpackDecoder({
      tableBytesMax: DEFAULT_TABLE_BYTES_MAX,
      listBytesMax: RPC_HEADER_LIST_BYTES_MAX,
    })
    this.#encoder = new HpackEncoder({ tableBytesMax: DEFAULT_TABLE_BYTES_MAX })
    this.sender = new Sender<Call>(this.output, this.#encoder, {
      localEnded: (stream) => this.#localEnded(stream),
      dataSent: () => this.guard.worked(),
      writable: (stream) => listener.writable(stream),
    })
    this.#socket = socket
    this.#clock = clock
    this.#reader = new FrameReader(this)
    this.#receiver = new Receiver<Call>(this)
    this.#settingsSentMs = clock.monotonicMs()
    this.#heardMs = this.#settingsSentMs
    this.#greet()
    socket.onDrain = () => this.#drained()
    socket.onEnd = () => this.#peerEnded()
    socket.onClose = (error) => this.#closed(error)
    socket.onData = (bytes) => this.receive(bytes)
  }

  /** Takes no new streams from the peer. */
  get refuses(): boolean {
    return this.#state !== 'open' || this.streams.size > RPC_STREAMS_MAX || this.sender.holdsTooMuch
  }

  get stopped(): boolean {
    return this.#state === 'failed' || this.#state === 'ended'
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get sendWindow(): number {
    return this.#peer.windowBytes
  }

  /** Clients: whether the peer takes one more stream. */
  get mayOpen(): boolean {
    const { size, exhausted } = this.streams
    return this.#state === 'open' && size < this.#peer.streamsMax && !exhausted
  }

  #greet(): void {
    if (this.role === 'client') this.output.raw(PREFACE)
    this.output.control(SETTINGS, 0, this.role === 'client' ? CLIENT_SETTINGS : SERVER_SETTINGS)
    this.output.windowUpdate(0, RPC_CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES)
    this.#askFlush()
  }

  // Sending. What is said while bytes are taken in leaves right after them.

  /** Clients: a new stream with its request head. */
  open(list: OutgoingHeaders, { end }: { end: boolean }): Http2Stream<Call> {
    assert(this.role === 'client' && this.mayOpen, 'a stream is opened where one may be')
    const stream = this.#receiver.open(this.streams.takeOwnId())
    this.headers(stream, list, end)
    return stream
  }

  headers(stream: Http2Stream<Call>, list: OutgoingHeaders, end: boolean): void {
    this.sender.headers(stream, list, end)
    this.#askFlush()
  }

  /**
   * False: enough for now; `writable` tells when to go on. The bytes are taken in any case, but for
   * a server's stream that ends here because far too much waits already.
   */
  data(
    stream: Http2Stream<Call>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): boolean {
    if (this.role === 'server' && this.sender.holdsTooMuch) {
      // It has been told to wait, or asked for it all and takes none of it.
      this.reset(stream, HTTP2_CODES.enhanceYourCalm)
      return false
    }
    const more = this.sender.data(stream, bytes, offset, length, end)
    this.#askFlush()
    return more
  }

  /** See `Sender.claim`. */
  claim(stream: Http2Stream<Call>, length: number): number {
    return this.sender.claim(stream, length)
  }

  committed(stream: Http2Stream<Call>, at: number, length: number, end: boolean): boolean {
    const more = this.sender.committed(stream, at, length, end)
    this.#askFlush()
    return more
  }

  /** For streams that take by hand: so much was taken, and as much may come. */
  taken(stream: Http2Stream<Call>, bytes: number): void {
    this.#receiver.taken(stream, bytes)
    this.#askFlush()
  }

  reset(stream: Http2Stream<Call>, code: number): void {
    if (stream.closed) return
    this.output.resetStream(stream.id, code)
    this.streams.noteReset(stream.id)
    this.close(stream, code)
    this.#askFlush()
  }

  answerTooLarge(stream: Http2Stream<Call>): void {
    this.headers(stream, TOO_LARGE, true)
  }

  close(stream: Http2Stream<Call>, code: number): void {
    if (stream.closed) return
    stream.closed = true
    this.streams.remove(stream)
    this.sender.drop(stream)
    this.listener.closed(stream, code)
    if (this.#state === 'leaving' && this.streams.size === 0) this.#finish()
  }

  #localEnded(stream: Http2Stream<Call>): void {
    stream.localEnded = true
    if (stream.remoteEnded) this.close(stream, HTTP2_CODES.none)
    // §8.1: a server that has answered does not want the rest of the request.
    else if (this.role === 'server') this.reset(stream, HTTP2_CODES.none)
  }

  /** The peer has seen all that was said before when it answers. False: too many are under way. */
  ping(onAnswer: () => void): boolean {
    if (this.stopped || this.#pings.length >= PINGS_MAX) return false
    this.#pingId = (this.#pingId + 1) & 0xff
    this.#pings.push({ id: this.#pingId, sentMs: this.#clock.monotonicMs(), onAnswer })
    this.output.ping(0, ownPing(this.#pingId), 0)
    this.#askFlush()
    return true
  }

  /** After so much silence the peer is asked whether it is there, and has as long to answer. */
  keepAlive(nowMs: number, silentMs: number): void {
    const silence = nowMs - this.#heardMs
    if (this.#pings.length === 0 && silence > silentMs) this.ping(() => {})
    else if (silence > 2 * silentMs) this.fail(HTTP2_CODES.none, 'a PING was not answered')
  }

  /** What was said leaves now; while bytes are taken in, right after them. */
  flush(): void {
    if (!this.#receiving && !this.output.isEmpty) this.#flush()
  }

  /** Before the next turn, which begins with a call of the system that looks for what arrived. */
  #askFlush(): void {
    if (this.#receiving || this.#flushAsked) return
    this.#flushAsked = true
    queueMicrotask(this.#flushSoon)
  }

  readonly #flushSoon = (): void => {
    this.#flushAsked = false
    this.#flush()
  }

  #flush(): void {
    if (this.#state === 'ended') return
    this.output.flushTurn()
    // A peer that does not read is not read from, so that what it costs is bounded. A client
    // itself reads always: two that wait for each other would wait for ever.
    if (this.role === 'client') return
    if (this.#reading && this.output.queuedBytes > RPC_OUTPUT_BYTES_HIGH) {
      this.#reading = false
      this.#socket.pause()
    }
  }

  #drained(): void {
    if (this.#state === 'ended') return
    this.output.drained()
    this.#acknowledgements = 0
    if (!this.#reading) {
      this.#reading = true
      this.#socket.resume()
    }
    this.sender.release()
    for (const stream of this.streams.all()) {
      if (!stream.writerWaits || stream.heldBack !== null || stream.localEnding) continue
      stream.writerWaits = false
      this.listener.writable(stream)
    }
    this.#flush()
  }

  // Receiving.

  receive(bytes: Uint8Array): void {
    if (this.stopped) {
      this.#droppedBytes += bytes.length
      if (this.#droppedBytes > RPC_DROPPED_BYTES_MAX) this.#socket.destroy()
      return
    }
    this.#receiving = true
    this.#heardMs = this.#clock.monotonicMs()
    try {
      const start = this.#takePreface(bytes)
      if (start < bytes.length) this.#reader.receive(bytes, start)
    } catch (error) {
      this.#receiving = false
      if (!(error instanceof Http2Error)) throw error
      this.fail(error.code, error.message)
      return
    }
    this.#receiving = false
    if (!this.output.isEmpty) this.#flush()
  }

  /** Returns where the frames begin. */
  #takePreface(bytes: Uint8Array): number {
    if (this.role === 'client' || this.#prefaceLength === PREFACE.length) return 0
    let at = 0
    while (at < bytes.length && this.#prefaceLength < PREFACE.length) {
      if (bytes[at] !== PREFACE[this.#prefaceLength]) {
        throw new Http2Error(HTTP2_CODES.protocol, 'this is not HTTP/2')
      }
      this.#prefaceLength += 1
      at += 1
    }
    return at
  }

  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): void {
    const receiver = this.#receiver
    this.#frames += 1
    if (!this.#settled && (type !== SETTINGS || (flags & FLAG_ACK) !== 0)) {
      throw new Http2Error(HTTP2_CODES.protocol, 'SETTINGS come first')
    }
    if (receiver.assembly !== null && type !== CONTINUATION) {
      throw new Http2Error(HTTP2_CODES.protocol, 'a header block is not interrupted')
    }
    switch (type) {
      case DATA:
        receiver.data(flags, streamId, bytes, offset, length)
        break
      case HEADERS:
        receiver.headers(flags, streamId, bytes, offset, length)
        break
      case PRIORITY:
        receiver.priority(streamId, length)
        break
      case RESET_STREAM:
        receiver.resetStream(streamId, bytes, offset, length)
        break
      case WINDOW_UPDATE:
        receiver.windowUpdate(streamId, bytes, offset, length)
        break
      case CONTINUATION:
        receiver.continuation(flags, streamId, bytes, offset, length)
        break
      case PUSH_PROMISE:
        // Clients do not push (§8.4), and servers were told not to.
        throw new Http2Error(HTTP2_CODES.protocol, 'nobody may push')
      case SETTINGS:
      case PING:
      case GO_AWAY:
        if (streamId !== 0) throw new Http2Error(HTTP2_CODES.protocol, 'no frame of a stream')
        this.#control(type, flags, bytes, offset, length)
        break
      default:
        // §5.5: what is not known is not minded.
        this.guard.charge(1)
    }
  }

  #control(type: number, flags: number, bytes: Uint8Array, offset: number, length: number): void {
    const isAck = (flags & FLAG_ACK) !== 0
    if (type === GO_AWAY) {
      if (length < 8) throw new Http2Error(HTTP2_CODES.frameSize, 'GOAWAY has 8 bytes or more')
      this.guard.charge(1)
      this.listener.peerLeaves(readUint31(bytes, offset), readUint32(bytes, offset + 4))
      return
    }
    if (type === PING) {
      if (length !== 8) throw new Http2Error(HTTP2_CODES.frameSize, 'PING has 8 bytes')
      if (isAck) this.#pingAnswered(bytes, offset)
      else {
        this.guard.charge(1)
        this.#acknowledges()
        this.output.ping(FLAG_ACK, bytes, offset)
      }
      return
    }
    if (!isAck) {
      this.#peerSettings(bytes, offset, length)
      return
    }
    if (length !== 0) throw new Http2Error(HTTP2_CODES.frameSize, 'an acknowledgement is empty')
    if (this.#settingsSentMs === 0) this.guard.charge(1)
    this.#settingsSentMs = 0
  }

  /** Who asks for answers has to read them. */
  #acknowledges(): void {
    if (!this.output.isBlocked) return
    this.#acknowledgements += 1
    if (this.#acknowledgements <= RPC_ACKNOWLEDGEMENTS_QUEUED_MAX) return
    throw new Http2Error(HTTP2_CODES.enhanceYourCalm, 'answers that are asked for and not read')
  }

  #peerSettings(bytes: Uint8Array, offset: number, length: number): void {
    this.guard.charge(1)
    const before = this.#peer.windowBytes
    applySettings(this.#peer, { bytes, offset, length }, { fromServer: this.role === 'client' })
    this.#encoder.setTableBytesMax(Math.min(this.#peer.tableBytesMax, DEFAULT_TABLE_BYTES_MAX))
    this.#acknowledges()
    this.output.control(SETTINGS, FLAG_ACK, NO_BYTES)
    const change = this.#peer.windowBytes - before
    if (change !== 0) {
      this.guard.charge(this.streams.size >> 4)
      // §6.9.2: it holds for all streams that are open, also when it makes a window negative.
      for (const stream of this.streams.all()) {
        if (this.sender.streamWindowChanged(stream, change)) continue
        throw new Http2Error(HTTP2_CODES.flowControl, 'a window over 2^31 - 1')
      }
      this.sender.release()
    }
    this.#settled = true
    this.listener.settled()
  }

  #pingAnswered(bytes: Uint8Array, offset: number): void {
    const [first] = this.#pings
    if (first === undefined || !isOwnPing(first.id, bytes, offset)) {
      this.guard.charge(1)
      return
    }
    this.#pings.shift()
    first.onAnswer()
  }

  // The end.

  /** No new streams from now on; those that are there end in order (§6.8). */
  leave(): void {
    if (this.#state !== 'open') return
    // Streams on their way to us are still taken; one round trip later nobody sends any.
    this.output.goAway(STREAM_ID_MAX, { code: HTTP2_CODES.none, text: '' })
    this.ping(() => {
      if (this.#state !== 'open') return
      this.#state = 'leaving'
      this.output.goAway(this.streams.peerLast, { code: HTTP2_CODES.none, text: '' })
      this.#askFlush()
      if (this.streams.size === 0) this.#finish()
    })
    this.#askFlush()
  }

  /** The peer said that it takes no more streams: once those that are there ended, so does this. */
  leaveWhenEmpty(): void {
    if (this.#state !== 'open') return
    this.#state = 'leaving'
    if (this.streams.size === 0) this.#finish()
  }

  /** The peer never looked at the stream and says nothing more about it. */
  forget(stream: Http2Stream<Call>): void {
    this.streams.noteReset(stream.id)
    this.close(stream, HTTP2_CODES.refusedStream)
  }

  /** A connection error (§5.4.1): says why, and lets the peer read it. */
  fail(code: number, text: string): void {
    if (this.stopped) return
    this.#state = 'failed'
    this.output.goAway(this.streams.peerLast, { code, text })
    this.output.flush()
    this.#closeStreams(code)
    this.#linger()
    // What still comes is read and dropped, for unread bytes would make the system drop the GOAWAY.
    this.#socket.resume()
  }

  /** At once, and without a word. */
  destroy(): void {
    this.#socket.destroy()
    this.#closed(null)
  }

  #finish(): void {
    this.#state = 'failed'
    this.output.flush()
    this.#linger()
  }

  /** The peer says nothing more, so nothing that is under way can go on. */
  #peerEnded(): void {
    if (this.#state === 'ended') return
    this.output.flush()
    this.#state = 'failed'
    this.#closeStreams(HTTP2_CODES.cancel)
    this.#linger()
  }

  /** What was said last leaves, and then the socket is given up. */
  #linger(): void {
    // Whoever heard of the streams' end may have destroyed it.
    if (this.#state === 'ended') return
    this.#socket.end()
    this.#lingering ??= this.#clock.after(RPC_LINGER_MS, () => this.#socket.destroy())
  }

  #closed(error: Error | null): void {
    if (this.#state === 'ended') return
    this.#lingering?.cancel()
    this.#state = 'ended'
    this.#closeStreams(HTTP2_CODES.cancel)
    this.listener.ended(error)
  }

  #closeStreams(code: number): void {
    for (const stream of this.streams.all()) this.close(stream, code)
  }

  /** Looks after what takes too long; to be called about once a second. */
  sweep(nowMs: number): void {
    if (this.stopped) return
    if (this.#isTooSlow(nowMs)) this.fail(HTTP2_CODES.enhanceYourCalm, 'a frame that does not end')
    else if (isOver(this.#settingsSentMs, RPC_ACKNOWLEDGE_MS_MAX, nowMs)) {
      this.fail(HTTP2_CODES.settingsTimeout, 'SETTINGS were not acknowledged')
    } else if (isOver(this.#pings[0]?.sentMs ?? 0, RPC_ACKNOWLEDGE_MS_MAX, nowMs)) {
      this.fail(HTTP2_CODES.none, 'a PING was not answered')
    } else if (this.#isStalled(nowMs)) {
      this.fail(HTTP2_CODES.enhanceYourCalm, 'nothing was read for too long')
    }
  }

  #isTooSlow(nowMs: number): boolean {
    const { assembly } = this.#receiver
    if (this.#reader.isPartial || assembly !== null || !this.#settled) {
      // A block's continuations do not begin it anew.
      return this.#patience.endsWithPartial(assembly === null ? this.#frames : 0, nowMs)
    }
    this.#patience.notPartial()
    return false
  }

  #isStalled(nowMs: number): boolean {
    const waiting = { queued: this.output.queuedBytes, held: this.sender.heldBytes }
    return this.#patience.endsWithStalled(waiting, nowMs)
  }
}

/** A farewell's, and keep-alive's. */
const PINGS_MAX = 4
