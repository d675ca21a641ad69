import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BrokenInvariant } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import { packBatch, packCommand } from './commands.ts'
import { COMMAND } from './kinds.ts'
import {
  ask,
  deleteRequest,
  op,
  packed,
  putRequest,
  textOf,
  txnRequest,
} from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'
import type { Change, ChangeSink } from './types.ts'

function puts(...keys: readonly string[]): Uint8Array[] {
  return keys.map((key) => packed(ask.put(putRequest(key, key))))
}

/** What a watcher would be told, in short. */
class Told implements ChangeSink {
  readonly lines: string[] = []

  changed({ main, sub, record, deleted, previousMain, previousSub }: Change): void {
    const { key, value } = etcd.RangeResponse.decodeBytes(
      Uint8Array.of(0x12, record.length, ...record),
    ).kvs[0] ?? { key: new Uint8Array(0), value: new Uint8Array(0) }
    const what = deleted ? `-${textOf(key)}` : `${textOf(key)}=${textOf(value)}`
    this.lines.push(`${main}.${sub} ${what} after ${previousMain}.${previousSub}`)
  }

  settled(revision: number): void {
    this.lines.push(`settled ${revision}`)
  }

  compacted(revision: number): void {
    this.lines.push(`compacted ${revision}`)
  }
}

describe('an entry', () => {
  test('gives one result for each of its commands, in order', () => {
    const scene = new Scene()
    const bad = packed(ask.put(putRequest('', '')))
    const results = scene.apply([...puts('a', 'b'), bad, ...puts('c')])
    const shown = results.map((result) => (result.kind === 'done' ? result.revision : result.code))
    assert.deepEqual(shown, [2, 3, 'KEY_EMPTY', 4])
    assert.equal(scene.machine.appliedIndex, 1)
  })

  test('without commands only tells the time', () => {
    const scene = new Scene()
    scene.clockMs = 5000
    assert.deepEqual(scene.apply([]), [])
    assert.deepEqual([scene.machine.appliedIndex, scene.machine.clockMs], [1, 5000])
    scene.machine.applyEmpty(2)
    assert.deepEqual([scene.machine.appliedIndex, scene.machine.results], [2, []])
  })

  test('comes in order, one at a time, and nothing else happens in between', () => {
    const scene = new Scene({ pace: { turnKeys: 1, missingMax: 1, missingBytesMax: 1 } })
    const { machine } = scene
    assert.throws(() => machine.begin(2, packBatch([], 0)), BrokenInvariant)
    assert.throws(() => machine.applyEmpty(2), BrokenInvariant)
    assert.throws(() => machine.step(null), BrokenInvariant)
    machine.begin(1, packBatch(puts('a', 'b', 'c'), 0))
    assert.equal(machine.isUnderWay, true)
    assert.equal(machine.step(null).kind, 'sliced')
    for (const early of [
      () => machine.meta(),
      () => machine.compactStep(1),
      () => machine.applyEmpty(2),
      () => machine.begin(2, packBatch([], 0)),
      () => machine.results,
    ]) {
      assert.throws(early, BrokenInvariant)
    }
    while (machine.step(null).kind !== 'applied');
    assert.equal(machine.isUnderWay, false)
    assert.equal(machine.results.length, 3)
  })

  test('that is no batch holds no command, and is passed over', () => {
    const scene = new Scene({ limits: { batchCommandsMax: 2 } })
    scene.apply(puts('a'))
    const before = scene.machine.hash()
    const good = packBatch(puts('b', 'c'), 77)
    const broken = [
      new Uint8Array(0),
      Uint8Array.of(1, 0, 0),
      Uint8Array.of(3, 0, 0),
      good.subarray(0, good.length - 1),
      Uint8Array.of(...good, 0),
      packBatch(puts('a', 'b', 'c'), 0),
    ]
    for (const data of broken) assert.deepEqual(scene.applyEntry(data), [])
    assert.equal(scene.machine.hash(), before)
    assert.equal(scene.machine.appliedIndex, 1 + broken.length)
    assert.equal(scene.applyEntry(good).length, 2)
  })

  test('means the same however its commands were gathered', () => {
    const commands = [
      ...puts('a', 'b'),
      packed(ask.remove(deleteRequest('a'))),
      packed(ask.txn(txnRequest({ success: [op.put('c', ''), op.range('b')] }))),
      packed(ask.compact(3)),
      packed(ask.put(putRequest('', ''))),
      packed(ask.increment('n')),
    ]
    const [together, apart] = [new Scene(), new Scene()]
    const results = together.apply(commands)
    assert.deepEqual(
      commands.flatMap((command) => [...apart.apply([command])]),
      results,
    )
    assert.equal(apart.machine.hash(), together.machine.hash())
  })

  test('of commands that need records asks for them, and then goes on', () => {
    const scene = new Scene({ records: new TestRecords(() => true) })
    scene.apply(puts('a', 'b', 'c'))
    assert.equal(scene.missing, 0)
    const withPrevious = ['a', 'b', 'c'].map((key) =>
      packed(ask.put(putRequest(key, 'new', { prevKv: true }))),
    )
    const noise = packCommand(COMMAND.put, Uint8Array.of(0x0f))
    const results = scene.apply([...withPrevious, noise, ...puts('d')])
    // What the puts behind the first one need was asked for with it.
    assert.equal(scene.missing, 1)
    const previous = results.slice(0, 3).map((result) => {
      assert.ok(result.kind === 'done')
      return textOf(etcd.PutResponse.decodeBytes(result.body).prevKv?.value ?? new Uint8Array(0))
    })
    assert.deepEqual(previous, ['a', 'b', 'c'])
  })

  test('of many commands ends its turns in time', () => {
    const scene = new Scene({ pace: { turnKeys: 10, missingMax: 1, missingBytesMax: 1 } })
    scene.apply(Array.from({ length: 100 }, () => puts('a')).flat())
    assert.ok(scene.sliced >= 9)
    assert.equal(scene.machine.revision, 101)
  })

  test('may be of kinds that nobody knows, which are refused', () => {
    const scene = new Scene()
    const last = Math.max(...Object.values(COMMAND))
    const results = scene.apply(
      [last + 1, 100, 255].map((kind) => packCommand(kind, new Uint8Array(0))),
    )
    for (const result of results) {
      assert.equal(result.kind === 'failed' && result.code, 'BAD_REQUEST')
    }
  })
})

