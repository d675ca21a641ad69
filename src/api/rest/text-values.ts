/** Bytes as JSON shows them: as text where they are UTF-8, in base64 where they are not. */

import type { etcdKv } from '../../wire/index.ts'
import { leaseIdText } from './query-kinds.ts'

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** What a decoder puts where there is no UTF-8; it may stand in a text itself. */
const REPLACEMENT = '\ufffd'

/** Null: it is no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  const view = viewOf(bytes)
  const text = view.toString('utf8')
  if (!text.includes(REPLACEMENT)) return text
  return Buffer.from(text, 'utf8').equals(view) ? text : null
}

export function base64Of(bytes: Uint8Array): string {
  return viewOf(bytes).toString('base64')
}

/** A text, or `{"base64":"…"}`. */
export function bytesJson(bytes: Uint8Array): string {
  const text = textOf(bytes)
  return text === null ? `{"base64":"${base64Of(bytes)}"}` : JSON.stringify(text)
}

/** `"key":…`, and what it is encoded in when that is not plain. */
function keyField(key: Uint8Array): string {
  const text = textOf(key)
  if (text !== null) return `"key":${JSON.stringify(text)}`
  return `"key":"${base64Of(key)}","keyEncoding":"base64"`
}

function valueFields(value: Uint8Array): string {
  const text = textOf(value)
  if (text !== null) return `,"value":${JSON.stringify(text)},"encoding":"text"`
  return `,"value":"${base64Of(value)}","encoding":"base64"`
}

/** An entry as JSON; put together by hand, for it is what is answered most. */
export function entryJson(kv: etcdKv.KeyValue, hasValue = true): string {
  const { key, value, modRevision, createRevision, version, lease } = kv
  const ending = lease === 0n ? '}' : `,"lease":"${leaseIdText(lease)}"}`
  const facts = `"createRevision":${createRevision},"version":${version}`
  const content = hasValue ? valueFields(value) : ''
  return `{${keyField(key)}${content},"revision":${modRevision},${facts}${ending}`
}

export function entriesJson(kvs: readonly etcdKv.KeyValue[], hasValues: boolean): string {
  return `[${kvs.map((kv) => entryJson(kv, hasValues)).join(',')}]`
}
