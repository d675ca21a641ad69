/**
 * `grpc-message`: a text as UTF-8, with every byte that is not printable ASCII written as %XX.
 * Header values are latin1 strings, one character for each byte.
 */

import { RPC_STATUS_MESSAGE_BYTES_MAX } from '../../base/index.ts'

const UTF8_ENCODER = new TextEncoder()
// Tolerant: the specification forbids to fail on, or throw away, a message that is badly encoded.
const UTF8_DECODER = new TextDecoder('utf-8', { ignoreBOM: true })

const PERCENT = 0x25
const SPACE = 0x20
const HEX = '0123456789ABCDEF'

/**
 * At most `RPC_STATUS_MESSAGE_BYTES_MAX` characters; what is longer is cut between characters.
 * Spaces at either end are encoded too, because a field value must not have them there (RFC 9113
 * §8.2.1).
 */
export function encodeMessage(text: string): string {
  // Every UTF-16 unit becomes at least one byte: what is beyond the bound is not even looked at.
  const bytes = UTF8_ENCODER.encode(text.slice(0, RPC_STATUS_MESSAGE_BYTES_MAX))
  let encoded = ''
  let whole = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if ((byte & 0xc0) !== 0x80) whole = encoded.length
    const plain = isPlain(byte) && (byte !== SPACE || (at > 0 && at < bytes.length - 1))
    encoded += plain ? String.fromCharCode(byte) : escaped(byte)
    if (encoded.length > RPC_STATUS_MESSAGE_BYTES_MAX) return encoded.slice(0, whole).trimEnd()
  }
  return encoded
}

/**
 * Broken escapes stay as they are; bytes that are no UTF-8 become U+FFFD. How long a value may be
 * was decided by the connection that received it.
 */
export function decodeMessage(value: string): string {
  const length = value.length
  const bytes = new Uint8Array(length)
  let count = 0
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at)
    const byte = code === PERCENT ? escapedByte(value, at) : -1
    if (byte >= 0) at += 2
    bytes[count++] = byte >= 0 ? byte : code
  }
  return UTF8_DECODER.decode(bytes.subarray(0, count))
}

function isPlain(byte: number): boolean {
  return byte >= SPACE && byte <= 0x7e && byte !== PERCENT
}

function escaped(byte: number): string {
  return `%${HEX.charAt(byte >>> 4)}${HEX.charAt(byte & 15)}`
}

/** The byte that the escape at this place stands for, -1 when it is none. */
function escapedByte(value: string, at: number): number {
  // Behind the end a code is NaN, which is no digit.
  const high = hexDigit(value.charCodeAt(at + 1))
  const low = hexDigit(value.charCodeAt(at + 2))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
