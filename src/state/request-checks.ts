/**
 * What can be told of a request without knowing the store. Doors ask before they propose, so that
 * nonsense stays out of the log; the state asks again at apply, for a command may come from
 * anywhere.
 *
 * The rules and their order are etcd's (etcdserver/api/v3rpc/key.go).
 */

import type { ErrorCode } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import type { StateLimits } from './limits.ts'
import { PutFields } from './put-fields.ts'
import { conflictOf } from './txn-conflicts.ts'

const { RangeRequestSortOrder: ORDER, RangeRequestSortTarget: TARGET } = etcd

/** Of a `RangeRequest`, what can be wrong with it. */
export interface RangeShape {
  readonly key: { readonly length: number }
  readonly sortOrder: number
  readonly sortTarget: number
}

export function checkRange({ key, sortOrder, sortTarget }: RangeShape): ErrorCode | null {
  if (key.length === 0) return 'KEY_EMPTY'
  const isKnown = isWithin(sortOrder, ORDER.DESCEND) && isWithin(sortTarget, TARGET.VALUE)
  return isKnown ? null : 'SORT_INVALID'
}

/** Enumerations count from 0 without gaps. */
function isWithin(value: number, last: number): boolean {
  return value >= 0 && value <= last
}

export function checkPut(put: PutFields, limits: StateLimits): ErrorCode | null {
  if (put.key.length === 0) return 'KEY_EMPTY'
  if (put.ignoreValue && put.value.length > 0) return 'VALUE_PROVIDED'
  if (put.ignoreLease && put.lease !== 0n) return 'LEASE_PROVIDED'
  return isTooLarge(put.key.length, put.value.length, limits) ? 'TOO_LARGE' : null
}

function isTooLarge(keyLength: number, valueLength: number, limits: StateLimits): boolean {
  return keyLength > limits.keyBytesMax || valueLength > limits.valueBytesMax
}

export function checkDeleteRange({ key }: etcd.DeleteRangeRequest): ErrorCode | null {
  return key.length === 0 ? 'KEY_EMPTY' : null
}

export function checkTxn(request: etcd.TxnRequest, limits: StateLimits): ErrorCode | null {
  return (
    new TxnCheck(limits).check(request, limits.operationsMax) ??
    conflictOf(request.success) ??
    conflictOf(request.failure)
  )
}

/** Whether it writes nothing, whichever way it goes. The request was checked. */
export function isReadOnly({ success, failure }: etcd.TxnRequest): boolean {
  return [...success, ...failure].every(({ request }) => {
    if (request?.kind === 'requestTxn') return isReadOnly(request.value)
    return request?.kind === 'requestRange'
  })
}

/** Whether it puts anything, whichever way it goes: what a store without space refuses. */
export function hasPut({ success, failure }: etcd.TxnRequest): boolean {
  return [...success, ...failure].some(({ request }) => {
    if (request?.kind === 'requestTxn') return hasPut(request.value)
    return request?.kind === 'requestPut'
  })
}

class TxnCheck {
  readonly #limits: StateLimits
  readonly #put = new PutFields()
  #operations = 0

  constructor(limits: StateLimits) {
    this.#limits = limits
  }

  /** `budget`: a transaction within a transaction has what the outer one left. */
  check({ compare, success, failure }: etcd.TxnRequest, budget: number): ErrorCode | null {
    const longest = Math.max(compare.length, success.length, failure.length)
    this.#operations += compare.length + success.length + failure.length
    const isTooLong = this.#operations > this.#limits.operationsNestedMax
    if (longest > budget || isTooLong) return 'TXN_TOO_MANY_OPERATIONS'
    for (const { key } of compare) if (key.length === 0) return 'KEY_EMPTY'
    for (const operations of [success, failure]) {
      for (const operation of operations) {
        const fault = this.#checkOperation(operation, budget - longest)
        if (fault !== null) return fault
      }
    }
    return null
  }

  #checkOperation({ request }: etcd.RequestOp, budget: number): ErrorCode | null {
    switch (request?.kind) {
      case 'requestRange':
        return checkRange(request.value)
      case 'requestPut':
        return checkPut(this.#put.take(request.value), this.#limits)
      case 'requestDeleteRange':
        return checkDeleteRange(request.value)
      case 'requestTxn':
        return this.check(request.value, budget)
      default:
        // An operation that asks for nothing; etcd calls it so.
        return 'KEY_NOT_FOUND'
    }
  }
}
