/**
 * Operations that must be refused, with the code of the error table. They are asked of a store that
 * was prepared as for the bad inputs of etcd's door, by a pipeline and in calls of their own.
 */

import type { ErrorCode } from '../../../base/index.ts'
import { STATE_LIMITS } from '../../../state/index.ts'
import { etcd, native, state } from '../../../wire/index.ts'
import { bytesOf } from './operations.ts'

export interface BadOperation {
  readonly what: string
  /** An `Operation`, or what is meant to be none. */
  readonly bytes: Uint8Array
  readonly code: ErrorCode
  /** Its id is missing: what a call of its own can do without. */
  readonly needsPipeline?: boolean
}

type What = NonNullable<native.Operation['operation']>

/** Of the store as `prepare` of `etcd/testing` leaves it. */
const KEY = bytesOf('bad/key')
const MISSING = bytesOf('bad/missing')
const NO_KEY = new Uint8Array(0)
const LONG_KEY = new Uint8Array(STATE_LIMITS.keyBytesMax + 1).fill(0x61)
const LEASE = 4711n
const NO_LEASE = 999n
const COMPACTED_AT = 4
const FUTURE = 1_000_000
const UNKNOWN_SESSION = 999_999

/** That of every operation of the table; `id` writes another one. */
const ID = 77
const ID_FIELD = [0x08, ID]
const GOOD_PUT = etcd.PutRequest.encodeBytes(etcd.PutRequest.create({ key: KEY }))

const OPERATION_FIELDS = 14
const FIRST_FIELD = 8

function asked(what: What, place: Partial<native.Operation> = {}): Uint8Array {
  return native.Operation.encodeBytes(
    native.Operation.create({ id: ID, ...place, operation: what }),
  )
}

function raw(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.from(bytes)
}

/** A field of bytes, of any number. */
function field(number: number, body: Uint8Array | readonly number[]): number[] {
  return [...varint(number * 8 + 2), ...varint(body.length), ...body]
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))]
}

type Row = readonly [what: string, bytes: Uint8Array, code?: ErrorCode]

/** What is no operation, or not one alone. */
function shapes(): Row[] {
  const put = field(9, GOOD_PUT)
  return [
    ['nothing', raw(...ID_FIELD)],
    ['a field that no operation has', raw(...ID_FIELD, ...field(5, KEY))],
    ['a condition that is none', raw(...ID_FIELD, ...field(4, [0x08]), ...put)],
    ['a condition without a key', raw(...ID_FIELD, ...field(4, []), ...put), 'KEY_EMPTY'],
    [
      'a read under a condition',
      raw(...ID_FIELD, ...field(4, [0x1a, 1, 0x61]), ...field(8, [0x0a, 1, 0x61])),
    ],
    [
      'a session under a condition',
      raw(...ID_FIELD, ...field(4, [0x1a, 1, 0x61]), ...field(14, [])),
    ],
    ['an operation of the future', raw(...ID_FIELD, ...field(22, KEY))],
    ['an operation of the far future', raw(...ID_FIELD, ...field(536_870_911, KEY))],
    ['a put that is a number', raw(...ID_FIELD, 0x48, 1)],
    ['a put that is the number 0', raw(...ID_FIELD, 0x48, 0)],
    ['a put of 64 fixed bits', raw(...ID_FIELD, 0x49, 1, 2, 3, 4, 5, 6, 7, 8)],
    ['a put of 32 fixed bits', raw(...ID_FIELD, 0x4d, 1, 2, 3, 4)],
    ['two puts', raw(...ID_FIELD, ...put, ...put)],
    ['a put and a range', raw(...ID_FIELD, ...put, ...field(8, [0x0a, 1, 0x61]))],
    ['a put that is cut off', raw(...ID_FIELD, 0x4a, 100, ...GOOD_PUT)],
    ['a put without a length', raw(...ID_FIELD, 0x4a)],
    ['a number of 11 bytes', raw(...ID_FIELD, 0x20, ...Array(10).fill(0xff), 1)],
    ['a field with the number 0', raw(...ID_FIELD, 0x00, 0x00)],
    ['a wire type that is none', raw(...ID_FIELD, 0x0e)],
    ['another wire type that is none', raw(...ID_FIELD, 0x0f)],
    ['the end of a group that has not begun', raw(...ID_FIELD, 0x7c)],
    ['a group that does not end', raw(...ID_FIELD, 0xa3, 0x06)],
    ['a tag of six bytes', raw(...ID_FIELD, 0x80, 0x80, 0x80, 0x80, 0x80, 1)],
    ['a length of six bytes', raw(...ID_FIELD, 0x4a, 0x80, 0x80, 0x80, 0x80, 0x80, 1)],
  ]
}

