import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { packBatch } from './commands.ts'
import { ask, op, packed, putRequest, textOf } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'

function shown(scene: Scene, key: string): string {
  const [pair] = scene.range(key).response.kvs
  if (pair === undefined) return 'none'
  const { createRevision, modRevision, version, lease } = pair
  return `${textOf(pair.value)} ${createRevision} ${modRevision} ${version} ${lease}`
}

describe('a revision', () => {
  test('is 1 of an empty store, and the first write makes 2', () => {
    const scene = new Scene()
    assert.equal(scene.machine.revision, 1)
    assert.equal(scene.range('a').revision, 1)
    assert.equal(scene.put('a', '1').revision, 2)
    assert.equal(scene.range('a').revision, 2)
  })

  test('comes of every put, of an equal value too', () => {
    const scene = new Scene()
    scene.put('a', '1')
    assert.equal(scene.put('a', '1').revision, 3)
    assert.equal(shown(scene, 'a'), '1 2 3 2 0')
  })

  test('is not made by what changes nothing', () => {
    const scene = new Scene()
    scene.put('a', '1')
    assert.equal(scene.remove('nobody').revision, 2)
    assert.equal(scene.remove('b', 'c').revision, 2)
    assert.equal(scene.txn({}).revision, 2)
    assert.equal(scene.txn({ success: [op.range('a'), op.remove('z')] }).revision, 2)
    assert.equal(scene.grant(1n, 10).revision, 2)
    assert.equal(scene.renew(1n).revision, 2)
    assert.equal(scene.alarm(1, 7n, 1).revision, 2)
    assert.equal(scene.machine.revision, 2)
  })

  test('of an answer is the one after the command, not that of the key', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('b', '1')
    assert.equal(scene.range('a').revision, 3)
    assert.equal(scene.range('a', '', { revision: 2 }).revision, 3)
    assert.equal(scene.remove('a').revision, 4)
  })

  test('of a creation stays until the key is deleted, and the version counts from there', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('a', '2')
    assert.equal(shown(scene, 'a'), '2 2 3 2 0')
    scene.remove('a')
    assert.equal(shown(scene, 'a'), 'none')
    scene.put('a', '3')
    assert.equal(shown(scene, 'a'), '3 5 5 1 0')
  })
})

describe('a put', () => {
  test('gives what was there before when it is asked for', () => {
    const scene = new Scene()
    assert.equal(scene.put('a', '1', { prevKv: true }).response.prevKv, null)
    scene.put('a', '2')
    const { prevKv } = scene.put('a', '3', { prevKv: true }).response
    assert.equal(textOf(prevKv?.value ?? new Uint8Array(0)), '2')
    assert.deepEqual([prevKv?.createRevision, prevKv?.modRevision, prevKv?.version], [2, 3, 2])
    assert.equal(scene.put('a', '4').response.prevKv, null)
    scene.remove('a')
    assert.equal(scene.put('a', '5', { prevKv: true }).response.prevKv, null)
  })

  test('keeps the value when it is told to, under a new lease', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.put('a', 'kept')
    const { response } = scene.put('a', '', { ignoreValue: true, lease: 7n, prevKv: true })
    assert.equal(shown(scene, 'a'), 'kept 2 3 2 7')
    assert.equal(response.prevKv?.lease, 0n)
  })

  test('keeps the lease when it is told to, with a new value', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.put('a', '1', { lease: 7n })
    scene.put('a', '2', { ignoreLease: true })
    assert.equal(shown(scene, 'a'), '2 2 3 2 7')
    scene.put('a', '', { ignoreLease: true, ignoreValue: true })
    assert.equal(shown(scene, 'a'), '2 2 4 3 7')
  })

  test('without a lease leaves the one that the key had', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.put('a', '1', { lease: 7n })
    scene.put('a', '2')
    assert.equal(shown(scene, 'a'), '2 2 3 2 0')
    assert.deepEqual(scene.timeToLive(7n, true).response.keys, [])
  })

  test('with another lease moves the key there', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.grant(8n, 10)
    scene.put('a', '1', { lease: 7n })
    scene.put('a', '2', { lease: 8n })
    assert.deepEqual(scene.timeToLive(7n, true).response.keys, [])
    assert.deepEqual(scene.timeToLive(8n, true).response.keys.map(textOf), ['a'])
  })

  test('may hold an empty value, and any bytes', () => {
    const scene = new Scene()
    scene.put('\xff\0', '')
    scene.put('\xff', '\0\xff\x80')
    assert.deepEqual(scene.pairs(), ['\xff=\0\xff\x80', '\xff\0='])
  })

  test('is as large as the limits allow, and no larger', () => {
    const scene = new Scene()
    const { keyBytesMax, valueBytesMax, requestBytesMax } = scene.limits
    assert.equal(scene.put('k'.repeat(keyBytesMax), 'v').code, null)
    assert.equal(scene.put('k'.repeat(keyBytesMax + 1), 'v').code, 'TOO_LARGE')
    assert.equal(scene.put('k', 'v'.repeat(requestBytesMax - 100)).code, null)
    assert.equal(scene.put('k', 'v'.repeat(valueBytesMax + 1)).code, 'TOO_LARGE')
    assert.equal(scene.machine.revision, 3)
  })

  test('does not keep hold of the entry it came in', () => {
    const scene = new Scene()
    scene.put('a', 'value')
    const { record } = scene.records.all()[0] ?? { record: new Uint8Array(0) }
    assert.ok(record.buffer.byteLength < 64)
  })
})

