import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { etcd } from '../wire/index.ts'
import { packBatch } from './commands.ts'
import { ask, op, packed, putRequest, textOf } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'

const MAX = 2n ** 63n - 1n

/** Ends what is due, as whoever leads does. */
function expire(scene: Scene): void {
  const due = scene.machine.dueLeases(scene.clockMs, 100)
  if (due.length > 0) scene.do(ask.expire(...due))
}

/** Time passes, and an empty entry says so. */
function pass(scene: Scene, ms: number): void {
  scene.clockMs += ms
  scene.apply([])
}

describe('a lease', () => {
  test('is granted by the id and the time that were asked for', () => {
    const scene = new Scene()
    const { response } = scene.grant(7n, 60)
    assert.deepEqual([response.ID, response.TTL], [7n, 60])
    const { TTL, grantedTTL, ID } = scene.timeToLive(7n).response
    assert.deepEqual([ID, TTL, grantedTTL], [7n, 60, 60])
    assert.deepEqual(scene.leases(), [7n])
    assert.equal(scene.machine.leaseCount, 1)
  })

  test('may have any id of 64 bits but 0 and those that are kept for puts with a time', () => {
    const scene = new Scene()
    for (const id of [1n, -1n, MAX, -(2n ** 62n)]) assert.equal(scene.grant(id, 5).code, null)
    assert.equal(scene.grant(0n, 5).code, 'LEASE_NOT_FOUND')
    assert.equal(scene.grant(-MAX - 1n, 5).code, 'LEASE_EXISTS')
    assert.deepEqual(scene.leases(), [-(2n ** 62n), -1n, 1n, MAX])
  })

  test('exists once, lasts at least a second, and not longer than is allowed', () => {
    const scene = new Scene()
    scene.grant(7n, 60)
    assert.equal(scene.grant(7n, 60).code, 'LEASE_EXISTS')
    assert.equal(scene.grant(8n, 0).response.TTL, 1)
    assert.equal(scene.grant(9n, -5).response.TTL, 1)
    assert.equal(scene.grant(10n, 9_000_000_000).code, null)
    assert.equal(scene.grant(11n, 9_000_000_001).code, 'LEASE_TTL_TOO_LARGE')
  })

  test('is one of as many as there may be', () => {
    const scene = new Scene({ limits: { leasesMax: 2 } })
    scene.grant(1n, 5)
    scene.grant(2n, 5)
    assert.equal(scene.grant(3n, 5).code, 'LEASES_TOO_MANY')
    assert.equal(scene.do(ask.putWithTtl(putRequest('a', ''), 5000)).kind, 'failed')
    scene.do(ask.revoke(1n))
    assert.equal(scene.grant(3n, 5).code, null)
  })

  test('that is revoked takes its keys along in one revision, in their order', () => {
    const scene = new Scene()
    scene.grant(7n, 60)
    scene.put('other', '')
    for (const key of ['c', 'a', 'b']) scene.put(key, '', { lease: 7n })
    const told: string[] = []
    scene.machine.changes = {
      changed: ({ main, sub, record, deleted }) =>
        told.push(`${main}.${sub} ${textOf(record.subarray(2, 3))} ${deleted}`),
      settled: (revision) => told.push(`settled ${revision}`),
      compacted: () => {},
    }
    const result = scene.do(ask.revoke(7n))
    assert.deepEqual([result.kind, result.revision], ['done', 6])
    assert.deepEqual(told, ['6.0 a true', '6.1 b true', '6.2 c true', 'settled 6'])
    assert.deepEqual(scene.pairs(), ['other='])
    assert.equal(scene.timeToLive(7n).response.TTL, -1)
    assert.deepEqual(scene.leases(), [])
    const again = scene.do(ask.revoke(7n))
    assert.equal(again.kind === 'failed' && again.code, 'LEASE_NOT_FOUND')
  })

  test('without keys ends without a revision', () => {
    const scene = new Scene()
    scene.grant(7n, 60)
    assert.equal(scene.do(ask.revoke(7n)).revision, 1)
  })

  test('of nobody can neither be put with nor revoked, and asking for it is no mistake', () => {
    const scene = new Scene()
    assert.equal(scene.put('a', '', { lease: 9n }).code, 'LEASE_NOT_FOUND')
    const { code, response } = scene.renew(9n)
    assert.deepEqual([code, response.ID, response.TTL], [null, 9n, 0])
    const asked = scene.timeToLive(9n, true).response
    assert.deepEqual([asked.TTL, asked.grantedTTL, asked.keys], [-1, 0, []])
  })

  test('tells its keys in their order', () => {
    const scene = new Scene()
    scene.grant(7n, 60)
    for (const key of ['\xff', 'b', 'a', '\0']) scene.put(key, '', { lease: 7n })
    scene.remove('b')
    assert.deepEqual(scene.timeToLive(7n, true).response.keys.map(textOf), ['\0', 'a', '\xff'])
    assert.deepEqual(scene.timeToLive(7n).response.keys, [])
  })
})

