/**
 * A hint file tells what is in a data file without the values, so that a start need not read them.
 * It is a cache and no more: it counts only when it is, to the last bit, what the manifest says,
 * and else the data file is read instead.
 *
 * It is made of blocks that are written one behind the other while the data file is:
 *
 *      0      4        8       12       12 + length
 *      +------+--------+-------+---------+
 *      | crc  | length | count | entries |
 *      +------+--------+-------+---------+
 *
 * The checksum of a block seeds that of the next one, and the last one stands in the manifest. That
 * is what tells a block of now from one that a crash brought back: both would be valid by
 * themselves.
 *
 * An entry, in varints: the distance of the main revision to that of the entry before (0 for the
 * first), the sub revision, the units between the end of the record before and this one, the length
 * of the record, the length of its header; then the header: the record without its value.
 */

import { assert, crc32c, crc32cNumber } from '../../base/index.ts'
import { recordSpace, UNIT_BYTES } from './format.ts'
import type { Memory } from './memory.ts'
import type { MemoryPool } from './memory-pool.ts'
import { ValueField } from './value-field.ts'

export const HINT_BLOCK_BYTES = 64 * 1024
export const HINT_HEADER_BYTES = 12
/** Five varints: one of up to 53 bits, four of up to 32. */
const NUMBERS_BYTES_MAX = 8 + 4 * 5
/** Of the eighth group of seven bits, the last that a number of 53 bits can have. */
const NUMBER_SCALE_MAX = 2 ** 49
/** Apart from the seeds of the data file: a record is no block. */
const HINT_SEED = 0x544e4948

/** Where a hint file ends, and what its last block was. */
export interface HintEnd {
  readonly length: number
  readonly crc: number
}

export function emptyHint(seed: number): HintEnd {
  return { length: 0, crc: crc32cNumber(HINT_SEED, seed) }
}

/** One record, as a hint or a data file tells of it. Filled anew for every record. */
export interface Entry {
  main: number
  sub: number
  offset: number
  /** The length of the record. */
  bytes: number
  /** The record, or the record without its value. */
  header: Uint8Array
}

export interface HintWriterOptions {
  readonly pool: MemoryPool
  readonly end: HintEnd
  readonly write: (memory: Memory, length: number, position: number) => void
}

export class HintWriter {
  readonly #pool: MemoryPool
  readonly #write: HintWriterOptions['write']
  readonly #value = new ValueField()
  #memory: Memory | null = null
  /** In the block that is being filled. */
  #at = HINT_HEADER_BYTES
  #count = 0
  #previousMain = 0
  #previousEnd = 0
  /** Of the blocks that were written. */
  #length: number
  #crc: number

  constructor({ pool, end, write }: HintWriterOptions) {
    this.#pool = pool
    this.#write = write
    this.#length = end.length
    this.#crc = end.crc
  }

  add(main: number, sub: number, { offset, record }: { offset: number; record: Uint8Array }): void {
    const value = this.#value
    value.find(record)
    const headerBytes = record.length - (value.end - value.start)
    const { bytes } = this.#room(NUMBERS_BYTES_MAX + headerBytes)
    this.#number(bytes, main - this.#previousMain)
    this.#number(bytes, sub)
    this.#number(bytes, (offset - this.#previousEnd) / UNIT_BYTES)
    this.#number(bytes, record.length)
    this.#number(bytes, headerBytes)
    this.#part(bytes, record, 0, value.start)
    this.#part(bytes, record, value.end, record.length)
    this.#previousMain = main
    this.#previousEnd = offset + recordSpace(record.length)
    this.#count += 1
  }

  /** Everything so far is in blocks that are on their way; returns where the file then ends. */
  flush(): HintEnd {
    const memory = this.#memory
    if (memory !== null) {
      const { bytes, view } = memory
      view.setUint32(4, this.#at - HINT_HEADER_BYTES, true)
      view.setUint32(8, this.#count, true)
      this.#crc = crc32c(bytes, 4, this.#at, this.#crc)
      view.setUint32(0, this.#crc, true)
      this.#write(memory, this.#at, this.#length)
      this.#length += this.#at
      this.#startBlock(null)
    }
    return { length: this.#length, crc: this.#crc }
  }

  #room(needed: number): Memory {
    if (this.#memory !== null && this.#at + needed <= this.#memory.bytes.length) return this.#memory
    this.flush()
    const memory = this.#pool.take(HINT_HEADER_BYTES + needed)
    this.#startBlock(memory)
    return memory
  }

  #startBlock(memory: Memory | null): void {
    this.#memory = memory
    this.#at = HINT_HEADER_BYTES
    this.#count = 0
    this.#previousMain = 0
    this.#previousEnd = 0
  }

  #number(bytes: Uint8Array, value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a hint holds whole numbers')
    let rest = value
    while (rest >= 0x80) {
      bytes[this.#at] = (rest & 0x7f) | 0x80
      this.#at += 1
      rest = Math.floor(rest / 0x80)
    }
    bytes[this.#at] = rest
    this.#at += 1
  }

  #part(bytes: Uint8Array, record: Uint8Array, start: number, end: number): void {
    // Byte by byte: a header has some forty, for which a view would cost more than the copy.
    for (let from = start; from < end; from++, this.#at++) bytes[this.#at] = record[from] as number
  }
}

/**
 * The entries of one block, one after the other. The checksum of the block is right; still nothing
 * in it can make the reading go astray.
 */
export class HintBlock {
  readonly entry: Entry = { main: 0, sub: 0, offset: 0, bytes: 0, header: new Uint8Array(0) }
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  #left = 0
  #previousEnd = 0
  #failed = false

  /** What was read so far cannot be what was written. */
  get failed(): boolean {
    return this.#failed
  }

  /** The block's entries are those of `bytes` from `start` to `end`. */
  begin(bytes: Uint8Array, { start, end, count }: { start: number; end: number; count: number }) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#left = count
    this.#previousEnd = 0
    this.#failed = false
    this.entry.main = 0
  }

  /** False when there is no more, or it failed. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#at !== this.#end) this.#failed = true
      return false
    }
    this.#left -= 1
    const { entry } = this
    entry.main += this.#number()
    entry.sub = this.#number()
    entry.offset = this.#previousEnd + this.#number() * UNIT_BYTES
    entry.bytes = this.#number()
    const headerBytes = this.#number()
    if (headerBytes > this.#end - this.#at) this.#failed = true
    if (this.#failed) return false
    entry.header = this.#bytes.subarray(this.#at, this.#at + headerBytes)
    this.#at += headerBytes
    this.#previousEnd = entry.offset + recordSpace(entry.bytes)
    return true
  }

  #number(): number {
    let value = 0
    let scale = 1
    while (this.#at < this.#end && scale <= NUMBER_SCALE_MAX) {
      const byte = this.#bytes[this.#at] as number
      this.#at += 1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    this.#failed = true
    return 0
  }
}
