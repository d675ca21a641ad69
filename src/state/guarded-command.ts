/** What may be carried out under conditions or by a name, and what is wrong with asking for it. */

import type { ErrorCode } from '../base/index.ts'
import { etcd, type state } from '../wire/index.ts'
import { COMMAND } from './kinds.ts'
import type { StateLimits } from './limits.ts'
import { checkTxn } from './request-checks.ts'

/** Requests of clients. Sessions have their own memory; to renew twice does no harm. */
const GUARDABLE: ReadonlySet<number> = new Set([
  COMMAND.put,
  COMMAND.deleteRange,
  COMMAND.txn,
  COMMAND.leaseGrant,
  COMMAND.leaseRevoke,
  COMMAND.increment,
  COMMAND.putWithTtl,
])

export function checkGuarded(
  { compare, name, digest, kind }: state.GuardedRequest,
  limits: StateLimits,
): ErrorCode | null {
  if (!GUARDABLE.has(kind)) return 'BAD_REQUEST'
  if (name.length > limits.nameBytesMax || digest.length > limits.digestBytesMax) {
    return 'TOO_LARGE'
  }
  return checkTxn(conditionsOf(compare), limits)
}

/** A transaction that does nothing whichever way it goes. */
export function conditionsOf(compare: etcd.Compare[]): etcd.TxnRequest {
  return etcd.TxnRequest.create({ compare })
}
