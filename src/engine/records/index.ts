/**
 * engine/records: records and revisions in memory, off the JavaScript heap, for the engines.
 *
 * Invariants: revisions are added in ascending order; the bytes of a record never change; a walk
 * that holds the records sees those that were there when it began; memory of what is dropped is
 * given back in slices, without ever moving more than is in use.
 * Not here: disks, checkpoints, anything that waits.
 */
export { NO_PLACE } from './arena.ts'
export { DropQueue } from './drop-queue.ts'
export { RECORD_LIMITS, type RecordLimits } from './limits.ts'
export { Hold, MemoryRecords } from './memory-records.ts'
export { type Cursor, RevisionIndex } from './revision-index.ts'
