/** Operations as JSON writes them, alone in a batch and within transactions, and their results. */

import { KvError } from '../../base/index.ts'
import { etcd } from '../../wire/index.ts'
import { type JsonObject, TEXT_OR_BYTES } from './json-input.ts'
import { type KeyRange, rangeOf } from './ranges.ts'
import { entriesJson, entryJson } from './text-values.ts'

/** Of one get of a batch or a transaction: so many entries are told at the most. */
const GET_LIMIT_MAX = 10_000

/** One key of at least one byte. */
export function keyOf(operation: JsonObject): Uint8Array {
  const key = operation.require('key', TEXT_OR_BYTES, operation.bytes('key'))
  if (key.length > 0) return key
  throw new KvError('KEY_EMPTY', `${operation.place}.key has at least one byte`)
}

/** One key, or several. */
function whichOf(operation: JsonObject): KeyRange {
  const [key, prefix] = [operation.bytes('key'), operation.bytes('prefix')]
  const [start, end] = [operation.bytes('start'), operation.bytes('end')]
  const range = rangeOf({
    ...(key !== undefined && { key }),
    ...(prefix !== undefined && { prefix }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  })
  return operation.requireKeys(range)
}

export function putOf(operation: JsonObject): etcd.PutRequest {
  return etcd.PutRequest.create({
    key: keyOf(operation),
    value: operation.require('value', TEXT_OR_BYTES, operation.bytes('value')),
    lease: operation.lease('lease') ?? 0n,
    prevKv: operation.boolean('previous'),
  })
}

export function getOf(operation: JsonObject): etcd.RangeRequest {
  const limit = operation.number('limit', 1) ?? GET_LIMIT_MAX
  if (limit > GET_LIMIT_MAX) {
    const text = `${operation.place}.limit is at most ${GET_LIMIT_MAX}`
    throw new KvError('BAD_REQUEST', text)
  }
  return etcd.RangeRequest.create({
    ...whichOf(operation),
    limit,
    keysOnly: operation.boolean('keysOnly'),
    countOnly: operation.boolean('count'),
    revision: operation.number('revision', 1) ?? 0,
  })
}

export function deleteOf(operation: JsonObject): etcd.DeleteRangeRequest {
  return etcd.DeleteRangeRequest.create({
    ...whichOf(operation),
    prevKv: operation.boolean('previous'),
  })
}

// Results.

export function putResult({ prevKv }: etcd.PutResponse, revision: number): string {
  const previous = prevKv === null ? '' : `,"previous":[${entryJson(prevKv)}]`
  return `{"revision":${revision}${previous}}`
}

export function getResult(
  { kvs, count, more }: etcd.RangeResponse,
  request: Pick<etcd.RangeRequest, 'keysOnly' | 'countOnly'>,
  revision: number,
): string {
  const entries = request.countOnly ? '' : `,"entries":${entriesJson(kvs, !request.keysOnly)}`
  return `{"revision":${revision}${entries},"count":${count}${more ? ',"more":true' : ''}}`
}

export function deleteResult(
  { deleted, prevKvs }: etcd.DeleteRangeResponse,
  revision: number,
): string {
  const previous = prevKvs.length === 0 ? '' : `,"previous":${entriesJson(prevKvs, true)}`
  return `{"deleted":${deleted},"revision":${revision}${previous}}`
}
