/**
 * What is told under names of our own: what etcd has no name for, or where ours says it plainer.
 */

import type { NodeStatus } from '../../server/index.ts'
import type { WatchHub } from '../../state/index.ts'
import type { Exposition, Family, Labels } from './exposition.ts'
import type { Histogram } from './histogram.ts'
import type { MetricsReading, MetricsSource, ProcessReading } from './source.ts'

export interface OwnParts {
  readonly status: NodeStatus
  readonly isLeader: boolean
  readonly leaderChanges: number
  readonly reading: MetricsReading
  readonly source: MetricsSource
  readonly hub: WatchHub
  /** Of requests with one answer, by the door they came through. */
  readonly latencies: Readonly<Record<string, Histogram>>
}

type Line = readonly [name: string, help: string, value: number | undefined]

export function ownLines(out: Exposition, parts: OwnParts): void {
  raftLines(out, parts)
  const { source, latencies, reading } = parts
  out.histogram(
    'quorate_log_sync_seconds',
    'Until a batch of the log was durable.',
    source.walFsyncSeconds,
  )
  storeLines(out, parts)
  out.histogram(
    'quorate_engine_checkpoint_seconds',
    'Until a checkpoint of the storage engine was durable.',
    source.backendCommitSeconds,
  )
  const doors = Object.entries(latencies).map(([door, histogram]): [Labels, Histogram] => {
    return [{ door }, histogram]
  })
  const help = 'From the head of a request to its answer, by door.'
  out.histograms('quorate_api_request_seconds', help, doors)
  if (reading.process !== undefined) processLines(out, reading.process)
}

function raftLines(out: Exposition, { status, isLeader, leaderChanges, reading }: OwnParts): void {
  lines(out, 'gauge', [
    ['raft_has_leader', 'Whether this node knows a leader.', Number(status.leader !== null)],
    ['raft_is_leader', 'Whether this node leads.', Number(isLeader)],
    ['raft_is_learner', 'Whether this node has no vote.', Number(status.isLearner)],
    ['raft_term', 'The term of this node.', status.raftTerm],
    ['raft_committed_index', 'The end of the log that is committed.', status.raftIndex],
    ['raft_applied_index', 'The end of the log that is applied.', status.raftAppliedIndex],
    ['raft_writes_pending', 'Writes that are under way.', reading.proposalsPending],
  ])
  lines(out, 'counter', [
    ['raft_leader_changes_total', 'How often somebody new led.', leaderChanges],
    ['raft_writes_failed_total', 'Writes that came to nothing.', reading.proposalsFailed],
    ['raft_reads_timed_out_total', 'Reads that were not confirmed.', reading.slowReadIndexes],
    ['leases_expired_total', 'Leases that ran out.', reading.leasesExpired],
  ])
}

function storeLines(out: Exposition, { status, reading, hub }: OwnParts): void {
  lines(out, 'gauge', [
    ['store_revision', 'The revision of the store.', status.revision],
    ['store_compact_revision', 'What it was compacted at.', reading.compactRevision],
    ['store_keys', 'Keys that exist.', reading.keys],
    ['engine_bytes', 'What the store takes.', status.dbSizeBytes],
    ['engine_in_use_bytes', 'What of it is in use.', status.dbSizeInUseBytes],
    ['engine_quota_bytes', 'What it may take.', status.dbSizeQuotaBytes],
    ['engine_cache_max_bytes', 'What its cache may take.', reading.cache?.bytesMax],
    ['watchers', 'Watches.', hub.watcherCount],
    ['watchers_behind', 'Watches that are behind.', hub.slowWatcherCount],
    ['watch_held_bytes', 'Events that are held for them.', hub.heldBytes],
  ])
  lines(out, 'counter', [
    ['engine_cache_hits_total', 'Records that were in the cache.', reading.cache?.hits],
    ['engine_cache_misses_total', 'Records read from disk instead.', reading.cache?.misses],
    ['watch_events_total', 'Events that were sent.', hub.eventsSent],
  ])
}

function processLines(out: Exposition, reading: ProcessReading): void {
  const { memoryBytes = {}, eventLoopDelays } = reading
  out.family(
    { name: 'quorate_memory_bytes', type: 'gauge', help: 'Memory of the process, by kind.' },
    Object.entries(memoryBytes).map(([kind, bytes]): [Labels, number] => [{ kind }, bytes]),
  )
  if (eventLoopDelays === undefined) return
  const help = 'How much later than it should a turn of the event loop came, ten times a second.'
  out.histogram('quorate_event_loop_delay_seconds', help, eventLoopDelays)
}

function lines(out: Exposition, type: Family['type'], told: readonly Line[]): void {
  for (const [name, help, value] of told) out.single({ name: `quorate_${name}`, type, help }, value)
}
