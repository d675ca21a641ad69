/**
 * Gives history back without being asked, as etcd does (`--auto-compaction-mode`). Every node
 * watches how the revisions grow, so that a new leader knows what the old one knew; the leader
 * proposes.
 *
 * Periodic: what is older than the retention goes, once in that time, at most once an hour. By
 * revisions: of all but the newest, every five minutes (etcd, etcdserver/api/v3compactor).
 */

import { assert } from '../base/index.ts'
import type { Clock } from '../io/index.ts'
import type { AutoCompaction } from './parts.ts'

const HOUR_MS = 3_600_000
const REVISION_INTERVAL_MS = 300_000
/** Revisions are noted ten times in an interval. */
const NOTES_PER_INTERVAL = 10
/** Notes that are kept: of a year with an hour between compactions. */
const NOTES_MAX = 100_000

export interface CompactionSubject {
  readonly isLeader: boolean
  readonly revision: number
  readonly compactRevision: number
  /** `done` hears whether the history up to there is gone. */
  compact(revision: number, done: (isGone: boolean) => void): void
}

export class AutoCompactor {
  readonly #mode: AutoCompaction
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #subject: CompactionSubject
  readonly #intervalMs: number
  readonly #noteMs: number
  readonly #notesMax: number
  /** Revisions as they were, the oldest first; the first is about one retention old. */
  readonly #notes: number[] = []
  #nextNoteMs: number
  #lastSuccessMs: number
  #lastRevision = 0
  #isFirst = true
  #isUnderWay = false

  constructor(mode: AutoCompaction, clock: Pick<Clock, 'monotonicMs'>, subject: CompactionSubject) {
    this.#mode = mode
    this.#clock = clock
    this.#subject = subject
    const retentionMs = mode.kind === 'periodic' ? mode.retentionMs : REVISION_INTERVAL_MS
    const isSound = mode.kind === 'revision' ? mode.retention > 0 : retentionMs > 0
    assert(isSound, 'something is kept')
    this.#intervalMs = Math.min(retentionMs, HOUR_MS)
    this.#noteMs = mode.kind === 'periodic' ? this.#intervalMs / NOTES_PER_INTERVAL : retentionMs
    this.#notesMax = Math.min(NOTES_MAX, Math.floor(retentionMs / this.#noteMs) + 1)
    const nowMs = clock.monotonicMs()
    this.#lastSuccessMs = nowMs
    this.#nextNoteMs = nowMs + (mode.kind === 'periodic' ? 0 : this.#noteMs)
  }

  tick(): void {
    if (this.#mode.kind === 'off') return
    const nowMs = this.#clock.monotonicMs()
    if (nowMs < this.#nextNoteMs) return
    this.#nextNoteMs = nowMs + this.#noteMs
    const revision = this.#mode.kind === 'periodic' ? this.#past(nowMs) : this.#behind()
    if (this.#isUnderWay || !this.#subject.isLeader || revision <= 0) return
    if (revision <= this.#subject.compactRevision || revision === this.#lastRevision) return
    this.#isUnderWay = true
    this.#subject.compact(revision, (isGone) => {
      this.#isUnderWay = false
      if (!isGone) return
      this.#isFirst = false
      this.#lastRevision = revision
      this.#lastSuccessMs = nowMs
    })
  }

  /** Everything but the newest revisions. */
  #behind(): number {
    if (this.#mode.kind !== 'revision') return 0
    return this.#subject.revision - this.#mode.retention
  }

  /** As it was one retention ago; 0 while it is too early. */
  #past(nowMs: number): number {
    const oldest = this.#notes[0] ?? 0
    this.#notes.push(this.#subject.revision)
    if (this.#notes.length > this.#notesMax) this.#notes.shift()
    // The first time after the whole retention, then once in an interval.
    const retentionMs = this.#mode.kind === 'periodic' ? this.#mode.retentionMs : 0
    const waitMs = this.#isFirst ? retentionMs : this.#intervalMs
    return nowMs - this.#lastSuccessMs >= waitMs ? oldest : 0
  }
}
