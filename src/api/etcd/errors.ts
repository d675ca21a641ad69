/**
 * What goes wrong, in the words of etcd. The texts are part of its API: clients in Go find out what
 * happened by comparing them. Source: etcd, `api/v3rpc/rpctypes/error.go`.
 */

import { type ErrorCode, KvError } from '../../base/index.ts'
import { STATUS, type StatusCode } from '../../rpc/index.ts'

export interface EtcdError {
  readonly status: StatusCode
  readonly text: string
}

const {
  CANCELLED,
  UNKNOWN,
  INVALID_ARGUMENT,
  DEADLINE_EXCEEDED,
  NOT_FOUND,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION,
  OUT_OF_RANGE,
  UNIMPLEMENTED,
  INTERNAL,
  UNAVAILABLE,
  DATA_LOSS,
  UNAUTHENTICATED,
} = STATUS

function etcd(status: StatusCode, text: string): EtcdError {
  return { status, text: `etcdserver: ${text}` }
}

/** All of etcd's, also those that nothing here says yet: the table is the API. */
export const ETCD_ERRORS = {
  emptyKey: etcd(INVALID_ARGUMENT, 'key is not provided'),
  keyNotFound: etcd(INVALID_ARGUMENT, 'key not found'),
  valueProvided: etcd(INVALID_ARGUMENT, 'value is provided'),
  leaseProvided: etcd(INVALID_ARGUMENT, 'lease is provided'),
  tooManyOperations: etcd(INVALID_ARGUMENT, 'too many operations in txn request'),
  duplicateKey: etcd(INVALID_ARGUMENT, 'duplicate key given in txn request'),
  clientVersionInvalid: etcd(INVALID_ARGUMENT, 'invalid client api version'),
  sortInvalid: etcd(INVALID_ARGUMENT, 'invalid sort option'),
  compacted: etcd(OUT_OF_RANGE, 'mvcc: required revision has been compacted'),
  futureRevision: etcd(OUT_OF_RANGE, 'mvcc: required revision is a future revision'),
  noSpace: etcd(RESOURCE_EXHAUSTED, 'mvcc: database space exceeded'),

  leaseNotFound: etcd(NOT_FOUND, 'requested lease not found'),
  leaseExists: etcd(FAILED_PRECONDITION, 'lease already exists'),
  leaseTtlTooLarge: etcd(OUT_OF_RANGE, 'too large lease TTL'),
  tooManyLeases: etcd(RESOURCE_EXHAUSTED, 'too many leases'),

  watchCanceled: etcd(CANCELLED, 'watch canceled'),

  memberExists: etcd(FAILED_PRECONDITION, 'member ID already exist'),
  peerUrlExists: etcd(FAILED_PRECONDITION, 'Peer URLs already exists'),
  memberBadUrls: etcd(INVALID_ARGUMENT, 'given member URLs are invalid'),
  memberNotFound: etcd(NOT_FOUND, 'member not found'),
  memberNotLearner: etcd(FAILED_PRECONDITION, 'can only promote a learner member'),
  learnerNotReady: etcd(
    FAILED_PRECONDITION,
    'can only promote a learner member which is in sync with leader',
  ),
  tooManyLearners: etcd(FAILED_PRECONDITION, 'too many learner members in cluster'),
  clusterMismatch: etcd(FAILED_PRECONDITION, 'cluster ID mismatch'),
  notEnoughMembers: etcd(
    FAILED_PRECONDITION,
    're-configuration failed due to not enough started members',
  ),
  membersFixed: etcd(UNIMPLEMENTED, 'changing the members is not supported yet'),

  requestTooLarge: etcd(INVALID_ARGUMENT, 'request is too large'),
  tooManyRequests: etcd(RESOURCE_EXHAUSTED, 'too many requests'),
  tooManyWatches: etcd(RESOURCE_EXHAUSTED, 'too many watches'),

  rootUserNotFound: etcd(FAILED_PRECONDITION, 'root user does not exist'),
  rootRoleNotFound: etcd(FAILED_PRECONDITION, 'root user does not have root role'),
  userExists: etcd(FAILED_PRECONDITION, 'user name already exists'),
  userEmpty: etcd(INVALID_ARGUMENT, 'user name is empty'),
  userNotFound: etcd(FAILED_PRECONDITION, 'user name not found'),
  roleExists: etcd(FAILED_PRECONDITION, 'role name already exists'),
  roleEmpty: etcd(INVALID_ARGUMENT, 'role name is empty'),
  roleNotFound: etcd(FAILED_PRECONDITION, 'role name not found'),
  authFailed: etcd(INVALID_ARGUMENT, 'authentication failed, invalid user ID or password'),
  permissionNotGiven: etcd(INVALID_ARGUMENT, 'permission not given'),
  authNotEnabled: etcd(FAILED_PRECONDITION, 'authentication is not enabled'),
  permissionDenied: etcd(PERMISSION_DENIED, 'permission denied'),
  roleNotGranted: etcd(FAILED_PRECONDITION, 'role is not granted to the user'),
  permissionNotGranted: etcd(FAILED_PRECONDITION, 'permission is not granted to the role'),
  tokenInvalid: etcd(UNAUTHENTICATED, 'invalid auth token'),
  managementInvalid: etcd(INVALID_ARGUMENT, 'invalid auth management'),
  authRevisionOld: etcd(INVALID_ARGUMENT, 'revision of auth store is old'),

  noLeader: etcd(UNAVAILABLE, 'no leader'),
  notLeader: etcd(FAILED_PRECONDITION, 'not leader'),
  badTransferee: etcd(FAILED_PRECONDITION, 'bad leader transferee'),
  leaderChanged: etcd(UNAVAILABLE, 'leader changed'),
  notCapable: etcd(FAILED_PRECONDITION, 'not capable'),
  stopped: etcd(UNAVAILABLE, 'server stopped'),
  timedOut: etcd(UNAVAILABLE, 'request timed out'),
  timedOutLeaderFailed: etcd(
    UNAVAILABLE,
    'request timed out, possibly due to previous leader failure',
  ),
  timedOutConnectionLost: etcd(UNAVAILABLE, 'request timed out, possibly due to connection lost'),
  timedOutApplying: etcd(
    UNAVAILABLE,
    'request timed out, waiting for the applied index took too long',
  ),
  transferTimedOut: etcd(UNKNOWN, 'request timed out, leader transfer took too long'),
  unhealthy: etcd(UNAVAILABLE, 'unhealthy cluster'),
  corrupt: etcd(DATA_LOSS, 'corrupt cluster'),
  notForLearner: etcd(FAILED_PRECONDITION, 'rpc not supported for learner'),
  canceled: etcd(CANCELLED, 'request canceled'),
  deadlineExceeded: etcd(DEADLINE_EXCEEDED, 'context deadline exceeded'),

  downgradeVersionFormat: etcd(INVALID_ARGUMENT, 'wrong downgrade target version format'),
  downgradeVersion: etcd(INVALID_ARGUMENT, 'invalid downgrade target version'),
  clusterVersionUnavailable: etcd(
    FAILED_PRECONDITION,
    'cluster version not found during downgrade',
  ),
  downgradeUnderWay: etcd(FAILED_PRECONDITION, 'cluster has a downgrade job in progress'),
  downgradeNone: etcd(FAILED_PRECONDITION, 'no inflight downgrade job'),
  unknownMethod: etcd(UNKNOWN, 'unknown method'),

  // Not of etcd's server itself, hence without its name.
  electionNoLeader: { status: UNKNOWN, text: 'election: no leader' },
  electionNotLeader: { status: UNKNOWN, text: 'election: not leader' },
  electionLeaderMissing: { status: UNKNOWN, text: '"leader" field must be provided' },
  lockSessionExpired: { status: UNKNOWN, text: 'mutex: session is expired' },
  streamSort: {
    status: UNIMPLEMENTED,
    text: 'RangeStream does not support custom sort orders',
  },
  streamFilters: {
    status: UNIMPLEMENTED,
    text: 'RangeStream does not support revision filters',
  },
  notACounter: { status: FAILED_PRECONDITION, text: 'the value is no counter' },
  sessionExpired: { status: FAILED_PRECONDITION, text: 'the session is not known any more' },
  conditionFailed: { status: FAILED_PRECONDITION, text: 'a condition does not hold' },
  idempotencyMismatch: {
    status: FAILED_PRECONDITION,
    text: 'the idempotency key was used for another request',
  },
  idempotencyFull: { status: RESOURCE_EXHAUSTED, text: 'too many idempotency keys' },
  idempotencyForgotten: {
    status: FAILED_PRECONDITION,
    text: 'the request was carried out before',
  },
  noSuchMethod: { status: UNIMPLEMENTED, text: 'there is no such method' },
  invalidArgument: { status: INVALID_ARGUMENT, text: 'an argument is invalid' },
  tooSlow: { status: CANCELLED, text: 'the request did not come in time' },
  sessionsTooMany: { status: RESOURCE_EXHAUSTED, text: 'too many sessions' },
  malformed: { status: INTERNAL, text: 'grpc: error unmarshalling request' },
} as const satisfies Record<string, EtcdError>

