/**
 * Requests that must be refused, with the status and text that etcd gives: everything here is asked
 * of our own door, and what etcd 3.4 answers the same is asked of a real one too.
 */

import { malformed } from './malformed.ts'
import type { BadInput } from './model.ts'
import { care, leases, locks, members, users } from './others.ts'
import { ranges } from './ranges.ts'
import { conflicts, operations, txnSizes } from './transactions.ts'
import { puts } from './writes.ts'

export {
  type BadInput,
  bytesOf,
  deleteOp,
  type Preparation,
  prepare,
  putOp,
  rangeOp,
  txnOp,
} from './model.ts'

export const BAD_INPUTS: readonly BadInput[] = [
  ...ranges(),
  ...puts(),
  ...operations(),
  ...txnSizes(),
  ...conflicts(),
  ...leases(),
  ...members(),
  ...care(),
  ...users(),
  ...locks(),
  ...malformed(),
]
