/**
 * The safety sentences of the Raft paper (Ongaro and Ousterhout, 2014, extended version) on
 * members, compaction and clients, and of the parts of Ongaro's thesis that are used here, one
 * test each, named by the sentence. Those of §5 stand in `paper.test.ts`.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KvError } from '../base/index.ts'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'

const { electionTicks } = RAFT_TUNING

function led(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  return cluster
}

describe('Raft paper §6, cluster membership changes', () => {
  test('agreement takes majorities of both the old and new members (§6, thesis §4.3)', () => {
    for (const missing of [
      [2, 3],
      [4, 5],
    ] as const) {
      const cluster = new Cluster({ voters: [1, 2, 3], spares: [4, 5] })
      cluster.elect(1)
      cluster.members(1, { voters: [1, 2, 3], learners: [4, 5] })
      cluster.settle()
      cluster.members(1, { voters: [1, 4, 5], learners: [] }, { force: true })
      for (const id of missing) cluster.isolate(id)
      const { commit } = cluster.node(1).raft
      cluster.settle()
      assert.equal(cluster.node(1).raft.commit, commit)
      cluster.heal()
      cluster.run(10)
      assert.deepEqual(cluster.leader?.raft.configuration.voters, [1, 4, 5])
    }
  })

  test('a server uses the latest configuration in its log, committed or not (§6)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.network.hold(({ kind }) => kind === 'appendReply')
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    assert.deepEqual(cluster.node(2).raft.configuration.learners, [4])
    assert.ok(cluster.node(2).raft.commit < cluster.node(2).raft.configurationIndex)
  })

  test('new servers join as non-voting members until they have caught up (§6)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.propose(1, 'x=1')
    assert.throws(
      () => cluster.members(1, { voters: [3, 4], learners: [] }),
      (error) => error instanceof KvError && error.code === 'MEMBERSHIP_UNSAFE',
    )
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    cluster.members(1, { voters: [3, 4], learners: [] })
    cluster.settle()
    assert.equal(cluster.node(4).state.values.get('x'), '1')
  })

  test('a leader outside the new members commits them, not counting itself (§6)', () => {
    const cluster = led()
    cluster.members(1, { voters: [2, 3], learners: [] })
    cluster.isolate(3)
    cluster.settle()
    assert.equal(cluster.role(1), 'leader')
    assert.deepEqual(cluster.node(1).raft.configuration.voters, [2, 3])
    // Its own disk and node 2 are no majority of the new configuration.
    assert.ok(cluster.node(1).raft.commit < cluster.node(1).raft.configurationIndex)
    cluster.heal()
    cluster.run(6)
    assert.equal(cluster.role(1), 'follower')
  })

  test('servers disregard requests for votes when they believe a leader exists (§6)', () => {
    const cluster = led()
    const { term } = cluster.node(2).raft
    cluster.arrive({
      kind: 'voteRequest',
      group: 1,
      from: 3,
      to: 2,
      term: term + 5,
      lastIndex: 99,
      lastTerm: term,
      transfer: false,
    })
    cluster.settle()
    assert.equal(cluster.node(2).raft.term, term)
    assert.equal(cluster.leader?.id, 1)
  })

  test('a server not in its latest configuration still starts elections (thesis §4.2.2)', () => {
    const cluster = new Cluster({ voters: [1, 2] })
    cluster.elect(1)
    cluster.members(1, { voters: [2], learners: [] })
    cluster.deliverOne(({ kind }) => kind === 'append')
    cluster.persistAll(2)
    cluster.deliverOne(({ kind }) => kind === 'appendReply')
    cluster.persistAll(1)
    assert.deepEqual(cluster.node(1).raft.configuration, {
      voters: [2],
      outgoing: [],
      learners: [],
    })
    cluster.crash(1)
    cluster.drop(() => true)
    cluster.restart(1)
    cluster.tick(2, 20)
    cluster.drop(() => true)
    cluster.campaign(2)
    cluster.settle()
    assert.equal(
      cluster.nodes.some(({ raft }) => raft.role === 'leader'),
      false,
    )
    cluster.run(60)
    assert.deepEqual([cluster.leader?.id, cluster.node(1).raft.removed], [2, true])
  })

  test('no change of members before an entry of the own term is committed (raft-dev, 2015)', () => {
    const cluster = led()
    cluster.crash(1)
    cluster.network.hold(({ kind }) => kind === 'appendReply')
    cluster.elect(2)
    assert.throws(
      () => cluster.members(2, { voters: [2, 3], learners: [] }),
      (error) => error instanceof KvError && error.code === 'MEMBERSHIP_PENDING',
    )
    cluster.network.release()
    cluster.settle()
    cluster.members(2, { voters: [2, 3], learners: [] })
  })
})

describe('Raft paper §7, log compaction', () => {
  function compacted(): Cluster {
    const cluster = led()
    cluster.isolate(3)
    for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
    cluster.settle()
    assert.ok(cluster.snapshot(1) && cluster.compact(1, 6))
    cluster.heal()
    return cluster
  }

  test('the leader sends a snapshot when it has discarded the next entry to send (§7)', () => {
    const cluster = compacted()
    cluster.run(8)
    assert.deepEqual(
      [cluster.node(3).raft.baseIndex, cluster.node(3).state.values.get('x')],
      [6, '4'],
    )
  })

  test('the follower discards its log when the snapshot brings what it does not hold (§7)', () => {
    const cluster = new Cluster({
      voters: [1, 2, 3],
      logs: { 3: [1, 1, 1, 1, 1, 1, 1, 1] },
      terms: { 1: 3 },
    })
    cluster.isolate(3)
    cluster.elect(1)
    for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
    cluster.settle()
    assert.ok(cluster.snapshot(1) && cluster.compact(1, 6))
    cluster.heal()
    cluster.run(20)
    const { leader } = cluster
    assert.equal(cluster.node(3).raft.baseIndex, 6)
    assert.deepEqual(cluster.node(3).state.values, leader?.state.values)
  })

  test('entries that follow a snapshot of what the follower holds are retained (§7)', () => {
    const cluster = led()
    for (let i = 0; i < 5; i++) cluster.propose(1, `x=${i}`)
    cluster.settle()
    assert.ok(cluster.snapshot(1))
    const { raft } = cluster.node(1)
    const mark = raft.markAt(6)
    cluster.propose(1, 'y=1')
    cluster.settle()
    cluster.arrive({ kind: 'snapshot', group: 1, from: 1, to: 2, term: raft.term, mark })
    assert.equal(cluster.node(2).raft.lastIndex, 7)
  })

  test('the snapshot carries the latest configuration as of its last included index (§7)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], spares: [4] })
    cluster.elect(1)
    cluster.isolate(3)
    cluster.members(1, { voters: [1, 2, 3], learners: [4] })
    cluster.settle()
    assert.ok(cluster.snapshot(1) && cluster.compact(1, 9))
    cluster.heal()
    cluster.run(8)
    const { baseIndex, configuration } = cluster.node(3).raft
    assert.deepEqual([baseIndex, configuration.learners], [2, [4]])
  })
})

describe('Raft paper §8 and thesis §6, client interaction', () => {
  test('each leader commits a blank no-op entry at the start of its term (§8)', () => {
    const cluster = led()
    assert.equal(cluster.node(1).memory.entries[0]?.kind, 'empty')
    cluster.elect(2)
    const { entries } = cluster.node(2).memory
    assert.deepEqual([entries.length, entries[1]?.kind, entries[1]?.term], [2, 'empty', 2])
    assert.equal(cluster.node(2).raft.commit, 2)
  })

  test('a leader checks whether it has been deposed before it answers a read (§8)', () => {
    const cluster = led()
    cluster.isolate(1)
    cluster.read(1)
    cluster.tick(1, electionTicks - 1)
    cluster.settle()
    assert.deepEqual(cluster.node(1).grants, [])
    const other = led()
    const id = other.read(1)
    other.settle()
    assert.deepEqual(other.node(1).grants, [{ id, index: 1 }])
  })

  test('one round of heartbeats confirms all reads that wait for it (thesis §6.4)', () => {
    const cluster = new Cluster({ voters: [1, 2, 3], manualTurns: true })
    cluster.elect(1)
    const ids = new Set(Array.from({ length: 50 }, () => cluster.read(1)))
    cluster.endTurn(1)
    assert.equal(cluster.network.letters.length, 2)
    cluster.settle()
    assert.deepEqual(
      cluster.node(1).grants.map(({ id }) => id),
      [...ids],
    )
  })

  test('followers serve reads with an index that they ask the leader for (thesis §6.4)', () => {
    const cluster = led()
    cluster.propose(1, 'x=1')
    cluster.settle(({ to }) => to !== 3)
    const id = cluster.read(3)
    cluster.settle(({ kind, to }) => kind !== 'append' || to !== 3)
    assert.deepEqual(cluster.node(3).grants, [{ id, index: 2 }])
    assert.ok(cluster.node(3).state.index < 2)
    cluster.settle()
    assert.equal(cluster.node(3).state.index, 2)
  })

  test('a leader that no majority answers for an election timeout steps down (thesis §6.2)', () => {
    const cluster = led()
    cluster.isolate(1)
    cluster.tick(1, 2 * electionTicks)
    assert.equal(cluster.role(1), 'follower')
    const connected = led()
    connected.isolate(3)
    connected.run(10 * electionTicks)
    assert.equal(connected.leader?.id, 1)
  })
})

describe('Thesis §3.10, §9.6, §10.2.1', () => {
  test('leadership goes to a server whose log matches, which campaigns (thesis §3.10)', () => {
    const cluster = led()
    cluster.propose(1, 'x=1')
    cluster.transfer(1, 2)
    const early = cluster.network.letters.some(({ message }) => message.kind === 'timeoutNow')
    assert.equal(early, false)
    cluster.settle()
    assert.deepEqual([cluster.role(1), cluster.role(2)], ['follower', 'leader'])
  })

  test('a term is incremented only once a majority would grant its votes (thesis §9.6)', () => {
    const cluster = led()
    cluster.isolate(3)
    cluster.tick(3, 50 * electionTicks)
    assert.equal(cluster.node(3).raft.term, 1)
    cluster.heal()
    cluster.run(10 * electionTicks)
    assert.deepEqual([cluster.leader?.id, cluster.node(1).raft.term], [1, 1])
  })

  test('the leader may commit an entry before it is on its own disk (thesis §10.2.1)', () => {
    const cluster = led()
    cluster.slowDisks.add(1)
    cluster.propose(1, 'x=1')
    cluster.settle()
    assert.deepEqual([cluster.node(1).raft.commit, cluster.node(1).raft.durableIndex], [2, 1])
    // With one follower gone its own disk is needed.
    cluster.isolate(3)
    cluster.propose(1, 'x=2')
    cluster.settle()
    assert.equal(cluster.node(1).raft.commit, 2)
    cluster.persistAll(1)
    cluster.settle()
    assert.equal(cluster.node(1).raft.commit, 3)
  })
})
