import { assert } from '../../base/index.ts'

const WORDS_MIN = 4

/** A set of small numbers. Grows with its largest member. */
export class Bits {
  #words: Uint32Array
  #count: number

  constructor(words: Uint32Array = new Uint32Array(0)) {
    this.#words = words
    this.#count = 0
    for (const word of words) this.#count += ones(word)
  }

  get count(): number {
    return this.#count
  }

  has(number: number): boolean {
    const word = this.#words[number >>> 5]
    return word !== undefined && (word & (1 << (number & 31))) !== 0
  }

  /** False when it was there already. */
  add(number: number): boolean {
    assert(number >= 0, 'members are not negative')
    const at = number >>> 5
    if (at >= this.#words.length) this.#grow(at + 1)
    const word = this.#words[at] as number
    const bit = 1 << (number & 31)
    if ((word & bit) !== 0) return false
    this.#words[at] = word | bit
    this.#count += 1
    return true
  }

  copy(): Bits {
    return new Bits(this.#words.slice())
  }

  /** The members below `limit`, 32 in a word, the lowest in the lowest bit. */
  words(limit: number): Uint32Array {
    const words = new Uint32Array(Math.ceil(limit / 32))
    words.set(this.#words.subarray(0, words.length))
    return words
  }

  /** The first member at or after `number`; -1: there is none. */
  next(number: number): number {
    let at = number >>> 5
    if (at >= this.#words.length) return -1
    let word = (this.#words[at] as number) & (-1 << (number & 31))
    while (word === 0) {
      at += 1
      if (at >= this.#words.length) return -1
      word = this.#words[at] as number
    }
    return at * 32 + lowest(word)
  }

  /** The first number at or after `number` that is no member. */
  nextAbsent(number: number): number {
    let at = number >>> 5
    let word = ~(this.#words[at] ?? 0) & (-1 << (number & 31))
    // Whole words: a file in which everything is dropped is passed quickly.
    while (word === 0) {
      at += 1
      word = ~(this.#words[at] ?? 0)
    }
    return at * 32 + lowest(word)
  }

  /**
   * Adds the members of `members` below `limit` as they are counted, from `base` on, when those of
   * `omitted` are left out; members that are left out are none.
   */
  addSqueezed(
    members: Bits,
    omitted: Bits,
    { limit, base }: { limit: number; base: number },
  ): void {
    let first = base
    for (let at = 0; at * 32 < limit; at++) {
      const out = omitted.#words[at] ?? 0
      let rest = (members.#words[at] ?? 0) & ~out
      while (rest !== 0) {
        const bit = rest & -rest
        const number = at * 32 + lowest(rest)
        if (number < limit) this.add(first + lowest(rest) - ones(out & (bit - 1)))
        rest ^= bit
      }
      first += 32 - ones(out)
    }
  }

  #grow(length: number): void {
    const words = new Uint32Array(Math.max(WORDS_MIN, length, 2 * this.#words.length))
    words.set(this.#words)
    this.#words = words
  }
}

function ones(word: number): number {
  let pairs = word - ((word >>> 1) & 0x5555_5555)
  pairs = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  pairs = (pairs + (pairs >>> 4)) & 0x0f0f_0f0f
  return Math.imul(pairs, 0x0101_0101) >>> 24
}

function lowest(word: number): number {
  return 31 - Math.clz32(word & -word)
}
