/**
 * Snapshot files of one group: what followers are sent from, and what a state that is to be
 * replaced is read from. A file is written when a follower needs one, and goes when nobody can use
 * it any more.
 */

import type { LogIndex, Raft, SnapshotMark } from '../raft/index.ts'
import type { Replica } from './replica.ts'
import type { GroupContext } from './types.ts'

export interface SnapshotFilesParts extends GroupContext {
  readonly raft: Raft
  readonly replica: Replica
  /** The file is being sent. */
  readonly isSent: (index: LogIndex) => boolean
}

export class SnapshotFiles {
  readonly #parts: SnapshotFilesParts
  /** Complete and durable ones of this life, ascending; a start leaves none. */
  #marks: SnapshotMark[] = []
  #tidying = false

  constructor(parts: SnapshotFilesParts) {
    this.#parts = parts
  }

  /** A complete file. */
  add(mark: SnapshotMark): void {
    this.#marks = this.#marks.filter(({ index }) => index !== mark.index)
    this.#marks.push(mark)
    this.#marks.sort((a, b) => a.index - b.index)
  }

  /**
   * The newest one behind which the log goes on; null: one has to be written. An old one is not
   * sent again: as long as it is, the log behind it is kept.
   */
  get usable(): SnapshotMark | null {
    const { raft, replica, limits } = this.#parts
    const oldest = Math.max(raft.baseIndex, replica.machine.appliedIndex - limits.checkpointEntries)
    const newest = this.#marks[this.#marks.length - 1]
    if (newest === undefined || newest.index < oldest || newest.index > raft.commit) return null
    return newest
  }

  /** It cannot be read. */
  discard(mark: SnapshotMark): void {
    if (!this.#marks.some(({ index }) => index === mark.index)) return
    this.#marks = this.#marks.filter(({ index }) => index !== mark.index)
    this.#remove([mark]).catch(this.#parts.onFatal)
  }

  /**
   * Removes what nobody needs. The newest that is of use stays for the next follower, and so does
   * whatever the engine does not hold yet: until then the file is all there is.
   */
  tidy(): void {
    const { replica } = this.#parts
    if (this.#tidying || replica.isStale) return
    const held = replica.engine.durable?.appliedIndex ?? 0
    const usable = this.usable?.index
    const gone = this.#marks.filter(
      ({ index }) => index <= held && index !== usable && !this.#parts.isSent(index),
    )
    if (gone.length === 0) return
    this.#marks = this.#marks.filter((mark) => !gone.includes(mark))
    this.#tidying = true
    this.#remove(gone).catch(this.#parts.onFatal)
  }

  async #remove(marks: readonly SnapshotMark[]): Promise<void> {
    const { snapshots, id } = this.#parts
    try {
      for (const mark of marks) await snapshots.remove(id, mark)
    } finally {
      this.#tidying = false
    }
  }
}
