import { assert } from '../../base/index.ts'
import { NO_PLACE } from './arena.ts'

/**
 * Revision -> place, off the JavaScript heap: pages of ascending revisions in typed arrays, found
 * by halving. Revisions are nearly dense when they are written, but after a compaction what is left
 * may be thin: a page in which most is removed is written anew, together with its neighbour if that
 * is thin, too. So the index takes about 8 bytes for a record, and never more than some times that.
 */

const OFFSET_MAX = 0xffff_ffff

interface Page {
  readonly firstMain: number
  /** How far `main` is from `firstMain`; ascending, equal ones ascend by `subs`. */
  readonly offsets: Uint32Array
  /** `NO_PLACE`: removed. */
  readonly places: Uint32Array
  /** Null while all are 0, as where no command changes more than one key. */
  subs: Uint32Array | null
  /** The epoch in which it was dropped, while it has to stay; null or 0: it was not. */
  dropped: Uint32Array | null
  /** How many entries have such an epoch. */
  marks: number
  /** Entries, removed ones included. */
  count: number
  /** Entries that are not removed. */
  live: number
}

/** Where a walk over the index stands, and what it found there. */
export interface Cursor {
  main: number
  sub: number
  place: number
  dropped: number
}

export class RevisionIndex {
  readonly #pageRecords: number
  #pages: Page[] = []
  #records = 0
  #lastMain = -1
  #lastSub = -1
  /** The answer of `#locate`. */
  #page: Page | null = null
  #at = 0
  #pageNumber = 0

  constructor(pageRecords: number) {
    assert(pageRecords >= 4, 'a page holds some records')
    this.#pageRecords = pageRecords
  }

  get records(): number {
    return this.#records
  }

  /** Memory that is taken, to within the objects around it. */
  get bytes(): number {
    let bytes = 0
    for (const { offsets, subs, dropped } of this.#pages) {
      bytes += offsets.length * (8 + (subs === null ? 0 : 4) + (dropped === null ? 0 : 4))
    }
    return bytes
  }

  /** The last revision that was ever added. */
  get lastMain(): number {
    return this.#lastMain
  }

  get lastSub(): number {
    return this.#lastSub
  }

