import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../base/index.ts'
import { COMMAND } from '../state/index.ts'
import { state } from '../wire/index.ts'
import type { WriteOutcome } from './index.ts'
import { REQUEST_TICKS, TestCluster, type Told } from './testing/cluster.ts'

function kindOf({ outcome }: Told<WriteOutcome>): string {
  if (outcome === null) return 'waiting'
  return outcome.kind === 'applied' ? outcome.result.kind : `${outcome.kind} ${outcome.code}`
}

test('a write at any node takes effect, and that node shows it at once', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  for (const id of cluster.ids) {
    const outcome = await cluster.told(cluster.put(id, `key-${id}`))
    assert.equal(outcome.kind, 'applied')
    // Without asking the others: whoever was answered here sees here what was done.
    const read = cluster.get(id, `key-${id}`, { serializable: true })
    assert.equal(await cluster.told(read), `key-${id}`)
  }
  assert.deepEqual(
    cluster.ids.map((id) => cluster.node(id).revision(2)),
    [4, 4, 4],
  )
  await cluster.stop()
})

test('a write waits for a leader', async () => {
  const cluster = new TestCluster()
  await cluster.startNode(1)
  const told = cluster.put(1, 'early')
  await cluster.pass(REQUEST_TICKS / 2)
  assert.equal(kindOf(told), 'waiting')
  for (const id of [2, 3]) await cluster.startNode(id)
  await cluster.until(() => told.outcome !== null)
  assert.equal(kindOf(told), 'done')
  await cluster.stop()
})

test('without a majority a write is refused in time, and has no effect later', async () => {
  const cluster = await TestCluster.start()
  await cluster.elected()
  cluster.network.isolate([1], [2, 3])
  cluster.network.isolate([2], [3])
  await cluster.until(() => cluster.ids.every((id) => !cluster.node(id).hasLeader(2)))
  const told = cluster.put(1, 'never')
  await cluster.pass(REQUEST_TICKS)
  assert.equal(kindOf(told), 'refused TIMED_OUT')
  cluster.network.heal()
  await cluster.elected()
  assert.equal(await cluster.told(cluster.get(1, 'never')), '')
  await cluster.stop()
})

test('a write that a leader took with it into a partition is open, not refused', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  cluster.network.isolate([leader], cluster.ids)
  const told = cluster.put(leader, 'open')
  await cluster.until(() => told.outcome !== null)
  assert.equal(kindOf(told), 'unknown LEADERSHIP_LOST')
  await cluster.stop()
})

test('what was forwarded to a leader that dies is open, later writes go to the next', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const follower = cluster.follower()
  // The leader takes it, and nobody hears of it.
  cluster.network.harm = ({ from }) => (from === leader ? 'lose' : null)
  const told = cluster.put(follower, 'open')
  await cluster.pass(1)
  await cluster.kill(leader)
  assert.equal(kindOf(told), 'unknown LEADERSHIP_LOST')
  const next = cluster.put(follower, 'next')
  await cluster.until(() => next.outcome !== null)
  assert.equal(kindOf(next), 'done')
  await cluster.stop()
})

test('a node that does not know that its leader is gone loses only certainty', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const follower = cluster.follower()
  // Nobody is told: the follower goes on to forward to the old one.
  await cluster.kill(leader, { silently: true })
  cluster.network.heal()
  const told = cluster.put(follower, 'a')
  const later: Told<WriteOutcome>[] = []
  for (let i = 0; i < 40; i++) {
    await cluster.pass(1)
    later.push(cluster.count(follower, 'n'))
  }
  await cluster.until(() => [told, ...later].every(({ outcome }) => outcome !== null))
  assert.equal(kindOf(told), 'unknown LEADERSHIP_LOST')
  const done = later.filter((one) => kindOf(one) === 'done').length
  assert.ok(done > 0, later.map(kindOf).join())
  assert.equal(await cluster.told(cluster.get(follower, 'n')), String(done))
  await cluster.stop()
})

test('a leader that comes back answers nothing that its earlier life had taken', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const follower = cluster.follower()
  cluster.network.harm = ({ from }) => (from === leader ? 'lose' : null)
  const told = cluster.put(follower, 'open')
  await cluster.pass(1)
  assert.equal(kindOf(told), 'waiting')
  // Its first word says who it is now.
  const greeting = { clusterId: 9, from: leader, to: follower, incarnation: 2, messages: [] }
  cluster.node(follower).receive({ ...greeting, incarnation: 1 })
  assert.equal(kindOf(told), 'waiting')
  cluster.node(follower).receive(greeting)
  assert.equal(kindOf(told), 'unknown LEADERSHIP_LOST')
  await cluster.stop()
})

