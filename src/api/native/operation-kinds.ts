/** The operations there are, by their numbers in `proto/quorate/v1/kv.proto`. */

import type { RequestName } from '../messages/index.ts'

export interface OperationKind {
  /** Of the operation, and of its result. */
  readonly field: number
  /** As in the protocol. */
  readonly name: string
  /** Which message its body is. */
  readonly request: RequestName
  /** What its result begins with. */
  readonly answer: 'header' | 'session' | 'bare'
}

const FIRST_FIELD = 8

function kind(
  name: string,
  request: RequestName,
  answer: OperationKind['answer'] = 'header',
): Omit<OperationKind, 'field'> {
  return { name, request, answer }
}

export const OPERATION_KINDS: readonly OperationKind[] = [
  kind('range', 'range'),
  kind('put', 'put'),
  kind('delete_range', 'deleteRange'),
  kind('txn', 'txn'),
  kind('increment', 'increment'),
  kind('put_with_ttl', 'putWithTtl'),
  kind('open_session', 'sessionOpen', 'session'),
  kind('close_session', 'sessionClose', 'bare'),
  kind('lease_grant', 'leaseGrant'),
  kind('lease_revoke', 'leaseRevoke'),
  kind('lease_keep_alive', 'leaseKeepAlive'),
  kind('lease_time_to_live', 'leaseTimeToLive'),
  kind('lease_leases', 'leaseLeases'),
  kind('compact', 'compact'),
].map((one, at) => ({ ...one, field: FIRST_FIELD + at }))

/** Null: this server does not know it. */
export function kindOf(field: number): OperationKind | null {
  return OPERATION_KINDS[field - FIRST_FIELD] ?? null
}
