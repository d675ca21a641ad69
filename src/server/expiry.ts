/**
 * Ends leases whose time is over: the leader proposes it, and the state looks again when the
 * proposal is applied, so that a renewal that came first is honoured. A leader that was replaced
 * cannot end anything: what it proposes is not committed.
 */

import type { Outcome, Waiter } from '../group/index.ts'
import { COMMAND, NO_ORIGIN, packCommand, type StateMachine } from '../state/index.ts'
import { state } from '../wire/index.ts'

/** What it needs of a group. */
export interface ExpiringGroup {
  readonly machine: Pick<StateMachine, 'nextLeaseDeadlineMs' | 'dueLeases'>
  /** This node leads, and knows the time. */
  readonly isTimeKnown: boolean
  /** Cluster time, as the leader tells it now. */
  clockMs(): number
  propose(command: Uint8Array, waiter: Waiter): void
}

export class LeaseExpiry implements Waiter {
  readonly #group: ExpiringGroup
  readonly #leasesMax: number
  /** One proposal at a time: until it is applied the same leases are due. */
  #isUnderWay = false

  constructor(group: ExpiringGroup, leasesMax: number) {
    this.#group = group
    this.#leasesMax = leasesMax
  }

  tick(): void {
    const { machine, isTimeKnown } = this.#group
    if (this.#isUnderWay || !isTimeKnown) return
    if (machine.nextLeaseDeadlineMs === Number.POSITIVE_INFINITY) return
    const nowMs = this.#group.clockMs()
    if (machine.nextLeaseDeadlineMs > nowMs) return
    const ids = machine.dueLeases(nowMs, this.#leasesMax)
    if (ids.length === 0) return
    this.#isUnderWay = true
    const body = state.LeaseExpireRequest.encodeBytes({ ids })
    this.#group.propose(packCommand(COMMAND.leaseExpire, body, NO_ORIGIN), this)
  }

  /** Whatever became of it, those that are still due are proposed again. */
  settle(_: Outcome): void {
    this.#isUnderWay = false
  }
}
