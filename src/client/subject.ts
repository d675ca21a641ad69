/**
 * What an operation was about, where a node says only what was wrong. It is read from the bytes of
 * the operation, so that one which succeeds pays nothing for it.
 */

import { ERRORS, type ErrorCode, shownKey } from '../base/index.ts'
import { type etcd, native } from '../wire/index.ts'
import type { NativeOperation } from './pending.ts'

/** Of many: enough to know where to look. */
const SHOWN_MAX = 3

interface Failed {
  readonly code: ErrorCode
  readonly text: string
}

/** The text, with the key or lease that it is about where the node has not said it. */
export function textWithSubject({ code, text }: Failed, encoded: Uint8Array): string {
  const find = SUBJECTS.get(code)
  if (find === undefined || text !== ERRORS[code].what) return text
  const { operation } = native.Operation.decodeBytes(encoded)
  const found = operation === null ? [] : find(operation)
  if (found.length === 0) return text
  const more = found.length > SHOWN_MAX ? ', …' : ''
  return `${text.replace(/\.$/, '')}: ${found.slice(0, SHOWN_MAX).join(', ')}${more}`
}

export function shownLease(id: bigint): string {
  return `${id}n (${id.toString(16)} in hexadecimal)`
}

const SUBJECTS: ReadonlyMap<ErrorCode, (operation: NativeOperation) => readonly string[]> = new Map<
  ErrorCode,
  (operation: NativeOperation) => readonly string[]
>([
  ['LEASE_NOT_FOUND', leasesOf],
  ['LEASE_EXISTS', leasesOf],
  ['KEY_NOT_FOUND', keptKeysOf],
  ['TXN_DUPLICATE_KEY', keysTwiceIn],
])

function leasesOf(operation: NativeOperation): readonly string[] {
  switch (operation.kind) {
    case 'leaseGrant':
    case 'leaseRevoke':
    case 'leaseKeepAlive':
      return [shownLease(operation.value.ID)]
    case 'increment':
      return [ofKey(operation.value.lease, operation.value.key)]
    default:
      return putsOf(operation)
        .filter(({ lease }) => lease !== 0n)
        .map(({ lease, key }) => ofKey(lease, key))
  }
}

function ofKey(lease: bigint, key: Uint8Array): string {
  return `${shownLease(lease)} for ${shownKey(key)}`
}

/** Of puts that keep the lease, and so need a key that is there. */
function keptKeysOf(operation: NativeOperation): readonly string[] {
  return putsOf(operation)
    .filter(({ ignoreLease }) => ignoreLease)
    .map(({ key }) => shownKey(key))
}

function putsOf(operation: NativeOperation): readonly etcd.PutRequest[] {
  if (operation.kind === 'put') return [operation.value]
  if (operation.kind === 'putWithTtl') {
    const { put } = operation.value
    return put === null ? [] : [put]
  }
  if (operation.kind !== 'txn') return []
  return [...stepsIn(operation.value.success), ...stepsIn(operation.value.failure)].flatMap(
    ({ request }) => (request?.kind === 'requestPut' ? [request.value] : []),
  )
}

function keysTwiceIn(operation: NativeOperation): readonly string[] {
  if (operation.kind !== 'txn') return []
  const { success, failure } = operation.value
  return [...twiceIn(success), ...twiceIn(failure)]
}

function twiceIn(branch: readonly etcd.RequestOp[]): readonly string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { request } of stepsIn(branch)) {
    if (request?.kind !== 'requestPut' && request?.kind !== 'requestDeleteRange') continue
    const { key } = request.value
    const name = key.join()
    if (seen.has(name)) twice.add(shownKey(key))
    seen.add(name)
  }
  return [...twice]
}

/** Long transactions are sent as transactions within one, one deep. */
function stepsIn(branch: readonly etcd.RequestOp[]): readonly etcd.RequestOp[] {
  return branch.flatMap((step) =>
    step.request?.kind === 'requestTxn' ? step.request.value.success : [step],
  )
}
