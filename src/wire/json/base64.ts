/**
 * Base64 (RFC 4648 §4) between bytes and bytes: in JSON it stands among other text. What is
 * written is padded; what is read may be without padding, in the alphabet for URLs (§5), and have
 * line breaks, all of which etcd accepts.
 */

import { assert } from '../../base/index.ts'

const ALPHABET = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (character) => character.charCodeAt(0),
)
const PAD = 0x3d

const ILLEGAL = -1
const SKIPPED = -2
const PADDING = -3

/** What each byte stands for: six bits, or one of the above. */
const SEXTETS: Int8Array = makeSextets()

function makeSextets(): Int8Array {
  const table = new Int8Array(256).fill(ILLEGAL)
  for (const [bits, byte] of ALPHABET.entries()) table[byte] = bits
  table[0x2d] = 62
  table[0x5f] = 63
  table[0x0a] = SKIPPED
  table[0x0d] = SKIPPED
  table[PAD] = PADDING
  return table
}

export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}

/** Returns the offset behind what was written. There must be room for `base64Length`. */
export function writeBase64(target: Uint8Array, offset: number, source: Uint8Array): number {
  assert(offset + base64Length(source.length) <= target.length, 'base64 was given its room')
  const whole = source.length - (source.length % 3)
  let at = offset
  let from = 0
  for (; from < whole; from += 3) {
    const bits =
      ((source[from] as number) << 16) |
      ((source[from + 1] as number) << 8) |
      (source[from + 2] as number)
    target[at] = ALPHABET[bits >> 18] as number
    target[at + 1] = ALPHABET[(bits >> 12) & 63] as number
    target[at + 2] = ALPHABET[(bits >> 6) & 63] as number
    target[at + 3] = ALPHABET[bits & 63] as number
    at += 4
  }
  if (from === source.length) return at
  const second = source[from + 1]
  const bits = ((source[from] as number) << 16) | ((second ?? 0) << 8)
  target[at] = ALPHABET[bits >> 18] as number
  target[at + 1] = ALPHABET[(bits >> 12) & 63] as number
  target[at + 2] = second === undefined ? PAD : (ALPHABET[(bits >> 6) & 63] as number)
  target[at + 3] = PAD
  return at + 4
}

/** In memory of its own; or the position of the first byte that is not base64. */
export function readBase64(text: Uint8Array): Uint8Array | number {
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 3)
  let length = 0
  let bits = 0
  let sextets = 0
  let padding = 0
  for (let at = 0; at < text.length; at++) {
    const sextet = SEXTETS[text[at] as number] as number
    if (sextet >= 0 && padding === 0) {
      bits = ((bits << 6) | sextet) & 0xff_ffff
      sextets += 1
      if (sextets % 4 !== 0) continue
      bytes[length++] = bits >> 16
      bytes[length++] = bits >> 8
      bytes[length++] = bits
    } else if (sextet === PADDING && padding + (sextets % 4) < 4 && sextets % 4 > 1) {
      padding += 1
    } else if (sextet !== SKIPPED) return at
  }
  const rest = sextets % 4
  // One sextet alone is no byte, and padding that begins has to be whole.
  if (rest === 1 || (padding > 0 && padding + rest !== 4)) return text.length
  if (rest > 1) bytes[length++] = bits >> (rest === 2 ? 4 : 10)
  if (rest > 2) bytes[length++] = bits >> 2
  return bytes.subarray(0, length)
}
