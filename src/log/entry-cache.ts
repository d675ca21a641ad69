/**
 * The newest entries of every group in memory, bounded over all groups together. What was appended
 * last stays longest, and what is not yet durable stays in any case: it has no place to be read
 * from.
 *
 * Invariant: an entry is here or on disk at the place its group's index tells.
 */

import { assert } from '../base/index.ts'
import type { Entry, LogIndex } from '../raft/index.ts'

/** What an entry costs beyond its data: the object, its view, its slots. */
const ENTRY_OVERHEAD_BYTES = 128

/** The cached end of one group's log: contiguous entries up to the last. */
export class EntryTail {
  #entries: (Entry | undefined)[] = []
  /** Slot of the first cached entry; slots before it are empty and go when they are the most. */
  #head = 0
  #first: LogIndex = 1

  get first(): LogIndex {
    return this.#first
  }

  get length(): number {
    return this.#entries.length - this.#head
  }

  at(index: LogIndex): Entry | undefined {
    return index < this.#first ? undefined : this.#entries[this.#head + (index - this.#first)]
  }

  /** Replaces what is there from the entry's index on; starts afresh when it does not follow. */
  push(entry: Entry): void {
    const next = this.#first + this.length
    if (entry.index !== next) {
      if (entry.index > next || entry.index < this.#first) this.clear()
      else this.truncateFrom(entry.index)
      if (this.length === 0) this.#first = entry.index
    }
    this.#entries.push(entry)
  }

  truncateFrom(index: LogIndex): void {
    if (index <= this.#first) this.clear()
    else this.#entries.length = Math.min(this.#entries.length, this.#head + index - this.#first)
  }

  dropThrough(index: LogIndex): void {
    while (this.length > 0 && this.#first <= index) this.#dropFirst()
  }

  /** Drops the entry when it is the first one here; false when it is not here any more. */
  dropIfFirst(entry: Entry): boolean {
    if (this.#entries[this.#head] !== entry) return false
    this.#dropFirst()
    return true
  }

  clear(): void {
    this.#entries = []
    this.#head = 0
  }

  /** From `from` to at most `to`, as many as fit in `bytesMax` but at least one; null: not here. */
  read(from: LogIndex, to: LogIndex, { bytesMax }: { bytesMax: number }): readonly Entry[] | null {
    if (from < this.#first || from >= this.#first + this.length || to < from) return null
    const entries: Entry[] = []
    let bytes = 0
    const end = Math.min(to, this.#first + this.length - 1)
    for (let index = from; index <= end; index++) {
      const entry = this.#entries[this.#head + (index - this.#first)] as Entry
      bytes += entry.data.length
      if (entries.length > 0 && bytes > bytesMax) break
      entries.push(entry)
    }
    return entries
  }

  all(): readonly Entry[] {
    return this.#entries.slice(this.#head) as Entry[]
  }

  #dropFirst(): void {
    this.#entries[this.#head] = undefined
    this.#head += 1
    this.#first += 1
    if (this.#head < 64 || this.#head * 2 < this.#entries.length) return
    this.#entries.splice(0, this.#head)
    this.#head = 0
  }
}

interface CachedWrite {
  readonly tail: EntryTail
  readonly entries: readonly Entry[]
  readonly bytes: number
}

/** Decides which entries leave memory, oldest append first. */
export class EntryCache {
  readonly #bytesMax: number
  #writes: (CachedWrite | undefined)[] = []
  #head = 0
  /** Slot of the first write that is not durable. */
  #durable = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  add(tail: EntryTail, entries: readonly Entry[]): void {
    assert(entries.length > 0, 'only entries are cached')
    let bytes = entries.length * ENTRY_OVERHEAD_BYTES
    for (const entry of entries) {
      bytes += entry.data.length
      tail.push(entry)
    }
    this.#writes.push({ tail, entries, bytes })
    this.#bytes += bytes
  }

  /** Takes a tail that was filled while the log was read, all of it durable. */
  adopt(tail: EntryTail): void {
    assert(this.#durable === this.#writes.length, 'tails are adopted before anything is written')
    const entries = tail.all()
    if (entries.length === 0) return
    let bytes = entries.length * ENTRY_OVERHEAD_BYTES
    for (const entry of entries) bytes += entry.data.length
    this.#writes.push({ tail, entries, bytes })
    this.#bytes += bytes
    this.#durable += 1
  }

  /** The oldest write with entries that was not durable has become so. */
  settled(): void {
    assert(this.#durable < this.#writes.length, 'only what was added settles')
    this.#durable += 1
    while (this.#bytes > this.#bytesMax && this.#head < this.#durable) this.#evictOldest()
  }

  #evictOldest(): void {
    const write = this.#writes[this.#head] as CachedWrite
    this.#writes[this.#head] = undefined
    this.#head += 1
    this.#bytes -= write.bytes
    // An entry that was replaced or cut meanwhile is not the one that stands here now.
    for (const entry of write.entries) write.tail.dropIfFirst(entry)
    if (this.#head < 1024 || this.#head * 2 < this.#writes.length) return
    this.#writes.splice(0, this.#head)
    this.#durable -= this.#head
    this.#head = 0
  }
}
