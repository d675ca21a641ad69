/** Everything that is known, at the time it is asked for. Names and meanings are etcd's. */

import {
  type CallCounts,
  type Method,
  STATUS,
  type StatusCode,
  statusName,
} from '../../rpc/index.ts'
import type { NodeService, NodeStatus } from '../../server/index.ts'
import type { WatchHub } from '../../state/index.ts'
import type { ServiceDescription } from '../../wire/index.ts'
import type { NativeDoor } from '../native/index.ts'
import { Exposition, type Labels } from './exposition.ts'
import type { Histogram } from './histogram.ts'
import { ownLines } from './own-lines.ts'
import type { MetricsReading, MetricsSource, ProcessReading } from './source.ts'

export interface ScrapeParts {
  readonly node: NodeService
  /** Those of them that count are told of. */
  readonly methods: readonly Method[]
  /** What kinds of methods they are. */
  readonly services: readonly ServiceDescription[]
  /** Of the native door, where many are one call. */
  readonly native: Pick<NativeDoor, 'counts' | 'pipelineCount' | 'heldBytes'>
  /** In seconds, of requests with one answer, by the door they came through. */
  readonly latencies: Readonly<Record<string, Histogram>>
  readonly source: MetricsSource
  readonly version: string
  readonly requestBytesMax: number
}

/** As gRPC writes it in metrics: `NotFound` for `NOT_FOUND`. */
function codeLabel(code: StatusCode): string {
  if (code === STATUS.OK) return 'OK'
  const words = statusName(code).toLowerCase().split('_')
  const label = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
  // The one that British English had a hand in.
  return label === 'Cancelled' ? 'Canceled' : label
}

const CODES = Object.values(STATUS)

interface Counted {
  readonly labels: Labels
  readonly method: string
  readonly service: string
  readonly counts: CallCounts
}

/** Paths whose calls that went well etcd counts as work of its store. */
const STORE_CALLS: Readonly<Record<string, string>> = {
  Range: 'etcd_mvcc_range_total',
  Put: 'etcd_mvcc_put_total',
  DeleteRange: 'etcd_mvcc_delete_total',
  Txn: 'etcd_mvcc_txn_total',
}

export class Scrape {
  readonly #parts: ScrapeParts
  readonly #counted: readonly Counted[]
  readonly #forgetLeader: () => void
  #leaderChanges = 0
  healthSuccesses = 0
  healthFailures = 0

