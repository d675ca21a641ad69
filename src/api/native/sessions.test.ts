import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd, type native, state } from '../../wire/index.ts'
import { MachineNode } from '../etcd/testing/index.ts'
import { bytesOf, operation, putOf, run, setUpNative } from './testing/index.ts'

type What = NonNullable<native.Operation['operation']>

function incrementOf(key: string, prevKv = false): What {
  const fields = { key: bytesOf(key), delta: 1n, prevKv }
  return { kind: 'increment', value: state.IncrementRequest.create(fields) }
}

function open() {
  const { client } = setUpNative(new MachineNode())
  const ask = (what: What, session = 0, sequence = 0): native.Result =>
    run(client, operation(0, what, { session, sequence }))
  const { result } = ask({ kind: 'openSession', value: {} })
  assert.ok(result?.kind === 'openSession')
  const { id: session, unansweredMax } = result.value
  const count = (sequence: number): bigint | string | undefined => {
    const told = ask(incrementOf('count'), session, sequence)
    return told.result?.kind === 'increment' ? told.result.value.value : told.failure?.code
  }
  return { ask, count, session, unansweredMax }
}

describe('a write in a session', () => {
  it('takes effect once however often it is sent, and is told its first answer', () => {
    const { count } = open()
    assert.deepEqual([1, 2, 1, 2, 3, 1].map(count), [1n, 2n, 1n, 2n, 3n, 1n])
  })

  it('takes effect each time without one', () => {
    const { ask, count } = open()
    ask(incrementOf('count'))
    ask(incrementOf('count'))
    assert.equal(count(1), 3n)
  })

  it('is told its first answer also when that was a failure', () => {
    const { ask, session } = open()
    ask(putOf('text', 'no number'))
    const wrong = (sequence: number) => ask(incrementOf('text'), session, sequence).failure?.code
    assert.equal(wrong(1), 'NOT_A_COUNTER')
    ask(putOf('text', '5'))
    assert.equal(wrong(1), 'NOT_A_COUNTER')
    assert.equal(wrong(2), undefined)
  })

  it('that was refused before the log has not used its sequence up', () => {
    const { ask, session, count } = open()
    assert.equal(ask(putOf(''), session, 1).failure?.code, 'KEY_EMPTY')
    assert.equal(count(1), 1n)
  })

  it('is remembered as long as the session says, and then nobody knows', () => {
    const { count, unansweredMax } = open()
    for (let sequence = 1; sequence <= unansweredMax + 1; sequence++) count(sequence)
    assert.equal(count(1), 'SESSION_EXPIRED')
    assert.equal(count(2), 2n)
    assert.equal(count(unansweredMax + 1), BigInt(unansweredMax + 1))
  })

  it('is not known any more when the session was closed', () => {
    const { ask, count, session } = open()
    assert.equal(count(1), 1n)
    for (const _ of [1, 2]) {
      const { result } = ask({ kind: 'closeSession', value: { id: session } })
      assert.deepEqual(result, { kind: 'closeSession', value: {} })
    }
    assert.equal(count(1), 'SESSION_EXPIRED')
    assert.equal(count(2), 'SESSION_EXPIRED')
  })
})

describe('a lease over the native door', () => {
  it('is granted with an id of its own, renewed, looked at, and ends with its keys', () => {
    const { ask } = open()
    const granted = ask({ kind: 'leaseGrant', value: { TTL: 1, ID: 0n } }).result
    assert.ok(granted?.kind === 'leaseGrant')
    const { ID, TTL } = granted.value
    assert.ok(ID > 0n && TTL === 2, `${ID} for ${TTL} s`)
    const put = etcd.PutRequest.create({ key: bytesOf('mortal'), lease: ID })
    assert.equal(ask({ kind: 'put', value: put }).failure, null)
    const renewed = ask({ kind: 'leaseKeepAlive', value: { ID } }).result
    assert.ok(renewed?.kind === 'leaseKeepAlive' && renewed.value.TTL === 2)
    const looked = ask({ kind: 'leaseTimeToLive', value: { ID, keys: true } }).result
    assert.ok(looked?.kind === 'leaseTimeToLive')
    assert.deepEqual(looked.value.keys, [bytesOf('mortal')])
    assert.equal(ask({ kind: 'leaseRevoke', value: { ID } }).failure, null)
    const range = etcd.RangeRequest.create({ key: bytesOf('mortal') })
    const gone = ask({ kind: 'range', value: range }).result
    assert.ok(gone?.kind === 'range' && gone.value.count === 0)
    // As in etcd: it has no time left.
    const late = ask({ kind: 'leaseKeepAlive', value: { ID } }).result
    assert.ok(late?.kind === 'leaseKeepAlive' && late.value.TTL === 0)
  })
})
