import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster } from './testing/cluster.ts'

/** Node 2 lost its log and is fed by leader 1; the last of it waits for node 2's disk. */
function almostRepaired(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  cluster.crash(2)
  cluster.lose(2, 2)
  cluster.restart(2)
  cluster.slowDisks.add(2)
  cluster.run(4)
  assert.equal(cluster.node(2).raft.lastIndex, 2)
  assert.equal(cluster.node(2).raft.recovering, true)
  return cluster
}

test('a replica under repair is whole only when what it was missing is durable', () => {
  const cluster = almostRepaired()
  cluster.persistAll(2)
  assert.equal(cluster.node(2).raft.recovering, false)
  assert.equal(cluster.node(2).raft.commit, 2)
})

test('a replica that becomes whole while it knows no leader acknowledges to nobody', () => {
  const cluster = almostRepaired()
  cluster.drop(() => true)
  cluster.tick(2, 20)
  assert.equal(cluster.node(2).raft.leader, 0)
  cluster.persistAll(2)
  assert.equal(cluster.node(2).raft.recovering, false)
  assert.ok(cluster.network.letters.every(({ message }) => message.to !== 0))
})
