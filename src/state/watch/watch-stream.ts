/** The watchers of one client's stream, and the order of what it is told. */

import { assert } from '../../base/index.ts'
import type { WatchCore } from './core.ts'
import { wantsOf } from './interest.ts'
import type { WatchedRange } from './interests.ts'
import { compareBytes } from './key-span.ts'
import { NO_WATCH_ID, type WatchRefusal, type WatchSink, type WatchSpec } from './types.ts'
import { PLACE, Watcher } from './watcher.ts'

/** In etcd the empty key stands for the smallest one. */
const SMALLEST_KEY: readonly number[] = [0]

export interface StreamHost {
  readonly core: WatchCore
  /** There is something to hand out. */
  wake(): void
}

export class WatchStream {
  readonly sink: WatchSink
  /** A fraction of the tenth of the interval that this stream's periodic progress comes later. */
  readonly jitter: number
  /** When the next periodic progress is due; negative: to be set by the next tick. */
  progressDueMs = -1
  readonly #host: StreamHost
  readonly #watchers = new Map<bigint, Watcher>()
  #nextId = 0n
  #unsyncedCount = 0
  /** A client waits to hear that everything up to here was sent; null: none does. */
  #progressTarget: number | null = null
  #isClosed = false

  constructor(host: StreamHost, sink: WatchSink, jitter: number) {
    assert(jitter >= 0 && jitter < 1, 'jitter is a fraction')
    this.#host = host
    this.sink = sink
    this.jitter = jitter
  }

  get watcherCount(): number {
    return this.#watchers.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  watchers(): IterableIterator<Watcher> {
    return this.#watchers.values()
  }

