import { assert, copyOf, KvError } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import { asKvError } from '../disk-failure.ts'
import type { Pauses } from '../pauses.ts'
import { stopped } from '../stopped.ts'
import type { Checkpoint } from '../types.ts'
import type { Catalog } from './catalog.ts'
import {
  encodeCheckpoint,
  encodeKey,
  KEY_BYTES,
  type Revision,
  valueBytes,
  writeKey,
  writeValue,
} from './format.ts'
import type { Changes, LmdbFile, Row } from './library.ts'
import type { LmdbLimits } from './limits.ts'
import type { Batch, RecentRecords } from './recent.ts'

export interface TransactionWriterOptions {
  readonly file: LmdbFile
  readonly limits: LmdbLimits
  readonly clock: Clock
  readonly pauses: Pauses
  readonly catalog: Catalog
  readonly recent: RecentRecords
  readonly durable: Checkpoint | null
  readonly onProgress: () => void
  readonly onFailed: (error: unknown) => void
}

/** A checkpoint that was asked for, and what of everything belongs to it. */
interface Asked {
  readonly checkpoint: Checkpoint
  readonly last: Revision | null
  readonly records: number
  readonly dropped: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What one transaction does. */
interface Work {
  readonly batch: Batch
  readonly removes: readonly Revision[]
  readonly asked: Asked | null
}

const NO_RECORDS: Batch = { revisions: [], records: [], bytes: 0 }

/**
 * Writes transactions one after the other, in the background.
 * Invariant: a checkpoint is in the transaction of its last record, or in one behind it; what was
 * dropped is removed by transactions behind the checkpoint that does not have it any more.
 */
export class TransactionWriter {
  readonly #options: TransactionWriterOptions
  #durable: Checkpoint | null
  #asked: Asked | null = null
  #running: Promise<void> | null = null
  #closed = false
  #failure: unknown = null
  #fileBytes: number

  constructor(options: TransactionWriterOptions) {
    this.#options = options
    this.#durable = options.durable
    this.#fileBytes = options.file.fileBytes
  }

  get durable(): Checkpoint | null {
    return this.#durable
  }

  /** Of the file, as of the last transaction. */
  get fileBytes(): number {
    return this.#fileBytes
  }

  /** Durable when it resolves, together with all records up to `last`; null: there are none. */
  checkpoint({ appliedIndex, meta }: Checkpoint, last: Revision | null): Promise<void> {
    assert(this.#asked === null, 'one checkpoint at a time')
    assert(appliedIndex >= (this.#durable?.appliedIndex ?? 0), 'checkpoints go forward')
    const { records, dropped } = this.#options.catalog
    const checkpoint = { appliedIndex, meta: copyOf(meta, 0, meta.length) }
    return new Promise((resolve, reject) => {
      this.#asked = { checkpoint, last, records, dropped, resolve, reject }
      this.kick()
    })
  }

  /** There may be something to do. */
  kick(): void {
    if (this.#running !== null || this.#closed || this.#failure !== null) return
    this.#running = this.#run()
  }

  /** Ends with the transaction that is under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    this.#refuse(stopped())
  }

  async #run(): Promise<void> {
    const { clock, onFailed } = this.#options
    try {
      // What else this turn brings goes along.
      await new Promise<void>((resolve) => clock.soon(resolve))
      for (let work = this.#next(); work !== null; work = this.#next()) {
        if (!(await this.#commit(work))) return
        this.#settle(work)
      }
    } catch (error) {
      const failure = asKvError(error)
      this.#failure = failure
      this.#refuse(failure)
      onFailed(failure)
    } finally {
      this.#running = null
    }
  }

  /** Null: there is nothing to do for now. */
  #next(): Work | null {
    if (this.#closed) return null
    const { recent, catalog, limits } = this.#options
    const { transactionRecords: recordsMax, batchBytes: bytesMax } = limits
    const asked = this.#asked
    if (asked !== null) {
      const { last } = asked
      const batch = last === null ? NO_RECORDS : recent.next({ last, recordsMax, bytesMax })
      // Its turn comes when there is nothing before it any more.
      const isLast = batch.revisions.length < recordsMax && batch.bytes < bytesMax
      return { batch, removes: [], asked: isLast ? asked : null }
    }
    const removes = catalog.removable(recordsMax)
    const last = { main: Number.MAX_SAFE_INTEGER, sub: 0xffff_ffff }
    const isWorthIt = recent.waitingBytes >= bytesMax
    const batch = isWorthIt ? recent.next({ last, recordsMax, bytesMax }) : NO_RECORDS
    if (removes.length === 0 && batch.revisions.length === 0) return null
    return { batch, removes, asked: null }
  }

  /** False when it was closed while it waited for room on the disk. */
  async #commit({ batch, removes, asked }: Work): Promise<boolean> {
    const { file, limits, pauses } = this.#options
    const changes: Changes = {
      puts: rowsOf(batch),
      removes: removes.map(({ main, sub }) => encodeKey(main, sub)),
      checkpoint: asked === null ? null : this.#encode(asked),
    }
    for (;;) {
      try {
        await file.commit(changes)
        return true
      } catch (error) {
        const isFull = error instanceof KvError && error.code === 'DISK_FULL'
        if (!isFull) throw error
      }
      if (!(await pauses.pause(limits.spaceRetryMs)) || this.#closed) return false
    }
  }

  #settle({ batch, removes, asked }: Work): void {
    const { recent, catalog, file, onProgress } = this.#options
    recent.wrote(batch)
    for (const revision of removes) catalog.forget(revision)
    this.#fileBytes = file.fileBytes
    if (asked !== null) {
      this.#durable = asked.checkpoint
      this.#asked = null
      catalog.confirm(asked.dropped)
      asked.resolve()
    }
    onProgress()
  }

  #encode({ checkpoint, last, records, dropped }: Asked): Uint8Array {
    const { catalog } = this.#options
    const keys: Revision[] = [...catalog.waiting(dropped)]
    const bytes = new Uint8Array(keys.length * KEY_BYTES)
    for (const [at, revision] of keys.entries()) writeKey(bytes, at * KEY_BYTES, revision)
    return encodeCheckpoint({ checkpoint, last, records, dropped: bytes })
  }

  #refuse(error: unknown): void {
    const asked = this.#asked
    this.#asked = null
    asked?.reject(error)
  }
}

/** Keys and values, the values one behind the other in memory of their own. */
function rowsOf({ revisions, records }: Batch): readonly Row[] {
  let bytes = 0
  for (const record of records) bytes += valueBytes(record)
  const memory = new Uint8Array(bytes)
  let end = 0
  return revisions.map(({ main, sub }, at) => {
    const key = encodeKey(main, sub)
    const start = end
    end = writeValue(memory, start, { key, record: records[at] as Uint8Array })
    return { key, value: memory.subarray(start, end) }
  })
}
