import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Envelope } from '../peer/index.ts'
import {
  DOUBT_TICKS,
  FORBIDDEN,
  Party,
  type PartyOptions,
  REQUEST_TICKS,
} from './testing/exchange.ts'

/** Node 1 follows node 2, which leads term 5. */
function pair(options: PartyOptions = {}): { asker: Party; leader: Party } {
  const asker = new Party(1, options)
  const leader = new Party(2, options)
  asker.follow(2, 5)
  leader.follow(2, 5)
  asker.take([leader.greeting(1)])
  return { asker, leader }
}

function commandsIn(envelopes: readonly Envelope[]): number[][] {
  return envelopes.flatMap(({ messages }) =>
    messages.map((message) => {
      assert.equal(message.kind, 'forward')
      return message.kind === 'forward' ? message.commands.map((bytes) => bytes.at(-1) ?? 0) : []
    }),
  )
}

test('writes of one turn leave as one batch, and each hears what became of it', () => {
  const { asker, leader } = pair()
  for (const value of [7, 8, 9]) asker.write(value)
  const sent = asker.turn()
  assert.deepEqual(commandsIn(sent), [[7, 8, 9]])
  leader.take(sent)
  leader.group.settle({ kind: 'refused', code: 'OVERLOADED' })
  leader.group.settle({
    kind: 'applied',
    index: 4,
    result: { kind: 'failed', revision: 3, code: 'LEASE_NOT_FOUND' },
  })
  leader.group.apply(4)
  const replies = leader.turn()
  assert.equal(replies.length, 1)
  asker.group.appliedIndex = 4
  asker.take(replies)
  assert.deepEqual(asker.outcomes, ['7 refused OVERLOADED', '8 failed LEASE_NOT_FOUND', '9 done 9'])
  assert.equal(asker.counters.writesFailed, 1)
  assert.deepEqual([asker.forwarder.batchCount, asker.budget.count, asker.queue.size], [0, 0, 0])
})

test('a batch holds no more than it may', () => {
  const { asker } = pair({ limits: { forwardCommandsMax: 2, forwardBytesMax: 12 } })
  for (const value of [1, 2, 3]) asker.write(value)
  assert.deepEqual(commandsIn(asker.turn()), [[1, 2], [3]])
  // A command is three bytes longer than its body; one that is too large for any goes alone.
  for (const length of [1, 40, 4]) {
    asker.desk.write({ kind: 1, body: new Uint8Array(length) }, { settleWrite: () => {} })
  }
  assert.deepEqual(commandsIn(asker.turn()), [[0], [0], [0]])
})

test('a batch that comes twice is proposed once, and its answers count once', () => {
  const { asker, leader } = pair()
  asker.write(7)
  const sent = asker.turn()
  leader.take([...sent, ...sent])
  assert.equal(leader.group.proposed.length, 1)
  leader.group.apply(3)
  leader.take(sent)
  assert.equal(leader.group.proposed.length, 0)
  const replies = leader.turn()
  asker.group.appliedIndex = 3
  asker.take([...replies, ...replies])
  assert.deepEqual(asker.outcomes, ['7 done 7'])
})

test('a batch that is replayed to a later life of the leader is not taken again', () => {
  const { asker, leader } = pair()
  asker.write(7)
  const sent = asker.turn()
  leader.take(sent)
  leader.group.apply(3)
  // Its answer is lost with it; its next life leads, too.
  const reborn = new Party(2, { incarnation: 2 })
  reborn.follow(2, 6)
  reborn.take(sent)
  assert.equal(reborn.group.proposed.length, 0)
  asker.take(reborn.turn())
  assert.deepEqual(asker.outcomes, ['7 unknown LEADERSHIP_LOST'])
})

test('a sender whose numbers begin anew in a new life is heard', () => {
  const { leader } = pair({ limits: { forwardsRememberedMax: 1 } })
  // Lives are counted in so many bits: at last the numbers of a later life are smaller.
  const earlier = new Party(1, { incarnation: 7 })
  const later = new Party(1, { incarnation: 6 })
  for (const asker of [earlier, earlier, later]) {
    asker.follow(2, 5)
    asker.write(asker.incarnation)
    const sent = asker.turn()
    leader.take(asker === earlier ? sent : sent.map((one) => ({ ...one, incarnation: 8 })))
  }
  assert.equal(leader.group.proposed.length, 3)
})

