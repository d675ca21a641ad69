/**
 * Texts as bytes and back. Keys and most values are short: those are faster without the encoder and
 * decoder of the platform, which make their memory outside the heap.
 */

import { decodeUtf8, encodeUtf8, utf8Length } from '../wire/index.ts'

/** Looked up once: the global name is an accessor, and called each time. */
const NodeBuffer = Buffer

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true })

/** From here on `Buffer` is faster, which has memory in stock; measured on Node.js 26. */
const LONG_UNITS = 32

export function bytesOfText(text: string): Uint8Array {
  if (text.length >= LONG_UNITS) return plainBytes(NodeBuffer.from(text))
  const bytes = new Uint8Array(utf8Length(text))
  encodeUtf8(text, bytes, 0)
  return bytes
}

/** Null when the bytes are no UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  return decodeUtf8(bytes, 0, bytes.length)
}

/** What is no UTF-8 becomes U+FFFD. */
export function readableText(bytes: Uint8Array): string {
  return textOfBytes(bytes) ?? LENIENT.decode(bytes)
}

/** The same memory, and none of the ways of a `Buffer`, which calls a view what else is a copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (!NodeBuffer.isBuffer(bytes)) return bytes
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