  constructor(parts: ScrapeParts) {
    this.#parts = parts
    const types = typesOf(parts.services)
    this.#counted = parts.methods.flatMap((method) => countedOf(method, types))
    const { node } = parts
    this.#leaderChanges = node.hasLeader(node.defaultGroup) ? 1 : 0
    this.#forgetLeader = node.onLeader(node.defaultGroup, (hasLeader) => {
      if (hasLeader) this.#leaderChanges += 1
    })
  }

  /** Idempotent. */
  close(): void {
    this.#forgetLeader()
  }

  text(): string {
    const { node, source, latencies } = this.#parts
    const out = new Exposition()
    const reading = source.read()
    const status = node.status(node.defaultGroup)
    this.#server(out, status, reading)
    storage(out, status, source)
    this.#store(out, status, reading)
    watches(out, node.watchHub(node.defaultGroup))
    this.#network(out, reading)
    this.#calls(out)
    operationLines(out, this.#parts.native)
    const isLeader = status.leader === node.nodeId
    const hub = node.watchHub(node.defaultGroup)
    const leaderChanges = this.#leaderChanges
    ownLines(out, { status, isLeader, leaderChanges, reading, source, hub, latencies })
    if (reading.process !== undefined) processLines(out, reading.process)
    return out.text
  }

  #server(out: Exposition, status: NodeStatus, reading: MetricsReading): void {
    const { node, version, requestBytesMax } = this.#parts
    const has = status.leader !== null
    const isLeader = status.leader === node.nodeId
    const gauges: readonly [string, string, number | undefined, Labels?][] = [
      ['has_leader', 'Whether or not a leader exists. 1 is existence, 0 is not.', Number(has)],
      ['is_leader', 'Whether or not this member is a leader.', Number(isLeader)],
      ['is_learner', 'Whether or not this member is a learner.', Number(status.isLearner)],
      ['proposals_pending', 'Proposals that are under way.', reading.proposalsPending],
      ['proposals_committed_total', 'The index that is committed.', status.raftIndex],
      ['proposals_applied_total', 'The index that is applied.', status.raftAppliedIndex],
      ['quota_backend_bytes', 'Size the store may have.', status.dbSizeQuotaBytes],
      ['client_request_bytes_max', 'Size a request may have.', requestBytesMax],
      ['version', 'Which version of etcd is offered.', 1, { server_version: version }],
      ['id', 'Server or member ID.', 1, { server_id: node.memberId.toString(16) }],
    ]
    for (const [name, help, value, labels] of gauges) {
      out.single({ name: `etcd_server_${name}`, type: 'gauge', help }, value, labels)
    }
    const counters: readonly [string, string, number | undefined][] = [
      ['leader_changes_seen_total', 'Leader changes seen.', this.#leaderChanges],
      ['proposals_failed_total', 'Proposals that failed.', reading.proposalsFailed],
      ['slow_apply_total', 'Entries that took long to apply.', reading.slowApplies],
      ['slow_read_indexes_total', 'Reads that took long to confirm.', reading.slowReadIndexes],
      ['lease_expired_total', 'Leases that ran out.', reading.leasesExpired],
      ['health_success', 'Health checks that went well.', this.healthSuccesses],
      ['health_failures', 'Health checks that failed.', this.healthFailures],
    ]
    for (const [name, help, value] of counters) {
      const prefix = name.startsWith('lease_') ? 'etcd_debugging_server' : 'etcd_server'
      out.single({ name: `${prefix}_${name}`, type: 'counter', help }, value)
    }
  }

  #store(out: Exposition, status: NodeStatus, reading: MetricsReading): void {
    for (const { service, method, counts } of this.#counted) {
      const name = service === 'etcdserverpb.KV' ? STORE_CALLS[method] : undefined
      if (name === undefined) continue
      const help = `Calls of ${method} that went well.`
      out.single({ name, type: 'counter', help }, counts.ended[STATUS.OK])
    }
    const gauges: readonly [string, string, number | undefined][] = [
      ['keys_total', 'Keys that exist.', reading.keys],
      ['current_revision', 'The revision of the store.', status.revision],
      ['compact_revision', 'The revision it was compacted at.', reading.compactRevision],
    ]
    for (const [name, help, value] of gauges) {
      out.single({ name: `etcd_debugging_mvcc_${name}`, type: 'gauge', help }, value)
    }
  }

  #network(out: Exposition, { peers = [], connections }: MetricsReading): void {
    let [received, sent] = [0, 0]
    for (const { counts } of this.#counted) {
      received += counts.bytesReceived
      sent += counts.bytesSent
    }
    const client = (name: string, help: string, value: number): void => {
      out.single({ name: `etcd_network_client_grpc_${name}`, type: 'counter', help }, value)
    }
    client('received_bytes_total', 'Bytes that clients sent.', received)
    client('sent_bytes_total', 'Bytes that were sent to clients.', sent)
    const name = 'etcd_network_client_connections'
    out.single({ name, type: 'gauge', help: 'Connections of clients.' }, connections)
    const Local = this.#parts.node.memberId.toString(16)
    const peer = (type: 'counter' | 'gauge', name: string, values: readonly number[]): void => {
      const samples = peers.map(({ memberId }, at): readonly [Labels, number] => {
        const Remote = memberId.toString(16)
        const labels = name === 'active_peers' ? { Local, Remote } : { To: Remote }
        return [labels, values[at] ?? 0]
      })
      out.family({ name: `etcd_network_${name}`, type, help: `Of each peer: ${name}.` }, samples)
    }
    const active = peers.map(({ isConnected }) => Number(isConnected))
    const bytesSent = peers.map((one) => one.bytesSent)
    const bytesReceived = peers.map((one) => one.bytesReceived)
    peer('gauge', 'active_peers', active)
    peer('counter', 'peer_sent_bytes_total', bytesSent)
    peer('counter', 'peer_received_bytes_total', bytesReceived)
  }

  #calls(out: Exposition): void {
    const each = (name: string, help: string, value: (counts: CallCounts) => number): void =>
      out.family(
        { name: `grpc_server_${name}`, type: 'counter', help },
        this.#counted.map(({ labels, counts }) => [labels, value(counts)]),
      )
    each('started_total', 'Calls that began.', ({ started }) => started)
    const help = 'Calls that ended, by status.'
    const handled = this.#counted.flatMap(({ labels, counts }) =>
      CODES.flatMap((code): (readonly [Labels, number])[] => {
        const count = counts.ended[code] ?? 0
        return count === 0 ? [] : [[{ ...labels, grpc_code: codeLabel(code) }, count]]
      }),
    )
    out.family({ name: 'grpc_server_handled_total', type: 'counter', help }, handled)
    each('msg_received_total', 'Messages received.', (counts) => counts.messagesReceived)
    each('msg_sent_total', 'Messages sent.', (counts) => counts.messagesSent)
  }
}

