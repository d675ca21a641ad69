/** The scenarios of the family Membership, as far as consensus alone shows them. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KvError } from '../base/index.ts'
import { Cluster } from './testing/cluster.ts'
import type { NodeId } from './types.ts'

function votersOf(cluster: Cluster, id: NodeId): readonly NodeId[] {
  return cluster.node(id).raft.configuration.voters
}

describe('M-01 no two leaders act on members whose majorities do not meet (raft-dev 2015)', () => {
  /** What leader 1, leader 2 and then leader 1 again try to make of members 1 to 4. */
  const variants: readonly {
    readonly name: string
    readonly first: readonly NodeId[]
    readonly second: readonly NodeId[]
  }[] = [
    {
      name: 'one adds a node, the other adds another',
      first: [1, 2, 3, 4, 5],
      second: [1, 2, 3, 4, 6],
    },
    { name: 'one adds a node, the other removes one', first: [1, 2, 3, 4, 5], second: [2, 3, 4] },
    { name: 'both remove a node', first: [1, 2, 4], second: [1, 2, 3] },
  ]
  for (const { name, first, second } of variants) {
    test(name, () => {
      const cluster = new Cluster({ voters: [1, 2, 3, 4], spares: [5, 6] })
      // Term 1: leader 1 may not change the members before it committed in its term; it does, but
      // the change reaches node 5 only, if anybody.
      cluster.network.hold(({ kind }) => kind === 'appendReply')
      cluster.elect(1)
      assert.throws(
        () => cluster.members(1, { voters: first, learners: [] }, { force: true }),
        (error) => error instanceof KvError && error.code === 'MEMBERSHIP_PENDING',
      )
      cluster.network.release()
      cluster.settle()
      for (const id of [2, 3, 4]) cluster.cut(1, id)
      cluster.members(1, { voters: first, learners: [] }, { force: true })
      cluster.settle()
      cluster.crash(1)
      // Term 2: leader 2 makes another change and commits it with what it reaches.
      for (const id of [2, 3, 4]) cluster.tick(id, 20)
      cluster.drop(() => true)
      cluster.campaign(2)
      cluster.settle()
      assert.equal(cluster.role(2), 'leader')
      cluster.members(2, { voters: second, learners: [] }, { force: true })
      cluster.propose(2, 'x=2')
      cluster.settle()
      cluster.crash(2)
      // Term 3: node 1 comes back with its own idea of the members and asks node 4 and its friends.
      cluster.heal()
      cluster.restart(1)
      for (const id of [1, 3, 4, 5, 6]) cluster.tick(id, 20)
      cluster.drop(() => true)
      cluster.campaign(1)
      cluster.settle()
      cluster.restart(2)
      cluster.run(100)
      const { leader } = cluster
      assert.ok(leader !== null)
      assert.equal(leader.state.values.get('x'), '2')
      for (const id of leader.raft.configuration.voters) {
        assert.equal(cluster.node(id).state.values.get('x'), '2')
      }
    })
  }
})

describe('M-03 members that were truncated are in force no more', () => {
  function stranded(): Cluster {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4, 5] })
    cluster.elect(1)
    cluster.members(1, { voters: [1, 2, 3], learners: [4, 5] })
    cluster.settle()
    cluster.propose(1, 'x=1')
    cluster.settle()
    return cluster
  }

  test('the one before is, and the quorum is counted by it', () => {
    const cluster = stranded()
    cluster.isolate(1)
    cluster.members(1, { voters: [1, 4, 5], learners: [] }, { force: true })
    cluster.settle()
    assert.deepEqual(votersOf(cluster, 1), [1, 4, 5])
    cluster.run(25)
    cluster.elect(2)
    cluster.heal()
    cluster.run(10)
    assert.deepEqual(votersOf(cluster, 1), [1, 2, 3])
    cluster.crash(2)
    for (const id of [4, 5]) cluster.crash(id)
    cluster.elect(1)
    assert.equal(cluster.propose(1, 'x=2').kind, 'accepted')
    cluster.settle()
    assert.equal(cluster.node(3).state.values.get('x'), '2')
  })

  test('also when what is truncated reaches back to a compacted log', () => {
    const cluster = stranded()
    cluster.isolate(1)
    cluster.snapshot(1)
    assert.ok(cluster.compact(1, 4))
    cluster.members(1, { voters: [1, 4, 5], learners: [] }, { force: true })
    cluster.settle()
    cluster.restart(1)
    assert.deepEqual(votersOf(cluster, 1), [1, 4, 5])
    cluster.run(25)
    cluster.elect(2)
    cluster.heal()
    cluster.run(10)
    assert.deepEqual(cluster.node(1).raft.configuration, {
      voters: [1, 2, 3],
      outgoing: [],
      learners: [4, 5],
    })
  })
})

test('M-06 members survive one snapshot after the other', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
  cluster.elect(1)
  cluster.members(1, { voters: [1, 2, 3], learners: [4] })
  cluster.settle()
  const { configuration, configurationIndex } = cluster.node(1).raft
  for (let generation = 0; generation < 3; generation++) {
    const { leader } = cluster
    assert.ok(leader !== null)
    cluster.propose(leader.id, `x=${generation}`)
    cluster.settle()
    for (const id of [1, 2, 3, 4]) {
      assert.ok(cluster.snapshot(id) && cluster.compact(id, cluster.node(id).state.index))
      cluster.restart(id)
      assert.deepEqual(cluster.node(id).raft.configuration, configuration)
      assert.equal(cluster.node(id).raft.configurationIndex, configurationIndex)
    }
    cluster.run(60)
  }
})

