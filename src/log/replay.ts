/**
 * Rebuilds every group's state from the records of all segments in order. Damage raises doubt,
 * later records take it back (replay-group.ts), and what remains doubtful at the end was lost.
 */

import { LOG_LOST_TERMS_MAX } from '../base/index.ts'
import type { Entry, GroupId, LogIndex, Term } from '../raft/index.ts'
import { ENTRY_KINDS } from './batch.ts'
import {
  MARK_INSTALLED,
  TYPE_ENTRY,
  TYPE_FENCE,
  TYPE_GROUP_DROPPED,
  TYPE_GROUP_STATE,
  TYPE_HARD_STATE,
  TYPE_SNAPSHOT_MARK,
} from './format.ts'
import { decodeGroupState, decodeMark, decodeVote } from './payload.ts'
import type { RecordHeader } from './record.ts'
import { ReplayGroup } from './replay-group.ts'
import type { Damage, ScannedRecord, ScanSink } from './scan.ts'

const KIND_CONFIGURATION = ENTRY_KINDS.indexOf('configuration')

export interface ReplayOptions {
  readonly nodeId: number
  /** From this segment on entries are kept in memory as they are read. */
  readonly cacheFromSegment: number
  readonly cacheBytesMax: number
}

export class Replay implements ScanSink {
  readonly groups = new Map<GroupId, ReplayGroup>()
  /** Records that do not continue what was read, where no damage was seen: also damage. */
  readonly breaks: Damage[] = []
  readonly #options: ReplayOptions
  #maxTerm: Term = 0
  /** A bound for the terms of promises that were lost in a gap. */
  #fenceTerm: Term = 0
  #fenceOpen = false
  /** There may be groups nobody remembers: what they may have promised lies in terms up to this. */
  #hiddenTerm: Term | null = null
  #gapOpen = false
  #firstSegment = true
  /** While the head of a segment is read: the groups it names. */
  #head: Set<GroupId> | null = null
  #headFence: Term | null = null
  #segment = 0
  #cachedBytes = 0
  #lastGroup: ReplayGroup | null = null
  #lastGroupId: GroupId = -1

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  get maxTerm(): Term {
    return this.#maxTerm
  }

  /** The term up to which groups that are not known here may have voted; null when none are. */
  get hiddenTerm(): Term | null {
    return this.#hiddenTerm === null ? null : Math.max(this.#hiddenTerm, this.#boundTerm())
  }

  /** Records were lost, and nothing read later tells which groups there were. */
  get gapOpen(): boolean {
    return this.#gapOpen
  }

  beginSegment(segment: number, { maxTerm }: { maxTerm: Term }): void {
    this.#segment = segment
    this.#head = new Set()
    this.#headFence = null
    this.termSeen(maxTerm)
  }

  endSegment(): void {
    this.#firstSegment = false
    this.#head = null
  }

