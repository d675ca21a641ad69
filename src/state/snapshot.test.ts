import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KvError } from '../base/index.ts'
import { Store } from './store.ts'
import { append, applyAll, bytesOf, put, remove } from './testing/commands.ts'

function sample(): Store {
  const store = new Store()
  applyAll(store, put('b', 'two'), put('a', 'one'), append('l', 9))
  applyAll(store, put('a', 'uno'), put('c', ''), remove('b'), put('big', 'x'.repeat(500)))
  store.applyEmpty(3)
  return store
}

function whole(chunks: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from([...chunks].flatMap((chunk) => [...chunk]))
}

test('a restored store equals the one that was snapshotted, whatever the chunk size', () => {
  const store = sample()
  for (const size of [1, 2, 3, 7, 64, 65_536]) {
    const chunks = [...store.snapshot(size)]
    assert.ok(chunks.every((chunk) => chunk.length > 0 && chunk.length <= size))
    const copy = new Store()
    copy.restore(chunks)
    assert.equal(copy.hash(), store.hash())
    assert.equal(copy.revision, store.revision)
    assert.equal(copy.appliedIndex, 3)
    assert.deepEqual(copy.get(bytesOf('a')), store.get(bytesOf('a')))
    assert.deepEqual(copy.get(bytesOf('big')), store.get(bytesOf('big')))
    assert.equal(copy.get(bytesOf('b')), null)
    assert.deepEqual(applyAll(copy, put('b', 'x')), applyAll(store, put('b', 'x')))
    applyAll(store, remove('b'))
    store.restore(sample().snapshot())
  }
})

test('a snapshot shows the moment of its call, not later changes', () => {
  const store = sample()
  const before = whole(store.snapshot())
  const chunks = store.snapshot()
  applyAll(store, put('a', 'later'), remove('c'))
  assert.deepEqual(whole(chunks), before)
})

test('equal states give equal bytes and hashes, whatever the order their keys came in', () => {
  const left = sample()
  const right = new Store()
  right.restore(left.snapshot())
  applyAll(left, put('z', '1'), put('y', '1'))
  applyAll(right, put('z', '1'), put('y', '1'))
  assert.deepEqual(whole(left.snapshot()), whole(right.snapshot()))
  assert.equal(left.hash(), right.hash())
})

test('every truncation and every changed byte is refused and leaves the state alone', () => {
  const bytes = whole(sample().snapshot())
  const store = new Store()
  applyAll(store, put('mine', 'kept'))
  const hash = store.hash()
  const refused = (damaged: Uint8Array) =>
    assert.throws(
      () => store.restore([damaged]),
      (error) => error instanceof KvError && error.code === 'SNAPSHOT_CORRUPT',
    )
  for (let length = 0; length < bytes.length; length++) refused(bytes.slice(0, length))
  refused(Uint8Array.from([...bytes, 0]))
  for (let position = 0; position < bytes.length; position++) {
    const damaged = bytes.slice()
    damaged[position] = (damaged[position] as number) ^ 0x10
    refused(damaged)
  }
  assert.equal(store.hash(), hash)
})

test('the running hash equals the hash of the same state built anew', () => {
  const key = fc.constantFrom('a', 'b', 'c')
  const command = fc.oneof(
    fc.tuple(key, fc.string({ maxLength: 9 })).map(([name, value]) => put(name, value)),
    key.map(remove),
    fc.tuple(fc.constantFrom('l', 'm'), fc.nat()).map(([name, element]) => append(name, element)),
  )
  fc.assert(
    fc.property(fc.array(fc.array(command, { maxLength: 4 }), { maxLength: 12 }), (batches) => {
      const store = new Store()
      const hashes = new Set([store.hash()])
      for (const batch of batches) {
        applyAll(store, ...batch)
        hashes.add(store.hash())
      }
      assert.equal(hashes.size, batches.length + 1)
      const copy = new Store()
      copy.restore(store.snapshot(5))
      assert.equal(copy.hash(), store.hash())
    }),
    { numRuns: 200 },
  )
})
