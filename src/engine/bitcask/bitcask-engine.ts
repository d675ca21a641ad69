import { assert, copyOf } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { LoadedRecords, RevisionList } from '../../state/index.ts'
import { asKvError } from '../disk-failure.ts'
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
import { BlockCache } from './block-cache.ts'
import { markDamage } from './damage-mark.ts'
import type { DataFile } from './data-file.ts'
import { DataWriter, type WriterMemory } from './data-writer.ts'
import type { FileList } from './file-list.ts'
import { FileReader } from './file-reader.ts'
import { FileRemover } from './file-remover.ts'
import { RECORD_HEADER_BYTES, recordSpace } from './format.ts'
import { scanFile } from './header-scan.ts'
import type { Home } from './home.ts'
import type { BitcaskLimits } from './limits.ts'
import { LoadQueue } from './load-queue.ts'
import { LoadedList } from './loaded-list.ts'
import type { Manifest, ManifestFile } from './manifest.ts'
import { ManifestStore } from './manifest-store.ts'
import { planMerge } from './merge-plan.ts'
import { Merger } from './merger.ts'
import { QuickReader } from './quick-reader.ts'
import { RecentChunks } from './recent-chunks.ts'
import type { RecordCache } from './record-cache.ts'
import { RecordForesight } from './record-foresight.ts'
import { type FileView, nextPiece } from './view.ts'
import type { WriteQueue } from './write-queue.ts'

/** A file shorter than this is not ended for what is dropped in it. */
const ENDED_BYTES = 1024 * 1024
const ENDED_SHARE = 1 / 16
/** What lies so near to a record that is read comes with it: it is not looked for in memory. */
const NEIGHBOURS = 8

/** Records of one file, ascending, and their positions in a list. */
interface RecordPlaces {
  readonly file: DataFile
  readonly numbers: number[]
  readonly positions: number[]
}

export interface BitcaskParts {
  readonly home: Home
  readonly limits: BitcaskLimits
  readonly clock: Clock
  readonly pauses: Pauses
  readonly queue: WriteQueue
  readonly memory: WriterMemory
  /** Records that were read last; the engine frees it. */
  readonly loaded: RecordCache
  readonly files: FileList
  readonly durable: Checkpoint | null
  readonly manifestBytes: number
  /** When nothing of it touches the directory any more. */
  readonly onClosed: () => Promise<void>
}

export class BitcaskEngine implements Engine {
  readonly name = 'bitcask'
  onRoom: (() => void) | null = null
  onFatal: ((error: unknown) => void) | null = null
  readonly #parts: BitcaskParts
  readonly #limits: BitcaskLimits
  readonly #files: FileList
  readonly #recent: RecentChunks
  readonly #blocks: BlockCache
  readonly #foresight: RecordForesight
  readonly #loaded: RecordCache
  readonly #quickReader: QuickReader
  readonly #reader: FileReader
  readonly #loads: LoadQueue
  readonly #manifests: ManifestStore
  readonly #merger: Merger
  readonly #remover: FileRemover
  #writer: DataWriter
  #durable: Checkpoint | null
  /** Files that are replaced, until a manifest is durable that does not name them. */
  #replaced: DataFile[] = []
  #lastMain = -1
  #lastSub = 0
  #hadRoom = true
  /** Records that had to be read for want of being in `#loaded`. */
  #misses = 0
  #checkpointing: Promise<void> | null = null
  /** Marks of damage on their way to disk. */
  #marking: Promise<void> = Promise.resolve()
  #failure: unknown = null
  #closing: Promise<void> | null = null
  /** Those it was closed with. */
  #lastStats: EngineStats | null = null

