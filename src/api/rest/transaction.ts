/** `POST /api/v1/txn`: etcd's transactions, as people write them. */

import { ERRORS, KvError } from '../../base/index.ts'
import { COMMAND, checkTxn, isReadOnly, READ } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { overLimit, txnSizeWords } from '../messages/index.ts'
import { answerRead, answerWrite } from './ask.ts'
import { guarded, revisionIs } from './conditions.ts'
import { type JsonObject, oneOf, parseJson, TEXT_OR_BYTES } from './json-input.ts'
import { deleteOf, deleteResult, getOf, getResult, putOf, putResult } from './operations.ts'
import { rangeOf } from './ranges.ts'
import type { RestCall } from './rest-call.ts'

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

const RELATIONS = {
  '=': RESULT.EQUAL,
  '!=': RESULT.NOT_EQUAL,
  '<': RESULT.LESS,
  '>': RESULT.GREATER,
} as const
const RELATION_NAMES = Object.keys(RELATIONS) as (keyof typeof RELATIONS)[]
const FIELDS = ['value', 'version', 'revision', 'createRevision', 'lease'] as const
const OPERATIONS = ['put', 'get', 'delete', 'txn'] as const

/** As much as the state lets a transaction answer that writes. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** Transactions within transactions. */
const DEPTH_MAX = 8

export function transact(call: RestCall): void {
  call.checkJsonType()
  const name = call.idempotencyKey()
  const { requestBytesMax } = call.parts.stateLimits
  call.readBody(call.parts.jsonBytesMax, (content) => {
    const request = txnOf(parseJson(content), DEPTH_MAX)
    const fault = checkTxn(request, call.parts.stateLimits)
    if (fault !== null) {
      const words = txnSizeWords(request, call.parts.stateLimits)
      throw new KvError(fault, FAULTS[fault] ?? words ?? ERRORS[fault].what)
    }
    const body = etcd.TxnRequest.encodeBytes(request)
    if (body.length > requestBytesMax) {
      throw new KvError('TOO_LARGE', overLimit('the transaction', body.length, requestBytesMax))
    }
    if (isReadOnly(request)) {
      const serializable = call.values.consistency === 'stale'
      answerRead(call, { kind: READ.txn, body, serializable }, (result) =>
        call.json(toldOf(request, result)),
      )
    } else {
      const command = guarded(call, { kind: COMMAND.txn, body }, { name })
      answerWrite(call, command, (result) => toldOf(request, result))
    }
  })
}

const FAULTS: Readonly<Record<string, string>> = {
  TXN_DUPLICATE_KEY: 'a branch of the transaction changes a key twice',
  TXN_TOO_MANY_OPERATIONS:
    'a transaction has at most 128 conditions and 128 operations, nested ones counted',
}

function txnOf(object: JsonObject, depth: number): etcd.TxnRequest {
  const request = etcd.TxnRequest.create({
    compare: object.list('if').map(conditionOf),
    success: object.list('then').map((one) => operationOf(one, depth)),
    failure: object.list('else').map((one) => operationOf(one, depth)),
  })
  object.end()
  return request
}

function operationOf(object: JsonObject, depth: number): etcd.RequestOp {
  const op = object.require('op', oneOf(OPERATIONS), object.choice('op', OPERATIONS))
  if (op === 'txn') {
    if (depth === 0) throw new KvError('BAD_REQUEST', `${object.place} is nested too deeply`)
    return { request: { kind: 'requestTxn', value: txnOf(object, depth - 1) } }
  }
  const request = requestOf(op, object)
  object.end()
  return { request }
}

function requestOf(op: 'put' | 'get' | 'delete', object: JsonObject): etcd.RequestOp['request'] {
  switch (op) {
    case 'put':
      return { kind: 'requestPut', value: putOf(object) }
    case 'get':
      return { kind: 'requestRange', value: getOf(object) }
    default:
      return { kind: 'requestDeleteRange', value: deleteOf(object) }
  }
}

