import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, KvError } from '../base/index.ts'
import type { MembershipTarget } from './membership.ts'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'
import type { Configuration, NodeId } from './types.ts'

function target(voters: NodeId[], learners: NodeId[] = []): MembershipTarget {
  return { voters, learners }
}

function led({ spares = [] as NodeId[], voters = [1, 2, 3] } = {}): Cluster {
  const cluster = new Cluster({ voters, spares })
  cluster.elect(1)
  return cluster
}

function refuses(cluster: Cluster, wanted: MembershipTarget, code: ErrorCode): void {
  const { lastIndex } = cluster.node(1).raft
  assert.throws(
    () => cluster.members(1, wanted),
    (error) => error instanceof KvError && error.code === code,
  )
  assert.equal(cluster.node(1).raft.lastIndex, lastIndex)
}

function membersOf(cluster: Cluster, id: NodeId): Configuration {
  return cluster.node(id).raft.configuration
}

test('a change of voters goes through a joint configuration and leaves it by itself', () => {
  const cluster = led({ spares: [4] })
  cluster.members(1, target([1, 2, 3], [4]))
  cluster.settle()
  const entry = cluster.members(1, target([2, 3, 4]))
  assert.deepEqual(membersOf(cluster, 1), { voters: [2, 3, 4], outgoing: [1, 2, 3], learners: [] })
  cluster.settle()
  for (const id of [2, 3, 4]) {
    assert.deepEqual(membersOf(cluster, id), { voters: [2, 3, 4], outgoing: [], learners: [] })
    assert.equal(cluster.node(id).raft.configurationIndex, entry.index + 1)
  }
})

test('a change of learners alone takes one entry and no joint configuration', () => {
  const cluster = led({ spares: [4, 5] })
  const entry = cluster.members(1, target([3, 2, 1], [4, 5]))
  cluster.settle()
  assert.equal(cluster.node(4).raft.configurationIndex, entry.index)
  assert.deepEqual(membersOf(cluster, 4), { voters: [3, 2, 1], outgoing: [], learners: [4, 5] })
})

test('only the leader changes members', () => {
  const cluster = led()
  assert.throws(
    () => cluster.members(2, target([1, 2])),
    (error) => error instanceof KvError && error.code === 'NOT_LEADER',
  )
})

test('one change at a time: while one is not committed another is refused', () => {
  const cluster = led({ spares: [4] })
  cluster.members(1, target([1, 2, 3], [4]))
  refuses(cluster, target([1, 2, 3]), 'MEMBERSHIP_PENDING')
  cluster.settle()
  cluster.members(1, target([1, 2]))
  refuses(cluster, target([1, 2, 3]), 'MEMBERSHIP_PENDING')
  cluster.settle()
  cluster.members(1, target([1, 2, 3]), { force: true })
})

test('a leader that has not committed in its own term changes nothing (raft-dev, 2015)', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.network.hold((message) => message.kind === 'appendReply')
  cluster.elect(1)
  refuses(cluster, target([1, 2]), 'MEMBERSHIP_PENDING')
  cluster.heal()
  cluster.settle()
  cluster.members(1, target([1, 2]))
})

test('during a transfer members stay as they are', () => {
  const cluster = led()
  cluster.network.hold((message) => message.kind === 'timeoutNow')
  cluster.transfer(1, 2)
  refuses(cluster, target([1, 2]), 'TRANSFERRING')
})

test('members that make no sense are refused before anything is appended', () => {
  const cluster = led()
  for (const wanted of [target([]), target([1, 1]), target([1], [1]), target([0]), target([-3])]) {
    refuses(cluster, wanted, 'MEMBERSHIP_INVALID')
  }
})

test('new voters that nobody has heard of are refused, unless forced', () => {
  const cluster = led({ voters: [1], spares: [2, 3] })
  refuses(cluster, target([1, 2, 3]), 'MEMBERSHIP_UNSAFE')
  cluster.members(1, target([1, 2, 3]), { force: true })
  cluster.settle()
  assert.deepEqual(membersOf(cluster, 3).voters, [1, 2, 3])
})

test('a voter that is down or under repair does not count as one that is up', () => {
  const cluster = led({ spares: [4] })
  cluster.crash(3)
  cluster.run(22)
  refuses(cluster, target([1, 3]), 'MEMBERSHIP_UNSAFE')
  cluster.lose(3, 1)
  cluster.restart(3)
  cluster.slowDisks.add(3)
  cluster.run(4)
  assert.equal(cluster.node(1).raft.peers.find(({ id }) => id === 3)?.recovering, true)
  refuses(cluster, target([1, 3]), 'MEMBERSHIP_UNSAFE')
  cluster.slowDisks.clear()
  cluster.run(4)
  cluster.members(1, target([1, 3]))
})

