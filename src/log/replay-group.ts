/**
 * One group while its log is replayed, and what became doubtful about it on the way.
 *
 * Doubt is raised by damage and taken back by whatever is read later and could only have been
 * written if nothing was lost, or if what was lost had been replaced since:
 *   - an entry that continues what is here, by index and by the term it stood on;
 *   - a mark that was installed, and the state at the head of a later segment;
 *   - for term and vote, any later hard state.
 */

import type { Entry, HardState, LogIndex, SnapshotMark, Term } from '../raft/index.ts'
import { NO_HARD_STATE } from './durable-view.ts'
import { EntryTail } from './entry-cache.ts'
import type { Place } from './format.ts'
import { GroupIndex } from './group-index.ts'
import type { GroupState } from './payload.ts'

export class ReplayGroup {
  readonly index = new GroupIndex()
  readonly tail = new EntryTail()
  hardState: HardState = NO_HARD_STATE
  /** Configuration entries in the log, ascending. */
  configurations: Entry[] = []
  /** Term and vote may be older than what was promised. */
  promisesDoubtful = false
  /** Entries may be missing, or be others than were durable here. */
  entriesDoubtful = false
  /** Entries whose header is good and whose data is not, ascending. */
  #damaged: LogIndex[] = []
  /** The commit index when the entries became doubtful: up to there they are right in any case. */
  #commitBeforeDoubt: LogIndex = 0

  doubt(): void {
    this.promisesDoubtful = true
    this.#doubtEntries()
  }