function conditionOf(object: JsonObject): etcd.Compare {
  const [key, prefix] = [object.bytes('key'), object.bytes('prefix')]
  const [start, end] = [object.bytes('start'), object.bytes('end')]
  const range = object.requireKeys(
    rangeOf({
      ...(key !== undefined && { key }),
      ...(prefix !== undefined && { prefix }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    }),
  )
  const compare = object.has('exists')
    ? revisionIs(range.key, 0, !object.boolean('exists'))
    : comparedOf(object)
  object.end()
  return { ...compare, ...range }
}

function comparedOf(object: JsonObject): etcd.Compare {
  const field = object.choice('field', FIELDS) ?? noField(object)
  const is = object.require('is', oneOf(RELATION_NAMES), object.choice('is', RELATION_NAMES))
  return etcd.Compare.create({ result: RELATIONS[is], ...targetOf(field, object) })
}

/** Whoever writes `{"key":"a","version":0}` is told how that is said here. */
function noField(object: JsonObject): never {
  const meant = FIELDS.find((name) => object.has(name)) ?? 'value'
  const text =
    `${object.place}.field is missing: it says what is compared, ${oneOf(FIELDS)}, ` +
    `as in {"key":…,"field":"${meant}","is":"=","to":…}; ` +
    `or ${object.place}.exists is true or false`
  throw new KvError('BAD_REQUEST', text)
}

function targetOf(
  field: (typeof FIELDS)[number],
  object: JsonObject,
): Pick<etcd.Compare, 'target' | 'targetUnion'> {
  switch (field) {
    case 'value': {
      const value = object.require('to', TEXT_OR_BYTES, object.bytes('to'))
      return { target: TARGET.VALUE, targetUnion: { kind: 'value', value } }
    }
    case 'lease': {
      const value = object.require('to', 'the id of a lease', object.lease('to'))
      return { target: TARGET.LEASE, targetUnion: { kind: 'lease', value } }
    }
    default: {
      const value = object.require('to', 'a whole number from 0', object.number('to'))
      if (field === 'version')
        return { target: TARGET.VERSION, targetUnion: { kind: field, value } }
      if (field === 'createRevision') {
        return { target: TARGET.CREATE, targetUnion: { kind: field, value } }
      }
      return { target: TARGET.MOD, targetUnion: { kind: 'modRevision', value } }
    }
  }
}

function toldOf(
  request: etcd.TxnRequest,
  { revision, body }: { readonly revision: number; readonly body: Uint8Array },
): string {
  // What writes was bounded before it took effect.
  if (body.length > ANSWER_BYTES_MAX) {
    throw new KvError('TOO_LARGE', `the answer has more than ${ANSWER_BYTES_MAX} bytes`)
  }
  return txnJson(request, etcd.TxnResponse.decode(body, 0, body.length), revision)
}

function txnJson(
  request: etcd.TxnRequest,
  { succeeded, responses }: etcd.TxnResponse,
  revision: number,
): string {
  const asked = succeeded ? request.success : request.failure
  const results = responses.map((response, at) => resultJson(asked[at], response, revision))
  return `{"succeeded":${succeeded},"revision":${revision},"results":[${results.join(',')}]}`
}

function resultJson(
  asked: etcd.RequestOp | undefined,
  { response }: etcd.ResponseOp,
  revision: number,
): string {
  const request = asked?.request
  switch (response?.kind) {
    case 'responsePut':
      return putResult(response.value, revision)
    case 'responseDeleteRange':
      return deleteResult(response.value, revision)
    case 'responseRange':
      return request?.kind === 'requestRange'
        ? getResult(response.value, request.value, revision)
        : '{}'
    case 'responseTxn':
      return request?.kind === 'requestTxn'
        ? txnJson(request.value, response.value, revision)
        : '{}'
    default:
      return '{}'
  }
}
