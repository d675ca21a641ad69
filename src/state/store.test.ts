import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenInvariant } from '../base/index.ts'
import { encodeBatch } from './batch.ts'
import { type Command, type Expectation, encodeCommand } from './command.ts'
import { STATE_LIMITS } from './limits.ts'
import { decodeList } from './list.ts'
import { Store } from './store.ts'
import { append, applyAll, bytesOf, put, remove } from './testing/commands.ts'

const IDS = { clientId: 1, requestId: 1 }
const KEY = bytesOf('a')

function compareAndPut(expected: Expectation, value: string): Command {
  return { kind: 'compareAndPut', ...IDS, key: KEY, expected, value: bytesOf(value) }
}

test('an empty store stands at revision 1 and holds nothing', () => {
  const store = new Store()
  assert.equal(store.revision, 1)
  assert.equal(store.appliedIndex, 0)
  assert.equal(store.get(KEY), null)
})

test('every put gets the next revision, and a key remembers its first, last and count', () => {
  const store = new Store()
  const results = applyAll(store, put('a', 'x'), put('b', 'y'), put('a', 'z'))
  assert.deepEqual(results, [
    { kind: 'put', ...IDS, revision: 2 },
    { kind: 'put', ...IDS, revision: 3 },
    { kind: 'put', ...IDS, revision: 4 },
  ])
  assert.deepEqual(store.get(KEY), {
    value: bytesOf('z'),
    createRevision: 2,
    modRevision: 4,
    version: 2,
  })
})

test('a deleted key is gone, and starts anew when it is put again', () => {
  const store = new Store()
  const results = applyAll(store, put('a', 'x'), remove('a'), put('a', 'y'))
  assert.deepEqual(results[1], { kind: 'delete', ...IDS, revision: 3, deleted: true })
  assert.deepEqual(store.get(KEY), {
    value: bytesOf('y'),
    createRevision: 4,
    modRevision: 4,
    version: 1,
  })
})

test('deleting a key that is not there changes nothing and takes no revision', () => {
  const store = new Store()
  const results = applyAll(store, remove('a'))
  assert.deepEqual(results, [{ kind: 'delete', ...IDS, revision: 1, deleted: false }])
  assert.equal(store.revision, 1)
})

test('compare-and-put writes only where the expectation holds', () => {
  const table: readonly [string, Expectation, boolean, boolean][] = [
    ['absent, is absent', { kind: 'absent' }, false, true],
    ['absent, is there', { kind: 'absent' }, true, false],
    ['value, is equal', { kind: 'value', value: bytesOf('x') }, true, true],
    ['value, is another', { kind: 'value', value: bytesOf('y') }, true, false],
    ['value, is a prefix', { kind: 'value', value: bytesOf('') }, true, false],
    ['value, is absent', { kind: 'value', value: bytesOf('') }, false, false],
    ['revision, is the last one', { kind: 'revision', revision: 2 }, true, true],
    ['revision, is another', { kind: 'revision', revision: 1 }, true, false],
    ['revision 0, is absent', { kind: 'revision', revision: 0 }, false, true],
    ['revision 0, is there', { kind: 'revision', revision: 0 }, true, false],
  ]
  for (const [name, expected, there, succeeded] of table) {
    const store = new Store()
    if (there) applyAll(store, put('a', 'x'))
    const before = store.revision
    const [result] = applyAll(store, compareAndPut(expected, 'new'))
    const revision = succeeded ? before + 1 : before
    const modRevision = succeeded || there ? revision : 0
    const wanted = { kind: 'compareAndPut', ...IDS, revision, succeeded, modRevision }
    assert.deepEqual(result, wanted, name)
    const value = succeeded ? bytesOf('new') : there ? bytesOf('x') : undefined
    assert.deepEqual(store.get(KEY)?.value, value, name)
  }
})

test('append grows a list from nothing, largest safe integer included', () => {
  const store = new Store()
  const results = applyAll(store, append('a', 7), append('a', Number.MAX_SAFE_INTEGER))
  assert.deepEqual(results[1], { kind: 'append', ...IDS, revision: 3, length: 2 })
  const value = store.get(KEY)?.value as Uint8Array
  assert.deepEqual(decodeList(value), [7, Number.MAX_SAFE_INTEGER])
})

test('a list operation on a value that is no list fails and changes nothing', () => {
  const store = new Store()
  applyAll(store, put('a', 'text'), append('l', 1))
  const hash = applyHash(store, () => {
    const read = { kind: 'read', key: KEY } as const
    const grow = { kind: 'append', key: bytesOf('l'), element: 2 } as const
    const results = applyAll(store, append('a', 1), {
      kind: 'transaction',
      ...IDS,
      operations: [grow, read],
    })
    for (const result of results) {
      assert.equal(result.kind === 'failed' && result.reason, 'notAList')
    }
  })
  assert.equal(store.hash(), hash)
})

test('a transaction sees its own appends, and all its writes share one revision', () => {
  const store = new Store()
  applyAll(store, append('a', 1), append('b', 5))
  const [result] = applyAll(store, {
    kind: 'transaction',
    ...IDS,
    operations: [
      { kind: 'append', key: KEY, element: 2 },
      { kind: 'read', key: KEY },
      { kind: 'append', key: KEY, element: 3 },
      { kind: 'append', key: bytesOf('b'), element: 6 },
      { kind: 'read', key: bytesOf('missing') },
      { kind: 'read', key: bytesOf('b') },
    ],
  })
  const reads = [[1, 2], [], [5, 6]]
  assert.deepEqual(result, { kind: 'transaction', ...IDS, revision: 4, reads })
  assert.equal(store.revision, 4)
  assert.deepEqual([store.get(KEY)?.modRevision, store.get(KEY)?.version], [4, 2])
  assert.equal(store.get(bytesOf('b'))?.modRevision, 4)
})

