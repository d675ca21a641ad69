/**
 * The term of every index of one group's log, as runs of equal terms: a handful of numbers for
 * millions of entries.
 *
 * Invariants: runs ascend by index; the first begins at the base, the index under the first entry
 * whose term is known.
 */

import { assert } from '../base/index.ts'
import type { LogIndex, Term } from '../raft/index.ts'

export interface TermRun {
  readonly index: LogIndex
  readonly term: Term
}

export class TermIndex {
  #starts: LogIndex[] = [0]
  #terms: Term[] = [0]
  #last: LogIndex = 0

  get base(): LogIndex {
    return this.#starts[0] as LogIndex
  }

  get last(): LogIndex {
    return this.#last
  }

  get lastTerm(): Term {
    return this.#terms[this.#terms.length - 1] as Term
  }

  /** The term at `index`; undefined outside base..last. */
  at(index: LogIndex): Term | undefined {
    if (index === this.#last) return this.lastTerm
    if (index < this.base || index > this.#last) return undefined
    return this.#terms[this.#runOf(index)]
  }

  append(index: LogIndex, term: Term): void {
    assert(index === this.#last + 1, 'terms are appended without a gap')
    if (term !== this.lastTerm) {
      this.#starts.push(index)
      this.#terms.push(term)
    }
    this.#last = index
  }

  /** Removes `index`, which lies above the base, and all that follows. */
  truncateFrom(index: LogIndex): void {
    assert(index > this.base, 'what lies under the log is never truncated')
    if (index > this.#last) return
    while ((this.#starts[this.#starts.length - 1] as LogIndex) >= index) {
      this.#starts.pop()
      this.#terms.pop()
    }
    this.#last = index - 1
  }

  /** Forgets what lies below `index`. */
  compactTo(index: LogIndex): void {
    if (index <= this.base) return
    assert(index <= this.#last, 'only what exists is compacted')
    const run = this.#runOf(index)
    this.#starts.splice(0, run)
    this.#terms.splice(0, run)
    this.#starts[0] = index
  }

  /** Forgets everything; the log goes on behind this place. */
  restart({ index, term }: TermRun): void {
    this.#starts = [index]
    this.#terms = [term]
    this.#last = index
  }

  /** The runs of the entries, those above the base, each with the index of its first entry. */
  runs(): TermRun[] {
    const runs: TermRun[] = []
    this.#starts.forEach((start, position) => {
      const first = position === 0 ? start + 1 : start
      const next = this.#starts[position + 1] ?? this.#last + 1
      if (first < next) runs.push({ index: first, term: this.#terms[position] as Term })
    })
    return runs
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
