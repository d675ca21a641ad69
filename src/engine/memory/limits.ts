export interface MemoryLimits {
  /** One piece of memory for records; a power of two. */
  readonly arenaChunkBytes: number
  /** Revisions that are kept in one page of the index. */
  readonly indexPageRecords: number
  /** Records and checksums in a checkpoint file come in parts of about this size. */
  readonly partBytes: number
  /** Records that are looked at before others have their turn. */
  readonly sliceRecords: number
}

const KIB = 1024

export const MEMORY_LIMITS: MemoryLimits = {
  // A store that is nearly empty costs little; three thousand pieces hold a gigabyte.
  arenaChunkBytes: 256 * KIB,
  // Two searches of ten steps find one of a million; moving a page when it thins out takes 10 us.
  indexPageRecords: 1024,
  // Filling and checking one takes half a millisecond.
  partBytes: 512 * KIB,
  // About 0.2 us each, and what a visitor does with them: well under 5 ms.
  sliceRecords: 4096,
}