test('a batch for a leadership that this life has lost is certainly not taken', () => {
  const { asker, leader } = pair()
  asker.write(7)
  const sent = asker.turn()
  leader.follow(3, 6)
  leader.take(sent)
  asker.take(leader.turn())
  assert.deepEqual(asker.outcomes, [])
  // It goes to the next leader, with the next tick.
  asker.follow(3, 6)
  assert.deepEqual(asker.turn(), [])
  asker.tick()
  const again = asker.turn()
  assert.deepEqual(commandsIn(again), [[7]])
  assert.equal(again[0]?.to, 3)
})

test('an answer to an earlier life is nobody’s', () => {
  const { asker, leader } = pair()
  asker.write(7)
  leader.take(asker.turn())
  leader.group.apply(3)
  const late = leader.turn()
  const reborn = new Party(1, { incarnation: 2 })
  reborn.follow(2, 5)
  reborn.take([leader.greeting(1)])
  reborn.write(8)
  reborn.turn()
  reborn.take(late)
  assert.deepEqual(reborn.outcomes, [])
})

test('an answer that does not come from the node that was asked is ignored', () => {
  const { asker, leader } = pair()
  asker.write(7)
  leader.take(asker.turn())
  leader.group.apply(0)
  const [reply] = leader.turn()
  const message = reply?.messages[0]
  assert.ok(message?.kind === 'forwardReply')
  asker.desk.receive({ ...message, from: 3 })
  assert.deepEqual(asker.outcomes, [])
  asker.desk.receive({ ...message, outcomes: [{ ...message.outcomes[0], position: 9 } as never] })
  assert.deepEqual(asker.outcomes, [])
})

test('a link that drops leaves open what was forwarded over it, and holds what comes then', () => {
  const { asker } = pair()
  asker.write(7)
  asker.turn()
  asker.desk.peerDropped(3)
  assert.deepEqual(asker.outcomes, [])
  asker.desk.peerDropped(2)
  assert.deepEqual(asker.outcomes, ['7 unknown LEADERSHIP_LOST'])
  asker.reachable = false
  asker.write(8)
  assert.deepEqual(asker.turn(), [])
  asker.reachable = true
  asker.tick()
  assert.deepEqual(commandsIn(asker.turn()), [[8]])
})

test('a leader that was replaced may still answer for a while, then its batches are open', () => {
  const { asker, leader } = pair()
  asker.write(7)
  asker.write(8)
  leader.take(asker.turn())
  asker.follow(3, 6)
  asker.tick(DOUBT_TICKS)
  leader.group.settle({ kind: 'unknown', code: 'LEADERSHIP_LOST' })
  asker.take(leader.turn())
  assert.deepEqual(asker.outcomes, ['7 unknown LEADERSHIP_LOST'])
  asker.tick()
  assert.deepEqual(asker.outcomes.slice(1), ['8 unknown LEADERSHIP_LOST'])
  assert.equal(asker.forwarder.batchCount, 0)
})

test('without a leader a write waits, and is refused when its time is over', () => {
  const asker = new Party(1)
  asker.write(7)
  assert.deepEqual(asker.turn(), [])
  asker.tick(REQUEST_TICKS - 1)
  asker.write(8)
  asker.tick()
  assert.deepEqual(asker.outcomes, ['7 refused TIMED_OUT'])
  asker.follow(2, 5)
  assert.deepEqual(commandsIn(asker.turn()), [[8]])
  // What a leader may have carried out is never told as refused.
  asker.tick(REQUEST_TICKS)
  assert.deepEqual(asker.outcomes.slice(1), ['8 unknown TIMED_OUT'])
  asker.tick(2)
  assert.equal(asker.forwarder.batchCount, 0)
})

