/**
 * api: the front doors of a node. Whatever comes over them is checked, translated and asked of the
 * node; nothing is decided here.
 *
 * Invariants: one answer for every request; nothing a stranger sends ends the process or changes
 * anything unless it is a request that makes sense; a write whose outcome nobody knows is never
 * told as one that failed.
 */
export { type ClientDoors, type ClientDoorsOptions, createClientDoors } from './client-doors.ts'
export {
  durationHistogram,
  Histogram,
  type MetricsReading,
  type MetricsSource,
  type PeerReading,
  type ProcessReading,
  pauseHistogram,
} from './metrics/index.ts'
export { openApiText, restReference } from './rest/index.ts'
