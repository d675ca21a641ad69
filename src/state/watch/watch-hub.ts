/** Everybody on this node who watches one group. */

import { assert } from '../../base/index.ts'
import type { LoadedRecords, RevisionList } from '../types.ts'
import { CatchUp } from './catch-up.ts'
import { WatchCore } from './core.ts'
import { KeySpan } from './key-span.ts'
import { WATCH_LIMITS, type WatchLimits } from './limits.ts'
import { LivePass } from './live-pass.ts'
import { Matcher } from './matcher.ts'
import type {
  HistoryRecord,
  HistoryRequest,
  RecordChange,
  WatchedState,
  WatchSink,
} from './types.ts'
import { WatchStream } from './watch-stream.ts'

/** Progress comes up to a tenth of the interval later, so that not all streams are told at once. */
const JITTER_SHARE = 0.1

export class WatchHub {
  readonly #core: WatchCore
  readonly #live: LivePass
  readonly #catchUp: CatchUp
  readonly #span = new KeySpan()
  #changed = 0
  #isDraining = false
  /** No stream has periodic progress to be told before. */
  #progressDueMs = Number.NEGATIVE_INFINITY
  /** Told when there is something to hand out that no change of the store has brought about. */
  onWork: (() => void) | null = null

  constructor(state: WatchedState, limits: WatchLimits = WATCH_LIMITS) {
    this.#core = new WatchCore(state, limits)
    const matcher = new Matcher(this.#core.interests)
    this.#live = new LivePass(this.#core, matcher)
    this.#catchUp = new CatchUp(this.#core, matcher)
  }

  /** Of the store, as far as the hub was told. */
  get revision(): number {
    return this.#core.head
  }

  /** Everything up to here was looked at for everybody who keeps up. */
  get handedOutRevision(): number {
    return this.#core.matched
  }

  get streamCount(): number {
    return this.#core.streams.size
  }

  get watcherCount(): number {
    return this.#core.watcherCount
  }

  /** Watchers that are behind, for whatever reason. */
  get slowWatcherCount(): number {
    const { roster, watcherCount } = this.#core
    return watcherCount - roster.syncedCount - roster.future.size
  }

  /** Of events, whether they are still needed or not. */
  get heldBytes(): number {
    return this.#core.ring.heldBytes
  }

  get eventsSent(): number {
    return this.#core.delivery.eventsSent
  }

  // What the state tells.

  /** Of every change, in order. `settled` follows the last one of a revision. */
  changed(change: RecordChange): void {
    const core = this.#core
    assert(change.main > core.head, 'a change is newer than the store was')
    this.#changed = change.main
    if (core.watcherCount === 0) return
    this.#span.setRecord(change.record, 0, change.record.length)
    core.ring.append(change, this.#span)
  }

  settled(revision: number): void {
    const core = this.#core
    assert(revision > core.head && this.#changed === revision, 'a revision has changes')
    core.head = revision
    if (core.watcherCount === 0) this.#rest()
  }

  /** Before any record is dropped for it. */
  compacted(revision: number): void {
    const core = this.#core
    assert(revision > core.compactRevision && revision <= core.head, 'compaction moves on')
    core.previous.compactRevision = revision
    core.isDistantDue = true
  }

  /** A snapshot has taken the place of the state. */
  replaced(state: WatchedState): void {
    const core = this.#core
    assert(state.revision >= core.head, 'a state never goes back')
    core.head = state.revision
    this.#changed = state.revision
    core.previous.replace(state)
    core.ring.clear(state.revision + 1)
    this.#catchUp.resumeWaiting()
    this.#live.leaveBehind(state.revision)
    this.#catchUp.forget()
    this.#wake()
  }

  // What doors do.

  /** `jitter` from 0 up to but without 1. The stream is to be closed by whoever opened it. */
  openStream(sink: WatchSink, jitter = 0): WatchStream {
    const host = { core: this.#core, wake: () => this.#wake() }
    const stream = new WatchStream(host, sink, jitter)
    this.#core.streams.add(stream)
    this.#progressDueMs = Number.NEGATIVE_INFINITY
    return stream
  }

  // What the driver does, between two turns of the state.

  /**
   * Hands out what there is, in about `budget` steps of a microsecond; one revision is never left
   * half looked at, however large. True: there is more to do without anything from outside.
   */
  drain(budget: number): boolean {
    assert(!this.#isDraining && budget > 0, 'events are handed out by one at a time')
    const core = this.#core
    const steps = core.delivery.budget
    if (!this.hasWork) return false
    this.#isDraining = true
    core.isHandingOut = true
    // Those who are behind get half of it, and what the others leave: neither starves the other.
    steps.left = budget / 2
    this.#catchUp.run()
    steps.left = Math.max(0, steps.left) + budget / 2
    this.#live.run()
    if (!steps.isSpent) this.#catchUp.run()
    core.isHandingOut = false
    this.#isDraining = false
    core.activate()
    this.#tellProgress()
    if (core.roster.resumedCount === 0) core.previous.release()
    core.delivery.trim()
    return this.hasWork
  }

  get hasWork(): boolean {
    const core = this.#core
    if (core.watcherCount === 0) return false
    if (core.matched < core.head || this.#catchUp.hasWork) return true
    for (const stream of core.streams) if (stream.isProgressReady) return true
    return false
  }

  /** What to read of the past, if anything; at most one at a time. To be asked after `drain`. */
  wantHistory(): HistoryRequest | null {
    return this.#catchUp.request()
  }

  /**
   * The answer to a request: records from its revision on, all of one revision together, and where
   * they go on; null: that was all when it was asked. Answers to an old request do nothing.
   */
  history(
    request: HistoryRequest,
    records: readonly HistoryRecord[],
    nextMain: number | null,
  ): void {
    if (this.#catchUp.answer(request, records, nextMain)) this.#wake()
  }

  /** Previous values to bring into memory, if any; at most one list at a time. */
  wantRecords(): RevisionList | null {
    // Whoever has got what it wanted uses it first: the next answer takes its place.
    return this.#core.roster.resumedCount > 0 ? null : this.#core.previous.request()
  }

  /** Answers to an old list do nothing. */
  loaded(revisions: RevisionList, records: LoadedRecords): void {
    if (!this.#core.previous.answer(revisions, records)) return
    this.#catchUp.resumeWaiting()
    this.#wake()
  }

  /** Tells progress to those who wish to hear of it from time to time. */
  tick(nowMs: number): void {
    if (nowMs < this.#progressDueMs) return
    const { streams, limits } = this.#core
    let next = Number.POSITIVE_INFINITY
    for (const stream of streams) {
      const interval = limits.progressIntervalMs * (1 + JITTER_SHARE * stream.jitter)
      if (stream.progressDueMs < 0) stream.progressDueMs = nowMs + interval
      if (stream.progressDueMs <= nowMs) {
        stream.progressDueMs = nowMs + interval
        stream.tellPeriodicProgress()
      }
      next = Math.min(next, stream.progressDueMs)
    }
    this.#progressDueMs = next
  }

  #tellProgress(): void {
    for (const stream of this.#core.streams) if (stream.waitsForProgress) stream.tellProgress()
  }

  /** Nobody watches: nothing is kept. */
  #rest(): void {
    const { ring, head } = this.#core
    this.#core.matched = head
    ring.clear(head + 1)
    ring.free()
  }

  #wake(): void {
    if (!this.#isDraining) this.onWork?.()
  }
}
