/** The scenarios of the family Snapshots and compaction, as far as consensus alone shows them. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Cluster } from './testing/cluster.ts'
import type { Message } from './types.ts'

/** Node 3 misses entries that nodes 1 and 2 have compacted since. */
function behind(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.isolate(3)
  for (let i = 0; i < 8; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  assert.ok(cluster.snapshot(1) && cluster.compact(1, 9))
  return cluster
}

function isSnapshot({ kind }: Message): boolean {
  return kind === 'snapshot'
}

describe('S-03 a snapshot and what follows it are durable together', () => {
  test('the log restarts behind the snapshot before anything after it is acknowledged', () => {
    const cluster = behind()
    cluster.slowDisks.add(3)
    cluster.heal()
    cluster.run(8)
    assert.equal(cluster.node(3).raft.baseIndex, 9)
    cluster.propose(1, 'y=1')
    cluster.settle()
    assert.equal(cluster.leader?.raft.peers.find(({ id }) => id === 3)?.match, 1)
    // Power is lost: neither the snapshot nor the entry became part of the log.
    cluster.restart(3)
    assert.deepEqual(
      [cluster.node(3).raft.lastIndex, cluster.node(3).raft.baseIndex, cluster.node(3).state.index],
      [1, 0, 0],
    )
    cluster.slowDisks.clear()
    cluster.run(6)
    assert.equal(cluster.node(3).state.values.get('y'), '1')
  })

  test('a crash between the two keeps the snapshot and only that', () => {
    const cluster = behind()
    cluster.slowDisks.add(3)
    cluster.heal()
    cluster.run(8)
    cluster.persistOne(3)
    cluster.settle()
    cluster.propose(1, 'y=1')
    cluster.settle()
    cluster.restart(3)
    const node = cluster.node(3)
    assert.deepEqual([node.raft.baseIndex, node.raft.lastIndex, node.state.index], [9, 9, 9])
    assert.equal(node.state.values.get('x'), '7')
  })
})

describe('S-08 a follower that is slow to take a snapshot catches up all the same', () => {
  test('while the leader goes on compacting', () => {
    const cluster = behind()
    cluster.heal()
    cluster.network.hold(isSnapshot)
    cluster.run(8)
    let sent = 0
    for (let round = 0; round < 30 && cluster.node(3).raft.commit < 9; round++) {
      // Ten compactions pass while one snapshot travels.
      for (let i = 0; i < 10; i++) {
        cluster.propose(1, `y=${round}.${i}`)
        cluster.run(1)
        assert.ok(cluster.snapshot(1))
        // The driver keeps what follows the snapshot that is under way.
        cluster.compact(1, 9)
      }
      if (cluster.network.letters.some(({ message }) => isSnapshot(message))) sent += 1
      const message = cluster.network.take(isSnapshot)
      assert.ok(message !== null)
      cluster.arrive(message)
      cluster.settle()
    }
    assert.equal(sent, 1)
    cluster.run(4)
    assert.equal(cluster.node(3).state.index, cluster.node(1).state.index)
  })

  test('and one lost on its way is sent again, but not while it is under way', () => {
    const cluster = behind()
    cluster.heal()
    cluster.network.hold(isSnapshot)
    cluster.run(8)
    const under = () => cluster.network.letters.filter(({ message }) => isSnapshot(message)).length
    assert.equal(under(), 1)
    cluster.drop(isSnapshot)
    cluster.run(8)
    assert.equal(under(), 1)
    cluster.network.release()
    cluster.run(8)
    assert.equal(cluster.node(3).state.index, 9)
  })

  test('and one that does not answer is not sent any', () => {
    const cluster = behind()
    cluster.crash(3)
    cluster.heal()
    cluster.run(60)
    assert.ok(cluster.network.letters.every(({ message }) => !isSnapshot(message)))
  })
})

test('a snapshot that comes late or twice takes nothing back', () => {
  const cluster = behind()
  cluster.heal()
  cluster.network.hold(isSnapshot)
  cluster.run(8)
  const letter = cluster.network.letters.find(({ message }) => isSnapshot(message))
  assert.ok(letter !== undefined)
  cluster.network.release()
  cluster.settle()
  cluster.propose(1, 'y=1')
  cluster.run(4)
  const before = cluster.node(3).raft.commit
  cluster.arrive(letter.message)
  cluster.settle()
  assert.equal(cluster.node(3).raft.commit, before)
  assert.equal(cluster.node(3).raft.lastIndex, 10)
})

test('a snapshot of what the log holds already only commits: what follows stays', () => {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  for (let i = 0; i < 4; i++) cluster.propose(1, `x=${i}`)
  cluster.settle()
  assert.ok(cluster.snapshot(1))
  const { raft } = cluster.node(1)
  cluster.arrive({
    kind: 'snapshot',
    group: 1,
    from: 1,
    to: 3,
    term: raft.term,
    mark: raft.markAt(5),
  })
  assert.deepEqual([cluster.node(3).raft.baseIndex, cluster.node(3).raft.lastIndex], [0, 5])
})
