/**
 * The term of every log index, kept as runs: terms change only at elections, so a log of millions
 * of entries needs a handful of numbers here, and the entries themselves may live on disk alone.
 *
 * Invariants: runs ascend in index and in term; the first run begins at `first - 1`, the index
 * under the log's first entry (0 with term 0 for a log from the beginning).
 */

import { assert } from '../base/index.ts'
import type { LogIndex, Term } from './types.ts'

export class TermRuns {
  #starts: LogIndex[]
  #terms: Term[]
  #last: LogIndex

  constructor({ index, term }: { index: LogIndex; term: Term }) {
    assert(index >= 0 && term >= 0, 'a log starts at a place')
    assert(index > 0 || term === 0, 'nothing precedes the first entry')
    this.#starts = [index]
    this.#terms = [term]
    this.#last = index
  }

  /** The lowest index whose term is known: the one under the first entry. */
  get base(): LogIndex {
    return this.#starts[0] as LogIndex
  }

  get last(): LogIndex {
    return this.#last
  }

  get lastTerm(): Term {
    return this.#terms[this.#terms.length - 1] as Term
  }

  append(index: LogIndex, term: Term): void {
    assert(index === this.#last + 1, 'log entries are contiguous')
    assert(term >= this.lastTerm, 'terms never decrease along the log')
    if (term > this.lastTerm) {
      this.#starts.push(index)
      this.#terms.push(term)
    }
    this.#last = index
  }

  /** As many entries of one term as reach to `last`. */
  appendRun({ last, term }: { last: LogIndex; term: Term }): void {
    this.append(this.#last + 1, term)
    assert(last >= this.#last, 'a run has at least one entry')
    this.#last = last
  }

  /** The term at `index`, or undefined outside base..last. */
  at(index: LogIndex): Term | undefined {
    if (index < this.base || index > this.#last) return undefined
    return this.#terms[this.#runOf(index)]
  }

  /** Removes `index` and all that follows. */
  truncateFrom(index: LogIndex): void {
    assert(index > this.base, 'what lies under the log is never truncated')
    if (index > this.#last) return
    while ((this.#starts[this.#starts.length - 1] as LogIndex) >= index) {
      this.#starts.pop()
      this.#terms.pop()
    }
    this.#last = index - 1
    assert(this.#starts.length > 0, 'the run under the log remains')
  }

  /** Forgets what lies below `index`, which becomes the base. */
  compactTo(index: LogIndex): void {
    assert(index <= this.#last, 'only what exists is compacted')
    if (index <= this.base) return
    const run = this.#runOf(index)
    this.#starts.splice(0, run)
    this.#terms.splice(0, run)
    this.#starts[0] = index
  }

  /**
   * The highest index, at most `index`, whose term is at most `term`: everything above it conflicts
   * with a log that has `term` at `index`, so a whole term is skipped per round trip (Raft paper
   * §5.3, the optimization at its end). Returns base when nothing above it qualifies.
   */
  matchCandidate(index: LogIndex, term: Term): LogIndex {
    if (index > this.#last) return this.#last
    let candidate = Math.max(index, this.base)
    let run = this.#runOf(candidate)
    while (run > 0 && (this.#terms[run] as Term) > term) {
      candidate = (this.#starts[run] as LogIndex) - 1
      run -= 1
    }
    return (this.#terms[run] as Term) > term ? this.base : candidate
  }

  #runOf(index: LogIndex): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#starts[middle] as LogIndex) <= index) low = middle
      else high = middle - 1
    }
    return low
  }
}
