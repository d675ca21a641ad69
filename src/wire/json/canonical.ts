/**
 * Puts the fields of one message into the order of their numbers, each as often as it counts: of a
 * plain field the last, of a message all as one, of a choice what was chosen last, of a map the
 * last entry of each key (protobuf.dev, "Encoding", Last One Wins).
 */

import { assert } from '../../base/index.ts'
import { WireReader } from '../reader.ts'
import type { FieldSchema, MessageSchema } from '../schema.ts'
import { delimitedLength, writeUint32 } from '../writer.ts'
import { fitsWireType, keyText, PLAIN, type PlainValue } from './plain.ts'

interface Span {
  readonly field: FieldSchema
  /** With the tag. */
  readonly bytes: Uint8Array
  /** Of a message: without tag and length. */
  readonly content: Uint8Array
}

/** What lies inside of fields stays as it is. Fields that are not known are left out. */
export function canonicalFields(schema: MessageSchema, message: Uint8Array): Uint8Array {
  const spans = readSpans(schema, message)
  const kept = schema.fields.flatMap((field) => {
    const own = spans.filter((span) => span.field === field)
    if (own.length < 2) return own.map(({ bytes }) => bytes)
    if (field.message?.isMapEntry === true) return lastOfEachKey(field.message, own)
    if (field.repeated) return own.map(({ bytes }) => bytes)
    return field.type === 'message' ? [merged(own)] : [last(own).bytes]
  })
  return join(kept)
}

function readSpans(schema: MessageSchema, message: Uint8Array): Span[] {
  const reader = new WireReader(message, 0, message.length)
  let spans: Span[] = []
  for (let start = 0, tag = reader.tag(); tag !== 0; start = reader.position, tag = reader.tag()) {
    const field = schema.field(tag >>> 3)
    if (field === null || !fitsWireType(field, tag & 7)) {
      reader.skip(tag)
      continue
    }
    let content = message.subarray(0, 0)
    if (field.type === 'message') content = reader.bytes()
    else reader.skip(tag)
    if (field.oneof >= 0) {
      spans = spans.filter((one) => one.field === field || one.field.oneof !== field.oneof)
    }
    spans.push({ field, bytes: message.subarray(start, reader.position), content })
  }
  return spans
}

function merged(spans: readonly Span[]): Uint8Array {
  const { field } = last(spans)
  const content = join(spans.map((span) => span.content))
  // Tag and length take at most five bytes each.
  const bytes = new Uint8Array(5 + delimitedLength(content.length))
  const afterTag = writeUint32(bytes, 0, ((field.number << 3) | 2) >>> 0)
  const start = writeUint32(bytes, afterTag, content.length)
  bytes.set(content, start)
  return bytes.subarray(0, start + content.length)
}

/** In the order in which the keys were first there. */
function lastOfEachKey(entry: MessageSchema, spans: readonly Span[]): Uint8Array[] {
  const byKey = new Map<string, Uint8Array>()
  for (const { bytes, content } of spans) byKey.set(keyOf(entry, content), bytes)
  return [...byKey.values()]
}

/** The key of an entry of a map, in a form that is equal for equal keys. */
function keyOf(entry: MessageSchema, content: Uint8Array): string {
  const [field] = entry.fields
  assert(field !== undefined && field.type !== 'message', 'an entry has a plain key')
  const kind = PLAIN[field.type]
  const reader = new WireReader(content, 0, content.length)
  let key: PlainValue = kind.zero
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag >>> 3 === field.number && fitsWireType(field, tag & 7)) key = kind.read(reader)
    else reader.skip(tag)
  }
  return keyText(key)
}

function last(spans: readonly Span[]): Span {
  const span = spans.at(-1)
  assert(span !== undefined, 'there is at least one')
  return span
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
