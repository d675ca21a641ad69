import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd, native } from '../../wire/index.ts'
import { MachineNode, RemoteClient, ScriptedNode } from '../etcd/testing/index.ts'
import { HttpClient, openDoors } from '../testing/index.ts'
import { Exposition } from './exposition.ts'
import { durationHistogram, Histogram, pauseHistogram } from './index.ts'

/** By name and labels. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** What the dashboards of etcd, and the tests of its users, read. */
const READ_BY_OTHERS = `etcd_server_has_leader etcd_server_is_leader etcd_server_is_learner
  etcd_server_leader_changes_seen_total etcd_server_proposals_committed_total
  etcd_server_proposals_applied_total etcd_server_proposals_pending
  etcd_server_proposals_failed_total etcd_server_slow_apply_total
  etcd_server_slow_read_indexes_total etcd_server_health_success etcd_server_health_failures
  etcd_server_quota_backend_bytes etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"}
  etcd_disk_wal_fsync_duration_seconds_sum etcd_disk_backend_commit_duration_seconds_count
  etcd_mvcc_db_total_size_in_bytes etcd_mvcc_db_total_size_in_use_in_bytes etcd_mvcc_put_total
  etcd_mvcc_range_total etcd_mvcc_delete_total etcd_mvcc_txn_total
  etcd_debugging_mvcc_watcher_total etcd_debugging_mvcc_watch_stream_total
  etcd_debugging_mvcc_slow_watcher_total etcd_debugging_mvcc_events_total
  etcd_debugging_mvcc_keys_total etcd_debugging_mvcc_current_revision
  etcd_debugging_mvcc_compact_revision etcd_network_client_grpc_received_bytes_total
  etcd_network_client_grpc_sent_bytes_total etcd_network_peer_sent_bytes_total{To="2"}
  etcd_network_peer_received_bytes_total{To="2"} process_cpu_seconds_total
  process_resident_memory_bytes process_start_time_seconds process_open_fds process_max_fds
  etcd_server_version{server_version="3.6.6"} etcd_server_id{server_id="8000000000000001"}`

