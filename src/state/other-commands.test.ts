import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { ask, op, putRequest, textOf } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'

const { NOSPACE, CORRUPT, NONE } = etcd.AlarmType
const { GET, ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction

describe('a counter', () => {
  test('begins where it is told to, and holds decimal digits that anybody can read', () => {
    const scene = new Scene()
    assert.equal(scene.increment('n').response.value, 1n)
    assert.equal(scene.increment('n', { delta: 41n }).response.value, 42n)
    assert.equal(scene.increment('m', { delta: -5n, initial: 100n }).response.value, 95n)
    assert.equal(scene.increment('m', { delta: -100n, initial: 7n }).response.value, -5n)
    assert.deepEqual(scene.pairs(), ['m=-5', 'n=42'])
    scene.put('n', '7')
    assert.equal(scene.increment('n').response.value, 8n)
  })

  test('gives what was there before when it is asked for', () => {
    const scene = new Scene()
    assert.equal(scene.increment('n', { prevKv: true }).response.prevKv, null)
    const { prevKv } = scene.increment('n', { prevKv: true }).response
    assert.equal(textOf(prevKv?.value ?? new Uint8Array(0)), '1')
  })

  test('keeps its lease, or takes another', () => {
    const scene = new Scene()
    scene.grant(1n, 10)
    scene.grant(2n, 10)
    scene.increment('n', { lease: 1n })
    scene.increment('n')
    assert.deepEqual(scene.timeToLive(1n, true).response.keys.map(textOf), ['n'])
    scene.increment('n', { lease: 2n })
    assert.deepEqual(scene.timeToLive(1n, true).response.keys, [])
    assert.equal(scene.increment('n', { lease: 3n }).code, 'LEASE_NOT_FOUND')
  })

  test('is nothing that holds other bytes, and is not driven over its ends', () => {
    const max = 2n ** 63n - 1n
    const scene = new Scene()
    for (const value of ['', ' 1', '1 ', '01', '+1', '-0', '1.0', '0x1', '1e3', '9'.repeat(19)]) {
      scene.put('n', value)
      assert.equal(scene.increment('n').code, 'NOT_A_COUNTER', value)
    }
    scene.put('n', `${max}`)
    const before = scene.machine.hash()
    assert.equal(scene.increment('n').code, 'NOT_A_COUNTER')
    assert.equal(scene.machine.hash(), before)
    assert.equal(scene.increment('n', { delta: -1n }).response.value, max - 1n)
    scene.put('n', `${-max - 1n}`)
    assert.equal(scene.increment('n', { delta: -1n }).code, 'NOT_A_COUNTER')
    assert.equal(scene.increment('n', { delta: 0n }).response.value, -max - 1n)
    assert.equal(scene.increment('o', { initial: max, delta: max }).code, 'NOT_A_COUNTER')
  })

  test('needs a key that may be', () => {
    const scene = new Scene()
    assert.equal(scene.increment('').code, 'KEY_EMPTY')
    assert.equal(scene.increment('k'.repeat(1025)).code, 'TOO_LARGE')
  })
})

describe('an alarm', () => {
  test('is on from when it is activated until it is deactivated', () => {
    const scene = new Scene()
    const on = scene.alarm(ACTIVATE, 7n, NOSPACE)
    assert.deepEqual(on.response.alarms, [{ memberID: 7n, alarm: NOSPACE }])
    assert.deepEqual(scene.alarm(ACTIVATE, 7n, NOSPACE).response.alarms.length, 1)
    scene.alarm(ACTIVATE, 2n ** 64n - 1n, NOSPACE)
    assert.deepEqual(scene.alarms(), ['7 1', `${2n ** 64n - 1n} 1`])
    assert.deepEqual(scene.machine.alarms.length, 2)
    scene.alarm(DEACTIVATE, 7n, NOSPACE)
    assert.deepEqual(scene.alarm(DEACTIVATE, 7n, NOSPACE).response.alarms, [])
    assert.deepEqual(scene.alarms(), [`${2n ** 64n - 1n} 1`])
    assert.equal(scene.alarm(GET, 0n, NONE).response.alarms.length, 1)
    assert.equal(scene.alarm(GET, 0n, CORRUPT).response.alarms.length, 0)
  })

  test('of none, or that is not there, does nothing', () => {
    const scene = new Scene()
    assert.deepEqual(scene.alarm(ACTIVATE, 7n, NONE).response.alarms, [])
    assert.deepEqual(scene.alarm(DEACTIVATE, 7n, CORRUPT).response.alarms, [])
    assert.deepEqual(scene.alarms(), [])
  })

  test('that says there is no space refuses what takes space, and nothing else', () => {
    const scene = new Scene()
    scene.grant(1n, 10)
    scene.put('a', '1', { lease: 1n })
    scene.put('b', '1')
    scene.alarm(ACTIVATE, 7n, NOSPACE)
    assert.equal(scene.put('c', '').code, 'NO_SPACE')
    assert.equal(scene.grant(2n, 10).code, 'NO_SPACE')
    assert.equal(scene.increment('n').code, 'NO_SPACE')
    assert.equal(scene.txn({ success: [op.put('c', '')] }).code, 'NO_SPACE')
    const nested = op.txn({ failure: [op.txn({ success: [op.put('c', '')] })] })
    assert.equal(scene.txn({ failure: [nested] }).code, 'NO_SPACE')
    const timed = scene.do(ask.putWithTtl(putRequest('c', ''), 1000))
    assert.equal(timed.kind === 'failed' && timed.code, 'NO_SPACE')
    assert.equal(scene.remove('b').code, null)
    assert.equal(scene.txn({ success: [op.range('a'), op.remove('b')] }).code, null)
    assert.equal(scene.range('a').code, null)
    assert.equal(scene.renew(1n).response.TTL, 10)
    assert.equal(scene.compact(3).kind, 'done')
    assert.equal(scene.do(ask.revoke(1n)).kind, 'done')
    scene.alarm(DEACTIVATE, 7n, NOSPACE)
    assert.equal(scene.put('c', '').code, null)
  })

  test('that says something is corrupt refuses every change', () => {
    const scene = new Scene()
    scene.grant(1n, 10)
    scene.put('a', '1')
    scene.alarm(ACTIVATE, 7n, CORRUPT)
    const before = scene.machine.hash()
    assert.equal(scene.put('c', '').code, 'STATE_CORRUPT')
    assert.equal(scene.remove('a').code, 'STATE_CORRUPT')
    assert.equal(scene.txn({}).code, 'STATE_CORRUPT')
    assert.equal(scene.grant(2n, 10).code, 'STATE_CORRUPT')
    assert.equal(scene.increment('n').code, 'STATE_CORRUPT')
    for (const command of [ask.compact(1), ask.revoke(1n), ask.expire(1n)]) {
      const result = scene.do(command)
      assert.equal(result.kind === 'failed' && result.code, 'STATE_CORRUPT')
    }
    assert.equal(scene.machine.hash(), before)
    scene.alarm(DEACTIVATE, 7n, CORRUPT)
    assert.equal(scene.remove('a').code, null)
  })

  test('is one of so many', () => {
    const scene = new Scene({ limits: { alarmsMax: 2 } })
    scene.alarm(ACTIVATE, 1n, NOSPACE)
    scene.alarm(ACTIVATE, 2n, NOSPACE)
    assert.equal(scene.alarm(ACTIVATE, 3n, NOSPACE).code, 'OVERLOADED')
    assert.equal(scene.alarm(ACTIVATE, 2n, NOSPACE).code, null)
  })
})
