/**
 * The time by which leases run. A leader stamps its entries with it; for everybody else it is what
 * the entry applied last has told.
 *
 * It is never early and never goes back, across leaders whose clocks have nothing in common:
 *
 * - A leader counts on from the latest stamp before its own term, by its own monotonic clock. So it
 *   must know that stamp, and it does once it has applied every entry before the first one of its
 *   term. Until then its clock stands and it proposes nothing: a stamp could be below one that it
 *   has not looked at yet. That takes no longer than the answers to such proposals would.
 * - No entry of its term is stamped before that, so all that it stamps is at or above every stamp
 *   that lies before, and its own ascend because a monotonic clock does.
 * - What passed between the last stamp of the leader before and the moment when this one began to
 *   count is not counted. Time is lost in a change of leaders, never won: a lease lives longer, and
 *   never ends before its holder, who counts from when the answer came, thinks it does. How much
 *   longer is bounded by the stamps that a leader makes when it has nothing else to write.
 */

import { assert } from '../base/index.ts'
import type { Clock } from '../io/index.ts'
import type { Raft } from '../raft/index.ts'
import type { Replica } from './replica.ts'

export class ClusterTime {
  readonly #clock: Clock
  readonly #raft: Raft
  readonly #replica: Replica
  /** The term that is being led and in which the time is known; 0: none. */
  #term = 0
  #baseMs = 0
  #sinceMs = 0
  #stampedMs = 0

  constructor(clock: Clock, raft: Raft, replica: Replica) {
    this.#clock = clock
    this.#raft = raft
    this.#replica = replica
  }

  /** This node leads and knows the time: it may propose. */
  get isKnown(): boolean {
    return this.#term !== 0 && this.#raft.role === 'leader' && this.#raft.term === this.#term
  }

  /** To be asked again whenever something was applied. True when it was not known before. */
  establish(): boolean {
    const raft = this.#raft
    if (this.isKnown || raft.role !== 'leader' || this.#replica.isStale) return false
    const { appliedIndex, clockMs } = this.#replica.machine
    const isNext = raft.termAt(appliedIndex + 1) === raft.term
    if (!isNext && raft.termAt(appliedIndex) !== raft.term) return false
    this.#term = raft.term
    this.#baseMs = clockMs
    this.#stampedMs = clockMs
    this.#sinceMs = this.#clock.monotonicMs()
    return true
  }

  nowMs(): number {
    const { clockMs } = this.#replica.machine
    if (!this.isKnown) return clockMs
    const nowMs = this.#baseMs + Math.floor(this.#clock.monotonicMs() - this.#sinceMs)
    assert(nowMs >= clockMs, 'nobody is ahead of the time of the leader')
    return nowMs
  }

  /** For the next entry. */
  stamp(): number {
    assert(this.isKnown, 'only a leader that knows the time tells it')
    const nowMs = this.nowMs()
    assert(nowMs >= this.#stampedMs, 'cluster time does not go back')
    this.#stampedMs = nowMs
    return nowMs
  }

  /** How long nothing was stamped. */
  get quietMs(): number {
    return this.isKnown ? this.nowMs() - this.#stampedMs : 0
  }
}
