/**
 * The tombstones, in the order of their revisions: each goes when its revision lies below the floor
 * of the compaction, whatever was put after it. An element:
 *
 *     word 0  main, low 32 bits
 *          1  main, high bits
 *          2  sub
 *          3  the slot of the key
 *          4  length of the record
 */

import { assert } from '../../base/index.ts'
import { PageQueue } from './page-queue.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, type PagePool } from './pages.ts'
import type { KeySlot, NewTombstone } from './types.ts'

const HIGH = 0x1_0000_0000
const ELEMENT_UNITS = 3

export class Graves {
  readonly #words: readonly Int32Array[]
  readonly #queue: PageQueue

  constructor(pages: PagePool) {
    this.#words = pages.words
    this.#queue = new PageQueue(pages, ELEMENT_UNITS)
  }

  get length(): number {
    return this.#queue.length
  }

  push(slot: KeySlot, { main, sub, recordBytes }: NewTombstone): void {
    const place = this.#queue.push()
    const words = this.#words[place >>> PAGE_UNIT_BITS] as Int32Array
    const at = (place & PAGE_UNIT_MASK) << 1
    words[at] = main
    words[at + 1] = Math.floor(main / HIGH)
    words[at + 2] = sub
    words[at + 3] = slot
    words[at + 4] = recordBytes
  }

  /** Infinity: there is no tombstone. */
  get frontMain(): number {
    if (this.#queue.length === 0) return Number.POSITIVE_INFINITY
    return (this.#front(1) >>> 0) * HIGH + (this.#front(0) >>> 0)
  }

  get frontSub(): number {
    return this.#front(2) >>> 0
  }

  get frontSlot(): KeySlot {
    return this.#front(3)
  }

  get frontRecordBytes(): number {
    return this.#front(4)
  }

  shift(): void {
    this.#queue.shift()
  }

  #front(word: number): number {
    const place = this.#queue.front
    assert(place !== 0, 'there is a tombstone')
    const words = this.#words[place >>> PAGE_UNIT_BITS] as Int32Array
    return words[((place & PAGE_UNIT_MASK) << 1) + word] as number
  }
}
