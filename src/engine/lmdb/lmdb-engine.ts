import { assert, copyOf } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { LoadedRecords, RevisionList } from '../../state/index.ts'
import { LoadedMap } from '../loaded.ts'
import type { Pauses } from '../pauses.ts'
import { stopped } from '../stopped.ts'
import type {
  Checkpoint,
  Engine,
  EngineSnapshot,
  EngineStats,
  RecordVisitor,
  RevisionRecord,
} from '../types.ts'
import { bytesAt, Catalog, type CatalogView, startCursor } from './catalog.ts'
import { decodeKey, KEY_BYTES, type Revision, type StoredCheckpoint } from './format.ts'
import type { LmdbFile } from './library.ts'
import type { LmdbLimits } from './limits.ts'
import { RecentRecords } from './recent.ts'
import { damaged, missing, RecordFile } from './record-file.ts'
import { TransactionWriter } from './transaction-writer.ts'

export interface LmdbParts {
  readonly file: LmdbFile
  readonly path: string
  readonly stored: StoredCheckpoint | null
  readonly clock: Clock
  readonly pauses: Pauses
  readonly limits: LmdbLimits
  /** When nothing of it touches the directory any more. */
  readonly onClosed: () => Promise<void>
}

/**
 * Records in one file of LMDB. They are appended in memory first, and written behind each other by
 * transactions in the background; the one that holds the last record of a checkpoint holds the
 * checkpoint, too.
 * Invariant: a record is in memory until it is in the file, and in the file until no checkpoint,
 * snapshot or reader needs it.
 */
export class LmdbEngine implements Engine {
  readonly name = 'lmdb'
  onRoom: (() => void) | null = null
  onFatal: ((error: unknown) => void) | null = null
  readonly #parts: LmdbParts
  readonly #limits: LmdbLimits
  readonly #catalog: Catalog
  readonly #recent: RecentRecords
  readonly #file: RecordFile
  readonly #writer: TransactionWriter
  readonly #last: { main: number; sub: number }
  #filling: Promise<void> | null = null
  /** What still uses the file: it is closed only when nothing does. */
  readonly #readers = new Set<Promise<unknown>>()
  #hadRoom = true
  #failure: unknown = null
  #closing: Promise<void> | null = null

