import type { LmdbLimits } from '../limits.ts'

/** So small that every test goes through many transactions, slices and pieces. */
export const SMALL: LmdbLimits = {
  arenaChunkBytes: 4096,
  indexPageRecords: 16,
  batchBytes: 32 * 1024,
  transactionRecords: 70,
  waitingBytesMax: 64 * 1024,
  cacheBytes: 32 * 1024,
  sliceRecords: 16,
  pieceBytes: 2000,
  mapBytes: 1024 * 1024,
  spaceRetryMs: 10,
}
