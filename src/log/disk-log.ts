/**
 * The open log: what is appended goes into the batch that is being filled; one batch at a time is
 * on its way to disk; when it is durable, what gathered meanwhile goes next (group commit).
 *
 * Invariants: `done` is called in the order of `append` and only for what is durable; after the
 * first failure nothing is written and nobody is told anything any more; an entry that is not
 * durable is in memory.
 */

import {
  type DataChecksums,
  KvError,
  LOG_EVIDENCE_DELAY_MS,
  LOG_FULL_SEGMENTS_WANTED_MAX,
} from '../base/index.ts'
import { type Clock, DiskError, type DiskLock, type Timer } from '../io/index.ts'
import type { Entry, GroupId, LogIndex, SnapshotMark, Term } from '../raft/index.ts'
import { Batch, type BatchItem } from './batch.ts'
import type { DurableView } from './durable-view.ts'
import type { EntryCache } from './entry-cache.ts'
import {
  EVIDENCE_CLOSED,
  EVIDENCE_IDLE,
  MARK_CUT,
  MARK_INSTALLED,
  type Place,
  recordBytes,
} from './format.ts'
import type { Housekeeper } from './housekeeper.ts'
import { LiveGroup } from './live-group.ts'
import { loadEntries } from './loader.ts'
import type { SegmentStore } from './segment-store.ts'
import type { LogLimits, LogWrite, WriteAheadLog } from './types.ts'

/** A batch that starts small; it grows to what the load asks for and stays. */
const BATCH_CAPACITY = 64 * 1024
/** What is chained to it runs when the code that runs now has given way. */
const TURN_OVER = Promise.resolve()
/** Batches kept for reuse: one is filled while one is written. */
const SPARE_BATCHES = 2

type State =
  | 'open'
  /** Waits for what was appended. */
  | 'closing'
  | 'closed'
  /** A write failed. */
  | 'poisoned'

export interface DiskLogParts {
  readonly clock: Clock
  readonly limits: LogLimits
  readonly checksums: DataChecksums
  readonly store: SegmentStore
  readonly durable: DurableView
  readonly cache: EntryCache
  readonly groups: Map<GroupId, LiveGroup>
  readonly lock: DiskLock
  readonly maxTerm: Term
  readonly onFatal: (error: Error) => void
  readonly onDurable: (durationMs: number) => void
  /** The log needs its housekeeper, and the housekeeper the log. */
  readonly housekeeper: (log: {
    maxTerm: () => Term
    onFatal: (error: unknown) => void
  }) => Housekeeper
}

export class DiskLog implements WriteAheadLog {
  readonly #parts: DiskLogParts
  readonly #groups: Map<GroupId, LiveGroup>
  readonly #housekeeper: Housekeeper
  #state: State = 'open'
  /** The batch that is being filled. */
  #filling: Batch
  /** Full batches that wait for their turn. */
  #waiting: Batch[] = []
  #spare: Batch[] = []
  #writing = false
  /** The write of a batch or of evidence that was begun last; over when nothing is written. */
  #underWay: Promise<void> = TURN_OVER
  #scheduled = false
  /** Somebody waits for what is being filled; a cut alone goes with the next batch. */
  #urgent = false
  #maxTerm: Term
  #evidenceTimer: Timer | null = null
  /** The last batch that evidence was written for. */
  #evidenced = 0
  #idleSinceMs = 0
  #whenIdle: (() => void) | null = null
  #closing: Promise<void> | null = null

