/**
 * Chance comes in from outside: everything random draws from a `Chance` that was passed in, so that
 * one seed replays one run. Streams are forked per component: a component that draws once more does
 * not shift what any other component sees.
 */

export interface Chance {
  /** A uniform integer from 0 to 2^32 - 1. */
  uint32(): number
  /** A uniform integer from 0 to limit - 1. */
  below(limit: number): number
  /** True with the given probability. */
  happens(probability: number): boolean
  /** An independent stream, told apart by its name. */
  fork(name: string): Chance
}

/**
 * sfc32 (Chris Doty-Humphrey), small, fast and passes PractRand; seeded through a name and a
 * number.
 */
export class SeededChance implements Chance {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, name = '') {
    let hash = 0x811c9dc5 ^ (seed >>> 0)
    const high = Math.floor(seed / 0x100000000) >>> 0
    hash = Math.imul(hash ^ high, 0x01000193)
    for (let i = 0; i < name.length; i++) {
      hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    }
    this.#a = hash | 0
    this.#b = (seed | 0) ^ 0x5bd1e995
    this.#c = high ^ name.length
    for (let i = 0; i < 15; i++) this.uint32()
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }

  below(limit: number): number {
    return Math.floor((this.uint32() / 0x100000000) * limit)
  }

  happens(probability: number): boolean {
    return this.uint32() < probability * 0x100000000
  }

  fork(name: string): Chance {
    return new SeededChance(this.uint32(), name)
  }
}
