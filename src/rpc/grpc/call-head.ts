/** What a request head says about a call; worked out once for each head that repeats. */

import { OutgoingHeaders } from '../hpack/index.ts'
import type { RequestHead } from '../http2/index.ts'
import {
  ACCEPTED_ENCODINGS,
  acceptsGzip,
  type MessageEncoding,
  parseEncoding,
} from './compression.ts'
import type { Method } from './service.ts'
import { STATUS, type Status } from './status.ts'
import { parseTimeout } from './timeout.ts'

export type CallHead = AcceptedCall | RefusedCall | NoCall

export interface AcceptedCall {
  readonly kind: 'call'
  readonly method: Method
  readonly encoding: MessageEncoding
  readonly acceptsGzip: boolean
  /** Infinity when the client waits for ever. */
  readonly timeoutMs: number
}

/** A call that is answered with a status at once. */
export interface RefusedCall {
  readonly kind: 'refused'
  readonly status: Status
}

/** No gRPC at all: answered as plain HTTP. */
export interface NoCall {
  readonly kind: 'http'
  readonly answer: OutgoingHeaders
}

const CONTENT_TYPE = 'application/grpc'
const METHOD_NOT_ALLOWED = new OutgoingHeaders([':status', '405', 'allow', 'POST'])
const UNSUPPORTED_MEDIA_TYPE = new OutgoingHeaders([':status', '415'])

export const RESPONSE_HEAD = new OutgoingHeaders([
  ':status',
  '200',
  'content-type',
  CONTENT_TYPE,
  'grpc-accept-encoding',
  ACCEPTED_ENCODINGS,
])

export const COMPRESSED_RESPONSE_HEAD = new OutgoingHeaders([
  ':status',
  '200',
  'content-type',
  CONTENT_TYPE,
  'grpc-encoding',
  'gzip',
  'grpc-accept-encoding',
  ACCEPTED_ENCODINGS,
])

export const OK_TRAILERS = new OutgoingHeaders(['grpc-status', '0'])

export function callHead(head: RequestHead, methods: ReadonlyMap<string, Method>): CallHead {
  const known = head.note as CallHead | null
  if (known !== null) return known
  const parsed = parse(head, methods)
  head.note = parsed
  return parsed
}

function parse(head: RequestHead, methods: ReadonlyMap<string, Method>): CallHead {
  const type = fieldOf(head.fields, 'content-type') ?? ''
  if (!isGrpc(type)) return { kind: 'http', answer: UNSUPPORTED_MEDIA_TYPE }
  if (head.method !== 'POST') return { kind: 'http', answer: METHOD_NOT_ALLOWED }
  const method = methods.get(head.path)
  if (method === undefined) {
    return refused(STATUS.UNIMPLEMENTED, `this server has no method ${head.path}`)
  }
  const encoding = parseEncoding(fieldOf(head.fields, 'grpc-encoding'))
  if (encoding === null) {
    const text = `grpc-encoding is not one of ${ACCEPTED_ENCODINGS}`
    return refused(STATUS.UNIMPLEMENTED, text)
  }
  const timeout = fieldOf(head.fields, 'grpc-timeout')
  const timeoutMs = timeout === null ? Number.POSITIVE_INFINITY : parseTimeout(timeout)
  if (timeoutMs === null) return refused(STATUS.INVALID_ARGUMENT, 'grpc-timeout is no timeout')
  const accepts = acceptsGzip(fieldOf(head.fields, 'grpc-accept-encoding'))
  return { kind: 'call', method, encoding, timeoutMs, acceptsGzip: accepts }
}

/** With or without the name of a message format, and with parameters. */
function isGrpc(type: string): boolean {
  if (!type.startsWith(CONTENT_TYPE)) return false
  const next = type.charAt(CONTENT_TYPE.length)
  return next === '' || next === '+' || next === ';'
}

export function fieldOf(fields: readonly string[], name: string): string | null {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === name) return fields[i + 1] as string
  }
  return null
}

function refused(code: Status['code'], message: string): RefusedCall {
  return { kind: 'refused', status: { code, message } }
}
