/**
 * Loads of many records. What the system has in memory is read while everybody waits, for a bounded
 * time in each turn of the event loop, load by load as they came. What it has not is read beside
 * the loop, a few pieces at a time and by turns, so that no load is held up by one that waits for a
 * disk.
 *
 * After each piece that was read beside the loop a load tries the quick way again: that may be
 * closed for a moment only, and the other one takes ten times the processor time.
 */

import { alignUp, assert } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import { type FileReader, pieceOf, type Run, recordIn, runEnd } from './file-reader.ts'
import { UNIT_BYTES } from './format.ts'
import type { BitcaskLimits } from './limits.ts'
import { allocate, type Memory } from './memory.ts'
import type { QuickReader } from './quick-reader.ts'

/**
 * If it is time for others after fewer reads than this, a device may have been asked: from memory
 * one takes a few microseconds, from a good disk a hundred.
 */
const READS_MIN = 40

/** Records that were at hand lie together in pieces of memory of this size. */
const SHARED_BYTES = 64 * 1024

export type LoadLimits = Pick<
  BitcaskLimits,
  | 'quickLoadMs'
  | 'quickReadBytesMax'
  | 'quickReadGapBytesMax'
  | 'readBytesMax'
  | 'readGapBytesMax'
  | 'readsMax'
>

export interface LoadQueueParts {
  readonly limits: LoadLimits
  readonly clock: Clock
  readonly quick: QuickReader
  readonly reader: FileReader
  /** A bug: nobody who waits would hear of it. */
  readonly onFatal: (error: unknown) => void
}

/** Records of one file that somebody waits for. */
interface Load {
  readonly file: DataFile
  /** They ascend. */
  readonly numbers: readonly number[]
  readonly records: Uint8Array[]
  readonly resolve: (records: Uint8Array[]) => void
  readonly reject: (error: unknown) => void
  /** The position of the first record of which nothing was begun. */
  next: number
  /** What is being read beside the loop. */
  reads: number
}

/** Invariant: a load is in one of the queues as long as something of it was not begun. */
export class LoadQueue {
  readonly #parts: LoadQueueParts
  /** Those that may go on at once. */
  readonly #ready: Load[] = []
  /** Those whose next record is not at hand. */
  readonly #late: Load[] = []
  /** What is being read beside the loop, for all of them. */
  #reads = 0
  #isResting = false
  /** As the quick reader counted when others had a turn the last time. */
  #spentMs = 0
  #quickReads = 0
  #shared = allocate(0)
  /** What of it is taken. */
  #sharedUsed = 0

  constructor(parts: LoadQueueParts) {
    this.#parts = parts
  }

  /**
   * The records of these numbers, which ascend: views of memory of their own. What the system has
   * in memory may be there before this returns.
   */
  load(file: DataFile, numbers: readonly number[]): Promise<Uint8Array[]> {
    assert(numbers.length > 0, 'a load has something to load')
    file.pin()
    return new Promise((resolve, reject) => {
      const records = new Array<Uint8Array>(numbers.length)
      this.#ready.push({ file, numbers, records, resolve, reject, next: 0, reads: 0 })
      this.#go()
    })
  }

  #go(): void {
    this.#readAtOnce()
    while (this.#late.length > 0 && this.#reads < this.#parts.limits.readsMax) {
      const load = this.#late.shift() as Load
      this.#readBeside(load).catch(this.#parts.onFatal)
      this.#readAtOnce()
    }
  }

  #readAtOnce(): void {
    while (this.#ready.length > 0 && !this.#isResting) {
      const load = this.#ready[0] as Load
      if (this.#hasTakenLong) {
        this.#rest(load)
      } else if (!this.#takesNext(load)) {
        this.#ready.shift()
        this.#late.push(load)
      } else if (load.next === load.numbers.length) {
        this.#ready.shift()
        endIfOver(load)
      }
    }
  }

  get #hasTakenLong(): boolean {
    const { quick, limits } = this.#parts
    return quick.spentMs - this.#spentMs >= limits.quickLoadMs
  }

  /** Others have a turn. */
  #rest({ file }: Load): void {
    const { clock, quick } = this.#parts
    if (quick.reads - this.#quickReads < READS_MIN) quick.doubt(file)
    this.#isResting = true
    clock.soon(() => {
      this.#isResting = false
      this.#spentMs = quick.spentMs
      this.#quickReads = quick.reads
      this.#go()
    })
  }

  /** False: what comes next is not at hand, or not what it should be. */
  #takesNext(load: Load): boolean {
    const { file, numbers, records, next: from } = load
    const { quickReadGapBytesMax: gapMax, quickReadBytesMax: bytesMax } = this.#parts.limits
    const to = runEnd(file, numbers, { from, gapMax, bytesMax })
    const run = { from, to, records }
    const piece = pieceOf(file, numbers, run)
    const memory = this.#roomFor(piece.length)
    const at = this.#sharedUsed
    if (memory === null || !this.#parts.quick.fill(file, piece, { memory, at })) return false
    if (!takeRecords(file, numbers, run, { memory, start: piece.start - at })) return false
    this.#sharedUsed += alignUp(piece.length, UNIT_BYTES)
    load.next = to
    return true
  }

  /** Null: so much is not read at once. */
  #roomFor(length: number): Memory | null {
    if (length > SHARED_BYTES) return null
    if (this.#sharedUsed + length > this.#shared.bytes.length) {
      this.#shared = allocate(SHARED_BYTES)
      this.#sharedUsed = 0
    }
    return this.#shared
  }

  /** What comes next; then it is the turn of others. */
  async #readBeside(load: Load): Promise<void> {
    const { file, numbers, records, next: from } = load
    const { readGapBytesMax: gapMax, readBytesMax: bytesMax } = this.#parts.limits
    const to = runEnd(file, numbers, { from, gapMax, bytesMax })
    load.next = to
    load.reads += 1
    this.#reads += 1
    if (to < numbers.length) this.#ready.push(load)
    try {
      const run = await this.#parts.reader.read(file, numbers.slice(from, to))
      for (const [at, record] of run.entries()) records[from + at] = record
    } catch (error) {
      load.reject(error)
    }
    load.reads -= 1
    this.#reads -= 1
    endIfOver(load)
    this.#go()
  }
}

/** False: one of them is not what is there. */
function takeRecords(
  file: DataFile,
  numbers: readonly number[],
  { from, to, records }: Run,
  place: { readonly memory: Memory; readonly start: number },
): boolean {
  for (let position = from; position < to; position++) {
    const record = recordIn(file, numbers[position] as number, place)
    if (record === null) return false
    records[position] = record
  }
  return true
}

/** All of it was begun, and nothing of it is being read. */
function endIfOver({ file, numbers, records, resolve, next, reads }: Load): void {
  if (next < numbers.length || reads > 0) return
  file.unpin()
  // Unless a read has failed.
  resolve(records)
}
