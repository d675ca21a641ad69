/**
 * lock: locks and elections, made of leases, transactions and watches.
 *
 * Invariants: whoever holds a lock has the smallest create revision in its line, seen at one
 * revision together with its own key; the fence of a later holder is greater than that of every
 * earlier one. Who gives up waiting, or dies, leaves nothing behind that outlives its lease. A
 * holder hears that it may have lost what it holds before anybody else can get it, as far as its
 * process runs at all; against one that does not, only the fence helps.
 */
export { type Candidacy, leaderOf, runForElection } from './election.ts'
export { takeLock } from './lock.ts'
export { type Observation, observeLeader } from './observe.ts'
export type { LineParts } from './place.ts'
