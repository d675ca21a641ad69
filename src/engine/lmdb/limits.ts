export interface LmdbLimits {
  /** One piece of memory for recent records; a power of two. */
  readonly arenaChunkBytes: number
  /** Revisions that are kept in one page of the index. */
  readonly indexPageRecords: number
  /** Records that wait are written, as one transaction, once there are so many bytes of them. */
  readonly batchBytes: number
  /** At most so many records are written, and so many removed, by one transaction. */
  readonly transactionRecords: number
  /** More bytes than this that wait to be written, and who appends is asked to hold back. */
  readonly waitingBytesMax: number
  /** Bytes of recent records that are kept in memory after they were written. */
  readonly cacheBytes: number
  /** Records that are read before others have their turn. */
  readonly sliceRecords: number
  /** A piece of a snapshot. */
  readonly pieceBytes: number
  /** Address space for the file at first; it grows when the file does. */
  readonly mapBytes: number
  /** After the disk was full it is tried again so much later. */
  readonly spaceRetryMs: number
}

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

export const LMDB_LIMITS: LmdbLimits = {
  arenaChunkBytes: 256 * KIB,
  indexPageRecords: 1024,
  // Each transaction syncs: a smaller one wastes syncs, a larger one holds the event loop longer.
  batchBytes: 512 * KIB,
  // A microsecond and a half for each: 3 ms.
  transactionRecords: 2048,
  // Two or three seconds of what a slow disk takes.
  waitingBytesMax: 32 * MIB,
  cacheBytes: 32 * MIB,
  // About 4 us for each: 2 ms.
  sliceRecords: 512,
  pieceBytes: 256 * KIB,
  // Only addresses; nothing is allocated for them.
  mapBytes: 64 * GIB,
  spaceRetryMs: 1000,
}
