/**
 * Ends leases whose time is over: the leader proposes it, and the state looks again when the
 * proposal is applied, so that a renewal that came first is honoured. A leader that was replaced
 * cannot end anything: what it proposes is not committed.
 */

import type { Outcome, Waiter } from '../group/index.ts'
import { COMMAND, NO_ORIGIN, packCommand, type StateMachine } from '../state/index.ts'
import { state } from '../wire/index.ts'
import type { Counters } from './counters.ts'

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
  readonly #counters: Counters
  /** Leases in the one proposal that is made at a time: until it is applied, the same are due. */
  #underWay = 0

  constructor(
    group: ExpiringGroup,
    { counters, leasesMax }: { readonly counters: Counters; readonly leasesMax: number },
  ) {
    this.#counters = counters
    this.#group = group
    this.#leasesMax = leasesMax
  }

  tick(): void {
    const { machine, isTimeKnown } = this.#group
    if (this.#underWay > 0 || !isTimeKnown) return
    if (machine.nextLeaseDeadlineMs === Number.POSITIVE_INFINITY) return
    const nowMs = this.#group.clockMs()
    if (machine.nextLeaseDeadlineMs > nowMs) return
    const ids = machine.dueLeases(nowMs, this.#leasesMax)
    if (ids.length === 0) return
    this.#underWay = ids.length
    const body = state.LeaseExpireRequest.encodeBytes({ ids })
    this.#group.propose(packCommand(COMMAND.leaseExpire, body, NO_ORIGIN), this)
  }

  /** Whatever became of it, those that are still due are proposed again. */
  settle({ kind }: Outcome): void {
    if (kind === 'applied') this.#counters.leasesExpired += this.#underWay
    this.#underWay = 0
  }
}
