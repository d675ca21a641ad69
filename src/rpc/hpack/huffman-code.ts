/**
 * The Huffman code of RFC 7541 appendix B. It is canonical: codes of one length are consecutive in
 * the order of their symbols, and shorter ones come first. So the lengths are all there is to know.
 */

import { assert } from '../../base/index.ts'

/** 256 octets, and EOS, whose code of 30 ones pads the last octet of a string. */
export const HUFFMAN_SYMBOLS = 257
export const HUFFMAN_EOS = 256

/** Bits of each code, by symbol; `7*22` stands for 22 sevens. */
const LENGTHS = `
  13 23 28*7 24 30 28*2 30 28*8 30 28*9 6 10*2 12 13 6 8 11 10*2 8 11 8 6*3 5*3 6*7 7 8 15 6 12 10
  13 6 7*22 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6*3 5 7*2 6*3 5 6 7 6 5*2 6 7*5 15 11 14 13 28 20 22
  20*2 22*3 23 22 23*5 24 23 24*2 22 23 24 23*4 21 22 23 22 23*2 24 22 21 20 22*2 23*2 21 23 22*2 24
  21 22 23*2 21*2 22 21 23 22 23*2 20 22*3 23 22*2 23 26*2 20 19 22 23 22 25 26*3 27*2 26 24 25 19
  21 26 27*2 26 27 24 21*2 26*2 28 27*3 20 24 20 21 22 21*2 23 22*2 25*2 24*2 26 23 26 27 26*2 27*5
  28 27*5 26 30`

export const HUFFMAN_BITS: Readonly<Uint8Array> = readLengths()

/** The codes, each in the low bits of its number. */
export const HUFFMAN_CODES: Readonly<Int32Array> = assignCodes()

function readLengths(): Uint8Array {
  const lengths: number[] = []
  for (const word of LENGTHS.trim().split(/\s+/)) {
    const [bits = '', count = '1'] = word.split('*')
    for (let left = Number(count); left > 0; left--) lengths.push(Number(bits))
  }
  assert(lengths.length === HUFFMAN_SYMBOLS, 'every symbol has a code')
  return Uint8Array.from(lengths)
}

function assignCodes(): Int32Array {
  const codes = new Int32Array(HUFFMAN_SYMBOLS)
  let next = 0
  for (let bits = 1; bits <= 30; bits++) {
    next *= 2
    for (let symbol = 0; symbol < HUFFMAN_SYMBOLS; symbol++) {
      if (HUFFMAN_BITS[symbol] !== bits) continue
      codes[symbol] = next
      next += 1
    }
  }
  assert(next === 2 ** 30, 'the code is complete: no sequence of bits is without a meaning')
  return codes
}