  constructor(parts: BitcaskParts) {
    const { home, limits, pauses, memory, files } = parts
    this.#parts = parts
    this.#limits = limits
    this.#files = files
    this.#durable = parts.durable
    this.#recent = new RecentChunks(limits.recentBytes, memory.chunks)
    this.#loaded = parts.loaded
    this.#blocks = new BlockCache({ limits, onFatal: (error) => this.fail(error) })
    this.#foresight = new RecordForesight(this.#blocks)
    this.#quickReader = new QuickReader(limits, parts.clock)
    this.#reader = new FileReader(limits, (file, what) => this.#mark(file, what))
    this.#loads = new LoadQueue({
      limits,
      clock: parts.clock,
      quick: this.#quickReader,
      reader: this.#reader,
      onFatal: (error) => this.fail(error),
    })
    const { manifestBytes: bytes } = parts
    this.#manifests = new ManifestStore({ home, pauses, bytes, spaceRetryMs: limits.spaceRetryMs })
    this.#writer = this.#writerOf(files.active)
    this.#remover = new FileRemover({ home, limits, pauses })
    this.#merger = new Merger({
      home,
      limits,
      pauses,
      memory,
      reader: this.#reader,
      plan: (costMax) => this.#planMerge(costMax),
      replace: (run, merged) => this.#replace(run, merged),
      onFatal: (error) => this.fail(error),
    })
    const last = files.all.findLast(({ index }) => index.length > 0)
    if (last === undefined) return
    this.#lastMain = last.index.main(last.index.length - 1)
    this.#lastSub = last.index.sub(last.index.length - 1)
  }

  get home(): Home {
    return this.#parts.home
  }

  get durable(): Checkpoint | null {
    return this.#durable
  }

  get hasRoom(): boolean {
    return this.#parts.queue.bytes <= this.#limits.queuedBytesMax
  }

  append(main: number, sub: number, record: Uint8Array, checksum?: number): void {
    assert(this.#closing === null, 'a closed engine is not used')
    const ascends = main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub)
    assert(ascends, 'revisions only ascend')
    this.#lastMain = main
    this.#lastSub = sub
    const { file } = this.#writer
    const isFull = file.length + recordSpace(record.length) > this.#limits.fileBytes
    if (isFull && file.index.length > 0) this.#beginFile()
    this.#writer.append(main, sub, record, checksum)
    this.#hadRoom &&= this.hasRoom
  }

  peek(main: number, sub: number): Uint8Array | null {
    if (this.#closing !== null || !this.#finds(main, sub)) return null
    return this.#inMemory(main, sub)
  }

  readNow(main: number, sub: number): Uint8Array | null {
    if (this.#closing !== null || !this.#finds(main, sub)) return null
    const inMemory = this.#inMemory(main, sub)
    if (inMemory !== null) return inMemory
    const { file, number } = this.#files
    const record = this.#quickReader.read(file, number)
    // Whoever cannot have it now loads it.
    if (record === null) return null
    this.#missed(file, number)
    if (this.#loaded.wants(main, sub)) this.#loaded.add(main, sub, record)
    return record
  }

  foresee(revisions: RevisionList): void {
    if (this.#closing === null) this.#foresight.look(revisions, this.#files)
  }

  /** Whether there is such a record; then `#files` says where. */
  #finds(main: number, sub: number): boolean {
    return this.#files.find(main, sub) && !this.#files.file.dead.has(this.#files.number)
  }

  /** Of the record that was found, when its bytes are in memory yet. */
  #recentRecord(): Uint8Array | null {
    const { file, number } = this.#files
    const place = { header: RECORD_HEADER_BYTES, bytes: file.index.bytes(number) }
    return file.recordInMemory(file.index.offset(number), place)
  }

  /** The record that was found, if it is in memory. */
  #inMemory(main: number, sub: number): Uint8Array | null {
    const { file, number } = this.#files
    return this.#blocks.get(file, number) ?? this.#recentRecord() ?? this.#loaded.get(main, sub)
  }

  #missed(file: DataFile, number: number): void {
    this.#misses += 1
    this.#blocks.miss(file, number)
  }

  /** Idempotent. */
  drop(main: number, sub: number): void {
    assert(this.#closing === null, 'a closed engine is not used')
    if (!this.#files.find(main, sub)) return
    const { file, number } = this.#files
    if (!file.drop(number)) return
    this.#loaded.remove(main, sub)
  }

  async scanHeaders(visit: RecordVisitor): Promise<void> {
    // A merge may replace some of them meanwhile.
    const files = [...this.#files.all]
    for (const file of files) file.pin()
    try {
      await this.#guarded(async () => {
        for (const file of files) await scanFile(file, visit)
      })
    } finally {
      for (const file of files) file.unpin()
    }
  }

  async load(revisions: RevisionList): Promise<LoadedRecords> {
    const loaded = new LoadedList(revisions)
    await this.#guarded(() => this.#load(loaded))
    return loaded
  }

  async history(
    fromMain: number,
    bytesMax: number,
  ): Promise<{ readonly records: readonly RevisionRecord[]; readonly nextMain: number | null }> {
    if (this.#closing !== null) throw stopped()
    const views = this.#views(({ dead }) => dead)
    const at = Math.max(0, this.#files.indexOf(fromMain, 0))
    const number = views[at]?.file.index.lowerBound(fromMain, 0) ?? 0
    const cursor = { at, number }
    const options = { reader: this.#reader, bytesMax, wholeMains: true }
    const records = await this.#guarded(() => nextPiece(views, cursor, options))
    const next = views[cursor.at]
    return { records, nextMain: next === undefined ? null : next.file.index.main(cursor.number) }
  }

  checkpoint({ appliedIndex, meta }: Checkpoint): Promise<void> {
    assert(this.#checkpointing === null, 'one checkpoint at a time')
    assert(appliedIndex >= (this.#durable?.appliedIndex ?? 0), 'checkpoints go forward')
    if (this.#closing !== null) return Promise.reject(stopped())
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const copied = { appliedIndex, meta: copyOf(meta, 0, meta.length) }
    this.#writer.flush()
    for (const file of this.#files.all) file.coming = file.index.length > 0 ? file.cut() : null
    const running = this.#checkpoint(copied)
    this.#checkpointing = running.catch(() => {
      // Whoever asked for it hears of it; this is only to know when it has ended.
    })
    return running
  }

  snapshot({ appliedIndex, meta }: Checkpoint): EngineSnapshot {
    assert(this.#closing === null, 'a closed engine is not used')
    const views = this.#views((file) => file.frozenDead())
    for (const { file } of views) file.pin()
    let isRead = false
    let isReleased = false
    return {
      checkpoint: { appliedIndex, meta: copyOf(meta, 0, meta.length) },
      records: () => {
        assert(!isRead, 'a snapshot is read once')
        isRead = true
        return this.#pieces(views, () => isReleased)
      },
      release: () => {
        if (!isReleased) for (const { file } of views) file.unpin()
        isReleased = true
      },
    }
  }

  stats(): EngineStats {
    if (this.#lastStats !== null) return this.#lastStats
    let bytes = this.#manifests.bytes
    let liveBytes = 0
    let records = 0
    for (const file of [...this.#replaced, ...this.#remover.files]) bytes += bytesOf(file)
    for (const file of this.#files.all) {
      bytes += bytesOf(file)
      liveBytes += file.liveRecordBytes
      records += file.liveRecords
    }
    const bytesMax = this.#limits.loadedCacheBytes + this.#limits.blockCacheBytes
    const hits = this.#loaded.hits + this.#blocks.hits
    const cache = { bytesMax, hits, misses: this.#misses }
    return { bytes, liveBytes, records, cache }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The queue has written something. */
  progress(): void {
    if (this.#hadRoom || this.#parts.queue.bytes > this.#limits.queuedBytesMax / 2) return
    this.#hadRoom = true
    this.onRoom?.()
  }

  /** Nothing is promised any more. */
  fail(error: unknown): void {
    if (this.#failure !== null || this.#closing !== null) return
    this.#failure = asKvError(error)
    this.#parts.pauses.stop()
    this.onFatal?.(this.#failure)
  }

  /** What earlier lives left to be merged. */
  start(): void {
    this.#merger.kick()
  }

  #views(deadOf: (file: DataFile) => FileView['dead']): FileView[] {
    return this.#files.all
      .filter(({ index }) => index.length > 0)
      .map((file) => ({ file, records: file.index.length, dead: deadOf(file) }))
  }

  #writerOf(file: DataFile): DataWriter {
    const { home, queue, memory } = this.#parts
    return new DataWriter(file, { salt: home.salt, queue, memory, recent: this.#recent })
  }

  #beginFile(): void {
    this.#writer.flush()
    this.#writer.file.index.trim()
    const file = this.#parts.home.newFile()
    this.#files.push(file)
    this.#writer = this.#writerOf(file)
  }

  async #load(loaded: LoadedList): Promise<void> {
    const reads = this.#placesOf(loaded).map(async ({ file, numbers, positions }) => {
      const records = await this.#loads.load(file, numbers)
      for (let at = 0; at < records.length; at++) {
        const record = records[at] as Uint8Array
        loaded.set(positions[at] as number, record)
        const number = numbers[at] as number
        // What came with another one is not looked for in memory the next time, either.
        if (isApart(number, numbers[at - 1])) this.#remember(file, number, record)
      }
    })
    await Promise.all(reads)
    loaded.shareRepeated()
  }

  /**
   * Where those are that have to be read, by their files. What is in memory is taken from there.
   */
  #placesOf(loaded: LoadedList): readonly RecordPlaces[] {
    const all: RecordPlaces[] = []
    for (const position of loaded.order()) {
      const main = loaded.main(position)
      const sub = loaded.sub(position)
      if (!this.#finds(main, sub)) continue
      const { file, number } = this.#files
      let places = all[all.length - 1]
      if (places?.file !== file) {
        places = { file, numbers: [], positions: [] }
        all.push(places)
      }
      const { numbers, positions } = places
      const before = numbers[numbers.length - 1]
      if (number === before) continue
      const isLookedFor = isApart(number, before)
      const record = isLookedFor ? this.#inMemory(main, sub) : null
      if (record !== null) {
        loaded.set(position, copyOf(record, 0, record.length))
        continue
      }
      if (isLookedFor) this.#missed(file, number)
      numbers.push(number)
      positions.push(position)
    }
    return all.filter(({ numbers }) => numbers.length > 0)
  }

  #remember(file: DataFile, number: number, record: Uint8Array): void {
    // It may have been dropped while it was read, or nothing is kept any more.
    if (file.dead.has(number) || this.#closing !== null) return
    const main = file.index.main(number)
    const sub = file.index.sub(number)
    if (this.#loaded.wants(main, sub)) this.#loaded.put(main, sub, record)
  }

  async *#pieces(
    views: readonly FileView[],
    isReleased: () => boolean,
  ): AsyncGenerator<readonly RevisionRecord[], void, undefined> {
    const cursor = { at: 0, number: 0 }
    const options = { reader: this.#reader, bytesMax: this.#limits.pieceBytes, wholeMains: false }
    while (cursor.at < views.length) {
      if (isReleased()) throw stopped()
      const piece = await this.#guarded(() => nextPiece(views, cursor, options))
      if (piece.length > 0) yield piece
    }
  }

  async #checkpoint(checkpoint: Checkpoint): Promise<void> {
    try {
      await this.#parts.queue.idle()
      // A merge may replace some of them meanwhile.
      for (const file of [...this.#files.all]) {
        await file.data.sync()
        // A cache, but one that should still be there after the power failed.
        if (file !== this.#files.active) await file.hint.sync()
      }
      await this.#publish('coming', checkpoint)
    } catch (error) {
      this.fail(error)
      // Something else may have failed before, which ended this one, too.
      throw this.#closing === null ? this.#failure : stopped()
    } finally {
      this.#checkpointing = null
    }
    this.#merger.kick()
  }

  /** A manifest of the files as they are `durable` already, or as a checkpoint will make them. */
  async #publish(which: 'durable' | 'coming', checkpoint: Checkpoint | null): Promise<void> {
    const { home } = this.#parts
    let leaving: DataFile[] = []
    const content = (): Manifest => {
      leaving = this.#replaced
      this.#replaced = []
      const files: ManifestFile[] = []
      for (const file of this.#files.all) {
        const cut = file[which]
        if (cut !== null) files.push({ number: file.number, ...cut })
      }
      const { salt, nextNumber } = home
      return { salt, nextNumber, checkpoint: checkpoint ?? this.#durable, files }
    }
    await this.#manifests.publish(content, () => {
      if (checkpoint !== null) this.#settle(checkpoint)
      for (const file of leaving) this.#remover.add(file)
    })
  }

  #settle(checkpoint: Checkpoint): void {
    for (const file of this.#files.all) {
      if (file.coming !== null) file.durable = file.coming
      file.coming = null
    }
    this.#durable = checkpoint
  }

  #planMerge(costMax: number): readonly DataFile[] | null {
    const { durable, length } = this.#files.active
    const isWorthIt = length >= Math.min(ENDED_BYTES, this.#limits.fileBytes * ENDED_SHARE)
    // Its time to be full may never come, and what is dropped in it is to come back all the same.
    if (isWorthIt && durable !== null && 2 * durable.deadBytes >= length) this.#beginFile()
    return planMerge(this.#files.all, { ...this.#limits, costMax })
  }

  async #replace(run: readonly DataFile[], merged: DataFile | null): Promise<void> {
    this.#files.replace(run, merged)
    for (const file of run) this.#blocks.forget(file)
    this.#replaced.push(...run)
    await this.#publish('durable', null)
  }

  /** The next start shall know of it; a close waits for the mark. */
  #mark(file: DataFile, what: string): Promise<void> {
    this.#marking = this.#marking.then(() => markDamage(this.home, file, what))
    return this.#marking
  }

  async #guarded<T>(body: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw stopped()
    try {
      return await body()
    } catch (error) {
      throw this.#closing === null ? asKvError(error) : stopped()
    }
  }

  async #close(): Promise<void> {
    const { pauses, queue, onClosed } = this.#parts
    pauses.stop()
    try {
      await queue.close()
      await this.#checkpointing
      await this.#merger.idle()
      await this.#manifests.idle()
      await this.#remover.idle()
      await this.#marking
      for (const file of [...this.#files.all, ...this.#replaced, ...this.#remover.files]) {
        await file.close()
      }
    } finally {
      await this.#blocks.close()
      this.#free()
      await onClosed()
    }
  }

  /** The collector may come late, and another engine is about to need as much. */
  #free(): void {
    this.#lastStats = this.stats()
    this.#recent.free()
    this.#loaded.free()
    for (const { isPinned, index } of this.#files.all) if (!isPinned) index.free()
  }
}

function bytesOf({ length, hintEnd }: DataFile): number {
  return length + hintEnd.length
}

/** Whether a record is too far from the one before it to come along with it. */
function isApart(number: number, before: number | undefined): boolean {
  return before === undefined || number - before > NEIGHBOURS
}
