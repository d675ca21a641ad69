/**
 * Bytes in and out. All numbers are little-endian. 64-bit numbers are plain numbers and must be
 * safe integers: `bigint` costs ten times as much and nothing here counts beyond 2^53.
 */

import { assert } from './assert.ts'

const HIGH = 0x1_0000_0000

const UTF8_ENCODER = new TextEncoder()
const UTF8_DECODER = new TextDecoder('utf-8', { fatal: true })

export function writeUint64(view: DataView, at: number, value: number): void {
  assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, 'a 64-bit number is a safe integer')
  const high = value < HIGH ? 0 : Math.floor(value / HIGH)
  view.setUint32(at, value - high * HIGH, true)
  view.setUint32(at + 4, high, true)
}

/** May be beyond the safe integers when the bytes are not ours: check before use. */
export function readUint64(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true)
  const low = view.getUint32(at, true)
  return high === 0 ? low : high * HIGH + low
}

/** The next multiple of `alignment`, a power of two. */
export function alignUp(value: number, alignment: number): number {
  assert((alignment & (alignment - 1)) === 0 && alignment > 0, 'an alignment is a power of two')
  const over = value & (alignment - 1)
  // Beyond 2^31 the bit operation still sees the low bits, which are all that count here.
  return over === 0 ? value : value - over + alignment
}

/** Grows as needed. `take` and `lend` hand the bytes over and start afresh. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  uint8(value: number): this {
    assert(value >= 0 && value <= 0xff, 'a byte is 0 to 255')
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
    return this
  }

  uint16(value: number): this {
    assert(value >= 0 && value <= 0xffff, 'a 16-bit number fits')
    const at = this.#grow(2)
    this.#view.setUint16(at, value, true)
    return this
  }

  uint32(value: number): this {
    assert(value >= 0 && value <= 0xffff_ffff, 'a 32-bit number fits')
    const at = this.#grow(4)
    this.#view.setUint32(at, value, true)
    return this
  }

  uint64(value: number): this {
    const at = this.#grow(8)
    writeUint64(this.#view, at, value)
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** Length (32 bits), then UTF-8. */
  text(value: string): this {
    const encoded = UTF8_ENCODER.encode(value)
    return this.uint32(encoded.length).bytes(encoded)
  }

  /** What was written, in memory of its own size. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** What was written, without a copy: only until the writer is used again. */
  lend(): Uint8Array {
    const lent = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return lent
  }

  /** Reserves the room and returns where it begins. */
  #grow(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#length = needed
    return at
  }
}

/**
 * Reads bytes that may be anything: past the end, or at a number that cannot be, it turns `failed`
 * and gives zeros from then on, so a decoder checks once, before it believes what it read. No
 * length is trusted: nothing is allocated beyond the bytes that are there.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get failed(): boolean {
    return this.#failed
  }

  get remaining(): number {
    return this.#failed ? 0 : this.#bytes.length - this.#at
  }

  /** Everything was there, and nothing is left over. */
  get complete(): boolean {
    return !this.#failed && this.#at === this.#bytes.length
  }

  uint8(): number {
    return this.#has(1) ? this.#view.getUint8(this.#advance(1)) : 0
  }

  uint16(): number {
    return this.#has(2) ? this.#view.getUint16(this.#advance(2), true) : 0
  }

  uint32(): number {
    return this.#has(4) ? this.#view.getUint32(this.#advance(4), true) : 0
  }

  uint64(): number {
    if (!this.#has(8)) return 0
    const value = readUint64(this.#view, this.#advance(8))
    if (Number.isSafeInteger(value)) return value
    this.#failed = true
    return 0
  }

  /** A view of the bytes, not a copy. */
  bytes(count: number): Uint8Array {
    if (!this.#has(count)) return this.#bytes.subarray(0, 0)
    const at = this.#advance(count)
    return this.#bytes.subarray(at, at + count)
  }

  text(): string {
    const encoded = this.bytes(this.uint32())
    try {
      return UTF8_DECODER.decode(encoded)
    } catch {
      // Not UTF-8: the decoder throws a TypeError and nothing else.
      this.#failed = true
      return ''
    }
  }

  #has(count: number): boolean {
    if (!this.#failed && count >= 0 && count <= this.#bytes.length - this.#at) return true
    this.#failed = true
    return false
  }

  #advance(count: number): number {
    const at = this.#at
    this.#at = at + count
    return at
  }
}

/** A copy in memory of its own; `slice` of a `Buffer` would be a view. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start)
  copy.set(bytes.subarray(start, end))
  return copy
}

/**
 * Frees memory at once that nobody reads any more. The collector would do so when it comes by,
 * which for large memory may be late: it goes by what objects take, and such a view is small. Every
 * view of the memory is empty afterwards. Idempotent.
 */
export function freeBytes(view: Uint8Array | Int32Array | Uint32Array | Uint16Array): void {
  const { buffer } = view
  assert(buffer instanceof ArrayBuffer, 'what is freed is not shared')
  if (!buffer.detached) buffer.transfer(0)
}

/** Less than this costs the collector no more. */
const FREED_BYTES_MIN = 4096

/** The same for memory that is over with a call, if it is worth it and the view is all of it. */
export function freeLent(bytes: Uint8Array): void {
  if (bytes.length >= FREED_BYTES_MIN && bytes.length === bytes.buffer.byteLength) freeBytes(bytes)
}

/** Words of 4 bytes in a line of the processor's cache. */
export const LINE_WORDS = 16
