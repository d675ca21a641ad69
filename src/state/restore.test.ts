import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BrokenInvariant, crc32c, KvError } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import { type RecordFields, RecordParser, recordLength, writeRecord } from './record-format.ts'
import { StateMachine } from './state-machine.ts'
import { ask, bytesOf, op, packed, putRequest, textOf } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { headerOf, type StoredRecord, TestRecords } from './testing/test-records.ts'

/** A state with something of everything in it. */
function full(): Scene {
  const scene = new Scene()
  scene.grant(5n, 10)
  scene.grant(-9n, 20)
  for (let i = 0; i < 12; i++)
    scene.put(`k${i % 5}`, `value ${i}`, { lease: i % 3 === 0 ? 5n : 0n })
  scene.txn({ success: [op.put('x', '1', { lease: -9n }), op.put('y', '2'), op.remove('k1')] })
  scene.do(ask.putWithTtl(putRequest('timed', 'v'), 90_000))
  const session = scene.openSession()
  scene.openSession()
  scene.apply([])
  assert.equal(session, 1)
  const refused = ask.increment('x', { lease: 404n })
  for (const [name, command] of [
    ['done', ask.increment('n')],
    ['refused', refused],
  ] as const) {
    scene.do(ask.guarded(command, { name: bytesOf(name), digest: bytesOf('digest') }))
  }
  scene.alarm(1, 77n, 1)
  scene.alarm(1, 3n, 2)
  scene.alarm(2, 3n, 2)
  scene.compact(6)
  return scene
}

function restore(meta: Uint8Array, records: readonly StoredRecord[]): StateMachine {
  const { limits } = new Scene()
  const machine = new StateMachine({ limits, records: new TestRecords(), seed: 3 })
  machine.restoreMeta(meta)
  for (const { main, sub, record } of records) {
    machine.restoreRecord(main, sub, record, record.length)
  }
  machine.finishRestore()
  return machine
}

function assertCorrupt(run: () => unknown, name: string): void {
  assert.throws(run, (error) => error instanceof KvError && error.code === 'ENGINE_CORRUPT', name)
}

/** With a checksum that fits. */
function sealed(meta: Uint8Array): Uint8Array {
  const copy = meta.slice()
  const end = copy.length - 4
  new DataView(copy.buffer).setUint32(end, crc32c(copy, 0, end, 0), true)
  return copy
}

/** The same records, one of them changed. */
function changed(
  records: readonly StoredRecord[],
  at: number,
  change: (fields: RecordFields) => void,
): StoredRecord[] {
  return records.map((stored, position) => {
    if (position !== at) return stored
    const fields = new RecordParser().parse(stored.record.slice())
    change(fields)
    const record = new Uint8Array(recordLength(fields))
    writeRecord(fields, record, 0)
    return { ...stored, record }
  })
}

