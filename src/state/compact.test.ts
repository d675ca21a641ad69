import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { textOf } from './testing/requests.ts'
import { Scene, type SceneOptions } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'

function values(scene: Scene, revision: number): string {
  const { code, response } = scene.range('\0', '\0', { revision })
  return code ?? response.kvs.map(({ key, value }) => textOf(key) + textOf(value)).join(' ')
}

describe('a compaction', () => {
  test('leaves its own revision readable, and none below it', () => {
    const scene = new Scene()
    for (const value of ['1', '2', '3', '4']) scene.put('a', value)
    scene.compact(4)
    assert.deepEqual(
      [2, 3, 4, 5].map((at) => values(scene, at)),
      ['COMPACTED', 'COMPACTED', 'a3', 'a4'],
    )
    scene.giveBack()
    assert.deepEqual(
      [3, 4, 5, 0].map((at) => values(scene, at)),
      ['COMPACTED', 'a3', 'a4', 'a4'],
    )
  })

  test('makes no revision, and only moves on', () => {
    const scene = new Scene()
    for (const value of ['1', '2', '3']) scene.put('a', value)
    assert.equal(scene.machine.compactRevision, -1)
    const first = scene.compact(3)
    assert.deepEqual([first.kind, first.revision], ['done', 4])
    for (const revision of [3, 2, 0, -5]) {
      const again = scene.compact(revision)
      assert.equal(again.kind === 'failed' && again.code, 'COMPACTED')
    }
    const beyond = scene.compact(5)
    assert.equal(beyond.kind === 'failed' && beyond.code, 'REVISION_FUTURE')
    assert.equal(scene.compact(4).kind, 'done')
    assert.equal(scene.machine.compactRevision, 4)
  })

  test('of an empty store is possible once at each revision there was', () => {
    const scene = new Scene()
    assert.equal(scene.compact(0).kind, 'done')
    assert.equal(scene.compact(1).kind, 'done')
    assert.equal(scene.compact(1).kind, 'failed')
    scene.giveBack()
    assert.equal(scene.put('a', '1').revision, 2)
  })

  test('keeps the newest version at its revision of each key, and all later ones', () => {
    const scene = new Scene()
    for (const value of ['1', '2']) for (const key of ['a', 'b']) scene.put(key, value)
    scene.remove('b')
    scene.put('c', '1')
    scene.compact(6)
    scene.giveBack()
    assert.deepEqual(
      scene.records.all().map(({ main }) => main),
      [4, 6, 7],
    )
    scene.compact(7)
    scene.giveBack()
    assert.deepEqual(
      scene.records.all().map(({ main }) => main),
      [4, 7],
    )
    assert.equal(values(scene, 0), 'a2 c1')
  })

  test('drops of a key what is older first', () => {
    const scene = new Scene()
    for (let i = 0; i < 5; i++) scene.put('a', `${i}`)
    scene.remove('a')
    scene.put('b', '')
    scene.compact(8)
    scene.giveBack()
    assert.deepEqual(scene.records.dropped, ['2.0', '3.0', '4.0', '5.0', '6.0', '7.0'])
  })

  test('gives space back, as the counters say', () => {
    const scene = new Scene()
    for (let i = 0; i < 50; i++) scene.put(`k${i % 5}`, 'x'.repeat(100))
    const full = scene.machine.liveBytes
    scene.compact(scene.machine.revision)
    assert.equal(scene.machine.liveBytes, full)
    scene.giveBack()
    assert.equal(scene.records.size, 5)
    const rest = scene.records.all().reduce((sum, { record }) => sum + record.length, 0)
    assert.equal(scene.machine.liveBytes, rest)
    assert.equal(scene.machine.keyCount, 5)
  })

  test('that is not finished at a checkpoint is finished after it', () => {
    for (let steps = 0; steps < 12; steps++) {
      const scene = new Scene()
      for (let i = 0; i < 6; i++) scene.put('a', `${i}`)
      scene.remove('a')
      scene.put('b', '1')
      scene.compact(9)
      for (let i = 0; i < steps; i++) scene.machine.compactStep(1)
      const restored = scene.restored()
      restored.giveBack()
      scene.giveBack()
      assert.deepEqual(restored.records.all(), scene.records.all())
      assert.equal(restored.machine.liveBytes, scene.machine.liveBytes)
      assert.deepEqual(restored.pairs(), ['b=1'])
    }
  })
})

