import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMAND, READ } from '../state/index.ts'
import { etcd } from '../wire/index.ts'
import { DATA_GROUP } from './index.ts'
import { bytesOf, TestCluster, TICK_MS } from './testing/cluster.ts'

const SECOND = 1000 / TICK_MS
const ID = 77n

async function granted(cluster: TestCluster, ttl: number): Promise<void> {
  const request = { ID, TTL: ttl }
  const at = cluster.follower()
  const told = cluster.write(at, COMMAND.leaseGrant, { codec: etcd.LeaseGrantRequest, request })
  assert.equal((await cluster.told(told)).kind, 'applied')
  const put = { key: bytesOf('held'), value: bytesOf('on'), lease: ID }
  await cluster.told(cluster.write(at, COMMAND.put, { codec: etcd.PutRequest, request: put }))
}

async function isThere(cluster: TestCluster): Promise<boolean> {
  return (await cluster.told(cluster.get(cluster.follower(), 'held'))) === 'on'
}

async function renew(cluster: TestCluster): Promise<number> {
  const request = { ID }
  const codec = etcd.LeaseKeepAliveRequest
  const told = cluster.write(cluster.follower(), COMMAND.leaseKeepAlive, { codec, request })
  const outcome = await cluster.told(told)
  assert.ok(outcome.kind === 'applied' && outcome.result.kind === 'done')
  return etcd.LeaseKeepAliveResponse.decodeBytes(outcome.result.body).TTL
}

test('a lease ends with its keys after its time, not before, unless it is renewed', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  await granted(cluster, 5)
  await cluster.pass(4 * SECOND)
  assert.equal(await renew(cluster), 5)
  await cluster.pass(4.8 * SECOND)
  assert.equal(await isThere(cluster), true)
  const revision = cluster.node(1).revision(DATA_GROUP)
  await cluster.pass(0.5 * SECOND)
  assert.equal(await isThere(cluster), false)
  assert.equal(cluster.node(1).revision(DATA_GROUP), revision + 1)
  // Of a lease that is gone the renewal says so.
  assert.equal(await renew(cluster), 0)
  await cluster.stop()
})

test('across changes of the leader a lease neither ends early nor lasts for ever', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  await granted(cluster, 5)
  let ticks = 0
  for (let i = 0; i < 4; i++) {
    await cluster.pass(SECOND)
    ticks += SECOND
    assert.equal(await isThere(cluster), true)
    await cluster
      .node(await cluster.elected())
      .group(DATA_GROUP)
      .transfer(cluster.follower())
    await cluster.pass(30)
    ticks += 30
    await cluster.elected()
  }
  const leader = await cluster.elected()
  await cluster.kill(leader)
  await cluster.elected()
  while (await isThere(cluster)) {
    await cluster.pass(10)
    ticks += 10
    assert.ok(ticks < 30 * SECOND, 'a lease ends at last')
  }
  assert.ok(ticks >= 5 * SECOND, `after ${ticks} ticks`)
  // Each change of the leader costs what passed since the last stamp, two seconds at most.
  assert.ok(ticks <= (5 + 5 * 2.5) * SECOND, `after ${ticks} ticks`)
  await cluster.stop()
})

test('a leader that was cut off ends no lease that was renewed behind its back', async () => {
  const cluster = await TestCluster.start()
  const old = await cluster.elected()
  await granted(cluster, 3)
  cluster.network.isolate([old], cluster.ids)
  const others = cluster.ids.filter((id) => id !== old)
  await cluster.until(() => others.some((id) => cluster.node(id).group(2).raft.role === 'leader'))
  const at = others[0] as number
  for (let i = 0; i < 4; i++) {
    await cluster.pass(2 * SECOND)
    const request = { ID }
    const codec = etcd.LeaseKeepAliveRequest
    await cluster.told(cluster.write(at, COMMAND.leaseKeepAlive, { codec, request }))
  }
  cluster.network.heal()
  await cluster.elected()
  await cluster.pass(SECOND)
  assert.equal(await cluster.told(cluster.get(old, 'held')), 'on')
  await cluster.stop()
})

test('many leases that end at once end in several proposals', async () => {
  const cluster = await TestCluster.start({ nodes: 1, limits: { expiredLeasesMax: 3 } })
  await cluster.elected()
  for (let id = 1n; id <= 10n; id++) {
    const request = { ID: id, TTL: 2 }
    const codec = etcd.LeaseGrantRequest
    await cluster.told(cluster.write(1, COMMAND.leaseGrant, { codec, request }))
  }
  const { machine } = cluster.node(1).group(DATA_GROUP)
  await cluster.pass(2 * SECOND)
  await cluster.until(() => machine.leaseCount < 10)
  assert.ok(machine.leaseCount >= 7)
  await cluster.pass(5)
  assert.equal(machine.leaseCount, 0)
  assert.equal(cluster.node(1).counters.leasesExpired, 10)
  const body = new Uint8Array(0)
  const read = { kind: READ.leaseLeases, body, serializable: true }
  let leases = -1
  cluster.node(1).read(DATA_GROUP, read, {
    settleRead: (outcome) => {
      assert.ok(outcome.kind === 'done')
      leases = outcome.result.body.length
    },
  })
  await cluster.until(() => leases >= 0)
  assert.equal(leases, 0)
  await cluster.stop()
})
