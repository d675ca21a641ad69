import {
  LOG_ALIGNMENT_BYTES,
  LOG_BATCH_BYTES_MAX,
  LOG_CACHE_BYTES_MAX,
  LOG_RECYCLED_SEGMENTS_MAX,
  LOG_SEGMENT_BYTES,
} from '../base/index.ts'
import type { LogLimits } from './types.ts'

/** What a node starts from; src/base/limits.ts has the reasons. */
export const LOG_LIMITS: LogLimits = {
  segmentBytes: LOG_SEGMENT_BYTES,
  batchBytesMax: LOG_BATCH_BYTES_MAX,
  cacheBytesMax: LOG_CACHE_BYTES_MAX,
  groupCommitWindowMs: 0,
  recycledSegmentsMax: LOG_RECYCLED_SEGMENTS_MAX,
  alignmentBytes: LOG_ALIGNMENT_BYTES,
}
