/** What one stream of operations may have of this node. */

export interface NativeLimits {
  /** Taken and not answered. */
  readonly operationsMax: number
  /** Reads among them: what they answer may be long. */
  readonly readsMax: number
  /** Results leave before the end of the turn when there are so many. */
  readonly resultsBytes: number
  /** Results that a client that does not read leaves behind. */
  readonly unreadBytesMax: number
  /** Unread results and messages half taken, of all streams. */
  readonly heldBytesMax: number
  /** What each stream may hold of that whatever the others do. */
  readonly heldShareBytes: number
}

const MIB = 1_048_576

/**
 * 4,096 writes are one entry of the log, and at 100,000 a second those of 40 milliseconds. A read
 * needs one round to the leader, which all that came meanwhile share, so that 512 at a time keep it
 * busy; values of 128 KiB then fit into what may be unread. A message of results is small enough
 * for every client's bound, unless one result is longer. The longest answer of a write (64 MiB)
 * fits into what may be unread. All streams together hold as much as connections do
 * (`RPC_HELD_BACK_BYTES_ALL_MAX`).
 */
export const NATIVE_LIMITS: NativeLimits = {
  operationsMax: 4096,
  readsMax: 512,
  resultsBytes: 65_536,
  unreadBytesMax: 64 * MIB,
  heldBytesMax: 256 * MIB,
  heldShareBytes: 65_536,
}