test('a transaction that only reads takes no revision', () => {
  const store = new Store()
  const operations = [{ kind: 'read', key: KEY }] as const
  const [result] = applyAll(store, { kind: 'transaction', ...IDS, operations })
  assert.deepEqual(result, { kind: 'transaction', ...IDS, revision: 1, reads: [[]] })
})

test('one broken command in a batch fails alone', () => {
  const store = new Store()
  const broken = encodeCommand(put('b', 'y', 9)).slice(0, -1)
  const data = encodeBatch([encodeCommand(put('a', 'x')), broken, encodeCommand(put('c', 'z'))])
  const results = store.apply({ index: 1, data })
  assert.deepEqual(results[1], {
    kind: 'failed',
    clientId: 1,
    requestId: 9,
    revision: 2,
    reason: 'malformed',
    code: 'BAD_REQUEST',
  })
  assert.equal(store.revision, 3)
  assert.equal(store.get(bytesOf('b')), null)
})

test('a batch whose frame is broken changes nothing but the applied index', () => {
  const good = encodeBatch([encodeCommand(put('a', 'x'))])
  for (const data of [new Uint8Array(0), good.slice(0, -1), new Uint8Array([...good, 0])]) {
    const store = new Store()
    const results = store.apply({ index: 1, data })
    assert.deepEqual(
      results.map((result) => result.kind),
      ['failed'],
    )
    assert.deepEqual([store.revision, store.appliedIndex, store.keyCount], [1, 1, 0])
  }
})

test('commands and batches over a limit are refused', () => {
  const limits = { ...STATE_LIMITS, keyBytesMax: 2, valueBytesMax: 8, operationsMax: 1 }
  const read = { kind: 'read', key: KEY } as const
  const commands: readonly Command[] = [
    put('abc', ''),
    put('a', '123456789'),
    remove('abc'),
    compareAndPut({ kind: 'absent' }, '123456789'),
    { kind: 'transaction', ...IDS, operations: [read, read] },
  ]
  for (const command of commands) {
    const [result] = applyAll(new Store(limits), command)
    assert.equal(result?.kind === 'failed' && result.code, 'TOO_LARGE', command.kind)
  }
  const full = new Store(limits)
  assert.equal(applyAll(full, append('a', 1), append('a', 2))[1]?.kind, 'failed')
  const data = encodeBatch([encodeCommand(put('a', 'x')), encodeCommand(put('b', 'x'))])
  for (const small of [{ batchCommandsMax: 1 }, { batchBytesMax: data.length - 1 }]) {
    const store = new Store({ ...STATE_LIMITS, ...small })
    assert.equal(store.apply({ index: 1, data })[0]?.kind, 'failed')
    assert.equal(store.keyCount, 0)
  }
})

test('an empty key is malformed', () => {
  const [result] = applyAll(new Store(), put('', 'x'))
  assert.equal(result?.kind === 'failed' && result.reason, 'malformed')
})

test('applying out of order is a broken invariant', () => {
  const store = new Store()
  assert.throws(() => store.apply({ index: 2, data: encodeBatch([]) }), BrokenInvariant)
  store.applyEmpty(1)
  assert.throws(() => store.applyEmpty(1), BrokenInvariant)
})

test('keys that a plain object would mistake are keys like any other', () => {
  const store = new Store()
  assert.equal(store.get(bytesOf('__proto__')), null)
  applyAll(store, put('__proto__', 'x'), put('constructor', 'y'))
  assert.deepEqual(store.get(bytesOf('__proto__'))?.value, bytesOf('x'))
  assert.equal(store.keyCount, 2)
})

test('a stored value does not hold on to the bytes of its entry', () => {
  for (const copy of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => Buffer.from(bytes)]) {
    const store = new Store()
    const swap = compareAndPut({ kind: 'absent' }, 'y')
    const data = copy(encodeBatch([put('b', 'x'), swap].map(encodeCommand)))
    store.apply({ index: 1, data })
    data.fill(0)
    assert.deepEqual(store.get(bytesOf('b'))?.value, bytesOf('x'))
    assert.deepEqual(store.get(KEY)?.value, bytesOf('y'))
  }
})

test('a range comes in the order of key bytes, ends before its end and keeps its limit', () => {
  const store = new Store()
  applyAll(store, put('b', '2'), put('c', '3'), put('a', '1'), put('\u00ff', '4'))
  const keys = (limit: number) =>
    store.range(bytesOf('a'), bytesOf('c'), { limit }).map(({ key }) => key)
  assert.deepEqual(keys(9), ['a', 'b'])
  assert.deepEqual(keys(1), ['a'])
})

/** The hash the store should have after `change`, if that moves nothing but the applied index. */
function applyHash(store: Store, change: () => void): number {
  const twin = new Store()
  twin.restore(store.snapshot())
  twin.applyEmpty(twin.appliedIndex + 1)
  change()
  return twin.hash()
}