describe('a delete', () => {
  test('takes one key, or a range without its end, and tells how many', () => {
    const scene = new Scene()
    for (const key of ['a', 'b', 'b1', 'c', 'd']) scene.put(key, key)
    assert.equal(scene.remove('a').response.deleted, 1)
    assert.equal(scene.remove('b', 'd').response.deleted, 3)
    assert.deepEqual(scene.pairs(), ['d=d'])
    assert.equal(scene.machine.revision, 8)
  })

  test('takes everything from a key on, and everything there is', () => {
    const scene = new Scene()
    for (const key of ['\0', 'a', 'b', '\xff\xff']) scene.put(key, '')
    assert.equal(scene.remove('b', '\0').response.deleted, 2)
    assert.equal(scene.remove('\0', '\0').response.deleted, 2)
    assert.deepEqual(scene.pairs(), [])
  })

  test('gives the pairs it took when it is asked to, in order', () => {
    const scene = new Scene()
    for (const key of ['b', 'a', 'c']) scene.put(key, key)
    const { prevKvs } = scene.remove('a', 'c', true).response
    assert.deepEqual(
      prevKvs.map(({ value }) => textOf(value)),
      ['a', 'b'],
    )
    assert.deepEqual(scene.remove('a', 'c', true).response.prevKvs, [])
  })

  test('is one revision for all keys', () => {
    const scene = new Scene()
    for (const key of ['a', 'b', 'c']) scene.put(key, key)
    assert.equal(scene.remove('a', 'z').revision, 5)
    assert.equal(scene.range('a', 'z', { revision: 4 }).response.count, 3)
    assert.equal(scene.range('a', 'z', { revision: 5 }).response.count, 0)
  })

  test('whose answer would be too large is refused before it takes anything', () => {
    const scene = new Scene({ limits: { answerBytesMax: 1000 } })
    for (const key of ['a', 'b', 'c']) scene.put(key, 'x'.repeat(400))
    assert.equal(scene.remove('a', 'd', true).code, 'TOO_LARGE')
    assert.equal(scene.range('a', 'd').response.count, 3)
    assert.equal(scene.remove('a', 'd').response.deleted, 3)
  })

  test('of many keys is seen by nobody before it is done', () => {
    const scene = new Scene({ pace: { turnKeys: 3, missingMax: 2, missingBytesMax: 1 } })
    for (let i = 0; i < 40; i++) scene.put(`k${i}`, '')
    let unseen = 0
    scene.onPause = () => {
      if (!scene.machine.canRead) {
        unseen += 1
        return
      }
      assert.equal(scene.machine.keyCount, 40)
    }
    scene.remove('k', 'l')
    assert.ok(unseen > 5)
    assert.equal(scene.machine.canRead, true)
    assert.equal(scene.machine.keyCount, 0)
  })
})

describe('the checksum of a record', () => {
  /** Long enough that it stands in entries whose checksum is known. */
  const long = (sign: string, length = 20_000): string => sign.repeat(length)

  /** Of all of it: values alone in their entry, and several; with what stands behind them. */
  function filled(scene: Scene): Scene {
    scene.grant(7n, 100)
    for (const length of [8190, 8192, 12_289, 65_537]) scene.put('a', long('a', length))
    scene.put('leased', long('b'), { lease: 7n })
    scene.put('leased', long('c'), { ignoreLease: true })
    scene.put('leased', '', { ignoreValue: true, lease: 0n })
    const several = ['d', 'e', 'f'].map((key, i) =>
      packed(ask.put(putRequest(key, long(key, 9001 + i)))),
    )
    scene.apply(several)
    scene.txn({ success: [op.put('g', long('g')), op.put('h', 'short')] })
    scene.remove('a')
    return scene
  }

  test('is told to the store, and is that of its bytes', () => {
    const scene = filled(new Scene())
    assert.ok(scene.records.sums > 10)
  })

  test('is the same when that of the entry is not known', () => {
    const known = filled(new Scene())
    const unknown = filled(new Scene({ knowsChecksums: false }))
    assert.equal(known.machine.hash(), unknown.machine.hash())
  })

  test('is of the bytes that were verified, not of what they have become', () => {
    const scene = new Scene()
    scene.records.judges = false
    const data = packBatch([packed(ask.put(putRequest('a', long('a'))))], scene.clockMs)
    scene.checksums.of(data)
    data[10_000] = 0
    scene.applyEntry(data)
    assert.equal(scene.records.wrongSums, 1)
  })
})
