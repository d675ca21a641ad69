import assert from 'node:assert/strict'
import { test } from 'node:test'
import { READ } from '../state/index.ts'
import { REQUEST_TICKS, TestCluster } from './testing/cluster.ts'

test('a node without a majority shows what it knows, and waits to say what is so', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  await cluster.told(cluster.put(1, 'a', 'old'))
  const follower = cluster.follower()
  assert.equal(await cluster.told(cluster.get(follower, 'a')), 'old')
  cluster.network.isolate([follower], cluster.ids)
  const other = cluster.ids.find((id) => id !== follower) ?? 0
  await cluster.told(cluster.put(other, 'a', 'new'))
  const linearizable = cluster.get(follower, 'a')
  assert.equal(await cluster.told(cluster.get(follower, 'a', { serializable: true })), 'old')
  assert.equal(linearizable.outcome, null)
  cluster.network.heal()
  assert.equal(await cluster.told(linearizable), 'new')
  await cluster.stop()
})

test('a read that nobody can confirm is given up in time', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const follower = cluster.follower()
  for (const id of cluster.ids) cluster.network.isolate([id], cluster.ids)
  const reads = [leader, follower].map((id) => cluster.get(id, 'a'))
  await cluster.pass(REQUEST_TICKS - 1)
  assert.deepEqual(
    reads.map(({ outcome }) => outcome),
    [null, null],
  )
  await cluster.pass(2)
  assert.deepEqual(
    reads.map(({ outcome }) => outcome),
    ['TIMED_OUT', 'TIMED_OUT'],
  )
  assert.equal(cluster.node(leader).counters.readsTimedOut, 1)
  const serializable = cluster.get(leader, 'a', { serializable: true })
  assert.equal(await cluster.told(serializable), '')
  await cluster.stop()
})

test('a read that is under way when the leader dies is answered by the next', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  await cluster.told(cluster.put(leader, 'a', 'old'))
  const follower = cluster.follower()
  cluster.network.harm = ({ from }) => (from === leader ? 'lose' : null)
  const read = cluster.get(follower, 'a')
  await cluster.pass(1)
  await cluster.kill(leader)
  assert.equal(await cluster.told(read), 'old')
  await cluster.stop()
})

test('a read whose caller has gone makes room for others while it waits', async () => {
  const cluster = await TestCluster.start({ limits: { readsMax: 1 } })
  await cluster.elected()
  const node = cluster.node(cluster.follower())
  cluster.network.isolate([node.nodeId], cluster.ids)
  await cluster.until(() => !node.hasLeader(2))
  const caller = { isGone: false, settleRead: () => assert.fail('nobody is there') }
  const request = { kind: READ.range, body: new Uint8Array(0), serializable: false }
  node.read(2, request, caller)
  assert.equal(cluster.get(node.nodeId, 'a').outcome, 'OVERLOADED')
  caller.isGone = true
  await cluster.pass(1)
  const read = cluster.get(node.nodeId, 'a')
  cluster.network.heal()
  assert.equal(await cluster.told(read), '')
  await cluster.stop()
})

test('what belongs to no group of this node is refused', async () => {
  const cluster = await TestCluster.start({ nodes: 1 })
  const node = cluster.node(1)
  const told: unknown[] = []
  const body = new Uint8Array(0)
  node.write(7, { kind: 1, body }, { settleWrite: (outcome) => told.push(outcome) })
  node.read(
    7,
    { kind: 1, body, serializable: false },
    { settleRead: (outcome) => told.push(outcome) },
  )
  assert.deepEqual(told, [
    { kind: 'refused', code: 'BAD_REQUEST' },
    { kind: 'refused', revision: 0, code: 'BAD_REQUEST' },
  ])
  assert.throws(() => node.status(7), { code: 'BAD_REQUEST' })
  await cluster.stop()
})
