/**
 * Everything that leaves on streams: header blocks, and data as far as both windows allow (RFC 9113
 * §6.9). What they do not allow is copied and held back, stream by stream, in the order in which
 * the streams came to wait.
 */

import {
  assert,
  RPC_HELD_BACK_BYTES_ALL_MAX,
  RPC_HELD_BACK_BYTES_MAX,
  RPC_OUTPUT_BYTES_HIGH,
  RPC_SHARE_BYTES,
} from '../../base/index.ts'
import type { HpackEncoder, OutgoingHeaders } from '../hpack/index.ts'
import type { FrameOutput } from './frame-output.ts'
import {
  CONTINUATION,
  DATA,
  DEFAULT_FRAME_BYTES_MAX,
  DEFAULT_WINDOW_BYTES,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FRAME_HEADER_BYTES,
  HEADERS,
  HTTP2_CODES,
  Http2Error,
  WINDOW_BYTES_MAX,
} from './frames.ts'
import type { HeldBack, Http2Stream } from './stream.ts'

export interface SenderListener<Call> {
  /** END_STREAM has left. */
  localEnded(stream: Http2Stream<Call>): void
  /** Data has left without having to wait. */
  dataSent(): void
  /** All that the stream held back has left. */
  writable(stream: Http2Stream<Call>): void
}

export class Sender<Call> {
  readonly #output: FrameOutput
  readonly #encoder: HpackEncoder
  readonly #listener: SenderListener<Call>
  #window = DEFAULT_WINDOW_BYTES
  /** Streams that hold something back. */
  #waiting: Http2Stream<Call>[] = []
  #heldBytes = 0

  constructor(output: FrameOutput, encoder: HpackEncoder, listener: SenderListener<Call>) {
    this.#output = output
    this.#encoder = encoder
    this.#listener = listener
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** More waits than the peer may make us hold, for itself or as one of all. */
  get holdsTooMuch(): boolean {
    const held = this.#heldBytes
    if (held > RPC_HELD_BACK_BYTES_MAX) return true
    return held > RPC_SHARE_BYTES && this.#output.pool.heldBytes > RPC_HELD_BACK_BYTES_ALL_MAX
  }

  #noteHeld(change: number): void {
    this.#heldBytes += change
    this.#output.pool.heldBytes += change
    assert(this.#heldBytes >= 0, 'no more leaves than was held back')
  }

  /** How many streams wait for the peer. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** The peer does not read: what is said now waits, as if its windows were closed. */
  get isPressed(): boolean {
    return this.#output.isBlocked && this.#output.queuedBytes > RPC_OUTPUT_BYTES_HIGH
  }

  headers(stream: Http2Stream<Call>, list: OutgoingHeaders, end: boolean): void {
    assert(!stream.localEnding && !stream.closed, 'nothing follows the end of a stream')
    stream.localEnding = end
    if (stream.heldBack === null) {
      this.#writeHeaders(stream, list, end)
      return
    }
    assert(end, 'only trailers come after data')
    stream.heldBack.trailers = list
    stream.heldBack.ended = true
  }

  /** Returns whether the writer may go on; otherwise it hears of it. */
  data(
    stream: Http2Stream<Call>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): boolean {
    assert(!stream.localEnding && !stream.closed, 'nothing follows the end of a stream')
    stream.localEnding = end
    const sent = stream.heldBack === null ? this.#send(stream, bytes, offset, length, end) : 0
    if (sent < length || stream.heldBack !== null) {
      this.#hold(stream, bytes.subarray(offset + sent, offset + length), end)
    } else {
      this.#listener.dataSent()
      if (end) this.#listener.localEnded(stream)
    }
    return this.#mayGoOn(stream)
  }

  /**
   * Room for so many bytes of data right in the output, so that nobody copies them: returns where
   * in `output.chunk`, or -1 when they cannot leave at once. Then `committed`.
   */
  claim(stream: Http2Stream<Call>, length: number): number {
    const room = Math.min(DEFAULT_FRAME_BYTES_MAX, this.#window, stream.sendWindow)
    if (length > room || stream.heldBack !== null || this.isPressed) return -1
    return this.#output.claim(FRAME_HEADER_BYTES + length) + FRAME_HEADER_BYTES
  }

  committed(stream: Http2Stream<Call>, at: number, length: number, end: boolean): boolean {
    assert(!stream.localEnding && !stream.closed, 'nothing follows the end of a stream')
    stream.localEnding = end
    const flags = end ? FLAG_END_STREAM : 0
    this.#output.header(at - FRAME_HEADER_BYTES, length, DATA, flags, stream.id)
    this.#output.written(at + length)
    this.#window -= length
    stream.sendWindow -= length
    this.#listener.dataSent()
    if (end) this.#listener.localEnded(stream)
    return this.#mayGoOn(stream)
  }

  #mayGoOn(stream: Http2Stream<Call>): boolean {
    if (stream.heldBack === null && !this.isPressed) return true
    stream.writerWaits = true
    return false
  }

  /** A closed stream sends nothing more. */
  drop(stream: Http2Stream<Call>): void {
    const held = stream.heldBack
    if (held === null) return
    this.#noteHeld(held.start - held.end)
    stream.heldBack = null
    this.#waiting = this.#waiting.filter((other) => other !== stream)
  }

  connectionWindowOpened(bytes: number): void {
    this.#window += bytes
    if (this.#window > WINDOW_BYTES_MAX) {
      throw new Http2Error(HTTP2_CODES.flowControl, 'a window over 2^31 - 1')
    }
    this.release()
  }

  /** False when the window would be larger than one may be. */
  streamWindowChanged(stream: Http2Stream<Call>, bytes: number): boolean {
    if (stream.sendWindow + bytes > WINDOW_BYTES_MAX) return false
    stream.sendWindow += bytes
    return true
  }

  /** Sends what windows allow by now. */
  release(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const stream of waiting) {
      if (stream.heldBack === null) continue
      // Once the connection's window is used up the others keep their places.
      if (this.#window > 0 && this.#sendHeld(stream, stream.heldBack)) {
        this.#heldLeft(stream, stream.heldBack)
      } else this.#waiting.push(stream)
    }
  }