  constructor(parts: LmdbParts) {
    const { file, path, stored, clock, pauses, limits } = parts
    this.#parts = parts
    this.#limits = limits
    this.#catalog = new Catalog(limits.indexPageRecords)
    this.#recent = new RecentRecords(limits)
    this.#last = { ...(stored?.last ?? { main: -1, sub: 0 }) }
    const isStopped = (): boolean => this.#closing !== null
    this.#file = new RecordFile({ file, path, clock, isStopped, sliceRecords: limits.sliceRecords })
    this.#writer = new TransactionWriter({
      file,
      limits,
      clock,
      pauses,
      catalog: this.#catalog,
      recent: this.#recent,
      durable: stored?.checkpoint ?? null,
      onProgress: () => this.#progress(),
      onFailed: (error) => this.#fail(error),
    })
  }

  get durable(): Checkpoint | null {
    return this.#writer.durable
  }

  get hasRoom(): boolean {
    return this.#recent.waitingBytes <= this.#limits.waitingBytesMax
  }

  append(main: number, sub: number, record: Uint8Array): void {
    assert(this.#closing === null, 'a closed engine is not used')
    assert(this.#filling !== null, 'the headers are scanned before anything is appended')
    const last = this.#last
    const ascends = main > last.main || (main === last.main && sub > last.sub)
    assert(ascends, 'revisions only ascend')
    last.main = main
    last.sub = sub
    this.#catalog.add(main, sub, record.length)
    this.#recent.append(main, sub, record)
    this.#hadRoom &&= this.hasRoom
    if (this.#recent.waitingBytes >= this.#limits.batchBytes) this.#writer.kick()
  }

  peek(main: number, sub: number): Uint8Array | null {
    return this.#catalog.has(main, sub) ? this.#recent.peek(main, sub) : null
  }

  /** What is in its file is loaded. */
  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  drop(main: number, sub: number): void {
    assert(this.#closing === null, 'a closed engine is not used')
    assert(this.#filling !== null, 'the headers are scanned before anything is dropped')
    this.#catalog.drop(main, sub)
  }

  scanHeaders(visit: RecordVisitor): Promise<void> {
    return this.#reading(() => this.#scan(visit))
  }

  load(revisions: RevisionList): Promise<LoadedRecords> {
    return this.#reading(async () => {
      await this.#filled()
      const wanted: Revision[] = []
      for (let at = 0; at < revisions.length; at++) {
        const revision = { main: revisions.main(at), sub: revisions.sub(at) }
        if (this.#catalog.has(revision.main, revision.sub)) wanted.push(revision)
      }
      const records = await this.#records(wanted, this.#wasDropped)
      const loaded = new LoadedMap()
      for (const { main, sub, record } of records) loaded.add(main, sub, record)
      return loaded
    })
  }

  history(
    fromMain: number,
    bytesMax: number,
  ): Promise<{ readonly records: readonly RevisionRecord[]; readonly nextMain: number | null }> {
    return this.#reading(async () => {
      await this.#filled()
      const cursor = { ...startCursor(), main: fromMain - 1, sub: Number.MAX_SAFE_INTEGER }
      const wanted: Revision[] = []
      let bytes = 0
      let nextMain: number | null = null
      while (this.#catalog.next(cursor)) {
        const { main, sub } = cursor
        if (bytes >= bytesMax && main !== wanted.at(-1)?.main) {
          nextMain = main
          break
        }
        wanted.push({ main, sub })
        bytes += bytesAt(cursor)
      }
      return { records: await this.#records(wanted, this.#wasDropped), nextMain }
    })
  }

  checkpoint(checkpoint: Checkpoint): Promise<void> {
    if (this.#closing !== null) return Promise.reject(stopped())
    if (this.#failure !== null) return Promise.reject(this.#failure)
    assert(this.#filling !== null, 'the headers are scanned before a checkpoint')
    return this.#writer.checkpoint(checkpoint, this.#last.main < 0 ? null : { ...this.#last })
  }

  snapshot({ appliedIndex, meta }: Checkpoint): EngineSnapshot {
    assert(this.#closing === null, 'a closed engine is not used')
    assert(this.#filling !== null, 'the headers are scanned before a snapshot')
    const view = this.#catalog.view()
    let isRead = false
    let isReleased = false
    return {
      checkpoint: { appliedIndex, meta: copyOf(meta, 0, meta.length) },
      records: () => {
        assert(!isRead, 'a snapshot is read once')
        isRead = true
        return this.#pieces(view, () => isReleased)
      },
      release: () => {
        isReleased = true
        view.end()
        this.#writer.kick()
      },
    }
  }

  stats(): EngineStats {
    const { records, liveBytes } = this.#catalog
    return { bytes: this.#writer.fileBytes, liveBytes, records }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** What was found in the catalog may be dropped while it is read. */
  readonly #wasDropped = ({ main, sub }: Revision): boolean => !this.#catalog.has(main, sub)

  #filled(): Promise<void> {
    return this.#filling ?? this.#scan(() => {})
  }

  /** The first scan fills the catalog on its way. */
  async #scan(visit: RecordVisitor): Promise<void> {
    if (this.#filling === null) {
      this.#filling = this.#fill(visit)
      await this.#filling
      return
    }
    await this.#filling
    await this.#file.scan(({ main, sub, record }) => {
      if (this.#catalog.has(main, sub)) visit(main, sub, record, record.length)
    })
  }

  async #fill(visit: RecordVisitor): Promise<void> {
    const { stored, path, limits } = this.#parts
    const gone = new Catalog(limits.indexPageRecords)
    for (const { main, sub } of droppedIn(stored)) gone.add(main, sub, 0)
    const found: Revision[] = []
    await this.#file.scan(({ main, sub, record }) => {
      this.#catalog.add(main, sub, record.length)
      if (gone.has(main, sub)) found.push({ main, sub })
      else visit(main, sub, record, record.length)
    })
    for (const { main, sub } of found) this.#catalog.drop(main, sub)
    this.#catalog.confirm(this.#catalog.dropped)
    const { records } = this.#catalog
    const expected = stored?.records ?? 0
    if (records !== expected) throw damaged(path, `it has ${records} records, not ${expected}`)
    this.#writer.kick()
  }

  /** In the order of the list; what `mayBeGone` is left out when the file does not have it. */
  async #records(
    revisions: readonly Revision[],
    mayBeGone: (revision: Revision) => boolean,
  ): Promise<RevisionRecord[]> {
    const records = new Array<RevisionRecord | null>(revisions.length).fill(null)
    const inFile: { at: number; revision: Revision }[] = []
    for (const [at, revision] of revisions.entries()) {
      const { main, sub } = revision
      const record = this.#recent.peek(main, sub)
      if (record === null) inFile.push({ at, revision })
      else records[at] = { main, sub, record: copyOf(record, 0, record.length) }
    }
    const read = await this.#file.read(inFile.map(({ revision }) => revision))
    for (const [position, { at, revision }] of inFile.entries()) {
      const { main, sub } = revision
      const record = read[position] ?? null
      if (record !== null) records[at] = { main, sub, record }
      else if (!mayBeGone(revision)) throw missing(revision, this.#parts.path)
    }
    return records.filter((record) => record !== null)
  }

  async *#pieces(
    view: CatalogView,
    isReleased: () => boolean,
  ): AsyncGenerator<readonly RevisionRecord[], void, undefined> {
    const { pieceBytes, sliceRecords } = this.#limits
    const cursor = startCursor()
    for (;;) {
      if (isReleased()) throw stopped()
      const wanted: Revision[] = []
      for (let bytes = 0; bytes < pieceBytes && wanted.length < sliceRecords; ) {
        if (!view.next(cursor)) break
        wanted.push({ main: cursor.main, sub: cursor.sub })
        bytes += bytesAt(cursor)
      }
      if (wanted.length === 0) return
      const piece = await this.#reading(() => this.#records(wanted, () => false))
      if (isReleased()) throw stopped()
      yield piece
    }
  }

  async #reading<T>(body: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw stopped()
    const reading = body()
    const settled = reading.then(
      () => {},
      () => {},
    )
    this.#readers.add(settled)
    try {
      return await reading
    } catch (error) {
      throw this.#closing === null ? error : stopped()
    } finally {
      this.#readers.delete(settled)
    }
  }

  #progress(): void {
    if (this.#hadRoom || this.#recent.waitingBytes > this.#limits.waitingBytesMax / 2) return
    this.#hadRoom = true
    this.onRoom?.()
  }

  #fail(error: unknown): void {
    if (this.#failure !== null || this.#closing !== null) return
    this.#failure = error
    this.onFatal?.(error)
  }

  async #close(): Promise<void> {
    const { file, pauses, onClosed } = this.#parts
    pauses.stop()
    try {
      await this.#writer.close()
      await Promise.all(this.#readers)
      await file.close()
    } finally {
      await onClosed()
    }
  }
}

/** Ascending. */
function droppedIn(stored: StoredCheckpoint | null): Revision[] {
  const keys = stored?.dropped ?? new Uint8Array(0)
  const revisions: Revision[] = []
  for (let at = 0; at < keys.length; at += KEY_BYTES) {
    const revision = decodeKey(keys.subarray(at, at + KEY_BYTES))
    if (revision !== null) revisions.push(revision)
  }
  return revisions.sort((left, right) => left.main - right.main || left.sub - right.sub)
}
