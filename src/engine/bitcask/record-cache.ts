/**
 * A bounded number of records in memory off the heap: a ring, in which the newest takes the place
 * of the oldest, and a table of hashes in which each is found by its revision.
 *
 * A record in the ring, on a multiple of 8:
 *
 *      0          4           8     12       16
 *      +----------+-----------+-----+--------+--------+---------+
 *      | main low | main high | sub | length | record | padding |
 *      +----------+-----------+-----+--------+--------+---------+
 *
 * Invariants: what lies between the tail and the head are whole records, and at the end of the ring
 * a rest that no record fitted in; the table knows a record only while it is there.
 */

import { alignUp, assert, freeBytes, KvError, READ_CACHE_BYTES_MAX } from '../../base/index.ts'

const HEADER_BYTES = 16
const UNIT_BYTES = 8
const HIGH = 0x1_0000_0000
/** In place of a length: the rest of the ring is not used. */
const REST = 0xffff_ffff
/** The table is as large as if records were of this size; smaller ones push others out earlier. */
const RECORD_BYTES_MIN = 64
const SLOTS_MIN = 16
/** What was asked for lately is remembered by 16 bits each in so many places. */
const ASKED = 2 ** 16
/** One record takes no more than this share: it would push out too many others. */
const SHARE = 8
/** Records are found at most half as full: chains stay short. */
const FULLNESS = 2
/**
 * As in MurmurHash3 of 32 bits. One multiplication is not enough: which records are read together
 * follows from their keys, and whoever spreads keys by a multiplication, too, may undo this one.
 */
const SPREAD = 0x85ebca6b
const MIX = 0xc2b2ae35

export class RecordCache {
  readonly #capacity: number
  readonly #bytes: Uint8Array
  readonly #words: Uint32Array
  /** Units of where the record begins, plus 1; 0: empty. */
  readonly #slots: Uint32Array
  readonly #shift: number
  readonly #countMax: number
  readonly #asked = new Uint16Array(ASKED)
  #head = 0
  #tail = 0
  /** Bytes between tail and head, rests included. */
  #used = 0
  #count = 0
  #hits = 0
  /** Something has made room already. */
  #isFull = false