describe('the hash of all keys', () => {
  function grown(options: SceneOptions = {}): Scene {
    const scene = new Scene(options)
    for (let i = 0; i < 30; i++) {
      scene.put(`k${i % 7}`, `${i}`)
      if (i % 4 === 3) scene.remove(`k${i % 7}`)
    }
    return scene
  }

  test('says which revision and which compaction it is of', () => {
    const scene = grown()
    const now = scene.hashKv()
    assert.equal(now.response.hashRevision, scene.machine.revision)
    assert.equal(now.response.compactRevision, -1)
    scene.compact(10)
    const then = scene.hashKv(20).response
    assert.deepEqual([then.hashRevision, then.compactRevision], [20, 10])
  })

  test('is the same whether records were given back or not, at every revision', () => {
    for (const compacted of [2, 9, 17, 25, 38]) {
      const [one, other] = [grown(), grown()]
      for (const scene of [one, other]) scene.compact(compacted)
      one.giveBack()
      for (let at = compacted; at <= one.machine.revision; at++) {
        assert.deepEqual(one.hashKv(at), other.hashKv(at))
      }
    }
  })

  test('is the same from memory and from disk, however much is noted at a time', () => {
    const pace = { turnKeys: 4, missingMax: 3, missingBytesMax: 10_000 }
    for (const compacted of [2, 9, 17, 38]) {
      const whole = grown()
      whole.compact(compacted)
      for (const windowRevisions of [1, 5, 32, 33, 1000]) {
        const records = new TestRecords((main) => main % 5 !== 0)
        const other = grown({ records, pace: { ...pace, windowRevisions } })
        other.compact(compacted)
        for (let at = compacted; at <= whole.machine.revision; at++) {
          assert.deepEqual(whole.hashKv(at), other.hashKv(at))
        }
        assert.ok(records.loads > 0)
      }
    }
  })

  test('of the past does not change with what comes after', () => {
    const scene = grown()
    const before = scene.hashKv(20).response.hash
    scene.put('new', '')
    scene.remove('k1', 'k9')
    assert.equal(scene.hashKv(20).response.hash, before)
    assert.notEqual(scene.hashKv().response.hash, before)
  })

  test('sees a value that changed, one that is gone, and values that changed places', () => {
    const hashOf = (...steps: readonly (readonly [string, string | null])[]): number => {
      const scene = new Scene()
      for (const [key, value] of steps) value === null ? scene.remove(key) : scene.put(key, value)
      return scene.hashKv(3).response.hash
    }
    const hashes = [
      hashOf(['a', '1'], ['b', '2']),
      hashOf(['a', '1'], ['b', '3']),
      hashOf(['a', '2'], ['b', '1']),
      hashOf(['b', '2'], ['a', '1']),
      hashOf(['a', '1'], ['a', null]),
    ]
    assert.equal(new Set(hashes).size, hashes.length)
  })

  test('is the same with records on disk, and with turns of one key', () => {
    const scene = grown()
    scene.compact(12)
    const expected = scene.hashKv()
    const pace = { turnKeys: 1, missingMax: 2, missingBytesMax: 100 }
    const other = scene.restored({ pace })
    other.records.isAway = () => true
    assert.deepEqual(other.hashKv(), expected)
    assert.ok(other.records.loads > 5)
  })

  test('is of what was there when it began, and begins anew after a compaction', () => {
    const pace = { turnKeys: 2, missingMax: 2, missingBytesMax: 100 }
    const scene = new Scene({ pace, records: new TestRecords(() => true) })
    for (let i = 0; i < 20; i++) scene.put(`k${i % 7}`, `${i}`)
    const before = scene.hashKv()
    let pauses = 0
    const during = scene.hashKv(0, () => {
      pauses += 1
      if (pauses < 10) scene.put(`k${pauses}`, 'later')
    })
    assert.deepEqual(during.response, before.response)
    pauses = 0
    const overtaken = scene.hashKv(0, () => {
      pauses += 1
      if (pauses === 3) scene.compact(15)
      if (pauses > 3) scene.machine.compactStep(1)
    })
    assert.deepEqual(overtaken.response, scene.hashKv().response)
  })

  test('is refused for revisions that are compacted or to come', () => {
    const scene = grown()
    scene.compact(10)
    assert.equal(scene.hashKv(9).code, 'COMPACTED')
    assert.equal(scene.hashKv(10).code, null)
    assert.equal(scene.hashKv(1000).code, 'REVISION_FUTURE')
  })
})
