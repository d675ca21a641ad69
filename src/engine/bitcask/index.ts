/**
 * bitcask: the default engine. Records are appended to data files, each with a checksum; where they
 * lie is kept in memory; background merges give back the room of what was dropped (after Bitcask,
 * Sheehy and Smith, 2010). docs/format/bitcask.md draws the files.
 *
 * Invariants:
 * - A manifest names the files in force, up to where, and which records in them are dropped. It is
 *   replaced as a whole, after everything it names is durable. So a crash leaves one checkpoint or
 *   the next, and what it does not name was never there.
 * - The records of all files ascend by revision, within a file and from one to the next. A merge
 *   puts one file in the place of neighbours; so nothing is ever sorted, and a place is found by
 *   searching.
 * - Drops are durable, in the manifest of the checkpoint that follows them, and a merge leaves out
 *   only what the durable manifest says is dropped. So at a restart the state is handed exactly the
 *   records that were not dropped before the checkpoint: no record that was dropped comes back
 *   because the tombstone that hid it went first (basho/bitcask#82), whichever files are merged,
 *   and in whatever order. What the state must do for that: of one key, drop older records first,
 *   so that no checkpoint falls between the drop of a tombstone and that of what it hides.
 * - A record is verified whenever it is read from disk, and is valid in its file and place only.
 *
 * Not here: what a record means. Only to leave values out of hints is a record looked into.
 */
export { type BitcaskOptions, createBitcask } from './create-bitcask.ts'
export {
  BITCASK_LIMITS,
  type BitcaskLimits,
  readCacheLimits,
  usualReadCacheBytes,
} from './limits.ts'
