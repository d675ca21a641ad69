import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandResult } from '../../src/state/index.ts'
import {
  asciiBytes,
  compareOf,
  deleteAsk,
  guardedAsk,
  incrementAsk,
  putAsk,
  type RecordedOperation,
  toHistory,
  type WriteAsk,
} from './index.ts'

const DONE: CommandResult = { kind: 'done', revision: 2, body: new Uint8Array(0) }
const REFUSED: CommandResult = { kind: 'failed', revision: 2, code: 'CONDITION_FAILED' }

function seen(ask: WriteAsk, answer: CommandResult | null = DONE) {
  const outcome = answer === null ? 'info' : 'ok'
  const times = { startUs: 1, endUs: answer === null ? Number.POSITIVE_INFINITY : 2 }
  const operation: RecordedOperation = { process: 1, tag: 1, ask, ...times, outcome, answer }
  return toHistory([operation]).registers
}

const put = putAsk('r1', asciiBytes('new'))
const isAbsent = compareOf('r1', { kind: 'absent' })
const isOld = compareOf('r1', { kind: 'value', value: asciiBytes('old') })

test('a put under a condition on its key is a compare-and-set of the register', () => {
  const cas = { kind: 'cas', key: 'r1', to: 'new', applied: true }
  const [absent] = seen(guardedAsk(put, { compare: [isAbsent] }))
  assert.deepEqual({ ...absent, ...cas, from: null }, absent)
  const [old] = seen(guardedAsk(put, { compare: [isOld], name: 'n' }), null)
  assert.deepEqual({ ...old, ...cas, from: 'old', outcome: 'info' }, old)
})

test('a command whose condition did not hold has certainly done nothing', () => {
  const [refused] = seen(guardedAsk(put, { compare: [isOld] }), REFUSED)
  assert.equal(refused?.outcome, 'fail')
})

test('a command by a name alone is what it is without', () => {
  const [named] = seen(guardedAsk(put, { name: 'n' }))
  assert.deepEqual(named, seen(put)[0])
  const all = deleteAsk('r', { rangeEnd: asciiBytes('s') })
  assert.deepEqual(seen(guardedAsk(all, { name: 'n' }), null), seen(all, null))
  assert.deepEqual(seen(guardedAsk(incrementAsk('c1', 1n), { name: 'n' })), [])
})
