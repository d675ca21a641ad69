/** Which lease is due next: a binary heap that knows where each lease stands in it. */

import { assert } from '../../base/index.ts'
import { Float64Column, Int32Column } from './columns.ts'

export class Deadlines {
  /** Leases in heap order, from position 1 on. */
  readonly #heap = new Int32Column()
  /** Where a lease stands in the heap; 0: not in it. */
  readonly #position = new Int32Column()
  readonly #deadline = new Float64Column()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Of the lease that is due first; Infinity when there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#deadline.get(this.#heap.get(1))
  }

  has(lease: number): boolean {
    return this.#position.get(lease) > 0
  }

  deadlineMs(lease: number): number {
    assert(this.#position.get(lease) > 0, 'only what was put in has a deadline')
    return this.#deadline.get(lease)
  }

  /** Puts it in, or moves it. */
  set(lease: number, deadlineMs: number): void {
    assert(lease > 0, 'a lease has a number')
    this.#deadline.set(lease, deadlineMs)
    let position = this.#position.get(lease)
    if (position === 0) {
      this.#size += 1
      position = this.#size
    }
    this.#place(lease, position)
    this.#sift(lease)
  }

  delete(lease: number): void {
    const position = this.#position.get(lease)
    assert(position > 0, 'only what was put in is taken out')
    const last = this.#heap.get(this.#size)
    this.#size -= 1
    this.#position.set(lease, 0)
    if (last === lease) return
    this.#place(last, position)
    this.#sift(last)
  }

  /** Those that are due at `nowMs`, at most so many, in no order; looks at no others. */
  due(nowMs: number, max: number): number[] {
    const found: number[] = []
    const open = this.#size > 0 ? [1] : []
    while (found.length < max) {
      const position = open.pop()
      if (position === undefined) break
      const lease = this.#heap.get(position)
      if (this.#deadline.get(lease) > nowMs) continue
      found.push(lease)
      if (position * 2 + 1 <= this.#size) open.push(position * 2 + 1)
      if (position * 2 <= this.#size) open.push(position * 2)
    }
    return found
  }

  #sift(lease: number): void {
    const own = this.#deadline.get(lease)
    let position = this.#position.get(lease)
    while (position > 1) {
      const parent = this.#heap.get(position >>> 1)
      if (this.#deadline.get(parent) <= own) break
      this.#place(parent, position)
      position >>>= 1
    }
    for (let child = this.#childOf(position); child !== 0; child = this.#childOf(position)) {
      const below = this.#heap.get(child)
      if (this.#deadline.get(below) >= own) break
      this.#place(below, position)
      position = child
    }
    this.#place(lease, position)
  }

  /** The position of the smaller child; 0: none. */
  #childOf(position: number): number {
    const left = position * 2
    if (left > this.#size) return 0
    if (left === this.#size) return left
    const [a, b] = [this.#heap.get(left), this.#heap.get(left + 1)]
    return this.#deadline.get(a) <= this.#deadline.get(b) ? left : left + 1
  }

  #place(lease: number, position: number): void {
    this.#heap.set(position, lease)
    this.#position.set(lease, position)
  }
}
