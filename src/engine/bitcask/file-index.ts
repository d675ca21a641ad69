/**
 * Where the records of one data file lie, in the order in which they are there, which is that of
 * their revisions. A record is known by its number in the file, from 0 on.
 *
 * Ten bytes a record, in blocks of typed arrays: its main revision as the distance to that of the
 * first record of its block (32 bits), its offset in units (32), its length (16). What does not fit
 * makes only the block larger that needs it: sub revisions other than 0, main revisions that are
 * too far apart, long records. A search looks first where the record is if no revision is left out.
 */

import { assert, freeBytes } from '../../base/index.ts'
import { recordSpace, UNIT_BYTES } from './format.ts'

const BLOCK_SHIFT = 15
const BLOCK_RECORDS = 1 << BLOCK_SHIFT
const BLOCK_MASK = BLOCK_RECORDS - 1
const FIELDS = 2
const SHORT_MAX = 0xffff
const HIGH = 0x1_0000_0000
/** What the first block begins with: a store that holds little takes little. */
const RECORDS_MIN = 64

interface Block {
  /** The main revision of its first record. */
  readonly base: number
  readonly firstSub: number
  entries: Uint32Array
  lengths: Uint16Array | Uint32Array
  subs: Uint32Array | null
  /** Main revisions as they are, when a distance was too long. */
  mains: Float64Array | null
}

export class FileIndex {
  readonly #blocks: Block[] = []
  #length = 0
  #firstMain = 0
  #firstSub = 0

  /** Of its first record, if there is one. */
  get firstMain(): number {
    return this.#firstMain
  }

  get firstSub(): number {
    return this.#firstSub
  }

  get length(): number {
    return this.#length
  }

  /** Memory that is taken. */
  get memoryBytes(): number {
    let bytes = 0
    for (const { entries, lengths, subs, mains } of this.#blocks) {
      bytes +=
        entries.byteLength + lengths.byteLength + (subs?.byteLength ?? 0) + (mains?.byteLength ?? 0)
    }
    return bytes
  }

