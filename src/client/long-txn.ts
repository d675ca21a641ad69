/**
 * A transaction has 128 operations, and may have transactions among them: long ones are sent as
 * several in one. They take effect as one all the same, at one revision.
 */

import { etcd } from '../wire/index.ts'

/** What the store takes at one level. */
const OPERATIONS_MAX = 128
/** Each transaction has what the outer one leaves: 63 of 64 operations are the most there are. */
const GROUP_OPERATIONS = 64

/** As they are, unless there are too many. More than the store takes in all is for it to refuse. */
export function grouped(operations: readonly etcd.RequestOp[]): etcd.RequestOp[] {
  if (operations.length <= OPERATIONS_MAX) return [...operations]
  const groups: etcd.RequestOp[] = []
  for (let at = 0; at < operations.length; at += GROUP_OPERATIONS) {
    const success = operations.slice(at, at + GROUP_OPERATIONS)
    const value = etcd.TxnRequest.create({ success })
    groups.push({ request: { kind: 'requestTxn', value } })
  }
  return groups
}

/** One answer for each operation again. */
export function ungrouped(answers: readonly etcd.ResponseOp[]): readonly etcd.ResponseOp[] {
  return answers.flatMap((answer) =>
    answer.response?.kind === 'responseTxn' ? answer.response.value.responses : [answer],
  )
}
