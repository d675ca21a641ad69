import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOptions, type MethodName } from './option-names.ts'

test('what a method does not know is refused, with what it knows', () => {
  const wrong: readonly [MethodName, Record<string, unknown>][] = [
    ['put', { ifRevison: 1 }],
    ['put', { ttl: 10 }],
    ['delete', { ifAbsent: true }],
    ['connect', { endpoint: '127.0.0.1:8081' }],
    ['watch', { timeoutMs: 5 }],
    ['list', { prefx: 'a' }],
  ]
  for (const [method, options] of wrong) {
    const [name = ''] = Object.keys(options)
    assert.throws(() => checkOptions(method, options), {
      code: 'BAD_REQUEST',
      message: new RegExp(`^${method} has no option "${name}"; it has `),
    })
  }
})

test('where the way is another one, it is told', () => {
  assert.throws(() => checkOptions('incr', { ttlMs: 5 }), { advice: /^Give it a lease: db\.incr/ })
  assert.throws(() => checkOptions('put', { ttl: 5 }), { advice: 'Write ttlMs, in milliseconds.' })
  assert.throws(() => checkOptions('put', { x: 5 }), { advice: 'Correct what the text names.' })
})

test('what it knows, and what is not set, is fine', () => {
  checkOptions('put', { ifRevision: 1, ttlMs: 5, timeoutMs: 3, other: undefined })
  checkOptions('list', { prefix: 'a', keysOnly: true, stale: true })
  checkOptions('count', {})
})

test('a text in the place of options is no range of all keys', () => {
  for (const options of ['fruit/', 7, null, true]) {
    assert.throws(() => checkOptions('count', options as unknown as object), {
      code: 'BAD_REQUEST',
      message: /count takes options as an object/,
    })
  }
})
