/** How a call of etcd's API fails. */

import type { ErrorCode } from '../../base/index.ts'
import { Metadata, type ServerCall, UNEXPECTED } from '../../rpc/index.ts'
import { type EtcdError, etcdErrorOf, etcdErrorOfThrown, etcdErrorOfUnknown } from './errors.ts'

/** When the node is busy: so long is a good time to wait before the next attempt. */
const RETRY_LATER = Metadata.of(['retry-after-ms', '100'])

export function fail(call: ServerCall, { status, text }: EtcdError): void {
  call.fail(status, text)
}

/** It did not take effect. */
export function refuse(call: ServerCall, code: ErrorCode): void {
  if (code === 'OVERLOADED') call.setTrailing(RETRY_LATER)
  fail(call, etcdErrorOf(code))
}

/** Nobody knows whether it takes effect. */
export function leaveOpen(call: ServerCall, code: ErrorCode): void {
  fail(call, etcdErrorOfUnknown(code))
}

/** Expected failures end the call in etcd's words; everything else is for whoever called. */
export function failThrown(call: ServerCall, error: unknown): void {
  const known = etcdErrorOfThrown(error)
  if (known === null) throw error
  fail(call, known)
}

/**
 * The same for what was thrown when nobody was there to catch it. What is not expected is a fault
 * of the node, which ends in order: a rejection that nobody handles would end the program that the
 * node lives in.
 */
export function failLater(
  { onFault }: { readonly onFault: (error: unknown) => void },
  call: ServerCall,
  error: unknown,
): void {
  const known = etcdErrorOfThrown(error)
  if (known !== null) fail(call, known)
  else {
    call.fail(UNEXPECTED.code, UNEXPECTED.message)
    onFault(error)
  }
}
