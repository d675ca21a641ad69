/**
 * Blocks of many sizes from pages that each hold blocks of one size (Bonwick, "The Slab Allocator",
 * 1994): taking and giving back is O(1), a freed block is the next one taken, and a page without
 * blocks goes back to the pool, where any size can have it.
 */

import { assert } from '../../base/index.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, PAGE_UNITS, type PagePool, type Place } from './pages.ts'

/** Up to here every number of units is a size of its own. */
const EXACT_UNITS_MAX = 32
const EXACT_BITS = 5

/** Above, eight sizes for each doubling: at most an eighth of a block is wasted. */
const STEP_BITS = 3
const STEPS = 1 << STEP_BITS

/** The largest block; a page holds three. */
export const BLOCK_UNITS_MAX = 9 * 1024

const SIZES = EXACT_UNITS_MAX + 1 + (PAGE_UNIT_BITS - EXACT_BITS) * STEPS

/**
 * The word of a free block that leads to the next free one; the words before it stay as they were.
 */
const LINK_WORD = 1

/** What is known of the pages, by their numbers. */
interface Books {
  /** Units of a block. */
  readonly units: number[]
  /** Blocks in use. */
  readonly used: number[]
  /** The first block that was given back, as a place, or 0. */
  readonly free: number[]
  /** The first unit that was never used. */
  readonly fresh: number[]
  /** Neighbours among the pages of the same size that have room, or 0. */
  readonly before: number[]
  readonly after: number[]
}

export class Slabs {
  readonly #pages: PagePool
  readonly #books: Books = { units: [], used: [], free: [], fresh: [], before: [], after: [] }
  /** By size: the first page with room, or 0. */
  readonly #roomy = new Int32Array(SIZES)

  constructor(pages: PagePool) {
    this.#pages = pages
  }

  /** A block of at least that many units. What is in it is left from its last use. */
  take(units: number): Place {
    assert(units >= 1 && units <= BLOCK_UNITS_MAX, 'a block fits a page')
    const size = sizeOf(units)
    const page = this.#roomy[size] || this.#open(size)
    const books = this.#books
    const blockUnits = books.units[page] as number
    let place = books.free[page] as number
    if (place === 0) {
      const fresh = books.fresh[page] as number
      books.fresh[page] = fresh + blockUnits
      place = page * PAGE_UNITS + fresh
    } else {
      books.free[page] = this.#link(place)
    }
    books.used[page] = (books.used[page] as number) + 1
    if (!this.#hasRoom(page)) this.#unlist(page, size)
    return place
  }

  give(place: Place): void {
    const page = place >>> PAGE_UNIT_BITS
    const books = this.#books
    const used = books.used[page]
    assert(used !== undefined && used > 0, 'a block that is given back was taken')
    const size = sizeOf(books.units[page] as number)
    if (!this.#hasRoom(page)) this.#list(page, size)
    books.used[page] = used - 1
    if (used === 1) {
      this.#unlist(page, size)
      this.#pages.give(page)
      return
    }
    const words = this.#pages.words[page] as Int32Array
    words[((place & PAGE_UNIT_MASK) << 1) + LINK_WORD] = books.free[page] as number
    books.free[page] = place
  }

  #open(size: number): number {
    const page = this.#pages.take()
    const books = this.#books
    books.units[page] = unitsOf(size)
    books.used[page] = 0
    books.free[page] = 0
    books.fresh[page] = 0
    this.#list(page, size)
    return page
  }

  #hasRoom(page: number): boolean {
    const { free, fresh, units } = this.#books
    return free[page] !== 0 || (fresh[page] as number) + (units[page] as number) <= PAGE_UNITS
  }

  #link(place: Place): Place {
    const words = this.#pages.words[place >>> PAGE_UNIT_BITS] as Int32Array
    return words[((place & PAGE_UNIT_MASK) << 1) + LINK_WORD] as number
  }

  #list(page: number, size: number): void {
    const { before, after } = this.#books
    const first = this.#roomy[size] as number
    before[page] = 0
    after[page] = first
    if (first !== 0) before[first] = page
    this.#roomy[size] = page
  }

  #unlist(page: number, size: number): void {
    const { before, after } = this.#books
    const previous = before[page] as number
    const next = after[page] as number
    if (previous === 0) this.#roomy[size] = next
    else after[previous] = next
    if (next !== 0) before[next] = previous
  }
}

/** The smallest size that holds so many units, as a number. */
function sizeOf(units: number): number {
  if (units <= EXACT_UNITS_MAX) return units
  const doubling = 31 - Math.clz32(units - 1)
  const step = (units - 1) >>> (doubling - STEP_BITS)
  return EXACT_UNITS_MAX + 1 + (doubling - EXACT_BITS) * STEPS + (step - STEPS)
}

function unitsOf(size: number): number {
  if (size <= EXACT_UNITS_MAX) return size
  const above = size - EXACT_UNITS_MAX - 1
  const doubling = EXACT_BITS + Math.floor(above / STEPS)
  return ((above % STEPS) + STEPS + 1) << (doubling - STEP_BITS)
}