describe('a state that comes back from a checkpoint', () => {
  test('is as it was: revisions, keys, leases with their time and keys, alarms', () => {
    const scene = full()
    const restored = scene.restored()
    const { machine } = restored
    assert.equal(machine.appliedIndex, scene.machine.appliedIndex)
    assert.equal(machine.revision, scene.machine.revision)
    assert.equal(machine.compactRevision, 6)
    assert.equal(machine.clockMs, scene.machine.clockMs)
    assert.equal(machine.hash(), scene.machine.hash())
    assert.equal(machine.keyCount, scene.machine.keyCount)
    assert.equal(machine.liveBytes, scene.machine.liveBytes)
    assert.equal(machine.leaseCount, 3)
    assert.equal(machine.nextLeaseDeadlineMs, scene.machine.nextLeaseDeadlineMs)
    assert.deepEqual(machine.alarms, scene.machine.alarms)
    assert.deepEqual(restored.pairs(), scene.pairs())
    for (const lease of [5n, -9n]) {
      assert.deepEqual(restored.timeToLive(lease, true), scene.timeToLive(lease, true))
    }
    assert.deepEqual(machine.meta(), scene.machine.meta())
  })

  test('reads every revision that is not compacted as before', () => {
    const scene = full()
    const restored = scene.restored()
    for (let revision = 6; revision <= scene.machine.revision; revision++) {
      const [one, other] = [scene, restored].map((each) => each.range('\0', '\0', { revision }))
      assert.deepEqual(one, other)
    }
  })

  test('may have been written before there were names', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.openSession()
    const meta = scene.machine.meta()
    // The format, and behind everything else, before the checksum, how many names there are.
    const old = sealed(Uint8Array.from([1, ...meta.subarray(1, -8), 0, 0, 0, 0]))
    assert.deepEqual(restore(old, scene.records.all()).meta(), meta)
    assertCorrupt(() => restore(sealed(Uint8Array.from([1, ...meta.subarray(1)])), []), 'names')
    assertCorrupt(() => restore(sealed(Uint8Array.from([3, ...meta.subarray(1)])), []), 'later')
  })

  test('is empty when nothing ever happened', () => {
    const scene = new Scene()
    const restored = scene.restored()
    assert.equal(restored.machine.revision, 1)
    assert.equal(restored.put('a', '1').revision, 2)
  })

  test('keeps its revision when all that is left of the last one is a tombstone', () => {
    const scene = new Scene()
    scene.put('a', '1')
    scene.remove('a')
    scene.compact(3)
    scene.giveBack()
    const restored = scene.restored()
    assert.equal(restored.machine.revision, 3)
    assert.deepEqual(restored.records.all().length, 1)
    assert.equal(restored.put('a', '2').revision, 4)
    assert.equal(restored.range('a').response.kvs[0]?.version, 1)
  })

  test('attaches a key to the lease it goes with now, not to one it went with before', () => {
    const scene = new Scene()
    for (const id of [1n, 2n]) scene.grant(id, 10)
    scene.put('a', '', { lease: 1n })
    scene.put('a', '', { lease: 2n })
    scene.put('b', '', { lease: 1n })
    scene.put('b', '')
    scene.put('c', '', { lease: 1n })
    scene.remove('c')
    scene.do(ask.revoke(1n))
    scene.grant(1n, 10)
    const restored = scene.restored()
    assert.deepEqual(restored.timeToLive(1n, true).response.keys, [])
    assert.deepEqual(restored.timeToLive(2n, true).response.keys.map(textOf), ['a'])
    restored.do(ask.revoke(2n))
    assert.deepEqual(restored.pairs(), ['b='])
  })

  test('lets a key that was put for a time go when its time is over', () => {
    const scene = full()
    const restored = scene.restored()
    restored.clockMs += 90_000
    const due = restored.machine.dueLeases(restored.clockMs, 10)
    assert.equal(due.length, 3)
    restored.do(ask.expire(...due))
    assert.equal(restored.range('timed').response.count, 0)
    assert.equal(restored.machine.leaseCount, 0)
  })

  test('gives the same bytes again and again, and on every replica', () => {
    const [one, other] = [full(), full()]
    assert.deepEqual(one.machine.meta(), other.machine.meta())
    assert.deepEqual(one.restored().restored().machine.meta(), one.machine.meta())
  })
})

describe('a checkpoint that is written in slices', () => {
  test('is the same, whatever a slice may have', () => {
    const { machine } = full()
    for (const bytesMax of [1, 7, 100, 1_000_000]) {
      const writing = machine.writeMeta()
      let whole = writing.step(bytesMax)
      let slices = 1
      for (; whole === null; slices += 1) whole = writing.step(bytesMax)
      assert.deepEqual(whole, machine.meta())
      // Its beginning, the leases, four passes of their order, and the rest.
      assert.ok(slices >= 5, `${slices} slices`)
    }
  })

  test('takes many for many leases, none of which is long', () => {
    const scene = new Scene()
    for (let id = 1; id <= 20_000; id += 100) {
      scene.apply(Array.from({ length: 100 }, (_, at) => packed(ask.grant(BigInt(id + at), 60))))
    }
    const writing = scene.machine.writeMeta()
    let slices = 1
    while (writing.step(64 * 1024) === null) slices += 1
    assert.ok(slices > (20_000 * 24) / (64 * 1024), `${slices} slices`)
  })

  test('is of one state: an entry between two slices is a mistake', () => {
    const scene = full()
    const writing = scene.machine.writeMeta()
    assert.equal(writing.step(1), null)
    scene.machine.applyEmpty(scene.machine.appliedIndex + 1)
    assert.throws(() => writing.step(1), BrokenInvariant)
  })
})

