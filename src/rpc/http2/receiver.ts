/** Frames that belong to streams: what they may say and when, and what becomes of it. */

import {
  assert,
  RPC_CONNECTION_WINDOW_BYTES,
  RPC_FLOOD_RESET_COST,
  RPC_STREAM_WINDOW_BYTES,
} from '../../base/index.ts'
import { type HeaderList, type HpackDecoder, HpackError } from '../hpack/index.ts'
import type { FloodGuard } from './flood-guard.ts'
import type { FrameOutput } from './frame-output.ts'
import {
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FLAG_PADDED,
  FLAG_PRIORITY,
  HTTP2_CODES,
  Http2Error,
  readUint31,
  readUint32,
} from './frames.ts'
import { HeaderAssembly } from './header-assembly.ts'
import { type Malformed, requestHead, responseHead, trailersOf } from './message-head.ts'
import type { Sender } from './sender.ts'
import { Http2Stream } from './stream.ts'
import type { StreamTable } from './stream-table.ts'
import type { Http2Listener, Role } from './types.ts'

/** What the receiver needs of its connection. */
export interface ReceiverHost<Call> {
  readonly role: Role
  readonly listener: Http2Listener<Call>
  readonly streams: StreamTable<Call>
  readonly sender: Sender<Call>
  readonly output: FrameOutput
  readonly guard: FloodGuard
  readonly decoder: HpackDecoder
  /** What a stream may send at first. */
  readonly sendWindow: number
  /** New streams are turned away. */
  readonly refuses: boolean
  /** The header section was longer than we take (RFC 6585 §5). */
  answerTooLarge(stream: Http2Stream<Call>): void
  reset(stream: Http2Stream<Call>, code: number): void
  /** Takes it from the table and tells the listener. */
  close(stream: Http2Stream<Call>, code: number): void
}

const PRIORITY_BYTES = 5
const WORTHWHILE_BYTES = 1024

export class Receiver<Call> {
  readonly #host: ReceiverHost<Call>
  #assembly: HeaderAssembly | null = null
  #window = RPC_CONNECTION_WINDOW_BYTES
  /** Taken, and not yet told to the peer. */
  #taken = 0

  constructor(host: ReceiverHost<Call>) {
    this.#host = host
  }

  /** A header block has begun: nothing but its continuation may follow. */
  get assembly(): HeaderAssembly | null {
    return this.#assembly
  }

  data(flags: number, id: number, bytes: Uint8Array, offset: number, length: number): void {
    const { streams, guard } = this.#host
    if (id === 0) throw protocol('DATA on no stream')
    let start = offset
    let end = offset + length
    if ((flags & FLAG_PADDED) !== 0) {
      end -= paddingOf(bytes, offset, length)
      start += 1
      if (end < start) throw protocol('padding longer than its frame')
    }
    // Padding counts too (§6.1), and so does what comes for streams that are gone.
    this.#window -= length
    if (this.#window < 0) throw new Http2Error(HTTP2_CODES.flowControl, 'more than the window')
    const isEnd = (flags & FLAG_END_STREAM) !== 0
    if (end === start && !isEnd) guard.charge(1)
    const stream = streams.find(id)
    if (stream === undefined) {
      this.#takenFromConnection(length)
      this.#afterEnd(id, 'DATA')
      return
    }
    if (!this.#accepts(stream, length, end - start, isEnd)) {
      this.#takenFromConnection(length)
      return
    }
    if (end > start || isEnd) guard.worked()
    const padding = length - (end - start)
    if (stream.takesByHand) {
      if (padding > 0) this.taken(stream, padding)
    } else {
      this.#takenFromConnection(length)
      // Who has said everything needs no more room.
      if (!isEnd) this.#takenFromStream(stream, length)
    }
    if (isEnd) stream.remoteEnded = true
    this.#host.listener.data(stream, bytes, start, end - start, isEnd)
    if (isEnd) this.#ended(stream)
  }

  #accepts(stream: Http2Stream<Call>, length: number, payload: number, end: boolean): boolean {
    const code = this.#refusal(stream, length)
    if (code !== HTTP2_CODES.none) {
      this.#host.reset(stream, code)
      return false
    }
    stream.receiveWindow -= length
    if (stream.expectedBytes < 0) return true
    // §8.1.1: content-length says what DATA brings, neither more nor less.
    stream.expectedBytes -= payload
    if (stream.expectedBytes >= 0 && (!end || stream.expectedBytes === 0)) return true
    this.#host.reset(stream, HTTP2_CODES.protocol)
    return false
  }

