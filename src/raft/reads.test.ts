import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reads } from './reads.ts'

function isMajority(confirmed: ReadonlySet<number>): boolean {
  return confirmed.size >= 1
}

/** Asks one read and lets it wait for a round. */
function wait(reads: Reads): number {
  const id = reads.ask()
  assert.equal(reads.closeTurn(), id)
  reads.waitForRound(id)
  return id
}

test('all reads of one turn share an id, the next turn has another', () => {
  const reads = new Reads(1)
  const first = reads.ask()
  assert.equal(reads.ask(), first)
  assert.equal(reads.closeTurn(), first)
  assert.notEqual(reads.ask(), first)
})

test('a turn without reads closes nothing', () => {
  const reads = new Reads(1)
  assert.equal(reads.hasOpen, false)
  assert.equal(reads.closeTurn(), 0)
})

test('the ids of one life never meet those of another', () => {
  const ids = [1, 2, 3, 1_000].map((life) => new Reads(life).ask())
  assert.equal(new Set(ids).size, ids.length)
  for (const [position, id] of ids.slice(1).entries())
    assert.ok(id - (ids[position] as number) >= 2 ** 30)
  assert.ok(Number.isSafeInteger(new Reads(2 ** 40 - 1).ask()))
})

test('a round answers all that waited when it began, and nobody who came later', () => {
  const reads = new Reads(1)
  const one = wait(reads)
  const two = wait(reads)
  const round = reads.startRound(7)
  const late = wait(reads)
  reads.confirm(2, round)
  reads.finish(isMajority)
  assert.deepEqual(reads.takeGranted(), [
    { id: one, index: 7 },
    { id: two, index: 7 },
  ])
  assert.equal(reads.waitingCount, 1)
  reads.startRound(9)
  reads.confirm(2, round)
  reads.finish(isMajority)
  assert.deepEqual(reads.takeGranted(), [])
  reads.confirm(2, round + 1)
  reads.finish(isMajority)
  assert.deepEqual(reads.takeGranted(), [{ id: late, index: 9 }])
})

test('an answer to a round confirms the rounds before it, not those after', () => {
  const reads = new Reads(1)
  const ids = [3, 4, 5].map((index) => {
    const id = wait(reads)
    reads.startRound(index)
    return id
  })
  reads.confirm(2, 2)
  reads.finish(isMajority)
  assert.deepEqual(
    reads.takeGranted().map(({ id }) => id),
    ids.slice(0, 2),
  )
  assert.equal(reads.roundCount, 1)
})

test('a later round that is confirmed ends the earlier ones with it', () => {
  const reads = new Reads(1)
  wait(reads)
  reads.startRound(3)
  wait(reads)
  const second = reads.startRound(4)
  reads.confirm(2, 1)
  reads.confirm(3, second)
  // Two answers are needed: only the union of what came for both rounds has them for the first.
  reads.finish((confirmed) => confirmed.size >= 2)
  assert.deepEqual(
    reads.takeGranted().map(({ index }) => index),
    [3],
  )
})

test('round numbers go on after leadership changed, so an old answer confirms nothing new', () => {
  const reads = new Reads(1)
  wait(reads)
  const before = reads.startRound(3)
  reads.failAll()
  wait(reads)
  const after = reads.startRound(4)
  assert.ok(after > before)
  reads.confirm(2, before)
  reads.finish(isMajority)
  assert.deepEqual(reads.takeGranted(), [])
})

test('followers that asked are answered by message, the own reads at once', () => {
  const reads = new Reads(1)
  reads.askFor(2, 77)
  const own = wait(reads)
  const round = reads.startRound(5)
  reads.confirm(3, round)
  assert.deepEqual(reads.finish(isMajority), [{ from: 2, id: 77, index: 5 }])
  assert.deepEqual(reads.takeGranted(), [{ id: own, index: 5 }])
})

test('a forwarded read is granted once, however often it is answered', () => {
  const reads = new Reads(1)
  const id = reads.ask()
  reads.closeTurn()
  reads.forward(id)
  reads.answered({ id: id + 5, index: 3 })
  reads.answered({ id, index: 3 })
  reads.answered({ id, index: 9 })
  assert.deepEqual(reads.takeGranted(), [{ id, index: 3 }])
  assert.deepEqual(reads.forwarded, [])
})

test('when leadership changes the own reads fail once, those of others are forgotten', () => {
  const reads = new Reads(1)
  const inRound = wait(reads)
  reads.askFor(2, 77)
  reads.startRound(5)
  const waiting = wait(reads)
  const forwarded = reads.ask()
  reads.closeTurn()
  reads.forward(forwarded)
  reads.failAll()
  assert.deepEqual(
    reads.takeFailed(),
    [waiting, inRound, forwarded].map((id) => ({ id, code: 'NO_LEADER' })),
  )
  assert.equal(reads.openCount, 0)
  assert.equal(reads.roundCount + reads.waitingCount + reads.forwarded.length, 0)
  reads.failAll()
  assert.deepEqual(reads.takeFailed(), [])
  assert.equal(reads.hasOutcome, false)
})
