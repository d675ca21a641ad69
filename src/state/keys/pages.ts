/**
 * Memory outside the JavaScript heap, in pages of one size that are taken when needed and given
 * back when empty: nothing is ever copied to grow, and the collector sees a few thousand buffers
 * where it would see millions of objects.
 *
 * A `Place` is a number for eight bytes of a page: 16 bits of page, 15 bits within it. Whoever
 * holds one reads `words[place >>> PAGE_UNIT_BITS][(place & PAGE_UNIT_MASK) << 1]`.
 */

import { assert, freeBytes } from '../../base/index.ts'

/** Of what kind the block is stands with its owner: slots and references to versions are places. */
export type Place = number

/** 256 KiB: holds three of the largest keys, and is a twentieth of a millisecond to clear. */
export const PAGE_UNIT_BITS = 15
export const PAGE_UNITS = 1 << PAGE_UNIT_BITS
export const PAGE_UNIT_MASK = PAGE_UNITS - 1
export const UNIT_BYTES = 8

const PAGE_BYTES = PAGE_UNITS * UNIT_BYTES

/** A place stays below 2^31, which the engine keeps as a plain machine integer: 16 GiB. */
const PAGES_MAX = 1 << (31 - PAGE_UNIT_BITS)

/**
 * Empty pages that are kept, so that a page at the edge is not taken and given back all the time.
 */
const SPARE_PAGES_MAX = 8

interface Page {
  readonly words: Int32Array
  readonly octets: Uint8Array
}

const NO_PAGE: Page = { words: new Int32Array(0), octets: new Uint8Array(0) }

export class PagePool {
  /** The pages by number, as words and as bytes. Number 0 is never used: place 0 means nothing. */
  readonly words: Int32Array[] = [NO_PAGE.words]
  readonly octets: Uint8Array[] = [NO_PAGE.octets]
  /** Numbers whose page was given back. */
  readonly #vacant: number[] = []
  readonly #spare: Page[] = []
  #taken = 0

  get bytes(): number {
    return (this.#taken + this.#spare.length) * PAGE_BYTES
  }

  /** The number of a page; what is in it is left from its last use. */
  take(): number {
    const number = this.#vacant.pop() ?? this.words.length
    assert(number < PAGES_MAX, 'the index of one store fits 16 GiB')
    const page = this.#spare.pop() ?? newPage()
    this.words[number] = page.words
    this.octets[number] = page.octets
    this.#taken += 1
    return number
  }

  give(number: number): void {
    const words = this.words[number]
    const octets = this.octets[number]
    assert(words !== undefined && octets !== undefined, 'a page that is given back was taken')
    assert(words.length > 0, 'a page is given back once')
    if (this.#spare.length < SPARE_PAGES_MAX) this.#spare.push({ words, octets })
    this.words[number] = NO_PAGE.words
    this.octets[number] = NO_PAGE.octets
    this.#vacant.push(number)
    this.#taken -= 1
  }

  /**
   * Frees the memory of up to `count` pages; true: no page is left. Nothing in the pool is used any
   * more.
   */
  free(count: number): boolean {
    for (const { octets } of this.#spare.splice(0)) freeBytes(octets)
    for (let left = count; left > 0 && this.octets.length > 0; left--) {
      const octets = this.octets.pop()
      if (octets !== undefined && octets !== NO_PAGE.octets) freeBytes(octets)
    }
    return this.octets.length === 0
  }
}

function newPage(): Page {
  const octets = new Uint8Array(PAGE_BYTES)
  return { octets, words: new Int32Array(octets.buffer) }
}
