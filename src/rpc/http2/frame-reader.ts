/**
 * Cuts a byte stream into frames, wherever its chunks begin and end. A frame that lies whole in a
 * chunk is handed out in place; one that does not is gathered in memory that grows with what has
 * arrived, never with what a length field claims, and that is given back at its end.
 */

import { assert, freeLent } from '../../base/index.ts'
import {
  DEFAULT_FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  HTTP2_CODES,
  Http2Error,
  readUint24,
  readUint31,
} from './frames.ts'

export interface FrameSink {
  /** Nothing more is wanted: the connection failed or was given up. */
  readonly stopped: boolean
  /** The bytes are the sink's only until it returns. */
  frame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): void
}

const FIRST_CAPACITY = 64
const NOTHING = new Uint8Array(0)

export class FrameReader {
  readonly #sink: FrameSink
  #held = NOTHING
  #heldLength = 0

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** A frame has begun and is not whole yet. */
  get isPartial(): boolean {
    return this.#heldLength > 0
  }

  receive(bytes: Uint8Array, start: number): void {
    const sink = this.#sink
    const end = bytes.length
    let at = this.#heldLength > 0 ? this.#complete(bytes, start) : start
    while (end - at >= FRAME_HEADER_BYTES && !sink.stopped) {
      const length = lengthOf(bytes, at)
      const next = at + FRAME_HEADER_BYTES + length
      if (next > end) break
      const streamId = readUint31(bytes, at + 5)
      const type = bytes[at + 3] as number
      const flags = bytes[at + 4] as number
      sink.frame(type, flags, streamId, bytes, at + FRAME_HEADER_BYTES, length)
      at = next
    }
    if (at < end && !sink.stopped) this.#hold(bytes, at, end)
  }

  /** Fills up the frame that was held; returns where in the chunk the next one begins. */
  #complete(bytes: Uint8Array, start: number): number {
    let at = start
    if (this.#heldLength < FRAME_HEADER_BYTES) {
      const missing = FRAME_HEADER_BYTES - this.#heldLength
      const end = Math.min(bytes.length, at + missing)
      this.#hold(bytes, at, end)
      at = end
      if (this.#heldLength < FRAME_HEADER_BYTES) return at
    }
    const length = lengthOf(this.#held, 0)
    const whole = FRAME_HEADER_BYTES + length
    const end = Math.min(bytes.length, at + whole - this.#heldLength)
    this.#hold(bytes, at, end)
    assert(this.#heldLength <= whole, 'nothing of the next frame is held with this one')
    if (this.#heldLength < whole) return end
    const held = this.#held
    this.#held = NOTHING
    this.#heldLength = 0
    const streamId = readUint31(held, 5)
    const [type, flags] = [held[3] as number, held[4] as number]
    this.#sink.frame(type, flags, streamId, held, FRAME_HEADER_BYTES, length)
    freeLent(held)
    return end
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#heldLength + end - start
    if (length > this.#held.length) {
      const grown = new Uint8Array(Math.max(FIRST_CAPACITY, length, 2 * this.#held.length))
      grown.set(this.#held.subarray(0, this.#heldLength))
      freeLent(this.#held)
      this.#held = grown
    }
    this.#held.set(bytes.subarray(start, end), this.#heldLength)
    this.#heldLength = length
  }
}

/** We never allow longer frames than everybody must accept. */
function lengthOf(bytes: Uint8Array, at: number): number {
  const length = readUint24(bytes, at)
  if (length > DEFAULT_FRAME_BYTES_MAX) {
    throw new Http2Error(HTTP2_CODES.frameSize, 'a frame is longer than allowed')
  }
  return length
}
