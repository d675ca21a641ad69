/**
 * First in, first out, in pages: what is taken off the front gives whole pages back. Elements are
 * all of one size and stay where they are while they are in the queue.
 */

import { assert } from '../../base/index.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, PAGE_UNITS, type PagePool, type Place } from './pages.ts'

/** The first unit of each page holds the number of the page behind it. */
const HEADER_UNITS = 1

export class PageQueue {
  readonly #pages: PagePool
  readonly #units: number
  /** The oldest element, or the end of the queue when it is empty. 0 before the first one. */
  #front: Place = 0
  /** Where the next one goes; the end of a page means: to a page that is yet to be taken. */
  #back: Place = 0
  #length = 0

  constructor(pages: PagePool, elementUnits: number) {
    assert(elementUnits >= 1 && elementUnits < PAGE_UNITS, 'an element fits a page')
    this.#pages = pages
    this.#units = elementUnits
  }

  get length(): number {
    return this.#length
  }

  /** The oldest element, or 0. */
  get front(): Place {
    return this.#length === 0 ? 0 : this.#front
  }

  /** Room for one more; what is in it is left from its last use. */
  push(): Place {
    if (this.#length === 0) this.#restart()
    else if (!this.#fits(this.#back)) this.#extend()
    const place = this.#back
    this.#back = place + this.#units
    this.#length += 1
    return place
  }

  shift(): void {
    assert(this.#length > 0, 'an empty queue has no front')
    const page = this.#front >>> PAGE_UNIT_BITS
    this.#length -= 1
    this.#front += this.#units
    if (this.#length === 0 || this.#fits(this.#front)) return
    this.#front = this.#behind(page) * PAGE_UNITS + HEADER_UNITS
    this.#pages.give(page)
  }

  /** `back` may stand right behind the last unit of its page, which is a place of the next one. */
  #fits(place: Place): boolean {
    const within = (place - 1) & PAGE_UNIT_MASK
    return within + this.#units < PAGE_UNITS
  }

  /** An empty queue goes on at the start of the page it has. */
  #restart(): void {
    const page = this.#back === 0 ? this.#pages.take() : (this.#back - 1) >>> PAGE_UNIT_BITS
    this.#front = page * PAGE_UNITS + HEADER_UNITS
    this.#back = this.#front
  }

  #extend(): void {
    const page = this.#pages.take()
    const last = (this.#back - 1) >>> PAGE_UNIT_BITS
    const words = this.#pages.words[last] as Int32Array
    words[0] = page
    this.#back = page * PAGE_UNITS + HEADER_UNITS
  }

  #behind(page: number): number {
    const words = this.#pages.words[page] as Int32Array
    return words[0] as number
  }
}
