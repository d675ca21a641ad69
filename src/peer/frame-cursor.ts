/**
 * Writing and reading one frame. Numbers are LEB128 varints: seven bits a byte, lowest first, in
 * their only shortest form, so that one envelope has exactly one encoding. 53 bits fit eight bytes.
 */

import { assert, REMEMBERED_BYTES_MIN } from '../base/index.ts'

const VARINT_BYTES_MAX = 8
/** Beyond this, `>>>` no longer sees the whole number. */
const BITWISE_MAX = 0xffff_ffff
/** Shared by all empty data, which thus keeps no frame alive. */
const EMPTY = new Uint8Array(0)

/** How many bytes `natural` takes for this number. */
export function naturalBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  if (value < 0x1000_0000) return 4
  if (value < 2 ** 35) return 5
  if (value < 2 ** 42) return 6
  return value < 2 ** 49 ? 7 : VARINT_BYTES_MAX
}

export function blobBytes(data: Uint8Array): number {
  return naturalBytes(data.length) + data.length
}

/** Long data that begins at `at`; a writer that keeps insets sends it from where it lies. */
export interface Inset {
  readonly at: number
  readonly data: Uint8Array
}

/** How much of this data a writer that keeps insets leaves out: not what is soon copied. */
export function insetBytes({ length }: Uint8Array): number {
  return length >= REMEMBERED_BYTES_MIN ? length : 0
}

/**
 * Fills a buffer whose size was computed before. It does not look for the end (a write past it is
 * lost): the caller asserts once that it ended exactly there.
 */
export class FrameWriter {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the next byte goes. */
  position = 0
  /** In order. Null: everything is copied. */
  readonly insets: Inset[] | null

  /** `length`: without what insets hold. */
  constructor(length: number, insets: Inset[] | null = null) {
    this.bytes = new Uint8Array(length)
    this.insets = insets
  }

  byte(value: number): void {
    this.bytes[this.position] = value
    this.position += 1
  }

  /** Four bytes, lowest first. */
  fixed32(value: number): void {
    this.byte(value)
    this.byte(value >>> 8)
    this.byte(value >>> 16)
    this.byte(value >>> 24)
  }

  natural(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a frame holds natural numbers below 2^53')
    let rest = value
    while (rest > BITWISE_MAX) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** The length, then the bytes. */
  blob(data: Uint8Array): void {
    this.natural(data.length)
    this.bytes.set(data, this.position)
    this.position += data.length
  }

  /** The same for data that nobody ever changes: it may become an inset. */
  lastingBlob(data: Uint8Array): void {
    if (this.insets === null || insetBytes(data) === 0) {
      this.blob(data)
      return
    }
    this.natural(data.length)
    this.insets.push({ at: this.position, data })
  }
}

/**
 * Reads untrusted bytes without ever throwing: the first bad read keeps its reason and moves to the
 * end, so that every later read fails too and gives 0, false or nothing. Loops over a count stop
 * when `failed`; before that each round takes at least one byte, so they end with the bytes.
 */
export class FrameReader {
  /** Long data that was read and is going to be kept, in order. */
  readonly insets: Inset[] = []
  readonly #bytes: Uint8Array
  #position = 0
  #reason = ''

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get failed(): boolean {
    return this.#reason !== ''
  }

  /** Why the first bad read was bad; empty while all were good. */
  get reason(): string {
    return this.#reason
  }

  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  byte(): number {
    const value = this.#bytes[this.#position]
    if (value === undefined) return this.fail('the frame ends too early')
    this.#position += 1
    return value
  }

  /** Four bytes, lowest first. */
  fixed32(): number {
    const low = this.byte() | (this.byte() << 8)
    return (low | (this.byte() << 16) | (this.byte() << 24)) >>> 0
  }

  natural(): number {
    const first = this.byte()
    return first < 0x80 ? first : this.#longNatural(first)
  }

  /** A number of things of at least one byte each: more cannot follow than bytes are left. */
  count(): number {
    const count = this.natural()
    return count <= this.remaining ? count : this.fail('a count reaches past the end of the frame')
  }

  /** As many flags, lowest bit first; a bit beyond them has no meaning and is refused. */
  flags(count: 1 | 2): number {
    const value = this.byte()
    return value >> count === 0 ? value : this.fail('a flag has no meaning')
  }

  /** A view into the frame, not a copy: it keeps the whole frame in memory. */
  blob(): Uint8Array {
    const length = this.natural()
    if (length > this.remaining) this.fail('data reaches past the end of the frame')
    if (this.failed || length === 0) return EMPTY
    const start = this.#bytes.byteOffset + this.#position
    this.#position += length
    // Not `subarray`, which gives a Buffer where the frame is one, whose `slice` does not copy.
    return new Uint8Array(this.#bytes.buffer, start, length)
  }

  /** The same for data that is kept, and whose checksum somebody may ask for. */
  lastingBlob(): Uint8Array {
    const data = this.blob()
    if (insetBytes(data) > 0) this.insets.push({ at: this.#position - data.length, data })
    return data
  }

  /** Gives 0, so that a failing read can return it. */
  fail(reason: string): number {
    assert(reason !== '', 'a failure has a reason')
    if (this.#reason === '') this.#reason = reason
    this.#position = this.#bytes.length
    return 0
  }

  #longNatural(first: number): number {
    let value = first & 0x7f
    let scale = 0x80
    for (let length = 2; length <= VARINT_BYTES_MAX; length++) {
      const next = this.byte()
      value += (next & 0x7f) * scale
      if (next < 0x80) {
        if (next === 0) return this.fail('a number is not in its shortest form')
        // Rounding cannot hide an overflow: 2^53 and above never round to below it.
        return value <= Number.MAX_SAFE_INTEGER ? value : this.fail('a number is above 2^53 - 1')
      }
      scale *= 0x80
    }
    return this.fail('a number is longer than 53 bits')
  }
}
