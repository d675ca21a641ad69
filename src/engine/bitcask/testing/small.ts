import type { BitcaskLimits } from '../limits.ts'

/** So small that every test goes through many files, chunks, reads and merges. */
export const SMALL: BitcaskLimits = {
  fileBytes: 16 * 1024,
  chunkBytes: 2048,
  queuedBytesMax: 8192,
  recentBytes: 4096,
  loadedCacheBytes: 4096,
  blockCacheBytes: 6 * 1024,
  blockBytes: 2048,
  blockReadsMax: 2,
  blockMissesMin: 3,
  quickReadBytesMax: 600,
  quickReadMs: 1,
  quickReadPauseTimes: 10,
  quickReadGapBytesMax: 4096,
  quickLoadMs: 2,
  readBytesMax: 1500,
  readGapBytesMax: 200,
  readsMax: 2,
  pieceBytes: 1000,
  mergeBytesPerSecond: 10 * 1024 * 1024,
  mergeSliceBytes: 1000,
  mergeGainMin: 0.5,
  removeSliceBytes: 8192,
  removePauseMs: 1,
  spaceRetryMs: 10,
}
