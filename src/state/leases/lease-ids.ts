/**
 * Finds a lease by its id: chains in buckets that are split one at a time as leases come (linear
 * hashing, Litwin 1980), so that no single grant pays for a larger table.
 */

import { assert } from '../../base/index.ts'
import { Int32Column } from './columns.ts'

const BUCKETS_MIN = 64

/** The finisher of MurmurHash3: every bit of an id reaches every bit of the bucket. */
function mixed(word: number): number {
  let value = word ^ (word >>> 16)
  value = Math.imul(value, 0x85ebca6b)
  value ^= value >>> 13
  value = Math.imul(value, 0xc2b2ae35)
  return value ^ (value >>> 16)
}

export class LeaseIds {
  readonly #seed: number
  readonly #low = new Int32Column()
  readonly #high = new Int32Column()
  readonly #bucket = new Int32Column()
  readonly #next = new Int32Column()
  readonly #halves = new DataView(new ArrayBuffer(8))
  /** Invariant: level is a power of two, level <= buckets < 2 * level. */
  #level = BUCKETS_MIN
  #buckets = BUCKETS_MIN
  #size = 0

  /** Ids are chosen by clients: one who does not know the seed cannot fill one chain. */
  constructor(seed: number) {
    this.#seed = seed | 0
  }

  get size(): number {
    return this.#size
  }

  id(lease: number): bigint {
    this.#halves.setInt32(0, this.#low.get(lease), true)
    this.#halves.setInt32(4, this.#high.get(lease), true)
    return this.#halves.getBigInt64(0, true)
  }

  /** The lower half of the id. */
  low(lease: number): number {
    return this.#low.get(lease)
  }

  /** The upper half, with the sign. */
  high(lease: number): number {
    return this.#high.get(lease)
  }

  /** 0: unknown. */
  find(id: bigint): number {
    this.#halves.setBigInt64(0, id, true)
    const low = this.#halves.getInt32(0, true)
    const high = this.#halves.getInt32(4, true)
    let lease = this.#bucket.get(this.#bucketOf(low, high))
    while (lease !== 0) {
      if (this.#low.get(lease) === low && this.#high.get(lease) === high) return lease
      lease = this.#next.get(lease)
    }
    return 0
  }

  add(id: bigint, lease: number): void {
    assert(lease > 0 && this.find(id) === 0, 'an id names one lease')
    this.#halves.setBigInt64(0, id, true)
    this.#low.set(lease, this.#halves.getInt32(0, true))
    this.#high.set(lease, this.#halves.getInt32(4, true))
    this.#link(lease)
    this.#size += 1
    if (this.#size > this.#buckets) this.#split()
  }

  remove(lease: number): void {
    const bucket = this.#bucketOf(this.#low.get(lease), this.#high.get(lease))
    const next = this.#next.get(lease)
    let before = this.#bucket.get(bucket)
    if (before === lease) this.#bucket.set(bucket, next)
    else {
      while (this.#next.get(before) !== lease) {
        before = this.#next.get(before)
        assert(before !== 0, 'a lease is in the chain of its id')
      }
      this.#next.set(before, next)
    }
    this.#next.set(lease, 0)
    this.#size -= 1
  }

  #link(lease: number): void {
    const bucket = this.#bucketOf(this.#low.get(lease), this.#high.get(lease))
    this.#next.set(lease, this.#bucket.get(bucket))
    this.#bucket.set(bucket, lease)
  }

  #split(): void {
    let lease = this.#bucket.get(this.#buckets - this.#level)
    this.#bucket.set(this.#buckets - this.#level, 0)
    this.#buckets += 1
    if (this.#buckets === this.#level * 2) this.#level = this.#buckets
    while (lease !== 0) {
      const next = this.#next.get(lease)
      this.#link(lease)
      lease = next
    }
  }

  #bucketOf(low: number, high: number): number {
    const hash = mixed(mixed(low ^ this.#seed) ^ high)
    const bucket = hash & (this.#level * 2 - 1)
    return bucket < this.#buckets ? bucket : hash & (this.#level - 1)
  }
}