  // Four numbers, since this is called for every record that is appended.
  add(main: number, sub: number, offset: number, bytes: number): void {
    assert(offset % UNIT_BYTES === 0, 'a record begins on a unit')
    assert(this.#length === 0 || this.#follows(main, sub), 'records ascend by revision')
    const at = this.#length & BLOCK_MASK
    const block = at === 0 ? this.#newBlock(main, sub) : this.#lastBlock(at)
    const distance = main - block.base
    if (distance >= HIGH && block.mains === null) widen(block, at)
    if (block.mains !== null) block.mains[at] = main
    if (sub !== 0) block.subs ??= new Uint32Array(block.lengths.length)
    if (block.subs !== null) block.subs[at] = sub
    const { entries } = block
    entries[at * FIELDS] = distance
    entries[at * FIELDS + 1] = offset / UNIT_BYTES
    if (bytes > SHORT_MAX && block.lengths instanceof Uint16Array) {
      block.lengths = Uint32Array.from(block.lengths)
    }
    block.lengths[at] = bytes
    this.#length += 1
  }

  /** The number of the record with this revision; -1: there is none. */
  find(main: number, sub: number): number {
    const number = this.lowerBound(main, sub)
    if (number === this.#length) return -1
    return this.main(number) === main && this.sub(number) === sub ? number : -1
  }

  /** The number of the first record at or after the revision; `length` when there is none. */
  lowerBound(main: number, sub: number): number {
    if (this.#length === 0) return 0
    const at = this.#blockBefore(main, sub)
    if (at < 0) return 0
    const first = at << BLOCK_SHIFT
    const end = Math.min(first + BLOCK_RECORDS, this.#length)
    // Where it is when every revision has one record.
    const guess = first + (main - (this.#blocks[at] as Block).base)
    if (sub === 0 && guess < end && this.#compare(guess, main, sub) === 0) return guess
    return this.#search(first, end, { main, sub })
  }

  /** The number of the record if each revision has one; a number of one that exists. */
  likelyNumber(main: number): number {
    const at = this.#blockBefore(main, 0)
    if (at < 0) return 0
    const ahead = main - (this.#blocks[at] as Block).base
    return Math.min((at << BLOCK_SHIFT) + Math.min(ahead, BLOCK_MASK), this.#length - 1)
  }

  main(number: number): number {
    const block = this.#block(number)
    const at = number & BLOCK_MASK
    if (block.mains !== null) return block.mains[at] as number
    return block.base + (block.entries[at * FIELDS] as number)
  }

  sub(number: number): number {
    const { subs } = this.#block(number)
    return subs === null ? 0 : (subs[number & BLOCK_MASK] as number)
  }

  offset(number: number): number {
    const { entries } = this.#block(number)
    return (entries[(number & BLOCK_MASK) * FIELDS + 1] as number) * UNIT_BYTES
  }

  /** The length of the record itself. */
  bytes(number: number): number {
    return this.#block(number).lengths[number & BLOCK_MASK] as number
  }

  /** Where the record ends in the file. */
  end(number: number): number {
    return this.offset(number) + recordSpace(this.bytes(number))
  }

  /** Nothing is added any more. */
  trim(): void {
    const block = this.#blocks.at(-1)
    const used = this.#length & BLOCK_MASK
    if (block === undefined || used === 0) return
    block.entries = block.entries.slice(0, used * FIELDS)
    block.lengths = block.lengths.slice(0, used)
    block.subs = block.subs?.slice(0, used) ?? null
    block.mains = block.mains?.slice(0, used) ?? null
  }

  /** It is not used any more: as if it had no records. */
  free(): void {
    for (const { entries, lengths } of this.#blocks) {
      freeBytes(entries)
      freeBytes(lengths)
    }
    this.#blocks.length = 0
    this.#length = 0
  }

  #follows(main: number, sub: number): boolean {
    const last = this.#length - 1
    return this.#compare(last, main, sub) < 0
  }

  #block(number: number): Block {
    assert(number >= 0 && number < this.#length, 'only a record that exists has a place')
    return this.#blocks[number >>> BLOCK_SHIFT] as Block
  }

  #newBlock(main: number, sub: number): Block {
    const records = this.#blocks.length === 0 ? RECORDS_MIN : BLOCK_RECORDS
    const entries = new Uint32Array(records * FIELDS)
    const lengths = new Uint16Array(records)
    if (this.#blocks.length === 0) {
      this.#firstMain = main
      this.#firstSub = sub
    }
    const block: Block = { base: main, firstSub: sub, entries, lengths, subs: null, mains: null }
    this.#blocks.push(block)
    return block
  }

  #lastBlock(at: number): Block {
    const block = this.#blocks[this.#blocks.length - 1] as Block
    if (at * FIELDS === block.entries.length) {
      const records = Math.min(4 * at, BLOCK_RECORDS)
      const entries = new Uint32Array(records * FIELDS)
      entries.set(block.entries)
      block.entries = entries
      const { lengths } = block
      const isShort = lengths instanceof Uint16Array
      block.lengths = isShort ? new Uint16Array(records) : new Uint32Array(records)
      block.lengths.set(lengths)
      block.subs = grown(block.subs, new Uint32Array(records))
      block.mains = grown(block.mains, new Float64Array(records))
    }
    return block
  }

  /** The last block that does not begin after the revision; -1: all do. */
  #blockBefore(main: number, sub: number): number {
    const last = this.#blocks.length - 1
    if (last < 0) return -1
    // Where it is when they are as far from each other everywhere.
    const first = this.#firstMain
    const share = (main - first) / ((this.#blocks[last] as Block).base - first)
    const guess = Math.min(Math.floor(share * last), last)
    if (guess >= 0 && !this.#isBehind(guess, main, sub)) {
      if (guess === last || this.#isBehind(guess + 1, main, sub)) return guess
    }
    let low = 0
    let high = last + 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBehind(middle, main, sub)) high = middle
      else low = middle + 1
    }
    return low - 1
  }

  /** Whether the block begins behind the revision. */
  #isBehind(at: number, main: number, sub: number): boolean {
    const { base, firstSub } = this.#blocks[at] as Block
    return base > main || (base === main && firstSub > sub)
  }

  #search(from: number, to: number, { main, sub }: { main: number; sub: number }): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(middle, main, sub) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Below 0: the record comes before the revision. */
  #compare(number: number, main: number, sub: number): number {
    const distance = this.main(number) - main
    return distance !== 0 ? distance : this.sub(number) - sub
  }
}

function grown<T extends Uint32Array | Float64Array>(part: T | null, larger: T): T | null {
  if (part === null) return null
  larger.set(part)
  return larger
}

/** From now on the block has its main revisions as they are. */
function widen(block: Block, count: number): void {
  const mains = new Float64Array(block.lengths.length)
  for (let at = 0; at < count; at++) {
    mains[at] = block.base + (block.entries[at * FIELDS] as number)
  }
  block.mains = mains
}
