import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId, Raft } from '../raft/index.ts'
import { TimedQueue } from './timed-queue.ts'
import { Transfers } from './transfers.ts'

class ScriptedGroup {
  readonly raft: Pick<Raft, 'id' | 'configuration'> & {
    role: Raft['role']
    leader: NodeId
    transferee: NodeId
  } = {
    id: 1,
    role: 'leader',
    leader: 1,
    transferee: 0,
    configuration: { voters: [1, 2, 3], outgoing: [], learners: [4] },
  }
  able = true
  asked = 0

  transfer(to: NodeId): boolean {
    this.asked += 1
    if (this.able) this.raft.transferee = to
    return this.able
  }
}

function setUp() {
  const group = new ScriptedGroup()
  const queue = new TimedQueue(5)
  const transfers = new Transfers(queue)
  const tick = (): void => {
    transfers.tick()
    queue.tick()
  }
  return { group, queue, transfers, tick }
}

test('a transfer ends when the other node leads', async () => {
  const { group, queue, transfers, tick } = setUp()
  const moved = transfers.move(group, 2)
  tick()
  assert.equal(group.asked, 1)
  Object.assign(group.raft, { role: 'follower', leader: 0, transferee: 0 })
  tick()
  group.raft.leader = 2
  tick()
  await moved
  assert.equal(queue.size, 0)
})

test('one that consensus gives up is tried again, until there is no more time', async () => {
  const { group, transfers, tick } = setUp()
  group.able = false
  const moved = transfers.move(group, 2)
  tick()
  group.able = true
  tick()
  group.raft.transferee = 0
  tick()
  assert.equal(group.asked, 4)
  tick()
  tick()
  await assert.rejects(moved, { code: 'TIMED_OUT' })
})

test('only the leader moves leadership, and only to a voter', async () => {
  const { group, transfers, tick } = setUp()
  await transfers.move(group, 1)
  await assert.rejects(transfers.move(group, 4), { code: 'BAD_REQUEST' })
  await assert.rejects(transfers.move(group, 9), { code: 'BAD_REQUEST' })
  const lost = transfers.move(group, 2)
  Object.assign(group.raft, { role: 'follower', leader: 3, transferee: 0 })
  tick()
  await assert.rejects(lost, { code: 'NOT_LEADER' })
  await assert.rejects(transfers.move(group, 2), { code: 'NOT_LEADER' })
})

test('a node that stops ends its transfers', async () => {
  const { group, queue, transfers } = setUp()
  const moved = transfers.move(group, 2)
  transfers.stop()
  await assert.rejects(moved, { code: 'STOPPED' })
  assert.equal(queue.size, 0)
})
