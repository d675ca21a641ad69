/** Settings that bring a scenario quickly to where its bug lives. */

import { GROUP_LIMITS, type GroupLimits } from '../../../src/group/index.ts'
import { RAFT_TUNING, type RaftTuning } from '../../../src/raft/index.ts'
import type { SimulationConfig } from '../../config.ts'
import { CALM_LOG } from '../../scenario.ts'
import { NO_DISK_FAULTS } from '../../world/index.ts'

type Settings = Partial<SimulationConfig>

/** No segment of the log ends during a scenario: it renames nothing. */
export const LARGE_SEGMENTS: Settings = { logLimits: CALM_LOG }

/** Entries that are durable must be read back from the disk, also to be applied. */
export const NO_CACHE: Settings = { logLimits: { ...CALM_LOG, cacheBytesMax: 0 } }

/** A few entries fill a segment. */
export const SMALL_SEGMENTS: Settings = { logLimits: { ...CALM_LOG, segmentBytes: 8192 } }

/** Both of them. */
export const SMALL_LOG: Settings = {
  logLimits: { ...CALM_LOG, segmentBytes: 8192, cacheBytesMax: 0 },
}

/** A checkpoint after so many entries; nothing of the log is kept behind it. */
export function checkpointEvery(entries: number, limits: Partial<GroupLimits> = {}): Settings {
  const some = { checkpointEntries: entries, trailingEntries: 0 }
  return { groupLimits: { ...GROUP_LIMITS, ...some, ...limits } }
}

export function tuned(tuning: Partial<RaftTuning>): Settings {
  return { tuning: { ...RAFT_TUNING, ...tuning } }
}

/** Every append carries one entry. */
export const ONE_ENTRY: Settings = tuned({ appendBytesMax: 1 })

/** A power failure leaves any mixture of what was not synced. */
export const TORN_CRASHES: Settings = { disk: NO_DISK_FAULTS }

/** For scenarios that run many times: there is no long wait at the end. */
export const BRIEF: Settings = { timeoutMs: 100 }

/** Many files, merges and loads after a few values. */
export const SMALL_BITCASK: SimulationConfig['bitcask'] = {
  fileBytes: 8192,
  chunkBytes: 1024,
  queuedBytesMax: 4096,
  recentBytes: 2048,
  loadedCacheBytes: 1024,
  blockCacheBytes: 2048,
  blockBytes: 512,
  blockMissesMin: 2,
  readBytesMax: 1500,
  readGapBytesMax: 200,
  readsMax: 2,
  pieceBytes: 1000,
  mergeSliceBytes: 1000,
  mergeGainMin: 0.5,
  removeSliceBytes: 2048,
  removePauseMs: 1,
  spaceRetryMs: 10,
}
