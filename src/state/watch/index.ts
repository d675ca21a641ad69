/**
 * watch: who wants to hear of which changes, and what of it they were told. Pure and synchronous.
 *
 * Recent events are kept once, as bytes, in a ring of bounded size. A watcher is a cursor: whoever
 * keeps up is found by the key that changes; whoever does not costs nothing until it can go on, and
 * then catches up from the ring, or from history that the driver reads from the engine.
 *
 * Invariants: a watcher is handed exactly the events of its range and filters from its start on,
 * each once, in order, all of one revision together or marked as fragments; or it is cancelled
 * because what it needs is compacted away. Progress up to a revision is told after everything up to
 * it. Memory is bounded by limits.ts however slow a client is, and no client slows another down.
 *
 * ```
 * changed ─► ring ──► live pass ─────────► synced watchers
 *             │                                │ sink full, out of time, value on disk
 *             └─────► past pass (chasing) ◄────┤
 * engine ─► piece ──► past pass (distant) ◄────┘
 * ```
 *
 * Not here: headers and texts of answers, who may watch what (`api`), reading (`group`, `engine`).
 */
export { WATCH_LIMITS, type WatchLimits } from './limits.ts'
export {
  type HistoryRecord,
  type HistoryRequest,
  type KeyVersions,
  NO_WATCH_ID,
  type RecordChange,
  type WatchBatch,
  type WatchedState,
  type WatchNotice,
  type WatchRefusal,
  type WatchSink,
  type WatchSpec,
  type WatchTarget,
} from './types.ts'
export { WatchHub } from './watch-hub.ts'
export type { WatchStream } from './watch-stream.ts'
