/**
 * When a leader tells its followers what is committed: at once, or with the entries that come next.
 *
 * Who waits for each answer before he writes again does so within a fraction of a millisecond. Just
 * then the word by itself would leave: two more messages that wake two more nodes, on the
 * processors that he needs. With his next entries it costs nothing. Whether somebody writes like
 * that is seen by how soon a proposal comes after a commit.
 *
 * Invariant: no word to one that is fed waits longer than twice `commitWordMs`, and none that
 * another node asked for waits at all. Heartbeats tell whoever has only just been found.
 */

import type { Clock, Timer } from '../io/index.ts'
import type { LogIndex, Raft } from '../raft/index.ts'
import type { GroupContext } from './types.ts'

export interface CommitWordParts extends Pick<GroupContext, 'clock' | 'limits' | 'wake'> {
  readonly raft: Pick<Raft, 'commit' | 'holdWord' | 'owesWord'>
}

export class CommitWord {
  readonly #parts: CommitWordParts
  readonly #clock: Clock
  #seen: LogIndex = 0
  #seenAtMs = Number.NEGATIVE_INFINITY
  #timer: Timer | null = null

  constructor(parts: CommitWordParts) {
    this.#parts = parts
    this.#clock = parts.clock
  }

  /** Entries are about to leave: what comes after them decides for what is committed next. */
  proposed(): void {
    const { raft, limits } = this.#parts
    raft.holdWord(this.#clock.monotonicMs() - this.#seenAtMs < limits.commitWordMs)
  }

  /** Once what a turn has decided is carried out. */
  look(): void {
    const { raft } = this.#parts
    if (raft.commit === this.#seen) return
    this.#seen = raft.commit
    this.#seenAtMs = this.#clock.monotonicMs()
    if (this.#timer === null && raft.owesWord(raft.commit)) this.#wait(raft.commit)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #wait(index: LogIndex): void {
    const { raft, limits, wake } = this.#parts
    this.#timer = this.#clock.after(limits.commitWordMs, () => {
      this.#timer = null
      if (raft.owesWord(index)) {
        raft.holdWord(false)
        wake()
      } else if (raft.owesWord(raft.commit)) {
        this.#wait(raft.commit)
      }
    })
  }
}
