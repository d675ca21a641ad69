/**
 * engine/memory: every record in memory, off the JavaScript heap. For tests, caches and small
 * stores.
 *
 * A checkpoint writes all records and the state's own part into a new file, in parts with
 * checksums, while appends and drops go on; the file before it is removed once the new one is
 * durable. At a start the newest file is read and verified from end to end, and a damaged one is
 * refused. Invariants: a file under its final name is whole; a walk over the records (checkpoint,
 * snapshot) sees exactly those that were there when it began; memory of dropped records is given
 * back without being asked, and no turn of the event loop does more than a slice of any work.
 * Not here: stores larger than the memory.
 */
export { createMemory, type MemoryOptions } from './create-memory.ts'
export { MEMORY_LIMITS, type MemoryLimits } from './limits.ts'