test('a write that is asked again in its session takes effect once, at whatever node', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const codec = state.SessionOpenRequest
  const opened = await cluster.told(
    cluster.write(leader, COMMAND.sessionOpen, { codec, request: {} }),
  )
  assert.ok(opened.kind === 'applied' && opened.result.kind === 'done')
  const session = state.SessionOpenResponse.decodeBytes(opened.result.body).id
  const follower = cluster.follower()
  cluster.network.harm = ({ from, messages }) => {
    const answers = messages.some(({ kind }) => kind === 'forwardReply')
    return from === leader && answers ? 'lose' : null
  }
  const origin = { session, sequence: 1 }
  const first = cluster.count(follower, 'n', origin)
  await cluster.pass(5)
  await cluster.kill(leader)
  assert.equal(kindOf(first), 'unknown LEADERSHIP_LOST')
  cluster.network.heal()
  for (const id of [follower, follower]) {
    const outcome = await cluster.told(cluster.count(id, 'n', origin))
    assert.equal(outcome.kind, 'applied')
  }
  assert.equal(await cluster.told(cluster.get(follower, 'n')), '1')
  await cluster.stop()
})

test('over a network that loses, doubles and delays, no write takes effect twice', async () => {
  const chance = new SeededChance(11, 'harm')
  const cluster = await TestCluster.start()
  await cluster.elected()
  cluster.network.harm = () => {
    if (chance.happens(0.3)) return 'double'
    if (chance.happens(0.05)) return 'lose'
    return chance.happens(0.2) ? { delayTicks: 1 + chance.below(5) } : null
  }
  const all: Told<WriteOutcome>[] = []
  for (let i = 0; i < 60; i++) {
    for (const id of cluster.ids) all.push(cluster.count(id, 'n'))
    await cluster.pass(2)
  }
  await cluster.until(() => all.every(({ outcome }) => outcome !== null), 2000)
  cluster.network.heal()
  await cluster.elected()
  const value = Number(await cluster.told(cluster.get(1, 'n')))
  const done = all.filter((one) => kindOf(one) === 'done').length
  const open = all.filter((one) => kindOf(one).startsWith('unknown')).length
  assert.ok(done >= 100, `only ${done} of ${all.length} took effect`)
  assert.ok(value >= done && value <= done + open, `${done} done, ${open} open, value ${value}`)
  await cluster.stop()
})

test('writes that leadership moves under are answered, none of them twice', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const all: Told<WriteOutcome>[] = []
  const moved: NodeMove = { to: null }
  for (let i = 0; i < 30; i++) {
    for (const id of cluster.ids) all.push(cluster.count(id, 'n'))
    if (i === 10) {
      const to = cluster.follower()
      void cluster
        .node(leader)
        .moveLeader(2, to)
        .then(() => {
          moved.to = to
        })
    }
    await cluster.pass(1)
  }
  await cluster.until(() => all.every(({ outcome }) => outcome !== null))
  assert.equal(moved.to, await cluster.elected())
  // Leadership that is handed over in order costs nobody an answer.
  assert.deepEqual([...new Set(all.map(kindOf))], ['done'])
  assert.equal(await cluster.told(cluster.get(1, 'n')), String(all.length))
  await cluster.stop()
})

interface NodeMove {
  to: number | null
}

test('a node that is asked too much says so at once', async () => {
  const cluster = await TestCluster.start({ limits: { writesMax: 5, readsMax: 5 } })
  await cluster.elected()
  const follower = cluster.follower()
  cluster.network.isolate([follower], cluster.ids)
  await cluster.until(() => !cluster.node(follower).hasLeader(2))
  const writes = Array.from({ length: 6 }, () => cluster.put(follower, 'a'))
  const reads = Array.from({ length: 6 }, () => cluster.get(follower, 'a'))
  assert.deepEqual([writes.map(kindOf)[5], reads[5]?.outcome], ['refused OVERLOADED', 'OVERLOADED'])
  cluster.network.heal()
  await cluster.until(() => [...writes, ...reads].every(({ outcome }) => outcome !== null))
  assert.equal(kindOf(writes[0] as Told<WriteOutcome>), 'done')
  await cluster.stop()
})

test('a node that stops tells all who wait, and the others what it took of them', async () => {
  const cluster = await TestCluster.start()
  const leader = await cluster.elected()
  const [follower, other] = cluster.ids.filter((id) => id !== leader) as [number, number]
  // The leader reaches nobody who could confirm.
  cluster.network.harm = ({ from, messages }) => {
    const isAnswer = messages.every(({ kind }) => kind === 'forwardReply')
    return from === leader && !isAnswer ? 'lose' : null
  }
  const own = cluster.put(leader, 'own')
  const forwarded = cluster.put(follower, 'forwarded')
  await cluster.pass(1)
  const stopped = cluster.node(leader).stop()
  await cluster.pass(1)
  assert.deepEqual([own, forwarded].map(kindOf), ['unknown STOPPED', 'unknown LEADERSHIP_LOST'])
  const late = cluster.put(leader, 'late')
  assert.equal(kindOf(late), 'refused STOPPED')
  assert.equal(cluster.get(leader, 'late').outcome, 'STOPPED')
  await stopped
  const waiting = cluster.put(other, 'waiting')
  const reading = cluster.get(other, 'waiting')
  await cluster.node(other).stop()
  assert.deepEqual([kindOf(waiting), reading.outcome], ['refused STOPPED', 'STOPPED'])
  await cluster.stop()
})
