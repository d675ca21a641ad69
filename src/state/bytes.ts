import { assert } from '../base/index.ts'

/**
 * Numbers are LEB128 varints: seven bits a byte, lowest first, in their only shortest form, so that
 * one command has exactly one encoding. 53 bits fit eight bytes.
 */
const VARINT_BYTES_MAX = 8

/** Appends to a buffer that doubles when it is full. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 64) {
    assert(capacity > 0, 'a writer starts with some room')
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length] = value
    this.#length += 1
  }

  varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a varint is a natural number')
    this.#reserve(VARINT_BYTES_MAX)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80
      this.#length += 1
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length] = rest
    this.#length += 1
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The length, then the bytes. */
  blob(bytes: Uint8Array): void {
    this.varint(bytes.length)
    this.raw(bytes)
  }

  /** A copy of what was written; the writer may go on. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/**
 * Reads untrusted bytes without ever throwing: the first read past the end or of a bad number makes
 * the reader `failed` for good, and every read after it gives 0 or nothing.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  #position = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get failed(): boolean {
    return this.#failed
  }

  /** Everything was read, and all of it was good. */
  get complete(): boolean {
    return !this.#failed && this.#position === this.#bytes.length
  }

  byte(): number {
    const value = this.#failed ? undefined : this.#bytes[this.#position]
    if (value === undefined) return this.#fail()
    this.#position += 1
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let count = 1; count <= VARINT_BYTES_MAX; count++) {
      const next = this.byte()
      if (this.#failed) return 0
      value += (next & 0x7f) * scale
      if (next < 0x80) {
        const shortest = next !== 0 || count === 1
        return shortest && Number.isSafeInteger(value) ? value : this.#fail()
      }
      scale *= 0x80
    }
    return this.#fail()
  }

  /** A view into the bytes, not a copy: whoever keeps it must copy it. */
  blob(): Uint8Array {
    const length = this.varint()
    if (this.#failed || length > this.#bytes.length - this.#position) {
      this.#fail()
      return this.#bytes.subarray(0, 0)
    }
    const start = this.#position
    this.#position += length
    return this.#bytes.subarray(start, this.#position)
  }

  #fail(): number {
    this.#failed = true
    return 0
  }
}

/**
 * A key as a Map key: one character per byte. V8 keeps such strings at one byte a character, and
 * their order is the order of the bytes.
 */
export function keyText(key: Uint8Array): string {
  let text = ''
  for (let i = 0; i < key.length; i++) text += String.fromCharCode(key[i] as number)
  return text
}

export function keyBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    assert(code <= 0xff, 'a key text has one character per byte')
    bytes[i] = code
  }
  return bytes
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}
