/** What nodes and the network say when something fails, as one kind of error. */

import { ERRORS, type ErrorCode, type Retry } from '../base/index.ts'
import { SocketError } from '../io/index.ts'
import { type CallEnd, STATUS, type StatusCode } from '../rpc/index.ts'
import { native } from '../wire/index.ts'
import { adviceAfter } from './advice.ts'
import { QuorateError } from './errors.ts'
import { textWithSubject } from './subject.ts'

const { FailureRetry: RETRY } = native

const RETRIES: ReadonlyMap<number, Retry> = new Map<number, Retry>([
  [RETRY.NEVER, 'never'],
  [RETRY.AT_LEADER, 'at-leader'],
  [RETRY.LATER, 'later'],
  [RETRY.UNKNOWN_OUTCOME, 'unknown-outcome'],
])

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

/** Of one operation, by its bytes. A node that is newer may have codes that are not known here. */
export function failureOf(
  failure: native.Failure | null,
  encoded: Uint8Array,
): {
  readonly error: QuorateError
  readonly isUnknown: boolean
} {
  if (failure === null) {
    const error = new QuorateError('BAD_REQUEST', 'the node answered with nothing')
    return { error, isUnknown: true }
  }
  const { code, text, repair } = failure
  const retry = RETRIES.get(failure.retry) ?? 'unknown-outcome'
  const isKnown = isErrorCode(code)
  const known = isKnown ? code : 'BAD_REQUEST'
  const words = isKnown ? textWithSubject({ code, text }, encoded) : `${code}: ${text}`
  // Of a code that is not known here the node alone knows what to do.
  const advice = isKnown ? adviceAfter(repair, retry) : failure.advice || undefined
  const error = new QuorateError(known, words, { retry, ...(advice !== undefined && { advice }) })
  return { error, isUnknown: retry === 'unknown-outcome' }
}

/** What passes by itself, and soon: to wait for it is worth the time of a call. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_LEADER',
  'NO_LEADER',
  'LEADERSHIP_LOST',
  'TRANSFERRING',
  'DROPPED',
  'OVERLOADED',
  'STOPPED',
  'TIMED_OUT',
  'DISK_FAILED',
  'SESSIONS_TOO_MANY',
])

export function isTransient({ code, retry }: QuorateError): boolean {
  return retry !== 'never' && TRANSIENT.has(code)
}

/** Of a call that ended without an answer. `isRead`: to make it again does no harm. */
export function failureOfEnd(end: CallEnd, place: string): QuorateError {
  const { code, message } = end.status
  const known = codeOfText(message)
  const retry: Retry = end.unprocessed ? 'later' : 'unknown-outcome'
  if (known !== null) return new QuorateError(known, message)
  if (code === STATUS.UNIMPLEMENTED) {
    const text =
      `${place} does not offer this call (${message}): is it a Quorate node, and is that its ` +
      'port for clients rather than the one for other nodes?'
    return new QuorateError('BAD_REQUEST', text)
  }
  const ours = CODES.get(code) ?? 'UNREACHABLE'
  if (ours === 'UNREACHABLE') return new QuorateError(ours, `${place}: ${message}`, { retry })
  return new QuorateError(ours, `${place}: ${message}`)
}

/** The node speaks gRPC and does not know this service: it is another program. */
export function isForeign({ status }: CallEnd): boolean {
  return status.code === STATUS.UNIMPLEMENTED
}

/** As the server of `src/rpc` says that a message is more than it takes. */
const MESSAGE_TOO_LARGE = /^a message of \d+ bytes; at most (\d+) are allowed$/

/** What a node takes in one message, when that is why it ended the call; null: it is not. */
export function messageLimitOf({ status: { code, message } }: CallEnd): number | null {
  if (code !== STATUS.RESOURCE_EXHAUSTED) return null
  const [, bytesMax] = MESSAGE_TOO_LARGE.exec(message) ?? []
  return bytesMax === undefined ? null : Number(bytesMax)
}

/**
 * Why a node cannot be asked. `error`: null where the other side ended the connection. `isSecure`:
 * null where a node has answered already, so that it is not TLS that stands in the way.
 */
export function reasonOf(error: Error | null, isSecure: boolean | null): string {
  if (error !== null && !(error instanceof SocketError)) return error.message
  const code = error?.code ?? 'no answer, or closed at once'
  const cause = nodeCodeOf(error?.cause)
  if (cause === 'ENOTFOUND') return 'no host has that name'
  const isMisunderstood = cause === 'ERR_SSL_WRONG_VERSION_NUMBER'
  if (error !== null && code !== 'reset' && !isMisunderstood) return code
  if (isSecure === null) return code
  const hint = isSecure
    ? 'if it does not speak TLS, connect to http://'
    : 'if it speaks TLS, connect to https://'
  return `${code}; ${hint}`
}

function nodeCodeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}

/** Of etcd's services, whose texts say more than their statuses. */
const TEXTS: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['etcdserver: no leader', 'NO_LEADER'],
  ['etcdserver: not leader', 'NOT_LEADER'],
  ['etcdserver: leader changed', 'NOT_LEADER'],
  ['etcdserver: request timed out', 'TIMED_OUT'],
  ['etcdserver: request timed out, possibly due to previous leader failure', 'LEADERSHIP_LOST'],
  ['etcdserver: server stopped', 'STOPPED'],
  ['etcdserver: too many requests', 'OVERLOADED'],
  ['etcdserver: request is too large', 'TOO_LARGE'],
  ['etcdserver: mvcc: required revision has been compacted', 'COMPACTED'],
  ['etcdserver: mvcc: required revision is a future revision', 'REVISION_FUTURE'],
  ['etcdserver: mvcc: database space exceeded', 'NO_SPACE'],
  ['etcdserver: requested lease not found', 'LEASE_NOT_FOUND'],
  ['etcdserver: lease already exists', 'LEASE_EXISTS'],
])

function codeOfText(text: string): ErrorCode | null {
  return TEXTS.get(text) ?? null
}

const CODES: ReadonlyMap<StatusCode, ErrorCode> = new Map<StatusCode, ErrorCode>([
  [STATUS.INVALID_ARGUMENT, 'BAD_REQUEST'],
  [STATUS.OUT_OF_RANGE, 'BAD_REQUEST'],
  [STATUS.NOT_FOUND, 'BAD_REQUEST'],
  [STATUS.FAILED_PRECONDITION, 'BAD_REQUEST'],
  [STATUS.RESOURCE_EXHAUSTED, 'OVERLOADED'],
  [STATUS.DEADLINE_EXCEEDED, 'TIMED_OUT'],
  [STATUS.DATA_LOSS, 'STATE_CORRUPT'],
  [STATUS.PERMISSION_DENIED, 'PERMISSION_DENIED'],
])