describe('metrics', () => {
  it('have the names that are read of etcd', async (context) => {
    const peers = [{ memberId: 2n, isConnected: true, bytesSent: 5, bytesReceived: 6 }]
    const usage = { cpuSeconds: 1, residentBytes: 2, heapBytes: 3, startedSeconds: 4 }
    const collectionPauses = pauseHistogram()
    collectionPauses.observe(0.004)
    const pauses = { collectionPauses, longestPauseSeconds: 0.004 }
    const reading = {
      ...{ proposalsPending: 0, proposalsFailed: 1, slowApplies: 2, slowReadIndexes: 3, keys: 4 },
      ...{ compactRevision: -1, connections: 7, peers, leasesExpired: 8 },
      process: { ...usage, ...pauses, openFiles: 5, openFilesMax: 6 },
    }
    const { address } = await openDoors(context, { node: new MachineNode(), reading })
    const { text, headers } = await new HttpClient(context, address).ask('/metrics')
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    const samples = samplesOf(text)
    for (const name of READ_BY_OTHERS.split(/\s+/)) assert.ok(samples.has(name), name)
    assert.equal(samples.get('etcd_network_active_peers{Local="8000000000000001",Remote="2"}'), 1)
    assert.equal(samples.get('nodejs_gc_duration_seconds_bucket{le="0.005"}'), 1)
    assert.equal(samples.get('nodejs_gc_longest_seconds'), 0.004)
    // Every family is described once, before its samples.
    const types = text.match(/^# TYPE .*$/gm) ?? []
    assert.equal(new Set(types.map((line) => line.split(' ')[2])).size, types.length)
  })

  it('count calls by method and status, whichever door they came through', async (context) => {
    const { address, metrics } = await openDoors(context, { node: new MachineNode() })
    const web = new HttpClient(context, address)
    await web.post('/v3/kv/put', { key: btoa('a') })
    await web.post('/v3/kv/put', {})
    await web.ask('/health')
    metrics.walFsyncSeconds.observe(0.003)
    const samples = samplesOf((await web.ask('/metrics')).text)
    const labels = 'grpc_service="etcdserverpb.KV",grpc_method="Put",grpc_type="unary"'
    const handled = `grpc_server_handled_total{${labels},grpc_code`
    const expected = {
      [`grpc_server_started_total{${labels}}`]: 2,
      [`${handled}="OK"}`]: 1,
      [`${handled}="InvalidArgument"}`]: 1,
      [`grpc_server_msg_received_total{${labels}}`]: 2,
      [`grpc_server_msg_sent_total{${labels}}`]: 1,
      etcd_mvcc_put_total: 1,
      etcd_network_client_grpc_received_bytes_total: 3,
      etcd_server_health_success: 1,
      'etcd_disk_wal_fsync_duration_seconds_bucket{le="0.002"}': 0,
      'etcd_disk_wal_fsync_duration_seconds_bucket{le="0.004"}': 1,
      'etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"}': 1,
      etcd_disk_wal_fsync_duration_seconds_sum: 0.003,
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(samples.get(name), value, name)
    }
    // What was not told of is not invented.
    assert.equal(samples.has('etcd_debugging_mvcc_keys_total'), false)
  })

  it('count the operations of the native door, of which many are one call', async (context) => {
    const { address } = await openDoors(context, { node: new MachineNode() })
    const stream = await new RemoteClient(context, address).stream(native.KV.methods.pipeline)
    const operations = ['a', '', 'b'].map((key, at) => {
      const value = etcd.PutRequest.create({ key: new TextEncoder().encode(key) })
      return native.Operation.create({ id: at + 1, operation: { kind: 'put', value } })
    })
    stream.send({ operations })
    stream.sendEnd()
    assert.equal(await stream.end, 'OK')
    const web = new HttpClient(context, address)
    const samples = samplesOf((await web.ask('/metrics')).text)
    // That without a key was not under way.
    assert.equal(samples.get('quorate_api_request_seconds_count{door="native"}'), 2)
    assert.equal(samples.get('quorate_pipelines'), 0)
    assert.equal(samples.get('quorate_pipelines_held_bytes'), 0)
    assert.equal(samples.get('quorate_operations_started_total{operation="put"}'), 3)
    assert.equal(samples.get('quorate_operations_started_total{operation="txn"}'), 0)
    assert.equal(samples.get('quorate_operations_failed_total{code="KEY_EMPTY"}'), 1)
    const labels = 'grpc_service="quorate.v1.KV",grpc_method="Pipeline",grpc_type="bidi_stream"'
    assert.equal(samples.get(`grpc_server_started_total{${labels}}`), 1)
  })

  it('have names of our own for what people look for', async (context) => {
    const usage = { cpuSeconds: 1, residentBytes: 2, heapBytes: 3, startedSeconds: 4 }
    const eventLoopDelays = pauseHistogram()
    eventLoopDelays.observe(0.003)
    const reading = {
      ...{ proposalsPending: 1, proposalsFailed: 2, keys: 3, compactRevision: 4 },
      cache: { bytesMax: 7, hits: 8, misses: 9 },
      process: { ...usage, eventLoopDelays, memoryBytes: { heap_used: 5, resident: 6 } },
    }
    const { address, metrics } = await openDoors(context, { node: new MachineNode(), reading })
    metrics.walFsyncSeconds.observe(0.002)
    const client = new RemoteClient(context, address)
    const { put } = etcd.KV.methods
    for (let i = 0; i < 3; i++) await client.ask(put, put.request.create({ key: Uint8Array.of(1) }))
    const web = new HttpClient(context, address)
    await web.ask('/api/v1/kv/a', { method: 'PUT', body: '' })
    await web.post('/v3/kv/range', { key: btoa('a') })
    await web.post('/v3/kv/range', {})
    const samples = samplesOf((await web.ask('/metrics')).text)
    const expected = {
      ...{ raft_has_leader: 1, raft_is_leader: 1, raft_is_learner: 0, raft_term: 1 },
      ...{ raft_committed_index: 4, raft_applied_index: 4, raft_writes_pending: 1 },
      ...{ raft_leader_changes_total: 1, raft_writes_failed_total: 2, store_revision: 5 },
      ...{ store_keys: 3, store_compact_revision: 4, watchers: 0, watchers_behind: 0 },
      ...{ log_sync_seconds_count: 1, log_sync_seconds_sum: 0.002 },
      ...{ engine_checkpoint_seconds_count: 0, engine_quota_bytes: 1_572_864 },
      ...{ engine_cache_max_bytes: 7, engine_cache_hits_total: 8, engine_cache_misses_total: 9 },
      ...{ 'memory_bytes{kind="heap_used"}': 5, event_loop_delay_seconds_count: 1 },
      'event_loop_delay_seconds_bucket{le="0.005"}': 1,
      'api_request_seconds_count{door="etcd"}': 3,
      'api_request_seconds_count{door="rest"}': 1,
      'api_request_seconds_count{door="gateway"}': 2,
      'api_request_seconds_count{door="native"}': 0,
      'api_request_seconds_bucket{door="rest",le="+Inf"}': 1,
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(samples.get(`quorate_${name}`), value, name)
    }
    const seconds = samples.get('quorate_api_request_seconds_sum{door="etcd"}') ?? 0
    assert.ok(seconds > 0 && seconds < 10)
  })

  it('tell who leads, and how often that changed', async (context) => {
    const node = new ScriptedNode()
    const fed = new MachineNode()
    node.hub = fed.watchHub()
    const { address } = await openDoors(context, { node })
    const web = new HttpClient(context, address)
    const told = async () => {
      const samples = samplesOf((await web.ask('/metrics')).text)
      const names = ['has_leader', 'is_leader', 'leader_changes_seen_total']
      return names.map((name) => samples.get(`etcd_server_${name}`))
    }
    assert.deepEqual(await told(), [1, 1, 1])
    node.nodeStatus = { ...node.nodeStatus, leader: null }
    node.setLeading(false)
    assert.deepEqual(await told(), [0, 0, 1])
    node.nodeStatus = { ...node.nodeStatus, leader: 2 }
    node.setLeading(true)
    assert.deepEqual(await told(), [1, 0, 2])
  })
})

describe('a histogram', () => {
  it('counts up to each bound, the bound itself included', () => {
    const histogram = new Histogram([1, 2])
    for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value)
    assert.deepEqual([...histogram.counts], [2, 2, 1])
    assert.equal(histogram.sum, 7.5)
    assert.deepEqual(durationHistogram().bounds.at(-1), 8.192)
  })
})

describe('the text of metrics', () => {
  it('escapes what labels hold', () => {
    const out = new Exposition()
    out.single({ name: 'a', type: 'gauge', help: 'b' }, 1, { c: 'x"\\\ny' })
    assert.equal(out.text, '# HELP a b\n# TYPE a gauge\na{c="x\\"\\\\\\ny"} 1\n')
  })
})
