/** Transactions in the words of etcd, and what comes of them. */

import { etcd } from '../wire/index.ts'
import type { Codec } from './codecs.ts'
import { entryOf } from './entries.ts'
import { QuorateError } from './errors.ts'
import { keyBytesOf, NO_BYTES, rangeOf } from './keys.ts'
import { grouped, ungrouped } from './long-txn.ts'
import type { Comparison, Relation, TxnOperation } from './operations.ts'
import type { Wish } from './pending.ts'
import {
  countOf,
  deleteResultOf,
  leaseIdOf,
  putRequest,
  putResultOf,
  rangeRequest,
  revisionOf,
  unexpected,
  valueBytesOf,
} from './requests.ts'
import { OPERATION_ADVICE, shown, shownOperation } from './words.ts'

const { EQUAL, GREATER, LESS, NOT_EQUAL } = etcd.CompareCompareResult
const { VERSION, CREATE, MOD, VALUE, LEASE } = etcd.CompareCompareTarget

const RELATIONS: ReadonlyMap<string, number> = new Map<Relation, number>([
  ['=', EQUAL],
  ['!=', NOT_EQUAL],
  ['<', LESS],
  ['>', GREATER],
])

/** Answers of operations that say nothing but that they are done, each so long at most. */
const PLAIN_ANSWER_BYTES = 24

export interface TxnParts<Value> {
  readonly conditions: readonly Comparison<Value>[]
  readonly then: readonly TxnOperation<Value>[]
  readonly else: readonly TxnOperation<Value>[]
}

export interface TxnOutcome {
  readonly succeeded: boolean
  readonly revision: number
  readonly results: readonly unknown[]
}

export function txnWish<Value>(
  parts: TxnParts<Value>,
  codec: Codec<Value>,
  lightAnswerBytesMax: number,
): Wish<TxnOutcome> {
  const value: etcd.TxnRequest = {
    compare: parts.conditions.map((condition) => compareOf(condition, codec)),
    success: grouped(parts.then.map((operation) => requestOf(operation, codec))),
    failure: grouped(parts.else.map((operation) => requestOf(operation, codec))),
  }
  const all = [...parts.then, ...parts.else]
  const isPlain = all.every((operation) => !answersWithEntries(operation))
  return {
    operation: { kind: 'txn', value },
    isWrite: all.some(({ kind }) => kind !== 'get' && kind !== 'list'),
    isHeavy: !isPlain || all.length * PLAIN_ANSWER_BYTES > lightAnswerBytesMax,
    read: (result) =>
      result.kind === 'txn' ? outcomeOf(result.value, parts, codec) : unexpected(result),
  }
}

function answersWithEntries<Value>(operation: TxnOperation<Value>): boolean {
  if (operation.kind === 'get' || operation.kind === 'list') return true
  return operation.options.previous === true
}

function outcomeOf<Value>(
  { header, succeeded, responses }: etcd.TxnResponse,
  parts: TxnParts<Value>,
  codec: Codec<Value>,
): TxnOutcome {
  const operations = succeeded ? parts.then : parts.else
  const revision = revisionOf(header)
  const answers = ungrouped(responses)
  const results = operations.map((operation, at) => {
    const response = answers[at]?.response ?? null
    return response === null ? null : resultOf(operation, { response, revision }, codec)
  })
  return { succeeded, revision, results }
}

interface Answered {
  readonly response: etcd.ResponseOpResponse
  /** That of the whole transaction. */
  readonly revision: number
}

function resultOf<Value>(
  operation: TxnOperation<Value>,
  { response, revision }: Answered,
  codec: Codec<Value>,
): unknown {
  switch (response.kind) {
    case 'responsePut': {
      const { previous = false } = 'options' in operation ? operation.options : {}
      return { ...putResultOf(response.value, previous ? codec : null), revision }
    }
    case 'responseDeleteRange': {
      const { previous = false } = 'options' in operation ? operation.options : {}
      return { ...deleteResultOf(response.value, previous ? codec : null), revision }
    }
    case 'responseRange': {
      const entries = response.value.kvs.map((kv) => entryOf(kv, codec))
      return operation.kind === 'list' ? entries : (entries[0] ?? null)
    }
    case 'responseTxn':
      throw new QuorateError('BAD_REQUEST', 'the node answered with a transaction in one')
  }
}

