/** Writing the primitives of RFC 7541 §5: integers and strings. */

import { assert } from '../../base/index.ts'
import { huffmanEncode, huffmanLength } from './huffman-encoder.ts'

const NOTHING = new Uint8Array(0)
const HUFFMAN_FLAG = 0x80
const LENGTH_MASK = 0x7f

export class BlockWriter {
  #target: Uint8Array = NOTHING
  #at = 0

  open(target: Uint8Array, offset: number): void {
    this.#target = target
    this.#at = offset
  }

  /** Lets go of the target, and returns the offset behind what was written. */
  close(): number {
    assert(this.#at <= this.#target.length, 'a block fits into its target')
    this.#target = NOTHING
    return this.#at
  }

  /** `mask` is the prefix, all ones; `flags` are the bits above it. */
  integer(flags: number, mask: number, value: number): void {
    assert(value >= 0 && (flags & mask) === 0, 'the prefix is kept apart from the flags')
    if (value < mask) {
      this.#octet(flags | value)
      return
    }
    this.#octet(flags | mask)
    let rest = value - mask
    for (; rest > LENGTH_MASK; rest >>>= 7) this.#octet((rest & LENGTH_MASK) | 0x80)
    this.#octet(rest)
  }

  /** Huffman-coded where that is shorter. */
  text(text: string): void {
    const coded = huffmanLength(text)
    if (coded < text.length) {
      this.integer(HUFFMAN_FLAG, LENGTH_MASK, coded)
      this.#at = huffmanEncode(text, this.#target, this.#at)
      return
    }
    this.integer(0, LENGTH_MASK, text.length)
    for (let at = 0; at < text.length; at++) this.#octet(text.charCodeAt(at))
  }

  #octet(value: number): void {
    this.#target[this.#at] = value
    this.#at += 1
  }
}
