import type { LmdbLimits } from '../limits.ts'

/** So small that every test goes through many transactions, slices and pieces. */
export const SMALL: LmdbLimits = {
  arenaChunkBytes: 4096,
  indexPageRecords: 16,
  batchBytes: 4096,
  transactionRecords: 20,
  waitingBytesMax: 16 * 1024,
  cacheBytes: 8192,
  sliceRecords: 16,
  pieceBytes: 2000,
  mapBytes: 1024 * 1024,
  spaceRetryMs: 10,
}
