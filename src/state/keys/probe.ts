/**
 * The key that is being looked for, laid out as keys in the index are: in whole words, the last one
 * filled up with zeros, in the byte order of the machine, so that they compare word by word.
 */

import { assert } from '../../base/index.ts'

/** Fits the 16 bits that a key has for its length. */
export const KEY_BYTES_MAX = 0xffff

/** A key that is longer compares like its first bytes do with every key that can be there. */
const PROBE_BYTES_MAX = KEY_BYTES_MAX + 1

const FIRST_BYTES = 1024

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

export class KeyProbe {
  #words = new Int32Array(FIRST_BYTES / 4)
  #length = 0

  /** Valid up to `wordCount`; to be asked for again after every change. */
  get words(): Int32Array {
    return this.#words
  }

  /** In bytes, and never more than one above `KEY_BYTES_MAX`. */
  get length(): number {
    return this.#length
  }

  get wordCount(): number {
    return (this.#length + 3) >>> 2
  }

  set(bytes: Uint8Array, start: number, end: number): void {
    assert(start >= 0 && start <= end && end <= bytes.length, 'a key is made of bytes that exist')
    this.resize(Math.min(end - start, PROBE_BYTES_MAX))
    const words = this.#words
    const whole = this.#length >>> 2
    let at = start
    for (let word = 0; word < whole; word++, at += 4) {
      words[word] = LITTLE_ENDIAN
        ? (bytes[at] as number) |
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24)
        : ((bytes[at] as number) << 24) |
          ((bytes[at + 1] as number) << 16) |
          ((bytes[at + 2] as number) << 8) |
          (bytes[at + 3] as number)
    }
    const stop = start + this.#length
    if (at === stop) return
    let last = 0
    for (let shift = 0; at < stop; at++, shift += 8) {
      last |= (bytes[at] as number) << (LITTLE_ENDIAN ? shift : 24 - shift)
    }
    words[whole] = last
  }

  /** For whoever writes the words itself. */
  resize(length: number): void {
    assert(length >= 0 && length <= PROBE_BYTES_MAX, 'a probe is not longer than a key can be')
    if (length > this.#words.length * 4) this.#words = new Int32Array((PROBE_BYTES_MAX + 3) >>> 2)
    this.#length = length
  }
}

/** The order of two words that differ, as that of the bytes they are made of. */
export function wordOrder(a: number, b: number): number {
  assert(a !== b, 'words that are put in order differ')
  if (!LITTLE_ENDIAN) return a >>> 0 < b >>> 0 ? -1 : 1
  const difference = a ^ b
  // The lowest bit that differs lies in the first byte that differs.
  const shift = (31 - Math.clz32(difference & -difference)) & ~7
  return ((a >>> shift) & 0xff) - ((b >>> shift) & 0xff)
}
