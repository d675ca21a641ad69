/**
 * Entries brought back from disk for a follower that is behind the cache. Held only until
 * replication has used them, and dropped whenever the log's suffix changes.
 */

import { assert } from '../base/index.ts'
import { type Entry, entryBytes, type LogIndex } from '../raft/index.ts'

export class LoadedEntries {
  #ranges: (readonly Entry[])[] = []

  add(entries: readonly Entry[]): void {
    assert(entries.length > 0, 'a load brings something')
    this.#ranges.push(entries)
  }

  clear(): void {
    if (this.#ranges.length > 0) this.#ranges = []
  }

  read(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null {
    for (const range of this.#ranges) {
      const first = range[0]?.index ?? 0
      const offset = from - first
      if (offset < 0 || offset >= range.length) continue
      const entries: Entry[] = []
      let bytes = 0
      for (const entry of range.slice(offset, offset + (to - from) + 1)) {
        bytes += entryBytes(entry)
        if (bytes > bytesMax && entries.length > 0) break
        entries.push(entry)
      }
      return entries
    }
    return null
  }
}
