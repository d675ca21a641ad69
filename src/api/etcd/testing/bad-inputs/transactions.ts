/** Of transactions. */

import { etcd } from '../../../../wire/index.ts'
import {
  type BadInput,
  bytesOf,
  deleteOp,
  E,
  FUTURE,
  KEY,
  LARGE,
  type Op,
  putOp,
  rangeOp,
  row,
  txnOp,
} from './model.ts'
import { BAD_PUTS } from './writes.ts'

const kv = etcd.KV.methods

const [PUT, RANGE, NO_OP] = [
  putOp({ key: bytesOf('bad/other') }),
  rangeOp({ key: KEY }),
  { request: null } satisfies Op,
]
const COMPARE = etcd.Compare.create({ key: KEY })
const FALSE = etcd.Compare.create({
  key: KEY,
  target: etcd.CompareCompareTarget.VERSION,
  targetUnion: { kind: 'version', value: 99 },
})

function times<T>(count: number, one: T): T[] {
  return Array.from({ length: count }, () => one)
}

/** A transaction in so many others. */
function nested(depth: number, innermost: Partial<etcd.TxnRequest>): Partial<etcd.TxnRequest> {
  return depth === 0 ? innermost : { success: [txnOp(nested(depth - 1, innermost))] }
}

/** Wrong wherever they stand, in any branch. */
function wrongOperations(): [string, Op, string][] {
  return [
    ['an operation that is none', NO_OP, E.keyNotFound],
    ['a range without a key', rangeOp({}), E.emptyKey],
    ['a delete without a key', deleteOp({}), E.emptyKey],
    ...BAD_PUTS.slice(0, 5).map(([what, fields, outcome]): [string, Op, string] => [
      `a put with ${what}`,
      putOp(fields),
      outcome,
    ]),
  ]
}

/** Wrong only where they are carried out. */
function failingOperations(): [string, Op, string][] {
  return [
    ['a range at a future revision', rangeOp({ key: KEY, revision: FUTURE }), E.future],
    ['a range at a compacted revision', rangeOp({ key: KEY, revision: 2 }), E.compacted],
    // Of two faults etcd 3.4 and 3.7 tell different ones here, so the last put is not asked.
    ...BAD_PUTS.slice(5, -1).map(([what, fields, outcome]): [string, Op, string] => [
      `a put with ${what}`,
      putOp(fields),
      outcome,
    ]),
  ]
}

export function operations(): BadInput[] {
  const { txn } = kv
  const rows: BadInput[] = []
  for (const [what, operation, outcome] of wrongOperations()) {
    rows.push(
      row(`${what}, if so`, txn, { fields: { success: [operation] }, outcome }),
      row(`${what}, if not so`, txn, { fields: { failure: [RANGE, operation] }, outcome }),
      row(`${what}, within another`, txn, {
        fields: nested(2, { failure: [operation] }),
        outcome,
      }),
    )
  }
  for (const [what, operation, outcome] of failingOperations()) {
    rows.push(
      row(`${what}, as it is so`, txn, { fields: { success: [PUT, operation] }, outcome }),
      row(`${what}, as it is not so`, txn, {
        fields: { compare: [FALSE], failure: [operation] },
        outcome,
      }),
      row(`${what}, within another`, txn, {
        fields: nested(1, { success: [operation, deleteOp({ key: bytesOf('bad/other') })] }),
        outcome,
      }),
    )
  }
  return rows
}

export function txnSizes(): BadInput[] {
  const { txn } = kv
  const outcome = E.tooManyOps
  return [
    row('129 comparisons', txn, { fields: { compare: times(129, COMPARE) }, outcome }),
    row('129 operations, if so', txn, { fields: { success: times(129, RANGE) }, outcome }),
    row('129 operations, if not so', txn, { fields: { failure: times(129, RANGE) }, outcome }),
    row('129 that are none', txn, { fields: { success: times(129, NO_OP) }, outcome }),
    row('129 comparisons without a key', txn, {
      fields: { compare: times(129, etcd.Compare.create()) },
      outcome,
    }),
    row('one within 128', txn, {
      fields: { compare: times(128, COMPARE), success: [txnOp({ success: [RANGE] })] },
      outcome,
    }),
    row('29 within 100', txn, {
      fields: { success: [txnOp({ failure: times(29, RANGE) }), ...times(99, RANGE)] },
      outcome,
    }),
    row('65 within 64', txn, {
      fields: { failure: [...times(63, RANGE), txnOp({ compare: times(65, COMPARE) })] },
      outcome,
    }),
    row('what is left, one too many', txn, {
      fields: nested(3, { success: times(126, RANGE) }),
      outcome,
    }),
    row('more than 1.5 MiB', txn, {
      fields: { success: [putOp({ key: KEY, value: LARGE })] },
      outcome: E.tooLarge,
    }),
    row('more than 1.5 MiB together', txn, {
      fields: {
        success: [putOp({ key: KEY, value: LARGE.subarray(800_000) })],
        failure: [putOp({ key: KEY, value: LARGE.subarray(800_000) })],
      },
      outcome: E.tooLarge,
    }),
    row('a comparison without a key', txn, {
      fields: { compare: [COMPARE, etcd.Compare.create()] },
      outcome: E.emptyKey,
    }),
    row('a comparison without a key, within another', txn, {
      fields: nested(2, { compare: [etcd.Compare.create()] }),
      outcome: E.emptyKey,
    }),
  ]
}

export function conflicts(): BadInput[] {
  const [a, b, c] = [bytesOf('a'), bytesOf('b'), bytesOf('c')]
  const [putA, putB] = [putOp({ key: a }), putOp({ key: b })]
  const branches: [string, Op[]][] = [
    ['a key put twice', [putA, putA]],
    ['a key put twice, apart', [putA, putB, RANGE, putA]],
    ['a key put and deleted', [putA, deleteOp({ key: a })]],
    ['a key deleted and put', [deleteOp({ key: a }), putA]],
    ['a key put in a deleted range', [putB, deleteOp({ key: a, rangeEnd: c })]],
    ['a key put at the begin of a deleted range', [putA, deleteOp({ key: a, rangeEnd: b })]],
    ['a key put here and within', [putA, txnOp({ success: [putA] })]],
    ['a key put here and, if not so, within', [putA, txnOp({ failure: [putA] })]],
    ['a key put in two transactions', [txnOp({ success: [putA] }), txnOp({ failure: [putA] })]],
    [
      'a key put within and deleted here',
      [txnOp({ success: [putB] }), deleteOp({ key: a, rangeEnd: c })],
    ],
    [
      'a key deleted within and put here',
      [txnOp({ success: [deleteOp({ key: a, rangeEnd: c })] }), putB],
    ],
    ['a key put twice within', [txnOp({ success: [putA, putA] })]],
  ]
  return branches.flatMap(([what, branch]) => [
    row(`${what}, if so`, kv.txn, { fields: { success: branch }, outcome: E.duplicateKey }),
    row(`${what}, if not so`, kv.txn, { fields: { failure: branch }, outcome: E.duplicateKey }),
  ])
}
