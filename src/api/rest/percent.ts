/**
 * Percent-encoding (RFC 3986 §2.1), to bytes: a key may be any bytes, so nothing is taken for text.
 */

import { KvError } from '../../base/index.ts'

const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20
/** What a URL may hold unencoded is ASCII. */
const ASCII_MAX = 0x7e
const NOT_HEX = -1

/** Fails with `PARAMETER_INVALID`; `what` names the part of the request in the text. */
export function decodePercent(text: string, what: string, plusIsSpace: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    let byte = text.charCodeAt(at)
    if (byte === PERCENT) {
      byte = (hexDigit(text, at + 1) << 4) | hexDigit(text, at + 2)
      if (byte < 0) fail(what, text.slice(at, at + 3), 'a % comes with two hexadecimal digits')
      at += 2
    } else if (byte === PLUS && plusIsSpace) byte = SPACE
    else if (byte <= SPACE || byte > ASCII_MAX) {
      fail(what, text.slice(at, at + 1), 'percent-encode what is not ASCII')
    }
    bytes[length++] = byte
  }
  return length === bytes.length ? bytes : bytes.slice(0, length)
}

function hexDigit(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  // NaN, past the end, is neither.
  const letter = unit | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NOT_HEX
}

function fail(what: string, part: string, rule: string): never {
  throw new KvError(
    'PARAMETER_INVALID',
    `${what}: ${JSON.stringify(part)} cannot stand there; ${rule}`,
  )
}