test('a quorum check makes nobody look as if it were down', () => {
  const cluster = led({ spares: [4] })
  cluster.members(1, target([1, 2, 3], [4]))
  cluster.settle()
  for (let i = 0; i < 3 * RAFT_TUNING.electionTicks; i++) {
    // The leader's own tick, before any answer of this tick is there.
    cluster.tick(1)
    assert.ok(cluster.node(1).raft.peers.every(({ active }) => active))
    cluster.members(1, target([1, 2, 3], [4]))
    cluster.settle()
  }
})

test('one that stopped answering is down after two quorum checks at the latest', () => {
  const cluster = led()
  cluster.crash(3)
  const isActive = () => cluster.node(1).raft.peers.find(({ id }) => id === 3)?.active
  cluster.run(RAFT_TUNING.electionTicks - 1)
  assert.equal(isActive(), true)
  cluster.run(RAFT_TUNING.electionTicks + 1)
  assert.equal(isActive(), false)
})

test('a leader that no majority answers leaves at the first quorum check that finds so', () => {
  const cluster = led()
  cluster.run(RAFT_TUNING.electionTicks)
  cluster.isolate(1)
  cluster.tick(1, 2 * RAFT_TUNING.electionTicks)
  assert.equal(cluster.role(1), 'follower')
})

test('a voter that is far behind the end of the log does not count as one that is up', () => {
  const cluster = new Cluster({
    voters: [1, 2, 3],
    learners: [4],
    tuning: { catchUpEntriesMax: 3 },
  })
  cluster.elect(1)
  cluster.slowDisks.add(4)
  for (let i = 0; i < 4; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  const [learner] = cluster.node(1).raft.peers.filter(({ id }) => id === 4)
  assert.deepEqual([learner?.state, learner?.match, learner?.active], ['replicate', 1, true])
  refuses(cluster, target([1, 4]), 'MEMBERSHIP_UNSAFE')
  cluster.persistOne(4)
  cluster.settle()
  cluster.members(1, target([1, 4]))
})

test('a removed leader commits its removal, steps down and hands over at once', () => {
  const cluster = led()
  cluster.propose(1, 'x=1')
  cluster.members(1, target([2, 3]))
  cluster.settle()
  assert.equal(cluster.role(1), 'follower')
  assert.equal(cluster.node(1).raft.removed, true)
  const { leader } = cluster
  assert.ok(leader !== null && leader.id !== 1)
  assert.equal(leader.state.values.get('x'), '1')
})

test('a removed follower learns of it and disturbs nobody', () => {
  const cluster = led()
  cluster.members(1, target([1, 2]))
  cluster.settle()
  assert.deepEqual(
    cluster.node(1).raft.peers.map(({ id }) => id),
    [2],
  )
  const { term } = cluster.node(1).raft
  cluster.run(50)
  assert.equal(cluster.node(3).raft.removed, true)
  assert.equal(cluster.node(1).raft.term, term)
})

test('a new leader finishes a change that it finds half done', () => {
  const cluster = led({ spares: [4] })
  cluster.members(1, target([1, 2, 3], [4]))
  cluster.settle()
  // The joint configuration reaches everybody, its commit nobody.
  cluster.network.hold((message) => message.kind === 'appendReply')
  cluster.members(1, target([1, 2, 4]))
  cluster.settle()
  cluster.crash(1)
  cluster.drop(() => true)
  cluster.heal()
  cluster.elect(2)
  assert.deepEqual(membersOf(cluster, 2), { voters: [1, 2, 4], outgoing: [], learners: [] })
})

test('a voter can become a learner and stays fed', () => {
  const cluster = led()
  cluster.members(1, target([1, 2], [3]))
  cluster.settle()
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(3).state.values.get('x'), '1')
  cluster.tick(3, 100)
  assert.equal(cluster.role(3), 'follower')
})

test('whoever is new gets time to answer before the leader asks for a majority', () => {
  for (let age = 0; age < 20; age++) {
    const cluster = led({ voters: [1], spares: [2, 3] })
    cluster.run(age)
    cluster.members(1, target([1, 2, 3]), { force: true })
    cluster.tick(1)
    assert.equal(cluster.role(1), 'leader', `after ${age} ticks`)
  }
})
