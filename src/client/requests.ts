/** Wishes for single keys and ranges: what is asked, and how its answer is read. */

import { etcd, type etcdKv, state } from '../wire/index.ts'
import type { Codec } from './codecs.ts'
import { entryOf } from './entries.ts'
import { QuorateError } from './errors.ts'
import { keyBytesOf, NO_BYTES, type WireRange } from './keys.ts'
import type { DeleteOperation, GetOperation, IncrOperation, PutOperation } from './operations.ts'
import type { NativeResult, Wish } from './pending.ts'
import type { DeletePrefixResult, DeleteResult, Entry, LeaseId, PutResult } from './types.ts'
import { bytesOfText } from './utf8.ts'
import { shown } from './words.ts'

const { KEY } = etcd.RangeRequestSortTarget
const { DESCEND } = etcd.RangeRequestSortOrder
const { EQUAL } = etcd.CompareCompareResult
const { MOD } = etcd.CompareCompareTarget

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

const NO_CONDITIONS: readonly etcd.Compare[] = []

const ENCODE_ADVICE = 'Make it a value that the codec can write, or connect with another codec.'
const LEASE_ADVICE = 'Await what gives the lease, and pass it or its id, such as 5n.'

/** The result has another kind than what was asked for: no node of ours says that. */
export function unexpected(result: NativeResult): never {
  throw new QuorateError('BAD_REQUEST', `the node answered something else with a ${result.kind}`)
}

export function revisionOf(header: etcd.ResponseHeader | null): number {
  return header?.revision ?? 0
}

export function valueBytesOf<Value>(value: Value, codec: Codec<Value>): Uint8Array {
  const encoded = encodedBy(codec, value)
  if (typeof encoded === 'string') return bytesOfText(encoded)
  if (encoded instanceof Uint8Array) return encoded
  const text = `a codec makes bytes or a text, not ${shown(encoded)}`
  const advice = 'pass a text or bytes, or connect({ codec: json() })'
  throw new QuorateError('BAD_REQUEST', `${text}: ${advice}`)
}

function encodedBy<Value>(codec: Codec<Value>, value: Value): Uint8Array | string {
  try {
    return codec.encode(value)
  } catch (cause) {
    if (cause instanceof QuorateError) throw cause
    const why = cause instanceof Error ? cause.message : shown(cause)
    const text = `the codec cannot encode the value: ${why}`
    throw new QuorateError('BAD_REQUEST', text, { advice: ENCODE_ADVICE, cause })
  }
}

export function leaseIdOf(lease: LeaseId | undefined): bigint {
  if (lease === undefined) return 0n
  const id: unknown = typeof lease === 'object' && lease !== null ? lease.id : lease
  if (typeof id === 'bigint') return int64Of(id, 'a lease')
  const text = `a lease is its number as a bigint, or what db.lease() resolves with`
  throw new QuorateError('BAD_REQUEST', `${text}, not ${shown(lease)}`, { advice: LEASE_ADVICE })
}

export function int64Of(given: bigint | number, what: string): bigint {
  const value = typeof given === 'bigint' ? given : bigintOf(given, what)
  if (value >= INT64_MIN && value <= INT64_MAX) return value
  throw new QuorateError('BAD_REQUEST', `${what} has 64 bits; ${value} is too large`)
}

function bigintOf(given: number, what: string): bigint {
  if (Number.isSafeInteger(given)) return BigInt(given)
  if (!Number.isInteger(given)) {
    throw new QuorateError('BAD_REQUEST', `${what} is a whole number, not ${shown(given)}`)
  }
  const text = `${what} is exact as a number up to 2^53 only, not ${BigInt(given)}`
  throw new QuorateError('BAD_REQUEST', text, { advice: 'Pass it as a bigint, such as 2n ** 60n.' })
}

/** Of numbers that count something. */
export function countOf(given: number | undefined, what: string): number {
  if (given === undefined) return 0
  if (Number.isSafeInteger(given) && given >= 0) return given
  throw new QuorateError('BAD_REQUEST', `${what} is a whole number from 0 on, not ${shown(given)}`)
}

// Gets.

export interface ReadMode {
  readonly revision?: number | undefined
  readonly stale?: boolean | undefined
}

export function getWish<Value>(
  { key }: GetOperation,
  { revision, stale = false }: ReadMode,
  codec: Codec<Value>,
): Wish<Entry<Value> | null> {
  const value = etcd.RangeRequest.create({
    key: keyBytesOf(key),
    revision: countOf(revision, 'a revision'),
    serializable: stale,
  })
  return {
    operation: { kind: 'range', value },
    isWrite: false,
    isHeavy: false,
    read: (result) => (result.kind === 'range' ? firstOf(result.value, codec) : unexpected(result)),
  }
}

function firstOf<Value>({ kvs }: etcd.RangeResponse, codec: Codec<Value>): Entry<Value> | null {
  const [kv] = kvs
  return kv === undefined ? null : entryOf(kv, codec)
}

export interface PageRequest extends ReadMode {
  readonly range: WireRange
  /** 0: all. */
  readonly limit: number
  readonly keysOnly?: boolean | undefined
  readonly reverse?: boolean | undefined
  readonly countOnly?: boolean | undefined
}