  constructor(parts: DiskLogParts) {
    this.#parts = parts
    this.#filling = this.#newBatch()
    this.#groups = parts.groups
    this.#maxTerm = parts.maxTerm
    this.#evidenced = parts.store.lastBatch
    this.#housekeeper = parts.housekeeper({
      maxTerm: () => this.#maxTerm,
      onFatal: (error) => this.#fail(error),
    })
    parts.store.onReleased = () => this.#housekeeper.kick()
    this.#housekeeper.kick()
  }

  get checksums(): DataChecksums {
    return this.#parts.checksums
  }

  append(write: LogWrite): void {
    if (this.#state !== 'open') return
    const { group, entries, hardState, snapshot } = write
    const live = this.#group(group)
    const batch = this.#batchFor(write)
    if (snapshot !== null) {
      live.restart(snapshot)
      batch.addMark(group, snapshot, { kind: MARK_INSTALLED })
      this.#maxTerm = Math.max(this.#maxTerm, snapshot.term)
    }
    if (entries.length > 0) {
      live.append(entries, batch)
      this.#parts.cache.add(live.tail, entries)
      this.#maxTerm = Math.max(this.#maxTerm, (entries[entries.length - 1] as Entry).term)
    }
    if (hardState !== null) {
      batch.addHardState(group, hardState)
      this.#maxTerm = Math.max(this.#maxTerm, hardState.term)
    }
    batch.addItem({ group, write, cut: null, dropped: false })
    this.#schedule()
  }

  read(group: GroupId, from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null {
    return this.#groups.get(group)?.tail.read(from, to, { bytesMax }) ?? null
  }

  async load(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    bytesMax: number,
  ): Promise<readonly Entry[]> {
    const cached = this.read(group, from, to, bytesMax)
    if (cached !== null) return cached
    if (this.#state === 'closed') throw new KvError('STOPPED', 'the log is closed')
    const live = this.#groups.get(group)
    if (live === undefined) throw new KvError('COMPACTED', `the log has no group ${group}`)
    return loadEntries(this.#parts.store, { live, group, from, to, bytesMax })
  }

  release(group: GroupId, through: LogIndex): void {
    const live = this.#groups.get(group)
    if (live !== undefined) this.#parts.cache.release(live.tail, through)
  }

  cut(group: GroupId, mark: SnapshotMark): void {
    const live = this.#groups.get(group)
    if (this.#state !== 'open' || live === undefined || mark.index <= live.index.markIndex) return
    live.cut(mark)
    this.#filling.addMark(group, mark, { kind: MARK_CUT })
    this.#filling.addItem({ group, write: null, cut: mark, dropped: false })
    // The mark travels with the next batch; without room it is what makes room.
    if (this.#housekeeper.full) this.#schedule()
    else if (!this.#writing && !this.#scheduled) this.#rest()
  }

  overdue(group: GroupId): LogIndex {
    const { store, durable, limits } = this.#parts
    const { fullSegmentsMax = LOG_FULL_SEGMENTS_WANTED_MAX } = limits
    if (store.fullCount <= fullSegmentsMax) return 0
    return Math.max(0, ...store.nextToGo.map(({ number }) => durable.neededBy(group, number)))
  }

  dropGroup(group: GroupId): void {
    if (this.#state !== 'open' || !this.#groups.delete(group)) return
    this.#filling.addDropped(group)
    this.#filling.addItem({ group, write: null, cut: null, dropped: true })
    this.#schedule()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #group(id: GroupId): LiveGroup {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const created = new LiveGroup(id)
    this.#groups.set(id, created)
    return created
  }

  /** The batch this write goes into as a whole. */
  #batchFor({ entries }: LogWrite): Batch {
    const batch = this.#filling
    if (batch.isEmpty) return batch
    let bytes = batch.length
    for (const entry of entries) bytes += recordBytes(entry.data.length)
    if (bytes <= this.#parts.limits.batchBytesMax) return batch
    this.#waiting.push(batch)
    this.#filling = this.#newBatch()
    return this.#filling
  }

  /** All that the caller appends before it gives way goes together. */
  #schedule(): void {
    this.#urgent = true
    if (this.#scheduled || this.#writing) return
    this.#scheduled = true
    const { clock, limits } = this.#parts
    const window = limits.groupCommitWindowMs
    if (window > 0 && this.#state === 'open') clock.after(window, this.#flush)
    else void TURN_OVER.then(this.#flush)
  }

  readonly #flush = (): void => {
    this.#scheduled = false
    if (this.#writing || this.#state === 'poisoned' || this.#state === 'closed') return
    const batch = this.#next()
    if (batch === null) {
      this.#rest()
      return
    }
    this.#writing = true
    this.#underWay = this.#write(batch)
  }

  #next(): Batch | null {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) return waiting
    this.#urgent = false
    if (this.#filling.isEmpty) return null
    const batch = this.#filling
    this.#filling = this.#newBatch()
    return batch
  }

  #newBatch(): Batch {
    return this.#spare.pop() ?? new Batch(BATCH_CAPACITY, this.#parts.checksums)
  }

  async #write(batch: Batch): Promise<void> {
    let position: Place | null = null
    try {
      if (batch.records > 0) {
        const { clock, store, onDurable } = this.#parts
        const beganMs = clock.monotonicMs()
        position = await store.write(batch, { maxTerm: this.#maxTerm })
        onDurable(clock.monotonicMs() - beganMs)
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#writing = false
    // A failure in the background came first: nothing is acknowledged after it.
    if (this.#state === 'poisoned') return
    this.#settle(batch, position)
    if (this.#waiting.length > 0 || this.#urgent) this.#schedule()
    else this.#rest()
  }

  /** The batch is durable: first all of it is noted, then all who wait are told. */
  #settle(batch: Batch, position: Place | null): void {
    const { durable, cache } = this.#parts
    const { items } = batch
    let freed = this.#parts.store.left.length > 0
    let offset = position?.offset ?? 0
    for (const item of items) {
      if (position !== null) {
        offset = this.#place(item, { segment: position.segment, offset })
        freed = durable.settle(item, position.segment) || freed
      }
      if (item.write !== null && item.write.entries.length > 0) cache.settled()
    }
    this.#reuse(batch)
    if (freed) this.#housekeeper.kick()
    for (const { write } of items) write?.done()
  }

  /** Notes where the item's entries lie; returns where the next item begins. */
  #place(item: BatchItem, { segment, offset }: Place): number {
    let at = offset
    const { write, group } = item
    if (item.cut !== null) return at + markBytes(item.cut)
    if (write === null) return at + recordBytes(0)
    if (write.snapshot !== null) at += markBytes(write.snapshot)
    const live = this.#groups.get(group)
    for (const entry of write.entries) {
      live?.place(entry, { segment, offset: at })
      at += recordBytes(entry.data.length)
    }
    if (write.hardState !== null) at += recordBytes(8)
    return at
  }

  #reuse(batch: Batch): void {
    // Memory a burst asked for is not kept.
    if (this.#spare.length >= SPARE_BATCHES) return
    if (batch.capacity > 2 * this.#parts.limits.batchBytesMax) return
    batch.clear()
    this.#spare.push(batch)
  }

  /** Nothing is under way and nothing waits. */
  #rest(): void {
    const { clock, store } = this.#parts
    this.#idleSinceMs = clock.monotonicMs()
    if (this.#whenIdle !== null) {
      this.#whenIdle()
      return
    }
    const done = this.#evidenced === store.lastBatch && this.#filling.isEmpty
    if (this.#evidenceTimer !== null || done) return
    this.#evidenceTimer = clock.after(LOG_EVIDENCE_DELAY_MS, this.#onEvidenceTimer)
  }

  /** One timer runs at a time, however often the log was idle since it was set. */
  readonly #onEvidenceTimer = (): void => {
    this.#evidenceTimer = null
    if (this.#state !== 'open' || this.#writing || this.#scheduled) return
    const { clock } = this.#parts
    const rested = clock.monotonicMs() - this.#idleSinceMs
    if (rested < LOG_EVIDENCE_DELAY_MS) {
      const rest = LOG_EVIDENCE_DELAY_MS - rested
      this.#evidenceTimer = clock.after(rest, this.#onEvidenceTimer)
      return
    }
    if (!this.#filling.isEmpty) {
      // A cut found nothing to travel with.
      this.#schedule()
      return
    }
    this.#writing = true
    this.#underWay = this.#writeEvidence(EVIDENCE_IDLE)
  }

  async #writeEvidence(kind: number): Promise<void> {
    const { store } = this.#parts
    try {
      await store.writeEvidence(kind, { maxTerm: this.#maxTerm })
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#evidenced = store.lastBatch
    this.#writing = false
    if (this.#waiting.length > 0 || this.#urgent) this.#schedule()
    else if (kind === EVIDENCE_IDLE) this.#rest()
  }

  #fail(error: unknown): void {
    if (this.#state === 'poisoned' || this.#state === 'closed') return
    this.#state = 'poisoned'
    this.#evidenceTimer?.cancel()
    this.#whenIdle?.()
    this.#parts.onFatal(asKvError(error))
  }

  /**
   * The lock is the promise that this process touches the directory no more, so it is held until
   * the last write is over: a later life could be in the file that an earlier one still writes to.
   * It is not kept for a file that fails to close.
   */
  async #close(): Promise<void> {
    const { store, lock } = this.#parts
    try {
      await this.#finish()
    } finally {
      try {
        await store.close()
      } finally {
        await lock.release()
      }
    }
  }

  /** Returns when nothing is under way any more. */
  async #finish(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing'
      await this.#idle()
    }
    try {
      await this.#housekeeper.stop()
    } finally {
      // Of a poisoned log it may still be on its way.
      await this.#underWay
      this.#evidenceTimer?.cancel()
    }
    if (this.#state !== 'closing') return
    await this.#writeEvidence(EVIDENCE_CLOSED)
    if (this.#state === 'closing') this.#state = 'closed'
  }

  /** Returns when all that was appended is durable, or the log is poisoned. */
  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve
      // Also what nobody waits for, a cut, goes with it.
      this.#urgent = true
      if (!this.#writing) this.#schedule()
    })
    this.#whenIdle = null
  }
}

/** Voters, outgoing, learners and the configuration index: see payload.ts. */
function markBytes({ configuration }: SnapshotMark): number {
  const { voters, outgoing, learners } = configuration
  return recordBytes(24 + 8 * (voters.length + outgoing.length + learners.length))
}

function asKvError(error: unknown): Error {
  if (error instanceof KvError) return error
  const what = error instanceof DiskError ? `: ${error.message}` : ''
  const text = `a write of the log failed${what}; restart the node`
  return new KvError('DISK_FAILED', text, { cause: error })
}