describe('what is told of changes', () => {
  test('is every version, what was in force before, and where a revision ends', () => {
    const scene = new Scene()
    const told = new Told()
    scene.machine.changes = told
    scene.put('a', '1')
    scene.put('a', '2')
    scene.txn({ success: [op.put('b', '1'), op.remove('a')] })
    scene.put('a', '3')
    scene.range('a')
    scene.put('', '')
    scene.remove('nobody')
    scene.compact(3)
    assert.deepEqual(told.lines, [
      '2.0 a=1 after 0.0',
      'settled 2',
      '3.0 a=2 after 2.0',
      'settled 3',
      '4.0 b=1 after 0.0',
      '4.1 -a after 3.0',
      'settled 4',
      '5.0 a=3 after 0.0',
      'settled 5',
      'compacted 3',
    ])
  })

  test('of a key that changes twice in one revision is what was there before it', () => {
    const scene = new Scene()
    scene.put('a', '1')
    const told = new Told()
    scene.machine.changes = told
    scene.txn({ success: [op.remove('\0', '\0'), op.put('a', '2')] })
    assert.deepEqual(told.lines, ['3.0 -a after 2.0', '3.1 a=2 after 2.0', 'settled 3'])
  })

  test('comes before the next revision begins, for each lease that ends', () => {
    const scene = new Scene()
    for (const id of [1n, 2n]) scene.grant(id, 10)
    scene.put('a', '', { lease: 1n })
    scene.put('b', '', { lease: 2n })
    const told = new Told()
    scene.machine.changes = told
    scene.clockMs += 10_000
    scene.do(ask.expire(1n, 2n))
    assert.deepEqual(told.lines, ['4.0 -a after 2.0', 'settled 4', '5.0 -b after 3.0', 'settled 5'])
  })
})

describe('the hash of a state', () => {
  test('tells apart what was done, and is the same after the same', () => {
    const hashes = new Set<number>()
    const runs: ((scene: Scene) => void)[] = [
      () => {},
      (scene) => scene.put('a', '1'),
      (scene) => scene.put('a', '2'),
      (scene) => scene.put('b', '1'),
      (scene) => scene.remove('a'),
      (scene) => scene.grant(1n, 10),
      (scene) => scene.grant(1n, 11),
      (scene) => scene.grant(2n, 10),
      (scene) => scene.alarm(1, 7n, 1),
      (scene) => scene.openSession(),
      (scene) => scene.compact(1),
    ]
    for (const run of runs) {
      const [one, other] = [new Scene(), new Scene({ seed: 2 })]
      for (const scene of [one, other]) {
        scene.put('a', 'first')
        run(scene)
      }
      assert.equal(one.machine.hash(), other.machine.hash())
      hashes.add(one.machine.hash())
    }
    assert.equal(hashes.size, runs.length)
    for (const hash of hashes) assert.ok(Number.isSafeInteger(hash) && hash >= 0)
  })

  test('does not change with time, reads, refusals, and records that are given back', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.put('a', '2')
    scene.compact(3)
    const before = scene.machine.hash()
    scene.clockMs += 1000
    scene.apply([])
    scene.range('a')
    scene.put('', '')
    scene.giveBack()
    assert.equal(scene.machine.hash(), before)
  })
})

test('what is watched is the state as it is now', () => {
  const scene = new Scene()
  const { watched } = scene.machine
  assert.deepEqual([watched.revision, watched.compactRevision], [1, -1])
  scene.put('a', '1')
  scene.put('a', '2')
  scene.compact(2)
  assert.deepEqual([watched.revision, watched.compactRevision], [3, 2])
  const slot = watched.keys.find(Uint8Array.of(97), 0, 1)
  const ref = watched.keys.versionAt(slot, 2)
  const [main, bytes] = [watched.keys.refMain(ref), watched.keys.refBytes(ref)]
  assert.equal(main, 2)
  assert.equal(watched.records.peek(2, 0)?.length, bytes)
})
