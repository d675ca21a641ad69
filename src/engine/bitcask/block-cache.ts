/**
 * Blocks of data files in memory, as they are on disk. A record in one of them is found by its
 * place in the file alone: no call of the system is made for it, and no other table looked into.
 *
 * A block comes in the background, while whoever has missed it reads the record by itself. As long
 * as there is room each does that is missed. From then on one takes the place of another that was
 * not used for a while, but only after so many misses that they have cost more than bringing it:
 * blocks of which all are asked for, and not all fit, do not push out each other all the time.
 *
 * A record is verified when it is asked for the first time, with those that follow it, and marked
 * in the copy. One that is not right stays without a mark: who reads it by itself finds out.
 */

import { assert, freeBytes } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import { type DataFile, NO_BLOCKS } from './data-file.ts'
import { isRecordIn } from './file-reader.ts'
import { RECORD_HEADER_BYTES } from './format.ts'
import type { BitcaskLimits } from './limits.ts'
import { allocate, type Memory } from './memory.ts'
import { isMarked, mark, markedLength } from './record.ts'

export type BlockLimits = Pick<
  BitcaskLimits,
  'blockBytes' | 'blockCacheBytes' | 'blockMissesMin' | 'blockReadsMax'
>

export interface BlockCacheParts {
  readonly limits: BlockLimits
  /** A bug: nobody waits for a block, and would hear of it. */
  readonly onFatal: (error: unknown) => void
}

/**
 * Memory is asked for in pieces of this size, and comes as it is written to. The system has large
 * pages for all of them but an end: with pieces of 8 MiB a quarter was in small ones.
 */
const ARENA_BYTES = 64 * 1024 * 1024

/**
 * Where a record begins that is verified with another, at most so far behind it. The processor
 * fetches what follows while it looks at the first. A whole block would keep everybody waiting.
 */
const VERIFIED_BYTES = 4096

/** In the place of the number of a slot. */
const COMING = -(2 ** 31)

/** Room for a block: where it is follows from its number, see `#arenas`. */
interface Slot {
  readonly number: number
  /** Whose block is in it; null: nothing is, yet. */
  file: DataFile | null
  block: number
}

/**
 * Each file has a list of its blocks (`DataFile.blocks`), with the number of the slot, from 1 on,
 * that a block is in; or how often it was missed, as a number below 1; or that it is coming.
 */
export class BlockCache {
  readonly #limits: BlockLimits
  readonly #onFatal: (error: unknown) => void
  /** A block has 2 to the power of this many bytes. */
  readonly #shift: number
  readonly #mask: number
  /** An arena has room for 2 to the power of this many blocks; only the last may have less. */
  readonly #arenaShift: number
  readonly #arenas: Memory[] = []
  /** Less than the limit if the system has no more memory. */
  #slotsMax: number
  readonly #slots: Slot[] = []
  /** Slots that were asked for since the hand has passed them. */
  #used = new Uint8Array(0)
  /** Those in which nothing is, nor comes. */
  readonly #free: Slot[] = []
  /** The next one to be looked at by who needs a slot: each is spared once after it was used. */
  #hand = 0
  readonly #reads = new Set<Promise<void>>()
  #hits = 0
  #isClosed = false