  /** This node had written it by now. */
  termSeen(term: Term): void {
    this.#maxTerm = Math.max(this.#maxTerm, term)
    if (!this.#fenceOpen) return
    this.#fenceOpen = false
    this.#fenceTerm = this.#maxTerm
    if (this.#hiddenTerm !== null) this.#hiddenTerm = Math.max(this.#hiddenTerm, this.#maxTerm)
  }

  wantsData(record: RecordHeader): boolean {
    if (record.kind === KIND_CONFIGURATION) return true
    if (this.#segment < this.#options.cacheFromSegment) return false
    return this.#cachedBytes + record.payloadBytes <= this.#options.cacheBytesMax
  }

  committed(group: GroupId): LogIndex {
    const known = this.groups.get(group)
    return known === undefined ? 0 : Math.max(known.hardState.commit, known.index.markIndex)
  }

  gap(): void {
    for (const group of this.groups.values()) group.doubt()
    this.#fenceOpen = true
    this.#gapOpen = true
    this.#hiddenTerm = Math.max(this.#hiddenTerm ?? 0, this.#maxTerm)
    // A head with a gap does not name every group.
    this.#head = null
  }

  batchEnded(maxTerm: Term | null, { whole }: { whole: boolean }): void {
    if (maxTerm !== null) this.termSeen(maxTerm)
    if (this.#head !== null && whole) this.#headEnded(this.#head)
    this.#head = null
  }

  record(record: ScannedRecord): void {
    if (record.type === TYPE_ENTRY) this.#entry(record)
    else if (record.type === TYPE_HARD_STATE) this.#hardState(record)
    else if (record.type === TYPE_SNAPSHOT_MARK) this.#mark(record)
    else if (record.type === TYPE_GROUP_STATE) this.#groupState(record)
    else if (record.type === TYPE_GROUP_DROPPED) this.#drop(record.group)
    else if (record.type === TYPE_FENCE) this.#headFence = record.term
  }

  /** Settles all groups; returns those that lost something. */
  settle(): GroupId[] {
    const fenceTerm = this.hiddenTerm ?? this.#boundTerm()
    const lost: GroupId[] = []
    for (const [id, group] of this.groups) {
      if (group.settle({ nodeId: this.#options.nodeId, fenceTerm })) lost.push(id)
    }
    return lost.sort((a, b) => a - b)
  }

  /** No promise that was lost in a gap was made in a term above this. */
  #boundTerm(): Term {
    if (!this.#fenceOpen) return this.#fenceTerm
    // Nothing was read behind the gap. More elections than this do not fit into what it can hold.
    return this.#maxTerm + LOG_LOST_TERMS_MAX
  }

  #group(id: GroupId): ReplayGroup {
    if (id === this.#lastGroupId && this.#lastGroup !== null) return this.#lastGroup
    let group = this.groups.get(id)
    if (group === undefined) {
      group = new ReplayGroup()
      // Whatever it was before may lie in damage, and this be all that is left of it.
      if (this.#hiddenTerm !== null) group.doubt()
      this.groups.set(id, group)
    }
    this.#lastGroupId = id
    this.#lastGroup = group
    return group
  }

  #entry(record: ScannedRecord): void {
    const group = this.#group(record.group)
    this.#maxTerm = Math.max(this.#maxTerm, record.term)
    const doubtful = group.entriesDoubtful
    if (!group.entry(record, record)) {
      if (!doubtful) this.#reportBreak(record)
      return
    }
    // A configuration larger than any there can be was not read.
    if (record.damaged || (record.payload === null && record.kind === KIND_CONFIGURATION)) {
      group.entryDamaged(record.index)
      return
    }
    const { payload, index, term } = record
    if (payload === null) return
    const kind = ENTRY_KINDS[record.kind]
    if (kind === undefined) return
    const entry: Entry = { index, term, kind, data: payload }
    group.keep(entry)
    if (this.#segment < this.#options.cacheFromSegment) return
    group.tail.push(entry)
    this.#cachedBytes += payload.length
  }

  #hardState(record: ScannedRecord): void {
    const group = this.#group(record.group)
    const vote = record.payload === null ? null : decodeVote(record.payload)
    const { term, index: commit } = record
    this.#maxTerm = Math.max(this.#maxTerm, term)
    const recovering = record.kind === 1
    group.hardStateRead({ term, vote: vote ?? 0, commit, recovering })
    if (vote !== null) return
    // Who was voted for is lost, the term is not.
    group.promisesDoubtful = true
    this.#fenceTerm = Math.max(this.#fenceTerm, term)
  }

  #mark(record: ScannedRecord): void {
    const group = this.#group(record.group)
    const { index, term, payload, kind } = record
    const mark = payload === null ? null : decodeMark(payload, { index, term })
    if (mark !== null && kind === MARK_INSTALLED) group.installed(mark)
    else if (mark !== null) group.cut(mark)
    else if (kind === MARK_INSTALLED) group.markDamaged()
    // A cut mark that is lost only means that more is kept than is needed.
  }

  #groupState(record: ScannedRecord): void {
    const id = record.group
    this.#head?.add(id)
    const known = this.groups.has(id)
    const group = this.#group(id)
    const last = { index: record.index, term: record.term }
    const state = record.payload === null ? null : decodeGroupState(record.payload)
    if (state === null) {
      if (!known) group.index.presume(null, last)
      group.doubt()
      this.#fenceOpen = true
      return
    }
    this.#maxTerm = Math.max(this.#maxTerm, state.hardState.term)
    if (this.#firstSegment || !known) {
      group.presume(state, last)
      return
    }
    group.confirm(state, last)
    if (group.entriesDoubtful) this.#reportBreak(record)
  }

  /** A head that is whole names every group there was, and says whether others may be hidden. */
  #headEnded(named: ReadonlySet<GroupId>): void {
    for (const id of [...this.groups.keys()]) if (!named.has(id)) this.#drop(id)
    this.#hiddenTerm = this.#headFence
    this.#gapOpen = false
  }

  #drop(id: GroupId): void {
    this.groups.delete(id)
    this.#lastGroupId = -1
    this.#lastGroup = null
  }

  #reportBreak(record: ScannedRecord): void {
    const { segment, offset, group, index } = record
    const reason = 'the group does not continue here'
    this.breaks.push({ segment, offset, reason, group, index })
  }
}
