import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader } from '../base/index.ts'
import { COMMAND } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import { DATA_GROUP, META_GROUP } from './index.ts'
import { bytesOf, REQUEST_TICKS, TestCluster, TICK_MS } from './testing/cluster.ts'

const { ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
const { NOSPACE } = etcd.AlarmType

/** What a promise came to, while time passes. */
async function settled<T>(cluster: TestCluster, promise: Promise<T>): Promise<T | string> {
  const told: { outcome: T | string | null } = { outcome: null }
  promise.then(
    (value) => {
      told.outcome = value ?? 'nothing'
    },
    (error: { code?: string }) => {
      told.outcome = error.code ?? String(error)
    },
  )
  return await cluster.told(told)
}

test('every node knows all members by what they say of themselves', async () => {
  const cluster = await TestCluster.start({
    settings: { members: new Map([[3, { name: '', peerUrls: ['http://initial-3'] }]]) },
  })
  await cluster.elected(META_GROUP)
  const first = await settled(cluster, cluster.node(1).members({ linearizable: false }))
  assert.ok(typeof first !== 'string')
  assert.deepEqual(first[2], {
    id: 3,
    name: '',
    peerUrls: ['http://initial-3'],
    clientUrls: [],
    isLearner: false,
  })
  await cluster.pass(20)
  for (const id of cluster.ids) {
    const members = await settled(cluster, cluster.node(id).members({ linearizable: true }))
    assert.ok(typeof members !== 'string')
    assert.deepEqual(
      members.map((member) => [member.id, member.name, ...member.peerUrls]),
      cluster.ids.map((one) => [one, `node-${one}`, `http://peer-${one}`]),
    )
  }
  await cluster.stop()
})

test('a node knows which members it reaches, and whether they are enough', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected(META_GROUP)
  await cluster.pass(20)
  const reached = (id: number): string => {
    const { members, hasMajority } = cluster.node(id).reach(DATA_GROUP)
    const shown = members.map(({ name, isReached }) => `${name}${isReached ? '' : ' away'}`)
    return `${shown.join(', ')}; ${hasMajority}`
  }
  await settled(cluster, cluster.node(1).members({ linearizable: false }))
  assert.equal(reached(1), 'node-1, node-2, node-3; true')
  cluster.network.isolate([1], [2])
  assert.equal(reached(1), 'node-1, node-2 away, node-3; true')
  cluster.network.isolate([1], [3])
  assert.equal(reached(1), 'node-1, node-2 away, node-3 away; false')
  const [, two] = cluster.node(1).reach(DATA_GROUP).members
  assert.deepEqual(two?.peerUrls, ['http://peer-2'])
  await cluster.stop()
})

test('a member that changed is told anew, one that did not writes nothing', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected(META_GROUP)
  await cluster.pass(20)
  const revision = cluster.node(1).revision(META_GROUP)
  assert.equal(revision, 4)
  await cluster.kill(2)
  await cluster.restart(2)
  await cluster.elected(META_GROUP)
  await cluster.pass(60)
  assert.equal(cluster.node(1).revision(META_GROUP), revision)
  cluster.node(2).describe({ name: 'new', peerUrls: [], clientUrls: ['http://c'] })
  await cluster.pass(60)
  const members = await settled(cluster, cluster.node(3).members({ linearizable: false }))
  assert.ok(typeof members !== 'string')
  assert.deepEqual(members[1], {
    id: 2,
    name: 'new',
    peerUrls: [],
    clientUrls: ['http://c'],
    isLearner: false,
  })
  await cluster.stop()
})

test('members are told without a majority only to those who do not insist', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected(META_GROUP)
  await cluster.pass(20)
  cluster.network.isolate([1], cluster.ids)
  await cluster.until(() => !cluster.node(1).hasLeader(META_GROUP))
  const known = await settled(cluster, cluster.node(1).members({ linearizable: false }))
  assert.equal(known.length, 3)
  const insisted = await settled(cluster, cluster.node(1).members({ linearizable: true }))
  assert.equal(insisted, 'TIMED_OUT')
  await cluster.stop()
})

test('all nodes call clusters and members alike', async () => {
  const cluster = await TestCluster.start()
  const seen = new Set<bigint>()
  for (const id of cluster.ids) {
    const node = cluster.node(id)
    seen.add(node.clusterId)
    seen.add(node.memberId)
    for (const other of cluster.ids) {
      assert.equal(node.memberIdOf(other), cluster.node(other).memberId)
    }
  }
  assert.equal(seen.size, 4)
  assert.ok(!seen.has(0n))
  await cluster.stop()
})

