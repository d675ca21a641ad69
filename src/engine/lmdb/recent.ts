import { type Cursor, MemoryRecords, type RecordLimits } from '../records/index.ts'
import { startCursor } from './catalog.ts'
import type { Revision } from './format.ts'

/** What of the records goes into the next transaction. */
export interface Batch {
  readonly revisions: readonly Revision[]
  readonly records: readonly Uint8Array[]
  readonly bytes: number
}

/**
 * The records that were appended last, in memory: all that are not in the file yet, and as many
 * before them as the limit allows.
 */
export class RecentRecords {
  readonly #records: MemoryRecords
  readonly #cacheBytes: number
  /** Behind the last record that is in the file. */
  #written: Cursor = startCursor()
  #waitingBytes = 0

  constructor(limits: RecordLimits & { readonly cacheBytes: number }) {
    this.#records = new MemoryRecords(limits)
    this.#cacheBytes = limits.cacheBytes
  }

  /** Bytes of records that are not in the file. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  append(main: number, sub: number, record: Uint8Array): void {
    this.#records.append(main, sub, record)
    this.#waitingBytes += record.length
  }

  /** Null when it is not in memory. The bytes never change. */
  peek(main: number, sub: number): Uint8Array | null {
    return this.#records.peek(main, sub)
  }

  /** The next ones that are not in the file, up to `last`; empty when there are none. */
  next({ last, recordsMax, bytesMax }: { last: Revision; recordsMax: number; bytesMax: number }) {
    const cursor = { ...this.#written }
    const revisions: Revision[] = []
    const records: Uint8Array[] = []
    let bytes = 0
    while (revisions.length < recordsMax && bytes < bytesMax && this.#records.next(cursor)) {
      const { main, sub } = cursor
      if (main > last.main || (main === last.main && sub > last.sub)) break
      const record = this.#records.recordAt(cursor.place)
      revisions.push({ main, sub })
      records.push(record)
      bytes += record.length
    }
    return { revisions, records, bytes } satisfies Batch
  }

  /** The file has them. */
  wrote({ revisions, bytes }: Batch): void {
    const last = revisions.at(-1)
    if (last === undefined) return
    this.#written = { ...startCursor(), ...last }
    this.#waitingBytes -= bytes
    this.#trim(last)
  }

  /** The oldest leave until there are not too many, but none that waits. */
  #trim(written: Revision): void {
    const first = startCursor()
    while (this.#records.liveBytes > this.#cacheBytes && this.#records.next(first)) {
      const { main, sub } = first
      const waits = main > written.main || (main === written.main && sub > written.sub)
      if (waits) return
      this.#records.drop(main, sub)
    }
    while (!this.#records.tidy(Number.MAX_SAFE_INTEGER));
  }
}
