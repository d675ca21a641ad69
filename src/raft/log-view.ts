/**
 * The log as consensus sees it: which index has which term, where it begins and ends, what of it is
 * durable here. Entries not yet durable are held in memory (`#tail`); older ones are read through
 * the driver's `EntryReader`.
 *
 * Invariants: base <= stable <= last; the tail begins at or below stable + 1 and ends at last.
 */

import { assert } from '../base/index.ts'
import { TermRuns } from './terms.ts'
import type { Entry, EntryReader, LogIndex, SnapshotMark, Term } from './types.ts'

/** What an entry costs in messages and windows beside its data. */
const ENTRY_OVERHEAD_BYTES = 32

export function entryBytes(entry: Entry): number {
  return entry.data.length + ENTRY_OVERHEAD_BYTES
}

const NO_ENTRIES: readonly Entry[] = []

/** A Ready on its way to disk. Truncation lowers `last`: what was cut is not durable by it. */
interface WriteInFlight {
  readonly number: number
  last: LogIndex
}

export class LogView {
  #terms: TermRuns
  readonly #reader: EntryReader
  #stable: LogIndex
  #tail: Entry[] = []
  /** Entries of the tail from here on were not handed out in a Ready yet. */
  #handedOut: LogIndex
  #writes: WriteInFlight[] = []

  constructor(terms: TermRuns, reader: EntryReader) {
    this.#terms = terms
    this.#reader = reader
    this.#stable = terms.last
    this.#handedOut = terms.last
  }

  get base(): LogIndex {
    return this.#terms.base
  }

  get last(): LogIndex {
    return this.#terms.last
  }

  get lastTerm(): Term {
    return this.#terms.lastTerm
  }

  /** Everything up to here is durable on this node's disk. */
  get stable(): LogIndex {
    return this.#stable
  }

  get hasUnwritten(): boolean {
    return this.#handedOut < this.last
  }

  termAt(index: LogIndex): Term | undefined {
    return this.#terms.at(index)
  }

  matches(index: LogIndex, term: Term): boolean {
    return this.#terms.at(index) === term
  }

  /** Raft paper §5.4.1: the later last term wins, then the longer log. */
  isUpToDate(lastIndex: LogIndex, lastTerm: Term): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.last)
  }

  matchCandidate(index: LogIndex, term: Term): LogIndex {
    return this.#terms.matchCandidate(index, term)
  }

  append(entry: Entry): void {
    this.#terms.append(entry.index, entry.term)
    this.#tail.push(entry)
  }

  /** Removes `index` and all that follows, also from what is believed durable or on its way. */
  truncateFrom(index: LogIndex): void {
    assert(index > this.base, 'the log is never truncated into its snapshot')
    if (index > this.last) return
    this.#terms.truncateFrom(index)
    const keep = index - 1
    this.#tail.length = Math.max(0, this.#tail.length - this.#tailBeyond(keep))
    this.#stable = Math.min(this.#stable, keep)
    this.#handedOut = Math.min(this.#handedOut, keep)
    for (const write of this.#writes) write.last = Math.min(write.last, keep)
    assert(this.last === keep, 'truncation ends where it was told to')
  }

  /** The log restarts behind a snapshot that came from the leader. */
  restart(mark: SnapshotMark): void {
    this.#terms = new TermRuns({ index: mark.index, term: mark.term })
    this.#tail = []
    this.#stable = mark.index
    this.#handedOut = mark.index
    for (const write of this.#writes) write.last = mark.index
  }

  compactTo(index: LogIndex): void {
    assert(index <= this.#stable, 'only durable entries are compacted')
    this.#terms.compactTo(index)
  }

  /** Entries that no Ready has handed out yet; they count as on their way under `number`. */
  handOut(number: number): readonly Entry[] {
    const count = this.last - this.#handedOut
    if (count === 0) return NO_ENTRIES
    const entries = this.#tail.slice(this.#tail.length - count)
    this.#writes.push({ number, last: this.last })
    this.#handedOut = this.last
    return entries
  }

  /** Everything handed out under `number` or earlier is durable. Returns whether that is news. */
  persisted(number: number): boolean {
    let stable = this.#stable
    while (this.#writes.length > 0 && (this.#writes[0] as WriteInFlight).number <= number) {
      stable = Math.max(stable, (this.#writes.shift() as WriteInFlight).last)
    }
    assert(stable <= this.last, 'nothing beyond the log is durable')
    if (stable === this.#stable) return false
    this.#stable = stable
    const durable = this.#tail.length - this.#tailBeyond(stable)
    if (durable > 0) this.#tail.splice(0, durable)
    return true
  }

  /** As `EntryReader.read`, over the whole log. */
  read(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null {
    assert(from > this.base && to <= this.last && from <= to, 'only what the log holds is read')
    const tailFirst = this.last - this.#tail.length + 1
    if (from < tailFirst) {
      const entries = this.#reader.read(from, Math.min(to, tailFirst - 1), bytesMax)
      assert(entries === null || entries[0]?.index === from, 'a reader returns what was asked')
      return entries
    }
    const start = from - tailFirst
    let end = start
    let bytes = 0
    while (end <= to - tailFirst) {
      bytes += entryBytes(this.#tail[end] as Entry)
      if (bytes > bytesMax && end > start) break
      end += 1
    }
    return this.#tail.slice(start, end)
  }

  #tailBeyond(index: LogIndex): number {
    const tailLast = this.#tail[this.#tail.length - 1]?.index ?? index
    return Math.min(this.#tail.length, Math.max(0, tailLast - index))
  }
}
