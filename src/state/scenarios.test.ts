/**
 * Bugs that other systems had in applying commands, as far as they can be put to the state alone.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { packBatch } from './commands.ts'
import { type Asked, ask, op, packed, putRequest, txnRequest, when } from './testing/requests.ts'
import { Scene } from './testing/scene.ts'
import { TestRecords } from './testing/test-records.ts'
import type { CommandResult } from './types.ts'

const HASTY = { turnKeys: 2, missingMax: 1, missingBytesMax: 1 }

function codeOf(result: CommandResult | undefined): string {
  return result?.kind === 'failed' ? result.code : 'done'
}

/** A history with something of everything, one entry a command. */
function history(): Asked[] {
  const put = (key: string, value: string, lease = 0n): Asked =>
    ask.put(putRequest(key, value, { lease }))
  return [
    ask.openSession(),
    ask.grant(7n, 5),
    ...['a', 'b', 'c'].map((key) => put(key, '1', 7n)),
    ask.txn(txnRequest({ success: [op.put('d', '1'), op.remove('a')] })),
    ask.compact(4),
    ask.increment('n'),
    ask.putWithTtl(putRequest('timed', ''), 2000),
    ask.alarm(1, 5n, 1),
    put('refused', ''),
    ask.alarm(2, 5n, 1),
    put('b', '2', 7n),
    ask.renew(7n),
    ask.compact(8),
    ask.expire(7n),
    ask.revoke(7n),
    put('b', '3'),
  ]
}

describe('A-01 what was applied and how far it is come back together', () => {
  const commands = history()

  test('from a checkpoint behind any entry, with any part of a compaction done', () => {
    const whole = new Scene()
    whole.do(...commands)
    for (let at = 0; at <= commands.length; at++) {
      for (const steps of [0, 1, 3, 100]) {
        const scene = new Scene()
        if (at > 0) scene.do(...commands.slice(0, at))
        for (let i = 0; i < steps && !scene.machine.compactStep(1); i++);
        const restored = scene.restored()
        assert.equal(restored.machine.appliedIndex, at)
        for (const command of commands.slice(at)) restored.do(command)
        assert.equal(restored.machine.hash(), whole.machine.hash())
        assert.deepEqual(restored.hashKv(), whole.hashKv())
        assert.deepEqual(restored.machine.meta(), whole.machine.meta())
      }
    }
  })

  test('so an entry is neither left out nor applied again', () => {
    const scene = new Scene()
    scene.do(...commands)
    const restored = scene.restored()
    const again = packBatch([packed(ask.increment('n'))], scene.clockMs)
    for (const index of [0, commands.length, commands.length + 2]) {
      assert.throws(() => restored.machine.begin(index, again))
    }
    restored.machine.begin(commands.length + 1, again)
  })
})

test('A-03 a compacted revision within a transaction is refused by every replica alike', () => {
  const replicas = [
    new Scene(),
    new Scene({ records: new TestRecords(() => true), seed: 2 }),
    new Scene({ pace: HASTY, seed: 3 }),
  ]
  const answers = replicas.map((scene, at) => {
    for (let i = 0; i < 12; i++) scene.put('k', `${i}`)
    scene.compact(11)
    // Each is elsewhere in giving back what was compacted.
    for (let i = 0; i < at * 4; i++) scene.machine.compactStep(1)
    const success = [op.put('a', '1'), op.range('k', '', { revision: 10 })]
    const { code, revision } = scene.txn({ success })
    const allowed = scene.txn({ success: [op.put('a', '1'), op.range('k', '', { revision: 11 })] })
    return { code, revision, allowed, hash: scene.machine.hash() }
  })
  assert.deepEqual([answers[0]?.code, answers[0]?.revision], ['COMPACTED', 13])
  assert.equal(answers[0]?.allowed.code, null)
  for (const answer of answers) assert.deepEqual(answer, answers[0])
})