  /** Answers at once with `created`, or with `refused`; the bytes are copied. */
  create(spec: WatchSpec): void {
    if (this.#isClosed) return
    const { core } = this.#host
    const revision = core.head
    const range = rangeOf(spec)
    const refusal = range === null ? 'rangeEmpty' : this.#refusal(spec)
    if (range === null || refusal !== null) {
      this.sink.notice({ kind: 'refused', refusal: refusal ?? 'rangeEmpty', revision })
      return
    }
    const id = this.#chooseId(spec.watchId)
    const { startRevision } = spec
    this.sink.notice({ kind: 'created', watchId: id, revision })
    if (startRevision > 0 && startRevision < core.compactRevision) {
      const { compactRevision } = core
      this.sink.notice({ kind: 'compacted', watchId: id, compactRevision })
      return
    }
    // The sink may have closed the stream.
    if (!this.#isClosed) this.#begin(id, range, { spec, revision })
  }

  /** A watcher that is not there is not answered. */
  cancel(watchId: bigint): void {
    const watcher = this.#watchers.get(watchId)
    if (watcher === undefined) return
    this.#remove(watcher)
    this.sink.notice({ kind: 'canceled', watchId, revision: this.#host.core.head })
  }

  /** The client wants to hear when everything up to now has been sent. */
  progress(): void {
    // Like etcd, a stream without watchers has nothing to say.
    if (this.#isClosed || this.#watchers.size === 0) return
    this.#progressTarget = this.#host.core.head
    this.#host.wake()
  }

  /** The sink takes something again. */
  writable(): void {
    for (const watcher of this.#watchers.values()) {
      if (watcher.place === PLACE.parked) this.#host.core.settle(watcher)
    }
    this.#host.wake()
  }

  /** Idempotent. Nothing is sent any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const watcher of this.#watchers.values()) this.#host.core.remove(watcher)
    this.#watchers.clear()
    this.#progressTarget = null
    this.#host.core.streams.delete(this)
  }

  get waitsForProgress(): boolean {
    return this.#progressTarget !== null
  }

  /** Whether the progress that was asked for can be told now. */
  get isProgressReady(): boolean {
    const target = this.#progressTarget
    if (target === null || this.#host.core.matched < target || !this.sink.isWritable) return false
    return this.#isWhollySynced()
  }

  /** For the hub, at the end of its turn. */
  tellProgress(): void {
    if (this.#watchers.size === 0) this.#progressTarget = null
    if (!this.isProgressReady) return
    this.#progressTarget = null
    const revision = this.#host.core.matched
    this.sink.notice({ kind: 'progress', watchId: NO_WATCH_ID, revision })
  }

  /** To each watcher that wishes it and has heard nothing since the last time. */
  tellPeriodicProgress(): void {
    const { matched } = this.#host.core
    for (const watcher of this.#watchers.values()) {
      if (!watcher.wantsProgress) continue
      if (watcher.isQuiet && this.sink.isWritable && isAt(watcher, matched)) {
        this.sink.notice({ kind: 'progress', watchId: watcher.id, revision: matched })
      }
      watcher.isQuiet = true
    }
  }

  /** For the hub: what the watcher needs is compacted away. */
  cancelCompacted(watcher: Watcher): void {
    const { compactRevision } = this.#host.core
    assert(watcher.cursorMain < compactRevision, 'what is compacted is below the compaction')
    this.#remove(watcher)
    this.sink.notice({ kind: 'compacted', watchId: watcher.id, compactRevision })
  }

  /** For the roster. */
  unsyncedChanged(change: number): void {
    this.#unsyncedCount += change
    assert(this.#unsyncedCount >= 0, 'a stream knows who is behind')
  }

  #refusal({ startRevision, watchId }: WatchSpec): WatchRefusal | null {
    const { core } = this.#host
    if (startRevision < 0) return 'startNegative'
    if (watchId !== 0n && this.#watchers.has(watchId)) return 'duplicateId'
    const isFull = core.watcherCount >= core.limits.watchersMax
    return isFull || this.#watchers.size >= core.limits.watchersPerStreamMax ? 'tooMany' : null
  }

  #chooseId(wanted: bigint): bigint {
    if (wanted !== 0n) return wanted
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1n
    const id = this.#nextId
    this.#nextId += 1n
    return id
  }

  #begin(
    id: bigint,
    range: WatchedRange,
    { spec, revision }: { readonly spec: WatchSpec; readonly revision: number },
  ): void {
    const { core } = this.#host
    const { startRevision } = spec
    const watcher = new Watcher({
      stream: this,
      id,
      audience: core.interests.join(range, wantsOf(spec)),
      startRevision,
      wantsProgress: spec.progressNotify,
      cursor: startRevision > 0 ? startRevision : revision + 1,
    })
    this.#watchers.set(id, watcher)
    core.watcherCount += 1
    this.#unsyncedCount += 1
    core.settle(watcher)
    if (watcher.place === PLACE.chasing) this.#host.wake()
  }

  #remove(watcher: Watcher): void {
    this.#host.core.remove(watcher)
    this.#watchers.delete(watcher.id)
    this.#unsyncedCount -= 1
    assert(this.#unsyncedCount >= 0, 'a stream knows who is behind')
  }

  /** All have been handed everything, and it is not below what one of them waits for. */
  #isWhollySynced(): boolean {
    if (this.#unsyncedCount > 0) return false
    const { matched } = this.#host.core
    for (const watcher of this.#watchers.values()) if (!isAt(watcher, matched)) return false
    return true
  }
}

/** A bookmark below the start would make a client begin again where it never wanted to. */
function isAt(watcher: Watcher, revision: number): boolean {
  return watcher.place === PLACE.synced && watcher.startRevision <= revision
}

/** Null: the range is empty. The bytes of the request are only lent, so they are copied. */
function rangeOf({ key, rangeEnd }: WatchSpec): WatchedRange | null {
  const from = key.length === 0 ? Uint8Array.from(SMALLEST_KEY) : Uint8Array.from(key)
  if (rangeEnd.length === 0) return { from, to: null, isExact: true }
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { from, to: null, isExact: false }
  if (compareBytes(from, rangeEnd) >= 0) return null
  return { from, to: Uint8Array.from(rangeEnd), isExact: false }
}
