/**
 * Texts as UTF-8. The encoder and decoder of the platform are made for long texts; names and short
 * messages take less time in a loop.
 */

import { assert } from '../base/index.ts'

/** Up to here a loop is faster; measured on Node.js 26. */
const SHORT_BYTES = 24
const LOOP_UNITS_MAX = 128

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Half a surrogate pair counts as U+FFFD, which is what the encoder makes of it. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else {
      length += 2
      // A pair is two units and four bytes.
      if (isPair(text, at)) at += 1
    }
  }
  return length
}

/** Returns the offset behind the text. There must be room for `utf8Length`. */
export function encodeUtf8(text: string, target: Uint8Array, offset: number): number {
  if (text.length > LOOP_UNITS_MAX) {
    const { read, written } = ENCODER.encodeInto(text, target.subarray(offset))
    assert(read === text.length, 'a text was given the room it needs')
    return offset + written
  }
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) {
      const { written } = ENCODER.encodeInto(text.slice(at), target.subarray(offset + at))
      return offset + at + written
    }
    target[offset + at] = unit
  }
  return offset + text.length
}

/** Null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, offset: number, length: number): string | null {
  assert(offset + length <= bytes.length, 'a text has its bytes')
  if (length <= SHORT_BYTES) {
    const text = shortAscii(bytes, offset, length)
    if (text !== null) return text
  }
  try {
    return DECODER.decode(bytes.subarray(offset, offset + length))
  } catch {
    // Not UTF-8: the decoder throws a TypeError and nothing else.
    return null
  }
}

function shortAscii(bytes: Uint8Array, offset: number, length: number): string | null {
  let text = ''
  for (let at = offset; at < offset + length; at++) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return null
    text += String.fromCharCode(byte)
  }
  return text
}

function isPair(text: string, at: number): boolean {
  const isHigh = (text.charCodeAt(at) & 0xfc00) === 0xd800
  return isHigh && at + 1 < text.length && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}
