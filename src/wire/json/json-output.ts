/** Where JSON is put together, as UTF-8. */

import { assert } from '../../base/index.ts'
import { base64Length, writeBase64 } from './base64.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HEX = '0123456789abcdef'

/** Escapes of a single letter (RFC 8259 §7); the other control characters are \u00xx. */
const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

export class JsonOutput {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** What was written, without a copy: not to be written to any more. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Forgets what was written behind this length. */
  rewind(length: number): void {
    assert(length <= this.#length, 'only what was written can be forgotten')
    this.#length = length
  }

  byte(value: number): void {
    const at = this.#grow(1)
    this.#bytes[at] = value
  }

  /** As it stands; there must be nothing in it but ASCII. */
  ascii(text: string): void {
    const at = this.#grow(text.length)
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  }

  /** As a string of JSON, in base64. */
  base64(value: Uint8Array): void {
    const at = this.#grow(base64Length(value.length) + 2)
    this.#bytes[at] = QUOTE
    const end = writeBase64(this.#bytes, at + 1, value)
    this.#bytes[end] = QUOTE
    assert(end + 1 === this.#length, 'base64 is as long as it said')
  }

  /** As a string of JSON; the bytes must be UTF-8. */
  text(utf8: Uint8Array): void {
    this.byte(QUOTE)
    let start = 0
    for (let at = 0; at < utf8.length; at++) {
      const byte = utf8[at] as number
      if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue
      this.#raw(utf8, start, at)
      this.ascii(SHORT_ESCAPES[byte] ?? `\\u00${HEX[byte >> 4]}${HEX[byte & 15]}`)
      start = at + 1
    }
    this.#raw(utf8, start, utf8.length)
    this.byte(QUOTE)
  }

  #raw(source: Uint8Array, start: number, end: number): void {
    const at = this.#grow(end - start)
    this.#bytes.set(source.subarray(start, end), at)
  }

  /** Reserves the room and returns where it begins. */
  #grow(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    this.#length = needed
    return at
  }
}
