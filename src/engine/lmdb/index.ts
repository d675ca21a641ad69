/**
 * engine/lmdb: records in one file of LMDB, through the optional package `lmdb`.
 *
 * Records are appended in memory and written by transactions in the background; a checkpoint, with
 * the applied index and the rest of the state, is in the transaction of its last record. What lies
 * behind the checkpoint is removed at a start. Invariants: `durable` moves only once the
 * transaction is on disk; what was dropped before a checkpoint is no part of it, although it is
 * removed from the file only afterwards; a record is verified whenever it is read from the file.
 * Not here: any other use of LMDB. A node that chooses another engine runs without the package.
 */
export { createLmdb, type LmdbOptions } from './create-lmdb.ts'
export { LMDB_LIMITS, type LmdbLimits } from './limits.ts'
