import { alignUp, assert } from '../../base/index.ts'

/**
 * Records in memory off the JavaScript heap. A record is written once, behind the last one of the
 * current chunk; a chunk in which most is freed is emptied by moving the rest, so that garbage
 * stays below what is in use. (A free list per size would keep its memory for ever when the sizes
 * of records change.)
 *
 * A block:
 *
 *      0          4          8        12         16
 *      +----------+----------+--------+----------+---------+---------+
 *      | main low | main high|  sub   |  length  | record  | padding |
 *      +----------+----------+--------+----------+---------+---------+
 *
 * A place is a number of 32 bits: the chunk's id times the units of 8 bytes in a chunk, plus the
 * unit at which the block begins. So 32 GiB can be addressed. 0 is no place: ids begin at 1.
 */

const UNIT_BYTES = 8
const HEADER_BYTES = 16
const HIGH = 0x1_0000_0000
/** Larger records get a chunk of their own: the end of a chunk that is left empty stays small. */
const SHARE = 8

export const NO_PLACE = 0

interface Chunk {
  readonly id: number
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  /** Bytes of blocks that were written. */
  end: number
  /** Bytes of those blocks that were not freed. */
  used: number
  /** It waits to be emptied, or is being emptied. */
  emptying: boolean
}

/** Tells whether a block is still in use, and where it stands from now on. */
export interface BlockOwner {
  placeOf(main: number, sub: number): number
  moved(main: number, sub: number, place: number): void
}

export class Arena {
  readonly #chunkBytes: number
  readonly #unitsPerChunk: number
  readonly #chunks: (Chunk | null)[] = [null]
  readonly #freeIds: number[] = []
  #current: Chunk | null = null
  #bytes = 0
  #emptying: Chunk[] = []
  #emptiedTo = 0

  constructor(chunkBytes: number) {
    assert((chunkBytes & (chunkBytes - 1)) === 0 && chunkBytes >= 1024, 'a chunk is a power of two')
    this.#chunkBytes = chunkBytes
    this.#unitsPerChunk = chunkBytes / UNIT_BYTES
  }

  /** Memory that is taken. */
  get bytes(): number {
    return this.#bytes
  }

  get hasGarbage(): boolean {
    return this.#emptying.length > 0
  }

  /** Keeps a copy. */
  add(main: number, sub: number, record: Uint8Array): number {
    const needed = alignUp(HEADER_BYTES + record.length, UNIT_BYTES)
    const chunk = this.#chunkFor(needed)
    const at = chunk.end
    const word = at >>> 2
    const high = main < HIGH ? 0 : Math.floor(main / HIGH)
    chunk.words[word] = main - high * HIGH
    chunk.words[word + 1] = high
    chunk.words[word + 2] = sub
    chunk.words[word + 3] = record.length
    chunk.bytes.set(record, at + HEADER_BYTES)
    chunk.end = at + needed
    chunk.used += needed
    return chunk.id * this.#unitsPerChunk + at / UNIT_BYTES
  }

  /** The record itself, without a copy. Its bytes never change. */
  record(place: number): Uint8Array {
    const chunk = this.#chunkOf(place)
    const at = this.#offsetOf(place)
    const start = at + HEADER_BYTES
    return chunk.bytes.subarray(start, start + (chunk.words[(at >>> 2) + 3] as number))
  }

  recordBytes(place: number): number {
    const chunk = this.#chunkOf(place)
    return chunk.words[(this.#offsetOf(place) >>> 2) + 3] as number
  }

  free(place: number): void {
    const chunk = this.#chunkOf(place)
    chunk.used -= alignUp(HEADER_BYTES + this.recordBytes(place), UNIT_BYTES)
    assert(chunk.used >= 0, 'a block is freed once')
    if (chunk === this.#current || chunk.emptying) return
    if (chunk.used === 0) this.#release(chunk)
    else if (chunk.used * 2 < chunk.bytes.length) this.#empty(chunk)
  }

  /**
   * Goes on moving what is left of chunks that are mostly freed, at most about `blocksMax` blocks;
   * true when there is no such chunk any more.
   */
  tidy(owner: BlockOwner, blocksMax: number): boolean {
    for (let left = blocksMax; left > 0 && this.#emptying.length > 0; left--) {
      const chunk = this.#emptying[0] as Chunk
      if (chunk.used === 0 || this.#emptiedTo >= chunk.end) this.#emptied(chunk)
      else this.#moveNext(chunk, owner)
    }
    return this.#emptying.length === 0
  }

  #moveNext(chunk: Chunk, owner: BlockOwner): void {
    const at = this.#emptiedTo
    const word = at >>> 2
    const main = (chunk.words[word] as number) + (chunk.words[word + 1] as number) * HIGH
    const sub = chunk.words[word + 2] as number
    const length = chunk.words[word + 3] as number
    const needed = alignUp(HEADER_BYTES + length, UNIT_BYTES)
    this.#emptiedTo = at + needed
    const place = chunk.id * this.#unitsPerChunk + at / UNIT_BYTES
    if (owner.placeOf(main, sub) !== place) return
    const start = at + HEADER_BYTES
    owner.moved(main, sub, this.add(main, sub, chunk.bytes.subarray(start, start + length)))
    chunk.used -= needed
  }

  #emptied(chunk: Chunk): void {
    assert(chunk.used === 0, 'what is in use was moved')
    this.#emptying.shift()
    this.#emptiedTo = 0
    this.#release(chunk)
  }

  #empty(chunk: Chunk): void {
    chunk.emptying = true
    this.#emptying.push(chunk)
  }

  #chunkFor(needed: number): Chunk {
    if (needed > this.#chunkBytes / SHARE) return this.#newChunk(alignUp(needed, UNIT_BYTES))
    const current = this.#current
    if (current !== null && current.bytes.length - current.end >= needed) return current
    this.#current = this.#newChunk(this.#chunkBytes)
    // While it was the current one, nobody looked at how much of it was freed.
    if (current !== null && current.used === 0) this.#release(current)
    else if (current !== null && current.used * 2 < current.bytes.length) this.#empty(current)
    return this.#current
  }

  #newChunk(bytes: number): Chunk {
    const id = this.#freeIds.pop() ?? this.#chunks.length
    assert((id + 1) * this.#unitsPerChunk <= HIGH, 'an arena holds at most 32 GiB')
    const memory = new ArrayBuffer(bytes)
    this.#bytes += bytes
    const chunk: Chunk = {
      id,
      bytes: new Uint8Array(memory),
      words: new Uint32Array(memory),
      end: 0,
      used: 0,
      emptying: false,
    }
    this.#chunks[id] = chunk
    return chunk
  }

  /** The memory is not used again but left to the collector: somebody may still look at it. */
  #release(chunk: Chunk): void {
    this.#chunks[chunk.id] = null
    this.#freeIds.push(chunk.id)
    this.#bytes -= chunk.bytes.length
  }

  #chunkOf(place: number): Chunk {
    const chunk = this.#chunks[Math.floor(place / this.#unitsPerChunk)] ?? null
    assert(chunk !== null, 'a place is in a chunk that exists')
    return chunk
  }

  #offsetOf(place: number): number {
    return (place % this.#unitsPerChunk) * UNIT_BYTES
  }
}
