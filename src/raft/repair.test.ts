/**
 * Repair after loss, one test for each part of the rule in docs/decision/0020-repair-after-loss.md.
 * Each puts a cluster into the state in which leaving that part out would lose a committed entry;
 * the invariants of the test cluster would notice.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster } from './testing/cluster.ts'
import type { Message, NodeId } from './types.ts'

function between(...ids: NodeId[]): (message: Message) => boolean {
  return ({ from, to }) => ids.includes(from) && ids.includes(to)
}

/** Three voters that all hold one committed entry of term 1; then node 3 hears nothing more. */
function begin(tuning = {}): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3], tuning })
  cluster.elect(1)
  cluster.propose(1, 'base=1')
  cluster.settle()
  cluster.isolate(3)
  return cluster
}

/** Node 2 loses its newest durable writes. */
function lose(cluster: Cluster, writes: number): void {
  if (cluster.node(2).isUp) cluster.crash(2)
  cluster.lose(2, writes)
  cluster.restart(2)
  assert.equal(cluster.node(2).raft.recovering, true)
}

/** Node 1 is gone, nodes 2 and 3 are left; node 3 never heard of the newest entries. */
function onlyTwoAndThree(cluster: Cluster): void {
  if (cluster.node(1).isUp) cluster.crash(1)
  cluster.drop(() => true)
  cluster.heal()
  for (let i = 0; i < 3; i++) {
    for (const id of [2, 3]) cluster.tick(id, 20)
    cluster.campaign(3)
    cluster.settle()
  }
}

test('a replica under repair does not help a candidate that lacks what it lost', () => {
  const cluster = begin()
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(1).raft.commit, 3)
  cluster.crash(1)
  lose(cluster, 1)
  onlyTwoAndThree(cluster)
  assert.equal(cluster.leader, null)
  cluster.restart(1)
  cluster.run(40)
  for (const node of cluster.nodes) assert.equal(node.state.values.get('x'), '1')
  assert.equal(cluster.node(2).raft.recovering, false)
})

test('nor does it vote for one that was told to take over and asks nobody first', () => {
  const cluster = begin()
  cluster.propose(1, 'x=1')
  cluster.settle()
  cluster.crash(1)
  lose(cluster, 1)
  cluster.drop(() => true)
  cluster.heal()
  // The word was given before x=1, and was long under way.
  const { term } = cluster.node(3).raft
  cluster.arrive({ kind: 'timeoutNow', group: 1, from: 1, to: 3, term })
  cluster.settle()
  assert.equal(cluster.role(3), 'candidate')
  assert.equal(cluster.node(2).raft.term, term + 1)
  assert.equal(cluster.leader, null)
})

test('what a replica under repair acknowledges is not counted', () => {
  const cluster = begin()
  lose(cluster, 0)
  cluster.propose(1, 'x=1')
  cluster.deliverOne((message) => message.kind === 'append' && message.to === 2)
  cluster.persistAll(2)
  cluster.persistAll(1)
  assert.ok(cluster.deliverOne((message) => message.kind === 'appendReply'))
  assert.deepEqual(
    cluster.node(1).raft.peers.map(({ match, recovering }) => [match, recovering]),
    [
      [3, true],
      [2, false],
    ],
  )
  assert.equal(cluster.node(1).raft.commit, 2)
  cluster.run(4)
  assert.equal(cluster.node(1).raft.commit, 3)
})

test('a commit index of an earlier term makes nobody whole: there may be more', () => {
  const cluster = begin({ appendBytesMax: 1 })
  // Committed by nodes 1 and 2, in memory only: the commit index is not on node 1's disk.
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(1).raft.commit, 3)
  cluster.crash(1)
  lose(cluster, 2)
  assert.equal(cluster.node(2).raft.lastIndex, 1)
  cluster.restart(1)
  cluster.heal()
  for (const id of [1, 2, 3]) cluster.tick(id, 20)
  cluster.drop(() => true)
  cluster.campaign(1)
  cluster.settle((message) => message.kind.includes('ote'))
  assert.equal(cluster.role(1), 'leader')
  assert.ok(cluster.node(1).raft.commit < 3)
  // Node 2 gets one entry after the other, and with the first a commit index of term 1.
  cluster.tick(1, 2)
  for (let i = 0; i < 40 && cluster.node(2).raft.lastIndex < 2; i++) {
    cluster.persistAll(2)
    if (!cluster.deliverOne(between(1, 2))) cluster.tick(1, 2)
  }
  cluster.persistAll(2)
  assert.equal(cluster.node(2).raft.lastIndex, 2)
  assert.equal(cluster.node(2).raft.recovering, true)
  onlyTwoAndThree(cluster)
  assert.equal(cluster.leader, null)
})

test('only an append that names this life makes it whole: older ones know of no loss', () => {
  const cluster = begin()
  // The append that told node 2, in its first life, that entry 2 is committed.
  const told: Message = {
    kind: 'append',
    group: 1,
    from: 1,
    to: 2,
    term: 1,
    previousIndex: 2,
    previousTerm: 1,
    entries: [],
    commit: 2,
    incarnation: 1,
    quiet: false,
  }
  cluster.network.hold((message) => message.kind === 'appendReply')
  cluster.propose(1, 'x=1')
  cluster.settle()
  lose(cluster, 1)
  assert.equal(cluster.node(2).raft.lastIndex, 2)
  cluster.arrive(told)
  cluster.persistAll(2)
  assert.equal(cluster.node(2).raft.recovering, true)
  // The acknowledgement of the first life arrives: entry 3 is committed, though node 2 lost it.
  cluster.network.release()
  cluster.deliverOne((message) => message.kind === 'appendReply' && message.index === 3)
  assert.equal(cluster.node(1).raft.commit, 3)
  onlyTwoAndThree(cluster)
  assert.equal(cluster.leader, null)
})