  constructor(capacity: number) {
    assert(capacity >= 0, 'a cache has a size')
    assert(capacity <= READ_CACHE_BYTES_MAX, 'places in a cache are numbers of 32 bits')
    this.#capacity = capacity - (capacity % UNIT_BYTES)
    const memory = memoryOf(this.#capacity)
    this.#bytes = new Uint8Array(memory)
    this.#words = new Uint32Array(memory)
    let bits = Math.log2(SLOTS_MIN)
    while (2 ** bits < capacity / RECORD_BYTES_MIN) bits += 1
    this.#slots = new Uint32Array(memoryOf(2 ** bits * Uint32Array.BYTES_PER_ELEMENT))
    this.#shift = 32 - bits
    this.#countMax = 2 ** bits / FULLNESS
  }

  /** Records that can be found. */
  get count(): number {
    return this.#count
  }

  /** How often one was found that was asked for. */
  get hits(): number {
    return this.#hits
  }

  /** Valid until the next record comes. */
  get(main: number, sub: number): Uint8Array | null {
    const slot = this.#find(main, sub)
    if (slot < 0) return null
    this.#hits += 1
    const at = ((this.#slots[slot] as number) - 1) * UNIT_BYTES
    const start = at + HEADER_BYTES
    return this.#bytes.subarray(start, start + (this.#words[wordOf(at) + 3] as number))
  }

  /**
   * Whether a record that is not here should be: as long as there is room, and from then on if it
   * was asked for lately. What is read once, as by whoever walks over many keys or asks for any of
   * them, pushes out nothing, and is not copied for nobody.
   */
  wants(main: number, sub: number): boolean {
    if (!this.#isFull) return true
    const high = main < HIGH ? 0 : Math.floor(main / HIGH)
    const mixed = mixedRevision(main - high * HIGH, high, sub)
    const place = mixed & (ASKED - 1)
    const mark = mixed >>> 16
    const wasAsked = this.#asked[place] === mark
    this.#asked[place] = mark
    return wasAsked
  }

  /** Keeps a copy for a while, unless it is here already. */
  put(main: number, sub: number, record: Uint8Array): void {
    if (this.#find(main, sub) < 0) this.add(main, sub, record)
  }

  /** Keeps a copy of what is not here for a while, unless it is too large. */
  add(main: number, sub: number, record: Uint8Array): void {
    const space = alignUp(HEADER_BYTES + record.length, UNIT_BYTES)
    if (space > this.#capacity / SHARE) return
    this.#makeRoom(space)
    const at = this.#head
    const word = wordOf(at)
    const high = main < HIGH ? 0 : Math.floor(main / HIGH)
    this.#words[word] = main - high * HIGH
    this.#words[word + 1] = high
    this.#words[word + 2] = sub
    this.#words[word + 3] = record.length
    this.#bytes.set(record, at + HEADER_BYTES)
    this.#head = at + space === this.#capacity ? 0 : at + space
    this.#used += space
    this.#enter(at)
  }

  /** It is not used any more. */
  free(): void {
    freeBytes(this.#bytes)
    freeBytes(this.#slots)
    freeBytes(this.#asked)
  }

  remove(main: number, sub: number): void {
    const slot = this.#find(main, sub)
    if (slot >= 0) this.#leave(slot)
  }

  #makeRoom(space: number): void {
    const rest = this.#capacity - this.#head
    if (space > rest) {
      this.#evictUntil(rest)
      // A rest shorter than a header is known by its being that short.
      if (rest >= HEADER_BYTES) this.#words[wordOf(this.#head) + 3] = REST
      this.#used += rest
      this.#head = 0
    }
    this.#evictUntil(space)
    while (this.#count >= this.#countMax) this.#evict()
  }

  #evictUntil(space: number): void {
    while (this.#capacity - this.#used < space) this.#evict()
  }

  /** What lies at the tail goes. */
  #evict(): void {
    assert(this.#used > 0, 'only what is there makes room')
    this.#isFull = true
    const at = this.#tail
    const rest = this.#capacity - at
    const length = rest < HEADER_BYTES ? REST : (this.#words[wordOf(at) + 3] as number)
    const space = length === REST ? rest : alignUp(HEADER_BYTES + length, UNIT_BYTES)
    if (length !== REST) {
      const slot = this.#find(this.#mainAt(at), this.#words[wordOf(at) + 2] as number)
      // It may have been removed before, and even be here again in another place.
      if (slot >= 0 && this.#slots[slot] === at / UNIT_BYTES + 1) this.#leave(slot)
    }
    this.#tail = at + space === this.#capacity ? 0 : at + space
    this.#used -= space
  }

  #mainAt(at: number): number {
    const word = wordOf(at)
    return (this.#words[word] as number) + (this.#words[word + 1] as number) * HIGH
  }

  #home(at: number): number {
    const word = wordOf(at)
    const words = this.#words
    return this.#hash(words[word] as number, words[word + 1] as number, words[word + 2] as number)
  }

  #hash(low: number, high: number, sub: number): number {
    return mixedRevision(low, high, sub) >>> this.#shift
  }

  /** The slot of the record; below 0: it is not here. */
  #find(main: number, sub: number): number {
    const high = main < HIGH ? 0 : Math.floor(main / HIGH)
    const low = main - high * HIGH
    const mask = this.#slots.length - 1
    let slot = this.#hash(low, high, sub)
    for (;;) {
      const unit = this.#slots[slot] as number
      if (unit === 0) return -1
      const word = (unit - 1) * 2
      const words = this.#words
      if (words[word] === low && words[word + 2] === sub && words[word + 1] === high) return slot
      slot = (slot + 1) & mask
    }
  }

  #enter(at: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#home(at)
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = at / UNIT_BYTES + 1
    this.#count += 1
  }

  /** Empties the slot, and moves up what stands behind it only because it was taken. */
  #leave(slot: number): void {
    const mask = this.#slots.length - 1
    let hole = slot
    for (let next = (slot + 1) & mask; this.#slots[next] !== 0; next = (next + 1) & mask) {
      const unit = this.#slots[next] as number
      const home = this.#home((unit - 1) * UNIT_BYTES)
      // Whether `home` lies behind the hole, on the way to `next`: then it stays.
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      this.#slots[hole] = unit
      hole = next
    }
    this.#slots[hole] = 0
    this.#count -= 1
  }
}

/** The system gives the memory as it is written to, but it may refuse to promise so much. */
export function memoryOf(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes)
  } catch (cause) {
    const text = `the system has no ${bytes} bytes for a cache: set limits.readCache to less`
    throw new KvError('BAD_REQUEST', text, { cause })
  }
}

/** Which word of 4 bytes stands at a place, as long as places are numbers of 32 bits. */
export function wordOf(at: number): number {
  return at >>> 2
}

/** 32 bits of a revision, the low and the high half of its main part and its sub part. */
export function mixedRevision(low: number, high: number, sub: number): number {
  let mixed = low ^ Math.imul(high, SPREAD) ^ Math.imul(sub, SPREAD + 2)
  mixed = Math.imul(mixed ^ (mixed >>> 16), SPREAD)
  mixed = Math.imul(mixed ^ (mixed >>> 13), MIX)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