test('leadership moves where it is told to, and whoever listens hears of leaders', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const to = cluster.follower()
  const node = cluster.node(leader)
  assert.equal(await settled(cluster, cluster.node(to).moveLeader(2, leader)), 'NOT_LEADER')
  assert.equal(await settled(cluster, node.moveLeader(2, 9)), 'BAD_REQUEST')
  assert.equal(await settled(cluster, node.moveLeader(2, to)), 'nothing')
  assert.equal(await cluster.elected(), to)
  assert.equal(node.status(DATA_GROUP).leader, to)
  const told: boolean[] = []
  node.onLeader(DATA_GROUP, (hasLeader) => told.push(hasLeader))
  cluster.network.isolate([leader], cluster.ids)
  await cluster.pass(60)
  assert.deepEqual([told, node.hasLeader(DATA_GROUP)], [[false], false])
  cluster.network.heal()
  await cluster.elected()
  assert.deepEqual(told, [false, true])
  await cluster.stop()
})

test('leadership that cannot move stays, and the mover is told in time', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const to = cluster.follower()
  cluster.network.isolate([to], cluster.ids)
  const moved = settled(cluster, cluster.node(leader).moveLeader(2, to))
  await cluster.pass(REQUEST_TICKS + 10)
  assert.equal(await moved, 'TIMED_OUT')
  assert.equal(cluster.node(leader).status(DATA_GROUP).leader, leader)
  const again = settled(cluster, cluster.node(leader).moveLeader(2, to))
  await cluster.node(leader).stop()
  assert.equal(await again, 'STOPPED')
  await cluster.stop()
})

test('the status says where a node stands', async () => {
  const cluster = await TestCluster.start({ settings: { quotaBytes: 12_345 } })
  const leader = await cluster.elected()
  await cluster.told(cluster.put(leader, 'a'))
  const { raft, machine } = cluster.node(leader).group(DATA_GROUP)
  const status = cluster.node(leader).status(DATA_GROUP)
  assert.deepEqual(status, {
    leader,
    raftTerm: raft.term,
    raftIndex: raft.commit,
    raftAppliedIndex: machine.appliedIndex,
    isLearner: false,
    revision: 2,
    dbSizeBytes: status.dbSizeBytes,
    dbSizeInUseBytes: machine.liveBytes,
    dbSizeQuotaBytes: 12_345,
    alarms: [],
  })
  assert.ok(status.dbSizeInUseBytes > 0)
  assert.equal(cluster.node(leader).term(DATA_GROUP), raft.term)
  assert.ok(cluster.node(leader).leaseTtlSecondsMin >= 2)
  await cluster.stop()
})

test('an alarm that is disarmed while there is still no room is raised again', async () => {
  const cluster = await TestCluster.start({ nodes: 1, settings: { quotaBytes: 1000 } })
  await cluster.elected()
  const { memberId } = cluster.node(1)
  await cluster.told(cluster.put(1, 'a', 'v'.repeat(1000)))
  const { machine } = cluster.node(1).group(DATA_GROUP)
  await cluster.until(() => machine.alarms.length === 1)
  const { appliedIndex } = machine
  const request = { action: DEACTIVATE, memberID: memberId, alarm: NOSPACE }
  await cluster.told(cluster.write(1, COMMAND.alarm, { codec: etcd.AlarmRequest, request }))
  await cluster.pass(5)
  assert.deepEqual([machine.alarms.length, machine.appliedIndex], [1, appliedIndex + 2])
  await cluster.stop()
})

test('without space nothing is put, on no node, and what was deleted makes room', async () => {
  const cluster = await TestCluster.start({ settings: { quotaBytes: 2000 } })
  await cluster.elected()
  const { memberId } = cluster.node(1)
  for (let i = 0; i < 40; i++) {
    await cluster.told(cluster.put(1, `key-${i}`, 'v'.repeat(100)))
  }
  const machine = cluster.node(2).group(DATA_GROUP).machine
  await cluster.until(() => machine.alarms.length === 3)
  assert.ok(machine.liveBytes < 4000)
  assert.ok(machine.alarms.some((alarm) => alarm.memberId === memberId && alarm.type === NOSPACE))
  for (const id of cluster.ids) {
    const outcome = await cluster.told(cluster.put(id, 'more'))
    const code = outcome.kind === 'applied' ? outcome.result : outcome
    assert.ok('code' in code && code.code === 'NO_SPACE')
  }
  await roomMade(cluster)
  for (const id of cluster.ids) {
    const request = { action: DEACTIVATE, memberID: cluster.node(id).memberId, alarm: NOSPACE }
    const told = cluster.write(1, COMMAND.alarm, { codec: etcd.AlarmRequest, request })
    assert.equal((await cluster.told(told)).kind, 'applied')
  }
  await cluster.pass(10)
  assert.equal(machine.alarms.length, 0)
  assert.equal((await cluster.told(cluster.put(3, 'more'))).kind, 'applied')
  assert.equal(await cluster.told(cluster.get(1, 'more')), 'more')
  await cluster.stop()
})