/** By path, in the words of gRPC's libraries. */
function typesOf(services: readonly ServiceDescription[]): ReadonlyMap<string, string> {
  const methods = services.flatMap((service) => Object.values(service.methods))
  return new Map(
    methods.map(({ path, requestStream, responseStream }) => {
      if (requestStream) return [path, responseStream ? 'bidi_stream' : 'client_stream']
      return [path, responseStream ? 'server_stream' : 'unary']
    }),
  )
}

function countedOf({ path, counts }: Method, types: ReadonlyMap<string, string>): Counted[] {
  if (counts === undefined) return []
  const [, service = '', method = ''] = path.split('/')
  const labels = {
    grpc_service: service,
    grpc_method: method,
    grpc_type: types.get(path) ?? 'unary',
  }
  return [{ labels, service, method, counts }]
}

function storage(out: Exposition, status: NodeStatus, source: MetricsSource): void {
  const prefix = 'etcd_mvcc_db_total_size'
  const [total, used] = [status.dbSizeBytes, status.dbSizeInUseBytes]
  out.single({ name: `${prefix}_in_bytes`, type: 'gauge', help: 'Size of the store.' }, total)
  const help = 'Size of what in it is in use.'
  out.single({ name: `${prefix}_in_use_in_bytes`, type: 'gauge', help }, used)
  out.histogram(
    'etcd_disk_wal_fsync_duration_seconds',
    'Until a batch of the log was durable.',
    source.walFsyncSeconds,
  )
  out.histogram(
    'etcd_disk_backend_commit_duration_seconds',
    'Until a checkpoint of the storage engine was durable.',
    source.backendCommitSeconds,
  )
}

function watches(out: Exposition, hub: WatchHub): void {
  const gauges: readonly [string, string, number][] = [
    ['watch_stream_total', 'Streams of watches.', hub.streamCount],
    ['watcher_total', 'Watches.', hub.watcherCount],
    ['slow_watcher_total', 'Watches that are behind.', hub.slowWatcherCount],
    ['pending_events_bytes', 'Bytes of events that are held for watches.', hub.heldBytes],
  ]
  for (const [name, help, value] of gauges) {
    out.single({ name: `etcd_debugging_mvcc_${name}`, type: 'gauge', help }, value)
  }
  const [name, help] = ['etcd_debugging_mvcc_events_total', 'Events that were sent.']
  out.single({ name, type: 'counter', help }, hub.eventsSent)
}

function operationLines(
  out: Exposition,
  { counts, pipelineCount, heldBytes }: ScrapeParts['native'],
): void {
  const counter = (name: string, help: string, samples: readonly (readonly [Labels, number])[]) =>
    out.family({ name: `quorate_operations_${name}`, type: 'counter', help }, samples)
  const begun = counts.begun()
  counter(
    'started_total',
    'Operations of the native API that began.',
    begun.map(([operation, count]) => [{ operation }, count]),
  )
  const failed = counts.failed()
  counter(
    'failed_total',
    'Operations of the native API that failed, by code.',
    failed.map(([code, count]) => [{ code }, count]),
  )
  const gauge = (name: string, help: string, value: number): void =>
    out.single({ name: `quorate_pipelines${name}`, type: 'gauge', help }, value)
  gauge('', 'Streams of operations.', pipelineCount)
  gauge('_held_bytes', 'Bytes that are held for their clients, who do not read.', heldBytes)
}

function processLines(out: Exposition, reading: ProcessReading): void {
  const { cpuSeconds, residentBytes, heapBytes, startedSeconds, openFiles, openFilesMax } = reading
  const name = 'process_cpu_seconds_total'
  out.single({ name, type: 'counter', help: 'Processor time that was used.' }, cpuSeconds)
  const gauges: readonly [string, string, number | undefined][] = [
    ['process_resident_memory_bytes', 'Memory that is resident.', residentBytes],
    ['process_start_time_seconds', 'Since 1970.', startedSeconds],
    ['process_open_fds', 'Files that are open.', openFiles],
    ['process_max_fds', 'Files that may be open.', openFilesMax],
    ['os_fd_used', 'Files that are open.', openFiles],
    ['os_fd_limit', 'Files that may be open.', openFilesMax],
    ['nodejs_heap_size_used_bytes', 'Heap that is in use.', heapBytes],
    ['nodejs_gc_longest_seconds', 'The longest pause.', reading.longestPauseSeconds],
  ]
  for (const [gauge, help, value] of gauges) {
    out.single({ name: gauge, type: 'gauge', help }, value)
  }
  const { collectionPauses } = reading
  if (collectionPauses === undefined) return
  out.histogram('nodejs_gc_duration_seconds', 'Pauses to collect memory.', collectionPauses)
}
