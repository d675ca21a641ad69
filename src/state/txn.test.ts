import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { READ } from './kinds.ts'
import { op, textOf, txnRequest, when } from './testing/requests.ts'
import { type Answer, Scene } from './testing/scene.ts'

/** What each operation answered, in short. */
function shown({ responses }: etcd.TxnResponse): string[] {
  return responses.map(({ response }) => {
    const revision = response?.value.header?.revision ?? -1
    if (response?.kind === 'responsePut') return `put @${revision}`
    if (response?.kind === 'responseDeleteRange') return `-${response.value.deleted} @${revision}`
    if (response?.kind === 'responseRange') {
      const pairs = response.value.kvs.map(({ key, value }) => textOf(key) + textOf(value))
      return `[${pairs.join(' ')}] @${revision}`
    }
    return response?.kind === 'responseTxn' ? `(${shown(response.value).join(', ')})` : 'nothing'
  })
}

/** Whether the compares hold. */
function holds(scene: Scene, ...compare: etcd.Compare[]): boolean {
  const answer: Answer<etcd.TxnResponse> = scene.txn({ compare })
  assert.equal(answer.code, null)
  return answer.response.succeeded
}

describe('a transaction', () => {
  test('makes one revision of all it writes', () => {
    const scene = new Scene()
    const { revision, response } = scene.txn({
      success: [op.put('a', '1'), op.put('b', '2'), op.put('c', '3')],
    })
    assert.equal(revision, 2)
    assert.deepEqual(shown(response), ['put @2', 'put @2', 'put @2'])
    const { kvs } = scene.range('a', 'd').response
    assert.deepEqual(
      kvs.map(({ modRevision }) => modRevision),
      [2, 2, 2],
    )
    assert.deepEqual(
      scene.records.all().map(({ main, sub }) => [main, sub]),
      [
        [2, 0],
        [2, 1],
        [2, 2],
      ],
    )
  })

  test('without compares succeeds, and may be empty', () => {
    const scene = new Scene()
    const { revision, code, response } = scene.txn({})
    assert.deepEqual([revision, code, response.succeeded], [1, null, true])
  })

  test('does the one list or the other', () => {
    const scene = new Scene()
    const parts = {
      compare: [when.version({ key: 'a', is: '=' }, 0)],
      success: [op.put('a', 'new')],
      failure: [op.range('a')],
    }
    assert.deepEqual(shown(scene.txn(parts).response), ['put @2'])
    const second = scene.txn(parts)
    assert.deepEqual([second.response.succeeded, second.revision], [false, 2])
    assert.deepEqual(shown(second.response), ['[anew] @2'])
  })

  test('reads what it wrote itself, at the revision to come', () => {
    const scene = new Scene()
    scene.put('a', '0')
    const { response } = scene.txn({
      success: [
        op.range('a', 'z'),
        op.put('b', '1'),
        op.range('a', 'z'),
        op.remove('a'),
        op.range('a', 'z'),
        op.remove('nobody'),
      ],
    })
    assert.deepEqual(shown(response), [
      '[a0] @2',
      'put @3',
      '[a0 b1] @3',
      '-1 @3',
      '[b1] @3',
      '-0 @3',
    ])
  })

  test('reads the past as it was, within the revisions there are', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('a', '2')
    const success = [op.put('a', '3'), op.range('a', '', { revision: 2 })]
    assert.deepEqual(shown(scene.txn({ success }).response), ['put @4', '[a1] @4'])
    // Its own revision is still to come when it is checked.
    const own = scene.txn({ success: [op.put('a', '4'), op.range('a', '', { revision: 5 })] })
    assert.equal(own.code, 'REVISION_FUTURE')
  })

  test('judges all compares, nested ones too, before anything happens', () => {
    const scene = new Scene()
    const { response } = scene.txn({
      success: [
        op.put('a', '1'),
        op.txn({
          compare: [when.version({ key: 'a', is: '=' }, 0)],
          success: [op.put('b', 'a was not there')],
          failure: [op.put('b', 'a was there')],
        }),
      ],
    })
    assert.deepEqual(shown(response), ['put @2', '(put @2)'])
    assert.deepEqual(scene.pairs(), ['a=1', 'b=a was not there'])
  })

  test('within a transaction has an empty header, as etcd gives it', () => {
    const scene = new Scene()
    const { response } = scene.txn({ success: [op.txn({ success: [op.put('a', '1')] })] })
    const [nested] = response.responses
    assert.ok(nested?.response?.kind === 'responseTxn')
    assert.deepEqual(nested.response.value.header, etcd.ResponseHeader.create())
    assert.equal(nested.response.value.succeeded, true)
  })

  test('gives previous pairs of puts and deletes', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('b', '1')
    const { response } = scene.txn({
      success: [op.put('a', '2', { prevKv: true }), op.remove('b', '', true)],
    })
    const [put, remove] = response.responses
    assert.ok(put?.response?.kind === 'responsePut')
    assert.ok(remove?.response?.kind === 'responseDeleteRange')
    assert.equal(textOf(put.response.value.prevKv?.value ?? new Uint8Array(0)), '1')
    assert.deepEqual(
      remove.response.value.prevKvs.map(({ modRevision }) => modRevision),
      [3],
    )
  })

  test('fails as a whole, before any of it, when one of its operations cannot be', () => {
    const cases = [
      { bad: op.put('z', '', { lease: 99n }), code: 'LEASE_NOT_FOUND' },
      { bad: op.put('z', '', { ignoreValue: true }), code: 'KEY_NOT_FOUND' },
      { bad: op.put('z', 'v', { ignoreLease: true }), code: 'KEY_NOT_FOUND' },
      { bad: op.range('z', '', { revision: 99 }), code: 'REVISION_FUTURE' },
      { bad: op.range('z', '', { revision: 2 }), code: 'COMPACTED' },
      { bad: op.txn({ success: [op.put('z', '', { lease: 99n })] }), code: 'LEASE_NOT_FOUND' },
      { bad: op.txn({ success: [op.range('z', '', { revision: 2 })] }), code: 'COMPACTED' },
    ] as const
    for (const { bad, code } of cases) {
      const scene = new Scene()
      scene.put('a', '1')
      scene.put('a', '2')
      scene.compact(3)
      const before = scene.machine.hash()
      const answer = scene.txn({ success: [op.put('b', '1'), op.remove('a'), bad] })
      assert.deepEqual([answer.code, answer.revision], [code, 3])
      assert.equal(scene.machine.hash(), before)
      assert.deepEqual(scene.pairs(), ['a=2'])
      // The other list may hold what cannot be: it is not what is done.
      assert.equal(scene.txn({ failure: [bad], success: [op.range('a')] }).code, null)
    }
  })

  test('takes a lease that was granted, and moves keys between leases', () => {
    const scene = new Scene()
    scene.grant(1n, 10)
    scene.grant(2n, 10)
    scene.put('a', '', { lease: 1n })
    scene.txn({ success: [op.put('a', '', { lease: 2n }), op.put('b', '', { lease: 1n })] })
    assert.deepEqual(scene.timeToLive(1n, true).response.keys.map(textOf), ['b'])
    assert.deepEqual(scene.timeToLive(2n, true).response.keys.map(textOf), ['a'])
  })

  test('may delete everything and put a key anew: one revision, two changes', () => {
    const scene = new Scene()
    scene.put('a', '1')
    const { response } = scene.txn({ success: [op.remove('\0', '\0'), op.put('a', '2')] })
    assert.deepEqual(shown(response), ['-1 @3', 'put @3'])
    const [pair] = scene.range('a').response.kvs
    assert.deepEqual([pair?.createRevision, pair?.modRevision, pair?.version], [3, 3, 1])
    // What the put refers to is gone by then.
    const success = [op.remove('\0', '\0'), op.put('a', '', { ignoreValue: true })]
    assert.equal(scene.txn({ success }).code, 'KEY_NOT_FOUND')
    assert.deepEqual(scene.pairs(), ['a=2'])
  })

  test('that reads only is served as a read, at one revision', () => {
    const scene = new Scene()
    scene.put('a', '1')
    const request = txnRequest({
      compare: [when.value({ key: 'a', is: '=' }, '1')],
      success: [op.range('a'), op.txn({ success: [op.range('a', '', { revision: 1 })] })],
    })
    const result = scene.read(READ.txn, etcd.TxnRequest.encodeBytes(request))
    assert.ok(result.kind === 'done')
    const response = etcd.TxnResponse.decodeBytes(result.body)
    assert.deepEqual([result.revision, response.succeeded], [2, true])
    assert.deepEqual(shown(response), ['[a1] @2', '([] @2)'])
  })

  test('that would write is no read', () => {
    const scene = new Scene()
    const request = txnRequest({ failure: [op.put('a', '1')] })
    const result = scene.read(READ.txn, etcd.TxnRequest.encodeBytes(request))
    assert.equal(result.kind === 'failed' && result.code, 'BAD_REQUEST')
  })

  test('whose answer would be too large is refused before it changes anything', () => {
    const scene = new Scene({ limits: { answerBytesMax: 1000 } })
    scene.put('a', 'x'.repeat(300))
    const reads = [1, 2, 3, 4].map(() => op.range('a'))
    assert.equal(scene.txn({ success: [op.put('b', ''), ...reads] }).code, 'TOO_LARGE')
    assert.equal(scene.txn({ success: [op.put('b', ''), ...reads.slice(3)] }).code, null)
    // What it writes itself counts, too.
    const own = op.put('c', 'y'.repeat(500))
    const success = [own, op.range('c'), op.range('c'), op.range('c')]
    assert.equal(scene.txn({ success }).code, 'TOO_LARGE')
    assert.deepEqual(scene.pairs().length, 2)
  })
})