  /** The same for one stream, when only its own window has changed. */
  releaseStream(stream: Http2Stream<Call>): void {
    const held = stream.heldBack
    if (held === null || this.#window <= 0 || !this.#sendHeld(stream, held)) return
    this.#waiting = this.#waiting.filter((other) => other !== stream)
    this.#heldLeft(stream, held)
  }

  /** True once all of it has left. */
  #sendHeld(stream: Http2Stream<Call>, held: HeldBack): boolean {
    const isLast = held.ended && held.trailers === null
    const sent = this.#send(stream, held.bytes, held.start, held.end - held.start, isLast)
    held.start += sent
    this.#noteHeld(-sent)
    return held.start === held.end
  }

  #heldLeft(stream: Http2Stream<Call>, held: HeldBack): void {
    stream.heldBack = null
    if (held.trailers !== null) this.#writeHeaders(stream, held.trailers, true)
    else if (held.ended) this.#listener.localEnded(stream)
    if (!stream.closed && stream.writerWaits && !stream.localEnding) {
      stream.writerWaits = false
      this.#listener.writable(stream)
    }
  }

  /**
   * Returns how many bytes the windows allowed. An end without bytes needs no window. Whoever calls
   * tells that END_STREAM has left, once the books are right.
   */
  #send(
    stream: Http2Stream<Call>,
    bytes: Uint8Array,
    offset: number,
    length: number,
    end: boolean,
  ): number {
    let sent = 0
    do {
      const room = Math.min(DEFAULT_FRAME_BYTES_MAX, this.#window, stream.sendWindow)
      const part = Math.max(0, Math.min(length - sent, room))
      if (length > 0 && (part === 0 || this.isPressed)) return sent
      const isLast = end && sent + part === length
      const flags = isLast ? FLAG_END_STREAM : 0
      const at = this.#output.frame(part, DATA, flags, stream.id)
      const from = offset + sent
      if (part > 0) this.#output.chunk.set(bytes.subarray(from, from + part), at)
      sent += part
      this.#window -= part
      stream.sendWindow -= part
    } while (sent < length)
    return sent
  }

  #hold(stream: Http2Stream<Call>, piece: Uint8Array, end: boolean): void {
    if (stream.heldBack === null) {
      const bytes = new Uint8Array(piece.length)
      stream.heldBack = { bytes, start: 0, end: 0, trailers: null, ended: false }
      this.#waiting.push(stream)
    }
    const held = stream.heldBack
    makeRoom(held, piece.length)
    held.bytes.set(piece, held.end)
    held.end += piece.length
    held.ended = end
    this.#noteHeld(piece.length)
  }

  #writeHeaders(stream: Http2Stream<Call>, list: OutgoingHeaders, end: boolean): void {
    const lengthMax = this.#encoder.lengthMax(list)
    const flags = end ? FLAG_END_STREAM : 0
    if (lengthMax > DEFAULT_FRAME_BYTES_MAX) {
      this.#writeLongHeaders(stream, list, flags)
    } else {
      const at = this.#output.claim(FRAME_HEADER_BYTES + lengthMax)
      const start = at + FRAME_HEADER_BYTES
      const next = this.#encoder.encode(list, this.#output.chunk, start)
      this.#output.header(at, next - start, HEADERS, flags | FLAG_END_HEADERS, stream.id)
      this.#output.written(next)
    }
    if (end) this.#listener.localEnded(stream)
  }

  /** In HEADERS and as many CONTINUATIONs as it takes, with nothing in between (§6.10). */
  #writeLongHeaders(stream: Http2Stream<Call>, list: OutgoingHeaders, endStream: number): void {
    const block = new Uint8Array(this.#encoder.lengthMax(list))
    const length = this.#encoder.encode(list, block, 0)
    let from = 0
    do {
      const part = Math.min(length - from, DEFAULT_FRAME_BYTES_MAX)
      const type = from === 0 ? HEADERS : CONTINUATION
      const endHeaders = from + part === length ? FLAG_END_HEADERS : 0
      const flags = endHeaders | (from === 0 ? endStream : 0)
      const at = this.#output.frame(part, type, flags, stream.id)
      this.#output.chunk.set(block.subarray(from, from + part), at)
      from += part
    } while (from < length)
  }
}

/** In one piece of memory, however small the pieces are that come. */
function makeRoom(held: HeldBack, length: number): void {
  if (held.end + length <= held.bytes.length) return
  const waiting = held.end - held.start
  const larger = new Uint8Array(Math.max(waiting + length, 2 * waiting))
  larger.set(held.bytes.subarray(held.start, held.end))
  held.bytes = larger
  held.start = 0
  held.end = waiting
}
