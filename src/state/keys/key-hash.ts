/**
 * HalfSipHash-1-3 with 32 bits (Aumasson and Bernstein, "SipHash", 2012, and its reference code
 * `halfsiphash.c`): a hash that depends on a secret. Whoever chooses keys but does not know the
 * secret cannot make them meet in one bucket. Linux keys its hash tables with the same variant.
 *
 * One thing is different: what is left after the last whole word is filled up to a word of its own,
 * and the length follows in another one. For whole words the result is that of the original.
 */

import { assert } from '../../base/index.ts'

const INITIAL_2 = 0x6c796765
const INITIAL_3 = 0x74656462
const HIGH = 0x1_0000_0000

export class KeyHash {
  readonly #low: number
  readonly #high: number

  /** `seed` is a safe integer: 53 bits that nobody outside can know. */
  constructor(seed: number) {
    assert(Number.isSafeInteger(seed) && seed >= 0, 'a seed is a safe integer')
    this.#low = seed | 0
    this.#high = Math.floor(seed / HIGH) | 0
  }

  /**
   * Of so many bytes from the word `at` on, the last word filled up with zeros; 32 bits, unsigned.
   */
  of(words: Int32Array, at: number, length: number): number {
    let v0 = this.#low
    let v1 = this.#high
    let v2 = INITIAL_2 ^ this.#low
    let v3 = INITIAL_3 ^ this.#high
    const end = at + ((length + 3) >>> 2)
    assert(end <= words.length, 'a hash covers words that exist')
    // One round for each word, the last one for the length, then three to finish.
    for (let word = at; word <= end + 3; word++) {
      const block = word < end ? (words[word] as number) : word === end ? length << 24 : 0
      if (word === end + 1) v2 ^= 0xff
      v3 ^= block
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= block
    }
    return (v1 ^ v3) >>> 0
  }
}
