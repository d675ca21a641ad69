/**
 * Which batches of one sender came already. The network may double and delay what it carries; a
 * batch that comes twice takes effect once. Numbers ascend, so that those that are not remembered
 * any more are the old ones, and an old one that is not known counts as one that came.
 */

import { assert } from '../base/index.ts'

export class SeenBatches {
  readonly #max: number
  /** In the order in which they came. */
  readonly #numbers = new Set<number>()
  /** Up to here all count as seen. */
  #floor = -1

  constructor(max: number) {
    assert(max > 0, 'something is remembered')
    this.#max = max
  }

  get size(): number {
    return this.#numbers.size
  }

  /** False when it came before. */
  isNew(number: number): boolean {
    if (number <= this.#floor || this.#numbers.has(number)) return false
    this.#numbers.add(number)
    if (this.#numbers.size <= this.#max) return true
    for (const oldest of this.#numbers) {
      this.#numbers.delete(oldest)
      this.#floor = Math.max(this.#floor, oldest)
      break
    }
    return true
  }
}
