/**
 * engine: keeps the records of a store, behind one contract.
 *
 * Invariants: after a crash an engine comes back as it was at its last complete checkpoint; a
 * damaged record is never handed out; what was dropped never comes back into a later state.
 * Not here: what a record means, which of them are needed (`state`).
 */
export {
  BITCASK_LIMITS,
  type BitcaskLimits,
  type BitcaskOptions,
  createBitcask,
  readCacheLimits,
  usualReadCacheBytes,
} from './bitcask/index.ts'
export { createLmdb, LMDB_LIMITS, type LmdbLimits, type LmdbOptions } from './lmdb/index.ts'
export {
  createMemory,
  MEMORY_LIMITS,
  type MemoryLimits,
  type MemoryOptions,
} from './memory/index.ts'
export type {
  Checkpoint,
  Engine,
  EngineFactory,
  EngineSnapshot,
  EngineStats,
  RecordVisitor,
  RevisionRecord,
} from './types.ts'
