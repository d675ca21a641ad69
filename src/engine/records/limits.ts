export interface RecordLimits {
  /** One piece of memory for records; a power of two. */
  readonly arenaChunkBytes: number
  /** Revisions that are kept in one page of the index. */
  readonly indexPageRecords: number
}

export const RECORD_LIMITS: RecordLimits = {
  // A store that is nearly empty costs little; four thousand pieces hold a gigabyte.
  arenaChunkBytes: 256 * 1024,
  // Two searches of ten steps find one of a million; moving a page when it thins out takes 10 us.
  indexPageRecords: 1024,
}