  entry(
    { index, term, previousTerm }: { index: LogIndex; term: Term; previousTerm: Term },
    { segment, offset }: Place,
  ): boolean {
    if (!this.index.continues(index, previousTerm)) {
      this.#doubtEntries()
      if (this.#isReplaced(index - 1, previousTerm)) this.#keepCertain()
      return false
    }
    if (index <= this.index.last) this.#forgetFrom(index)
    this.index.append({ index, term }, { previousTerm })
    this.index.positions.set(index, segment, offset)
    this.entriesDoubtful = false
    return true
  }

  /** The data of the entry that was just taken is damaged. */
  entryDamaged(index: LogIndex): void {
    this.#damaged.push(index)
  }

  keep(entry: Entry): void {
    if (entry.kind === 'configuration') this.configurations.push(entry)
  }

  hardStateRead(state: HardState): void {
    this.hardState = state
    this.promisesDoubtful = false
  }

  cut(mark: SnapshotMark): void {
    // An older mark than the one known is a repetition.
    if (mark.index < this.index.markIndex) return
    // Beyond the end: what was lost below the mark is not missed, but more may have been above it.
    if (mark.index > this.index.last) this.#doubtEntries()
    this.index.cut(mark)
    this.#forgetThrough(mark.index)
    if (this.index.last === mark.index) this.#clear()
  }

  installed(mark: SnapshotMark): void {
    this.index.restart(mark)
    this.#clear()
    this.entriesDoubtful = false
  }

  /** The mark's configuration is lost, and with it the ground the log stands on. */
  markDamaged(): void {
    this.#doubtEntries()
  }

  /** What the head of a segment says, for a group of which nothing older was read. */
  presume(state: GroupState, last: { index: LogIndex; term: Term }): void {
    this.hardStateRead(state.hardState)
    this.index.presume(state.mark, last)
    this.#clear()
    this.entriesDoubtful = false
  }

  /** What the head of a segment says, compared with what was read before it. */
  confirm(state: GroupState, last: { index: LogIndex; term: Term }): void {
    const { mark } = state
    if ((mark?.index ?? 0) < this.index.markIndex) {
      // A mark never goes back: the group was dropped and made anew, and the word of that is gone
      // with damage or with a last batch that was carried over. Nothing of before is of this group.
      this.presume(state, last)
      return
    }
    this.hardStateRead(state.hardState)
    if (mark !== null) this.cut(mark)
    if (last.index < this.index.last && last.index >= this.index.markIndex) {
      // Below what was seen there is only the head's word for it, as at the start of the oldest
      // segment that is left.
      if (this.index.termAt(last.index) !== undefined) this.index.truncateAfter(last.index)
      else this.index.presume(this.index.mark, last)
      this.#forgetFrom(last.index + 1)
    }
    if (this.index.last === last.index && this.index.termAt(last.index) === last.term) {
      this.entriesDoubtful = false
    } else {
      this.#doubtEntries()
      if (this.#isReplaced(last.index, last.term)) this.#keepCertain()
    }
  }

  /** An operator takes the log as it is up to `index`. Null, or why that cannot be. */
  concede(index: LogIndex): string | null {
    if (index > this.index.last) return `the log ends at ${this.index.last}`
    if (index < this.index.markIndex) return `a snapshot covers up to ${this.index.markIndex}`
    if (this.index.missing > 0 && index > this.index.markIndex) {
      return `entries behind ${this.index.markIndex} are missing: nothing above it can be kept`
    }
    const damaged = this.#damaged[0]
    if (damaged !== undefined && damaged <= index) return `entry ${damaged} is damaged`
    this.index.truncateAfter(index)
    this.#forgetFrom(index + 1)
    return null
  }

  /** The damaged entries that are still part of the log. */
  get damaged(): readonly LogIndex[] {
    return this.#damaged
  }

  /** Makes of everything doubtful what can be stood for, and tells whether something was lost. */
  settle({ nodeId, fenceTerm }: { nodeId: number; fenceTerm: Term }): boolean {
    const lost = this.#settleEntries()
    const fenced = this.promisesDoubtful
    if (fenced) {
      // A vote for itself in the highest term it can have voted in: it can vote for nobody else
      // there, and being under repair it does not campaign.
      const term = Math.max(this.hardState.term, fenceTerm)
      this.hardState = { ...this.hardState, term, vote: nodeId }
    }
    const { term, commit } = this.hardState
    if (term < this.index.lastTerm) {
      this.hardState = { ...this.hardState, term: this.index.lastTerm, vote: 0 }
    }
    const known = Math.max(commit, this.index.markIndex)
    const short = known > this.index.last
    this.hardState = { ...this.hardState, commit: Math.min(known, this.index.last) }
    if (lost || fenced || short) this.hardState = { ...this.hardState, recovering: true }
    return lost || fenced || short
  }

  #settleEntries(): boolean {
    const { index } = this
    let lost = false
    if (index.missing > 0) {
      // The first entries behind the mark are gone, and so nothing behind them may be applied.
      index.restart(index.mark)
      this.#clear()
      lost = true
    }
    const firstDamaged = this.#damaged[0]
    if (firstDamaged !== undefined) {
      index.truncateAfter(firstDamaged - 1)
      this.#forgetFrom(firstDamaged)
      lost = true
    }
    if (this.entriesDoubtful) {
      const commit = Math.min(this.hardState.commit, this.#commitBeforeDoubt)
      this.hardState = { ...this.hardState, commit }
      lost = true
    }
    return lost
  }

  #doubtEntries(): void {
    if (!this.entriesDoubtful) this.#commitBeforeDoubt = this.hardState.commit
    this.entriesDoubtful = true
  }

  /** Whether what is here is not what stood there when the record was written. */
  #isReplaced(index: LogIndex, term: Term): boolean {
    const known = index > this.index.markIndex ? this.index.termAt(index) : undefined
    return known !== undefined && known !== term
  }

  /**
   * Entries were replaced by some that are lost, and nobody knows from which on. What is committed
   * never is. With more of them the log would read differently when its oldest segments are gone.
   */
  #keepCertain(): void {
    const certain = Math.max(this.index.base, this.#commitBeforeDoubt)
    if (certain >= this.index.last) return
    this.index.truncateAfter(certain)
    this.#forgetFrom(certain + 1)
  }

  #forgetFrom(index: LogIndex): void {
    this.tail.truncateFrom(index)
    if (this.#damaged.length > 0) this.#damaged = this.#damaged.filter((at) => at < index)
    const { configurations } = this
    while ((configurations[configurations.length - 1]?.index ?? -1) >= index) configurations.pop()
  }

  #forgetThrough(index: LogIndex): void {
    this.tail.dropThrough(index)
    if (this.#damaged.length > 0) this.#damaged = this.#damaged.filter((at) => at > index)
    while ((this.configurations[0]?.index ?? index + 1) <= index) this.configurations.shift()
  }

  #clear(): void {
    this.tail.clear()
    this.#damaged = []
    this.configurations = []
  }
}
