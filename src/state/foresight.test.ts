import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { etcd } from '../wire/index.ts'
import { FORESEEN_MAX, type ForeseenRead } from './foresight.ts'
import { READ } from './kinds.ts'
import { rangeRequest } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'

/** Keeps what it was told to expect. */
class Foreseeing extends TestRecords {
  foreseen: number[] = []

  foresee(revisions: { length: number; main: (position: number) => number }): void {
    this.foreseen = Array.from({ length: revisions.length }, (_, at) => revisions.main(at))
  }
}

function rangeOf(key: string): ForeseenRead {
  return { kind: READ.range, body: etcd.RangeRequest.encodeBytes(rangeRequest(key)) }
}

function sceneOf(keys: readonly string[]): { scene: Scene; records: Foreseeing } {
  const records = new Foreseeing()
  const scene = new Scene({ records })
  for (const key of keys) scene.put(key, 'value')
  return { scene, records }
}

describe('reads that are about to begin', () => {
  test('let the records know whose newest versions they are after', () => {
    const { scene, records } = sceneOf(['a', 'b', 'a long one of more than thirty bytes, too'])
    const keys = ['a long one of more than thirty bytes, too', 'nobody', 'a', 'b', 'a']
    scene.machine.foresee(keys.map(rangeOf))
    assert.deepEqual(records.foreseen, [4, 2, 3, 2])
    scene.machine.foresee([rangeOf('b')])
    assert.deepEqual(records.foreseen, [3], 'and each only once')
  })

  test('find each of many keys, whichever share a bucket', () => {
    const keys = Array.from({ length: 4000 }, (_, at) => `key-${at}`)
    const { scene, records } = sceneOf(keys)
    for (let at = 0; at < keys.length; at += FORESEEN_MAX) {
      const some = keys.slice(at, at + FORESEEN_MAX)
      scene.machine.foresee(some.map(rangeOf))
      const mains = some.map((_, number) => 2 + at + number)
      assert.deepEqual(records.foreseen, mains)
    }
  })

  test('are overlooked when there are too many, or they are not of one short key', () => {
    const long = 'k'.repeat(128)
    const { scene, records } = sceneOf(['a', long])
    const { body } = rangeOf('a')
    const overlooked: ForeseenRead[] = [
      { kind: READ.txn, body },
      { kind: READ.range, body: body.subarray(0, 2) },
      { kind: READ.range, body: new Uint8Array(0) },
      { kind: READ.range, body: etcd.RangeRequest.encodeBytes(rangeRequest('')) },
      rangeOf(long),
    ]
    scene.machine.foresee([...overlooked, rangeOf('a')])
    assert.deepEqual(records.foreseen, [2])
    scene.machine.foresee(Array.from({ length: FORESEEN_MAX + 10 }, () => rangeOf('a')))
    assert.equal(records.foreseen.length, FORESEEN_MAX)
  })

  test('may be anything', () => {
    const { scene } = sceneOf(['a', 'b'])
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (bodies) => {
        scene.machine.foresee(bodies.map((body) => ({ kind: READ.range, body })))
      }),
    )
    assert.equal(scene.range('a').response.kvs.length, 1)
  })
})
