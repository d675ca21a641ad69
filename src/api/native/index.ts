/**
 * native: Quorate's own API, many operations over one stream (`proto/quorate/v1`).
 *
 * Invariants: every operation that was taken is answered exactly once, or its stream ends with a
 * status; what cannot be told apart from another operation, or cannot be read, has no effect; a
 * write whose outcome nobody knows is told so, never as one that failed. What one stream may hold
 * of this node has a bound: beyond it the client is not read from.
 * Not here: what a request does (`state`), which of them reach the log (`messages`), who leads
 * (`server`), the exactly-once of sessions (`state`; the door only passes the numbers on).
 */
export { NATIVE_LIMITS, type NativeLimits } from './limits.ts'
export { NativeDoor, type NativeDoorOptions } from './native-door.ts'