  #refusal(stream: Http2Stream<Call>, length: number): number {
    if (stream.remoteEnded) return HTTP2_CODES.streamClosed
    if (!stream.headReceived) return HTTP2_CODES.protocol
    return length > stream.receiveWindow ? HTTP2_CODES.flowControl : HTTP2_CODES.none
  }

  /** The layer above has taken bytes of a stream that takes by hand, or of one that is gone. */
  taken(stream: Http2Stream<Call>, bytes: number): void {
    this.#takenFromConnection(bytes)
    if (!stream.closed && !stream.remoteEnded) this.#takenFromStream(stream, bytes)
  }

  #takenFromConnection(bytes: number): void {
    this.#taken += bytes
    if (this.#taken < RPC_CONNECTION_WINDOW_BYTES / 2) return
    this.#host.output.windowUpdate(0, this.#taken)
    this.#window += this.#taken
    this.#taken = 0
    assert(this.#window <= RPC_CONNECTION_WINDOW_BYTES, 'no window grows beyond its size')
  }

  #takenFromStream(stream: Http2Stream<Call>, bytes: number): void {
    stream.taken += bytes
    if (stream.taken < RPC_STREAM_WINDOW_BYTES / 2) return
    this.#host.output.windowUpdate(stream.id, stream.taken)
    stream.receiveWindow += stream.taken
    stream.taken = 0
    assert(stream.receiveWindow <= RPC_STREAM_WINDOW_BYTES, 'no window grows beyond its size')
  }

  headers(flags: number, id: number, bytes: Uint8Array, offset: number, length: number): void {
    if (id === 0) throw protocol('HEADERS on no stream')
    let start = offset
    let end = offset + length
    if ((flags & FLAG_PADDED) !== 0) {
      end -= paddingOf(bytes, offset, length)
      start += 1
    }
    // Whose priority it was is of no interest (§5.3.2).
    if ((flags & FLAG_PRIORITY) !== 0) start += PRIORITY_BYTES
    if (end < start) throw protocol('padding or priority longer than its frame')
    const endStream = (flags & FLAG_END_STREAM) !== 0
    if ((flags & FLAG_END_HEADERS) !== 0) {
      this.#block(id, bytes, start, end, endStream)
      return
    }
    this.#assembly = new HeaderAssembly(id, { endStream })
    this.#assembly.add(bytes, start, end)
  }

  continuation(flags: number, id: number, bytes: Uint8Array, offset: number, length: number): void {
    const assembly = this.#assembly
    if (assembly === null || assembly.streamId !== id) throw protocol('a stray CONTINUATION')
    assembly.add(bytes, offset, offset + length)
    if ((flags & FLAG_END_HEADERS) === 0) return
    this.#assembly = null
    this.#block(id, assembly.bytes, 0, assembly.length, assembly.endStream)
  }

  /** A whole block. It is decoded whatever becomes of it, for the table's sake (§4.3). */
  #block(id: number, bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    const { streams, role } = this.#host
    const stream = streams.find(id)
    const list = this.#decode(bytes, start, end)
    if (stream !== undefined) {
      if (stream.headReceived) this.#trailers(stream, list, endStream)
      else this.#response(stream, list, endStream)
      return
    }
    if (!streams.isIdle(id)) {
      this.#afterEnd(id, 'HEADERS')
      return
    }
    if (role === 'client' || !streams.isFromPeer(id)) throw protocol('HEADERS on an idle stream')
    this.#request(id, list, endStream)
  }

  #decode(bytes: Uint8Array, start: number, end: number): HeaderList {
    try {
      return this.#host.decoder.decode(bytes, start, end)
    } catch (error) {
      if (!(error instanceof HpackError)) throw error
      throw new Http2Error(HTTP2_CODES.compression, error.message)
    }
  }

  #request(id: number, list: HeaderList, endStream: boolean): void {
    const host = this.#host
    host.streams.notePeer(id)
    const stream = this.open(id)
    stream.headReceived = true
    stream.remoteEnded = endStream
    if (host.refuses) {
      host.guard.charge(1)
      host.reset(stream, HTTP2_CODES.refusedStream)
      return
    }
    host.guard.worked()
    if (list.tooLarge) {
      host.answerTooLarge(stream)
      return
    }
    const head = requestHead(list)
    if (head.kind === 'malformed' || (endStream && head.contentLength > 0)) {
      host.reset(stream, HTTP2_CODES.protocol)
      return
    }
    stream.expectedBytes = head.contentLength
    host.listener.requested(stream, head, endStream)
    if (endStream) this.#ended(stream)
  }

  open(id: number): Http2Stream<Call> {
    const { streams, sendWindow } = this.#host
    const windows = { receive: RPC_STREAM_WINDOW_BYTES, send: sendWindow }
    const stream = new Http2Stream<Call>(id, windows)
    streams.add(stream)
    return stream
  }

  #response(stream: Http2Stream<Call>, list: HeaderList, endStream: boolean): void {
    const host = this.#host
    const head = list.tooLarge ? null : responseHead(list)
    if (head === null || head.kind === 'malformed' || (endStream && head.contentLength > 0)) {
      host.reset(stream, HTTP2_CODES.protocol)
      return
    }
    // §8.1: any number of informational responses come first, and none of them is the end.
    if (head.status < 200) {
      host.guard.charge(1)
      if (endStream) host.reset(stream, HTTP2_CODES.protocol)
      return
    }
    host.guard.worked()
    stream.headReceived = true
    stream.remoteEnded = endStream
    stream.expectedBytes = head.contentLength
    host.listener.responded(stream, head, endStream)
    if (endStream) this.#ended(stream)
  }

  #trailers(stream: Http2Stream<Call>, list: HeaderList, endStream: boolean): void {
    const host = this.#host
    if (stream.remoteEnded) {
      host.reset(stream, HTTP2_CODES.streamClosed)
      return
    }
    const trailers: ReturnType<typeof trailersOf> | Malformed = list.tooLarge
      ? { kind: 'malformed', reason: 'too large' }
      : trailersOf(list)
    // §8.1: trailers are the end, and content-length must have come true by now.
    if (!endStream || trailers.kind === 'malformed' || stream.expectedBytes > 0) {
      host.reset(stream, HTTP2_CODES.protocol)
      return
    }
    stream.remoteEnded = true
    host.listener.trailers(stream, trailers)
    this.#ended(stream)
  }

  resetStream(id: number, bytes: Uint8Array, offset: number, length: number): void {
    const { streams, guard } = this.#host
    if (length !== 4) throw new Http2Error(HTTP2_CODES.frameSize, 'RST_STREAM has 4 bytes')
    if (id === 0 || streams.isIdle(id)) throw protocol('RST_STREAM on an idle stream')
    const stream = streams.find(id)
    guard.charge(RPC_FLOOD_RESET_COST)
    if (stream !== undefined) this.#host.close(stream, readUint32(bytes, offset))
  }

  windowUpdate(id: number, bytes: Uint8Array, offset: number, length: number): void {
    const { streams, sender } = this.#host
    if (length !== 4) throw new Http2Error(HTTP2_CODES.frameSize, 'WINDOW_UPDATE has 4 bytes')
    const increment = readUint31(bytes, offset)
    if (id === 0) {
      if (increment === 0) throw protocol('a window opened by nothing')
      this.#chargeFor(() => sender.connectionWindowOpened(increment))
      return
    }
    if (streams.isIdle(id)) throw protocol('WINDOW_UPDATE on an idle stream')
    const stream = streams.find(id)
    if (stream === undefined) return
    if (increment === 0) {
      this.#host.reset(stream, HTTP2_CODES.protocol)
    } else if (!sender.streamWindowChanged(stream, increment)) {
      this.#host.reset(stream, HTTP2_CODES.flowControl)
    } else {
      this.#chargeFor(() => sender.releaseStream(stream))
    }
  }

  /** Windows opened by a few bytes at a time are work without a gain. */
  #chargeFor(release: () => void): void {
    const { sender, guard } = this.#host
    const before = sender.heldBytes
    const cost = 1 + (sender.waitingCount >> 4)
    release()
    if (before > 0 && before - sender.heldBytes < WORTHWHILE_BYTES) guard.charge(cost)
  }

  /** Deprecated (§5.3.2), and still to be checked. */
  priority(id: number, length: number): void {
    const { streams, guard } = this.#host
    if (id === 0) throw protocol('PRIORITY on no stream')
    guard.charge(1)
    if (length === PRIORITY_BYTES) return
    const stream = streams.find(id)
    if (stream === undefined) throw new Http2Error(HTTP2_CODES.frameSize, 'PRIORITY has 5 bytes')
    this.#host.reset(stream, HTTP2_CODES.frameSize)
  }

  /** DATA or HEADERS for a stream that is in no table (§5.1). */
  #afterEnd(id: number, what: string): void {
    const { streams, guard } = this.#host
    if (streams.isIdle(id)) throw protocol(`${what} on an idle stream`)
    if (streams.wasReset(id)) {
      guard.charge(1)
      return
    }
    throw new Http2Error(HTTP2_CODES.streamClosed, `${what} on a closed stream`)
  }

  #ended(stream: Http2Stream<Call>): void {
    if (stream.localEnded && !stream.closed) this.#host.close(stream, HTTP2_CODES.none)
  }
}

function protocol(text: string): Http2Error {
  return new Http2Error(HTTP2_CODES.protocol, text)
}

/** The padding's length stands before the payload (§6.1, §6.2). */
function paddingOf(bytes: Uint8Array, offset: number, length: number): number {
  if (length === 0) throw new Http2Error(HTTP2_CODES.frameSize, 'no room for the length of padding')
  const padding = bytes[offset] as number
  if (padding >= length) throw protocol('padding longer than its frame')
  return padding
}
