/** How a failure is told: a code to decide by, a sentence, what to do. */

import type { IncomingMessage } from 'node:http'
import { ERRORS, type ErrorCode, type ErrorSpec, KvError } from '../../base/index.ts'
import type { NodeService } from '../../server/index.ts'
import type { BodyOutcome } from '../http/index.ts'
import { majorityLoss, overLimit } from '../messages/index.ts'

export interface Failure {
  readonly code: ErrorCode
  /** Absent: what the code says is all there is to say. */
  readonly message?: string
  /** Absent: that of the code. */
  readonly advice?: string
}

/** When the node is busy, or has no leader: so long is a good time to wait, in seconds. */
const RETRY_AFTER: readonly string[] = ['Retry-After', '1']
const NO_FIELDS: readonly string[] = []

export function failureOf(error: KvError): Failure {
  return { code: error.code, message: error.message }
}

export function statusOf({ code }: Failure): number {
  return ERRORS[code].http
}

export function fieldsOf({ code }: Failure): readonly string[] {
  const { http, retry }: ErrorSpec = ERRORS[code]
  return retry === 'later' && (http === 429 || http === 503) ? RETRY_AFTER : NO_FIELDS
}

/** What the table advises is of all doors; of these some things cannot be asked for here. */
const OWN_ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  KEY_NOT_FOUND: 'Look whether its name is right, or put it.',
  LEASE_PROVIDED: 'Send ttl or lease, not both.',
  TOO_LARGE:
    'Send less in one request, or ask for less at a time; a key or a value that is too long has ' +
    'to become shorter.',
}

export function adviceOf(code: ErrorCode): string {
  return OWN_ADVICE[code] ?? ERRORS[code].advice
}

/** The object under `error`: what the table says of the code holds of the answer, too. */
export function failureJson({ code, message, advice }: Failure) {
  const spec: ErrorSpec = ERRORS[code]
  return {
    code,
    message: message ?? spec.what,
    advice: advice ?? adviceOf(code),
    retry: spec.retry,
  }
}

/**
 * What a node gives up before it had any effect has a code that says so: who decides by the code
 * alone may send the request again. No request waits in vain but for a leader, or for its word.
 * (`SESSION_EXPIRED` is not here: the state alone says it, of a command that it has seen.)
 */
const CERTAIN_CODES: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  TIMED_OUT: 'NO_LEADER',
  LEADERSHIP_LOST: 'NO_LEADER',
  DISK_FAILED: 'STOPPED',
}

/** Of what the node gave up before it had any effect. */
export function refusal(node: NodeService, code: ErrorCode): Failure {
  const loss = majorityLoss(node, node.defaultGroup, { code, isOpen: false })
  const told = CERTAIN_CODES[code] ?? code
  return loss === null ? { code: told } : { code: told, message: loss.text, advice: loss.advice }
}

/**
 * Of a write of which nobody knows whether it takes effect: no code that says it had none.
 */
export function unknownOutcome(node: NodeService, code: ErrorCode): Failure {
  const { retry }: ErrorSpec = ERRORS[code]
  const loss = majorityLoss(node, node.defaultGroup, { code, isOpen: true })
  if (loss !== null) return { code, message: loss.text, advice: loss.advice }
  if (retry === 'unknown-outcome') return { code }
  const message =
    code === 'STOPPED'
      ? 'This node is shutting down, and does not know what became of the request.'
      : 'The leader that had the request is not heard of any more.'
  return { code: 'LEADERSHIP_LOST', message }
}

const BODY_FAILURES: Readonly<Record<Exclude<BodyOutcome['kind'], 'whole'>, Failure>> = {
  tooLarge: { code: 'TOO_LARGE' },
  tooSlow: { code: 'BODY_TOO_SLOW' },
  noRoom: { code: 'OVERLOADED' },
}

/** How large the body is, the client may have said; nobody reads it to its end. */
export function bodyFailure(
  kind: keyof typeof BODY_FAILURES,
  bytesMax: number,
  { headers }: Pick<IncomingMessage, 'headers'>,
): Failure {
  const failure = BODY_FAILURES[kind]
  if (kind !== 'tooLarge') return failure
  const told = headers['content-length']
  const message =
    told === undefined
      ? `the body has more than the ${bytesMax} bytes that are allowed`
      : overLimit('the body', Number(told), bytesMax)
  return { ...failure, message }
}

/** Of anything a handler threw; null: it is no expected failure. */
export function failureOfThrown(error: unknown): Failure | null {
  return error instanceof KvError ? failureOf(error) : null
}
