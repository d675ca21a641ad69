/**
 * Looks for valid records where the order of the log is lost: behind a damaged record, and behind
 * the last batch, where anything may lie. It steps through every place a record could begin.
 */

import { RECORD_ALIGNMENT, RECORD_HEADER_BYTES, recordBytes, TYPE_BATCH_END } from './format.ts'
import type { ReadableFile } from './patient-file.ts'
import { emptyHeader, RECORD_MAGIC, type RecordHeader, readRecord } from './record.ts'
import { FileWindow } from './window.ts'

export interface Finding {
  readonly offset: number
  readonly header: RecordHeader
}

/** What valid records behind a place say about the batch expected there. */
export interface Evidence {
  /** Every batch up to this one is known to have been durable. */
  readonly syncedThrough: number
  /** There are records of the expected batch. */
  readonly sameBatch: boolean
  /** The end of the expected batch is there. */
  readonly batchEnd: boolean
  /** Where the last record of the expected batch ends. */
  readonly extent: number
}

export interface ProberOptions {
  readonly seed: number
  readonly limit: number
  readonly windowBytes: number
}

export class Prober {
  readonly #window: FileWindow
  readonly #seed: number
  readonly #header = emptyHeader()

  constructor(file: ReadableFile, { seed, limit, windowBytes }: ProberOptions) {
    this.#window = new FileWindow(file, { limit, bytesMax: windowBytes })
    this.#seed = seed
  }

  /** The first valid record at or behind `from`. The header is overwritten by the next call. */
  async next(from: number): Promise<Finding | null> {
    const window = this.#window
    let at = from
    while (at + RECORD_HEADER_BYTES <= window.limit) {
      if (!window.has(at, RECORD_HEADER_BYTES)) {
        await window.moveTo(at)
        if (!window.has(at, RECORD_HEADER_BYTES)) return null
      }
      const found = this.#searchWindow(at)
      if (found.valid) return { offset: found.at, header: this.#header }
      at = found.at
    }
    return null
  }

  /** Everything that valid records at or behind `from` tell about `batch`. */
  async evidence(from: number, { batch }: { batch: number }): Promise<Evidence> {
    let syncedThrough = 0
    let batchEnd = false
    let extent = from
    let sameBatch = false
    for (let finding = await this.next(from); finding !== null; ) {
      const { header, offset } = finding
      const end = offset + recordBytes(header.payloadBytes)
      // One write is in flight at a time: a batch was begun only after the one before was durable.
      syncedThrough = Math.max(syncedThrough, header.syncedThrough)
      if (header.batch === batch) {
        sameBatch = true
        extent = end
        batchEnd ||= header.type === TYPE_BATCH_END
      }
      finding = await this.next(end <= this.#window.limit ? end : offset + RECORD_ALIGNMENT)
    }
    return { syncedThrough, sameBatch, batchEnd, extent }
  }

  #searchWindow(from: number): { valid: boolean; at: number } {
    const { memory, start } = this.#window
    const { view } = memory
    let at = from
    for (; this.#window.has(at, RECORD_HEADER_BYTES); at += RECORD_ALIGNMENT) {
      if (view.getUint32(at - start, true) !== RECORD_MAGIC) continue
      const place = { seed: this.#seed, offset: at, into: this.#header }
      if (readRecord(memory, at - start, place)) return { valid: true, at }
    }
    return { valid: false, at }
  }
}