/** Every operation there is with a body that is none. */
function bodies(): Row[] {
  const bad: readonly (readonly [string, readonly number[]])[] = [
    ['a number that is cut off', [0x80]],
    ['bytes that are cut off', [0x0a, 5, 0x61]],
    ['a field with the number 0', [0x00, 0x00]],
  ]
  return Array.from({ length: OPERATION_FIELDS }, (_, at) => FIRST_FIELD + at).flatMap((number) =>
    bad.map(([what, body]): Row => {
      return [`operation ${number}, ${what}`, raw(...ID_FIELD, ...field(number, body))]
    }),
  )
}

function ids(): Row[] {
  const put = { kind: 'put', value: etcd.PutRequest.create({ key: KEY }) } as const
  const large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]
  const body = field(9, GOOD_PUT)
  return [
    ['an id of 2^53 - 1', asked(put, { id: Number.MAX_SAFE_INTEGER })],
    ['an id of 2^64 - 1', raw(0x08, ...large, ...body)],
    ['a session without a sequence', asked(put, { session: 1 })],
    ['a sequence without a session', asked(put, { sequence: 1 })],
    ['a sequence of 2^53 - 1', asked(put, { session: 1, sequence: Number.MAX_SAFE_INTEGER })],
    ['a sequence of 2^64 - 1', raw(...ID_FIELD, 0x10, 1, 0x18, ...large, ...body)],
    ['a session of 2^64 - 1', raw(...ID_FIELD, 0x10, ...large, 0x18, 1, ...body)],
    ['a range with a session alone', asked(rangeOf({ key: KEY }), { session: 1 })],
  ]
}

/** Nobody knows what was done in a session that is not there. */
function sessions(): Row[] {
  const put = etcd.PutRequest.create({ key: KEY })
  const requestPut = { request: { kind: 'requestPut', value: put } } as const
  const writes: readonly What[] = [
    { kind: 'put', value: put },
    { kind: 'deleteRange', value: etcd.DeleteRangeRequest.create({ key: KEY }) },
    { kind: 'txn', value: etcd.TxnRequest.create({ success: [requestPut] }) },
    incrementOf({ key: MISSING, delta: 1n }),
    { kind: 'putWithTtl', value: { put, ttlMs: 1000 } },
    { kind: 'openSession', value: {} },
    { kind: 'leaseGrant', value: { TTL: 100, ID: 4712n } },
    { kind: 'leaseRevoke', value: { ID: LEASE } },
    { kind: 'leaseKeepAlive', value: { ID: LEASE } },
    { kind: 'compact', value: { revision: 5, physical: false } },
  ]
  const place = { session: UNKNOWN_SESSION, sequence: 1 }
  return writes.map((what) => [
    `${what.kind} in a session that is not there`,
    asked(what, place),
    'SESSION_EXPIRED',
  ])
}

function rangeOf(fields: Partial<etcd.RangeRequest>): What {
  return { kind: 'range', value: etcd.RangeRequest.create(fields) }
}

function putOf(fields: Partial<etcd.PutRequest>): What {
  return { kind: 'put', value: etcd.PutRequest.create(fields) }
}

function incrementOf(fields: Partial<state.IncrementRequest>): What {
  return { kind: 'increment', value: state.IncrementRequest.create(fields) }
}

function ttlOf(ttlMs: number, fields: Partial<etcd.PutRequest> | null): What {
  const put = fields === null ? null : etcd.PutRequest.create(fields)
  return { kind: 'putWithTtl', value: { put, ttlMs } }
}

