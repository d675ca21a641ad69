import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { majority, quorumDecision, quorumIndex } from './quorum.ts'
import { quorumsIntersect } from './testing/invariants.ts'
import type { Configuration, LogIndex, NodeId } from './types.ts'

const half = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 })
const configuration = fc
  .record({ voters: half, outgoing: half })
  .filter(({ voters }) => voters.length > 0)
  .map(({ voters, outgoing }): Configuration => ({ voters, outgoing, learners: [] }))

/** Counted the slow way: more than half of each half that is not empty. */
function agrees({ voters, outgoing }: Configuration, yes: (id: NodeId) => boolean): boolean {
  return [voters, outgoing].every(
    (ids) => ids.length === 0 || ids.filter(yes).length * 2 > ids.length,
  )
}

test('a majority is more than half', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(majority), [1, 1, 2, 2, 3, 3, 4, 4])
})

test('the quorum index is the highest index that a quorum reached', () => {
  const reached = fc.array(fc.nat({ max: 12 }), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(configuration, reached, (members, indexes) => {
      const at = (id: NodeId): LogIndex => indexes[id] as LogIndex
      let highest = 0
      for (let index = 0; index <= 12; index++) {
        if (agrees(members, (id) => at(id) >= index)) highest = index
      }
      assert.equal(quorumIndex(members, at), highest)
    }),
  )
})

test('a decision is won or lost exactly when no open answer can change it', () => {
  const answers = fc.array(fc.constantFrom(true, false, undefined), {
    minLength: 10,
    maxLength: 10,
  })
  fc.assert(
    fc.property(configuration, answers, (members, given) => {
      const won = agrees(members, (id) => given[id] === true)
      const winnable = agrees(members, (id) => given[id] !== false)
      const expected = won ? 'won' : winnable ? 'pending' : 'lost'
      assert.equal(
        quorumDecision(members, (id) => given[id]),
        expected,
      )
    }),
  )
})

test('in a joint configuration neither majority decides alone', () => {
  const joint: Configuration = { voters: [1, 2, 3], outgoing: [3, 4, 5], learners: [6] }
  const yes =
    (...ids: NodeId[]) =>
    (id: NodeId) =>
      ids.includes(id) ? true : undefined
  assert.equal(quorumDecision(joint, yes(1, 2, 3)), 'pending')
  assert.equal(quorumDecision(joint, yes(3, 4, 5)), 'pending')
  assert.equal(quorumDecision(joint, yes(1, 3, 4)), 'won')
  assert.equal(
    quorumDecision(joint, (id) => id < 4),
    'lost',
  )
  assert.equal(
    quorumIndex(joint, (id) => (id <= 3 ? 9 : 4)),
    4,
  )
})

test('learners decide nothing', () => {
  const members: Configuration = { voters: [1], outgoing: [], learners: [2, 3] }
  assert.equal(
    quorumDecision(members, (id) => id !== 1),
    'lost',
  )
  assert.equal(
    quorumIndex(members, (id) => (id === 1 ? 2 : 9)),
    2,
  )
})

test('whatever the members become, a joint configuration shares quorums with both sides', () => {
  fc.assert(
    fc.property(
      configuration,
      half.filter((ids) => ids.length > 0),
      ({ voters }, next) => {
        const before: Configuration = { voters, outgoing: [], learners: [] }
        const joint: Configuration = { voters: next, outgoing: voters, learners: [] }
        const after: Configuration = { voters: next, outgoing: [], learners: [] }
        assert.ok(quorumsIntersect(before, joint) && quorumsIntersect(joint, after))
      },
    ),
  )
  const swapped = { voters: [1, 2, 3], outgoing: [], learners: [] }
  assert.ok(!quorumsIntersect(swapped, { voters: [3, 4, 5], outgoing: [], learners: [] }))
})
