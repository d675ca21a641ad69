/** Which keys go with which lease: a list for each, linked through the numbers of the keys. */

import { assert } from '../../base/index.ts'
import { Int32Column } from './columns.ts'

export class KeyLists {
  readonly #next = new Int32Column()
  readonly #previous = new Int32Column()
  readonly #first = new Int32Column()
  readonly #length = new Int32Column()

  length(lease: number): number {
    return this.#length.get(lease)
  }

  /** The key must be in no list. */
  add(lease: number, key: number): void {
    assert(key > 0 && this.#next.get(key) === 0, 'a key goes with one lease')
    const first = this.#first.get(lease)
    // The last one points to itself: 0 stays the mark of a key that is in no list.
    this.#next.set(key, first === 0 ? key : first)
    if (first !== 0) this.#previous.set(first, key)
    this.#first.set(lease, key)
    this.#length.set(lease, this.#length.get(lease) + 1)
  }

  remove(lease: number, key: number): void {
    const next = this.#next.get(key)
    assert(next !== 0, 'a key that leaves a lease was with it')
    const isLast = next === key
    const previous = this.#previous.get(key)
    if (!isLast) this.#previous.set(next, previous)
    if (previous !== 0) this.#next.set(previous, isLast ? previous : next)
    else {
      assert(this.#first.get(lease) === key, 'a key leaves the lease that it is with')
      this.#first.set(lease, isLast ? 0 : next)
    }
    this.#next.set(key, 0)
    this.#previous.set(key, 0)
    this.#length.set(lease, this.#length.get(lease) - 1)
  }

  /** In no particular order. */
  keys(lease: number): number[] {
    const keys: number[] = []
    let key = this.#first.get(lease)
    while (key !== 0) {
      keys.push(key)
      const next = this.#next.get(key)
      key = next === key ? 0 : next
    }
    assert(keys.length === this.#length.get(lease), 'a list is as long as it says')
    return keys
  }
}
