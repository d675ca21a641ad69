/** The scenarios of the family Reads and leases of leadership. Reads never rely on a lease here. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RAFT_TUNING } from './options.ts'
import { Cluster } from './testing/cluster.ts'
import type { HeartbeatReply, NodeId } from './types.ts'

function led(): Cluster {
  const cluster = new Cluster({ voters: [1, 2, 3] })
  cluster.elect(1)
  cluster.propose(1, 'x=1')
  cluster.settle()
  return cluster
}

describe('R-01 a new leader reads nothing before it committed in its own term', () => {
  test('its own reads wait for that commit', () => {
    const cluster = led()
    // Node 2 has the entry, but not the news that it is committed.
    cluster.network.hold(({ kind, commit = 0 }: { kind: string; commit?: number }) => {
      return (kind === 'append' || kind === 'heartbeat') && commit >= 3
    })
    cluster.propose(1, 'x=2')
    cluster.settle()
    assert.deepEqual([cluster.node(1).raft.commit, cluster.node(2).raft.commit], [3, 2])
    cluster.crash(1)
    cluster.drop(() => true)
    cluster.network.release()
    cluster.network.hold(({ kind }) => kind === 'appendReply')
    cluster.elect(2)
    const id = cluster.read(2)
    cluster.run(RAFT_TUNING.heartbeatTicks)
    assert.deepEqual([cluster.node(2).grants, cluster.node(2).failed], [[], []])
    cluster.network.release()
    cluster.settle()
    assert.deepEqual(cluster.node(2).grants, [{ id, index: 4 }])
    assert.equal(cluster.node(2).state.values.get('x'), '2')
  })

  test('so do those that followers ask for', () => {
    const cluster = led()
    cluster.crash(1)
    cluster.network.hold(({ kind }) => kind === 'appendReply')
    cluster.elect(2)
    const id = cluster.read(3)
    cluster.settle()
    assert.deepEqual(cluster.node(3).grants, [])
    cluster.network.release()
    cluster.settle()
    assert.deepEqual(cluster.node(3).grants, [{ id, index: 3 }])
  })
})

describe('R-03 a change of leader ends the reads that were under way', () => {
  test('they fail, and what was asked of the old leadership confirms nothing in a new one', () => {
    const cluster = led()
    cluster.network.hold(({ kind }) => kind === 'heartbeatReply')
    const first = cluster.read(1)
    cluster.settle()
    const late = cluster.network.letters
      .map(({ message }) => message)
      .filter((message): message is HeartbeatReply => message.kind === 'heartbeatReply')
    assert.equal(late.length, 2)
    cluster.network.release()
    cluster.drop(() => true)
    cluster.elect(2)
    assert.deepEqual(cluster.node(1).failed, [{ id: first, code: 'NO_LEADER' }])
    cluster.elect(1)
    cluster.network.hold(({ kind }) => kind === 'heartbeatReply')
    cluster.read(1)
    cluster.settle()
    for (const message of late) cluster.arrive(message)
    assert.deepEqual(cluster.node(1).grants, [])
  })

  test('a leader that others replaced grants no read', () => {
    const cluster = led()
    cluster.isolate(1)
    for (const id of [2, 3]) cluster.tick(id, 20)
    cluster.drop(() => true)
    cluster.campaign(2)
    cluster.settle()
    assert.deepEqual([cluster.role(1), cluster.role(2)], ['leader', 'leader'])
    cluster.propose(2, 'x=2')
    cluster.settle()
    const id = cluster.read(1)
    cluster.tick(1, 2)
    cluster.settle()
    assert.deepEqual(cluster.node(1).grants, [])
    cluster.tick(1, 20)
    assert.deepEqual(cluster.node(1).failed, [{ id, code: 'NO_LEADER' }])
  })

  test('a follower asks the new leader only by a new read', () => {
    const cluster = led()
    cluster.network.hold(({ kind }) => kind === 'readRequest')
    const id = cluster.read(3)
    cluster.elect(2)
    assert.deepEqual(cluster.node(3).failed, [{ id, code: 'NO_LEADER' }])
    cluster.network.release()
    cluster.settle()
    assert.deepEqual(cluster.node(3).grants, [])
  })
})

test('R-06 a leader that hands over grants no read after its successor took over', () => {
  const cluster = led()
  cluster.network.hold(({ kind, to }) => kind !== 'timeoutNow' && to === 1)
  cluster.transfer(1, 2)
  cluster.settle()
  assert.deepEqual([cluster.role(1), cluster.role(2)], ['leader', 'leader'])
  cluster.propose(2, 'x=2')
  cluster.settle()
  assert.ok(cluster.node(2).raft.commit > cluster.node(1).raft.commit)
  cluster.read(1)
  cluster.tick(1, RAFT_TUNING.heartbeatTicks)
  cluster.settle()
  assert.deepEqual(cluster.node(1).grants, [])
})

describe('R-08 a node that restarted serves nothing until it can know what is committed', () => {
  const alone: readonly NodeId[] = [1, 2, 3]
  for (const survivor of alone) {
    test(`with node ${survivor} left alone after all restarted`, () => {
      const cluster = led()
      for (const id of alone) cluster.crash(id)
      for (const id of alone) cluster.restart(id)
      for (const id of alone) if (id !== survivor) cluster.crash(id)
      const before = cluster.read(survivor)
      cluster.run(100)
      const after = cluster.read(survivor)
      cluster.run(100)
      assert.deepEqual(cluster.node(survivor).grants, [])
      assert.deepEqual(
        cluster.node(survivor).failed,
        [before, after].map((id) => ({ id, code: 'NO_LEADER' })),
      )
    })
  }
})
