/** Bytes as text: for people, for programs, and back. */

import { KvError } from '../../base/index.ts'

/** Null for what is no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

// Controls, what changes the direction of a text, and lone line separators: a value must not be
// able to command the terminal, or to look like another one.
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** What is printable as it is, the rest as `\n` or `\xff`; never more than one line. */
export function shown(bytes: Uint8Array): string {
  const text = textOf(bytes)
  if (text === null) return shownBytes(bytes)
  if (!UNSAFE.test(text)) return text
  return [...text].map((letter) => (UNSAFE.test(letter) ? escaped(letter) : letter)).join('')
}

/** As `shown`, and no two of them look alike: a backslash is two, for programs that read lines. */
export function shownExactly(bytes: Uint8Array): string {
  const text = textOf(bytes)
  // Of what is no text, every byte that is a backslash is a letter of its own as well.
  if (text === null) return shownBytes(bytes, '\\\\')
  const doubled = text.replaceAll('\\', '\\\\')
  if (!UNSAFE.test(doubled)) return doubled
  return [...doubled].map((letter) => (UNSAFE.test(letter) ? escaped(letter) : letter)).join('')
}

/** As `shown`, but lines stay lines: for a value that is all there is on the screen. */
export function shownLines(bytes: Uint8Array): string {
  const text = textOf(bytes)
  if (text === null) return shownBytes(bytes)
  const safe = [...text].map((letter) =>
    letter === '\n' || letter === '\t' || !UNSAFE.test(letter) ? letter : escaped(letter),
  )
  return safe.join('')
}

function escaped(letter: string): string {
  const short = SHORT[letter]
  if (short !== undefined) return short
  const code = letter.codePointAt(0) ?? 0
  return code < 0x80 ? `\\x${hexByte(code)}` : `\\u{${code.toString(16)}}`
}

function shownBytes(bytes: Uint8Array, backslash = '\\'): string {
  let text = ''
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte)
    if (letter === '\\') text += backslash
    else if (byte >= 0x20 && byte < 0x7f) text += letter
    else text += SHORT[letter] ?? `\\x${hexByte(byte)}`
  }
  return text
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function fromHex(text: string, what: string): Uint8Array {
  if (/^([0-9a-f]{2})*$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'))
  throw new KvError(
    'BAD_REQUEST',
    `with --hex ${what} is two hexadecimal digits for each byte, such as 68656c6c6f, not ` +
      JSON.stringify(text),
  )
}

/**
 * Fields of a JSON object: a text as it is; other bytes in base64, which a further field says. So
 * programs that only have texts need not decode anything.
 */
export function jsonBytes(name: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  const text = textOf(bytes)
  if (text !== null) return { [name]: text }
  return { [name]: Buffer.from(bytes).toString('base64'), [`${name}Encoding`]: 'base64' }
}