function keys(): Row[] {
  const row = (what: string, operation: What, code: ErrorCode): Row => [
    what,
    asked(operation),
    code,
  ]
  const noValue = { ignoreValue: true }
  return [
    row('a range without a key', rangeOf({ key: NO_KEY }), 'KEY_EMPTY'),
    row('an order that is none', rangeOf({ key: KEY, sortOrder: 3 }), 'SORT_INVALID'),
    row('a sort by nothing', rangeOf({ key: KEY, sortTarget: 5 }), 'SORT_INVALID'),
    row('a range of the future', rangeOf({ key: KEY, revision: FUTURE }), 'REVISION_FUTURE'),
    row('a range of the past', rangeOf({ key: KEY, revision: COMPACTED_AT - 1 }), 'COMPACTED'),
    row('a put without a key', putOf({ value: KEY }), 'KEY_EMPTY'),
    row('a key that is too long', putOf({ key: LONG_KEY }), 'TOO_LARGE'),
    row('a value that is too long', putOf({ key: KEY, value: LARGE }), 'TOO_LARGE'),
    row('a value to keep, and one', putOf({ ...noValue, key: KEY, value: KEY }), 'VALUE_PROVIDED'),
    row('a value to keep of no key', putOf({ ...noValue, key: MISSING }), 'KEY_NOT_FOUND'),
    row(
      'a lease to keep, and one',
      putOf({ key: KEY, ignoreLease: true, lease: LEASE }),
      'LEASE_PROVIDED',
    ),
    row('a lease that is not there', putOf({ key: KEY, lease: NO_LEASE }), 'LEASE_NOT_FOUND'),
    row(
      'a delete without a key',
      { kind: 'deleteRange', value: etcd.DeleteRangeRequest.create({ prevKv: true }) },
      'KEY_EMPTY',
    ),
    row('to count without a key', incrementOf({ delta: 1n }), 'KEY_EMPTY'),
    row('to count with a long key', incrementOf({ key: LONG_KEY, delta: 1n }), 'TOO_LARGE'),
    // Empty, which is no number.
    row('to count what is no number', incrementOf({ key: KEY, delta: 1n }), 'NOT_A_COUNTER'),
    row(
      'to count beyond 64 bits',
      incrementOf({ key: MISSING, initial: 2n ** 63n - 1n, delta: 1n }),
      'NOT_A_COUNTER',
    ),
    row(
      'to count with a lease that is not there',
      incrementOf({ key: MISSING, delta: 1n, lease: NO_LEASE }),
      'LEASE_NOT_FOUND',
    ),
    row('a put for a time that is none', ttlOf(1000, null), 'KEY_EMPTY'),
    row('a put for a time without a key', ttlOf(1000, {}), 'KEY_EMPTY'),
    row('a put for no time', ttlOf(0, { key: KEY }), 'BAD_REQUEST'),
    row('a put for ever', ttlOf(9e15, { key: KEY }), 'LEASE_TTL_TOO_LARGE'),
    row(
      'a put for a time, with a lease',
      ttlOf(1000, { key: KEY, lease: LEASE }),
      'LEASE_PROVIDED',
    ),
    row(
      'a put for a time that keeps its lease',
      ttlOf(1000, { key: KEY, ignoreLease: true }),
      'LEASE_PROVIDED',
    ),
    row('a put for a time with a long key', ttlOf(1000, { key: LONG_KEY }), 'TOO_LARGE'),
  ]
}

/** Larger than a request may be, smaller than what a port takes. */
const LARGE = new Uint8Array(STATE_LIMITS.requestBytesMax + 1)

function txnsAndLeases(): Row[] {
  const put = {
    request: { kind: 'requestPut', value: etcd.PutRequest.create({ key: KEY }) },
  } as const
  const txn = (fields: Partial<etcd.TxnRequest>): Uint8Array =>
    asked({ kind: 'txn', value: etcd.TxnRequest.create(fields) })
  const many = Array(STATE_LIMITS.operationsMax + 1).fill(put)
  const grant = (TTL: number, ID: bigint): Uint8Array =>
    asked({ kind: 'leaseGrant', value: { TTL, ID } })
  const compact = (revision: number): Uint8Array =>
    asked({ kind: 'compact', value: { revision, physical: false } })
  return [
    ['a transaction that is too long', txn({ success: many }), 'TXN_TOO_MANY_OPERATIONS'],
    ['a transaction that changes a key twice', txn({ failure: [put, put] }), 'TXN_DUPLICATE_KEY'],
    [
      'a part of a transaction that is none',
      txn({ success: [{ request: null }] }),
      'KEY_NOT_FOUND',
    ],
    ['a comparison without a key', txn({ compare: [etcd.Compare.create()] }), 'KEY_EMPTY'],
    ['a lease for ever', grant(9_000_000_001, 5n), 'LEASE_TTL_TOO_LARGE'],
    ['a lease that is there', grant(100, LEASE), 'LEASE_EXISTS'],
    [
      'to revoke no lease',
      asked({ kind: 'leaseRevoke', value: { ID: NO_LEASE } }),
      'LEASE_NOT_FOUND',
    ],
    ['to compact what is compacted', compact(COMPACTED_AT), 'COMPACTED'],
    ['to compact nothing', compact(0), 'COMPACTED'],
    ['to compact the future', compact(FUTURE), 'REVISION_FUTURE'],
  ]
}

const WITHOUT_ID: readonly Row[] = [
  ['no id', asked(putOf({ key: KEY }), { id: 0 })],
  ['an id that is no number', raw(0x0a, 1, 0x61, ...field(9, GOOD_PUT))],
]

const groups = [shapes, bodies, ids, sessions, keys, txnsAndLeases]

export const BAD_OPERATIONS: readonly BadOperation[] = [
  ...groups
    .flatMap((group) => group())
    .map(([what, bytes, code = 'BAD_REQUEST']) => ({ what, bytes, code })),
  ...WITHOUT_ID.map(([what, bytes]) => ({
    ...{ what, bytes, code: 'BAD_REQUEST' as const, needsPipeline: true },
  })),
]
