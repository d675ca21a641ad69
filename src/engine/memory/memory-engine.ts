import { assert, copyOf } from '../../base/index.ts'
import type { Clock } from '../../io/index.ts'
import type { LoadedRecords, RevisionList } from '../../state/index.ts'
import { LoadedMap } from '../loaded.ts'
import { type Hold, type MemoryRecords, NO_PLACE } from '../records/index.ts'
import { stopped } from '../stopped.ts'
import type {
  Checkpoint,
  Engine,
  EngineSnapshot,
  EngineStats,
  RecordVisitor,
  RevisionRecord,
} from '../types.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import type { MemoryLimits } from './limits.ts'

/** A piece of a snapshot, and of history when nobody says how much. */
const PIECE_BYTES = 256 * 1024

export interface MemoryEngineParts {
  readonly clock: Clock
  readonly limits: MemoryLimits
  readonly records: MemoryRecords
  readonly store: CheckpointStore
  readonly durable: Checkpoint | null
}

/**
 * Everything is in memory; a checkpoint writes all of it into a new file.
 * Invariant: whatever takes more than a slice lets others have their turn in between, and sees the
 * records as they were when it began, because it holds them.
 */
export class MemoryEngine implements Engine {
  readonly name = 'memory'
  /** Nothing ever waits to be written. */
  readonly hasRoom = true
  onRoom: (() => void) | null = null
  onFatal: ((error: unknown) => void) | null = null
  readonly #clock: Clock
  readonly #limits: MemoryLimits
  readonly #records: MemoryRecords
  readonly #store: CheckpointStore
  #durable: Checkpoint | null
  #running: Promise<void> | null = null
  #closing: Promise<void> | null = null
  #tidying = false

  constructor({ clock, limits, records, store, durable }: MemoryEngineParts) {
    this.#clock = clock
    this.#limits = limits
    this.#records = records
    this.#store = store
    this.#durable = durable
  }

  get durable(): Checkpoint | null {
    return this.#durable
  }

  /** All of it. */
  get rewrittenBytes(): number {
    return this.#records.liveBytes
  }

  append(main: number, sub: number, record: Uint8Array): void {
    this.#assertOpen()
    this.#records.append(main, sub, record)
    this.#tidyLater()
  }

  readNow(main: number, sub: number): Uint8Array | null {
    return this.peek(main, sub)
  }

  peek(main: number, sub: number): Uint8Array | null {
    return this.#records.peek(main, sub)
  }

  drop(main: number, sub: number): void {
    this.#assertOpen()
    this.#records.drop(main, sub)
    this.#tidyLater()
  }

  async scanHeaders(visit: RecordVisitor): Promise<void> {
    this.#refuseClosed()
    const hold = this.#records.hold()
    try {
      let left = this.#limits.sliceRecords
      while (hold.next()) {
        const { record } = hold
        visit(hold.main, hold.sub, record, record.length)
        left -= 1
        if (left > 0) continue
        left = this.#limits.sliceRecords
        await this.#turn()
      }
    } finally {
      this.#end(hold)
    }
  }

  async load(revisions: RevisionList): Promise<LoadedRecords> {
    this.#refuseClosed()
    const loaded = new LoadedMap()
    for (let at = 0; at < revisions.length; at++) {
      const main = revisions.main(at)
      const sub = revisions.sub(at)
      const record = this.#records.peek(main, sub)
      if (record !== null) loaded.add(main, sub, copyOf(record, 0, record.length))
      if ((at + 1) % this.#limits.sliceRecords === 0) await this.#turn()
    }
    return loaded
  }

  async history(
    fromMain: number,
    bytesMax: number,
  ): Promise<{ readonly records: readonly RevisionRecord[]; readonly nextMain: number | null }> {
    this.#refuseClosed()
    const cursor = { main: fromMain - 1, sub: Number.MAX_SAFE_INTEGER, place: NO_PLACE, dropped: 0 }
    const records: RevisionRecord[] = []
    let bytes = 0
    let main = fromMain
    while (this.#records.next(cursor)) {
      if (cursor.main !== main && bytes >= bytesMax) return { records, nextMain: cursor.main }
      main = cursor.main
      if (cursor.dropped > 0) continue
      const record = this.#records.recordAt(cursor.place)
      records.push({ main, sub: cursor.sub, record: copyOf(record, 0, record.length) })
      bytes += record.length
      if (records.length % this.#limits.sliceRecords === 0) await this.#turn()
    }
    return { records, nextMain: null }
  }

  checkpoint(checkpoint: Checkpoint): Promise<void> {
    assert(this.#running === null, 'one checkpoint at a time')
    if (this.#closing !== null) return Promise.reject(stopped())
    const { appliedIndex, meta } = checkpoint
    assert(appliedIndex >= (this.#durable?.appliedIndex ?? 0), 'checkpoints go forward')
    const hold = this.#records.hold()
    const copied = { appliedIndex, meta: copyOf(meta, 0, meta.length) }
    const running = this.#write(copied, hold)
    this.#running = running.catch(() => {
      // Whoever asked for the checkpoint hears of it; this is only to know when it has ended.
    })
    return running
  }

  snapshot({ appliedIndex, meta }: Checkpoint): EngineSnapshot {
    this.#assertOpen()
    const hold = this.#records.hold()
    let begun = false
    let released = false
    return {
      checkpoint: { appliedIndex, meta: copyOf(meta, 0, meta.length) },
      records: () => {
        assert(!begun, 'a snapshot is read once')
        begun = true
        return this.#pieces(hold, () => released)
      },
      release: () => {
        released = true
        this.#end(hold)
      },
    }
  }

  stats(): EngineStats {
    const { bytes, liveBytes, records } = this.#records
    return { bytes, liveBytes, records }
  }

  close(): Promise<void> {
    this.#closing ??= this.#running ?? Promise.resolve()
    return this.#closing
  }

  async #write(checkpoint: Checkpoint, hold: Hold): Promise<void> {
    try {
      await this.#store.write(checkpoint, hold, {
        turn: () => this.#turn(),
        mustStop: () => this.#closing !== null,
      })
      this.#durable = checkpoint
    } finally {
      this.#running = null
      this.#end(hold)
    }
  }

  async *#pieces(
    hold: Hold,
    isReleased: () => boolean,
  ): AsyncGenerator<readonly RevisionRecord[], void, undefined> {
    let piece: RevisionRecord[] = []
    let bytes = 0
    for (;;) {
      if (isReleased() || this.#closing !== null) throw stopped()
      if (!hold.next()) break
      const { main, sub, record } = hold
      piece.push({ main, sub, record: copyOf(record, 0, record.length) })
      bytes += record.length
      if (bytes < PIECE_BYTES && piece.length < this.#limits.sliceRecords) continue
      yield piece
      piece = []
      bytes = 0
      await this.#turn()
    }
    if (piece.length > 0) yield piece
  }

  #end(hold: Hold): void {
    hold.end()
    this.#tidyLater()
  }

  /** Memory is given back in slices, between other work. */
  #tidyLater(): void {
    if (this.#tidying || this.#closing !== null || !this.#records.needsTidying) return
    this.#tidying = true
    this.#clock.soon(() => {
      this.#tidying = false
      this.#records.tidy(this.#limits.sliceRecords)
      this.#tidyLater()
    })
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#clock.soon(resolve))
  }

  #assertOpen(): void {
    assert(this.#closing === null, 'a closed engine is not used')
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw stopped()
  }
}
