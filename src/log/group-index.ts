/**
 * What is known of one group's log without its entries' bytes: the mark it begins behind, the term
 * and the place of every entry.
 *
 * While a log is recovered it may know of entries whose segments are gone (they are counted at the
 * head of the oldest segment left). They have a term only at the end and no place: `missing` tells.
 */

import { assert } from '../base/index.ts'
import type { LogIndex, SnapshotMark, Term } from '../raft/index.ts'
import { PositionIndex } from './position-index.ts'
import { TermIndex, type TermRun } from './term-index.ts'

export class GroupIndex {
  readonly positions = new PositionIndex()
  readonly #terms = new TermIndex()
  #mark: SnapshotMark | null = null

  get mark(): SnapshotMark | null {
    return this.#mark
  }

  get markIndex(): LogIndex {
    return this.#mark === null ? 0 : this.#mark.index
  }

  /** From here on terms are known: the mark, or the end of entries that were never seen. */
  get base(): LogIndex {
    return this.#terms.base
  }

  get last(): LogIndex {
    return this.#terms.last
  }

  get lastTerm(): Term {
    return this.#terms.lastTerm
  }

  /** The term at `index`; undefined where nothing is known. */
  termAt(index: LogIndex): Term | undefined {
    if (index === this.markIndex) return this.#mark === null ? 0 : this.#mark.term
    return index < this.markIndex ? undefined : this.#terms.at(index)
  }

  /**
   * Whether an entry may follow what is here: behind the mark, without a gap, and on the term it
   * stood on when it was written. By the log matching property (Raft paper §5.3) everything below
   * it is then what it was, too.
   */
  continues(index: LogIndex, previousTerm: Term): boolean {
    if (index > this.last + 1 || index <= this.markIndex) return false
    const term = this.termAt(index - 1)
    return term === undefined || term === previousTerm
  }

  /** Replaces what is there from `index` on. */
  append({ index, term }: TermRun, { previousTerm }: { previousTerm: Term }): void {
    assert(index > this.markIndex && index <= this.last + 1, 'an entry follows the log')
    if (index <= this.last) this.#truncateFrom(index, previousTerm)
    this.#terms.append(index, term)
    this.positions.append(0, 0)
  }

  /** Removes what lies above `index`. */
  truncateAfter(index: LogIndex): void {
    assert(index >= this.markIndex, 'what lies under the log is never truncated')
    if (index < this.last) this.#truncateFrom(index + 1, this.termAt(index) ?? 0)
  }

  /** The log goes on behind the mark with whatever it holds above it. */
  cut(mark: SnapshotMark): void {
    assert(mark.index >= this.markIndex, 'a mark never steps back')
    const term = this.termAt(mark.index)
    // An entry that is only presumed has no term to compare.
    if (mark.index > this.last || (term !== undefined && term !== mark.term)) {
      this.restart(mark)
      return
    }
    this.#terms.compactTo(mark.index)
    this.positions.dropBelow(mark.index + 1)
    this.#mark = mark
  }

  /** The log goes on behind the mark, empty. */
  restart(mark: SnapshotMark | null): void {
    this.#mark = mark
    this.#terms.restart(mark === null ? { index: 0, term: 0 } : mark)
    this.positions.restart(this.markIndex + 1)
  }

  /** Entries up to `last` are known to exist, but none of them has been seen. */
  presume(mark: SnapshotMark | null, last: TermRun): void {
    this.restart(mark)
    assert(last.index >= this.markIndex, 'a log ends behind its mark')
    this.#terms.restart(last)
    this.positions.restart(last.index + 1)
  }

  /** How many entries behind the mark are known to exist and have no place. */
  get missing(): number {
    return Math.min(this.positions.first - 1, this.last) - this.markIndex
  }

  termRuns(): TermRun[] {
    return this.#terms.runs()
  }

  #truncateFrom(index: LogIndex, previousTerm: Term): void {
    if (index > this.#terms.base) this.#terms.truncateFrom(index)
    else this.#terms.restart({ index: index - 1, term: previousTerm })
    if (index >= this.positions.first) this.positions.truncateFrom(index)
    else this.positions.restart(index)
  }
}
