import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Progress } from './progress.ts'

function progress({ next = 11, bytesMax = 100, countMax = 3 } = {}): Progress {
  return new Progress({ id: 2, next, window: { bytesMax, countMax } })
}

function replicating(match: number): Progress {
  const follower = progress({ next: match + 1 })
  follower.accepted(match)
  assert.equal(follower.state, 'replicate')
  return follower
}

test('probing sends one message at a time, and goes on when nothing is heard', () => {
  const follower = progress()
  assert.ok(follower.mayReceive)
  follower.sent({ last: 12, bytes: 10 })
  assert.ok(!follower.mayReceive)
  assert.equal(follower.next, 11)
  assert.ok(follower.stalled())
  assert.ok(follower.mayReceive)
})

test('the first match opens the pipeline', () => {
  const follower = progress()
  assert.ok(follower.accepted(10))
  assert.equal(follower.state, 'replicate')
  follower.sent({ last: 13, bytes: 10 })
  follower.sent({ last: 14, bytes: 10 })
  assert.equal(follower.next, 15)
  assert.equal(follower.match, 10)
})

test('the window is bounded in messages and in bytes', () => {
  const byCount = replicating(0)
  for (let last = 1; last <= 3; last++) byCount.sent({ last, bytes: 1 })
  assert.ok(!byCount.mayReceive)
  byCount.accepted(1)
  assert.ok(byCount.mayReceive)
  const byBytes = replicating(0)
  byBytes.sent({ last: 1, bytes: 100 })
  assert.ok(!byBytes.mayReceive)
  assert.equal(byBytes.windowBytes, 1)
  byBytes.accepted(1)
  assert.equal(byBytes.windowBytes, 100)
})

test('an answer releases all messages up to what it names', () => {
  const follower = replicating(0)
  for (let last = 1; last <= 3; last++) follower.sent({ last: last * 10, bytes: 30 })
  follower.accepted(20)
  assert.equal(follower.windowBytes, 70)
  follower.accepted(30)
  assert.equal(follower.windowBytes, 100)
})

test('an answer that comes late or twice is no news', () => {
  const follower = replicating(5)
  assert.equal(follower.accepted(5), false)
  assert.equal(follower.accepted(3), false)
  assert.equal(follower.match, 5)
  assert.equal(follower.next, 6)
})

test('a refusal never raises what is known to match (CCF, arXiv 2406.17455)', () => {
  const follower = replicating(5)
  follower.sent({ last: 20, bytes: 10 })
  assert.ok(follower.rejected(20, 18))
  assert.equal(follower.match, 5)
  assert.equal(follower.state, 'probe')
  assert.equal(follower.next, 19)
})

test('a refusal of what was never sent, or is known to match, is stale', () => {
  const replicate = replicating(5)
  replicate.sent({ last: 8, bytes: 10 })
  assert.equal(replicate.rejected(5, 2), false)
  assert.equal(replicate.rejected(9, 2), false)
  const probe = progress({ next: 11 })
  assert.equal(probe.rejected(9, 3), false)
  assert.equal(probe.rejected(10, 3), true)
  assert.equal(probe.next, 4)
})

test('while a snapshot is under way nothing else is sent', () => {
  const follower = progress({ next: 3 })
  follower.becomeSnapshot(20)
  assert.ok(!follower.mayReceive)
  assert.equal(follower.rejected(2, 0), false)
  follower.becomeProbe()
  assert.equal(follower.next, 21)
})

test('a snapshot that did not arrive is started over from what matches', () => {
  const follower = progress({ next: 3 })
  follower.accepted(1)
  follower.becomeSnapshot(20)
  follower.snapshotFailed()
  assert.equal(follower.state, 'probe')
  assert.equal(follower.next, 2)
})

test('an answer from behind the snapshot ends its wait, one from before does not', () => {
  const follower = progress({ next: 3 })
  follower.becomeSnapshot(20)
  follower.accepted(10)
  assert.equal(follower.state, 'snapshot')
  follower.accepted(20)
  assert.equal(follower.state, 'probe')
  assert.equal(follower.next, 21)
})

test('what is in flight without an answer for two heartbeats is asked about', () => {
  const follower = replicating(5)
  assert.ok(!follower.stalled())
  follower.sent({ last: 8, bytes: 10 })
  assert.ok(follower.stalled())
  follower.accepted(8)
  assert.ok(!follower.stalled())
  assert.ok(!follower.stalled())
})

test('one that lost its log is believed nothing', () => {
  const follower = replicating(9)
  follower.forget(12)
  assert.equal(follower.match, 0)
  assert.equal(follower.state, 'probe')
  assert.equal(follower.next, 12)
})

test('whatever arrives in whatever order, next stays above match and the window adds up', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('accept' as const), index: fc.nat({ max: 40 }) }),
    fc.record({
      kind: fc.constant('reject' as const),
      index: fc.nat({ max: 40 }),
      hint: fc.nat({ max: 40 }),
    }),
    fc.record({ kind: fc.constantFrom('probe' as const, 'heartbeat' as const) }),
    fc.record({ kind: fc.constant('snapshot' as const), index: fc.nat({ max: 40 }) }),
    fc.record({ kind: fc.constantFrom('arrived' as const, 'failed' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const follower = progress({ next: 5 })
      for (const what of steps) {
        const before = follower.match
        if (what.kind === 'send' && follower.mayReceive) {
          follower.sent({ last: follower.next + what.count - 1, bytes: what.count * 10 })
        } else if (what.kind === 'accept') follower.accepted(what.index)
        else if (what.kind === 'reject') follower.rejected(what.index, what.hint)
        else if (what.kind === 'probe') follower.becomeProbe()
        else if (what.kind === 'heartbeat') follower.stalled()
        else if (what.kind === 'snapshot' && what.index > follower.match) {
          follower.becomeSnapshot(what.index)
        } else if (follower.state === 'snapshot') {
          if (what.kind === 'arrived') follower.becomeProbe()
          else if (what.kind === 'failed') follower.snapshotFailed()
        }
        assert.ok(follower.next > follower.match || follower.state === 'snapshot')
        assert.ok(what.kind === 'accept' ? follower.match >= before : follower.match === before)
        assert.ok(follower.windowBytes >= 1 && follower.windowBytes <= 100)
      }
    }),
  )
})
