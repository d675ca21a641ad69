/**
 * A queue of any length, from which the first one is taken without moving all others. What was
 * taken is let go of, even if the queue never becomes empty.
 */

import { assert } from './assert.ts'

/** A shorter one is not worth tidying up. */
const TIDIED_MIN = 1024

export class Fifo<T> {
  #items: T[] = []
  /** Those before it were taken. */
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  /** Places that are held, those that were taken included. */
  get capacity(): number {
    return this.#items.length
  }

  /** The one before which so many others are taken. */
  at(number: number): T {
    assert(number >= 0 && number < this.length, 'only what is there is looked at')
    return this.#items[this.#head + number] as T
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the first one. */
  take(): T {
    assert(this.length > 0, 'only what is there is taken')
    const item = this.#items[this.#head] as T
    this.#head += 1
    if (this.length === 0) {
      this.#items = []
      this.#head = 0
    } else if (this.#head >= TIDIED_MIN && this.#head >= this.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  takeAll(): T[] {
    const items = this.#items.slice(this.#head)
    this.#items = []
    this.#head = 0
    return items
  }
}
