/**
 * The index against a sorted array: whatever is done, both answer everything alike, at every
 * revision that may still be asked for.
 */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KeyIndex, type KeySlot, NO_SLOT, NO_VERSION } from './index.ts'
import { PlainIndex } from './testing/plain-index.ts'

type Step =
  | {
      readonly kind: 'put'
      readonly key: Uint8Array
      readonly lease: bigint
      readonly again: boolean
    }
  | { readonly kind: 'remove'; readonly pick: number; readonly again: boolean }
  | { readonly kind: 'compact'; readonly share: number }
  | { readonly kind: 'step'; readonly budget: number }

const KEYS: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }),
  fc.uint8Array({ minLength: 0, maxLength: 12 }),
  fc.uint8Array({ minLength: 1, maxLength: 6, min: 0xfe }),
  fc
    .integer({ min: 0, max: 300 })
    .map((n) => Uint8Array.from(`/prefix/${n}`, (c) => c.charCodeAt(0))),
  fc.integer({ min: 250, max: 2000 }).map((length) => new Uint8Array(length).fill(length & 0xff)),
)

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      key: KEYS,
      lease: fc.constantFrom(0n, 0n, 1n, -1n, 7n, 2n ** 63n - 1n),
      again: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      pick: fc.nat(1000),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('compact' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      budget: fc.integer({ min: 1, max: 40 }),
    }),
  },
)

/** Both indexes, driven alike, and everything that was ever changed. */
class Pair {
  readonly real: KeyIndex
  readonly plain = new PlainIndex()
  main = 1
  sub = 0
  floor = 0
  readonly realDropped: string[] = []
  readonly plainDropped: string[] = []
  readonly #touched = new Map<string, Uint8Array>()

  constructor(nodeEntriesMax: number) {
    this.real = new KeyIndex({ nodeEntriesMax, hashSeed: 2 ** 52 + 12345 })
  }

  do(step: Step): void {
    if (step.kind === 'put') this.#put(step.key, step)
    else if (step.kind === 'remove') this.#remove(step.pick, step)
    else if (step.kind === 'compact') this.#compact(step.share)
    else this.step(step.budget)
  }

  step(budget: number): boolean {
    return this.real.compactStep(budget, (main, sub) => this.realDropped.push(`${main}.${sub}`))
  }

  finish(): void {
    while (!this.step(3)) {}
    this.plain.compactStep(1, (main, sub) => this.plainDropped.push(`${main}.${sub}`))
    assert.deepEqual(this.realDropped.toSorted(), this.plainDropped.toSorted())
  }

  touched(): Uint8Array[] {
    return [...this.#touched.values()]
  }

  #advance(again: boolean): { main: number; sub: number } {
    if (again && this.main > this.floor) this.sub += 1
    else this.sub = 0
    if (this.sub === 0) this.main += 1
    return { main: this.main, sub: this.sub }
  }

  #put(key: Uint8Array, { lease, again }: { lease: bigint; again: boolean }): void {
    const given = { ...this.#advance(again), lease, recordBytes: 1 + key.length }
    this.#touched.set(key.join(), key)
    const padded = Uint8Array.of(9, 9, ...key, 9)
    const slot = this.real.put(padded, 2, 2 + key.length, given)
    this.plain.put(key, 0, key.length, given)
    assert.equal(this.real.find(key, 0, key.length), slot)
  }

  #remove(pick: number, { again }: { again: boolean }): void {
    const keys = this.touched().filter((key) => {
      const slot = this.plain.find(key, 0, key.length)
      return slot !== NO_SLOT && !this.plain.isDeleted(slot)
    })
    const key = keys[pick % Math.max(1, keys.length)]
    if (key === undefined) return
    const given = { ...this.#advance(again), recordBytes: 2 }
    this.real.remove(this.real.find(key, 0, key.length), given)
    this.plain.remove(this.plain.find(key, 0, key.length), given)
  }