describe('the time of a lease', () => {
  test('runs with the time that entries tell, and starts anew when it is renewed', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    pass(scene, 4000)
    assert.equal(scene.timeToLive(7n).response.TTL, 6)
    assert.equal(scene.renew(7n).response.TTL, 10)
    pass(scene, 9999)
    assert.equal(scene.timeToLive(7n).response.TTL, 0)
    expire(scene)
    assert.deepEqual(scene.leases(), [7n])
    pass(scene, 1)
    expire(scene)
    assert.deepEqual(scene.leases(), [])
  })

  test('never goes back with a clock that does', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    pass(scene, 5000)
    const { clockMs } = scene.machine
    scene.applyEntry(packBatch([], clockMs - 3000))
    assert.equal(scene.machine.clockMs, clockMs)
    scene.clockMs = clockMs - 3000
    // A renewal by a clock that is behind never shortens it.
    scene.renew(7n)
    assert.equal(scene.machine.nextLeaseDeadlineMs, clockMs + 10_000)
  })

  test('is told for the time of whoever reads, if that is later', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.clockMs += 3500
    assert.equal(scene.timeToLive(7n).response.TTL, 6)
    scene.clockMs += 100_000
    assert.equal(scene.timeToLive(7n).response.TTL, 0)
  })

  test('does not end early by any command: one that was renewed meanwhile stays', () => {
    const scene = new Scene()
    scene.grant(7n, 10)
    scene.put('a', '', { lease: 7n })
    scene.clockMs += 10_000
    const due = scene.machine.dueLeases(scene.clockMs, 10)
    assert.deepEqual(due, [7n])
    // The renewal comes before the expiry that was proposed already.
    scene.apply([packed(ask.renew(7n)), packed(ask.expire(...due))])
    assert.deepEqual(scene.pairs(), ['a='])
    assert.equal(scene.timeToLive(7n).response.TTL, 10)
  })

  test('that is over ends each lease in a revision of its own', () => {
    const scene = new Scene()
    for (const id of [1n, 2n, 3n]) scene.grant(id, 10)
    for (const [key, lease] of [
      ['a', 1n],
      ['b', 2n],
      ['c', 1n],
    ] as const) {
      scene.put(key, '', { lease })
    }
    scene.clockMs += 20_000
    const result = scene.do(ask.expire(1n, 3n, 2n, 99n, 1n))
    assert.equal(result.revision, 6)
    assert.equal(scene.range('\0', '\0', { revision: 5 }).response.count, 1)
    assert.deepEqual(scene.leases(), [])
  })

  test('tells who is due, and when the next one is', () => {
    const scene = new Scene()
    assert.equal(scene.machine.nextLeaseDeadlineMs, Number.POSITIVE_INFINITY)
    scene.grant(1n, 30)
    scene.grant(2n, 10)
    scene.grant(3n, 20)
    const start = scene.clockMs
    assert.equal(scene.machine.nextLeaseDeadlineMs, start + 10_000)
    assert.deepEqual(scene.machine.dueLeases(start + 9999, 10), [])
    assert.deepEqual(scene.machine.dueLeases(start + 20_000, 10).sort(), [2n, 3n])
    assert.equal(scene.machine.dueLeases(start + 99_000, 2).length, 2)
  })
})

