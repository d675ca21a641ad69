/**
 * Length-prefixed messages, as they follow each other in the DATA frames of a stream:
 *
 *   +----------------+------------------------+------------------+
 *   | compressed: 1  | length: 4, big-endian  | message: length  |
 *   +----------------+------------------------+------------------+
 *
 * Chunks have no relation to messages. A message that lies whole in one chunk is handed out where
 * it lies; any other is put together in memory that grows with what has really arrived: a length
 * that was only announced costs nothing.
 */

import { assert, freeLent } from '../../base/index.ts'

export const MESSAGE_PREFIX_BYTES = 5

/** The first piece of memory for a message that came in parts. */
const GATHER_BYTES_MIN = 1024
/** Larger memory is given back after its message: streams are many, and large messages rare. */
const GATHER_KEPT_BYTES_MAX = 64 * 1024

const EMPTY = new Uint8Array(0)

/**
 * - `message`: a whole message stands in `bytes`, `offset`, `length` and `isCompressed`
 * - `more`: the chunk is used up
 * - `tooLarge`: a message is announced that is over the limit; `length` says how large
 * - `malformed`: the flag is neither 0 nor 1
 */
export type FrameStep = 'message' | 'more' | 'tooLarge' | 'malformed'

export interface MessageReaderOptions {
  readonly messageBytesMax: number
}

/**
 * Feed a chunk with `push`, then call `next` until it says `more`. A message is there until the
 * next call of either; whoever needs it longer copies it. After `tooLarge` and `malformed` the
 * place of the next message is unknown: the reader says the same for ever.
 */
export class MessageReader {
  readonly #bytesMax: number
  /** What was pushed, and what of it is still to be read. */
  #chunk: Uint8Array = EMPTY
  #at = 0
  #end = 0
  /** Bytes of the prefix that have been read, 5 while a message is awaited. */
  #prefixBytes = 0
  #flag = 0
  #announced = 0
  /** A message in parts. Invariant: gathered <= announced. */
  #gather: Uint8Array = EMPTY
  #gathered = 0
  /** Large memory of the message that was handed out, until somebody asks for the next. */
  #lent: Uint8Array = EMPTY
  #failure: FrameStep | null = null

  bytes: Uint8Array = EMPTY
  offset = 0
  length = 0
  isCompressed = false

  constructor({ messageBytesMax }: MessageReaderOptions) {
    assert(messageBytesMax >= 0 && messageBytesMax <= 0xffff_ffff, 'a length has 32 bits')
    this.#bytesMax = messageBytesMax
  }

  /** Memory that is held for a message in parts. */
  get gatheredBytes(): number {
    return this.#gather.length
  }

  /** A message has begun and not ended: at the end of a stream it is truncated. */
  get isInside(): boolean {
    return this.#prefixBytes > 0 || this.#at < this.#end
  }

  /** Gives back all memory. The reader may be used for another stream afterwards. */
  reset(): void {
    this.#takeBack()
    this.#chunk = EMPTY
    this.#at = 0
    this.#end = 0
    this.#startPrefix()
    this.#gather = EMPTY
    this.#failure = null
    this.bytes = EMPTY
    this.offset = 0
    this.length = 0
    this.isCompressed = false
  }

