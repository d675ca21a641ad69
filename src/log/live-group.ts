/** One group of an open log as it was appended, durable or not. */

import { assert } from '../base/index.ts'
import type { Entry, GroupId, SnapshotMark } from '../raft/index.ts'
import type { Batch } from './batch.ts'
import { EntryTail } from './entry-cache.ts'
import type { Place } from './format.ts'
import { GroupIndex } from './group-index.ts'

export class LiveGroup {
  readonly id: GroupId
  readonly index: GroupIndex
  readonly tail: EntryTail

  constructor(id: GroupId, { index, tail }: { index?: GroupIndex; tail?: EntryTail } = {}) {
    this.id = id
    this.index = index ?? new GroupIndex()
    this.tail = tail ?? new EntryTail()
  }

  /** Encodes the entries and takes them into the index, replacing what they conflict with. */
  append(entries: readonly Entry[], batch: Batch): void {
    const { index, id } = this
    const first = entries[0]
    assert(first !== undefined, 'entries are appended')
    assert(first.index > index.markIndex, 'what a snapshot covers is never replaced')
    assert(first.index <= index.last + 1, 'entries follow the log')
    let next = first.index
    let previousTerm = index.termAt(first.index - 1) ?? 0
    for (const entry of entries) {
      assert(entry.index === next, 'entries are contiguous')
      assert(entry.term >= previousTerm, 'terms never decrease along a log')
      index.append(entry, { previousTerm })
      batch.addEntry(id, entry, { previousTerm })
      previousTerm = entry.term
      next += 1
    }
  }

  restart(mark: SnapshotMark): void {
    this.index.restart(mark)
    this.tail.clear()
  }

  cut(mark: SnapshotMark): void {
    assert(mark.index <= this.index.last, 'only what exists is cut')
    assert(this.index.termAt(mark.index) === mark.term, 'a mark belongs to the log it cuts')
    this.index.cut(mark)
    this.tail.dropThrough(mark.index)
  }

  /** The entry is durable there. What replaced it meanwhile gets its own place in its turn. */
  place(entry: Entry, { segment, offset }: Place): void {
    // Until its place is known an entry is in memory, so this very object is there or was replaced.
    if (this.tail.at(entry.index) !== entry) return
    this.index.positions.set(entry.index, segment, offset)
  }
}
