/** What can be wrong with a request whatever the store holds, said a second time. */

import type { ErrorCode } from '../../../base/index.ts'
import type { etcd } from '../../../wire/index.ts'
import type { StateLimits } from '../../limits.ts'
import { textOf } from '../requests.ts'

export function faultOfRange({ key, sortOrder, sortTarget }: etcd.RangeRequest): ErrorCode | null {
  if (key.length === 0) return 'KEY_EMPTY'
  return [0, 1, 2].includes(sortOrder) && [0, 1, 2, 3, 4].includes(sortTarget)
    ? null
    : 'SORT_INVALID'
}

export function faultOfPutShape(put: etcd.PutRequest, limits: StateLimits): ErrorCode | null {
  if (put.key.length === 0) return 'KEY_EMPTY'
  if (put.ignoreValue && put.value.length > 0) return 'VALUE_PROVIDED'
  if (put.ignoreLease && put.lease !== 0n) return 'LEASE_PROVIDED'
  if (put.key.length > limits.keyBytesMax) return 'TOO_LARGE'
  return put.value.length > limits.valueBytesMax ? 'TOO_LARGE' : null
}

export function faultOfTxnShape(txn: etcd.TxnRequest, limits: StateLimits): ErrorCode | null {
  const fault = faultOfList(txn, limits.operationsMax, limits)
  if (fault !== null) return fault
  const isSound = writesOf(txn.success) !== null && writesOf(txn.failure) !== null
  return isSound ? null : 'TXN_DUPLICATE_KEY'
}

function faultOfList(
  { compare, success, failure }: etcd.TxnRequest,
  budget: number,
  limits: StateLimits,
): ErrorCode | null {
  const used = Math.max(compare.length, success.length, failure.length)
  if (used > budget) return 'TXN_TOO_MANY_OPERATIONS'
  if (compare.some(({ key }) => key.length === 0)) return 'KEY_EMPTY'
  for (const { request } of [...success, ...failure]) {
    let fault: ErrorCode | null = 'KEY_NOT_FOUND'
    if (request?.kind === 'requestRange') fault = faultOfRange(request.value)
    if (request?.kind === 'requestPut') fault = faultOfPutShape(request.value, limits)
    if (request?.kind === 'requestDeleteRange') {
      fault = request.value.key.length === 0 ? 'KEY_EMPTY' : null
    }
    if (request?.kind === 'requestTxn') fault = faultOfList(request.value, budget - used, limits)
    if (fault !== null) return fault
  }
  return null
}

export function hasPuts({ success, failure }: etcd.TxnRequest): boolean {
  return [...success, ...failure].some(({ request }) => {
    if (request?.kind === 'requestTxn') return hasPuts(request.value)
    return request?.kind === 'requestPut'
  })
}

interface Writes {
  readonly puts: readonly string[]
  readonly deletes: readonly (readonly [from: string, to: string])[]
}

/** Null: a key is put twice, or put and deleted. Step by step as etcd's `checkIntervals`. */
function writesOf(operations: readonly etcd.RequestOp[]): Writes | null {
  const deletes: (readonly [string, string])[] = []
  const puts: string[] = []
  const isTaken = (key: string): boolean =>
    puts.includes(key) || deletes.some(([from, to]) => key >= from && key < to)
  for (const { request } of operations) {
    if (request?.kind !== 'requestDeleteRange') continue
    const key = textOf(request.value.key)
    deletes.push([key, textOf(request.value.rangeEnd) || `${key}\0`])
  }
  for (const { request } of operations) {
    if (request?.kind !== 'requestTxn') continue
    const then = writesOf(request.value.success)
    const otherwise = writesOf(request.value.failure)
    if (then === null || otherwise === null) return null
    if (then.puts.some(isTaken) || otherwise.puts.some(isTaken)) return null
    puts.push(...then.puts, ...otherwise.puts)
    deletes.push(...then.deletes, ...otherwise.deletes)
  }
  for (const { request } of operations) {
    if (request?.kind !== 'requestPut') continue
    const key = textOf(request.value.key)
    if (isTaken(key)) return null
    puts.push(key)
  }
  return { puts, deletes }
}
