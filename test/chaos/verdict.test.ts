import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Outcome, valueFor } from './load.ts'
import { problemsOf, type Stored } from './verdict.ts'

/** What is said of one key that was asked for, and is there or not. */
function problems(outcome: Outcome | null, stored: Partial<Stored> | null): readonly string[] {
  const keys = new Map<string, Outcome>(outcome === null ? [] : [['k', outcome]])
  const whole = { value: valueFor('k'), version: 1, ...stored }
  return problemsOf({ keys }, new Map(stored === null ? [] : [['k', whole]]))
}

test('what was acknowledged must be there, what was refused must not, the rest may', () => {
  assert.deepEqual(problems('acknowledged', {}), [])
  assert.deepEqual(problems('acknowledged', null), ['k is lost'])
  assert.deepEqual(problems('refused', null), [])
  assert.deepEqual(problems('refused', {}), ['k was refused, and is there'])
  assert.deepEqual(problems('unknown', null), [])
  assert.deepEqual(problems('unknown', {}), [])
})

test('what is there was put, once, and as it was put', () => {
  assert.deepEqual(problems(null, {}), ['k was never put'])
  assert.deepEqual(problems('acknowledged', { version: 2 }), ['k was put once and has version 2'])
  assert.deepEqual(problems('unknown', { value: 'other' }), ['k holds other'])
})
