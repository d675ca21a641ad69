/**
 * leases: what lasts for a time and takes its keys along when it ends. Off the heap: there may be
 * millions. Pure; time comes in as numbers.
 *
 * Invariants: a key goes with one lease at most; an anonymous lease has a key; a renewal never
 * shortens a lease. Not here: when a lease is over (a command says so), what happens to its keys.
 */
export { anonymousId, isAnonymous, type LeaseSlot, LeaseTable } from './lease-table.ts'