describe('a compare', () => {
  function scene3(): Scene {
    const scene = new Scene()
    scene.grant(5n, 100)
    scene.put('a', 'x')
    scene.put('a', 'y', { lease: 5n })
    scene.put('b', 'm')
    return scene
  }

  test('is of the version, the creation, the last change, the value or the lease', () => {
    const scene = scene3()
    const [is, not] = [{ key: 'a', is: '=' } as const, { key: 'a', is: '!=' } as const]
    assert.ok(holds(scene, when.version(is, 2)) && !holds(scene, when.version(not, 2)))
    assert.ok(holds(scene, when.create(is, 2)) && !holds(scene, when.create(is, 3)))
    assert.ok(holds(scene, when.mod(is, 3)) && holds(scene, when.mod(not, 2)))
    assert.ok(holds(scene, when.value(is, 'y')) && !holds(scene, when.value(is, 'yy')))
    assert.ok(holds(scene, when.lease(is, 5n)) && holds(scene, when.lease(not, 0n)))
  })

  test('may ask for more or less, of values by their unsigned bytes', () => {
    const scene = scene3()
    scene.put('h', '\xff')
    assert.ok(holds(scene, when.version({ key: 'a', is: '>' }, 1)))
    assert.ok(!holds(scene, when.version({ key: 'a', is: '>' }, 2)))
    assert.ok(holds(scene, when.mod({ key: 'a', is: '<' }, 4)))
    assert.ok(holds(scene, when.value({ key: 'h', is: '>' }, '\x7f')))
    assert.ok(holds(scene, when.value({ key: 'a', is: '>' }, 'x')))
    assert.ok(holds(scene, when.value({ key: 'a', is: '<' }, 'y\0')))
    assert.ok(holds(scene, when.lease({ key: 'a', is: '>' }, -1n)))
  })

  test('of a key that is not there is with 0; its value compares with nothing', () => {
    const scene = scene3()
    const none = { key: 'none', is: '=' } as const
    assert.ok(holds(scene, when.version(none, 0), when.create(none, 0), when.mod(none, 0)))
    assert.ok(holds(scene, when.lease(none, 0n)))
    assert.ok(!holds(scene, when.value(none, '')))
    assert.ok(!holds(scene, when.value({ key: 'none', is: '!=' }, 'x')))
    assert.ok(!holds(scene, when.value({ key: 'none', is: '<' }, 'x')))
  })

  test('of a range must hold for all keys; an empty range is like one missing key', () => {
    const scene = scene3()
    const all = { key: 'a', rangeEnd: 'c' }
    assert.ok(holds(scene, when.mod({ ...all, is: '>' }, 2)))
    assert.ok(!holds(scene, when.mod({ ...all, is: '>' }, 3)))
    assert.ok(holds(scene, when.value({ ...all, is: '>' }, 'a')))
    assert.ok(!holds(scene, when.value({ ...all, is: '=' }, 'm')))
    const empty = { key: 'x', rangeEnd: 'z' }
    assert.ok(holds(scene, when.version({ ...empty, is: '=' }, 0)))
    assert.ok(!holds(scene, when.version({ ...empty, is: '>' }, 0)))
    assert.ok(!holds(scene, when.value({ ...empty, is: '!=' }, 'x')))
  })

  test('without anything to compare with is with 0 or nothing', () => {
    const scene = scene3()
    const base = { ...when.version({ key: 'none', is: '=' }, 0), targetUnion: null }
    assert.ok(holds(scene, base))
    assert.ok(!holds(scene, { ...base, key: Uint8Array.of(97) }))
    const value = { ...when.value({ key: 'a', is: '>' }, ''), targetUnion: null }
    assert.ok(holds(scene, value))
    // Another kind of value than the target asks for counts as none.
    const wrong = { ...when.mod({ key: 'none', is: '=' }, 5), target: 0 }
    assert.ok(holds(scene, wrong))
  })

  test('that is of an unknown kind is met, as in etcd', () => {
    const scene = scene3()
    assert.ok(holds(scene, { ...when.mod({ key: 'a', is: '=' }, 99), result: 9 }))
    assert.ok(holds(scene, { ...when.mod({ key: 'a', is: '=' }, 99), target: 9 }))
  })

  test('all hold, or the other list is done', () => {
    const scene = scene3()
    const [yes, no] = [when.mod({ key: 'a', is: '=' }, 3), when.mod({ key: 'a', is: '=' }, 4)]
    assert.deepEqual(
      [holds(scene, yes, yes), holds(scene, yes, no), holds(scene, no, yes)],
      [true, false, false],
    )
  })
})