test('an answer is told once this node has applied it, or when there is no more time', () => {
  const { asker, leader } = pair()
  asker.write(7)
  asker.write(8)
  leader.take(asker.turn())
  leader.group.apply(6)
  asker.take(leader.turn())
  asker.group.appliedIndex = 5
  asker.turn()
  assert.deepEqual(asker.outcomes, [])
  asker.group.appliedIndex = 6
  asker.turn()
  assert.deepEqual(asker.outcomes, ['7 done 7', '8 done 8'])
  asker.write(9)
  leader.take(asker.turn())
  leader.group.apply(8)
  asker.take(leader.turn())
  asker.tick(REQUEST_TICKS)
  assert.deepEqual(asker.outcomes.slice(2), ['9 done 9'])
  assert.equal(asker.budget.bytes, 0)
})

test('where this node leads, writes are proposed at once; while it hands over, they wait', () => {
  const leader = new Party(2)
  leader.follow(2, 5)
  leader.write(7)
  assert.equal(leader.group.proposed.length, 1)
  leader.group.raft.transferee = 3
  leader.write(8)
  leader.tick()
  assert.equal(leader.group.proposed.length, 1)
  leader.group.settle({ kind: 'refused', code: 'TRANSFERRING' })
  leader.follow(3, 6)
  assert.deepEqual(commandsIn(leader.turn()), [[8]])
  leader.tick()
  assert.deepEqual(commandsIn(leader.turn()), [[7]])
})

test('a leader that stops has not taken what it refuses', () => {
  const { asker, leader } = pair()
  asker.write(7)
  leader.take(asker.turn())
  leader.group.settle({ kind: 'refused', code: 'STOPPED' })
  asker.take(leader.turn())
  asker.follow(3, 6)
  asker.tick()
  assert.deepEqual(commandsIn(asker.turn()), [[7]])
})

test('a leader without space refuses what takes space, whoever asks for it', () => {
  const { asker, leader } = pair()
  asker.write(1, FORBIDDEN)
  asker.write(2)
  leader.take(asker.turn())
  assert.equal(leader.group.proposed.length, 1)
  asker.take(leader.turn())
  assert.deepEqual(asker.outcomes, ['1 refused NO_SPACE'])
})

test('an answer that no message can hold leaves it open what was done', () => {
  const { asker, leader } = pair({ limits: { forwardAnswerBytesMax: 10, forwardReplyBytes: 150 } })
  for (const value of [1, 2, 3, 4]) asker.write(value)
  leader.take(asker.turn())
  const result = { kind: 'done', revision: 2, body: new Uint8Array(11) } as const
  leader.group.settle({ kind: 'applied', index: 0, result })
  leader.group.apply(0)
  const replies = leader.turn()
  // Two outcomes fill a message.
  assert.equal(replies.length, 2)
  asker.take(replies)
  assert.deepEqual(asker.outcomes, ['1 unknown TOO_LARGE', '2 done 2', '3 done 3', '4 done 4'])
})

test('a node refuses what is too much or too large, and has room again when some are over', () => {
  const asker = new Party(1, { limits: { writesMax: 2 } })
  asker.desk.write(
    { kind: 1, body: new Uint8Array(101) },
    { settleWrite: (told) => assert.deepEqual(told, { kind: 'refused', code: 'TOO_LARGE' }) },
  )
  for (const value of [1, 2, 3]) asker.write(value)
  assert.deepEqual(asker.outcomes, ['3 refused OVERLOADED'])
  asker.tick(REQUEST_TICKS)
  asker.write(4)
  assert.deepEqual(asker.outcomes.slice(1), ['1 refused TIMED_OUT', '2 refused TIMED_OUT'])
})

test('a node that stops tells everybody what it knows', () => {
  const { asker, leader } = pair()
  asker.write(7)
  asker.write(8)
  leader.take(asker.turn())
  leader.group.proposed.splice(1)
  leader.group.apply(9)
  asker.take(leader.turn())
  asker.write(9)
  asker.desk.stop()
  assert.deepEqual(asker.outcomes, ['8 unknown STOPPED', '9 refused STOPPED', '7 done 7'])
  asker.write(10)
  assert.deepEqual(asker.outcomes.slice(3), ['10 refused STOPPED'])
  assert.deepEqual([asker.budget.count, asker.queue.size], [0, 0])
})
