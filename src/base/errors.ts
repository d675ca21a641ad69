/**
 * The one error table. Everything that can be expected to go wrong has a row here; doors translate
 * a row into a gRPC status or an HTTP status, and nobody else does. docs/reference/errors.md is
 * made of it.
 */

export interface ErrorSpec {
  readonly http: number
  readonly grpc: number
  readonly retry: Retry
  /** A sentence for people who know nothing of the inside. An error's own text may say more. */
  readonly what: string
  /** What they can do. Doors pass it on as it is, so that every client says the same. */
  readonly advice: string
}

/** What a client may do with the same request. */
export type Retry = 'never' | 'at-leader' | 'later' | 'unknown-outcome'

export const ERRORS = {
  NOT_LEADER: {
    http: 421,
    grpc: 14,
    retry: 'at-leader',
    what: 'This node does not lead, and has proposed nothing.',
    advice:
      'Send the request again; it finds the leader by itself. Who speaks to one node asks ' +
      'the leader.',
  },
  NO_LEADER: {
    http: 503,
    grpc: 14,
    retry: 'later',
    what: 'This node knows no leader that answers, and the request was not carried out.',
    advice:
      'Try again after a pause: an election takes well under a second. If it lasts, see ' +
      'whether a majority of the nodes is up and can reach each other.',
  },
  LEADERSHIP_LOST: {
    http: 503,
    grpc: 14,
    retry: 'unknown-outcome',
    what: 'The leader stepped down after it had proposed the request.',
    advice:
      'The next leader may still carry it out: look before you send it again, or send it again ' +
      'in a way that takes effect once, with the same Idempotency-Key, or session and sequence.',
  },
  TRANSFERRING: {
    http: 503,
    grpc: 14,
    retry: 'later',
    what: 'Leadership is being handed to another node.',
    advice: 'Try again after a pause; it takes a moment.',
  },
  DROPPED: {
    http: 503,
    grpc: 14,
    retry: 'later',
    what: 'The entry of another leader took the place of this request, which was not carried out.',
    advice: 'Send it again.',
  },
  OVERLOADED: {
    http: 429,
    grpc: 8,
    retry: 'later',
    what: 'A queue of this node is full, and nothing was proposed.',
    advice: 'Send less at a time, and wait longer between attempts.',
  },
  STOPPED: {
    http: 503,
    grpc: 14,
    retry: 'later',
    what: 'This node is shutting down.',
    advice: 'Ask another node.',
  },
  COMPACTED: {
    http: 410,
    grpc: 11,
    retry: 'never',
    what: 'The history at that revision has been compacted.',
    advice: 'Ask for a newer revision, or for the present by leaving the revision out.',
  },
  BAD_REQUEST: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The request cannot be understood.',
    advice: 'Correct the request.',
  },
  TOO_LARGE: {
    http: 413,
    grpc: 3,
    retry: 'never',
    what: 'The request, its key, its value or its answer is over a limit.',
    advice: 'Split it into smaller ones, or ask for less at a time.',
  },
  TIMED_OUT: {
    http: 504,
    grpc: 14,
    retry: 'unknown-outcome',
    what: 'No answer came in the time that a request has.',
    advice:
      'It may still be carried out: look before you send it again, or send it again in a way ' +
      'that takes effect once, with the same Idempotency-Key, or session and sequence.',
  },
  KEY_EMPTY: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The request names no key.',
    advice: 'Name a key of at least one byte.',
  },
  KEY_NOT_FOUND: {
    http: 404,
    grpc: 3,
    retry: 'never',
    what: 'The key is not there.',
    advice:
      'Look whether its name is right, or put it. A put that keeps the value or the lease ' +
      'needs a key that exists.',
  },
  VALUE_PROVIDED: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The put asks to keep the value, and brings one.',
    advice: 'Leave out one of the two.',
  },
  LEASE_PROVIDED: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The put asks for two leases at once.',
    advice: 'Give it one lease, keep the one it has, or give it a time to live.',
  },
  TXN_TOO_MANY_OPERATIONS: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The transaction has too many comparisons or operations, nested ones counted.',
    advice: 'Split it.',
  },
  TXN_DUPLICATE_KEY: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'One branch of the transaction would change a key twice.',
    advice: 'Let each branch change a key once.',
  },
  SORT_INVALID: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The order or the target of the sort is not one there is.',
    advice: 'Use one of those that the reference lists.',
  },
  REVISION_FUTURE: {
    http: 400,
    grpc: 11,
    retry: 'never',
    what: 'The revision has not come yet.',
    advice: 'Ask for a revision up to the present one, which every answer tells.',
  },
  LEASE_NOT_FOUND: {
    http: 404,
    grpc: 5,
    retry: 'never',
    what: 'There is no such lease.',
    advice: 'It has expired, was revoked or never was: grant a new one and put its keys again.',
  },
  LEASE_EXISTS: {
    http: 409,
    grpc: 9,
    retry: 'never',
    what: 'The id belongs to a living lease.',
    advice: 'Choose another id, or none, and one is chosen for you.',
  },
  LEASE_TTL_TOO_LARGE: {
    http: 400,
    grpc: 11,
    retry: 'never',
    what: 'The lease would outlive everybody.',
    advice: 'Ask for at most 9,000,000,000 seconds, or put the key without a lease.',
  },
  LEASES_TOO_MANY: {
    http: 429,
    grpc: 8,
    retry: 'later',
    what: 'As many leases as the limit allows are alive.',
    advice: 'Revoke leases, wait until some expire, or share one between several keys.',
  },
  NO_SPACE: {
    http: 507,
    grpc: 8,
    retry: 'later',
    what: 'The quota of the database is used up.',
    advice:
      'Delete keys and compact (`etcdctl compact REVISION`), then disarm the alarm ' +
      '(`etcdctl alarm disarm`); or raise the quota. Reads and deletes go on meanwhile.',
  },
  STATE_CORRUPT: {
    http: 500,
    grpc: 15,
    retry: 'never',
    what: 'The members do not agree about the data, or a record is damaged.',
    advice: 'Find the member that is wrong before you disarm the alarm.',
  },
  NOT_A_COUNTER: {
    http: 409,
    grpc: 9,
    retry: 'never',
    what: 'The value is no whole number in decimal digits, or would leave the range of 64 bits.',
    advice: 'Put a whole number first, or use another key.',
  },
  SESSION_EXPIRED: {
    http: 409,
    grpc: 9,
    retry: 'unknown-outcome',
    what:
      'The memory of this session is gone, so nobody knows whether the request was carried ' +
      'out.',
    advice: 'Look first; then open a new session.',
  },
  SESSIONS_TOO_MANY: {
    http: 429,
    grpc: 8,
    retry: 'later',
    what: 'As many sessions as the limit allows are in use.',
    advice: 'Close those that are not needed, and share one between the writes of a client.',
  },
  CONDITION_FAILED: {
    http: 412,
    grpc: 9,
    retry: 'never',
    what: 'A condition of the request does not hold, and nothing was changed.',
    advice: 'Read what is there now, and ask again on top of that.',
  },
  IDEMPOTENCY_MISMATCH: {
    http: 422,
    grpc: 9,
    retry: 'never',
    what: 'The idempotency key was used for another request.',
    advice: 'Choose a new key for every request, and repeat one only together with its request.',
  },
  IDEMPOTENCY_FULL: {
    http: 429,
    grpc: 8,
    retry: 'later',
    what: 'There is no room for one more idempotency key.',
    advice: 'Wait some seconds, or send the request without a key if it may happen twice.',
  },
  IDEMPOTENCY_FORGOTTEN: {
    http: 409,
    grpc: 9,
    retry: 'never',
    what: 'The request was carried out before; its answer was too large to be kept.',
    advice: 'Read what is there now.',
  },
  ROUTE_UNKNOWN: {
    http: 404,
    grpc: 12,
    retry: 'never',
    what: 'There is nothing at this path.',
    advice: 'See /openapi.json, or /api in a browser, for what there is.',
  },
  METHOD_NOT_ALLOWED: {
    http: 405,
    grpc: 12,
    retry: 'never',
    what: 'There is something at this path, but not for this method.',
    advice: 'Use one of the methods that the header Allow lists.',
  },
  PARAMETER_UNKNOWN: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'The request has a parameter that means nothing here.',
    advice: 'Leave it out, or correct its name.',
  },
  PARAMETER_INVALID: {
    http: 400,
    grpc: 3,
    retry: 'never',
    what: 'A parameter or a header of the request has a value that it cannot have.',
    advice: 'Correct the value; the text says what is allowed.',
  },
  BODY_TYPE_UNKNOWN: {
    http: 415,
    grpc: 3,
    retry: 'never',
    what: 'The body of the request is of a type that cannot be read here.',
    advice: 'Send JSON, with the content type application/json.',
  },
  BODY_TOO_SLOW: {
    http: 408,
    grpc: 1,
    retry: 'later',
    what: 'The body of the request did not come in time, and nothing was done.',
    advice: 'Send it again, over a faster way.',
  },
  PERMISSION_DENIED: {
    http: 403,
    grpc: 7,
    retry: 'never',
    what: 'This is not for everybody.',
    advice: 'Ask from the machine of the node itself.',
  },
  MEMBERSHIP_PENDING: {
    http: 409,
    grpc: 9,
    retry: 'later',
    what: 'Another change of members is not finished.',
    advice: 'Wait for it, then ask again.',
  },
  MEMBERSHIP_INVALID: {
    http: 400,
    grpc: 9,
    retry: 'never',
    what: 'The wanted members make no sense.',
    advice: 'Name at least one voter and each node once.',
  },
  MEMBERSHIP_UNSAFE: {
    http: 409,
    grpc: 9,
    retry: 'later',
    what: 'The change could cost the cluster its majority.',
    advice: 'Repair the nodes that lag or are down, then ask again.',
  },
  DISK_FAILED: {
    http: 500,
    grpc: 14,
    retry: 'unknown-outcome',
    what: 'A disk failed, and the node stops.',
    advice:
      'Ask another node, and look whether the request was carried out. On the node: look at ' +
      'the disk, then start it again.',
  },
  DISK_FULL: {
    http: 507,
    grpc: 8,
    retry: 'later',
    what: 'There is no room on the disk of the node.',
    advice: 'Make room; the node goes on by itself. Reads and deletes go on meanwhile.',
  },
  LOG_CORRUPT: {
    http: 500,
    grpc: 15,
    retry: 'never',
    what: 'A record of the log that had been acknowledged is damaged.',
    advice: 'See `quorate log check`; restore the directory of the node from a copy.',
  },
  LOG_FOREIGN: {
    http: 500,
    grpc: 9,
    retry: 'never',
    what: 'The data directory belongs to another cluster, node or version.',
    advice: 'Correct the configuration, or name another directory; do not edit the files.',
  },
  LOG_MISSING: {
    http: 500,
    grpc: 9,
    retry: 'never',
    what: 'The node took part in its cluster, and its directory holds no log.',
    advice: 'Mount the right directory.',
  },
  LOG_LOCKED: {
    http: 500,
    grpc: 9,
    retry: 'later',
    what: 'Another living process uses the directory.',
    advice: 'Stop that one first.',
  },
  SNAPSHOT_CORRUPT: {
    http: 500,
    grpc: 15,
    retry: 'never',
    what: 'A snapshot does not match its checksum, and was not used.',
    advice:
      'Nothing is to be done for one on its way: another one is sent. If the node has ended, ' +
      'start it again: with peers it heals by itself. Without peers restore its directory from a ' +
      'copy.',
  },
  ENGINE_CORRUPT: {
    http: 500,
    grpc: 15,
    retry: 'never',
    what: 'What the storage engine has on disk is damaged.',
    advice:
      'Start the node again: with peers it heals by itself. Without peers restore its ' +
      'directory from a copy.',
  },
  ENGINE_MISSING: {
    http: 500,
    grpc: 9,
    retry: 'never',
    what: 'The configured storage engine comes from a package that is not installed.',
    advice:
      'Install the package that the text names, or choose another engine for a new ' + 'directory.',
  },
  UNREACHABLE: {
    http: 503,
    grpc: 14,
    retry: 'later',
    what: 'No node of the cluster could be reached.',
    advice: 'See whether the endpoints are right and the nodes are up, then try again.',
  },
  CLIENT_CLOSED: {
    http: 503,
    grpc: 1,
    retry: 'never',
    what: 'The client was closed, and asks nothing any more.',
    advice: 'Connect again, and close only when everything was answered.',
  },
  VALUE_UNREADABLE: {
    http: 422,
    grpc: 9,
    retry: 'never',
    what: 'The codec of the client cannot read the value that is stored.',
    advice: 'Read the key with the codec it was written with, or as bytes.',
  },
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