describe('A-06 a compaction at the tombstone of the newest change', () => {
  test('never lowers the revision, wherever it was interrupted', () => {
    for (let steps = 0; steps < 6; steps++) {
      const scene = new Scene()
      for (const value of ['1', '2', '3']) scene.put('only', value)
      scene.remove('only')
      const { revision } = scene.machine
      scene.compact(revision)
      for (let i = 0; i < steps; i++) scene.machine.compactStep(1)
      const restored = scene.restored()
      assert.equal(restored.machine.revision, revision)
      assert.equal(restored.machine.compactRevision, revision)
      restored.giveBack()
      const again = restored.restored()
      assert.equal(again.machine.revision, revision)
      assert.equal(again.put('only', '4').revision, revision + 1)
      assert.equal(again.range('only').response.kvs[0]?.version, 1)
    }
  })

  test('takes the tombstone at the next compaction, and the key with it', () => {
    const scene = new Scene()
    scene.put('only', '1')
    scene.remove('only')
    scene.put('other', '1')
    scene.compact(3)
    scene.giveBack()
    assert.equal(scene.records.size, 2)
    scene.compact(4)
    scene.giveBack()
    assert.deepEqual(
      scene.records.all().map(({ main }) => main),
      [4],
    )
    assert.equal(scene.restored().machine.revision, 4)
  })
})

test('A-08 every replica decides alike about ids of leases of any sign and size', () => {
  const ids = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]
  const [one, other] = [new Scene(), new Scene({ pace: HASTY, seed: 9 })]
  for (const scene of [one, other]) {
    for (const id of [...ids, ...ids]) scene.grant(id, 10)
    for (const [at, lease] of ids.entries()) scene.put(`k${at}`, '', { lease })
  }
  const granted = ids.slice(1, -1)
  for (const scene of [one, other, one.restored()]) {
    assert.deepEqual(new Set(scene.leases()), new Set(granted))
    assert.equal(scene.range('k', 'l').response.count, granted.length + 1)
    for (const id of granted) assert.equal(scene.timeToLive(id, true).response.keys.length, 1)
  }
  assert.equal(one.machine.hash(), other.machine.hash())
})

describe('A-13 nesting gets round no limit', () => {
  const nest = (levels: number, inner: ReturnType<typeof op.txn>): ReturnType<typeof op.txn> =>
    levels === 0 ? inner : op.txn({ success: [nest(levels - 1, inner)] })
  const puts = (count: number): ReturnType<typeof op.put>[] =>
    Array.from({ length: count }, (_, i) => op.put(`k${i}`, ''))

  test('of operations', () => {
    const scene = new Scene()
    const { operationsMax } = scene.limits
    const fits = nest(4, op.txn({ success: puts(operationsMax - 5) }))
    assert.equal(scene.txn({ success: [fits] }).code, null)
    const tooMany = nest(4, op.txn({ success: puts(operationsMax - 4) }))
    assert.equal(scene.txn({ success: [tooMany] }).code, 'TXN_TOO_MANY_OPERATIONS')
  })

  test('of operations in all, which a request of any size has', () => {
    const scene = new Scene({ limits: { operationsNestedMax: 100 } })
    const wide = Array.from({ length: 10 }, () => op.txn({ success: [op.range('a')] }))
    const deep = (levels: number): ReturnType<typeof op.txn>[] =>
      levels === 0 ? wide : Array.from({ length: 10 }, () => op.txn({ success: deep(levels - 1) }))
    assert.equal(scene.txn({ success: wide }).code, null)
    assert.equal(scene.txn({ success: deep(2) }).code, 'TXN_TOO_MANY_OPERATIONS')
  })

  test('of sizes, of the answer, and of a store without space', () => {
    const scene = new Scene({ limits: { answerBytesMax: 2000, valueBytesMax: 500 } })
    const large = nest(3, op.txn({ success: [op.put('a', 'x'.repeat(501))] }))
    assert.equal(scene.txn({ success: [large] }).code, 'TOO_LARGE')
    scene.put('a', 'x'.repeat(500))
    const reads = [1, 2, 3, 4].map(() => nest(2, op.txn({ success: [op.range('a')] })))
    assert.equal(scene.txn({ success: [...reads, op.put('b', '')] }).code, 'TOO_LARGE')
    scene.alarm(1, 1n, 1)
    const compare = [when.version({ key: 'a', is: '=' }, 99)]
    const hidden = op.txn({ compare, success: [op.put('b', '')] })
    assert.equal(scene.txn({ success: [nest(3, hidden)] }).code, 'NO_SPACE')
    assert.equal(scene.machine.revision, 2)
  })
})

