import { RECORD_LIMITS, type RecordLimits } from '../records/index.ts'

export interface MemoryLimits extends RecordLimits {
  /** A checkpoint file is written and checked in parts of about this size. */
  readonly partBytes: number
  /** Records that are looked at before others have their turn. */
  readonly sliceRecords: number
}

const KIB = 1024

export const MEMORY_LIMITS: MemoryLimits = {
  ...RECORD_LIMITS,
  // Filling and checking one takes half a millisecond.
  partBytes: 512 * KIB,
  // About 0.2 us each, and what a visitor does with them: well under 5 ms.
  sliceRecords: 4096,
}
