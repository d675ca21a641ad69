/**
 * From a key to its slot: linear hashing (Litwin, 1980). With each key more than half of the
 * buckets two of them are split, so the table grows by a few words at a time and never as a whole.
 * The keys of a bucket are chained through their blocks; four of five are the first of theirs. It
 * does not shrink: what a store once held, it is likely to hold again, and a bucket takes four
 * bytes.
 */

import { assert, freeBytes } from '../../base/index.ts'
import type { KeyBlocks } from './key-blocks.ts'
import type { KeyHash } from './key-hash.ts'
import type { KeyProbe } from './probe.ts'
import type { SoughtKeys } from './sought-keys.ts'
import { type KeySlot, NO_SLOT } from './types.ts'

const PAGE_BITS = 14
const PAGE_BUCKETS = 1 << PAGE_BITS
const PAGE_MASK = PAGE_BUCKETS - 1

/** Buckets are numbered with 31 bits, as slots are. */
const BUCKETS_MAX = 2 ** 31

/** 64 MiB of buckets: whoever expects more may be wrong. */
const EXPECTED_MAX = 2 ** 24

export class Buckets {
  readonly #keys: KeyBlocks
  readonly #hash: KeyHash
  readonly #pages: Int32Array[] = [new Int32Array(PAGE_BUCKETS)]
  /** A power of two: so many buckets there were when this round of splitting began. */
  #base = PAGE_BUCKETS
  /** The next bucket to be split; those before it use one bit of the hash more. */
  #split = 0
  #length = 0

  constructor(keys: KeyBlocks, hash: KeyHash) {
    this.#keys = keys
    this.#hash = hash
  }

  get bytes(): number {
    return this.#pages.length * PAGE_BUCKETS * 4
  }

  /** Frees its memory; it is not used any more. */
  free(): void {
    for (const page of this.#pages) freeBytes(page)
  }

  /**
   * So many keys are about to come: buckets that are there need not be split for them. None more
   * than splitting would have made.
   */
  expect(keys: number): void {
    assert(this.#length === 0 && this.#split === 0, 'keys are expected by an empty table')
    while (this.#base * 2 <= Math.min(2 * keys, EXPECTED_MAX)) this.#base *= 2
    while (this.#pages.length * PAGE_BUCKETS < this.#base) {
      this.#pages.push(new Int32Array(PAGE_BUCKETS))
    }
  }

  /** `hash` is that of the probe. */
  find(probe: KeyProbe, hash: number): KeySlot {
    const keys = this.#keys
    let slot = this.#first(this.#bucketOf(hash))
    while (slot !== NO_SLOT && !keys.equals(slot, probe)) slot = keys.chain(slot)
    return slot
  }

  /** Of the keys in the bucket of each, that which is looked at first. */
  lookFor({ hashes, slots, count }: SoughtKeys): void {
    for (let at = 0; at < count; at++) slots[at] = this.#first(this.#bucketOf(hashes[at] as number))
  }

  /** The key must not be there yet. */
  add(slot: KeySlot, hash: number): void {
    const bucket = this.#bucketOf(hash)
    this.#keys.setChain(slot, this.#first(bucket))
    this.#setFirst(bucket, slot)
    this.#length += 1
    while (this.#length * 2 > this.#base + this.#split) this.#grow()
  }

  remove(slot: KeySlot, hash: number): void {
    const bucket = this.#bucketOf(hash)
    const keys = this.#keys
    const next = keys.chain(slot)
    let before = this.#first(bucket)
    if (before === slot) {
      this.#setFirst(bucket, next)
    } else {
      while (before !== NO_SLOT && keys.chain(before) !== slot) before = keys.chain(before)
      assert(before !== NO_SLOT, 'a key that goes is in its bucket')
      keys.setChain(before, next)
    }
    this.#length -= 1
  }

  #bucketOf(hash: number): number {
    // The base is a power of two of at most 31 bits, so both masks are plain 32-bit operations.
    const bucket = hash & (this.#base - 1)
    return bucket < this.#split ? hash & (this.#base * 2 - 1) : bucket
  }

  #first(bucket: number): KeySlot {
    const page = this.#pages[bucket >>> PAGE_BITS] as Int32Array
    return page[bucket & PAGE_MASK] as number
  }

  #setFirst(bucket: number, slot: KeySlot): void {
    const page = this.#pages[bucket >>> PAGE_BITS] as Int32Array
    page[bucket & PAGE_MASK] = slot
  }

  #grow(): void {
    const from = this.#split
    const to = this.#base + from
    assert(to < BUCKETS_MAX, 'a bucket has a number of 31 bits')
    if (to >>> PAGE_BITS === this.#pages.length) this.#pages.push(new Int32Array(PAGE_BUCKETS))
    this.#divide(from, to)
    this.#split = from + 1
    if (this.#split < this.#base) return
    this.#base *= 2
    this.#split = 0
  }

  /** Moves those whose next bit is set; both chains come out in the opposite order. */
  #divide(from: number, to: number): void {
    const keys = this.#keys
    let stay = NO_SLOT
    let move = NO_SLOT
    let slot = this.#first(from)
    while (slot !== NO_SLOT) {
      const next = keys.chain(slot)
      const moves = (keys.hash(slot, this.#hash) & this.#base) !== 0
      keys.setChain(slot, moves ? move : stay)
      if (moves) move = slot
      else stay = slot
      slot = next
    }
    this.#setFirst(from, stay)
    this.#setFirst(to, move)
  }
}