describe('a put for a time', () => {
  test('is gone after it, and nobody lists its lease', () => {
    const scene = new Scene()
    const result = scene.do(ask.putWithTtl(putRequest('a', '1'), 1500))
    assert.equal(result.revision, 2)
    assert.deepEqual(scene.leases(), [])
    assert.equal(scene.machine.leaseCount, 1)
    pass(scene, 1499)
    expire(scene)
    assert.deepEqual(scene.pairs(), ['a=1'])
    pass(scene, 1)
    expire(scene)
    assert.deepEqual(scene.pairs(), [])
    assert.equal(scene.machine.leaseCount, 0)
  })

  test('ends with the next put, or with the key', () => {
    const scene = new Scene()
    scene.do(ask.putWithTtl(putRequest('a', '1'), 1500))
    scene.put('a', '2')
    scene.do(ask.putWithTtl(putRequest('b', '1'), 1500))
    scene.remove('b')
    assert.equal(scene.machine.leaseCount, 0)
    pass(scene, 10_000)
    expire(scene)
    assert.deepEqual(scene.pairs(), ['a=2'])
  })

  test('begins anew with each, and is kept by a put that keeps the lease', () => {
    const scene = new Scene()
    scene.do(ask.putWithTtl(putRequest('a', '1'), 1500))
    pass(scene, 1000)
    scene.do(ask.putWithTtl(putRequest('a', '2'), 1500))
    assert.equal(scene.machine.leaseCount, 1)
    pass(scene, 1000)
    expire(scene)
    assert.deepEqual(scene.pairs(), ['a=2'])
    scene.put('a', '3', { ignoreLease: true })
    pass(scene, 500)
    expire(scene)
    assert.deepEqual(scene.pairs(), [])
  })

  test('gives the previous pair, and may keep the value', () => {
    const scene = new Scene({ records: new TestRecords(() => true) })
    scene.put('a', '1')
    const command = ask.putWithTtl(putRequest('a', '', { ignoreValue: true, prevKv: true }), 5000)
    const result = scene.do(command)
    assert.ok(result.kind === 'done')
    assert.equal(etcd.PutResponse.decodeBytes(result.body).prevKv?.modRevision, 2)
    scene.records.isAway = () => false
    assert.deepEqual(scene.pairs(), ['a=1'])
  })

  test('has a lease that no other key may use', () => {
    const scene = new Scene()
    scene.do(ask.putWithTtl(putRequest('a', '1'), 5000))
    const lease = scene.range('a').response.kvs[0]?.lease ?? 0n
    assert.ok(lease < 0n)
    assert.equal(scene.put('b', '', { lease }).code, 'LEASE_NOT_FOUND')
    assert.equal(scene.increment('n', { lease }).code, 'LEASE_NOT_FOUND')
    assert.equal(scene.txn({ success: [op.put('b', '', { lease })] }).code, 'LEASE_NOT_FOUND')
    assert.equal(scene.timeToLive(lease).response.TTL, 5)
  })
})

describe('many leases', () => {
  test('of many keys end in turns, and nobody sees half of it', () => {
    const scene = new Scene({ pace: { turnKeys: 4, missingMax: 4, missingBytesMax: 100 } })
    for (const id of [1n, 2n]) scene.grant(id, 10)
    for (let i = 0; i < 60; i++) scene.put(`k${i}`, '', { lease: i % 2 === 0 ? 1n : 2n })
    scene.clockMs += 10_000
    const counts = new Set<number>()
    scene.onPause = () => {
      if (scene.machine.canRead) counts.add(scene.machine.keyCount)
    }
    scene.do(ask.expire(1n, 2n))
    assert.ok([...counts].every((count) => [60, 30, 0].includes(count)))
    assert.ok(scene.sliced > 20)
    assert.equal(scene.machine.keyCount, 0)
  })

  test('are listed as they were at one moment, however long it takes', () => {
    const scene = new Scene({ pace: { turnKeys: 5, missingMax: 4, missingBytesMax: 100 } })
    for (let i = 1n; i <= 50n; i++) scene.grant(i, 10)
    const ids = scene.leases(() => {
      scene.do(ask.revoke(BigInt(scene.machine.leaseCount)))
      scene.grant(1000n - BigInt(scene.machine.leaseCount), 10)
    })
    assert.deepEqual(
      ids,
      Array.from({ length: 50 }, (_, i) => BigInt(i + 1)),
    )
  })
})