  constructor({ limits, onFatal }: BlockCacheParts) {
    this.#limits = limits
    this.#onFatal = onFatal
    this.#shift = Math.log2(limits.blockBytes)
    assert(Number.isInteger(this.#shift), 'a block has a power of two of bytes')
    this.#mask = limits.blockBytes - 1
    this.#arenaShift = Math.max(0, Math.log2(ARENA_BYTES) - this.#shift)
    this.#slotsMax = Math.floor(limits.blockCacheBytes / limits.blockBytes)
  }

  /** How often a record was found. */
  get hits(): number {
    return this.#hits
  }

  /** Valid until the next call of the engine; null: it is not here. */
  get(file: DataFile, number: number): Uint8Array | null {
    const offset = file.index.offset(number)
    const place = placeOf(file, offset >>> this.#shift)
    if (place <= 0) return null
    const from = offset & this.#mask
    if (from + RECORD_HEADER_BYTES > this.#limits.blockBytes) return null
    const memory = this.#memory(place - 1)
    const at = this.#start(place - 1) + from
    if (!isMarked(memory, at, { offset, seed: file.seed })) {
      this.#verify(file, number, { memory, start: offset - at })
      if (!isMarked(memory, at, { offset, seed: file.seed })) return null
    }
    this.#used[place - 1] = 1
    this.#hits += 1
    const start = at + RECORD_HEADER_BYTES
    return memory.bytes.subarray(start, start + markedLength(memory, at))
  }

  // For who is about to ask for many records: see `RecordForesight`.

  /** The memory in which the place in the file is; null: it is not in memory. */
  wordsOf(file: DataFile, offset: number): Int32Array | null {
    const place = placeOf(file, offset >>> this.#shift)
    return place > 0 ? this.#memory(place - 1).words : null
  }

  /** The word that begins there. */
  wordOf(file: DataFile, offset: number): number {
    const slot = placeOf(file, offset >>> this.#shift) - 1
    return (this.#start(slot) + (offset & this.#mask)) >>> 2
  }

  /** The record is to be read because it is not here: its block may come. */
  miss(file: DataFile, number: number): void {
    if (this.#slotsMax === 0) return
    const block = file.index.offset(number) >>> this.#shift
    // Of a file that is still being written, blocks are here once they are whole.
    if ((block + 1) * this.#limits.blockBytes > file.data.written) return
    if (block >= file.blocks.length) file.blocks = grown(file.blocks, block)
    const place = file.blocks[block] as number
    // A record that goes on in the next block is in none.
    if (place > 0 || place === COMING) return
    const misses = 1 - place
    file.blocks[block] = -misses
    if (this.#isFull && misses < this.#limits.blockMissesMin) return
    if (this.#isClosed || this.#reads.size >= this.#limits.blockReadsMax) return
    const slot = this.#takeSlot()
    if (slot === null) return
    file.blocks[block] = COMING
    const read = this.#bring(slot, { file, block }).catch(this.#onFatal)
    this.#reads.add(read)
    void read.then(() => this.#reads.delete(read))
  }

  /** Nobody looks for anything in the file any more. */
  forget(file: DataFile): void {
    for (const place of file.blocks) {
      if (place > 0) this.#empty(this.#slots[place - 1] as Slot)
    }
    file.blocks = NO_BLOCKS
  }

  /** When nothing is being read, the memory goes. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#reads)
    for (const { bytes } of this.#arenas) freeBytes(bytes)
  }

  #memory(slot: number): Memory {
    return this.#arenas[slot >>> this.#arenaShift] as Memory
  }

  /** Of a slot, in its memory. */
  #start(slot: number): number {
    return (slot & ((1 << this.#arenaShift) - 1)) << this.#shift
  }

  get #isFull(): boolean {
    return this.#free.length === 0 && this.#slots.length >= this.#slotsMax
  }

  async #bring(
    slot: Slot,
    { file, block }: { readonly file: DataFile; readonly block: number },
  ): Promise<void> {
    const { blockBytes } = this.#limits
    const { bytes } = this.#memory(slot.number - 1)
    const at = this.#start(slot.number - 1)
    file.pin()
    let count = 0
    try {
      const target = bytes.subarray(at, at + blockBytes)
      count = await file.data.read(target, blockBytes, block * blockBytes)
    } catch (error) {
      // Whoever needs a record of it reads it by itself, and hears of it.
      if (!(error instanceof DiskError) && !this.#isClosed) throw error
    } finally {
      file.unpin()
    }
    const isWanted = file.blocks[block] === COMING
    if (!isWanted || count < blockBytes) {
      if (isWanted) file.blocks[block] = 0
      this.#free.push(slot)
      return
    }
    slot.file = file
    slot.block = block
    this.#used[slot.number - 1] = 1
    file.blocks[block] = slot.number
  }

  /** From a record on, up to one that was verified; `start` is where in the file memory begins. */
  #verify(file: DataFile, number: number, place: { memory: Memory; start: number }): void {
    const { index, seed } = file
    const { memory, start } = place
    const first = index.offset(number)
    const blockEnd = first - (first & this.#mask) + this.#limits.blockBytes
    for (let at = number; at < index.length; at++) {
      const offset = index.offset(at)
      if (index.end(at) > blockEnd || offset >= first + VERIFIED_BYTES) return
      const record = { offset, seed }
      if (isMarked(memory, offset - start, record)) return
      if (isRecordIn(file, at, place)) mark(memory, offset - start, record)
    }
  }

  /** Null: each of the few that there are is waiting for its block. */
  #takeSlot(): Slot | null {
    if (this.#free.length === 0 && this.#slots.length < this.#slotsMax) this.#addSlots()
    const free = this.#free.pop()
    if (free !== undefined) return free
    for (let looks = 2 * this.#slots.length; looks > 0; looks--) {
      const slot = this.#slots[this.#hand] as Slot
      this.#hand = (this.#hand + 1) % this.#slots.length
      if (slot.file === null) continue
      if (this.#used[slot.number - 1] === 0) {
        this.#empty(slot)
        return this.#free.pop() ?? null
      }
      this.#used[slot.number - 1] = 0
    }
    return null
  }

  #addSlots(): void {
    const { blockBytes } = this.#limits
    const left = (this.#slotsMax - this.#slots.length) * blockBytes
    const memory = allocateIfThere(Math.max(blockBytes, Math.min(ARENA_BYTES, left)))
    if (memory === null) {
      this.#slotsMax = this.#slots.length
      return
    }
    this.#arenas.push(memory)
    for (let at = 0; at + blockBytes <= memory.bytes.length; at += blockBytes) {
      const slot = { number: this.#slots.length + 1, file: null, block: 0 }
      this.#slots.push(slot)
      this.#free.push(slot)
    }
    const used = new Uint8Array(this.#slots.length)
    used.set(this.#used)
    this.#used = used
  }

  #empty(slot: Slot): void {
    const { file, block, number } = slot
    assert(file?.blocks[block] === number, 'a slot and the list of its file agree')
    file.blocks[block] = 0
    slot.file = null
    this.#free.push(slot)
  }
}

/** Above 0: the number of the slot that the block is in. */
function placeOf({ blocks }: DataFile, block: number): number {
  return block < blocks.length ? (blocks[block] as number) : 0
}

function grown(blocks: Int32Array, block: number): Int32Array {
  const larger = new Int32Array(Math.max(block + 1, 2 * blocks.length))
  larger.set(blocks)
  return larger
}

/** Null: the system has none. A cache can do with less. */
function allocateIfThere(bytes: number): Memory | null {
  try {
    return allocate(bytes)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
