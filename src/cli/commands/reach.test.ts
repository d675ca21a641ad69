import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member, NodeStatus } from '../../client/index.ts'
import { QuorateError } from '../../client/index.ts'
import { type Reach, reachJson, reachOf, reachText } from './reach.ts'

function member(id: number, isLearner = false): Member {
  return { id: BigInt(id), name: `m${id}`, isLearner, clientUrls: [], peerUrls: [] }
}

function node(id: number, leader: number): NodeStatus & { readonly isReachable: true } {
  const numbers = { term: 1, index: 1, appliedIndex: 1, revision: 1, sizeBytes: 0, usedBytes: 0 }
  return {
    ...{
      ...numbers,
      id: BigInt(id),
      endpoint: `h:${id}`,
      version: '3.6.6',
      leader: BigInt(leader),
    },
    ...{ isReachable: true, isLeader: id === leader, isLearner: false, problems: [], latencyMs: 1 },
  }
}

function away(id: number) {
  const error = new QuorateError('UNREACHABLE', 'no')
  return { isReachable: false, endpoint: `h:${id}`, error } as const
}

const THREE = [member(1), member(2), member(3)]

test('a majority that is lost is told with who answers and who does not', () => {
  const reach = reachOf({ nodes: [away(3), node(2, 0), away(1)], members: THREE })
  assert.equal(
    reachText(reach),
    'The majority is lost: 1 of 3 members answers (h:2), and 2 are needed: start those at h:1, ' +
      'h:3 again.',
  )
  assert.deepEqual(reachJson(reach), {
    ...{ answering: ['h:2'], silent: ['h:1', 'h:3'] },
    ...{ voters: 3, votersAnswering: 1, votersNeeded: 2 },
  })
})

test('a majority that never was is told as such, with whom to start', () => {
  const begun = { ...node(1, 0), index: 0 }
  const alone = reachOf({ nodes: [begun], members: THREE })
  assert.equal(
    reachText(alone),
    'There is no majority yet: 1 of 3 members answers (h:1), and 2 are needed: start m2, m3.',
  )
  const named = reachOf({ nodes: [begun, away(2), away(3)], members: THREE })
  assert.match(reachText(named), /are needed: start those at h:2, h:3\.$/)
  const known = THREE.map((one) => ({ ...one, clientUrls: [`http://h:${one.id}`] }))
  const later = [...known.slice(0, 2), member(3)]
  const both = reachOf({ nodes: [node(1, 0), away(2)], members: later })
  assert.match(reachText(both), /^The majority is lost: .*: start those at h:2 and m3 again\.$/)
})

test('learners make no majority', () => {
  const members = [...THREE, member(4, true)]
  const nodes = [node(1, 0), node(4, 0), away(2), away(3)]
  assert.match(reachText(reachOf({ nodes, members })), /^The majority is lost: 1 of 3 members answ/)
})

test('a majority that is there is told, with whether anybody leads', () => {
  const some = (leader: number): Reach =>
    reachOf({ nodes: [node(1, leader), node(2, leader), away(3)], members: THREE })
  assert.match(reachText(some(0)), /^2 of 3 members answer \(h:1, h:2\), but nobody leads: /)
  assert.match(reachText(some(2)), /^2 of 3 members answer \(h:1, h:2\), which is a majority: /)
})

test('what is not known is not said', () => {
  const alone = reachOf({ nodes: [node(1, 0), away(2)], members: [] })
  assert.equal(reachText(alone), '1 node answers (h:1); nobody answers at h:2.')
  assert.deepEqual(reachJson(alone), {
    ...{ answering: ['h:1'], silent: ['h:2'] },
    ...{ voters: null, votersAnswering: null, votersNeeded: null },
  })
  assert.equal(reachText(reachOf({ nodes: [away(1)], members: [] })), 'No node answers at h:1.')
})