export function rangeRequest(page: PageRequest): etcd.RangeRequest {
  const { range, limit, revision, stale = false, keysOnly = false, countOnly = false } = page
  return etcd.RangeRequest.create({
    ...range,
    limit,
    revision: countOf(revision, 'a revision'),
    serializable: stale,
    keysOnly,
    countOnly,
    ...(page.reverse === true && { sortOrder: DESCEND, sortTarget: KEY }),
  })
}

/** What is read of the answer is kept, so it must be copied. */
export function pageWish<Result>(
  page: PageRequest,
  read: (response: etcd.RangeResponse) => Result,
): Wish<Result> {
  return {
    operation: { kind: 'range', value: rangeRequest(page) },
    isWrite: false,
    isHeavy: false,
    read: (result) => (result.kind === 'range' ? read(result.value) : unexpected(result)),
  }
}

// Puts.

export function putRequest<Value>(
  { key, value, options }: PutOperation<Value>,
  codec: Codec<Value>,
): etcd.PutRequest {
  const { lease, previous = false, keepLease = false } = options
  return {
    key: keyBytesOf(key),
    value: valueBytesOf(value, codec),
    lease: leaseIdOf(lease),
    prevKv: previous,
    ignoreValue: false,
    ignoreLease: keepLease,
  }
}

export function putWish<Value>(
  operation: PutOperation<Value>,
  codec: Codec<Value>,
): Wish<PutResult<Value>> {
  const put = putRequest(operation, codec)
  const { ifRevision, ifAbsent = false, ttlMs, previous = false } = operation.options
  const wanted = ifAbsent ? 0 : ifRevision
  if (ifAbsent && ifRevision !== undefined && ifRevision !== 0) {
    throw new QuorateError('BAD_REQUEST', 'a key is either absent, or was put at a revision')
  }
  return {
    operation:
      ttlMs === undefined
        ? { kind: 'put', value: put }
        : { kind: 'putWithTtl', value: { put, ttlMs: ttlOf(ttlMs) } },
    conditions: conditionsOf(put.key, wanted),
    isWrite: true,
    isHeavy: previous,
    read: (result) =>
      result.kind === 'put' || result.kind === 'putWithTtl'
        ? putResultOf(result.value, previous ? codec : null)
        : unexpected(result),
  }
}

export function putResultOf<Value>(
  { header, prevKv }: etcd.PutResponse,
  codec: Codec<Value> | null,
): PutResult<Value> {
  const revision = revisionOf(header)
  return codec === null ? { revision } : { revision, previous: previousOf(prevKv, codec) }
}

function previousOf<Value>(
  kv: etcdKv.KeyValue | null | undefined,
  codec: Codec<Value>,
): Entry<Value> | null {
  return kv === null || kv === undefined ? null : entryOf(kv, codec)
}

function ttlOf(ttlMs: number): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0) return ttlMs
  throw new QuorateError('BAD_REQUEST', `ttlMs is a whole number above 0, not ${shown(ttlMs)}`)
}

// Deletes.

export function deleteWish<Value>(
  { key, options }: DeleteOperation,
  codec: Codec<Value>,
): Wish<DeleteResult<Value>> {
  const { ifRevision, previous = false } = options
  const value = { key: keyBytesOf(key), rangeEnd: NO_BYTES, prevKv: previous }
  return {
    operation: { kind: 'deleteRange', value },
    conditions: conditionsOf(value.key, ifRevision),
    isWrite: true,
    isHeavy: previous,
    read: (result) =>
      result.kind === 'deleteRange'
        ? deleteResultOf(result.value, previous ? codec : null)
        : unexpected(result),
  }
}

export function deleteResultOf<Value>(
  { header, deleted, prevKvs }: etcd.DeleteRangeResponse,
  codec: Codec<Value> | null,
): DeleteResult<Value> {
  const result = { deleted: deleted > 0, revision: revisionOf(header) }
  return codec === null ? result : { ...result, previous: previousOf(prevKvs[0], codec) }
}

export function deletePrefixWish(range: WireRange): Wish<DeletePrefixResult> {
  return {
    operation: { kind: 'deleteRange', value: { ...range, prevKv: false } },
    isWrite: true,
    isHeavy: false,
    read: (result) =>
      result.kind === 'deleteRange'
        ? { deleted: result.value.deleted, revision: revisionOf(result.value.header) }
        : unexpected(result),
  }
}

// Conditions.

/** That the key was last put at that revision; 0: that it is absent. */
function conditionsOf(key: Uint8Array, revision: number | undefined): readonly etcd.Compare[] {
  if (revision === undefined) return NO_CONDITIONS
  const value = countOf(revision, 'ifRevision')
  const targetUnion = { kind: 'modRevision', value } as const
  return [{ result: EQUAL, target: MOD, key, rangeEnd: NO_BYTES, targetUnion }]
}

// Counters.

export function incrWish({ key, delta, options }: IncrOperation): Wish<bigint> {
  const value = state.IncrementRequest.create({
    key: keyBytesOf(key),
    delta: int64Of(delta, 'what is added'),
    initial: int64Of(options.initial ?? 0n, 'what is added to'),
    lease: leaseIdOf(options.lease),
  })
  return {
    operation: { kind: 'increment', value },
    isWrite: true,
    isHeavy: false,
    read: (result) => (result.kind === 'increment' ? result.value.value : unexpected(result)),
  }
}
