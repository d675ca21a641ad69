/**
 * The 17 statuses a call can end with, and how failures of other layers become one. Sources: the
 * gRPC documents "Status codes and their use", "HTTP to gRPC Status Code Mapping" and "gRPC over
 * HTTP2" (Errors).
 */

import { assert, type KvError } from '../../base/index.ts'

export const STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const satisfies Record<string, number>

export type StatusName = keyof typeof STATUS
export type StatusCode = (typeof STATUS)[StatusName]

export interface Status {
  readonly code: StatusCode
  /** For people; never decides anything. Empty for success. */
  readonly message: string
}

/** What a mistake of ours is told as: never its text, which may hold anything. */
export const UNEXPECTED: Status = {
  code: STATUS.INTERNAL,
  message: 'the server failed to handle the call',
}

/** Position is code. */
const NAMES: readonly StatusName[] = Object.keys(STATUS) as StatusName[]

const HTTP_STATUSES: ReadonlyMap<number, StatusCode> = new Map<number, StatusCode>([
  [400, STATUS.INTERNAL],
  [401, STATUS.UNAUTHENTICATED],
  [403, STATUS.PERMISSION_DENIED],
  [404, STATUS.UNIMPLEMENTED],
  [429, STATUS.UNAVAILABLE],
  [502, STATUS.UNAVAILABLE],
  [503, STATUS.UNAVAILABLE],
  [504, STATUS.UNAVAILABLE],
])

/** Codes of RST_STREAM that say more than INTERNAL (RFC 9113 §7 has the numbers). */
const RESET_CODES: ReadonlyMap<number, StatusCode> = new Map<number, StatusCode>([
  [7, STATUS.UNAVAILABLE], // REFUSED_STREAM: nothing was processed
  [8, STATUS.CANCELLED], // CANCEL
  [11, STATUS.RESOURCE_EXHAUSTED], // ENHANCE_YOUR_CALM
  [12, STATUS.PERMISSION_DENIED], // INADEQUATE_SECURITY
])

export function isStatusCode(code: number): code is StatusCode {
  return Number.isInteger(code) && code >= 0 && code < NAMES.length
}

export function statusName(code: StatusCode): StatusName {
  const name = NAMES[code]
  assert(name !== undefined, 'a status code is one of the 17')
  return name
}

/**
 * The value of a `grpc-status` field. A code that is not known, or no number at all, is UNKNOWN:
 * the peer did say that the call has ended, and did not say that it went well.
 */
export function parseStatus(text: string): StatusCode {
  if (!/^(0|[1-9][0-9]?)$/.test(text)) return STATUS.UNKNOWN
  const code = Number(text)
  return isStatusCode(code) ? code : STATUS.UNKNOWN
}

/** What an expected failure of ours is told as: its row of the one error table. */
export function statusOfFailure(failure: KvError): Status {
  const code: number = failure.spec.grpc
  assert(isStatusCode(code) && code !== STATUS.OK, 'the error table has real failures only')
  return { code, message: failure.message }
}

/** What an answer without a `grpc-status` means, by its HTTP status. */
export function statusOfHttp(httpStatus: number): StatusCode {
  return HTTP_STATUSES.get(httpStatus) ?? STATUS.UNKNOWN
}

/** What a stream reset by the peer means, by the error code of its RST_STREAM. */
export function statusOfReset(resetCode: number): StatusCode {
  return RESET_CODES.get(resetCode) ?? STATUS.INTERNAL
}