  /** The chunk must stay as it is until `next` says `more`. */
  push(bytes: Uint8Array, offset: number, length: number): void {
    assert(this.#at === this.#end || this.#failure !== null, 'the chunk before is used up')
    assert(offset >= 0 && length >= 0 && offset + length <= bytes.length, 'a chunk has its bytes')
    this.#takeBack()
    this.#chunk = bytes
    this.#at = offset
    this.#end = offset + length
  }

  next(): FrameStep {
    this.#takeBack()
    if (this.#failure !== null) return this.#failure
    if (this.#prefixBytes < MESSAGE_PREFIX_BYTES) {
      const step = this.#readPrefix()
      if (step !== 'message') return step
    }
    const missing = this.#announced - this.#gathered
    const available = this.#end - this.#at
    if (this.#gathered === 0 && available >= missing) return this.#handOutInPlace()
    this.#gatherBytes(Math.min(missing, available))
    return this.#gathered === this.#announced ? this.#handOutGathered() : this.#more()
  }

  /** `message` here means that the prefix is whole and good. */
  #readPrefix(): FrameStep {
    const chunk = this.#chunk
    while (this.#prefixBytes < MESSAGE_PREFIX_BYTES) {
      if (this.#at === this.#end) return this.#more()
      const byte = chunk[this.#at++] as number
      if (this.#prefixBytes++ > 0) this.#announced = this.#announced * 256 + byte
      else if (byte > 1) return this.#fail('malformed')
      else this.#flag = byte
    }
    if (this.#announced <= this.#bytesMax) return 'message'
    this.length = this.#announced
    return this.#fail('tooLarge')
  }

  #handOutInPlace(): FrameStep {
    this.bytes = this.#chunk
    this.offset = this.#at
    this.#at += this.#announced
    return this.#handOut()
  }

  #handOutGathered(): FrameStep {
    this.bytes = this.#gather
    this.offset = 0
    if (this.#gather.length > GATHER_KEPT_BYTES_MAX) {
      this.#lent = this.#gather
      this.#gather = EMPTY
    }
    return this.#handOut()
  }

  #takeBack(): void {
    if (this.#lent.length === 0) return
    freeLent(this.#lent)
    this.#lent = EMPTY
  }

  #handOut(): FrameStep {
    this.length = this.#announced
    this.isCompressed = this.#flag === 1
    this.#startPrefix()
    return 'message'
  }

  #startPrefix(): void {
    this.#prefixBytes = 0
    this.#announced = 0
    this.#gathered = 0
  }

  #gatherBytes(count: number): void {
    const needed = this.#gathered + count
    assert(needed <= this.#announced, 'a message is not longer than announced')
    if (needed > this.#gather.length) this.#growGather(needed)
    const from = this.#at
    this.#gather.set(this.#chunk.subarray(from, from + count), this.#gathered)
    this.#gathered = needed
    this.#at = from + count
  }

  /** Twice what has arrived, and never more than the message needs or an idle stream may keep. */
  #growGather(needed: number): void {
    const wanted = Math.max(needed, this.#gather.length * 2, GATHER_BYTES_MIN)
    const enough = Math.max(this.#announced, GATHER_BYTES_MIN)
    const larger = new Uint8Array(Math.min(wanted, enough))
    larger.set(this.#gather.subarray(0, this.#gathered))
    freeLent(this.#gather)
    this.#gather = larger
  }

  /** Lets go of the chunk: it may be a small piece of a large buffer. */
  #more(): FrameStep {
    assert(this.#at === this.#end, 'only a chunk that is used up asks for more')
    this.#chunk = EMPTY
    this.#at = 0
    this.#end = 0
    return 'more'
  }

  #fail(failure: FrameStep): FrameStep {
    this.#failure = failure
    return failure
  }
}

/** Writes the prefix of a message as it is, and returns where the message begins. */
export function writeMessagePrefix(target: Uint8Array, offset: number, length: number): number {
  return writePrefix(target, offset, { flag: 0, length })
}

/** The same for a message that is compressed with the encoding of the call. */
export function writeCompressedPrefix(target: Uint8Array, offset: number, length: number): number {
  return writePrefix(target, offset, { flag: 1, length })
}

function writePrefix(
  target: Uint8Array,
  offset: number,
  { flag, length }: { flag: number; length: number },
): number {
  assert(length >= 0 && length <= 0xffff_ffff, 'a length has 32 bits')
  assert(offset + MESSAGE_PREFIX_BYTES <= target.length, 'there is room for the prefix')
  target[offset] = flag
  target[offset + 1] = length >>> 24
  target[offset + 2] = length >>> 16
  target[offset + 3] = length >>> 8
  target[offset + 4] = length
  return offset + MESSAGE_PREFIX_BYTES
}