  add(main: number, sub: number, place: number): void {
    const follows = main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub)
    assert(follows, 'revisions ascend')
    assert(Number.isSafeInteger(main) && sub >= 0 && sub <= OFFSET_MAX, 'a revision fits')
    const page = this.#pageFor(main)
    const at = page.count
    page.offsets[at] = main - page.firstMain
    page.places[at] = place
    if (sub > 0) {
      page.subs ??= new Uint32Array(page.offsets.length)
      page.subs[at] = sub
    }
    page.count = at + 1
    page.live += 1
    this.#records += 1
    this.#lastMain = main
    this.#lastSub = sub
  }

  /** `NO_PLACE` when it is not there. */
  placeOf(main: number, sub: number): number {
    return this.#find(main, sub) ? ((this.#page as Page).places[this.#at] as number) : NO_PLACE
  }

  /** The epoch in which it was dropped; 0 when it was not, or is not there. */
  droppedAt(main: number, sub: number): number {
    return this.#find(main, sub) ? ((this.#page as Page).dropped?.[this.#at] ?? 0) : 0
  }

  moved(main: number, sub: number, place: number): void {
    const found = this.#find(main, sub)
    assert(found && place !== NO_PLACE, 'what is moved is there')
    const page = this.#page as Page
    page.places[this.#at] = place
  }

  markDropped(main: number, sub: number, epoch: number): void {
    const found = this.#find(main, sub)
    assert(found && epoch > 0 && epoch <= OFFSET_MAX, 'what is dropped is there, in an epoch')
    const page = this.#page as Page
    page.dropped ??= new Uint32Array(page.offsets.length)
    assert(page.dropped[this.#at] === 0, 'a record is dropped once')
    page.dropped[this.#at] = epoch
    page.marks += 1
  }

  remove(main: number, sub: number): void {
    const found = this.#find(main, sub)
    assert(found, 'what is removed is there')
    const page = this.#page as Page
    page.places[this.#at] = NO_PLACE
    if ((page.dropped?.[this.#at] ?? 0) > 0) page.marks -= 1
    page.live -= 1
    this.#records -= 1
    const isLast = this.#pageNumber === this.#pages.length - 1
    if (page.live === 0 && !isLast) this.#pages.splice(this.#pageNumber, 1)
    else if (page.live * 2 < page.count && page.count > 4) this.#rewrite(this.#pageNumber)
  }

  /** Moves on to the next revision that is there; false at the end. */
  next(cursor: Cursor): boolean {
    this.#locate(cursor.main, cursor.sub)
    for (let number = this.#pageNumber; number < this.#pages.length; number++) {
      const page = this.#pages[number] as Page
      let at = number === this.#pageNumber ? this.#at : 0
      if (number === this.#pageNumber && isAt(page, at, cursor)) at += 1
      while (at < page.count && page.places[at] === NO_PLACE) at += 1
      if (at === page.count) continue
      cursorTo(cursor, page, at)
      return true
    }
    return false
  }

  /**
   * Moves on to the next revision that was dropped in an epoch up to `epochMax`; false at the end.
   * Looks only into pages that have any.
   */
  nextDropped(cursor: Cursor, epochMax: number): boolean {
    this.#locate(cursor.main, cursor.sub)
    for (let number = this.#pageNumber; number < this.#pages.length; number++) {
      const page = this.#pages[number] as Page
      if (page.marks === 0 || page.dropped === null) continue
      let at = number === this.#pageNumber ? this.#at : 0
      if (number === this.#pageNumber && isAt(page, at, cursor)) at += 1
      while (at < page.count && !isDroppedBy(page, at, epochMax)) at += 1
      if (at === page.count) continue
      cursorTo(cursor, page, at)
      return true
    }
    return false
  }

  #pageFor(main: number): Page {
    const last = this.#pages.at(-1)
    const fits =
      last !== undefined && last.count < last.offsets.length && main - last.firstMain <= OFFSET_MAX
    if (fits) return last
    if (last !== undefined && last.live === 0) this.#pages.pop()
    const page = newPage(main, this.#pageRecords)
    this.#pages.push(page)
    return page
  }

  #find(main: number, sub: number): boolean {
    this.#locate(main, sub)
    const page = this.#page
    if (page === null || this.#at >= page.count) return false
    if (page.firstMain + (page.offsets[this.#at] as number) !== main) return false
    return (page.subs?.[this.#at] ?? 0) === sub && page.places[this.#at] !== NO_PLACE
  }

  /**
   * The page that would hold the revision (the first one when it is before all), and in it the
   * first entry that is not before it.
   */
  #locate(main: number, sub: number): void {
    let low = 0
    let high = this.#pages.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (startsAfter(this.#pages[middle] as Page, main, sub)) high = middle
      else low = middle
    }
    this.#pageNumber = low
    this.#page = this.#pages[low] ?? null
    this.#at = this.#page === null ? 0 : firstFrom(this.#page, main, sub)
  }

  /** Without what is removed; together with its neighbours as long as they fill half a page. */
  #rewrite(number: number): void {
    let from = number
    let to = number + 1
    let live = (this.#pages[number] as Page).live
    const most = this.#pageRecords / 2
    while (to < this.#pages.length && this.#joins(from, to, { live, most })) {
      live += (this.#pages[to] as Page).live
      to += 1
    }
    while (from > 0 && this.#joins(from - 1, to - 1, { live, most, before: true })) {
      from -= 1
      live += (this.#pages[from] as Page).live
    }
    const isLast = to === this.#pages.length
    const first = this.#pages[from] as Page
    const page = newPage(first.firstMain, isLast ? this.#pageRecords : Math.max(live, 1))
    for (let at = from; at < to; at++) copyLive(this.#pages[at] as Page, page)
    assert(page.count === live && page.live === live, 'every entry that is there was copied')
    this.#pages.splice(from, to - from, page)
  }

  #joins(
    first: number,
    last: number,
    { live, most, before = false }: { live: number; most: number; before?: boolean },
  ): boolean {
    const [one, other] = [this.#pages[first] as Page, this.#pages[last] as Page]
    const lastOffset = other.offsets[other.count - 1] as number
    const added = before ? one.live : other.live
    return live + added <= most && other.firstMain + lastOffset - one.firstMain <= OFFSET_MAX
  }
}

function newPage(firstMain: number, capacity: number): Page {
  return {
    firstMain,
    offsets: new Uint32Array(capacity),
    places: new Uint32Array(capacity),
    subs: null,
    dropped: null,
    marks: 0,
    count: 0,
    live: 0,
  }
}

function cursorTo(cursor: Cursor, page: Page, at: number): void {
  cursor.main = page.firstMain + (page.offsets[at] as number)
  cursor.sub = page.subs?.[at] ?? 0
  cursor.place = page.places[at] as number
  cursor.dropped = page.dropped?.[at] ?? 0
}

function isDroppedBy(page: Page, at: number, epochMax: number): boolean {
  const dropped = page.dropped?.[at] ?? 0
  return dropped > 0 && dropped <= epochMax && page.places[at] !== NO_PLACE
}

function startsAfter(page: Page, main: number, sub: number): boolean {
  const first = page.firstMain + (page.offsets[0] as number)
  return first > main || (first === main && (page.subs?.[0] ?? 0) > sub)
}

function isAt(page: Page, at: number, { main, sub }: Cursor): boolean {
  if (at >= page.count || page.firstMain + (page.offsets[at] as number) !== main) return false
  return (page.subs?.[at] ?? 0) === sub
}

/** The first entry at or behind a revision; `count` when all are before it. */
function firstFrom(page: Page, main: number, sub: number): number {
  const { offsets, subs } = page
  const offset = main - page.firstMain
  if (offset < 0) return 0
  // As long as nothing is removed and no command changes more than one key.
  if (subs === null && offset < page.count && offsets[offset] === offset) {
    return sub > 0 ? offset + 1 : offset
  }
  let low = 0
  // Offsets that all differ are at least as large as their positions.
  let high = subs === null ? Math.min(page.count, offset + 1) : page.count
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = offsets[middle] as number
    const isBefore = found < offset || (found === offset && (subs?.[middle] ?? 0) < sub)
    if (isBefore) low = middle + 1
    else high = middle
  }
  return low
}

function copyLive(from: Page, to: Page): void {
  const shift = from.firstMain - to.firstMain
  for (let at = 0; at < from.count; at++) {
    const place = from.places[at] as number
    if (place === NO_PLACE) continue
    const target = to.count
    to.offsets[target] = (from.offsets[at] as number) + shift
    to.places[target] = place
    const sub = from.subs?.[at] ?? 0
    if (sub > 0) {
      to.subs ??= new Uint32Array(to.offsets.length)
      to.subs[target] = sub
    }
    const dropped = from.dropped?.[at] ?? 0
    if (dropped > 0) {
      to.dropped ??= new Uint32Array(to.offsets.length)
      to.dropped[target] = dropped
      to.marks += 1
    }
    to.count = target + 1
    to.live += 1
  }
}
