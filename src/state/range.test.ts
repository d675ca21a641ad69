import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { READ } from './kinds.ts'
import { bytesOf, type RangeOptions, rangeRequest, textOf } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'

const { NONE, ASCEND, DESCEND } = etcd.RangeRequestSortOrder
const { KEY, VERSION, CREATE, MOD, VALUE } = etcd.RangeRequestSortTarget

function keysOf(response: etcd.RangeResponse): string {
  return response.kvs.map(({ key }) => textOf(key)).join(' ')
}

function scene4(): Scene {
  const scene = new Scene()
  // Revisions 2 to 7; b is the newest, c has most versions.
  for (const [key, value] of ['d4', 'c9', 'a2', 'c8', 'c7', 'b3']) {
    scene.put(key as string, value as string)
  }
  return scene
}

describe('a range', () => {
  test('is one key, those before its end, those from a key on, or all', () => {
    const scene = scene4()
    assert.equal(keysOf(scene.range('b').response), 'b')
    assert.equal(keysOf(scene.range('b', 'd').response), 'b c')
    assert.equal(keysOf(scene.range('c', '\0').response), 'c d')
    assert.equal(keysOf(scene.range('\0', '\0').response), 'a b c d')
    assert.equal(keysOf(scene.range('nobody').response), '')
  })

  test('that ends where it begins, or before, is empty and no mistake', () => {
    const scene = scene4()
    for (const end of ['b', 'a']) {
      const { code, response } = scene.range('b', end)
      assert.deepEqual([code, response.count, response.kvs.length], [null, 0, 0])
    }
  })

  test('goes by unsigned bytes', () => {
    const scene = new Scene()
    for (const key of ['\x7f', '\x80', '\xff', '\xfe\xff', 'z', '\0', '\0\0']) scene.put(key, '')
    assert.equal(keysOf(scene.range('\0', '\0').response), '\0 \0\0 z \x7f \x80 \xfe\xff \xff')
    assert.equal(scene.range('\x80', '\xff').response.count, 2)
  })

  test('counts all its keys whatever the limit and the filters are', () => {
    const scene = scene4()
    const limited = scene.range('\0', '\0', { limit: 2 }).response
    assert.deepEqual([keysOf(limited), limited.more, limited.count], ['a b', true, 4])
    const counted = scene.range('\0', '\0', { limit: 1, countOnly: true }).response
    assert.deepEqual([counted.kvs.length, counted.more, counted.count], [0, false, 4])
    const filtered = scene.range('\0', '\0', { minModRevision: 5 }).response
    assert.deepEqual([keysOf(filtered), filtered.more, filtered.count], ['b c', false, 4])
    const exact = scene.range('\0', '\0', { limit: 4 }).response
    assert.deepEqual([exact.kvs.length, exact.more, exact.count], [4, false, 4])
  })

  test('is filtered, then sorted, then cut', () => {
    const scene = scene4()
    const options = { minModRevision: 4, sortOrder: DESCEND, sortTarget: MOD, limit: 2 }
    const { response } = scene.range('\0', '\0', options)
    assert.deepEqual([keysOf(response), response.more, response.count], ['b c', true, 4])
    const all = scene.range('\0', '\0', { ...options, limit: 3 }).response
    assert.deepEqual([keysOf(all), all.more], ['b c a', false])
  })

  test('passes each of the four filters, which are off at 0', () => {
    const scene = scene4()
    const filtered = (options: RangeOptions): string =>
      keysOf(scene.range('\0', '\0', options).response)
    assert.equal(filtered({ minModRevision: 6 }), 'b c')
    assert.equal(filtered({ maxModRevision: 4 }), 'a d')
    assert.equal(filtered({ minCreateRevision: 4 }), 'a b')
    assert.equal(filtered({ maxCreateRevision: 3 }), 'c d')
    assert.equal(filtered({ minCreateRevision: 3, maxModRevision: 6 }), 'a c')
  })

  test('is sorted by every target in both directions', () => {
    const scene = scene4()
    const sorted = (sortTarget: number, sortOrder: number): string =>
      keysOf(scene.range('\0', '\0', { sortTarget, sortOrder }).response)
    assert.equal(sorted(KEY, ASCEND), 'a b c d')
    assert.equal(sorted(KEY, DESCEND), 'd c b a')
    assert.equal(sorted(VERSION, DESCEND).slice(0, 1), 'c')
    assert.equal(sorted(CREATE, ASCEND), 'd c a b')
    assert.equal(sorted(CREATE, DESCEND), 'b a c d')
    assert.equal(sorted(MOD, ASCEND), 'd a c b')
    assert.equal(sorted(VALUE, ASCEND), 'a b d c')
    assert.equal(sorted(VALUE, DESCEND), 'c d b a')
  })

  test('without an order but with a target ascends, of what the limit lets through', () => {
    const scene = scene4()
    const options = { sortTarget: MOD, sortOrder: NONE }
    assert.equal(keysOf(scene.range('\0', '\0', options).response), 'd a c b')
    // As in etcd: a, b and c were fetched, then sorted.
    assert.equal(keysOf(scene.range('\0', '\0', { ...options, limit: 2 }).response), 'a c')
  })

  test('of keys only leaves out values and nothing else, and sorts by them before', () => {
    const scene = new Scene()
    scene.grant(5n, 10)
    scene.put('a', '2', { lease: 5n })
    scene.put('b', '1')
    const { kvs } = scene.range('\0', '\0', { keysOnly: true }).response
    assert.deepEqual(
      kvs.map(({ value, version, lease }) => [value.length, version, lease]),
      [
        [0, 1, 5n],
        [0, 1, 0n],
      ],
    )
    const options = { keysOnly: true, sortTarget: VALUE, sortOrder: ASCEND }
    assert.equal(keysOf(scene.range('\0', '\0', options).response), 'b a')
  })

  test('at an older revision shows what was there then', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('b', '1')
    scene.remove('a')
    scene.put('b', '2')
    const at = (revision: number): string => {
      const { kvs } = scene.range('\0', '\0', { revision }).response
      return kvs.map(({ key, value }) => textOf(key) + textOf(value)).join(' ')
    }
    assert.deepEqual([1, 2, 3, 4, 5].map(at), ['', 'a1', 'a1 b1', 'b1', 'b2'])
    assert.equal(at(0), 'b2')
    assert.equal(at(-1), 'b2')
    assert.equal(scene.range('b', '', { revision: 6 }).code, 'REVISION_FUTURE')
  })

  test('comes in pieces that are disjoint and together all of it', () => {
    const scene = new Scene()
    for (let i = 0; i < 100; i++) scene.put(`k${100 + i}`, 'v'.repeat(50))
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l', { limit: 90 }))
    const reading = scene.machine.beginRead({ kind: READ.range, body, pieceBytes: 1000 })
    const pieces: etcd.RangeResponse[] = []
    for (;;) {
      const step = reading.step(null)
      if (step.kind === 'sliced') continue
      assert.ok(step.kind === 'piece' || step.kind === 'done')
      const bytes = step.kind === 'piece' ? step.body : step.result.body
      pieces.push(etcd.RangeResponse.decodeBytes(bytes.slice()))
      if (step.kind === 'done') break
      // What is written meanwhile is not part of it.
      scene.put('k', 'new')
      scene.put('k199', 'changed')
    }
    const whole = scene.range('k', 'l', { limit: 90, revision: 101 }).response
    assert.ok(pieces.length > 5)
    assert.deepEqual(
      pieces.flatMap(({ kvs }) => kvs),
      whole.kvs,
    )
    assert.deepEqual(
      pieces.map(({ count }) => count).filter((count) => count > 0),
      [100],
    )
    assert.deepEqual(pieces.at(-1)?.more, true)
  })

  test('that is too large for one answer is refused', () => {
    const scene = new Scene({ limits: { readBytesMax: 1000 } })
    for (let i = 0; i < 10; i++) scene.put(`k${i}`, 'x'.repeat(100))
    assert.equal(scene.range('k', 'l').code, 'TOO_LARGE')
    assert.equal(scene.range('k', 'l', { limit: 5 }).code, null)
    assert.equal(scene.range('k', 'l', { keysOnly: true }).code, null)
  })
})

