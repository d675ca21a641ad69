/** Whether a group has a leader as far as this node knows, and who wants to hear of a change. */

import type { Raft } from '../raft/index.ts'

type Listener = (hasLeader: boolean) => void

export class LeaderWatch {
  readonly #raft: Pick<Raft, 'leader'>
  readonly #listeners = new Set<Listener>()
  #hasLeader: boolean

  constructor(raft: Pick<Raft, 'leader'>) {
    this.#raft = raft
    this.#hasLeader = raft.leader !== 0
  }

  get hasLeader(): boolean {
    return this.#hasLeader
  }

  /** Returns how to stop listening. */
  listen(listener: Listener): () => void {
    // Of its own, so that one function may be given twice.
    const own: Listener = (hasLeader) => listener(hasLeader)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** After whatever may have changed it. */
  look(): void {
    const hasLeader = this.#raft.leader !== 0
    if (hasLeader === this.#hasLeader) return
    this.#hasLeader = hasLeader
    for (const listener of [...this.#listeners]) listener(hasLeader)
  }

  stop(): void {
    this.#listeners.clear()
  }
}
