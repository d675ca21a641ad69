/**
 * What makes a header section a valid request, response or trailer section (RFC 9113 §8.2, §8.3).
 * The outcome is kept with the decoded list, so that a repeated block is checked once.
 */

import type { HeaderList } from '../hpack/index.ts'

export type MessageHead = RequestHead | ResponseHead | Trailers | Malformed

export interface RequestHead {
  readonly kind: 'request'
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly path: string
  /** Without pseudo-header fields: name, value, name, value. */
  readonly fields: readonly string[]
  /** -1: not said. */
  readonly contentLength: number
  /** For the layer above, kept as long as the list is. */
  note: unknown
}

export interface ResponseHead {
  readonly kind: 'response'
  readonly status: number
  readonly fields: readonly string[]
  readonly contentLength: number
  note: unknown
}

export interface Trailers {
  readonly kind: 'trailers'
  readonly fields: readonly string[]
  note: unknown
}

export interface Malformed {
  readonly kind: 'malformed'
  readonly reason: string
}

type Kind = 'request' | 'response' | 'trailers'

export function requestHead(list: HeaderList): RequestHead | Malformed {
  return remembered(list, 'request') as RequestHead | Malformed
}

export function responseHead(list: HeaderList): ResponseHead | Malformed {
  return remembered(list, 'response') as ResponseHead | Malformed
}

export function trailersOf(list: HeaderList): Trailers | Malformed {
  return remembered(list, 'trailers') as Trailers | Malformed
}

function remembered(list: HeaderList, kind: Kind): MessageHead {
  const known = list.note as MessageHead | null
  if (known !== null && (known.kind === kind || known.kind === 'malformed')) return known
  const head = parse(list.fields, kind)
  // What is malformed as one kind may be valid as another.
  if (head.kind !== 'malformed') list.note = head
  return head
}

function parse(list: readonly string[], kind: Kind): MessageHead {
  const pseudo = new Map<string, string>()
  const fields: string[] = []
  for (let i = 0; i < list.length; i += 2) {
    const [name, value] = [list[i] as string, list[i + 1] as string]
    const reason = name.startsWith(':')
      ? addPseudo(pseudo, { name, value, late: fields.length > 0 })
      : checkField(name, value)
    if (reason !== null) return malformed(reason)
    if (!name.startsWith(':')) fields.push(name, value)
  }
  const contentLength = contentLengthOf(fields)
  if (contentLength === null) return malformed('content-length is no number, or several')
  if (kind === 'request') return request(pseudo, { fields, contentLength })
  if (kind === 'response') return response(pseudo, { fields, contentLength })
  return pseudo.size > 0
    ? malformed('a pseudo-header field in a trailer section')
    : { kind: 'trailers', fields, note: null }
}

interface Rest {
  readonly fields: readonly string[]
  readonly contentLength: number
}

function request(pseudo: Map<string, string>, { fields, contentLength }: Rest): MessageHead {
  for (const name of pseudo.keys()) {
    if (!REQUEST_PSEUDO.has(name)) return malformed('a pseudo-header field of no request')
  }
  const method = pseudo.get(':method')
  const scheme = pseudo.get(':scheme')
  const path = pseudo.get(':path')
  const authority = pseudo.get(':authority')
  if (method === undefined || !TOKEN.test(method)) return malformed('a :method that is none')
  if (method === 'CONNECT') {
    const alone = scheme === undefined && path === undefined
    if (!alone || authority === undefined) return malformed('CONNECT has :authority alone')
  } else if (scheme === undefined || !SCHEME.test(scheme)) {
    return malformed('a :scheme that is none')
  } else if (path === undefined) {
    return malformed('no :path')
  } else if (!path.startsWith('/') && !(path === '*' && method === 'OPTIONS')) {
    return malformed('a :path that is none')
  }
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'host' && authority !== undefined && fields[i + 1] !== authority) {
      return malformed('host differs from :authority')
    }
  }
  return {
    kind: 'request',
    method,
    scheme: scheme ?? '',
    path: path ?? '',
    authority: authority ?? '',
    fields,
    contentLength,
    note: null,
  }
}

/** RFC 9110 §5.6.2 and RFC 3986 §3.1. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/

const REQUEST_PSEUDO: ReadonlySet<string> = new Set([':method', ':scheme', ':path', ':authority'])

function response(pseudo: Map<string, string>, { fields, contentLength }: Rest): MessageHead {
  const status = pseudo.get(':status')
  if (status === undefined || pseudo.size > 1) return malformed('a response has :status alone')
  if (!/^[1-9][0-9][0-9]$/.test(status)) return malformed('a :status that is none')
  // §8.6: there is nothing to switch to.
  if (status === '101') return malformed('101 has no meaning here')
  return { kind: 'response', status: Number(status), fields, contentLength, note: null }
}

/** Returns what is wrong, or null. */
function addPseudo(
  pseudo: Map<string, string>,
  { name, value, late }: { name: string; value: string; late: boolean },
): string | null {
  if (late) return 'a pseudo-header field after a regular one'
  if (pseudo.has(name)) return 'a pseudo-header field twice'
  if (!isValue(value)) return 'a value with a forbidden character'
  pseudo.set(name, value)
  return null
}

/** §8.2.2: they speak of a connection, which HTTP/2 manages itself. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

function checkField(name: string, value: string): string | null {
  if (!isName(name)) return 'a field name with a forbidden character'
  if (!isValue(value)) return 'a value with a forbidden character'
  if (CONNECTION_FIELDS.has(name)) return 'a connection-specific field'
  if (name === 'te' && value !== 'trailers') return 'te other than trailers'
  return null
}

/** §8.2.1 names what must be refused; a token (RFC 9110 §5.6.2) in lower case is what remains. */
function isName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)
}

function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === 0 || code === 10 || code === 13) return false
  }
  return !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1))
}

/** NaN, for the empty value, is none. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** -1 when it is not there, null when it is wrong. */
function contentLengthOf(fields: readonly string[]): number | null {
  let found = -1
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== 'content-length') continue
    const value = fields[i + 1] as string
    const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : null
    if (length === null || (found >= 0 && found !== length)) return null
    found = length
  }
  return found
}

function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason }
}
