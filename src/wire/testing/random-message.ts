import fc from 'fast-check'
import type { FieldSchema, FieldType, MessageSchema } from '../index.ts'
import * as writer from '../writer.ts'

/** Random messages of any type, as the encoder of the generated codecs would write them. */

const TEXT = fc.string({ unit: 'grapheme', maxLength: 12 })
const SAFE = Number.MAX_SAFE_INTEGER

interface Kind {
  readonly value: fc.Arbitrary<unknown>
  readonly zero: unknown
  readonly wireType: number
  readonly write: (target: Uint8Array, offset: number, value: never) => number
}

function kind(value: fc.Arbitrary<unknown>, zero: unknown, wireType: number) {
  return (write: Kind['write']): Kind => ({ value, zero, wireType, write })
}

const INT32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const UINT32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
/** What every 64-bit field holds, those that are plain numbers included. */
const INT64 = fc.maxSafeInteger().map(BigInt)
const UINT64 = fc.integer({ min: 0, max: SAFE }).map(BigInt)

const KINDS: Readonly<Record<Exclude<FieldType, 'message'>, Kind>> = {
  bool: kind(fc.boolean(), false, 0)(writer.writeBool),
  int32: kind(INT32, 0, 0)(writer.writeInt32),
  uint32: kind(UINT32, 0, 0)(writer.writeUint32),
  sint32: kind(INT32, 0, 0)(writer.writeSint32),
  enum: kind(fc.integer({ min: -2, max: 6 }), 0, 0)(writer.writeInt32),
  int64: kind(INT64, 0n, 0)(writer.writeInt64),
  uint64: kind(UINT64, 0n, 0)(writer.writeUint64),
  sint64: kind(INT64, 0n, 0)(writer.writeSint64),
  fixed32: kind(UINT32, 0, 5)(writer.writeFixed32),
  sfixed32: kind(INT32, 0, 5)(writer.writeSfixed32),
  float: kind(fc.float(), 0, 5)(writer.writeFloat),
  fixed64: kind(UINT64, 0n, 1)(writer.writeFixed64),
  sfixed64: kind(INT64, 0n, 1)(writer.writeSfixed64),
  double: kind(fc.double(), 0, 1)(writer.writeDouble),
  string: kind(TEXT, '', 2)(writer.writeString),
  bytes: kind(fc.uint8Array({ maxLength: 20 }), '', 2)(writer.writeBytes),
}

export function randomMessage(schema: MessageSchema, depth = 3): fc.Arbitrary<Uint8Array> {
  const byOneof = new Map<string, FieldSchema[]>()
  for (const field of schema.fields) {
    const group = field.oneof < 0 ? `field ${field.number}` : `oneof ${field.oneof}`
    byOneof.set(group, [...(byOneof.get(group) ?? []), field])
  }
  const parts = [...byOneof.values()].map((fields) => {
    const all = fields.map((field) => randomField(field, depth))
    // An entry of a map has its value, be it empty.
    return schema.isMapEntry ? fc.oneof(...all) : fc.oneof(fc.constant<Part>(NOTHING), ...all)
  })
  return fc
    .tuple(...parts)
    .map((some) => join(some.sort((one, other) => one.number - other.number)))
}

interface Part {
  readonly number: number
  readonly bytes: Uint8Array
}

const NOTHING: Part = { number: 0, bytes: new Uint8Array(0) }

function randomField(field: FieldSchema, depth: number): fc.Arbitrary<Part> {
  const { number, type, repeated, packed, hasPresence } = field
  if (depth <= 0 && field.message?.isMapEntry === true) return fc.constant(NOTHING)
  const one =
    field.message !== null
      ? (depth <= 0 ? fc.constant(NOTHING.bytes) : randomMessage(field.message, depth - 1)).map(
          delimited,
        )
      : randomPlain(KINDS[type as keyof typeof KINDS], repeated || hasPresence)
  const wireType = type === 'message' ? 2 : KINDS[type].wireType
  const tag = tagBytes(number, wireType)
  if (packed) {
    const list = fc.array(one, { minLength: 1, maxLength: 3 })
    return list.map((all) => ({ number, bytes: join2(tagBytes(number, 2), delimited(join3(all))) }))
  }
  if (field.message?.isMapEntry === true) {
    // Entries as the encoder writes them, with another key each.
    return one.map((bytes) => ({ number, bytes: join2(tag, bytes) }))
  }
  if (!repeated) {
    return one.map((bytes) => (bytes.length === 0 ? NOTHING : { number, bytes: join2(tag, bytes) }))
  }
  const list = fc.array(one, { minLength: 1, maxLength: 3 })
  return list.map((all) => ({ number, bytes: join3(all.map((bytes) => join2(tag, bytes))) }))
}

/** Nothing at all for a zero that is not sent. */
function randomPlain(of: Kind, sendsZero: boolean): fc.Arbitrary<Uint8Array> {
  return of.value.map((value) => {
    const isZero = Object.is(value, of.zero) || (value as { length?: number }).length === 0
    if (isZero && !sendsZero) return NOTHING.bytes
    const target = new Uint8Array(200)
    return target.slice(0, of.write(target, 0, value as never))
  })
}

function tagBytes(number: number, wireType: number): Uint8Array {
  const target = new Uint8Array(5)
  return target.slice(0, writer.writeUint32(target, 0, ((number << 3) | wireType) >>> 0))
}

function delimited(content: Uint8Array): Uint8Array {
  const length = new Uint8Array(5)
  return join2(length.slice(0, writer.writeUint32(length, 0, content.length)), content)
}

function join(parts: readonly Part[]): Uint8Array {
  return join3(parts.map(({ bytes }) => bytes))
}

function join2(one: Uint8Array, other: Uint8Array): Uint8Array {
  return Uint8Array.of(...one, ...other)
}

function join3(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