describe('a read that takes long', () => {
  const HASTY = { turnKeys: 2, missingMax: 3, missingBytesMax: 1000 }

  test('shows one revision, whatever is written in between', () => {
    const scene = new Scene({ records: new TestRecords(() => true), pace: HASTY })
    for (let i = 0; i < 30; i++) scene.put(`k${i}`, 'old')
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l'))
    let writes = 0
    const result = scene.read(READ.range, body, () => {
      writes += 1
      scene.put(`k${writes % 40}`, 'new')
      scene.remove(`k${(writes * 7) % 40}`)
    })
    assert.ok(writes > 10 && result.kind === 'done')
    const { kvs, count } = etcd.RangeResponse.decodeBytes(result.body)
    assert.equal(result.revision, 31)
    assert.equal(count, 30)
    assert.deepEqual(new Set(kvs.map(({ value }) => textOf(value))), new Set(['old']))
  })

  test('begins anew when a compaction overtakes it before anything of it was handed out', () => {
    const scene = new Scene({ records: new TestRecords(() => true), pace: HASTY })
    for (let i = 0; i < 20; i++) scene.put(`k${i}`, 'old')
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l'))
    let pauses = 0
    const result = scene.read(READ.range, body, () => {
      pauses += 1
      if (pauses !== 5) return
      for (let i = 0; i < 20; i++) scene.put(`k${i}`, 'new')
      scene.compact(scene.machine.revision)
      scene.giveBack()
    })
    assert.ok(result.kind === 'done')
    const { kvs } = etcd.RangeResponse.decodeBytes(result.body)
    assert.deepEqual(new Set(kvs.map(({ value }) => textOf(value))), new Set(['new']))
    assert.equal(result.revision, 41)
  })

  test('ends when a compaction overtakes it again and again', () => {
    const scene = new Scene({ records: new TestRecords(() => true), pace: HASTY })
    for (let i = 0; i < 20; i++) scene.put(`k${i}`, 'old')
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l'))
    const result = scene.read(READ.range, body, () => {
      scene.put('k1', 'new')
      scene.compact(scene.machine.revision)
      scene.giveBack()
    })
    assert.equal(result.kind === 'failed' && result.code, 'COMPACTED')
  })

  test('of an old revision ends when that is compacted away meanwhile', () => {
    const scene = new Scene({ records: new TestRecords(() => true), pace: HASTY })
    for (let i = 0; i < 20; i++) scene.put('k', `${i}`)
    for (let i = 0; i < 20; i++) scene.put(`k${i}`, 'other')
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l', { revision: 30 }))
    let pauses = 0
    const result = scene.read(READ.range, body, () => {
      pauses += 1
      if (pauses === 3) scene.compact(31)
      scene.giveBack()
    })
    assert.equal(result.kind === 'failed' && result.code, 'COMPACTED')
    assert.ok(pauses < 8)
  })

  test('waits while a command is in the middle of its changes', () => {
    const scene = new Scene({ pace: HASTY })
    for (let i = 0; i < 10; i++) scene.put(`k${i}`, '')
    const body = etcd.RangeRequest.encodeBytes(rangeRequest('k', 'l', { countOnly: true }))
    const reading = scene.machine.beginRead({ kind: READ.range, body })
    let waited = 0
    scene.onPause = () => {
      if (scene.machine.canRead) return
      assert.deepEqual(reading.step(null), { kind: 'sliced' })
      waited += 1
    }
    scene.remove('k', 'l')
    assert.ok(waited > 0)
    const result = scene.read(READ.range, body)
    assert.ok(result.kind === 'done')
    assert.equal(etcd.RangeResponse.decodeBytes(result.body).count, 0)
  })
})

test('a read that is no request fails at its first step', () => {
  const scene = new Scene()
  for (const kind of [...Object.values(READ), 99 as 1]) {
    const result = scene.read(kind, bytesOf('\x0f\xff\xff'))
    assert.deepEqual(result.kind === 'failed' && result.code, 'BAD_REQUEST')
  }
})
