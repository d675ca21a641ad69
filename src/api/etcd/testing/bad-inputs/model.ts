/** What a bad input is, and what the store holds that they are about. */

import { etcd } from '../../../../wire/index.ts'
import type { Described } from '../local-client.ts'

export interface BadInput {
  readonly what: string
  readonly path: string
  readonly bytes: Uint8Array
  readonly stream: boolean
  /** Such as `NOT_FOUND etcdserver: member not found`; with `isPrefix` the text may go on. */
  readonly outcome: string
  readonly isPrefix: boolean
  /** What a member that does not lead may say instead. */
  readonly elsewhere?: string
  /** What etcd 3.4.23 does instead; undefined: the same. */
  readonly unlike?: string
}

const UTF8 = new TextEncoder()

export function bytesOf(text: string): Uint8Array {
  return UTF8.encode(text)
}

interface RowOptions {
  readonly unlike?: string
  readonly elsewhere?: string
}

export function row<Request>(
  what: string,
  method: Described<Request, unknown> & { readonly responseStream: boolean },
  { fields, outcome, ...options }: { fields: Partial<Request>; outcome: string } & RowOptions,
): BadInput {
  const codec = method.request as unknown as { create(fields: Partial<Request>): Request }
  const request = codec.create(fields)
  const bytes = new Uint8Array(method.request.encodedLength(request))
  method.request.encode(request, bytes, 0)
  return {
    what: `${method.path.split('/')[2]}: ${what}`,
    path: method.path,
    bytes,
    stream: method.responseStream,
    outcome,
    isPrefix: false,
    ...options,
  }
}

// What the store holds that the requests are about: see `prepare`.

/** At revision 2, again at 3, deleted at 4, and there again at 5. */
export const KEY = bytesOf('bad/key')
export const MISSING = bytesOf('bad/missing')
export const LEASE = 4711n
export const COMPACTED_AT = 4
/** Larger than what etcd takes, smaller than what its port takes. */
export const LARGE = new Uint8Array(1_600_000)

export interface Preparation {
  put(key: Uint8Array): Promise<void>
  deleteKey(key: Uint8Array): Promise<void>
  grant(id: bigint): Promise<void>
  compact(revision: number): Promise<void>
}

export async function prepare(store: Preparation): Promise<void> {
  await store.put(KEY)
  await store.put(KEY)
  await store.deleteKey(KEY)
  await store.put(KEY)
  await store.grant(LEASE)
  await store.compact(COMPACTED_AT)
}

export const E = {
  emptyKey: 'INVALID_ARGUMENT etcdserver: key is not provided',
  keyNotFound: 'INVALID_ARGUMENT etcdserver: key not found',
  valueProvided: 'INVALID_ARGUMENT etcdserver: value is provided',
  leaseProvided: 'INVALID_ARGUMENT etcdserver: lease is provided',
  tooManyOps: 'INVALID_ARGUMENT etcdserver: too many operations in txn request',
  duplicateKey: 'INVALID_ARGUMENT etcdserver: duplicate key given in txn request',
  sort: 'INVALID_ARGUMENT etcdserver: invalid sort option',
  tooLarge: 'INVALID_ARGUMENT etcdserver: request is too large',
  compacted: 'OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted',
  future: 'OUT_OF_RANGE etcdserver: mvcc: required revision is a future revision',
  leaseNotFound: 'NOT_FOUND etcdserver: requested lease not found',
  leaseExists: 'FAILED_PRECONDITION etcdserver: lease already exists',
  ttl: 'OUT_OF_RANGE etcdserver: too large lease TTL',
  urls: 'INVALID_ARGUMENT etcdserver: given member URLs are invalid',
  noMember: 'NOT_FOUND etcdserver: member not found',
  transferee: 'FAILED_PRECONDITION etcdserver: bad leader transferee',
  userEmpty: 'INVALID_ARGUMENT etcdserver: user name is empty',
  noUser: 'FAILED_PRECONDITION etcdserver: user name not found',
  roleEmpty: 'INVALID_ARGUMENT etcdserver: role name is empty',
  noRole: 'FAILED_PRECONDITION etcdserver: role name not found',
} as const

export const FUTURE = 1_000_000
export const NOTHING = new Uint8Array(0)

// The ways to ask for something within a transaction.

export type Op = etcd.RequestOp

export function putOp(fields: Partial<etcd.PutRequest>): Op {
  return { request: { kind: 'requestPut', value: etcd.PutRequest.create(fields) } }
}

export function rangeOp(fields: Partial<etcd.RangeRequest>): Op {
  return { request: { kind: 'requestRange', value: etcd.RangeRequest.create(fields) } }
}

export function deleteOp(fields: Partial<etcd.DeleteRangeRequest>): Op {
  const value = etcd.DeleteRangeRequest.create(fields)
  return { request: { kind: 'requestDeleteRange', value } }
}

export function txnOp(fields: Partial<etcd.TxnRequest>): Op {
  return { request: { kind: 'requestTxn', value: etcd.TxnRequest.create(fields) } }
}
