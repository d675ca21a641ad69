/**
 * What stands in the file. Keys sort as revisions do, so records are always appended:
 *
 *      key      main (64 bits, highest byte first) | sub (32 bits, highest byte first)
 *      value    checksum (32) | record
 *
 * The checksum is that of the key and the record: LMDB itself has none. The checkpoint is one value
 * in a table of its own:
 *
 *      format (32) | crc (32) | applied index (64) | last main (64) | last sub (32) | empty (8)
 *      count of records (64) | count of dropped records (32) | their keys | meta
 *
 * where `crc` covers everything behind it, and `empty` is 1 when there was no record yet. What is
 * in the file above the last revision was written after the checkpoint and is no part of it;
 * neither is what was dropped before it and is not removed yet.
 */

import { assert, ByteReader, ByteWriter, copyOf, crc32c } from '../../base/index.ts'
import type { Checkpoint } from '../types.ts'

export const KEY_BYTES = 12
const CHECKSUM_BYTES = 4
const FORMAT = 1
const CHECKED_FROM = 8
const HIGH = 0x1_0000_0000

export interface Revision {
  readonly main: number
  readonly sub: number
}

/** A checkpoint together with what belongs to it. */
export interface StoredCheckpoint {
  readonly checkpoint: Checkpoint
  /** The last revision; null: there was no record yet. */
  readonly last: Revision | null
  /** How many there are, the dropped ones not counted. */
  readonly records: number
  /** Keys of records that may still be in the file, one behind the other. */
  readonly dropped: Uint8Array
}

export function encodeKey(main: number, sub: number): Uint8Array {
  const key = new Uint8Array(KEY_BYTES)
  writeKey(key, 0, { main, sub })
  return key
}

export function writeKey(target: Uint8Array, offset: number, { main, sub }: Revision): void {
  assert(main >= 0 && Number.isSafeInteger(main), 'a revision is a safe integer')
  const view = new DataView(target.buffer, target.byteOffset + offset, KEY_BYTES)
  view.setUint32(0, Math.floor(main / HIGH))
  view.setUint32(4, main % HIGH)
  view.setUint32(8, sub)
}

/** Null when it is no key of a record. */
export function decodeKey(key: Uint8Array): Revision | null {
  if (key.length !== KEY_BYTES) return null
  const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES)
  const main = view.getUint32(0) * HIGH + view.getUint32(4)
  return Number.isSafeInteger(main) ? { main, sub: view.getUint32(8) } : null
}

export function valueBytes(record: Uint8Array): number {
  return CHECKSUM_BYTES + record.length
}

/** Writes the value to `offset` and returns where it ends. */
export function writeValue(
  target: Uint8Array,
  offset: number,
  { key, record }: { readonly key: Uint8Array; readonly record: Uint8Array },
): number {
  const crc = crc32c(record, 0, record.length, crc32c(key, 0, KEY_BYTES, 0))
  const view = new DataView(target.buffer, target.byteOffset + offset, CHECKSUM_BYTES)
  view.setUint32(0, crc, true)
  target.set(record, offset + CHECKSUM_BYTES)
  return offset + CHECKSUM_BYTES + record.length
}

/** The record as a view of the value; null when the checksum does not match. */
export function readValue(key: Uint8Array, value: Uint8Array): Uint8Array | null {
  if (value.length < CHECKSUM_BYTES || key.length !== KEY_BYTES) return null
  const expected = new DataView(value.buffer, value.byteOffset, CHECKSUM_BYTES).getUint32(0, true)
  const seed = crc32c(key, 0, KEY_BYTES, 0)
  if (crc32c(value, CHECKSUM_BYTES, value.length, seed) !== expected) return null
  return value.subarray(CHECKSUM_BYTES)
}

export function encodeCheckpoint(stored: StoredCheckpoint): Uint8Array {
  const { checkpoint, last, records, dropped } = stored
  const { appliedIndex, meta } = checkpoint
  assert(dropped.length % KEY_BYTES === 0, 'dropped records are told by their keys')
  const bytes = new ByteWriter(64 + dropped.length + meta.length)
    .uint32(FORMAT)
    .uint32(0)
    .uint64(appliedIndex)
    .uint64(last?.main ?? 0)
    .uint32(last?.sub ?? 0)
    .uint8(last === null ? 1 : 0)
    .uint64(records)
    .uint32(dropped.length / KEY_BYTES)
    .bytes(dropped)
    .bytes(meta)
    .take()
  const crc = crc32c(bytes, CHECKED_FROM, bytes.length, 0)
  new DataView(bytes.buffer).setUint32(4, crc, true)
  return bytes
}

/** Null when it is damaged, or of a format that this version does not know. */
export function decodeCheckpoint(bytes: Uint8Array): StoredCheckpoint | null {
  const reader = new ByteReader(bytes)
  const format = reader.uint32()
  const crc = reader.uint32()
  const appliedIndex = reader.uint64()
  const last = { main: reader.uint64(), sub: reader.uint32() }
  const empty = reader.uint8()
  const records = reader.uint64()
  const dropped = reader.bytes(reader.uint32() * KEY_BYTES)
  const meta = reader.bytes(reader.remaining)
  if (reader.failed || format !== FORMAT || empty > 1) return null
  if (crc32c(bytes, CHECKED_FROM, bytes.length, 0) !== crc) return null
  return {
    checkpoint: { appliedIndex, meta: copyOf(meta, 0, meta.length) },
    last: empty === 1 ? null : last,
    records,
    dropped: copyOf(dropped, 0, dropped.length),
  }
}
