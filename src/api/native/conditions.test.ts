import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcd, native, state } from '../../wire/index.ts'
import { MachineNode } from '../etcd/testing/index.ts'
import { bytesOf, operation, putOf, rangeOf, run, setUpNative } from './testing/index.ts'

type What = NonNullable<native.Operation['operation']>

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

function versionIs(key: string, version: number): etcd.Compare {
  return etcd.Compare.create({
    ...{ key: bytesOf(key), result: RESULT.EQUAL, target: TARGET.VERSION },
    targetUnion: { kind: 'version', value: version },
  })
}

function open() {
  const { client } = setUpNative(new MachineNode())
  const ask = (what: What, ...conditions: etcd.Compare[]): native.Result =>
    run(client, { ...operation(0, what), conditions })
  const storedAt = (key: string): string | null => {
    const { result } = ask(rangeOf(key))
    assert.ok(result?.kind === 'range')
    const [kv] = result.value.kvs
    return kv === undefined ? null : new TextDecoder().decode(kv.value)
  }
  return { ask, storedAt, client }
}

describe('a write under conditions', () => {
  it('is carried out where they hold, and answered as without them', () => {
    const { ask, storedAt } = open()
    const { result, failure } = ask(putOf('a', '1'), versionIs('a', 0), versionIs('b', 0))
    assert.equal(failure, null)
    assert.ok(result?.kind === 'put' && result.value.header?.revision === 2)
    assert.equal(storedAt('a'), '1')
  })

  it('does nothing where one of them does not', () => {
    const { ask, storedAt } = open()
    ask(putOf('a', '1'))
    const { failure } = ask(putOf('a', '2'), versionIs('b', 0), versionIs('a', 0))
    assert.equal(failure?.code, 'CONDITION_FAILED')
    assert.equal(failure?.retry, native.FailureRetry.NEVER)
    assert.equal(storedAt('a'), '1')
  })

  it('may be anything that changes keys', () => {
    const { ask } = open()
    const key = bytesOf('n')
    const increment: What = {
      kind: 'increment',
      value: state.IncrementRequest.create({ key, delta: 5n }),
    }
    const counted = ask(increment, versionIs('n', 0))
    assert.ok(counted.result?.kind === 'increment' && counted.result.value.value === 5n)
    assert.equal(ask(increment, versionIs('n', 0)).failure?.code, 'CONDITION_FAILED')
    const put = etcd.PutRequest.create({ key: bytesOf('short') })
    const lasting: What = { kind: 'putWithTtl', value: { put, ttlMs: 60_000 } }
    assert.equal(ask(lasting, versionIs('short', 0)).result?.kind, 'putWithTtl')
    assert.equal(ask(lasting, versionIs('short', 0)).failure?.code, 'CONDITION_FAILED')
    const gone: What = { kind: 'deleteRange', value: etcd.DeleteRangeRequest.create({ key }) }
    const deleted = ask(gone, versionIs('n', 1))
    assert.ok(deleted.result?.kind === 'deleteRange' && deleted.result.value.deleted === 1)
  })

  it('is told its first answer in a session, whatever holds by then', () => {
    const { ask, client } = open()
    const { result } = ask({ kind: 'openSession', value: {} })
    assert.ok(result?.kind === 'openSession')
    const place = { session: result.value.id, sequence: 1 }
    const asked = { ...operation(0, putOf('a'), place), conditions: [versionIs('a', 0)] }
    assert.equal(run(client, asked).result?.kind, 'put')
    assert.equal(run(client, asked).result?.kind, 'put')
  })
})

describe('conditions that make no sense', () => {
  it('are refused, of reads and of what is about no key', () => {
    const { ask } = open()
    const compact: What = { kind: 'compact', value: { revision: 1, physical: false } }
    const codes = [rangeOf('a'), compact, { kind: 'openSession', value: {} } as const].map(
      (what) => ask(what, versionIs('a', 0)).failure?.code,
    )
    assert.deepEqual(codes, ['BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'])
    const nothing = etcd.Compare.create()
    assert.equal(ask(putOf('a'), nothing).failure?.code, 'KEY_EMPTY')
    const many = Array.from({ length: 129 }, () => versionIs('a', 0))
    assert.equal(ask(putOf('a'), ...many).failure?.code, 'BAD_REQUEST')
  })
})
