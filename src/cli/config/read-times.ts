/** How fast a cluster notices that somebody is gone, and how long history is kept. */

import { parseDuration } from './duration.ts'
import { durationText } from './kinds.ts'
import type { CompactionConfig, TimingConfig } from './node-config.ts'
import { TIMING_PROFILES } from './profiles.ts'
import type { Manner } from './read-node-config.ts'
import type { SettingReader } from './setting-reader.ts'

/** Of etcd, for the one of the two times that is missing when the other was given as a flag. */
const ETCD_HEARTBEAT_MS = 100
const ETCD_ELECTION_MS = 1000
const ELECTION_HEARTBEATS_MIN = 5

/** A heartbeat is to take longer than a message there and back: an election takes two of those. */
const RETRY_HEARTBEATS = 2
/** Whoever writes a longer heartbeat than this has such a network (etcd's advice). */
const NEAR_HEARTBEAT_MS = 100
/** What else depends on the way there and back is then no shorter than in so many heartbeats. */
const FAR_DRAW_HEARTBEATS = 2
const FAR_PING_HEARTBEATS = 2

const HOUR_MS = 3_600_000
const UNIT_WANTED = 'a duration with its unit'

/** Those of the profile; what is written is rounded to its ticks. */
export function readTiming(read: SettingReader, manner: Manner): TimingConfig {
  const profile = TIMING_PROFILES[read.get('raft.profile')]
  const heartbeat = read.get('raft.heartbeat')
  const election = read.get('raft.election')
  if (heartbeat === null && election === null) return profile
  if (manner === 'own') complainOfBare(read, { heartbeat, election })
  const usual =
    manner === 'etcd'
      ? { heartbeatMs: ETCD_HEARTBEAT_MS, electionMs: ETCD_ELECTION_MS }
      : {
          heartbeatMs: profile.heartbeatTicks * profile.tickMs,
          electionMs: profile.electionTicks * profile.tickMs,
        }
  const heartbeatMs = heartbeat ?? usual.heartbeatMs
  const electionMs = election ?? usual.electionMs
  const electionMsMin = ELECTION_HEARTBEATS_MIN * heartbeatMs
  if (electionMs < electionMsMin) {
    complainOfHurry(read, { heartbeatMs, electionMs, isElection: election !== null })
    return profile
  }
  const tickMs = Math.min(profile.tickMs, heartbeatMs)
  const heartbeatTicks = Math.round(heartbeatMs / tickMs)
  const electionTicks = Math.round(electionMs / tickMs)
  const retryTicks = RETRY_HEARTBEATS * heartbeatTicks
  const written = { ...profile, tickMs, heartbeatTicks, electionTicks, retryTicks }
  if (heartbeatMs <= NEAR_HEARTBEAT_MS) return written
  return {
    ...written,
    droppedTicks: Math.max(profile.droppedTicks, FAR_DRAW_HEARTBEATS * heartbeatTicks),
    pingMs: Math.max(profile.pingMs, FAR_PING_HEARTBEATS * heartbeatMs),
  }
}

/** Of etcd's flags they are milliseconds; elsewhere nobody could know of what. */
function complainOfBare(
  read: SettingReader,
  times: { readonly heartbeat: number | null; readonly election: number | null },
): void {
  for (const name of ['heartbeat', 'election'] as const) {
    const ms = times[name]
    if (ms !== null && read.isBare(`raft.${name}`)) {
      read.complain(`raft.${name}`, UNIT_WANTED, durationText(ms))
    }
  }
}

interface Hurry {
  readonly heartbeatMs: number
  readonly electionMs: number
  readonly isElection: boolean
}

function complainOfHurry(
  read: SettingReader,
  { heartbeatMs, electionMs, isElection }: Hurry,
): void {
  if (isElection) {
    const least = durationText(ELECTION_HEARTBEATS_MIN * heartbeatMs)
    const wanted = `at least ${ELECTION_HEARTBEATS_MIN} heartbeats of ${durationText(heartbeatMs)}`
    read.complain('raft.election', wanted, least)
  } else {
    const most = durationText(Math.floor(electionMs / ELECTION_HEARTBEATS_MIN))
    const wanted = `at most a fifth of the silence before an election, ${durationText(electionMs)}`
    read.complain('raft.heartbeat', wanted, most)
  }
}

const OFF: CompactionConfig = { kind: 'off' }

/** A bare number is one of revisions; of etcd's flags it is also one of hours. */
export function readCompaction(read: SettingReader, manner: Manner): CompactionConfig {
  const mode = read.get('compaction.mode')
  const text = read.get('compaction.retention')
  if (text === '0') return OFF
  const number = /^\d{1,15}$/.test(text) ? Number(text) : null
  if (mode === 'revision') {
    if (number !== null) return { kind: 'revision', retention: number }
    read.complain('compaction.retention', 'a number of revisions', '10000')
    return OFF
  }
  if (number !== null && manner === 'own') {
    read.complain('compaction.retention', UNIT_WANTED, `${number}h`)
    return OFF
  }
  const retentionMs = number === null ? parseDuration(text) : number * HOUR_MS
  if (retentionMs === null && manner === 'own') {
    read.complain('compaction.retention', 'a duration', '30m')
  } else if (retentionMs === null) {
    read.complain('compaction.retention', 'a number of hours, or a duration', '30m')
  }
  return retentionMs === null || retentionMs === 0 ? OFF : { kind: 'periodic', retentionMs }
}