/** Node 2 acknowledged entry 3 in its first life, lost entries 2 and 3, is whole again up to 2. */
function wholeUpToTwo(cluster: Cluster): void {
  cluster.network.hold((message) => message.kind === 'append' && message.previousIndex === 2)
  cluster.tick(1, 2)
  for (let i = 0; i < 40 && cluster.node(2).raft.recovering; i++) {
    cluster.persistAll(2)
    if (!cluster.deliverOne(between(1, 2))) cluster.tick(1, 2)
  }
  assert.equal(cluster.node(2).raft.recovering, false)
  assert.equal(cluster.node(2).raft.lastIndex, 2)
  cluster.persistAll(2)
}

test('acknowledgements of an earlier life are not counted once the new one was heard', () => {
  const cluster = begin({ appendBytesMax: 1 })
  cluster.network.hold((message) => message.kind === 'appendReply')
  cluster.propose(1, 'x=1')
  cluster.settle()
  const late = cluster.network.take((message) => {
    return message.kind === 'appendReply' && message.index === 3
  })
  assert.ok(late !== null)
  cluster.drop(() => true)
  cluster.network.release()
  lose(cluster, 2)
  wholeUpToTwo(cluster)
  cluster.arrive(late)
  assert.equal(cluster.node(1).raft.commit, 2)
  onlyTwoAndThree(cluster)
})

test('what one under repair acknowledged before its loss is forgotten', () => {
  const cluster = begin({ appendBytesMax: 1 })
  cluster.slowDisks.add(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  assert.equal(cluster.node(1).raft.peers.find(({ id }) => id === 2)?.match, 3)
  assert.equal(cluster.node(1).raft.commit, 2)
  lose(cluster, 2)
  wholeUpToTwo(cluster)
  cluster.persistAll(1)
  assert.equal(cluster.node(1).raft.commit, 2)
  onlyTwoAndThree(cluster)
})

test('the mark survives restarts until the repair itself is durable', () => {
  const cluster = begin()
  lose(cluster, 1)
  cluster.restart(2)
  assert.equal(cluster.node(2).raft.recovering, true)
  cluster.slowDisks.add(2)
  cluster.run(6)
  cluster.restart(2)
  assert.equal(cluster.node(2).raft.recovering, true)
  cluster.slowDisks.clear()
  cluster.run(6)
  assert.equal(cluster.node(2).raft.recovering, false)
  cluster.restart(2)
  assert.equal(cluster.node(2).raft.recovering, false)
})

test('a vote that was lost is not given again', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.elect(1)
  cluster.campaign(2)
  for (const id of [2, 3, 4, 5]) cluster.tick(id, 20)
  cluster.drop(() => true)
  cluster.campaign(3)
  cluster.settle(between(2, 3, 4))
  const { term } = cluster.node(2).raft
  assert.equal(cluster.node(2).raft.hardState.vote, 3)
  lose(cluster, 3)
  assert.deepEqual([cluster.node(2).raft.term, cluster.node(2).raft.hardState.vote], [term, 2])
})

test('a snapshot and what follows it make whole one that lost nearly everything', () => {
  const cluster = begin()
  for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  cluster.snapshot(1)
  cluster.compact(1, 7)
  lose(cluster, 1_000)
  assert.equal(cluster.node(2).raft.lastIndex, 0)
  cluster.run(8)
  assert.equal(cluster.node(2).raft.recovering, false)
  assert.equal(cluster.node(2).raft.baseIndex, 7)
  cluster.propose(1, 'y=1')
  cluster.settle()
  assert.equal(cluster.node(1).raft.commit, 8)
})

test('one that turns out to lack what it acknowledged goes under repair by itself', () => {
  const cluster = begin()
  const heartbeat = { kind: 'heartbeat', group: 1, from: 1, to: 2, term: 1, round: 0 } as const
  cluster.arrive({ ...heartbeat, commit: 9, incarnation: 1 })
  assert.equal(cluster.node(2).raft.recovering, true)
  cluster.run(6)
  assert.equal(cluster.node(2).raft.recovering, false)
})

test('a member that lost everything is repaired across a change of leaders', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.elect(1)
  for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  cluster.crash(1)
  lose(cluster, 1_000)
  cluster.network.hold((message) => message.to === 2)
  cluster.elect(3)
  cluster.crash(3)
  cluster.restart(1)
  cluster.elect(4)
  cluster.restart(3)
  cluster.network.release()
  cluster.run(10)
  assert.equal(cluster.node(2).raft.recovering, false)
  assert.equal(cluster.node(2).state.values.get('x'), '4')
})

test('a member under repair does not hold up its own removal, nor that of another', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.elect(1)
  cluster.network.hold((message) => message.to === 2 && message.kind === 'append')
  lose(cluster, 1_000)
  cluster.run(4)
  cluster.members(1, { voters: [1, 3, 4], learners: [2] })
  cluster.settle()
  assert.deepEqual(cluster.node(3).raft.configuration.voters, [1, 3, 4])
  cluster.network.release()
  cluster.run(10)
  assert.equal(cluster.node(2).raft.recovering, false)
  cluster.members(1, { voters: [1, 2, 3], learners: [] })
  cluster.settle()
  assert.deepEqual(cluster.node(2).raft.configuration.voters, [1, 2, 3])
})
