/**
 * Reads JSON (RFC 8259) from UTF-8, one token at a time. What is not JSON ends with `BAD_REQUEST`.
 * Texts and numbers stay bytes until somebody knows what they should be.
 */

import { assert, JSON_DEPTH_MAX, KvError } from '../../base/index.ts'
import { NUMBER_BYTES_MAX } from './json-number.ts'

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OBJECT_END = 0x7d

const LETTER_U = 0x75

/** What the letter behind a backslash stands for; u is another matter. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
  [0x2f, 0x2f],
  [0x62, 8],
  [0x66, 12],
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
])

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/

export class JsonScanner {
  readonly #text: Uint8Array
  #at = 0
  #depth = 0

  constructor(text: Uint8Array) {
    this.#text = text
  }

  /** What comes next; nothing of it is taken. */
  kind(): JsonKind {
    const byte = this.#peek()
    if (byte === 0x7b) return 'object'
    if (byte === 0x5b) return 'array'
    if (byte === QUOTE) return 'string'
    if (byte === 0x74 || byte === 0x66) return 'bool'
    if (byte === 0x6e) return 'null'
    if (byte === 0x2d || isDigit(byte)) return 'number'
    return this.#refuse('looking for beginning of value')
  }

  /** Whether there is nothing but white space. */
  isAtEnd(): boolean {
    this.#space()
    return this.#at === this.#text.length
  }

  /** To be called behind the value. */
  end(): void {
    if (!this.isAtEnd()) this.#refuse('after top-level value')
  }

  enter(): void {
    this.#depth += 1
    if (this.#depth > JSON_DEPTH_MAX) fail('json: values are nested too deeply')
    this.#at += 1
  }

  /** Within an object or array that was entered; false behind its last member, which is left. */
  next(closing: number, isFirst: boolean): boolean {
    if (this.#peek() === closing) {
      this.#at += 1
      this.#depth -= 1
      return false
    }
    if (!isFirst) {
      if (this.#peek() !== COMMA) {
        const isObject = closing === OBJECT_END
        this.#refuse(isObject ? 'after object key:value pair' : 'after array element')
      }
      this.#at += 1
    }
    return true
  }

  /** The name of a member, and the colon. */
  name(): Uint8Array {
    if (this.#peek() !== QUOTE) this.#refuse('looking for beginning of object key string')
    const name = this.string()
    if (this.#peek() !== COLON) this.#refuse('after object key')
    this.#at += 1
    return name
  }

  null(): void {
    this.#word('null')
  }

  bool(): boolean {
    const value = this.#text[this.#at] === 0x74
    this.#word(value ? 'true' : 'false')
    return value
  }

  /** As it stands. */
  number(): string {
    const start = this.#at
    while (isNumberByte(this.#text[this.#at])) this.#at += 1
    const end = Math.min(this.#at, start + NUMBER_BYTES_MAX + 1)
    const text = String.fromCharCode(...this.#text.subarray(start, end))
    if (text.length > NUMBER_BYTES_MAX || !NUMBER.test(text)) fail(`json: ${text} is no number`)
    return text
  }

  /** UTF-8, unless what stands there is not; a view of the text when it has no escapes. */
  string(): Uint8Array {
    assert(this.#text[this.#at] === QUOTE, 'a string begins with a quotation mark')
    const start = this.#at + 1
    let at = start
    let escaped = false
    for (;;) {
      const byte = this.#text[at]
      if (byte === undefined) failCutOff()
      if (byte === QUOTE) break
      if (byte < 0x20) this.#refuseAt(at, 'in string literal')
      if (byte === BACKSLASH) {
        escaped = true
        at += 1
      }
      at += 1
    }
    this.#at = at + 1
    const content = this.#text.subarray(start, at)
    return escaped ? unescaped(content) : content
  }

  /** Passes over a value of any kind. */
  skip(): void {
    const kind = this.kind()
    if (kind === 'object' || kind === 'array') {
      this.enter()
      const closing = kind === 'object' ? 0x7d : 0x5d
      for (let isFirst = true; this.next(closing, isFirst); isFirst = false) {
        if (kind === 'object') this.name()
        this.skip()
      }
    } else if (kind === 'string') this.string()
    else if (kind === 'number') this.number()
    else if (kind === 'bool') this.bool()
    else this.null()
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#text[this.#at] !== word.charCodeAt(i)) {
        this.#refuse(`in literal ${word} (expecting '${word[i]}')`)
      }
      this.#at += 1
    }
  }

  #space(): void {
    for (;;) {
      const byte = this.#text[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  /** The next byte that is no white space; -1 at the end. */
  #peek(): number {
    this.#space()
    return this.#text[this.#at] ?? -1
  }

  #refuse(place: string): never {
    return this.#refuseAt(this.#at, place)
  }

  /** In the words of Go, which are those of etcd's gateway. */
  #refuseAt(at: number, place: string): never {
    const byte = this.#text[at]
    if (byte === undefined) failCutOff()
    const isPlain = byte >= 0x20 && byte < 0x7f
    const shown = isPlain ? String.fromCharCode(byte) : `\\x${hex(byte)}`
    return fail(`invalid character '${shown}' ${place}`)
  }
}

/** Of the content of a string. */
function unescaped(content: Uint8Array): Uint8Array {
  // No escape is shorter than what it stands for.
  const bytes = new Uint8Array(content.length)
  let length = 0
  for (let at = 0; at < content.length; at++) {
    const byte = content[at] as number
    if (byte !== BACKSLASH) {
      bytes[length++] = byte
      continue
    }
    at += 1
    const letter = content[at] as number
    if (letter === LETTER_U) {
      const code = codePoint(content, at + 1)
      length = writeCodePoint(bytes, length, code)
      at += code < 0x1_0000 ? 4 : 10
      continue
    }
    const meant = ESCAPES.get(letter)
    if (meant === undefined) fail('json: a string has an escape that does not exist')
    bytes[length++] = meant
  }
  return bytes.subarray(0, length)
}

/** What four hex digits stand for, or twice four when the first are half of a pair. */
function codePoint(content: Uint8Array, start: number): number {
  const unit = hexUnit(content, start)
  if (unit < 0xd800 || unit >= 0xe000) return unit
  const isPair = content[start + 4] === BACKSLASH && content[start + 5] === LETTER_U
  const low = unit < 0xdc00 && isPair ? hexUnit(content, start + 6) : 0
  if (low < 0xdc00 || low >= 0xe000) fail('json: half a surrogate pair in a string')
  return 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
}

function hexUnit(content: Uint8Array, start: number): number {
  let unit = 0
  for (let at = start; at < start + 4; at++) {
    const digit = Number.parseInt(String.fromCharCode(content[at] ?? 0), 16)
    if (Number.isNaN(digit)) fail('json: an escape in a string lacks a hexadecimal digit')
    unit = unit * 16 + digit
  }
  return unit
}

function writeCodePoint(target: Uint8Array, offset: number, code: number): number {
  if (code < 0x80) {
    target[offset] = code
    return offset + 1
  }
  // As many bytes follow the first as there are groups of six bits left.
  const following = code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3
  const marks = [0, 0xc0, 0xe0, 0xf0]
  target[offset] = (marks[following] as number) | (code >> (6 * following))
  for (let left = following - 1, at = offset + 1; left >= 0; left--, at++) {
    target[at] = 0x80 | ((code >> (6 * left)) & 0x3f)
  }
  return offset + following + 1
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Digits, the point, signs and the letter of an exponent. */
function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return isDigit(byte) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

function failCutOff(): never {
  return fail('unexpected EOF')
}

function fail(text: string): never {
  throw new KvError('BAD_REQUEST', text)
}
