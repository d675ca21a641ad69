/**
 * Reads the head of a request, if there is nothing about it that one could read in two ways: a
 * strict part of what RFC 9112 allows, without anything that changes what follows the head or how
 * the connection goes on. Whatever else comes is read by the parser of Node, which decides about
 * it.
 */

import type { IncomingHttpHeaders } from 'node:http'

/** Of a longer one the reading is not what it costs. */
const TARGET_BYTES_MAX = 4096
/** All fields of one head; each connection keeps those it had last. */
const FIELDS_BYTES_MAX = 4096
/** Up to eight digits: larger bodies do not come in one piece. */
const LENGTH = /^(?:0|[1-9]\d{0,7})$/
const NOTHING = new Uint8Array(0)
const NO_HEADERS: IncomingHttpHeaders = Object.freeze({})

const SPACE = 0x20
const COLON = 0x3a
const CR = 0x0d
const LF = 0x0a
const SLASH = 0x2f
const VERSION = Uint8Array.from(' HTTP/1.1\r\n', (character) => character.charCodeAt(0))
const METHODS = ['GET', 'PUT'] as const
const METHOD_BYTES = 3
const NAME_LETTERS = /[A-Za-z0-9-]/
const TARGET_LETTERS = /[A-Za-z0-9\-._~:/?@!$&'()*+,;=%[\]]/

const IS_NAME = tableOf(NAME_LETTERS)
const IS_TARGET = tableOf(TARGET_LETTERS)

/** What says how a message ends, how the connection goes on, or what must come before an answer. */
const UNUSUAL: ReadonlySet<string> = new Set([
  ...['transfer-encoding', 'upgrade', 'expect', 'trailer', 'te', 'keep-alive'],
  ...['proxy-connection', 'http2-settings'],
])

function tableOf(letters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) =>
    letters.test(String.fromCharCode(code)) ? 1 : 0,
  )
}

/** One for each connection: most requests of a client have the same fields as the one before. */
export class HeadReader {
  method = ''
  target = ''
  headers = NO_HEADERS
  /** The head alone. */
  headBytes = 0
  bodyBytes = 0
  /** The fields of the last head, with the empty line behind them. */
  #known = NOTHING

  /** False: it is not whole, or Node is to look at it. */
  read(bytes: Uint8Array): boolean {
    const method = methodOf(bytes)
    if (method === null) return false
    const start = METHOD_BYTES + 1
    if (bytes[start] !== SLASH) return false
    let end = start
    const last = Math.min(bytes.length, start + TARGET_BYTES_MAX)
    while (end < last && IS_TARGET[bytes[end] as number] === 1) end += 1
    if (!startsWith(bytes, VERSION, end)) return false
    const fields = end + VERSION.length
    if (this.#known.length > 0 && startsWith(bytes, this.#known, fields)) {
      this.headBytes = fields + this.#known.length
    } else if (!this.#readFields(bytes, fields)) return false
    const { 'content-length': length } = this.headers
    // A body of GET means nothing, and one of PUT without its length is none or comes in pieces.
    if ((method === 'PUT') !== (length !== undefined)) return false
    this.bodyBytes = Number(length ?? 0)
    this.method = method
    this.target = textOf(bytes, start, end)
    return true
  }

  #readFields(bytes: Uint8Array, start: number): boolean {
    const headers: Record<string, string> = Object.create(null)
    const last = Math.min(bytes.length, start + FIELDS_BYTES_MAX)
    let at = start
    while (bytes[at] !== CR) {
      at = readField(bytes, { at, last }, headers)
      if (at < 0) return false
    }
    if (at + 1 >= last || bytes[at + 1] !== LF || !isUsual(headers)) return false
    this.headers = headers
    this.headBytes = at + 2
    this.#known = bytes.slice(start, at + 2)
    return true
  }
}

function methodOf(bytes: Uint8Array): 'GET' | 'PUT' | null {
  // The longest start of one is shorter than any head.
  if (bytes.length <= METHOD_BYTES || bytes[METHOD_BYTES] !== SPACE) return null
  for (const method of METHODS) {
    if (
      bytes[0] === method.charCodeAt(0) &&
      bytes[1] === method.charCodeAt(1) &&
      bytes[2] === method.charCodeAt(2)
    ) {
      return method
    }
  }
  return null
}

function startsWith(bytes: Uint8Array, part: Uint8Array, start: number): boolean {
  if (start + part.length > bytes.length) return false
  for (let at = 0; at < part.length; at++) if (bytes[start + at] !== part[at]) return false
  return true
}

/** Where the next line begins; negative: there is something about this one. */
function readField(
  bytes: Uint8Array,
  { at, last }: { readonly at: number; readonly last: number },
  headers: Record<string, string>,
): number {
  let colon = at
  while (colon < last && IS_NAME[bytes[colon] as number] === 1) colon += 1
  if (colon === at || bytes[colon] !== COLON) return -1
  let end = colon + 1
  while (end < last && isPrintable(bytes[end] as number)) end += 1
  if (end + 1 >= last || bytes[end] !== CR || bytes[end + 1] !== LF) return -1
  const name = textOf(bytes, at, colon).toLowerCase()
  // Node joins some fields that come twice, leaves out others, and refuses a few.
  if (UNUSUAL.has(name) || headers[name] !== undefined) return -1
  headers[name] = textOf(bytes, colon + 1, end).trim()
  return end + 2
}

function isPrintable(byte: number): boolean {
  return byte >= SPACE && byte <= 0x7e
}

function isUsual(headers: Readonly<Record<string, string>>): boolean {
  const { host, connection, 'content-length': length } = headers
  if (host === undefined || host === '') return false
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return false
  return length === undefined || LENGTH.test(length)
}

const slice = Buffer.prototype.latin1Slice

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return slice.call(bytes as Buffer, start, end)
}
