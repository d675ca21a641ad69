/**
 * lease: leases that live as long as this client keeps them alive.
 *
 * Invariants: a lease that is not lost here lives at every node, for it is counted from when a
 * renewal was sent, by a clock that never steps. One whose holder stops renewing it ends by itself.
 */
export type { HeldLease } from './held-lease.ts'
export { isFailure, LeaseKeeper } from './lease-keeper.ts'
export { LEASE_LIMITS, type LeaseLimits } from './limits.ts'
