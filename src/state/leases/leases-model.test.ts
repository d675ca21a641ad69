import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anonymousId, isAnonymous, LeaseTable } from './index.ts'

const IDS = [1n, 2n, -1n, 2n ** 32n, 2n ** 63n - 1n, anonymousId(2), anonymousId(3)]
const aLease = fc.constantFrom(...IDS)
const aTime = fc.nat(20)

const aStep = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    id: aLease,
    ttlMs: fc.integer({ min: 1, max: 9 }),
    at: aTime,
  }),
  fc.record({ kind: fc.constant('renew' as const), id: aLease, at: aTime }),
  fc.record({ kind: fc.constant('end' as const), id: aLease }),
  fc.record({
    kind: fc.constant('attach' as const),
    id: aLease,
    key: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ kind: fc.constant('detach' as const), key: fc.integer({ min: 1, max: 6 }) }),
)
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never

interface PlainLease {
  readonly ttlMs: number
  deadlineMs: number
  readonly keys: Set<number>
}

/** The table, and the same as plain objects. */
/** Through all slices. */
function ascending(table: LeaseTable): bigint[] {
  const steps = table.ascending()
  for (;;) {
    const { value, done } = steps.next()
    if (done === true) return Array.from(value, (lease) => table.id(lease))
  }
}

class Pair {
  readonly real = new LeaseTable(7)
  readonly plain = new Map<bigint, PlainLease>()

  do(step: Step): void {
    if (step.kind === 'grant') this.#grant(step.id, step.ttlMs, step.at)
    else if (step.kind === 'renew') this.#renew(step.id, step.at)
    else if (step.kind === 'end') this.#end(step.id)
    else if (step.kind === 'attach') this.#attach(step.id, step.key)
    else this.#detach(step.key)
  }

  #grant(id: bigint, ttlMs: number, at: number): void {
    if (this.plain.has(id)) return
    this.real.grant(id, ttlMs, at + ttlMs)
    this.plain.set(id, { ttlMs, deadlineMs: at + ttlMs, keys: new Set() })
  }

  #renew(id: bigint, at: number): void {
    const lease = this.plain.get(id)
    if (lease === undefined || at < lease.deadlineMs) return
    this.real.renew(this.real.find(id), at)
    lease.deadlineMs = at
  }

  #end(id: bigint): void {
    const lease = this.plain.get(id)
    if (lease === undefined || lease.keys.size > 0) return
    this.real.end(this.real.find(id))
    this.plain.delete(id)
  }

  #attach(id: bigint, key: number): void {
    const isFree = [...this.plain.values()].every(({ keys }) => !keys.has(key))
    const lease = this.plain.get(id)
    if (lease === undefined || !isFree) return
    this.real.attach(this.real.find(id), key)
    lease.keys.add(key)
  }

  #detach(key: number): void {
    const found = [...this.plain].find(([, { keys }]) => keys.has(key))
    if (found === undefined) return
    const [id, { keys }] = found
    this.real.detach(this.real.find(id), key)
    keys.delete(key)
    if (keys.size === 0 && isAnonymous(id)) this.plain.delete(id)
  }

  assertEqual(): void {
    const { real, plain } = this
    assert.equal(real.size, plain.size)
    const ids = [...plain.keys()].sort((a, b) => (a < b ? -1 : 1))
    assert.deepEqual([...real.ids()], ids)
    assert.deepEqual(ascending(real), ids)
    assert.equal(real.listed, ids.filter((id) => !isAnonymous(id)).length)
    const deadlines = [...plain.values()].map(({ deadlineMs }) => deadlineMs)
    assert.equal(real.nextDeadlineMs, Math.min(Number.POSITIVE_INFINITY, ...deadlines))
    for (const id of IDS) {
      const lease = plain.get(id)
      const slot = real.find(id)
      assert.equal(slot !== 0, lease !== undefined)
      if (lease === undefined) continue
      assert.deepEqual([real.id(slot), real.ttlMs(slot)], [id, lease.ttlMs])
      assert.equal(real.deadlineMs(slot), lease.deadlineMs)
      assert.equal(real.keyCount(slot), lease.keys.size)
      assert.deepEqual(new Set(real.keys(slot)), lease.keys)
    }
    for (const now of [0, 5, 10, 40]) {
      const due = ids.filter((id) => (plain.get(id)?.deadlineMs ?? 0) <= now)
      assert.deepEqual(new Set(real.due(now, 100)), new Set(due))
      assert.equal(real.due(now, 2).length, Math.min(2, due.length))
    }
  }
}

describe('the table of leases', () => {
  test('is what a map of plain objects is, whatever was done', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 80, size: 'max' }), (steps) => {
        const pair = new Pair()
        for (const step of steps) {
          pair.do(step)
          pair.assertEqual()
        }
      }),
      { numRuns: 100 },
    )
  })

  test('puts all that there can be in order, in slices', () => {
    const table = new LeaseTable(3)
    fc.assert(
      fc.property(fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), { maxLength: 300 }), (ids) => {
        for (const id of ids) if (id !== 0n && table.find(id) === 0) table.grant(id, 1, 1)
        assert.deepEqual(ascending(table), [...table.ids()])
      }),
      { numRuns: 50 },
    )
    let slices = 0
    const steps = table.ascending()
    while (steps.next().done !== true) slices += 1
    assert.ok(slices >= 4, 'one for each digit at least')
  })

  test('finds each of many, through all splits of its buckets', () => {
    const table = new LeaseTable(3)
    const idOf = (i: number): bigint => BigInt(i) * 0x1_0000_0001n - 5000n
    for (let i = 1; i <= 3000; i++) table.grant(idOf(i), i, i)
    for (let i = 1; i <= 3000; i += 2) table.end(table.find(idOf(i)))
    for (let i = 1; i <= 3000; i++) assert.equal(table.find(idOf(i)) !== 0, i % 2 === 0)
    assert.equal(table.due(1000, 10_000).length, 500)
    assert.equal(table.nextDeadlineMs, 2)
  })
})
