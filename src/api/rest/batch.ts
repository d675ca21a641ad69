/**
 * `POST /api/v1/batch`: many operations at once, each by itself.
 *
 * With an `Idempotency-Key` each write has a name of its own, made from it. The first write is
 * carried out before the others: it knows whether the whole batch is the one that the key stands
 * for, so that nothing of another batch with the same key takes effect.
 */

import { assert, ERRORS, type ErrorSpec, KvError } from '../../base/index.ts'
import { COMMAND, type Done } from '../../state/index.ts'
import { etcd, state } from '../../wire/index.ts'
import { type Settled, write } from './ask.ts'
import { type CollectedRange, collectRange } from './collected-range.ts'
import { type Command, guarded, revisionIs } from './conditions.ts'
import { type Failure, failureJson } from './failure.ts'
import { type JsonObject, oneOf, parseJson } from './json-input.ts'
import { counterJson, putCommand } from './keys.ts'
import { deleteOf, deleteResult, getOf, keyOf, putOf, putResult } from './operations.ts'
import type { RestCall } from './rest-call.ts'

const OPERATIONS_MAX = 1024
/** What all reads of a batch come to: it is put together in memory. */
const READ_BYTES_MAX = 16 * 1024 * 1024
const OPERATIONS = ['put', 'get', 'delete', 'incr'] as const

type Conditions = etcd.Compare[]

interface Read {
  readonly kind: 'read'
  readonly request: etcd.RangeRequest
}

interface Write {
  readonly kind: 'write'
  readonly command: Omit<Command, 'isNamed'>
  readonly conditions: Conditions
  readonly tell: (result: Done) => string
}

export function batch(call: RestCall): void {
  call.checkJsonType()
  const name = call.idempotencyKey()
  call.readBody(call.parts.jsonBytesMax, (body) => {
    const operations = operationsOf(call, parseJson(body))
    new BatchRun(call, operations, name === null ? null : { name, identity: body }).start()
  })
}

function operationsOf(call: RestCall, object: JsonObject): (Read | Write)[] {
  const list = object.list('operations')
  object.end()
  object.require('operations', 'a list', object.has('operations') || undefined)
  if (list.length > OPERATIONS_MAX) {
    throw new KvError('TXN_TOO_MANY_OPERATIONS', `a batch has at most ${OPERATIONS_MAX} operations`)
  }
  return list.map((one) => {
    const op = one.require('op', oneOf(OPERATIONS), one.choice('op', OPERATIONS))
    const operation = operationOf(call, op, one)
    one.end()
    return operation
  })
}

function operationOf(
  call: RestCall,
  op: (typeof OPERATIONS)[number],
  object: JsonObject,
): Read | Write {
  switch (op) {
    case 'put':
      return putOperation(call, object)
    case 'get':
      return { kind: 'read', request: getOf(object) }
    case 'delete': {
      const request = deleteOf(object)
      const conditions = conditionsOf(object, request.rangeEnd.length === 0 ? request.key : null)
      const body = etcd.DeleteRangeRequest.encodeBytes(request)
      const tell = ({ body: told, revision }: Done): string =>
        deleteResult(etcd.DeleteRangeResponse.decode(told, 0, told.length), revision)
      return { kind: 'write', command: { kind: COMMAND.deleteRange, body }, conditions, tell }
    }
    default:
      return incrementOperation(object)
  }
}

function putOperation(call: RestCall, object: JsonObject): Write {
  const put = putOf(object)
  const ttl = object.duration('ttl')
  if (ttl !== undefined && put.lease !== 0n) {
    throw new KvError('LEASE_PROVIDED', `${object.place}: ttl and lease are two ways to say it`)
  }
  const tell = ({ body, revision }: Done): string =>
    putResult(etcd.PutResponse.decode(body, 0, body.length), revision)
  const conditions = conditionsOf(object, put.key)
  return { kind: 'write', command: putCommand(call, put, ttl), conditions, tell }
}

function incrementOperation(object: JsonObject): Write {
  const key = keyOf(object)
  const request = state.IncrementRequest.create({
    key,
    delta: object.integer('by') ?? 1n,
    initial: object.integer('initial') ?? 0n,
    lease: object.lease('lease') ?? 0n,
  })
  const body = state.IncrementRequest.encodeBytes(request)
  const subject = { counter: key, lease: request.lease }
  const command = { kind: COMMAND.increment, body, subject }
  return { kind: 'write', command, conditions: conditionsOf(object, key), tell: counterJson }
}