  #compact(share: number): void {
    const at = Math.floor(this.floor + (this.main - this.floor) * share)
    if (at <= this.floor) return
    this.floor = at
    this.real.compact(at)
    this.plain.compact(at)
  }

  /** What must hold at any time, also while a compaction is not finished. */
  assertSeenAlike(): void {
    assert.equal(this.real.liveKeys, this.plain.liveKeys)
    for (const key of this.touched()) {
      const [real, plain] = [this.real, this.plain].map((index) => index.find(key, 0, key.length))
      for (let at = this.floor; at <= this.main + 1; at++) {
        const seen = versionOf(this.real, real as KeySlot, at)
        assert.equal(seen, versionOf(this.plain, plain as KeySlot, at))
        const tomb = tombstoneOf(this.real, { slot: real as KeySlot, at, floor: this.floor })
        const plainly = { slot: plain as KeySlot, at, floor: this.floor }
        assert.equal(tomb, tombstoneOf(this.plain, plainly))
      }
    }
  }

  /** What holds when a compaction is finished. */
  assertEqual(): void {
    assert.deepEqual(orderOf(this.real), orderOf(this.plain))
    assert.equal(this.real.versions, this.plain.versions)
    assert.equal(this.real.liveBytes, this.plain.liveBytes)
    for (const key of this.touched()) {
      for (const other of this.touched().slice(0, 6)) {
        assert.equal(this.real.countLive(key, other), this.plain.countLive(key, other))
      }
      assert.equal(this.real.countLive(key, null), this.plain.countLive(key, null))
      const [real, plain] = [this.real, this.plain].map((index) => {
        const slot = index.first(key)
        return slot === NO_SLOT ? 'end' : describeNewest(index, slot)
      })
      assert.equal(real, plain)
    }
  }
}

function versionOf(index: KeyIndex | PlainIndex, slot: KeySlot, at: number): string {
  if (slot === NO_SLOT) return 'none'
  const ref = index.versionAt(slot, at)
  if (ref === NO_VERSION) return 'none'
  const revision = `${index.refMain(ref)}.${index.refSub(ref)} ${index.refCreate(ref)}`
  return `${revision} ${index.refVersion(ref)} ${index.refLease(ref)} ${index.refBytes(ref)}`
}

/** Up to the floor they may be there or not. */
function tombstoneOf(
  index: KeyIndex | PlainIndex,
  { slot, at, floor }: { slot: KeySlot; at: number; floor: number },
): string {
  const ref = slot === NO_SLOT ? NO_VERSION : index.recordAt(slot, at)
  if (ref === NO_VERSION || !index.refIsDeleted(ref) || index.refMain(ref) <= floor) return 'none'
  return `${index.refMain(ref)}.${index.refSub(ref)}`
}

function describeNewest(index: KeyIndex | PlainIndex, slot: KeySlot): string {
  const revision = `${index.main(slot)}.${index.sub(slot)} ${index.create(slot)}`
  const rest = `${index.version(slot)} ${index.lease(slot)} ${index.recordBytes(slot)}`
  return `${index.keyBytes(slot).join()} ${revision} ${rest} ${index.isDeleted(slot)}`
}

function orderOf(index: KeyIndex | PlainIndex): string[] {
  const found: string[] = []
  for (let slot = index.first(new Uint8Array(0)); slot !== NO_SLOT; slot = index.next(slot)) {
    found.push(describeNewest(index, slot))
  }
  return found
}

describe('the key index', () => {
  it('answers everything as a sorted array does, whatever was done', () => {
    const inputs = [
      fc.array(STEPS, { maxLength: 200, size: 'max' }),
      fc.constantFrom(4, 5, 8),
    ] as const
    fc.assert(
      fc.property(...inputs, (steps, nodeEntriesMax) => {
        const pair = new Pair(nodeEntriesMax)
        steps.forEach((step, at) => {
          pair.do(step)
          if (at % 60 === 59) pair.assertSeenAlike()
        })
        pair.assertSeenAlike()
        pair.finish()
        pair.assertSeenAlike()
        pair.assertEqual()
      }),
      { numRuns: 40 },
    )
  })
})
