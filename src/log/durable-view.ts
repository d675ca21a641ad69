/**
 * What is durable: the state of every group as the next segment's head must tell it, and which
 * segments are still needed. It runs behind what was appended by what is on its way to disk.
 *
 * Invariant: a segment that holds an entry above its group's durable mark, not replaced by anything
 * durable, is needed.
 */

import { assert } from '../base/index.ts'
import type { GroupId, HardState, LogIndex, SnapshotMark, Term } from '../raft/index.ts'
import type { BatchItem } from './batch.ts'
import type { LogWrite } from './types.ts'

export interface DurableGroup {
  hardState: HardState
  mark: SnapshotMark | null
  last: LogIndex
  lastTerm: Term
}

export const NO_HARD_STATE: HardState = { term: 0, vote: 0, commit: 0, recovering: false }

export class DurableView {
  readonly #groups = new Map<GroupId, DurableGroup>()
  /** Per segment the highest index that is needed of each group in it. */
  readonly #segments = new Map<number, Map<GroupId, LogIndex>>()

  get groups(): ReadonlyMap<GroupId, DurableGroup> {
    return this.#groups
  }

  restore(group: GroupId, state: DurableGroup): void {
    this.#groups.set(group, state)
  }

  addSegment(number: number): void {
    assert(!this.#segments.has(number), 'a segment is added once')
    this.#segments.set(number, new Map())
  }

  removeSegment(number: number): void {
    this.#segments.delete(number)
  }

  needs(group: GroupId, { segment, index }: { segment: number; index: LogIndex }): void {
    const needed = this.#segments.get(segment)
    assert(needed !== undefined, 'entries lie in a segment that exists')
    needed.set(group, index)
  }

  isNeeded(segment: number): boolean {
    const needed = this.#segments.get(segment)
    assert(needed !== undefined, 'only a segment that exists is asked about')
    for (const [group, index] of needed) {
      const state = this.#groups.get(group)
      if (state !== undefined && index > (state.mark?.index ?? 0)) return true
    }
    return false
  }

  /** Up to which of its entries the group needs the segment; 0: it does not. */
  neededBy(group: GroupId, segment: number): LogIndex {
    const index = this.#segments.get(segment)?.get(group) ?? 0
    const mark = this.#groups.get(group)?.mark?.index ?? 0
    return index > mark ? index : 0
  }

  /** The item became durable in this segment. True when older segments may have become free. */
  settle(item: BatchItem, segment: number): boolean {
    if (item.dropped) {
      this.#groups.delete(item.group)
      this.#forgetFrom(item.group, 0)
      return true
    }
    const state = this.#groups.get(item.group) ?? this.#create(item.group)
    if (item.cut !== null) {
      state.mark = item.cut
      assert(item.cut.index <= state.last, 'a cut lies inside the log')
      return true
    }
    return item.write !== null && this.#settleWrite(state, item.write, segment)
  }

  #settleWrite(state: DurableGroup, write: LogWrite, segment: number): boolean {
    const { group, hardState, entries, snapshot } = write
    let freed = false
    if (snapshot !== null) {
      this.#forgetFrom(group, 0)
      state.mark = snapshot
      state.last = snapshot.index
      state.lastTerm = snapshot.term
      freed = true
    }
    if (hardState !== null) state.hardState = hardState
    const first = entries[0]
    const last = entries[entries.length - 1]
    if (first === undefined || last === undefined) return freed
    if (first.index <= state.last) {
      this.#forgetFrom(group, first.index)
      freed = true
    }
    state.last = last.index
    state.lastTerm = last.term
    this.needs(group, { segment, index: last.index })
    return freed
  }

  #create(group: GroupId): DurableGroup {
    const state = { hardState: NO_HARD_STATE, mark: null, last: 0, lastTerm: 0 }
    this.#groups.set(group, state)
    return state
  }

  /** Entries of the group from `index` on are needed in no segment any more. */
  #forgetFrom(group: GroupId, index: LogIndex): void {
    for (const needed of this.#segments.values()) {
      const highest = needed.get(group)
      if (highest === undefined || highest < index) continue
      if (index === 0) needed.delete(group)
      else needed.set(group, index - 1)
    }
  }
}