/** `key`: null when it is about several, of which no condition can be asked. */
function conditionsOf(object: JsonObject, key: Uint8Array | null): Conditions {
  const [revision, isAbsent] = [object.number('ifRevision', 1), object.boolean('ifAbsent')]
  if (revision === undefined && !isAbsent) return []
  if (key === null) {
    throw new KvError('BAD_REQUEST', `${object.place}: a condition is about one key`)
  }
  if (revision !== undefined && isAbsent) {
    throw new KvError('BAD_REQUEST', `${object.place}: ifRevision and ifAbsent never both hold`)
  }
  return [revisionIs(key, revision ?? 0)]
}

interface BatchName {
  readonly name: string
  /** Of the whole batch. */
  readonly identity: Uint8Array
}

class BatchRun {
  readonly #call: RestCall
  readonly #operations: readonly (Read | Write)[]
  readonly #name: BatchName | null
  readonly #results: string[]
  #left: number
  /** Of what is read. */
  #bytesLeft = READ_BYTES_MAX

  constructor(call: RestCall, operations: readonly (Read | Write)[], name: BatchName | null) {
    this.#call = call
    this.#operations = operations
    this.#name = name
    this.#results = Array<string>(operations.length).fill('{}')
    this.#left = operations.length
  }

  start(): void {
    const first = this.#operations.findIndex(({ kind }) => kind === 'write')
    if (this.#name === null || first < 0) this.#runAll(-1)
    else this.#runFirst(first)
  }

  /** What it does not know for good ends the whole: the key is not bound to this batch then. */
  #runFirst(at: number): void {
    const operation = this.#operations[at]
    assert(operation?.kind === 'write', 'a key stands for what is written')
    write(this.#call, this.#commandOf(operation, at), (outcome) => {
      if (outcome.kind === 'failed' && !isFinal(outcome.failure)) this.#call.fail(outcome.failure)
      else {
        this.#runAll(at)
        this.#written(operation, at, outcome)
      }
    })
  }

  /** All but one. */
  #runAll(except: number): void {
    for (const [at, operation] of this.#operations.entries()) {
      if (at === except) continue
      if (operation.kind === 'read') this.#read(operation, at)
      else {
        write(this.#call, this.#commandOf(operation, at), (outcome) =>
          this.#written(operation, at, outcome),
        )
      }
    }
    if (this.#operations.length === 0) this.#tell()
  }

  #commandOf({ command, conditions }: Write, at: number): Command {
    if (this.#name === null) return guarded(this.#call, command, { conditions })
    const { name, identity } = this.#name
    return guarded(this.#call, command, { conditions, name: `${name}#${at}`, identity })
  }

  #written({ tell }: Write, at: number, outcome: Settled): void {
    this.#call.guard(() => {
      if (outcome.kind === 'failed') this.#settle(at, failedJson(outcome.failure))
      else this.#settle(at, tell(outcome.result))
    })
  }

  #read({ request }: Read, at: number): void {
    collectRange(this.#call, {
      request,
      bytesMax: READ_BYTES_MAX,
      failed: (failure) => this.#settle(at, failedJson(failure)),
      done: (range) => this.#settle(at, this.#rangeJson(request, range)),
    })
  }

  #rangeJson(request: etcd.RangeRequest, range: CollectedRange): string {
    const { entries, count, more, revision } = range
    const list = entries.join(',')
    if (count === null || list.length > this.#bytesLeft) {
      const message = `All that a batch reads is at most ${READ_BYTES_MAX} bytes; list the keys.`
      return failedJson({ code: 'TOO_LARGE', message })
    }
    this.#bytesLeft -= list.length
    const told = request.countOnly ? '' : `,"entries":[${list}]`
    return `{"revision":${revision}${told},"count":${count}${more ? ',"more":true' : ''}}`
  }

  #settle(at: number, result: string): void {
    this.#results[at] = result
    this.#left -= 1
    if (this.#left === 0) this.#tell()
  }

  #tell(): void {
    this.#call.json(`{"results":[${this.#results.join(',')}]}`)
  }
}

/** It would be the same if it were tried again. */
function isFinal({ code }: Failure): boolean {
  const { retry }: ErrorSpec = ERRORS[code]
  return retry === 'never' && code !== 'IDEMPOTENCY_MISMATCH'
}

function failedJson(failure: Failure): string {
  return JSON.stringify({ error: failureJson(failure) })
}
