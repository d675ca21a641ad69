/**
 * The older versions of all keys, in the order in which they were superseded, which is the order in
 * which compaction takes them: what it costs is what it drops. An element is a version (see
 * versions.ts) and
 *
 *     word  4, the owner's 16 bits: main of the jump, high 16 bits
 *           7, the owner's 5 bits:  of an anchor k, whose jump leads over 2^k - 1 anchors; of
 *                                   others NEAR and how many versions it is from its anchor
 *           9  the next newer version of the key, a place: its main is when this one was superseded
 *          10  main of the jump, low 32 bits
 *          11  the jump, a place
 *
 * A key that is written a thousand times a second has millions of versions, and a walk along them
 * would stop the world. So every eighth is an anchor, which has, besides the next older version, a
 * jump to an anchor further back (Myers, "An applicative random-access stack", 1983); the jump of
 * the others leads to the anchor before them. So a search visits a logarithmic number of versions,
 * and most new ones look at no other than the one before, which is written to anyway.
 *
 * A jump may lead to a version that is gone by now. It is never taken then: the main revision of
 * where it leads stands beside it, a search goes there only when that is above the revision it
 * looks for, and what is above the floor of the compaction is never gone.
 */

import { assert } from '../../base/index.ts'
import { PageQueue } from './page-queue.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, type PagePool, type Place } from './pages.ts'
import { VERSION_WORDS, type Versions } from './versions.ts'

const NEWER_WORD = VERSION_WORDS
const JUMP_MAIN_WORD = VERSION_WORDS + 1
const JUMP_WORD = VERSION_WORDS + 2
const ELEMENT_UNITS = (VERSION_WORDS + 3) / 2

const HIGH = 0x1_0000_0000

/** From here on the 5 bits count the versions behind an anchor; below, they are of an anchor. */
const NEAR = 24
const NEAREST = NEAR + 1
const ANCHOR_DISTANCE = 8
const FARTHEST = NEAR + ANCHOR_DISTANCE - 1

export class History {
  readonly #versions: Versions
  readonly #words: readonly Int32Array[]
  readonly #queue: PageQueue

  constructor(versions: Versions, pages: PagePool) {
    this.#versions = versions
    this.#words = pages.words
    this.#queue = new PageQueue(pages, ELEMENT_UNITS)
  }

  get length(): number {
    return this.#queue.length
  }

  /** The version that was superseded first, or 0. */
  get front(): Place {
    return this.#queue.front
  }

  /** When a version in here was superseded. */
  supersededAt(place: Place): number {
    return this.#versions.main(this.#word(place, NEWER_WORD))
  }

  /** Takes over the newest version of a key from its block, which is about to get a newer one. */
  push(slot: Place, floor: number): void {
    const versions = this.#versions
    const older = versions.older(slot)
    const place = this.#queue.push()
    versions.copy(slot, place)
    versions.setOlder(place, older)
    versions.setOlder(slot, place)
    this.#setWord(place, NEWER_WORD, slot)
    if (older !== 0) this.#setWord(older, NEWER_WORD, place)
    this.#setJump(place, floor)
  }

  /** Forgets the version that was superseded first; it is the oldest of its key. */
  shift(): void {
    const front = this.#queue.front
    assert(front !== 0 && this.#versions.older(front) === 0, 'the oldest version goes first')
    const newer = this.#word(front, NEWER_WORD)
    assert(this.#versions.older(newer) === front, 'versions of a key lead to each other')
    this.#versions.setOlder(newer, 0)
    this.#queue.shift()
  }

  /** From a version on, the first one at or below the revision, or 0. Not for below the floor. */
  at(from: Place, revision: number): Place {
    const versions = this.#versions
    if (versions.main(from) <= revision) return from
    let place = versions.older(from)
    while (place !== 0 && versions.main(place) > revision) {
      place =
        this.#jumpMain(place) > revision ? this.#word(place, JUMP_WORD) : versions.older(place)
    }
    return place
  }

  #setJump(place: Place, floor: number): void {
    const versions = this.#versions
    const older = versions.older(place)
    if (older === 0) {
      this.#writeJump(place, 0, 0)
      versions.setFlags(place, 0)
      return
    }
    const flags = versions.flags(older)
    if (flags <= NEAR) {
      this.#writeJump(place, older, versions.main(older))
      versions.setFlags(place, NEAREST)
      return
    }
    const anchor = this.#word(older, JUMP_WORD)
    const anchorMain = this.#jumpMain(older)
    if (flags < FARTHEST) {
      this.#writeJump(place, anchor, anchorMain)
      versions.setFlags(place, flags + 1)
    } else if (anchorMain > floor) this.#jumpFrom(place, anchor, floor)
    else {
      this.#writeJump(place, 0, 0)
      versions.setFlags(place, 0)
    }
  }

  /**
   * From a new anchor; the one before it is given. Two jumps of the same length, one behind the
   * other, become one; this makes the lengths those of skew binary numbers. A jump to what is gone
   * counts as a length of its own.
   */
  #jumpFrom(place: Place, anchor: Place, floor: number): void {
    const versions = this.#versions
    const length = versions.flags(anchor)
    const next = this.#jumpMain(anchor) > floor ? this.#word(anchor, JUMP_WORD) : 0
    if (next !== 0 && versions.flags(next) === length && length < NEAR) {
      this.#writeJump(place, this.#word(next, JUMP_WORD), this.#jumpMain(next))
      versions.setFlags(place, length + 1)
    } else {
      this.#writeJump(place, anchor, versions.main(anchor))
      versions.setFlags(place, 1)
    }
  }

  #writeJump(place: Place, jump: Place, main: number): void {
    this.#setWord(place, JUMP_WORD, jump)
    this.#setWord(place, JUMP_MAIN_WORD, main)
    this.#versions.setOwned(place, Math.floor(main / HIGH))
  }

  #jumpMain(place: Place): number {
    return this.#versions.owned(place) * HIGH + (this.#word(place, JUMP_MAIN_WORD) >>> 0)
  }

  #word(place: Place, word: number): number {
    const page = this.#words[place >>> PAGE_UNIT_BITS] as Int32Array
    return page[((place & PAGE_UNIT_MASK) << 1) + word] as number
  }

  #setWord(place: Place, word: number, value: number): void {
    const page = this.#words[place >>> PAGE_UNIT_BITS] as Int32Array
    page[((place & PAGE_UNIT_MASK) << 1) + word] = value
  }
}