function requestOf<Value>(operation: TxnOperation<Value>, codec: Codec<Value>): etcd.RequestOp {
  if (typeof operation !== 'object' || operation === null) return notWithin(operation)
  switch (operation.kind) {
    case 'put': {
      const { ttlMs, ifRevision, ifAbsent } = operation.options
      if (ttlMs !== undefined) {
        throw new QuorateError(
          'BAD_REQUEST',
          'a put within a transaction has no ttlMs: use a lease',
        )
      }
      refuseConditions(ifRevision !== undefined || ifAbsent !== undefined)
      return { request: { kind: 'requestPut', value: putRequest(operation, codec) } }
    }
    case 'delete': {
      const { ifRevision, previous = false } = operation.options
      refuseConditions(ifRevision !== undefined)
      const value = { key: keyBytesOf(operation.key), rangeEnd: NO_BYTES, prevKv: previous }
      return { request: { kind: 'requestDeleteRange', value } }
    }
    case 'get': {
      const range = { key: keyBytesOf(operation.key), rangeEnd: NO_BYTES }
      return { request: { kind: 'requestRange', value: rangeRequest({ range, limit: 0 }) } }
    }
    case 'list': {
      const limit = countOf(operation.limit, 'a limit')
      const value = rangeRequest({ range: rangeOf(operation.range), limit })
      return { request: { kind: 'requestRange', value } }
    }
    default:
      return notWithin(operation)
  }
}

function refuseConditions(isConditional: boolean): void {
  if (!isConditional) return
  const text = 'conditions of a transaction go into its if(), where they hold for all of it'
  throw new QuorateError('BAD_REQUEST', text)
}

function notWithin(operation: unknown): never {
  const given = shownOperation(operation)
  const text = `a transaction is made of put, get, del and list, not of ${given}`
  throw new QuorateError('BAD_REQUEST', text, { advice: OPERATION_ADVICE })
}

function compareOf<Value>(condition: Comparison<Value>, codec: Codec<Value>): etcd.Compare {
  if (typeof condition !== 'object' || condition?.operand === undefined) {
    const given = shown(condition)
    const text = `a condition is made by compare, as compare.missing('a') is, not ${given}`
    throw new QuorateError('BAD_REQUEST', text)
  }
  const { key, relation, operand } = condition
  const result = RELATIONS.get(relation)
  if (result === undefined) {
    throw new QuorateError('BAD_REQUEST', `a relation is =, !=, < or >, not ${shown(relation)}`)
  }
  return { result, key: keyBytesOf(key), rangeEnd: NO_BYTES, ...targetOf(operand, codec) }
}

type Target = Pick<etcd.Compare, 'target' | 'targetUnion'>

function targetOf<Value>(operand: Comparison<Value>['operand'], codec: Codec<Value>): Target {
  switch (operand.target) {
    case 'value': {
      const value = valueBytesOf(operand.value, codec)
      return { target: VALUE, targetUnion: { kind: 'value', value } }
    }
    case 'lease': {
      const value = leaseIdOf(operand.lease)
      return { target: LEASE, targetUnion: { kind: 'lease', value } }
    }
    case 'version': {
      const value = countOf(operand.number, 'a version')
      return { target: VERSION, targetUnion: { kind: 'version', value } }
    }
    case 'revision': {
      const value = countOf(operand.number, 'a revision')
      return { target: MOD, targetUnion: { kind: 'modRevision', value } }
    }
    case 'createRevision': {
      const value = countOf(operand.number, 'a revision')
      return { target: CREATE, targetUnion: { kind: 'createRevision', value } }
    }
  }
}
