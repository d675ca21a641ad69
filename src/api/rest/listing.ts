/** Many keys: a page of a list, how many there are, and deleting them. */

import { KvError } from '../../base/index.ts'
import { COMMAND } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { answerRead, answerWrite, rangeRead } from './ask.ts'
import { type CollectedRange, collectRange } from './collected-range.ts'
import { guarded } from './conditions.ts'
import { type Cursor, cursorText, readCursor } from './cursor.ts'
import { deletedJson } from './keys.ts'
import { ALL_KEYS, type KeyRange, rangeOf, successorOf } from './ranges.ts'
import type { RestCall } from './rest-call.ts'

const LIMIT_DEFAULT = 1000
/** Where a page ends that has not come to its limit. */
const PAGE_BYTES = 4 * 1024 * 1024

export function listKeys(call: RestCall): void {
  const { values } = call
  if (values.count === true) {
    countKeys(call)
    return
  }
  const range = rangeOf(values) ?? ALL_KEYS
  const cursor = values.cursor === undefined ? null : readCursor(values.cursor, range)
  if (cursor !== null && (values.revision ?? cursor.revision) !== cursor.revision) {
    const text = `cursor is of revision ${cursor.revision}, as all pages of its list are`
    throw new KvError('PARAMETER_INVALID', text)
  }
  const limit = values.limit ?? LIMIT_DEFAULT
  const request = etcd.RangeRequest.create({
    ...range,
    limit,
    revision: cursor?.revision ?? values.revision ?? 0,
    keysOnly: values.keys_only === true,
  })
  if (cursor !== null) request.key = successorOf(cursor.lastKey)
  collectRange(call, {
    request,
    bytesMax: PAGE_BYTES,
    failed: (failure) => call.fail(failure),
    done: (page) => tellPage(call, { range, cursor }, page),
  })
}

function tellPage(
  call: RestCall,
  { range, cursor }: { readonly range: KeyRange; readonly cursor: Cursor | null },
  page: CollectedRange,
): void {
  const { entries, lastKey, more, count } = page
  const revision = cursor?.revision ?? call.values.revision ?? page.revision
  const next = more ? `,"cursor":"${cursorText({ revision, lastKey }, range)}"` : ''
  // Behind a cursor there are fewer than in the whole list.
  const all = cursor === null && count !== null && !more ? `,"count":${count}` : ''
  call.json(`{"revision":${revision},"entries":[${entries.join(',')}]${all}${next}}`)
}

function countKeys(call: RestCall): void {
  const { values } = call
  const range = rangeOf(values) ?? ALL_KEYS
  const { revision = 0 } = values
  const request = etcd.RangeRequest.create({ ...range, revision, countOnly: true })
  answerRead(call, rangeRead(call, request), (result) => {
    const { count } = etcd.RangeResponse.decode(result.body, 0, result.body.length)
    call.json(`{"revision":${revision === 0 ? result.revision : revision},"count":${count}}`)
  })
}

export function deleteKeys(call: RestCall): void {
  const range = rangeOf(call.values)
  if (range === null) {
    throw new KvError('PARAMETER_INVALID', 'prefix, or start and end, say which keys to delete')
  }
  const body = etcd.DeleteRangeRequest.encodeBytes(etcd.DeleteRangeRequest.create(range))
  const command = { kind: COMMAND.deleteRange, body }
  answerWrite(call, guarded(call, command, { name: call.idempotencyKey() }), deletedJson)
}