async function roomMade(cluster: TestCluster): Promise<void> {
  const all = { key: bytesOf('key'), rangeEnd: bytesOf('kez') }
  const codec = etcd.DeleteRangeRequest
  await cluster.told(cluster.write(1, COMMAND.deleteRange, { codec, request: all }))
  const revision = cluster.node(1).revision(DATA_GROUP)
  const compact = { codec: etcd.CompactionRequest, request: { revision } }
  await cluster.told(cluster.write(1, COMMAND.compact, compact))
  await cluster.pass(10)
}

test('an alarm that is raised by hand is refused nowhere', async () => {
  const cluster = await TestCluster.start({ nodes: 1 })
  await cluster.elected()
  const request = { action: ACTIVATE, memberID: 5n, alarm: NOSPACE }
  await cluster.told(cluster.write(1, COMMAND.alarm, { codec: etcd.AlarmRequest, request }))
  const { alarms } = cluster.node(1).group(DATA_GROUP).machine
  assert.deepEqual(alarms, [{ memberId: 5n, type: NOSPACE }])
  await cluster.stop()
})

test('while the disk of the leader is full, no node puts anything, and then all do', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  cluster.setDiskFull(leader, true)
  for (const id of cluster.ids) {
    assert.deepEqual(await cluster.told(cluster.put(id, 'a')), {
      kind: 'refused',
      code: 'DISK_FULL',
    })
    assert.equal(await cluster.told(cluster.get(id, 'a')), '')
  }
  cluster.setDiskFull(leader, false)
  for (const id of cluster.ids) {
    assert.equal((await cluster.told(cluster.put(id, 'a'))).kind, 'applied')
  }
  await cluster.stop()
})

test('history is given back by itself, by whoever leads', async () => {
  const minuteTicks = 60_000 / TICK_MS
  const cluster = await TestCluster.start({
    nodes: 1,
    settings: { autoCompaction: { kind: 'revision', retention: 3 } },
  })
  await cluster.elected()
  for (let i = 0; i < 6; i++) await cluster.told(cluster.put(1, 'a', `${i}`))
  const { machine } = cluster.node(1).group(DATA_GROUP)
  assert.equal(machine.compactRevision, -1)
  await cluster.pass(5 * minuteTicks)
  assert.equal(machine.compactRevision, 4)
  await cluster.stop()
})

test('a copy of the store says itself what it is, and is as long as it said', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  for (let i = 0; i < 20; i++) await cluster.told(cluster.put(1, `key-${i}`, 'v'.repeat(50)))
  const file = await cluster.node(1).snapshotFile(DATA_GROUP)
  // What comes later is not in it.
  await cluster.told(cluster.put(1, 'late'))
  const pieces: Uint8Array[] = []
  for await (const piece of file.pieces()) pieces.push(piece.slice())
  file.release()
  const bytes = Buffer.concat(pieces)
  // etcd's tools believe that a file is whole only if it fills sectors of the disk.
  assert.deepEqual([bytes.length, bytes.length % 512], [file.bytes, 0])
  const reader = new ByteReader(bytes)
  assert.equal(Buffer.from(reader.bytes(17)).toString(), 'quorate backup 1\n')
  const facts = JSON.parse(reader.text())
  const { machine } = cluster.node(1).group(DATA_GROUP)
  assert.deepEqual(
    [facts.clusterId, facts.group, facts.revision, facts.compactRevision],
    [9, DATA_GROUP, 21, -1],
  )
  assert.ok(facts.appliedIndex < machine.appliedIndex)
  reader.bytes(reader.uint32())
  const revisions: number[] = []
  while (reader.remaining > 0) {
    revisions.push(reader.uint64())
    reader.uint32()
    reader.bytes(reader.uint32())
  }
  assert.ok(reader.complete)
  assert.deepEqual(
    revisions,
    Array.from({ length: 20 }, (_, at) => at + 2),
  )
  await cluster.node(1).stop()
  await assert.rejects(cluster.node(1).snapshotFile(DATA_GROUP), { code: 'STOPPED' })
  await cluster.stop()
})
