/** The scenarios of the family Log replication and commit, as far as consensus alone shows them. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Cluster } from './testing/cluster.ts'
import type { Append, AppendReply, Configuration, Message, NodeId } from './types.ts'

function append(to: NodeId, fields: Partial<Append>): Append {
  return {
    kind: 'append',
    group: 1,
    from: 1,
    to,
    term: 1,
    previousIndex: 0,
    previousTerm: 0,
    entries: [],
    commit: 0,
    incarnation: 1,
    quiet: false,
    ...fields,
  }
}

function refusal(from: NodeId, fields: Partial<AppendReply>): AppendReply {
  return {
    kind: 'appendReply',
    group: 1,
    from,
    to: 1,
    term: 1,
    index: 0,
    rejected: true,
    hintIndex: 0,
    hintTerm: 0,
    recovering: false,
    incarnation: 1,
    ...fields,
  }
}

function matchOf(cluster: Cluster, id: NodeId): number | undefined {
  return cluster.leader?.raft.peers.find((peer) => peer.id === id)?.match
}

test('L-01 an entry of an earlier term is not committed by counting (Raft paper, figure 8)', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5], tuning: { appendBytesMax: 1 } })
  cluster.elect(1)
  // (a) Node 1 leads and replicates x to node 2 only.
  const { term } = cluster.node(1).raft
  for (const id of [3, 4, 5]) cluster.cut(1, id)
  cluster.propose(1, 'x=1')
  cluster.settle()
  const index = cluster.node(1).raft.lastIndex
  // (b) Node 5 leads with the votes of 3 and 4 and takes another entry at that index.
  cluster.crash(1)
  cluster.crash(2)
  cluster.heal()
  for (const id of [3, 4, 5]) cluster.tick(id, 20)
  cluster.drop(() => true)
  cluster.campaign(5)
  cluster.settle(({ kind }) => kind.includes('ote'))
  assert.equal(cluster.role(5), 'leader')
  cluster.crash(5)
  cluster.drop(() => true)
  // (c) Node 1 leads again and brings x to node 3: a majority has it, which must not count.
  cluster.restart(1)
  cluster.restart(2)
  for (let i = 0; i < 2; i++) {
    for (const id of [1, 2, 3, 4]) cluster.tick(id, 20)
    cluster.drop(() => true)
    cluster.campaign(1)
    cluster.settle(({ kind }) => kind.includes('ote'))
  }
  assert.equal(cluster.role(1), 'leader')
  cluster.isolate(4)
  const own = (message: Message) =>
    message.kind === 'append' && message.entries.some((entry) => entry.term > term)
  // The first message finds out that node 3 lacks x; the next one brings x alone.
  cluster.deliverOne(({ kind, to }) => kind === 'append' && to === 3)
  cluster.settle((message) => !own(message))
  const holders = [1, 2, 3].filter((id) => cluster.node(id).raft.termAt(index) === term)
  assert.deepEqual(holders, [1, 2, 3])
  assert.equal(cluster.node(1).raft.commit, index - 1)
  // (e) With an entry of its own term on a majority both are committed.
  cluster.settle()
  assert.ok(cluster.node(1).raft.commit > index)
})

test('L-03 a refusal, however high its index, never raises a follower’s match', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.isolate(2)
  cluster.isolate(3)
  for (let i = 0; i < 10; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  assert.deepEqual([cluster.node(1).raft.lastIndex, cluster.node(1).raft.commit], [11, 1])
  for (const from of [2, 3]) {
    for (const index of [11, 10, 5, 1, 99]) {
      for (const hintIndex of [0, 5, 11, 99]) {
        cluster.arrive(refusal(from, { index, hintIndex, hintTerm: 1 }))
        assert.equal(matchOf(cluster, from), 1)
      }
    }
  }
  assert.equal(cluster.node(1).raft.commit, 1)
  // Refusals that an earlier leadership earned mean nothing in this one.
  cluster.heal()
  cluster.run(10)
  cluster.elect(2)
  cluster.elect(1)
  const { commit } = cluster.node(1).raft
  cluster.isolate(2)
  cluster.isolate(3)
  cluster.propose(1, 'y=1')
  for (const from of [2, 3])
    cluster.arrive(refusal(from, { index: 13, hintIndex: 13, hintTerm: 1 }))
  assert.equal(cluster.node(1).raft.commit, commit)
})

describe('L-06 an empty append after compaction', () => {
  test('without a term is refused, so that its commit index moves nothing', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    cluster.arrive(append(2, { previousIndex: 1, previousTerm: 0, commit: 9 }))
    assert.equal(cluster.node(2).raft.commit, 1)
    cluster.arrive(append(2, { previousIndex: 7, previousTerm: 0, commit: 9 }))
    assert.equal(cluster.node(2).raft.commit, 1)
    cluster.arrive(append(2, { previousIndex: 1, previousTerm: 1, commit: 9 }))
    assert.equal(cluster.node(2).raft.commit, 1)
  })

  test('is not sent at all: a follower behind the cut gets the snapshot', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], tuning: { inFlightCountMax: 1 } })
    cluster.elect(1)
    cluster.network.hold(({ kind, from }) => kind === 'appendReply' && from === 3)
    for (let i = 0; i < 6; i++) {
      cluster.propose(1, `x=${i}`)
      cluster.drop(({ kind, to }) => kind === 'append' && to === 3)
      cluster.settle()
    }
    cluster.snapshot(1)
    cluster.compact(1, 6)
    cluster.drop(({ from, to }) => from === 3 || to === 3)
    cluster.network.release()
    cluster.run(12)
    assert.equal(cluster.node(3).raft.commit, cluster.node(1).raft.commit)
    assert.equal(cluster.node(3).raft.baseIndex, cluster.node(1).state.index)
  })
})

describe('L-11 a suffix with several configurations goes as a whole', () => {
  const members: Configuration = { voters: [1, 2, 3], outgoing: [], learners: [] }

  function stranded(): Cluster {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    cluster.isolate(1)
    cluster.members(1, { voters: [1, 2, 4], learners: [] }, { force: true })
    cluster.propose(1, 'x=1')
    cluster.settle()
    return cluster
  }

  function overtaken(cluster: Cluster): void {
    cluster.network.hold(({ to }) => to === 1)
    cluster.run(30)
    cluster.elect(2)
    cluster.network.heal()
    cluster.network.release()
  }

  test('the log and the members fall back together', () => {
    const cluster = stranded()
    assert.equal(cluster.node(1).raft.configuration.outgoing.length, 3)
    overtaken(cluster)
    cluster.run(10)
    assert.deepEqual(cluster.node(1).raft.configuration, { ...members, learners: [4] })
    assert.equal(cluster.node(1).state.values.has('x'), false)
  })

  test('also when the node crashes before or after the write that cuts it', () => {
    for (const kept of [0, 1, 2]) {
      const cluster = stranded()
      cluster.slowDisks.add(1)
      overtaken(cluster)
      cluster.run(10)
      cluster.crash(1, { kept })
      cluster.restart(1)
      const { raft, memory } = cluster.node(1)
      const inLog = memory.entries.filter(({ kind }) => kind === 'configuration').length
      assert.equal(raft.configuration.outgoing.length, inLog > 1 ? 3 : 0)
      cluster.slowDisks.clear()
      cluster.run(10)
      assert.deepEqual(cluster.node(1).raft.configuration, { ...members, learners: [4] })
    }
  })
})

describe('L-13 a single voter commits when its disk has the entry', () => {
  for (const learners of [[], [2]]) {
    test(`with ${learners.length} learners`, () => {
      const cluster = new Cluster({ voters: [1], learners })
      cluster.elect(1)
      cluster.slowDisks.add(1)
      cluster.propose(1, 'x=1')
      cluster.settle()
      assert.equal(cluster.node(1).raft.commit, 1)
      assert.equal(cluster.node(1).state.values.has('x'), false)
      cluster.restart(1)
      cluster.slowDisks.clear()
      cluster.elect(1)
      assert.equal(cluster.node(1).state.values.has('x'), false)
      cluster.propose(1, 'x=2')
      cluster.settle()
      assert.equal(cluster.node(1).state.values.get('x'), '2')
    })
  }
})

test('L-16 a single voter that restarts applies all it had committed, without a new write', () => {
  const cluster = new Cluster({ voters: [1] })
  cluster.elect(1)
  for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  const { commit } = cluster.node(1).raft
  cluster.restart(1)
  cluster.run(40)
  assert.ok(cluster.node(1).state.index >= commit)
  assert.equal(cluster.node(1).state.values.get('x'), '4')
})
