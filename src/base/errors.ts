/**
 * The one error table. Everything that can be expected to go wrong has a row here; doors translate
 * a row into a gRPC status or an HTTP status, and nobody else does. `docs/errors.md` explains each.
 */

export interface ErrorSpec {
  readonly http: number
  readonly grpc: number
  readonly retry: 'never' | 'at-leader' | 'later' | 'unknown-outcome'
}

export const ERRORS = {
  NOT_LEADER: { http: 421, grpc: 14, retry: 'at-leader' },
  NO_LEADER: { http: 503, grpc: 14, retry: 'later' },
  LEADERSHIP_LOST: { http: 503, grpc: 14, retry: 'unknown-outcome' },
  TRANSFERRING: { http: 503, grpc: 14, retry: 'later' },
  DROPPED: { http: 503, grpc: 14, retry: 'later' },
  OVERLOADED: { http: 429, grpc: 8, retry: 'later' },
  STOPPED: { http: 503, grpc: 14, retry: 'later' },
  COMPACTED: { http: 410, grpc: 11, retry: 'never' },
  BAD_REQUEST: { http: 400, grpc: 3, retry: 'never' },
  TOO_LARGE: { http: 413, grpc: 3, retry: 'never' },
  TIMED_OUT: { http: 504, grpc: 14, retry: 'unknown-outcome' },
  KEY_EMPTY: { http: 400, grpc: 3, retry: 'never' },
  KEY_NOT_FOUND: { http: 400, grpc: 3, retry: 'never' },
  VALUE_PROVIDED: { http: 400, grpc: 3, retry: 'never' },
  LEASE_PROVIDED: { http: 400, grpc: 3, retry: 'never' },
  TXN_TOO_MANY_OPERATIONS: { http: 400, grpc: 3, retry: 'never' },
  TXN_DUPLICATE_KEY: { http: 400, grpc: 3, retry: 'never' },
  SORT_INVALID: { http: 400, grpc: 3, retry: 'never' },
  REVISION_FUTURE: { http: 400, grpc: 11, retry: 'never' },
  LEASE_NOT_FOUND: { http: 404, grpc: 5, retry: 'never' },
  LEASE_EXISTS: { http: 409, grpc: 9, retry: 'never' },
  LEASE_TTL_TOO_LARGE: { http: 400, grpc: 11, retry: 'never' },
  LEASES_TOO_MANY: { http: 429, grpc: 8, retry: 'later' },
  NO_SPACE: { http: 507, grpc: 8, retry: 'later' },
  STATE_CORRUPT: { http: 500, grpc: 15, retry: 'never' },
  NOT_A_COUNTER: { http: 409, grpc: 9, retry: 'never' },
  SESSION_EXPIRED: { http: 409, grpc: 9, retry: 'unknown-outcome' },
  SESSIONS_TOO_MANY: { http: 429, grpc: 8, retry: 'later' },
  MEMBERSHIP_PENDING: { http: 409, grpc: 9, retry: 'later' },
  MEMBERSHIP_INVALID: { http: 400, grpc: 9, retry: 'never' },
  MEMBERSHIP_UNSAFE: { http: 409, grpc: 9, retry: 'later' },
  DISK_FAILED: { http: 500, grpc: 14, retry: 'unknown-outcome' },
  DISK_FULL: { http: 507, grpc: 8, retry: 'later' },
  LOG_CORRUPT: { http: 500, grpc: 15, retry: 'never' },
  LOG_FOREIGN: { http: 500, grpc: 9, retry: 'never' },
  LOG_MISSING: { http: 500, grpc: 9, retry: 'never' },
  LOG_LOCKED: { http: 500, grpc: 9, retry: 'later' },
  SNAPSHOT_CORRUPT: { http: 500, grpc: 15, retry: 'never' },
  ENGINE_CORRUPT: { http: 500, grpc: 15, retry: 'never' },
  ENGINE_MISSING: { http: 500, grpc: 9, retry: 'never' },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

/** An expected failure, told by its code. The text says what happened, to what, and what to do. */
export class KvError extends Error {
  override readonly name = 'KvError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, text: string, options?: { cause?: unknown }) {
    super(text, options)
    this.code = code
  }

  get spec(): ErrorSpec {
    return ERRORS[this.code]
  }
}
