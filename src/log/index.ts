/**
 * log: the write-ahead log and the snapshots it is cut behind. One log serves all groups of a node;
 * one write at a time goes to disk and takes everything along that was appended meanwhile.
 *
 * Invariants: `done` means durable; after a failed write nothing is acknowledged; a damaged record
 * is never returned as an entry; what something on disk shows to have been durable is never cut off
 * in silence. Damage to the newest batch that nothing later shows to have been durable cannot be
 * told from a write that a crash cut short, and is dropped like one (docs/decision/0010).
 *
 * The formats are drawn in docs/format. Not here: what entries mean, when the log may be cut.
 */
export {
  type InspectedRecord,
  type InspectedType,
  type InspectOptions,
  inspectLog,
  type LogDamage,
  type LogInspection,
} from './inspect.ts'
export { LOG_LIMITS } from './limits.ts'
export { openLog } from './open.ts'
export { openSnapshots, SnapshotStore, type SnapshotStoreOptions } from './snapshots.ts'
export {
  previewTruncation,
  type TruncatedGroup,
  type TruncateOptions,
  type Truncation,
  truncateLog,
} from './truncate.ts'
export * from './types.ts'
