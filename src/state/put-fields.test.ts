import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import { PutFields } from './put-fields.ts'

function read(bytes: Uint8Array): unknown {
  try {
    const { key, value, lease, prevKv, ignoreValue, ignoreLease } = new PutFields().read(
      bytes,
      0,
      bytes.length,
    )
    return { key: key.copy(), value: value.copy(), lease, prevKv, ignoreValue, ignoreLease }
  } catch (error) {
    assert.ok(error instanceof KvError)
    return error.code
  }
}

function decoded(bytes: Uint8Array): unknown {
  try {
    const { key, value, ...rest } = etcd.PutRequest.decodeBytes(bytes)
    return { ...rest, key: key.slice(), value: value.slice() }
  } catch (error) {
    assert.ok(error instanceof KvError)
    return error.code
  }
}

test('a put is read as the message it is, whatever the bytes are', () => {
  const aPut = fc
    .record({
      key: fc.uint8Array({ maxLength: 40 }),
      value: fc.uint8Array({ maxLength: 300 }),
      lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      prevKv: fc.boolean(),
      ignoreValue: fc.boolean(),
      ignoreLease: fc.boolean(),
    })
    .map((put) => etcd.PutRequest.encodeBytes(put))
  const cut = fc.tuple(aPut, fc.nat(400)).map(([bytes, length]) => bytes.subarray(0, length))
  const twice = fc.tuple(aPut, aPut).map(([a, b]) => Uint8Array.of(...a, ...b))
  const noise = fc.uint8Array({ maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof(aPut, cut, twice, noise), (bytes) => {
      assert.deepEqual(read(bytes), decoded(bytes))
    }),
    { numRuns: 1000 },
  )
})

test('a reader of puts is used again without a trace of the last one', () => {
  const put = new PutFields()
  const full = etcd.PutRequest.encodeBytes({
    key: Uint8Array.of(1),
    value: Uint8Array.of(2),
    lease: 3n,
    prevKv: true,
    ignoreValue: true,
    ignoreLease: true,
  })
  put.read(full, 0, full.length).read(full, 0, 0)
  assert.deepEqual([put.key.length, put.value.length, put.lease], [0, 0, 0n])
  assert.deepEqual([put.prevKv, put.ignoreValue, put.ignoreLease], [false, false, false])
})