test('T-01 an expiry that was proposed before a renewal does not end the lease after it', () => {
  const scene = new Scene()
  scene.grant(7n, 10)
  scene.put('a', '', { lease: 7n })
  scene.clockMs += 10_000
  // The old leader found it due, and stalled; the new one renewed it meanwhile.
  const stalled = packBatch([packed(ask.expire(7n))], scene.clockMs)
  scene.clockMs += 3000
  assert.equal(scene.renew(7n).response.TTL, 10)
  scene.applyEntry(stalled)
  assert.deepEqual(scene.pairs(), ['a='])
  scene.clockMs += 9999
  scene.do(ask.expire(7n))
  assert.deepEqual(scene.pairs(), ['a='])
  scene.clockMs += 1
  scene.do(ask.expire(7n))
  assert.deepEqual(scene.pairs(), [])
})

test('T-03 the time that is left survives any number of leaders and restarts', () => {
  let scene = new Scene()
  scene.grant(7n, 10)
  scene.put('a', '', { lease: 7n })
  const end = scene.clockMs + 10_000
  for (let second = 1; second <= 10; second++) {
    // Every second another leader begins, and goes on with the time that it finds.
    scene = scene.restored()
    assert.equal(scene.machine.nextLeaseDeadlineMs, end)
    scene.clockMs += 1000
    scene.do(ask.expire(...scene.machine.dueLeases(scene.clockMs, 10)))
    assert.equal(scene.range('a').response.count, second < 10 ? 1 : 0)
  }
})

test('T-06 the leases after a snapshot are those before it: who is listed is found', () => {
  const scene = new Scene()
  for (let i = 1n; i <= 200n; i++) scene.grant(i * 3n, 10)
  for (let i = 1n; i <= 200n; i += 2n) scene.do(ask.revoke(i * 3n))
  for (let i = 1n; i <= 50n; i++) scene.grant(-i, 20)
  const restored = scene.restored({ seed: 5 })
  assert.deepEqual(restored.leases(), scene.leases())
  assert.equal(restored.leases().length, 150)
  for (const id of restored.leases()) {
    assert.deepEqual(restored.timeToLive(id), scene.timeToLive(id))
    assert.equal(codeOf(restored.do(ask.revoke(id))), 'done')
  }
  assert.equal(restored.machine.leaseCount, 0)
  assert.equal(restored.machine.nextLeaseDeadlineMs, Number.POSITIVE_INFINITY)
})

test('nobody is told more time than a lease has left (T-08)', () => {
  const scene = new Scene()
  scene.grant(7n, 10)
  const end = scene.clockMs + 10_000
  for (let ms = 0; ms < 12_000; ms += 137) {
    scene.clockMs = end - 10_000 + ms
    const told = scene.timeToLive(7n).response.TTL * 1000
    assert.ok(told <= Math.max(0, end - scene.clockMs))
  }
})

test('C-01 a write that is sent again, for its answer was lost, takes effect once', () => {
  const scene = new Scene()
  const session = scene.openSession()
  const commands = [
    ask.increment('n'),
    ask.put(putRequest('a', 'x', { prevKv: true })),
    ask.txn(
      txnRequest({
        compare: [when.version({ key: 'lock', is: '=' }, 0)],
        success: [op.put('lock', 'mine')],
        failure: [op.range('lock')],
      }),
    ),
    ask.grant(5n, 10),
    ask.revoke(5n),
  ]
  let machine = scene
  commands.forEach((command, at) => {
    const pack = packed(command, { session, sequence: at + 1 })
    const [first] = machine.apply([pack])
    const { revision } = machine.machine
    // Others write meanwhile, the node restarts, and only then is it sent again.
    machine.put('other', `${at}`)
    machine = machine.restored()
    const results = machine.apply([pack, pack])
    for (const result of results) assert.deepEqual(result, first)
    assert.equal(machine.machine.revision, revision + 1)
  })
  assert.deepEqual(machine.pairs(), ['a=x', 'lock=mine', 'n=1', 'other=4'])
})
