/**
 * Reads the protobuf wire format (protobuf.dev, "Encoding"). The bytes may be anything: every step
 * stays within the message it is in, and what is cut off, too deep, or not allowed ends with
 * `BAD_REQUEST`.
 */

import { assert, KvError, WIRE_DEPTH_MAX, WIRE_ELEMENTS_MAX } from '../base/index.ts'
import { decodeUtf8 } from './utf8.ts'

const WIRE_VARINT = 0
const WIRE_FIXED64 = 1
const WIRE_BYTES = 2
const WIRE_GROUP = 3
const WIRE_GROUP_END = 4
const WIRE_FIXED32 = 5

const NUMBER_MAX = Number.MAX_SAFE_INTEGER

/** Where two halves become a bigint, within one call: shifting would make three more of them. */
const JOIN = new DataView(new ArrayBuffer(8))

/** The value of a field of bytes that was not sent. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0)

export class WireReader {
  #bytes: Uint8Array = EMPTY_BYTES
  /** Invariant: at <= end <= length of the bytes. */
  #at = 0
  /** The end of the innermost message that was entered. */
  #end = 0
  #depth = 0
  #elements = 0
  /** The two halves of the varint that was read last. */
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array, offset: number, length: number) {
    this.restart(bytes, offset, length)
  }

  /** Begins with another message; for whoever reads so many that a reader for each would count. */
  restart(bytes: Uint8Array, offset: number, length: number): void {
    assert(offset >= 0 && length >= 0 && offset + length <= bytes.length, 'a message has its bytes')
    this.#bytes = bytes
    this.#at = offset
    this.#end = offset + length
    this.#depth = 0
    this.#elements = 0
  }

  /** Where the next read begins. */
  get position(): number {
    return this.#at
  }

  /** A view of what was read between two positions. */
  between(start: number, end: number): Uint8Array {
    assert(start <= end && end <= this.#at, 'it was read')
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start)
  }

  /** Whether the message that was entered last goes on; for packed fields. */
  get hasMore(): boolean {
    return this.#at < this.#end
  }

  /** The number of the next field, times 8, plus its wire type; 0 at the end of the message. */
  tag(): number {
    if (this.#at === this.#end) return 0
    const byte = this.#bytes[this.#at] as number
    if (byte >= 0x80) return this.#longTag()
    // Field numbers begin at 1.
    if (byte < 8) fail('protobuf: a field has the number 0')
    this.#at += 1
    return byte
  }

  /** Passes over the field of this tag: one we do not know, or of a type it should not have. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.#varint()
        return
      case WIRE_FIXED64:
        this.#take(8)
        return
      case WIRE_BYTES:
        this.#take(this.#length())
        return
      case WIRE_GROUP:
        this.#skipGroup(tag)
        return
      case WIRE_FIXED32:
        this.#take(4)
        return
      case WIRE_GROUP_END:
        fail('protobuf: a group ends that has not begun')
        break
      default:
        fail('protobuf: a field has a wire type that does not exist')
    }
  }

  /** Goes into a message, or a packed field; `leave` wants what this returns. */
  enter(): number {
    const length = this.#length()
    const outer = this.#end
    if (length > outer - this.#at) failCutOff()
    this.#depth += 1
    if (this.#depth > WIRE_DEPTH_MAX) fail('protobuf: messages are nested too deeply')
    this.#end = this.#at + length
    return outer
  }

  leave(outer: number): void {
    assert(this.#at === this.#end && outer >= this.#end, 'a message is left at its end')
    this.#end = outer
    this.#depth -= 1
  }

  /** To be called for every element of a repeated field, before it is made. */
  element(): void {
    this.#elements += 1
    if (this.#elements > WIRE_ELEMENTS_MAX) fail('protobuf: repeated fields have too many elements')
  }

  bool(): boolean {
    this.#varint()
    return (this.#low | this.#high) !== 0
  }

  uint32(): number {
    this.#varint()
    return this.#low >>> 0
  }

  /** Enumerations too: a value beyond 32 bits is cut to them, as the encoding guide asks. */
  int32(): number {
    this.#varint()
    return this.#low
  }

  sint32(): number {
    this.#varint()
    return (this.#low >>> 1) ^ -(this.#low & 1)
  }

  uint64(): bigint {
    this.#varint()
    return unsigned(this.#low, this.#high)
  }

  int64(): bigint {
    this.#varint()
    return BigInt.asIntN(64, unsigned(this.#low, this.#high))
  }

  sint64(): bigint {
    this.#varint()
    const folded = unsigned(this.#low, this.#high)
    return (folded >> 1n) ^ -(folded & 1n)
  }

  /**
   * A 64-bit field that counts. What is beyond the safe integers becomes the outermost of them,
   * which is still larger, or smaller, than anything that is counted.
   */
  uint64Number(): number {
    this.#varint()
    return Math.min((this.#high >>> 0) * 0x1_0000_0000 + (this.#low >>> 0), NUMBER_MAX)
  }

  int64Number(): number {
    this.#varint()
    const value = this.#high * 0x1_0000_0000 + (this.#low >>> 0)
    return Math.max(-NUMBER_MAX, Math.min(value, NUMBER_MAX))
  }

  fixed32(): number {
    return this.#view(4).getUint32(0, true)
  }

  sfixed32(): number {
    return this.#view(4).getInt32(0, true)
  }

  fixed64(): bigint {
    return this.#view(8).getBigUint64(0, true)
  }

  sfixed64(): bigint {
    return this.#view(8).getBigInt64(0, true)
  }

  float(): number {
    return this.#view(4).getFloat32(0, true)
  }

  double(): number {
    return this.#view(8).getFloat64(0, true)
  }

  /** Passes over bytes or a text and returns where they begin; they end at `position`. */
  span(): number {
    return this.#take(this.#length())
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const length = this.#length()
    if (length === 0) return EMPTY_BYTES
    const at = this.#take(length)
    // Not `subarray`: of a Buffer that would be another Buffer.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length)
  }

  /** Refuses what is not UTF-8, as proto3 asks. */
  string(): string {
    const length = this.#length()
    const text = decodeUtf8(this.#bytes, this.#take(length), length)
    if (text === null) fail('protobuf: a text is not valid UTF-8')
    return text
  }

  /** Like `varint`, but of at most 5 bytes: no tag and no length needs more. */
  #shortVarint(): number {
    const start = this.#at
    this.#varint()
    if (this.#at - start > 5 || this.#high !== 0) fail('protobuf: a tag or length is too long')
    return this.#low >>> 0
  }

  #longTag(): number {
    const tag = this.#shortVarint()
    if (tag < 8) fail('protobuf: a field has the number 0')
    return tag
  }

  #length(): number {
    const at = this.#at
    const byte = at < this.#end ? (this.#bytes[at] as number) : failCutOff()
    if (byte >= 0x80) return this.#shortVarint()
    this.#at = at + 1
    return byte
  }

  /** Passes over so many bytes and returns where they begin. */
  #take(count: number): number {
    const at = this.#at
    if (count > this.#end - at) failCutOff()
    this.#at = at + count
    return at
  }

  #view(count: number): DataView {
    const at = this.#take(count)
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, count)
  }

  /** Groups are long gone from the language, but unknown fields may still be some. */
  #skipGroup(tag: number): void {
    this.#depth += 1
    if (this.#depth > WIRE_DEPTH_MAX) fail('protobuf: messages are nested too deeply')
    const end = tag - WIRE_GROUP + WIRE_GROUP_END
    for (let inner = this.tag(); inner !== end; inner = this.tag()) {
      if (inner === 0) failCutOff()
      this.skip(inner)
    }
    this.#depth -= 1
  }

  /** Both halves as signed 32-bit numbers. Longer than need be is fine; over 10 bytes is not. */
  #varint(): void {
    const first = this.#at < this.#end ? (this.#bytes[this.#at] as number) : failCutOff()
    this.#at += 1
    this.#low = first
    this.#high = 0
    if (first >= 0x80) this.#longVarint(first & 0x7f)
  }

  #longVarint(first: number): void {
    const bytes = this.#bytes
    let low = first
    let high = 0
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.#at < this.#end ? (bytes[this.#at] as number) : failCutOff()
      this.#at += 1
      const part = byte & 0x7f
      if (shift < 32) low |= part << shift
      // The fifth byte belongs to both halves.
      if (shift === 28) high = part >>> 4
      else if (shift > 32) high |= part << (shift - 32)
      if (byte >= 0x80) continue
      if (shift === 63 && byte > 1) break
      this.#low = low
      this.#high = high
      return
    }
    fail('protobuf: a number has more than 64 bits')
  }
}

function unsigned(low: number, high: number): bigint {
  // Most are small, and a bigint made from a number is the only one that is made.
  const value = (high >>> 0) * 0x1_0000_0000 + (low >>> 0)
  if (value <= NUMBER_MAX) return BigInt(value)
  JOIN.setInt32(0, low, true)
  JOIN.setInt32(4, high, true)
  return JOIN.getBigUint64(0, true)
}

function failCutOff(): never {
  return fail('protobuf: a message is cut off')
}

function fail(text: string): never {
  throw new KvError('BAD_REQUEST', text)
}
