/** Values that are no messages: how each type of field travels in the wire format of protobuf. */

import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import type { FieldSchema, FieldType } from '../schema.ts'
import * as writer from '../writer.ts'

export type PlainType = Exclude<FieldType, 'message'>

/** A text is its UTF-8. */
export type PlainValue = boolean | number | bigint | Uint8Array

export interface PlainKind {
  readonly wireType: number
  /** What a field without presence is when it was not sent. */
  readonly zero: PlainValue
  readonly read: (reader: WireReader) => PlainValue
  /** Both take a value of this type, which only the table knows. */
  readonly length: (value: never) => number
  readonly write: (target: Uint8Array, offset: number, value: never) => number
}

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

const BYTES: PlainKind = {
  wireType: DELIMITED,
  zero: EMPTY_BYTES,
  read: (reader) => reader.bytes(),
  length: writer.bytesLength,
  write: writer.writeBytes,
}

const INT32: PlainKind = {
  wireType: VARINT,
  zero: 0,
  read: (reader) => reader.int32(),
  length: writer.int32Length,
  write: writer.writeInt32,
}

const four = (): number => 4
const eight = (): number => 8

export const PLAIN: Readonly<Record<PlainType, PlainKind>> = {
  bool: {
    wireType: VARINT,
    zero: false,
    read: (reader) => reader.bool(),
    length: () => 1,
    write: writer.writeBool,
  },
  int32: INT32,
  enum: INT32,
  uint32: {
    wireType: VARINT,
    zero: 0,
    read: (reader) => reader.uint32(),
    length: writer.uint32Length,
    write: writer.writeUint32,
  },
  sint32: {
    wireType: VARINT,
    zero: 0,
    read: (reader) => reader.sint32(),
    length: writer.sint32Length,
    write: writer.writeSint32,
  },
  uint64: {
    wireType: VARINT,
    zero: 0n,
    read: (reader) => reader.uint64(),
    length: writer.uint64Length,
    write: writer.writeUint64,
  },
  int64: {
    wireType: VARINT,
    zero: 0n,
    read: (reader) => reader.int64(),
    length: writer.int64Length,
    write: writer.writeInt64,
  },
  sint64: {
    wireType: VARINT,
    zero: 0n,
    read: (reader) => reader.sint64(),
    length: writer.sint64Length,
    write: writer.writeSint64,
  },
  fixed32: {
    wireType: FIXED32,
    zero: 0,
    read: (reader) => reader.fixed32(),
    length: four,
    write: writer.writeFixed32,
  },
  sfixed32: {
    wireType: FIXED32,
    zero: 0,
    read: (reader) => reader.sfixed32(),
    length: four,
    write: writer.writeSfixed32,
  },
  float: {
    wireType: FIXED32,
    zero: 0,
    read: (reader) => reader.float(),
    length: four,
    write: writer.writeFloat,
  },
  fixed64: {
    wireType: FIXED64,
    zero: 0n,
    read: (reader) => reader.fixed64(),
    length: eight,
    write: writer.writeFixed64,
  },
  sfixed64: {
    wireType: FIXED64,
    zero: 0n,
    read: (reader) => reader.sfixed64(),
    length: eight,
    write: writer.writeSfixed64,
  },
  double: {
    wireType: FIXED64,
    zero: 0,
    read: (reader) => reader.double(),
    length: eight,
    write: writer.writeDouble,
  },
  string: BYTES,
  bytes: BYTES,
}

/** Repeated numbers may come one by one or all together, whatever the description says. */
export function fitsWireType({ type, repeated }: FieldSchema, wireType: number): boolean {
  const own = type === 'message' ? DELIMITED : PLAIN[type].wireType
  return own === wireType || (repeated && wireType === DELIMITED)
}

/** Several numbers in one field. */
export function isPacked({ type }: FieldSchema, wireType: number): boolean {
  return wireType === DELIMITED && type !== 'message' && PLAIN[type].wireType !== DELIMITED
}

/** Minus zero is not. */
export function isZero(value: PlainValue): boolean {
  if (typeof value === 'number') return Object.is(value, 0)
  if (typeof value === 'object') return value.length === 0
  return value === false || value === 0n
}

/** Equal for equal values of one type; for the keys of maps. */
export function keyText(value: PlainValue): string {
  return typeof value === 'object' ? new TextDecoder().decode(value) : String(value)
}
