/** Where the answers of commands and reads are put together, as protobuf messages. */

import { assert } from '../base/index.ts'
import {
  delimitedLength,
  int64Length,
  numberLength,
  uint32Length,
  writeInt64,
  writeNumber,
  writeUint32,
} from '../wire/index.ts'
import { type RecordFields, recordLength, writeRecord } from './record-format.ts'

/** A length is written behind what it counts, so room for the longest is left first. */
const LENGTH_ROOM = 5

const CAPACITY_MIN = 1024
/** What a long answer leaves behind for the next one. */
const CAPACITY_KEPT_MAX = 1_048_576

/** Grows as needed. Every field is left out when it is zero, as in proto3. Tags are of one byte. */
export class AnswerWriter {
  #bytes = new Uint8Array(CAPACITY_MIN)
  #length = 0
  /** Messages that were begun and not ended. */
  #open = 0

  get length(): number {
    return this.#length
  }

  restart(): void {
    this.#length = 0
    this.#open = 0
    if (this.#bytes.length > CAPACITY_KEPT_MAX) this.#bytes = new Uint8Array(CAPACITY_MIN)
  }

  /** What was written, valid until the next call. */
  view(): Uint8Array {
    assert(this.#open === 0, 'an answer has ended')
    return this.#bytes.subarray(0, this.#length)
  }

  /** What was written, in memory of its own. */
  copy(): Uint8Array {
    assert(this.#open === 0, 'an answer has ended')
    return this.#bytes.slice(0, this.#length)
  }

  number(tag: number, value: number): void {
    if (value === 0) return
    const at = this.#reserve(1 + numberLength(value))
    this.#bytes[at] = tag
    writeNumber(this.#bytes, at + 1, value)
  }

  bool(tag: number, value: boolean): void {
    if (value) this.number(tag, 1)
  }

  /** Of 64 bits, with a sign or without. */
  bigint(tag: number, value: bigint): void {
    if (value === 0n) return
    const at = this.#reserve(1 + int64Length(value))
    this.#bytes[at] = tag
    writeInt64(this.#bytes, at + 1, BigInt.asIntN(64, value))
  }

  /** Written even when it is empty, as a message and an element of a list are. */
  bytes(tag: number, value: Uint8Array): void {
    const at = this.#reserve(1 + delimitedLength(value.length))
    this.#bytes[at] = tag
    this.#bytes.set(value, writeUint32(this.#bytes, at + 1, value.length))
  }

  record(tag: number, fields: RecordFields): void {
    const length = recordLength(fields)
    const at = this.#reserve(1 + delimitedLength(length))
    this.#bytes[at] = tag
    const start = writeUint32(this.#bytes, at + 1, length)
    const end = writeRecord(fields, this.#bytes, start)
    assert(end === start + length, 'a record is as long as it said')
  }

  /** Begins a message; `end` wants what this returns. */
  begin(tag: number): number {
    const at = this.#reserve(1 + LENGTH_ROOM)
    this.#bytes[at] = tag
    this.#open += 1
    return at + 1
  }

  end(begun: number): void {
    assert(this.#open > 0, 'what ends has begun')
    this.#open -= 1
    const start = begun + LENGTH_ROOM
    const length = this.#length - start
    const moved = begun + uint32Length(length)
    this.#bytes.copyWithin(moved, start, this.#length)
    writeUint32(this.#bytes, begun, length)
    this.#length = moved + length
  }

  /** Makes the room and returns where it begins. */
  #reserve(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    this.#length = needed
    return at
  }
}