describe('a checkpoint that is damaged', () => {
  test('is found out wherever a bit of its state is wrong', () => {
    const scene = full()
    const meta = scene.machine.meta()
    for (let at = 0; at < meta.length; at++) {
      const copy = meta.slice()
      copy[at] = (copy[at] as number) ^ (1 << (at % 8))
      assertCorrupt(() => restore(copy, scene.records.all()), `byte ${at}`)
    }
  })

  test('is found out wherever its state is cut off', () => {
    const scene = full()
    const meta = scene.machine.meta()
    for (let length = 0; length < meta.length; length++) {
      assertCorrupt(() => restore(meta.subarray(0, length), scene.records.all()), `${length} bytes`)
    }
    assertCorrupt(() => restore(sealed(Uint8Array.of(...meta, 0)), scene.records.all()), 'longer')
  })

  test('never fails otherwise when its checksum fits', () => {
    const scene = full()
    const meta = scene.machine.meta()
    let found = 0
    for (let at = 0; at < meta.length - 4; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const copy = meta.slice()
        copy[at] = value
        try {
          restore(sealed(copy), scene.records.all())
        } catch (error) {
          assert.ok(error instanceof KvError && error.code === 'ENGINE_CORRUPT', `byte ${at}`)
          found += 1
        }
      }
    }
    assert.ok(found > 200)
  })

  test('is found out when any of its records is not there', () => {
    const scene = full()
    const records = scene.records.all()
    // What was superseded up to the compaction may be gone.
    const needed = records.map((_, at) => at).filter((at) => (records[at]?.main ?? 0) > 6)
    const meta = scene.machine.meta()
    let found = 0
    for (const at of needed) {
      try {
        restore(
          meta,
          records.filter((_, position) => position !== at),
        )
      } catch (error) {
        assert.ok(error instanceof KvError && error.code === 'ENGINE_CORRUPT')
        found += 1
      }
    }
    assert.ok(needed.length > 9)
    assert.equal(found, needed.length)
  })

  test('is found out when its records do not fit it', () => {
    const scene = full()
    const meta = scene.machine.meta()
    const records = scene.records.all()
    const last = records.length - 1
    const deleted = records.findIndex(
      ({ record }) => new RecordParser().parse(record).version === 0,
    )
    const leased = records.findLastIndex(
      ({ record }) => new RecordParser().parse(record).lease === 5n,
    )
    const timed = records.findIndex(({ record }) => textOf(record).includes('timed'))
    const beyond = {
      main: scene.machine.revision + 1,
      sub: 0,
      record: records[last]?.record as Uint8Array,
    }
    const cases: Record<string, readonly StoredRecord[]> = {
      'none at all': [],
      'the last one twice': [...records, records[last] as StoredRecord],
      'not in order': [...records.slice(1, 3).reverse(), ...records.slice(3)],
      'from the future': [...records, beyond],
      'at another revision': changed(records, last, (fields) => {
        fields.mod -= 1
        fields.create = fields.mod
      }),
      'of another version': changed(records, 9, (fields) => (fields.version += 1)),
      'of another creation': changed(records, 9, (fields) => (fields.create += 1)),
      'without a key': changed(records, 9, (fields) => fields.key.clear()),
      'a tombstone with a lease': changed(records, deleted, (fields) => (fields.lease = 5n)),
      'with a lease that is not there': changed(records, leased, (fields) => (fields.lease = 6n)),
      'without the lease it came with': changed(records, timed, (fields) => (fields.lease = 0n)),
      'deleted twice': changed(records, deleted, (fields) => fields.key.whole(bytesOf('new'))),
    }
    for (const [name, bad] of Object.entries(cases)) assertCorrupt(() => restore(meta, bad), name)
    restore(meta, records)
  })

  test('is found out when a record is no record, or has an impossible length', () => {
    const scene = full()
    const meta = scene.machine.meta()
    const [first] = scene.records.all()
    assert.ok(first !== undefined)
    const cases: Record<string, readonly [Uint8Array, number]> = {
      noise: [bytesOf('\x0f\xff'), 10],
      'cut off': [first.record.subarray(0, 3), 10],
      empty: [new Uint8Array(0), 10],
      'shorter than its header': [first.record, first.record.length - 1],
      'too long': [first.record, 2 ** 26],
    }
    for (const [name, [header, bytes]] of Object.entries(cases)) {
      const machine = new StateMachine({
        limits: scene.limits,
        records: new TestRecords(),
        seed: 3,
      })
      machine.restoreMeta(meta)
      const add = (): void => machine.restoreRecord(first.main, first.sub, header, bytes)
      assertCorrupt(add, name)
    }
  })

  test('is found out when there are records without a state', () => {
    const machine = new StateMachine({
      limits: new Scene().limits,
      records: new TestRecords(),
      seed: 3,
    })
    assertCorrupt(() => machine.restoreRecord(2, 0, bytesOf('x'), 1), 'no state')
  })
})

test('a record is never read with its value to come back', () => {
  const scene = full()
  for (const { record } of scene.records.all()) {
    const header = headerOf(record)
    const { kvs } = etcd.RangeResponse.decodeBytes(Uint8Array.of(0x12, header.length, ...header))
    assert.equal(kvs[0]?.value.length, 0)
  }
  assert.deepEqual(scene.restored().pairs(), scene.pairs())
})
