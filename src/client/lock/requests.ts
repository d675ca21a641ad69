/**
 * What stands in line for a name are keys `<name>/<lease in hex>`, as etcd's own clients make them,
 * so that they and this one wait for each other. Whose key was created first has the lock, or
 * leads. Source: etcd, `client/v3/concurrency`.
 */

import { assert } from '../../base/index.ts'
import { etcd, type etcdKv } from '../../wire/index.ts'

const UTF8 = new TextEncoder()
const { EQUAL } = etcd.CompareCompareResult
const { CREATE, MOD } = etcd.CompareCompareTarget
const { ASCEND, DESCEND } = etcd.RangeRequestSortOrder
const BY_CREATION = etcd.RangeRequestSortTarget.CREATE

export function placeKey(name: string, lease: bigint): Uint8Array {
  return UTF8.encode(`${name}/${lease.toString(16)}`)
}

/** All who stand in line for a name. */
export function lineOf(name: string): { readonly key: Uint8Array; readonly rangeEnd: Uint8Array } {
  // A zero is the byte behind a slash.
  return { key: UTF8.encode(`${name}/`), rangeEnd: UTF8.encode(`${name}0`) }
}

/** Who has it; now, or at that revision. */
export function firstOf(name: string, revision = 0): etcd.RangeRequest {
  const order = { limit: 1, sortOrder: ASCEND, sortTarget: BY_CREATION, revision }
  return etcd.RangeRequest.create({ ...lineOf(name), ...order })
}

/** Who stands right before the one that was created then. */
export function lastBefore(name: string, createRevision: number): etcd.RangeRequest {
  const order = { limit: 1, sortOrder: DESCEND, sortTarget: BY_CREATION, keysOnly: true }
  const maxCreateRevision = createRevision - 1
  return etcd.RangeRequest.create({ ...lineOf(name), ...order, maxCreateRevision })
}

export function one(key: Uint8Array): etcd.RangeRequest {
  return etcd.RangeRequest.create({ key })
}

/** 0: it is absent. */
export function createdAt(key: Uint8Array, revision: number): etcd.Compare {
  const targetUnion = { kind: 'createRevision', value: revision } as const
  return etcd.Compare.create({ result: EQUAL, target: CREATE, key, targetUnion })
}

export function putAt(key: Uint8Array, revision: number): etcd.Compare {
  const targetUnion = { kind: 'modRevision', value: revision } as const
  return etcd.Compare.create({ result: EQUAL, target: MOD, key, targetUnion })
}

export function put(pair: {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly lease: bigint
}): etcd.RequestOp {
  return { request: { kind: 'requestPut', value: etcd.PutRequest.create(pair) } }
}

export function range(request: etcd.RangeRequest): etcd.RequestOp {
  return { request: { kind: 'requestRange', value: request } }
}

/** What the range at this place of a transaction has found. */
export function foundAt(answer: etcd.TxnResponse, position: number): etcdKv.KeyValue | null {
  const part = answer.responses[position]?.response
  assert(part?.kind === 'responseRange', 'a range is answered with what it found')
  return part.value.kvs[0] ?? null
}

export function revisionOf({ header }: { readonly header: etcd.ResponseHeader | null }): number {
  assert(header !== null, 'an answer has a header')
  return header.revision
}
