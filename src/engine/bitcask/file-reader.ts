/**
 * Reads records of which it is known where they lie. Neighbours come in one read; nothing is handed
 * out before its checksum, and that it is the record that was asked for, are verified.
 */

import { assert } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import { READ_ATTEMPTS, RECORD_HEADER_BYTES, recordSpace } from './format.ts'
import { damaged } from './home.ts'
import type { BitcaskLimits } from './limits.ts'
import { allocate, type Memory } from './memory.ts'
import { decodeHeader, isIntact } from './record.ts'

export type ReaderLimits = Pick<BitcaskLimits, 'readBytesMax' | 'readGapBytesMax' | 'readsMax'>

/** Is told where a record has rotted before whoever wants to read it is. */
export type DamageListener = (file: DataFile, what: string) => Promise<void>

/** Neighbours among the numbers that are read together, and where they come. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly records: Uint8Array[]
}

export class FileReader {
  readonly #limits: ReaderLimits
  readonly #onDamage: DamageListener
  #reads = 0
  readonly #waiting: (() => void)[] = []

  constructor(limits: ReaderLimits, onDamage: DamageListener) {
    this.#limits = limits
    this.#onDamage = onDamage
  }

  /**
   * The records of these numbers, which ascend; null for one that is on disk and was dropped
   * meanwhile. Views of memory of their own.
   */
  async read(file: DataFile, numbers: readonly number[]): Promise<Uint8Array[]> {
    const records = new Array<Uint8Array>(numbers.length)
    const reads: Promise<void>[] = []
    const { readGapBytesMax: gapMax, readBytesMax: bytesMax } = this.#limits
    file.pin()
    try {
      for (let from = 0; from < numbers.length; ) {
        const to = runEnd(file, numbers, { from, gapMax, bytesMax })
        reads.push(this.#readRun(file, numbers, { from, to, records }))
        from = to
      }
      await Promise.all(reads)
    } finally {
      // All of them have ended before the file may go.
      await Promise.allSettled(reads)
      file.unpin()
    }
    return records
  }

  async #readRun(file: DataFile, numbers: readonly number[], run: Run): Promise<void> {
    const { from, to, records } = run
    const { start, length } = pieceOf(file, numbers, run)
    await this.#turn()
    try {
      const memory = await this.#bytes(file, start, length)
      for (let at = from; at < to; at++) {
        const number = numbers[at] as number
        const record = recordIn(file, number, { memory, start })
        records[at] = record ?? (await this.#again(file, number))
      }
    } finally {
      this.#reads -= 1
      this.#waiting.shift()?.()
    }
  }

  /** It was not what it should be. */
  async #again(file: DataFile, number: number): Promise<Uint8Array> {
    const { index } = file
    const start = index.offset(number)
    for (let attempt = 2; attempt <= READ_ATTEMPTS; attempt++) {
      const memory = await this.#bytes(file, start, recordSpace(index.bytes(number)))
      const record = recordIn(file, number, { memory, start })
      if (record !== null) return record
    }
    const revision = `${index.main(number)}.${index.sub(number)}`
    const what = `revision ${revision} does not match its checksum`
    file.isDamaged = true
    await this.#onDamage(file, `at offset ${start}, ${what}`)
    throw damaged(file.data.path, { offset: start, what })
  }

  async #bytes(file: DataFile, start: number, length: number): Promise<Memory> {
    const memory = allocate(length)
    const { written } = file.data
    // What is on its way to disk is copied at once: later its memory is used for something else.
    for (const chunk of file.inMemory) {
      const from = Math.max(start, chunk.position, written)
      const to = Math.min(start + length, chunk.position + chunk.length)
      if (from >= to) continue
      const source = chunk.memory.bytes.subarray(from - chunk.position, to - chunk.position)
      memory.bytes.set(source, from - start)
    }
    const onDisk = Math.min(length, written - start)
    if (onDisk > 0) await readPatiently(file, { memory, length: onDisk, position: start })
    return memory
  }

  /** Waits until there are not too many reads under way. */
  async #turn(): Promise<void> {
    while (this.#reads >= this.#limits.readsMax) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#reads += 1
  }
}

/** Where the neighbours end that are read together with number `from` of the list. */
export function runEnd(
  { index }: DataFile,
  numbers: readonly number[],
  { from, gapMax, bytesMax }: { from: number; gapMax: number; bytesMax: number },
): number {
  const start = index.offset(numbers[from] as number)
  let end = index.end(numbers[from] as number)
  let to = from + 1
  for (; to < numbers.length; to++) {
    const number = numbers[to] as number
    const gap = index.offset(number) - end
    assert(gap >= 0, 'numbers ascend')
    if (gap > gapMax || index.end(number) - start > bytesMax) break
    end = index.end(number)
  }
  return to
}

export function pieceOf({ index }: DataFile, numbers: readonly number[], { from, to }: Run) {
  const start = index.offset(numbers[from] as number)
  return { start, length: index.end(numbers[to - 1] as number) - start }
}

/** Some failures pass. */
async function readPatiently(
  { data }: DataFile,
  { memory, length, position }: { memory: Memory; length: number; position: number },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await data.read(memory.bytes, length, position)
      return
    } catch (error) {
      const passes = error instanceof DiskError && error.code === 'io'
      if (!passes || attempt === READ_ATTEMPTS) throw error
    }
  }
}

/** Null: what is there is not that record. */
export function recordIn(
  file: DataFile,
  number: number,
  { memory, start }: { memory: Memory; start: number },
): Uint8Array | null {
  if (!isRecordIn(file, number, { memory, start })) return null
  const from = file.index.offset(number) - start + RECORD_HEADER_BYTES
  return memory.bytes.subarray(from, from + file.index.bytes(number))
}

/** Whether that record, and all of it, is in memory in which the file stands from `start` on. */
export function isRecordIn(
  { index, seed }: DataFile,
  number: number,
  { memory, start }: { memory: Memory; start: number },
): boolean {
  const offset = index.offset(number)
  const bytes = index.bytes(number)
  const at = offset - start
  if (!isIntact(memory, at, { space: recordSpace(bytes), offset, seed })) return false
  const header = decodeHeader(memory, at)
  if (header === null || header.length !== bytes) return false
  return header.main === index.main(number) && header.sub === index.sub(number)
}