test('M-08 members are as new as the entry that brought them, not as a snapshot', () => {
  const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
  cluster.elect(1)
  for (let i = 0; i < 8; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  // Node 3 restarts from a snapshot at index 9, whose members are those of index 0.
  assert.ok(cluster.snapshot(3) && cluster.compact(3, 9))
  cluster.crash(3)
  cluster.members(1, { voters: [1, 2], learners: [] })
  cluster.settle()
  cluster.restart(3)
  assert.deepEqual(
    [cluster.node(3).raft.baseIndex, cluster.node(3).raft.configurationIndex],
    [9, 0],
  )
  assert.equal(cluster.node(3).raft.removed, false)
  const { term } = cluster.node(1).raft
  cluster.run(60)
  assert.equal(cluster.node(3).raft.removed, true)
  assert.equal(cluster.node(1).raft.term, term)
})

describe('M-11 one source of truth tells who is a voter', () => {
  test('naming the members again promotes nobody', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], learners: [4] })
    cluster.elect(1)
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    assert.deepEqual(cluster.node(4).raft.configuration.learners, [4])
    cluster.tick(4, 100)
    assert.equal(cluster.role(4), 'follower')
  })

  test('a promotion is kept when all crash, with or without a snapshot', () => {
    for (const compacted of [false, true]) {
      const cluster = new Cluster({ voters: [1, 2, 3], learners: [4] })
      cluster.elect(1)
      cluster.members(1, { voters: [1, 2, 3, 4], learners: [] })
      cluster.settle()
      for (const id of [1, 2, 3, 4]) {
        if (compacted) assert.ok(cluster.snapshot(id) && cluster.compact(id, 99))
      }
      for (const id of [1, 2, 3, 4]) cluster.restart(id)
      for (const id of [1, 2, 3, 4]) {
        assert.deepEqual(cluster.node(id).raft.configuration, {
          voters: [1, 2, 3, 4],
          outgoing: [],
          learners: [],
        })
      }
      cluster.elect(4)
    }
  })
})

test('M-13 a node that was removed while it was cut off disturbs nobody and learns of it', () => {
  const cluster = new Cluster({ voters: [1, 2, 3, 4, 5] })
  cluster.elect(1)
  cluster.isolate(5)
  cluster.members(1, { voters: [1, 2, 3, 4], learners: [] })
  cluster.settle()
  cluster.run(50)
  cluster.heal()
  const { term } = cluster.node(1).raft
  cluster.run(200)
  assert.deepEqual([cluster.node(1).raft.term, cluster.leader?.id], [term, 1])
  assert.equal(cluster.node(5).raft.removed, true)
  assert.equal(cluster.node(5).raft.term, term)
})

describe('M-16 what was meant for a node of the past', () => {
  test('does not commit what the node of the present does not hold', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    cluster.isolate(3)
    cluster.network.hold(({ kind }) => kind === 'appendReply')
    cluster.propose(1, 'x=1')
    cluster.settle()
    // Node 2 comes back empty and under repair; what it once acknowledged arrives afterwards.
    cluster.crash(2)
    cluster.lose(2, 1_000)
    cluster.restart(2)
    const late = cluster.network.take(({ kind }) => kind === 'appendReply')
    assert.ok(late !== null)
    cluster.tick(1, 2)
    cluster.settle(({ kind }) => kind.startsWith('heartbeat'))
    cluster.arrive(late)
    assert.equal(cluster.node(1).raft.commit, 1)
  })

  test('a read that an earlier life asked is not granted to a later one', () => {
    const cluster = new Cluster({ voters: [1, 2, 3] })
    cluster.elect(1)
    cluster.network.hold(({ kind }) => kind === 'readReply')
    const before = cluster.read(2)
    cluster.settle()
    cluster.restart(2)
    cluster.run(4)
    const after = cluster.read(2)
    assert.notEqual(before, after)
    cluster.network.release()
    cluster.settle()
    assert.deepEqual(
      cluster.node(2).grants.map(({ id }) => id),
      [after],
    )
  })
})

describe('M-18 adding a node while another is down', () => {
  function oneDown(): Cluster {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.crash(3)
    cluster.run(30)
    return cluster
  }

  test('as a voter is refused: two of four would be up', () => {
    const cluster = oneDown()
    assert.throws(
      () => cluster.members(1, { voters: [1, 2, 3, 4], learners: [] }),
      (error) => error instanceof KvError && error.code === 'MEMBERSHIP_UNSAFE',
    )
    assert.deepEqual(votersOf(cluster, 1), [1, 2, 3])
  })

  test('as a learner works, and so does its promotion once it has caught up', () => {
    const cluster = oneDown()
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    cluster.run(4)
    cluster.members(1, { voters: [1, 2, 4], learners: [] })
    cluster.settle()
    assert.deepEqual(votersOf(cluster, 4), [1, 2, 4])
    cluster.crash(2)
    cluster.elect(4)
  })
})
