import { assert } from '../../base/index.ts'
import { Bits } from './bits.ts'
import { FileIndex } from './file-index.ts'
import { FILE_HEADER_BYTES, fileSeed, recordSpace } from './format.ts'
import { emptyHint, type HintEnd } from './hint.ts'
import type { Memory } from './memory.ts'
import type { StoredFile } from './stored-file.ts'

/** A file as it was at some moment, for a manifest. Never changed. */
export interface FileCut {
  readonly records: number
  /** Where the file ends. */
  readonly length: number
  readonly hint: HintEnd
  /** Records that were dropped. */
  readonly dead: Bits
  /** What they take in the file. */
  readonly deadBytes: number
}

/** Bytes of a file that are on their way to disk, or were until a moment ago. */
export interface Chunk {
  readonly memory: Memory
  /** In the file. */
  readonly position: number
  length: number
}

/** Of a file that the cache of blocks knows nothing about. */
export const NO_BLOCKS: Int32Array = new Int32Array(0)

/**
 * A data file: what it holds, which of it is dropped, what of that is durable. The records of all
 * files ascend by revision, within a file and from one file to the next.
 */
export class DataFile {
  readonly number: number
  readonly seed: number
  readonly data: StoredFile
  readonly hint: StoredFile
  index = new FileIndex()
  /** Where the next record goes. */
  length = FILE_HEADER_BYTES
  hintEnd: HintEnd
  /** Side by side up to the end: all that are not written yet, before them some that are. */
  readonly inMemory: Chunk[] = []
  /** Which of its blocks are in memory: `BlockCache` says how. */
  blocks: Int32Array = NO_BLOCKS
  /** What the durable manifest says about it; null: it does not name this file. */
  durable: FileCut | null = null
  /** What the manifest says that is being made. */
  coming: FileCut | null = null
  /**
   * Its hint was read at the start and is right, so that headers need not be read from the data.
   */
  hasRightHint = false
  /** Something in it was found damaged: it is not merged, so that nothing gets lost in silence. */
  isDamaged = false
  #dead = new Bits()
  #deadBytes = 0
  #recordBytes = 0
  #space = 0
  #deadRecordBytes = 0
  #frozen = new Bits()
  #pins = 0
  #whenUnpinned: (() => void) | null = null

  constructor({
    number,
    salt,
    data,
    hint,
  }: {
    number: number
    salt: number
    data: StoredFile
    hint: StoredFile
  }) {
    this.number = number
    this.seed = fileSeed(salt, number)
    this.data = data
    this.hint = hint
    this.hintEnd = emptyHint(this.seed)
  }

  get dead(): Bits {
    return this.#dead
  }

  /** What all its records take in the file. */
  get space(): number {
    return this.#space
  }

  /** What its dropped records take in the file. */
  get deadBytes(): number {
    return this.#deadBytes
  }

  get liveRecords(): number {
    return this.index.length - this.#dead.count
  }

  /** Of the records themselves. */
  get liveRecordBytes(): number {
    return this.#recordBytes - this.#deadRecordBytes
  }

  // Four numbers, since this is called for every record that is appended.
  add(main: number, sub: number, offset: number, bytes: number): void {
    this.index.add(main, sub, offset, bytes)
    this.#recordBytes += bytes
    this.#space += recordSpace(bytes)
  }

  /** As if nothing had been added. */
  clear(): void {
    assert(this.#dead.count === 0, 'a file is filled before anything in it is dropped')
    this.index = new FileIndex()
    this.#recordBytes = 0
    this.#space = 0
  }

  /** False when it was dropped before. */
  drop(number: number): boolean {
    assert(number < this.index.length, 'only a record that exists is dropped')
    if (!this.#dead.add(number)) return false
    const bytes = this.index.bytes(number)
    this.#deadBytes += recordSpace(bytes)
    this.#deadRecordBytes += bytes
    return true
  }

  /** What was dropped before this life, as the manifest says. */
  dropAll(dead: Bits): void {
    for (let number = dead.next(0); number >= 0; number = dead.next(number + 1)) this.drop(number)
  }

  /** What is dropped now, as a set that stays so. */
  frozenDead(): Bits {
    // Members only come: as many members are the same members.
    if (this.#frozen.count !== this.#dead.count) this.#frozen = this.#dead.copy()
    return this.#frozen
  }

  cut(): FileCut {
    return { ...this.#end(), dead: this.frozenDead(), deadBytes: this.#deadBytes }
  }

  /** As if only these were dropped. */
  cutWith(dead: Bits): FileCut {
    let deadBytes = 0
    for (let number = dead.next(0); number >= 0; number = dead.next(number + 1)) {
      deadBytes += recordSpace(this.index.bytes(number))
    }
    return { ...this.#end(), dead, deadBytes }
  }

  #end() {
    return { records: this.index.length, length: this.length, hint: this.hintEnd }
  }

  /** Null: it is on disk alone. Valid for this turn. */
  recordInMemory(offset: number, { header, bytes }: { header: number; bytes: number }) {
    const chunks = this.inMemory
    for (let i = chunks.length - 1; i >= 0; i--) {
      const { memory, position } = chunks[i] as Chunk
      if (offset < position) continue
      const start = offset - position + header
      return memory.bytes.subarray(start, start + bytes)
    }
    return null
  }

  get isPinned(): boolean {
    return this.#pins > 0
  }

  /** Keeps the file where it is until `unpin`. */
  pin(): void {
    this.#pins += 1
  }

  unpin(): void {
    assert(this.#pins > 0, 'a pin is taken out once')
    this.#pins -= 1
    if (this.#pins > 0) return
    const told = this.#whenUnpinned
    this.#whenUnpinned = null
    told?.()
  }

  /** Resolves when nobody needs the file. */
  unpinned(): Promise<void> {
    if (this.#pins === 0) return Promise.resolve()
    assert(this.#whenUnpinned === null, 'one waits for the end of a file')
    return new Promise((resolve) => {
      this.#whenUnpinned = resolve
    })
  }

  async close(): Promise<void> {
    await this.data.close()
    await this.hint.close()
  }
}
