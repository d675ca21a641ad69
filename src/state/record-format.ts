/**
 * A record is one version of one key, as the message `mvccpb.KeyValue` that clients get to see:
 * fields in ascending order, those that are zero left out. A deleted key leaves one with its key
 * and `mod_revision` only.
 *
 * ```
 * | key 1 | create_revision 2 | mod_revision 3 | version 4 | value 5 | lease 6 |
 * ```
 */

import { assert, KvError } from '../base/index.ts'
import {
  delimitedLength,
  int64Length,
  numberLength,
  WireReader,
  writeInt64,
  writeNumber,
  writeUint32,
} from '../wire/index.ts'
import { Span } from './span.ts'

const TAG_KEY = 0x0a
const TAG_CREATE = 0x10
const TAG_MOD = 0x18
const TAG_VERSION = 0x20
const TAG_VALUE = 0x2a
const TAG_LEASE = 0x30

/** Below this, a loop is faster than making a view for `set`. */
const LOOP_BYTES_MAX = 32

/** One version of one key; of a tombstone all but `key` and `mod` are empty. */
export class RecordFields {
  readonly key = new Span()
  readonly value = new Span()
  create = 0
  mod = 0
  version = 0
  lease = 0n
}

export function recordLength(fields: RecordFields): number {
  const { key, value, create, mod, version } = fields
  let length = 2 + delimitedLength(key.length) + numberLength(mod)
  if (create !== 0) length += 1 + numberLength(create)
  if (version !== 0) length += 1 + numberLength(version)
  if (value.length > 0) length += 1 + delimitedLength(value.length)
  return length + recordTailLength(fields)
}

/** What of it is written behind the value. */
export function recordTailLength({ lease }: RecordFields): number {
  return lease === 0n ? 0 : 1 + int64Length(lease)
}

/** Returns the offset behind it. The room must be there. */
export function writeRecord(fields: RecordFields, target: Uint8Array, offset: number): number {
  const { key, value, create, mod, version, lease } = fields
  assert(mod > 0 && create <= mod, 'a record has a revision, and was created at or before it')
  let at = offset
  target[at] = TAG_KEY
  at = writeSpan(key, target, at + 1)
  if (create !== 0) {
    target[at] = TAG_CREATE
    at = writeNumber(target, at + 1, create)
  }
  target[at] = TAG_MOD
  at = writeNumber(target, at + 1, mod)
  if (version !== 0) {
    target[at] = TAG_VERSION
    at = writeNumber(target, at + 1, version)
  }
  if (value.length > 0) {
    target[at] = TAG_VALUE
    at = writeSpan(value, target, at + 1)
  }
  if (lease !== 0n) {
    target[at] = TAG_LEASE
    at = writeInt64(target, at + 1, lease)
  }
  assert(at <= target.length, 'a record was given the room it needs')
  return at
}

function writeSpan(span: Span, target: Uint8Array, offset: number): number {
  const { bytes, start, end } = span
  let at = writeUint32(target, offset, end - start)
  if (end - start > LOOP_BYTES_MAX) {
    target.set(bytes.subarray(start, end), at)
    return at + end - start
  }
  for (let from = start; from < end; from++) target[at++] = bytes[from] as number
  return at
}

/** Takes records apart, one after the other. What has no value in it reads as an empty value. */
export class RecordParser {
  readonly fields = new RecordFields()
  readonly #reader = new WireReader(new Uint8Array(0), 0, 0)

  /** Fails with `STATE_CORRUPT` when the bytes are no record. */
  parse(record: Uint8Array): RecordFields {
    const { fields } = this
    fields.key.clear()
    fields.value.clear()
    fields.create = 0
    fields.mod = 0
    fields.version = 0
    fields.lease = 0n
    try {
      this.#read(record)
    } catch (error) {
      throw new KvError('STATE_CORRUPT', 'a record of the store is damaged', { cause: error })
    }
    const isSound = fields.key.length > 0 && fields.mod > 0 && fields.create <= fields.mod
    if (!isSound) throw new KvError('STATE_CORRUPT', 'a record of the store names no version')
    return fields
  }

  #read(record: Uint8Array): void {
    const { fields } = this
    const reader = this.#reader
    reader.restart(record, 0, record.length)
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === TAG_KEY) fields.key.set(record, reader.span(), reader.position)
      else if (tag === TAG_CREATE) fields.create = reader.int64Number()
      else if (tag === TAG_MOD) fields.mod = reader.int64Number()
      else if (tag === TAG_VERSION) fields.version = reader.int64Number()
      else if (tag === TAG_VALUE) fields.value.set(record, reader.span(), reader.position)
      else if (tag === TAG_LEASE) fields.lease = reader.int64()
      else reader.skip(tag)
    }
  }
}
