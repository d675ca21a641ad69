/**
 * The newest entries of every group in memory, bounded over all groups together, until their group
 * is done with them. What was appended last stays longest, and what is not yet durable stays in any
 * case: it has no place to be read from.
 *
 * Invariant: an entry is here or on disk at the place its group's index tells.
 */

import { assert } from '../base/index.ts'
import type { Entry, LogIndex } from '../raft/index.ts'

/** What an entry costs beyond its data: the object, its view, its slots. */
const ENTRY_OVERHEAD_BYTES = 128
/** Fewer dropped writes than this stay in the list until their turn comes. */
const HOLLOW_MIN = 1024

/** The cached end of one group's log: contiguous entries up to the last. */
export class EntryTail {
  /** What the cache has of this group, the oldest first; the cache's own book. */
  readonly writes: CachedWrite[] = []
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
  /** None once they were dropped. */
  entries: readonly Entry[]
  bytes: number
  isDurable: boolean
}

const DROPPED: readonly Entry[] = []

/** Decides which entries leave memory: those that are done with, then the oldest append first. */
export class EntryCache {
  readonly #bytesMax: number
  #writes: (CachedWrite | undefined)[] = []
  #head = 0
  /** Slot of the first write that is not durable. */
  #durable = 0
  /** Writes between the head and there whose entries were dropped. */
  #hollow = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Writes that are not durable. */
  get unsettled(): number {
    return this.#writes.length - this.#durable
  }

  /** Writes that are remembered, also such whose entries are gone. */
  get writes(): number {
    return this.#writes.length
  }

  add(tail: EntryTail, entries: readonly Entry[]): void {
    assert(entries.length > 0, 'only entries are cached')
    let bytes = entries.length * ENTRY_OVERHEAD_BYTES
    for (const entry of entries) {
      bytes += entry.data.length
      tail.push(entry)
    }
    this.#push({ tail, entries, bytes, isDurable: false })
  }

  /** Takes a tail that was filled while the log was read, all of it durable. */
  adopt(tail: EntryTail): void {
    assert(this.#durable === this.#writes.length, 'tails are adopted before anything is written')
    const entries = tail.all()
    if (entries.length === 0) return
    let bytes = entries.length * ENTRY_OVERHEAD_BYTES
    for (const entry of entries) bytes += entry.data.length
    this.#push({ tail, entries, bytes, isDurable: true })
    this.#durable += 1
  }

  /** The oldest write with entries that was not durable has become so. */
  settled(): void {
    const write = this.#writes[this.#durable]
    assert(write !== undefined, 'only what was added settles')
    write.isDurable = true
    this.#durable += 1
    while (this.#bytes > this.#bytesMax && this.#head < this.#durable) this.#evictOldest()
  }

  /**
   * The group is done with its entries up to there. They would only grow old here: memory that dies
   * young costs the collector next to nothing, what has become old waits for a collection of all.
   */
  release(tail: EntryTail, through: LogIndex): void {
    for (;;) {
      const write = tail.writes[0]
      if (write === undefined || !write.isDurable) break
      if ((write.entries.at(-1) as Entry).index > through) break
      this.#drop(write)
      this.#hollow += 1
    }
    while (this.#hollow > 0 && this.#writes[this.#head]?.entries === DROPPED) this.#evictOldest()
    // Another group holds the oldest: what is behind it must not become a long list of nothing.
    if (this.#hollow >= HOLLOW_MIN && 2 * this.#hollow > this.#durable - this.#head) this.#pack()
  }

  #push(write: CachedWrite): void {
    this.#writes.push(write)
    write.tail.writes.push(write)
    this.#bytes += write.bytes
  }

  #drop(write: CachedWrite): void {
    const { tail } = write
    assert(tail.writes.shift() === write, 'the writes of a group go in their order')
    this.#bytes -= write.bytes
    // An entry that was replaced or cut meanwhile is not the one that stands here now.
    for (const entry of write.entries) tail.dropIfFirst(entry)
    write.entries = DROPPED
    write.bytes = 0
  }

  #evictOldest(): void {
    const write = this.#writes[this.#head] as CachedWrite
    this.#writes[this.#head] = undefined
    this.#head += 1
    if (write.entries === DROPPED) this.#hollow -= 1
    else this.#drop(write)
    if (this.#head < 1024 || this.#head * 2 < this.#writes.length) return
    this.#writes.splice(0, this.#head)
    this.#durable -= this.#head
    this.#head = 0
  }

  #pack(): void {
    const kept = this.#writes.filter((write) => write !== undefined && write.entries !== DROPPED)
    this.#durable = kept.length - (this.#writes.length - this.#durable)
    this.#writes = kept
    this.#head = 0
    this.#hollow = 0
  }
}
