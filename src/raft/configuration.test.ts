import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../base/index.ts'
import {
  ConfigurationHistory,
  decodeConfiguration,
  encodeConfiguration,
  isJoint,
  isMember,
  isVoter,
  LEARNERS_MAX,
  members,
  VOTERS_MAX,
  validateConfiguration,
} from './configuration.ts'
import { configurationEntry } from './testing/cluster.ts'
import type { Configuration, NodeId } from './types.ts'

function of(voters: NodeId[], { outgoing = [], learners = [] }: Partial<Configuration> = {}) {
  return { voters, outgoing, learners }
}

const ids = fc.uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 20 })

test('a configuration survives its bytes', () => {
  fc.assert(
    fc.property(ids, ids, ids, (voters, outgoing, learners) => {
      const configuration = { voters, outgoing, learners }
      assert.deepEqual(decodeConfiguration(encodeConfiguration(configuration)), configuration)
    }),
  )
})

test('bytes are read where they lie, not where their buffer begins', () => {
  const bytes = encodeConfiguration(of([1, 2, 3]))
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  assert.deepEqual(decodeConfiguration(shifted.subarray(3)), of([1, 2, 3]))
})

test('bytes of another format or length are refused', () => {
  const bytes = encodeConfiguration(of([1, 2, 3]))
  assert.throws(() => decodeConfiguration(bytes.subarray(0, -1)), /whole/)
  assert.throws(() => decodeConfiguration(bytes.with(0, 9)), /whole/)
  assert.throws(() => decodeConfiguration(new Uint8Array(0)), /whole/)
})

test('who leaves is a voter until the joint configuration ends', () => {
  const joint = of([1, 2], { outgoing: [2, 3], learners: [3, 4] })
  assert.ok(isJoint(joint) && !isJoint(of([1])))
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((id) => [isVoter(joint, id), isMember(joint, id)]),
    [
      [true, true],
      [true, true],
      [true, true],
      [false, true],
      [false, false],
    ],
  )
  assert.deepEqual([...members(joint)].sort(), [1, 2, 3, 4])
})

test('members that could never work are refused by name', () => {
  const many = (count: number) => Array.from({ length: count }, (_, position) => position + 100)
  const refused: [Configuration, RegExp][] = [
    [of([]), /at least one voter/],
    [of([1, 1]), /named twice/],
    [of([1], { learners: [1] }), /named twice/],
    [of([0]), /positive integer/],
    [of([1.5]), /positive integer/],
    [of([2 ** 53]), /positive integer/],
    [of(many(VOTERS_MAX + 1)), /at most/],
    [of([1], { learners: many(LEARNERS_MAX + 1) }), /at most/],
  ]
  for (const [target, text] of refused) {
    assert.throws(
      () => validateConfiguration(target),
      (error) =>
        error instanceof KvError && error.code === 'MEMBERSHIP_INVALID' && text.test(error.message),
    )
  }
  validateConfiguration(of(many(VOTERS_MAX), { learners: [1] }))
})

function history(): ConfigurationHistory {
  const placed = new ConfigurationHistory({ index: 0, configuration: of([1]) })
  placed.add(configurationEntry({ term: 1, index: 4 }, of([1, 2], { outgoing: [1] })))
  placed.add(configurationEntry({ term: 1, index: 5 }, of([1, 2])))
  placed.add(configurationEntry({ term: 2, index: 9 }, of([1, 2], { learners: [3] })))
  return placed
}

test('the configuration in force at an index is the newest at or below it', () => {
  const placed = history()
  assert.deepEqual(
    [0, 3, 4, 5, 8, 9, 99].map((index) => placed.at(index).index),
    [0, 0, 4, 5, 5, 9, 9],
  )
  assert.equal(placed.latest.index, 9)
})

test('truncation rolls back to what was in force before, several at once if need be', () => {
  const placed = history()
  assert.equal(placed.truncateFrom(10), false)
  assert.equal(placed.truncateFrom(9), true)
  assert.deepEqual(placed.latest, { index: 5, configuration: of([1, 2]) })
  assert.equal(placed.truncateFrom(3), true)
  assert.deepEqual(placed.latest, { index: 0, configuration: of([1]) })
})

test('compaction keeps the configuration in force at the new base', () => {
  const placed = history()
  placed.compactTo(7)
  assert.equal(placed.at(7).index, 5)
  assert.equal(placed.latest.index, 9)
  assert.equal(placed.truncateFrom(8), true)
  assert.equal(placed.latest.index, 5)
  assert.throws(() => placed.truncateFrom(5), /never rolled back/)
})

test('a snapshot brings its own configuration and forgets the others', () => {
  const placed = history()
  placed.restart({ index: 12, configuration: of([7, 8, 9]) })
  assert.deepEqual(placed.latest, { index: 12, configuration: of([7, 8, 9]) })
  placed.add(configurationEntry({ term: 3, index: 14 }, of([7])))
  assert.equal(placed.at(13).index, 12)
})

test('only configurations that follow are added', () => {
  const placed = history()
  assert.throws(() => placed.add(configurationEntry({ term: 2, index: 9 }, of([1]))), /ascend/)
  const command = { term: 2, index: 10, kind: 'command' as const, data: new Uint8Array(4) }
  assert.throws(() => placed.add(command), /only configuration entries/)
})
