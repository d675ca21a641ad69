/**
 * All ranges that are watched in a group, to find those that a changed key lies in.
 *
 * Single keys are found by their hash. Keys that were chosen to have one hash stand in one bucket,
 * which is sorted: finding one of n takes log n steps at worst, and no secret is needed.
 */

import { assert } from '../../base/index.ts'
import { type Audience, Interest } from './interest.ts'
import { IntervalTree } from './interval-tree.ts'
import { KeySpan } from './key-span.ts'

export interface WatchedRange {
  readonly from: Uint8Array
  /** Null: to the end of all keys. */
  readonly to: Uint8Array | null
  readonly isExact: boolean
}

export class Interests {
  readonly #buckets = new Map<number, Interest[]>()
  readonly #ranges = new IntervalTree()
  readonly #span = new KeySpan()
  /** What the last `match` found; used again. */
  readonly hits: Interest[] = []

  /** The bytes of the range must not change any more. */
  join(range: WatchedRange, wants: number): Audience {
    return this.#obtain(range).join(wants)
  }

  leave(audience: Audience): void {
    const { interest } = audience
    interest.leave(audience)
    if (!interest.isEmpty) return
    assert(interest.syncedCount === 0, 'nobody is left of a range that nobody watches')
    if (interest.isExact) this.#removeExact(interest)
    else this.#ranges.remove(interest)
  }

  /** Fills `hits` with everybody's ranges that contain the key, each once. */
  match(key: KeySpan): void {
    const { hits } = this
    hits.length = 0
    const bucket = this.#buckets.size === 0 ? undefined : this.#buckets.get(key.hash())
    if (bucket !== undefined) {
      const exact = bucket[placeIn(bucket, key)]
      if (exact !== undefined && key.compare(exact.from) === 0) hits.push(exact)
    }
    this.#ranges.collect(key, hits)
  }

  #obtain({ from, to, isExact }: WatchedRange): Interest {
    if (isExact) return this.#obtainExact(from)
    let interest = this.#ranges.find(from, to)
    if (interest === null) {
      interest = new Interest(from, to, false)
      this.#ranges.add(interest)
    }
    return interest
  }

  #obtainExact(key: Uint8Array): Interest {
    this.#span.set(key, 0, key.length)
    const hash = this.#span.hash()
    let bucket = this.#buckets.get(hash)
    if (bucket === undefined) {
      bucket = []
      this.#buckets.set(hash, bucket)
    }
    const at = placeIn(bucket, this.#span)
    const found = bucket[at]
    if (found !== undefined && this.#span.compare(found.from) === 0) return found
    const interest = new Interest(key, null, true)
    bucket.splice(at, 0, interest)
    return interest
  }

  #removeExact(interest: Interest): void {
    this.#span.set(interest.from, 0, interest.from.length)
    const hash = this.#span.hash()
    const bucket = this.#buckets.get(hash)
    assert(bucket !== undefined, 'a key that is watched has its bucket')
    const at = placeIn(bucket, this.#span)
    assert(bucket[at] === interest, 'a key that is watched is in its bucket')
    bucket.splice(at, 1)
    if (bucket.length === 0) this.#buckets.delete(hash)
  }
}

/** Where the key is in the bucket, or belongs. */
function placeIn(bucket: readonly Interest[], key: KeySpan): number {
  let [low, high] = [0, bucket.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (key.compare((bucket[middle] as Interest).from) > 0) low = middle + 1
    else high = middle
  }
  return low
}
