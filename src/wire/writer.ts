/**
 * Writes the protobuf wire format (protobuf.dev, "Encoding"). For each kind of value one function
 * says how long it becomes and one writes it, and returns the offset behind it. Room is not checked
 * here: a whole message is, once (codec.ts).
 */

import { assert } from '../base/index.ts'
import { encodeUtf8, utf8Length } from './utf8.ts'

const TWO_TO_32 = 0x1_0000_0000
/** A negative number has all its 64 bits set at the top. */
const NEGATIVE_BYTES = 10
const INT64_LIMIT = 2n ** 63n
const UINT64_LIMIT = 2n ** 64n

/** Where a bigint is taken apart, within one call: shifting it would make three more of them. */
const SPLIT = new DataView(new ArrayBuffer(8))

/** Of a number from 0 to 2^32 - 1. */
export function uint32Length(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

export function writeUint32(target: Uint8Array, offset: number, value: number): number {
  assert(value >>> 0 === value, 'an unsigned number has 32 bits')
  let at = offset
  let rest = value
  while (rest >= 0x80) {
    target[at++] = rest | 0x80
    rest >>>= 7
  }
  target[at] = rest
  return at + 1
}

export function int32Length(value: number): number {
  return value < 0 ? NEGATIVE_BYTES : uint32Length(value)
}

export function writeInt32(target: Uint8Array, offset: number, value: number): number {
  assert((value | 0) === value, 'a number has 32 bits')
  return value < 0 ? writeHalves(target, offset, value, -1) : writeUint32(target, offset, value)
}

export function sint32Length(value: number): number {
  return uint32Length(zigzag(value))
}

export function writeSint32(target: Uint8Array, offset: number, value: number): number {
  assert((value | 0) === value, 'a number has 32 bits')
  return writeUint32(target, offset, zigzag(value))
}

/** Of a safe integer that stands for 64 bits. */
export function numberLength(value: number): number {
  if (value < 0) return NEGATIVE_BYTES
  if (value < TWO_TO_32) return uint32Length(value)
  // 5 bytes hold 35 bits, 6 hold 42, 7 hold 49, 8 hold 56.
  if (value < 0x8_0000_0000) return 5
  if (value < 0x400_0000_0000) return 6
  return value < 0x2_0000_0000_0000 ? 7 : 8
}

export function writeNumber(target: Uint8Array, offset: number, value: number): number {
  assert(Number.isSafeInteger(value), 'a 64-bit number is a safe integer')
  if (value >= 0 && value < TWO_TO_32) return writeUint32(target, offset, value)
  const high = Math.floor(value / TWO_TO_32)
  return writeHalves(target, offset, value - high * TWO_TO_32, high)
}

export function int64Length(value: bigint): number {
  return uint64Length(value)
}

export function writeInt64(target: Uint8Array, offset: number, value: bigint): number {
  assert(value >= -INT64_LIMIT && value < INT64_LIMIT, 'a number has 64 bits')
  return writeBits(target, offset, value)
}

export function uint64Length(value: bigint): number {
  SPLIT.setBigUint64(0, value, true)
  const high = SPLIT.getUint32(4, true)
  if (high === 0) return uint32Length(SPLIT.getUint32(0, true))
  return Math.ceil((64 - Math.clz32(high)) / 7)
}

export function writeUint64(target: Uint8Array, offset: number, value: bigint): number {
  assert(value >= 0n && value < UINT64_LIMIT, 'an unsigned number has 64 bits')
  return writeBits(target, offset, value)
}

export function sint64Length(value: bigint): number {
  return uint64Length(zigzag64(value))
}

export function writeSint64(target: Uint8Array, offset: number, value: bigint): number {
  assert(BigInt.asIntN(64, value) === value, 'a number has 64 bits')
  return writeUint64(target, offset, zigzag64(value))
}

export function writeBool(target: Uint8Array, offset: number, value: boolean): number {
  target[offset] = value ? 1 : 0
  return offset + 1
}

export function writeFixed32(target: Uint8Array, offset: number, value: number): number {
  assert(value >>> 0 === value, 'an unsigned number has 32 bits')
  viewOf(target, offset, 4).setUint32(0, value, true)
  return offset + 4
}

export function writeSfixed32(target: Uint8Array, offset: number, value: number): number {
  assert((value | 0) === value, 'a number has 32 bits')
  viewOf(target, offset, 4).setInt32(0, value, true)
  return offset + 4
}

export function writeFixed64(target: Uint8Array, offset: number, value: bigint): number {
  assert(BigInt.asUintN(64, value) === value, 'an unsigned number has 64 bits')
  viewOf(target, offset, 8).setBigUint64(0, value, true)
  return offset + 8
}

export function writeSfixed64(target: Uint8Array, offset: number, value: bigint): number {
  assert(BigInt.asIntN(64, value) === value, 'a number has 64 bits')
  viewOf(target, offset, 8).setBigInt64(0, value, true)
  return offset + 8
}

export function writeFloat(target: Uint8Array, offset: number, value: number): number {
  viewOf(target, offset, 4).setFloat32(0, value, true)
  return offset + 4
}

export function writeDouble(target: Uint8Array, offset: number, value: number): number {
  viewOf(target, offset, 8).setFloat64(0, value, true)
  return offset + 8
}

/** Of anything that has its length in front of it. */
export function delimitedLength(length: number): number {
  return uint32Length(length) + length
}

export function bytesLength(value: Uint8Array): number {
  return delimitedLength(value.length)
}

export function writeBytes(target: Uint8Array, offset: number, value: Uint8Array): number {
  const start = writeUint32(target, offset, value.length)
  const end = start + value.length
  assert(end <= target.length, 'a message was given the room it needs')
  target.set(value, start)
  return end
}

export function stringLength(value: string): number {
  return delimitedLength(utf8Length(value))
}

export function writeString(target: Uint8Array, offset: number, value: string): number {
  const start = writeUint32(target, offset, utf8Length(value))
  return encodeUtf8(value, target, start)
}

function writeBits(target: Uint8Array, offset: number, value: bigint): number {
  SPLIT.setBigUint64(0, value, true)
  return writeHalves(target, offset, SPLIT.getUint32(0, true), SPLIT.getUint32(4, true))
}

/** Seven bits at a time, of two halves of 32 bits. */
function writeHalves(
  target: Uint8Array,
  offset: number,
  lowHalf: number,
  highHalf: number,
): number {
  let low = lowHalf >>> 0
  let high = highHalf >>> 0
  let at = offset
  while (high > 0) {
    target[at++] = low | 0x80
    low = ((low >>> 7) | (high << 25)) >>> 0
    high >>>= 7
  }
  while (low >= 0x80) {
    target[at++] = low | 0x80
    low >>>= 7
  }
  target[at] = low
  return at + 1
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0
}

function zigzag64(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
}

function viewOf(target: Uint8Array, offset: number, length: number): DataView {
  return new DataView(target.buffer, target.byteOffset + offset, length)
}
