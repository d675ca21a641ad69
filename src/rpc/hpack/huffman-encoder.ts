/** Huffman encoding: RFC 7541 §5.2 and appendix B. Text is latin1, one character an octet. */

import { assert } from '../../base/index.ts'
import { HUFFMAN_BITS, HUFFMAN_CODES } from './huffman-code.ts'

/** Up to 7 bits wait for their octet; with these, a code of more bits does not fit 32. */
const BITS_AT_ONCE = 24
const LOW_BITS = 16

/** Octets of the text when Huffman-coded. */
export function huffmanLength(text: string): number {
  let bits = 0
  for (let at = 0; at < text.length; at++) bits += HUFFMAN_BITS[text.charCodeAt(at)] as number
  return (bits + 7) >>> 3
}

/** Writes the code of `text` at `offset` and returns the offset behind it. */
export function huffmanEncode(text: string, target: Uint8Array, offset: number): number {
  let at = offset
  /** The lowest `waiting` bits are still to be written; what stands above them has been. */
  let pending = 0
  let waiting = 0
  for (let from = 0; from < text.length; from++) {
    const symbol = text.charCodeAt(from)
    let bits = HUFFMAN_BITS[symbol] as number
    let code = HUFFMAN_CODES[symbol] as number
    if (bits > BITS_AT_ONCE) {
      bits -= LOW_BITS
      pending = (pending << bits) | (code >>> LOW_BITS)
      for (waiting += bits; waiting >= 8; at++) {
        waiting -= 8
        target[at] = pending >>> waiting
      }
      code &= 0xffff
      bits = LOW_BITS
    }
    pending = (pending << bits) | code
    for (waiting += bits; waiting >= 8; at++) {
      waiting -= 8
      target[at] = pending >>> waiting
    }
  }
  if (waiting > 0) {
    // The last octet is filled with the beginning of EOS, which is all ones.
    target[at] = (pending << (8 - waiting)) | (0xff >>> waiting)
    at += 1
  }
  assert(at <= target.length, 'the code fits into its target')
  return at
}
