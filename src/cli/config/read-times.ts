/** How fast a cluster notices that somebody is gone, and how long history is kept. */

import { parseDuration } from './duration.ts'
import type { CompactionConfig, TimingConfig } from './node-config.ts'
import type { SettingReader } from './setting-reader.ts'

/** Of etcd, for the one of the two times that is missing when the other was written. */
const ETCD_HEARTBEAT_MS = 100
const ETCD_ELECTION_MS = 1000
const ELECTION_MS_MAX = 50_000
const ELECTION_HEARTBEATS_MIN = 5

/**
 * Our own, when neither is written: a heartbeat every 50 ms, and an election 500 ms after the last
 * one. That is for a machine that vanishes: when only the process of a leader dies, its connections
 * tell, and an election begins at once. So there is no hurry with a leader that is slow: with
 * 100 ms, two cores that had five times the work elected another one every twenty seconds.
 * A tick costs some microseconds; written times are rounded to it.
 */
const TIMING: TimingConfig = { tickMs: 10, heartbeatTicks: 5, electionTicks: 50, retryTicks: 10 }

/** A heartbeat is to take longer than a message there and back: an election takes two of those. */
const RETRY_HEARTBEATS = 2

const HOUR_MS = 3_600_000

export function readTiming(read: SettingReader): TimingConfig {
  const isWritten = read.has('raft.heartbeat') || read.has('raft.election')
  const heartbeatMs = milliseconds(read, 'raft.heartbeat', ETCD_HEARTBEAT_MS)
  const electionMs = milliseconds(read, 'raft.election', ETCD_ELECTION_MS)
  if (!isWritten) return TIMING
  const electionMsMin = ELECTION_HEARTBEATS_MIN * heartbeatMs
  if (electionMs < electionMsMin) {
    const wanted = `at least ${ELECTION_HEARTBEATS_MIN} heartbeats, which is ${electionMsMin} ms`
    read.complain(read.has('raft.election') ? 'raft.election' : 'raft.heartbeat', wanted)
    return TIMING
  }
  const tickMs = Math.min(TIMING.tickMs, heartbeatMs)
  const heartbeatTicks = Math.round(heartbeatMs / tickMs)
  return {
    tickMs,
    heartbeatTicks,
    electionTicks: Math.round(electionMs / tickMs),
    retryTicks: RETRY_HEARTBEATS * heartbeatTicks,
  }
}

/** etcd writes a bare number. */
function milliseconds(read: SettingReader, setting: string, fallback: number): number {
  const raw = read.raw(setting)
  if (raw === undefined) return fallback
  const text = String(raw)
  const value = /^\d+$/.test(text) ? Number(text) : (parseDuration(text) ?? 0)
  if (value >= 1 && value <= ELECTION_MS_MAX && Number.isInteger(value)) return value
  read.complain(setting, `whole milliseconds from 1 to ${ELECTION_MS_MAX}`)
  return fallback
}

const OFF: CompactionConfig = { kind: 'off' }

/** As etcd reads it: a bare number is hours of history, or a number of revisions. */
export function readCompaction(read: SettingReader): CompactionConfig {
  const mode = read.choice('compaction.mode', 'periodic', ['periodic', 'revision'])
  const text = read.text('compaction.retention', '0')
  if (text === '' || text === '0') return OFF
  const number = /^\d{1,15}$/.test(text) ? Number(text) : null
  if (mode === 'revision') {
    if (number !== null) return { kind: 'revision', retention: number }
    read.complain('compaction.retention', 'a number of revisions')
    return OFF
  }
  const retentionMs = number === null ? parseDuration(text) : number * HOUR_MS
  if (retentionMs === null) {
    read.complain('compaction.retention', 'a number of hours, or a duration such as 30m')
  }
  return retentionMs === null || retentionMs === 0 ? OFF : { kind: 'periodic', retentionMs }
}
