/** One key: read, write, delete, count. */

import { copyOf, ERRORS, KvError, shownKey } from '../../base/index.ts'
import { COMMAND, type CommandKind, checkPut, type Done, PutFields } from '../../state/index.ts'
import { etcd, type etcdKv, state } from '../../wire/index.ts'
import { type Subject, sizeWords } from '../messages/index.ts'
import { BYTES_TYPE, JSON_TYPE, NOT_MODIFIED } from './answering.ts'
import { answerKeyWrite, answerRead, answerWrite, rangeRead } from './ask.ts'
import { conditionsOf, etagOf, guarded, otherTags } from './conditions.ts'
import { leaseIdText } from './query-kinds.ts'
import type { RestCall } from './rest-call.ts'
import { entriesJson, entryJson } from './text-values.ts'

const NO_REVISIONS: readonly number[] = []

// Reading.

export function getKey(call: RestCall): void {
  const key = call.key()
  const { revision = 0 } = call.values
  const unchanged = unchangedSince(call)
  const request = etcd.RangeRequest.create()
  request.key = key
  request.revision = revision
  answerRead(call, rangeRead(call, request), (result) => {
    const { kvs } = etcd.RangeResponse.decode(result.body, 0, result.body.length)
    const [kv] = kvs
    if (kv === undefined) {
      const message = `there is no key ${shownKey(key)}`
      call.fail({ code: 'KEY_NOT_FOUND', message }, storeFields(result.revision))
    } else tellEntry(call, kv, { storeRevision: result.revision, unchanged })
  })
}

/** The revisions the client knows already. */
function unchangedSince({ exchange }: RestCall): readonly number[] {
  const tags = exchange.headers['if-none-match']
  if (tags === undefined) return NO_REVISIONS
  if (tags !== '*') return otherTags(tags)
  throw new KvError('PARAMETER_INVALID', 'If-None-Match: * is for PUT; GET takes a revision')
}

function storeFields(revision: number): string[] {
  return ['Quorate-Store-Revision', String(revision)]
}

function tellEntry(
  call: RestCall,
  kv: etcdKv.KeyValue,
  {
    storeRevision,
    unchanged,
  }: { readonly storeRevision: number; readonly unchanged: readonly number[] },
): void {
  // The same revision is told in two forms: a cache must not take one for the other.
  const told = ['ETag', etagOf(kv.modRevision), 'Vary', 'Accept']
  const fields = [...told, ...storeFields(storeRevision)]
  if (unchanged.includes(kv.modRevision)) call.send({ status: NOT_MODIFIED, fields }, '')
  else if (wantsBytes(call))
    call.bytes(copyOf(kv.value, 0, kv.value.length), [...fields, ...entryFields(kv)])
  else call.json(entryJson(kv), fields)
}

/** `?raw`, or a client that takes bytes and has not asked for JSON as well. */
function wantsBytes({ values, exchange }: RestCall): boolean {
  if (values.raw !== undefined) return values.raw
  const { accept } = exchange.headers
  return accept?.includes(BYTES_TYPE) === true && !accept.includes(JSON_TYPE)
}

function entryFields({ modRevision, createRevision, version, lease }: etcdKv.KeyValue): string[] {
  const fields = ['Quorate-Revision', String(modRevision)]
  fields.push('Quorate-Create-Revision', String(createRevision))
  fields.push('Quorate-Version', String(version))
  if (lease !== 0n) fields.push('Quorate-Lease', leaseIdText(lease))
  return fields
}

// Writing.

export function putKey(call: RestCall): void {
  const key = call.key()
  const { ttl, lease = 0n, previous = false } = call.values
  if (ttl !== undefined && lease !== 0n) {
    throw new KvError('LEASE_PROVIDED', 'ttl and lease are two ways to say the same: send one')
  }
  const guards = { conditions: conditionsOf(call, key), name: call.idempotencyKey() }
  call.readBody(call.parts.stateLimits.valueBytesMax, (value) => {
    // Key and value are within their limits by now.
    const put = { key, value, lease, prevKv: previous, ignoreValue: false, ignoreLease: false }
    answerKeyWrite(call, guarded(call, encodedPut(put, ttl), guards), writtenJson)
  })
}

interface PlainCommand {
  readonly kind: CommandKind
  readonly body: Uint8Array
  readonly subject?: Subject
}

/** What the log would refuse is refused here. */
export function putCommand(
  { parts }: Pick<RestCall, 'parts'>,
  put: etcd.PutRequest,
  ttlMs: number | undefined,
): PlainCommand {
  const fault = checkPut(new PutFields().take(put), parts.stateLimits)
  if (fault !== null) {
    throw new KvError(fault, sizeWords(put, parts.stateLimits) ?? ERRORS[fault].what)
  }
  return encodedPut(put, ttlMs)
}

function encodedPut(put: etcd.PutRequest, ttlMs: number | undefined): PlainCommand {
  if (ttlMs === undefined) {
    const command = { kind: COMMAND.put, body: etcd.PutRequest.encodeBytes(put) }
    const { lease } = put
    return lease === 0n ? command : { ...command, subject: { lease } }
  }
  const body = state.PutWithTtlRequest.encodeBytes({ put, ttlMs })
  return { kind: COMMAND.putWithTtl, body }
}

export function writtenJson({ revision, body }: Done): string {
  // Nothing is there but what was asked for: most answers have no body.
  if (body.length === 0) return `{"revision":${revision}}`
  const { prevKv } = etcd.PutResponse.decode(body, 0, body.length)
  if (prevKv === null) return `{"revision":${revision}}`
  return `{"revision":${revision},"previous":${entryJson(prevKv)}}`
}

export function deleteKey(call: RestCall): void {
  const key = call.key()
  const guards = { conditions: conditionsOf(call, key), name: call.idempotencyKey() }
  const request = etcd.DeleteRangeRequest.create({ key, prevKv: call.values.previous === true })
  const body = etcd.DeleteRangeRequest.encodeBytes(request)
  answerWrite(call, guarded(call, { kind: COMMAND.deleteRange, body }, guards), deletedJson)
}

export function deletedJson({ revision, body }: Done): string {
  const { deleted, prevKvs } = etcd.DeleteRangeResponse.decode(body, 0, body.length)
  const previous = prevKvs.length === 0 ? '' : `,"previous":${entriesJson(prevKvs, true)}`
  return `{"deleted":${deleted},"revision":${revision}${previous}}`
}

export function incrementKey(call: RestCall): void {
  const key = call.key()
  const { by: delta = 1n, initial = 0n, lease = 0n } = call.values
  const guards = { conditions: conditionsOf(call, key), name: call.idempotencyKey() }
  const request = state.IncrementRequest.create({ key, delta, initial, lease })
  const body = state.IncrementRequest.encodeBytes(request)
  const command = { kind: COMMAND.increment, body, subject: { counter: key, lease } }
  answerKeyWrite(call, guarded(call, command, guards), counterJson)
}

export function counterJson({ revision, body }: Done): string {
  const { value } = state.IncrementResponse.decode(body, 0, body.length)
  return `{"value":"${value}","revision":${revision}}`
}