const E = ETCD_ERRORS

/** What did not take effect. */
const REFUSALS = {
  NOT_LEADER: E.leaderChanged,
  NO_LEADER: E.noLeader,
  LEADERSHIP_LOST: E.timedOutLeaderFailed,
  TRANSFERRING: E.leaderChanged,
  DROPPED: E.leaderChanged,
  OVERLOADED: E.tooManyRequests,
  STOPPED: E.stopped,
  COMPACTED: E.compacted,
  BAD_REQUEST: E.malformed,
  TOO_LARGE: E.requestTooLarge,
  TIMED_OUT: E.timedOut,
  KEY_EMPTY: E.emptyKey,
  KEY_NOT_FOUND: E.keyNotFound,
  VALUE_PROVIDED: E.valueProvided,
  LEASE_PROVIDED: E.leaseProvided,
  TXN_TOO_MANY_OPERATIONS: E.tooManyOperations,
  TXN_DUPLICATE_KEY: E.duplicateKey,
  SORT_INVALID: E.sortInvalid,
  REVISION_FUTURE: E.futureRevision,
  LEASE_NOT_FOUND: E.leaseNotFound,
  LEASE_EXISTS: E.leaseExists,
  LEASE_TTL_TOO_LARGE: E.leaseTtlTooLarge,
  LEASES_TOO_MANY: E.tooManyLeases,
  NO_SPACE: E.noSpace,
  STATE_CORRUPT: E.corrupt,
  NOT_A_COUNTER: E.notACounter,
  SESSION_EXPIRED: E.sessionExpired,
  SESSIONS_TOO_MANY: E.sessionsTooMany,
  CONDITION_FAILED: E.conditionFailed,
  IDEMPOTENCY_MISMATCH: E.idempotencyMismatch,
  IDEMPOTENCY_FULL: E.idempotencyFull,
  IDEMPOTENCY_FORGOTTEN: E.idempotencyForgotten,
  // Those of the REST door alone.
  ROUTE_UNKNOWN: E.noSuchMethod,
  METHOD_NOT_ALLOWED: E.noSuchMethod,
  PARAMETER_UNKNOWN: E.invalidArgument,
  PARAMETER_INVALID: E.invalidArgument,
  BODY_TYPE_UNKNOWN: E.invalidArgument,
  BODY_TOO_SLOW: E.tooSlow,
  PERMISSION_DENIED: E.permissionDenied,
  // Those of the client library alone.
  UNREACHABLE: E.noLeader,
  CLIENT_CLOSED: E.tooSlow,
  VALUE_UNREADABLE: E.conditionFailed,
  MEMBERSHIP_PENDING: E.unhealthy,
  MEMBERSHIP_INVALID: E.notEnoughMembers,
  MEMBERSHIP_UNSAFE: E.unhealthy,
  DISK_FAILED: E.stopped,
  DISK_FULL: E.noSpace,
  LOG_CORRUPT: E.corrupt,
  LOG_FOREIGN: E.corrupt,
  LOG_MISSING: E.corrupt,
  LOG_LOCKED: E.stopped,
  SNAPSHOT_CORRUPT: E.corrupt,
  ENGINE_CORRUPT: E.corrupt,
  ENGINE_MISSING: E.corrupt,
} as const satisfies Record<ErrorCode, EtcdError>

export function etcdErrorOf(code: ErrorCode): EtcdError {
  return REFUSALS[code]
}

/**
 * A write of which nobody knows whether it takes effect must not be told as if it had not: of these
 * texts every client of etcd has to assume either.
 */
export function etcdErrorOfUnknown(code: ErrorCode): EtcdError {
  switch (code) {
    case 'STOPPED':
    case 'DISK_FAILED':
      return E.stopped
    case 'NOT_LEADER':
    case 'NO_LEADER':
    case 'LEADERSHIP_LOST':
    case 'TRANSFERRING':
      return E.timedOutLeaderFailed
    default:
      return E.timedOut
  }
}

/** What was thrown; null when it is no expected failure. */
export function etcdErrorOfThrown(error: unknown): EtcdError | null {
  if (!(error instanceof KvError)) return null
  const { status, text } = etcdErrorOf(error.code)
  // Only a message that cannot be read says more than its code: what about it is wrong.
  return error.code === 'BAD_REQUEST'
    ? { status, text: `${text}: ${error.message}` }
    : { status, text }
}