describe('the operations of a transaction', () => {
  const puts = (count: number, from = 0): etcd.RequestOp[] =>
    Array.from({ length: count }, (_, i) => op.put(`k${from + i}`, ''))

  test('are as many as the longest list may hold', () => {
    const scene = new Scene()
    const max = scene.limits.operationsMax
    const compare = Array.from({ length: max + 1 }, () => when.mod({ key: 'a', is: '=' }, 0))
    assert.equal(scene.txn({ success: puts(max), failure: puts(max) }).code, null)
    assert.equal(scene.txn({ success: puts(max + 1) }).code, 'TXN_TOO_MANY_OPERATIONS')
    assert.equal(scene.txn({ failure: puts(max + 1) }).code, 'TXN_TOO_MANY_OPERATIONS')
    assert.equal(scene.txn({ compare }).code, 'TXN_TOO_MANY_OPERATIONS')
  })

  test('in a nested transaction are what the outer one has left', () => {
    const scene = new Scene()
    const nest = (inner: number, outer: number): etcd.RequestOp[] => [
      op.txn({ success: puts(inner) }),
      ...puts(outer - 1, 1000),
    ]
    assert.equal(scene.txn({ success: nest(64, 64) }).code, null)
    assert.equal(scene.txn({ success: nest(65, 64) }).code, 'TXN_TOO_MANY_OPERATIONS')
    assert.equal(scene.txn({ failure: nest(65, 64) }).code, 'TXN_TOO_MANY_OPERATIONS')
    const deep = (levels: number): etcd.RequestOp =>
      op.txn({ success: levels === 0 ? [] : [deep(levels - 1)] })
    assert.equal(scene.txn({ success: [deep(20)] }).code, null)
  })

  test('may not put a key twice, nor put what is deleted, in either list at any depth', () => {
    const twice = [op.put('a', '1'), op.put('a', '2')]
    const inRange = [op.put('b', '1'), op.remove('a', 'c')]
    const nestedPut = [op.put('a', '1'), op.txn({ success: [op.put('a', '2')] })]
    const nestedElse = [op.put('a', '1'), op.txn({ failure: [op.put('a', '2')] })]
    const nestedDelete = [op.remove('a'), op.txn({ success: [op.put('a', '2')] })]
    const between = [
      op.txn({ success: [op.put('a', '1')] }),
      op.txn({ success: [op.put('a', '2')] }),
    ]
    for (const operations of [twice, inRange, nestedPut, nestedElse, nestedDelete, between]) {
      const scene = new Scene()
      assert.equal(scene.txn({ success: operations }).code, 'TXN_DUPLICATE_KEY')
      assert.equal(scene.txn({ failure: operations }).code, 'TXN_DUPLICATE_KEY')
      const deep = op.txn({ failure: [op.txn({ success: operations })] })
      assert.equal(scene.txn({ success: [deep] }).code, 'TXN_DUPLICATE_KEY')
      assert.equal(scene.machine.revision, 1)
    }
  })

  test('may delete twice, put in either of two ways, and read anything', () => {
    const either = op.txn({ success: [op.put('a', '1')], failure: [op.put('a', '2')] })
    const allowed = [
      [op.remove('a', 'c'), op.remove('b', 'd'), op.remove('a')],
      [either],
      [op.put('a', '1'), op.range('a'), op.range('\0', '\0')],
      [op.put('a', '1'), op.remove('b', 'z')],
      [op.put('c', '1'), op.remove('a', 'c')],
    ]
    for (const operations of allowed)
      assert.equal(new Scene().txn({ success: operations }).code, null)
  })
})
