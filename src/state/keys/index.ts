/**
 * keys: the ordered index of all keys of a store, and of their versions since the last compaction.
 * Pure; holds no values, only where they are and what a range must know of them.
 *
 * Invariants: changes come in ascending order of (main, sub); a key is there as long as it has a
 * version that a reader at or above the compaction floor could still see; order is that of unsigned
 * bytes. Not here: records and values, what a lease means, who may read what.
 */
export { KeyIndex } from './key-index.ts'
export { SoughtKeys } from './sought-keys.ts'
export {
  type KeySlot,
  type NewTombstone,
  type NewVersion,
  NO_SLOT,
  NO_VERSION,
  type RestoredVersion,
  type VersionRef,
} from './types.ts'
