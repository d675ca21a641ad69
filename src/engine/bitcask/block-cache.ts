/**
 * Blocks of data files in memory, as they are on disk. A record in one of them is found by its
 * place in the file alone: no call of the system is made for it, and no other table looked into.
 *
 * A block comes in the background, while whoever has missed it reads the record by itself. As long
 * as there is room each does that is missed. From then on one takes the place of another that was
 * not used for a while, but only after so many misses that they have cost more than bringing it:
 * blocks of which all are asked for, and not all fit, do not push out each other all the time.
 *
 * A record is verified when it is asked for the first time, and marked in the copy.
 */

import { assert, freeBytes, touched } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import { type DataFile, NO_BLOCKS } from './data-file.ts'
import { recordIn } from './file-reader.ts'
import { RECORD_HEADER_BYTES, recordSpace } from './format.ts'
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

/** More of a record comes by itself, once its beginning is read. */
const TOUCHED_BYTES = 320

/** In the place of the number of a slot. */
const COMING = -(2 ** 31)

/** Room for a block. */
interface Slot {
  readonly number: number
  readonly memory: Memory
  readonly at: number
  /** Whose block is in it; null: nothing is, yet. */
  file: DataFile | null
  block: number
  /** It was asked for since the hand has passed it. */
  isUsed: boolean
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
  /** Less than the limit if the system has no more memory. */
  #slotsMax: number
  readonly #slots: Slot[] = []
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
    this.#slotsMax = Math.floor(limits.blockCacheBytes / limits.blockBytes)
  }

  /** How often a record was found. */
  get hits(): number {
    return this.#hits
  }

  /** Valid until the next call of the engine; null: it is not here. */
  get(file: DataFile, number: number): Uint8Array | null {
    const { blocks } = file
    const offset = file.index.offset(number)
    const block = offset >>> this.#shift
    const place = block < blocks.length ? (blocks[block] as number) : 0
    if (place <= 0) return null
    const slot = this.#slots[place - 1] as Slot
    const from = offset & (this.#limits.blockBytes - 1)
    if (from + RECORD_HEADER_BYTES > this.#limits.blockBytes) return null
    const { memory } = slot
    const at = slot.at + from
    if (!isMarked(memory, at, { offset, seed: file.seed })) {
      if (!this.#verify(slot, { file, number, at })) return null
    }
    slot.isUsed = true
    this.#hits += 1
    const start = at + RECORD_HEADER_BYTES
    return memory.bytes.subarray(start, start + markedLength(memory, at))
  }

  /** Looks at what begins at such a place, for the caches of the processor. */
  touch(file: DataFile, offset: number): number {
    const { blocks } = file
    const block = offset >>> this.#shift
    const place = block < blocks.length ? (blocks[block] as number) : 0
    if (place <= 0) return 0
    const { memory, at } = this.#slots[place - 1] as Slot
    const { blockBytes } = this.#limits
    const start = at + (offset & (blockBytes - 1))
    return touched(memory.words, start, Math.min(start + TOUCHED_BYTES, at + blockBytes))
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
    for (const { memory } of this.#slots) freeBytes(memory.bytes)
  }

  get #isFull(): boolean {
    return this.#free.length === 0 && this.#slots.length >= this.#slotsMax
  }

  /** False: it is not that record, or not all of it. Who reads it by itself finds out. */
  #verify(slot: Slot, { file, number, at }: { file: DataFile; number: number; at: number }) {
    const { memory } = slot
    const { index, seed } = file
    const offset = index.offset(number)
    if (at + recordSpace(index.bytes(number)) > slot.at + this.#limits.blockBytes) return false
    const isRight = recordIn(file, number, { memory, start: offset - at }) !== null
    if (isRight) mark(memory, at, { offset, seed })
    else this.#empty(slot)
    return isRight
  }

  async #bring(
    slot: Slot,
    { file, block }: { readonly file: DataFile; readonly block: number },
  ): Promise<void> {
    const { blockBytes } = this.#limits
    const target = slot.memory.bytes.subarray(slot.at, slot.at + blockBytes)
    file.pin()
    let count = 0
    try {
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
    slot.isUsed = true
    file.blocks[block] = slot.number
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
      if (!slot.isUsed) {
        this.#empty(slot)
        return this.#free.pop() ?? null
      }
      slot.isUsed = false
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
    for (let at = 0; at + blockBytes <= memory.bytes.length; at += blockBytes) {
      const number = this.#slots.length + 1
      const slot = { number, memory, at, file: null, block: 0, isUsed: false }
      this.#slots.push(slot)
      this.#free.push(slot)
    }
  }

  #empty(slot: Slot): void {
    const { file, block, number } = slot
    assert(file?.blocks[block] === number, 'a slot and the list of its file agree')
    file.blocks[block] = 0
    slot.file = null
    this.#free.push(slot)
  }
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
