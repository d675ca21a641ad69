/**
 * The file of a snapshot:
 *
 *      0        8       12       16      24      32      40      48        length
 *      +--------+-------+--------+-------+-------+-------+-------+----------+
 *      | magic  |  crc  | length |cluster| group | index | term  | mark body|
 *      +--------+-------+--------+-------+-------+-------+-------+----------+
 *      then chunks:   | bytes (32) | crc (32) | data |
 *      then the end:  | 0xffffffff | crc (32) | chunks (64) | data bytes (64) |
 *
 * `crc` of the header covers bytes 12 to `length` and seeds the first chunk's; each chunk's
 * checksum seeds the next one's, so chunks can neither be exchanged nor come from another file. The
 * end's covers the two counts, seeded by the last chunk. The mark body is that of a log record
 * (payload.ts).
 */

import { assert, ByteReader, ByteWriter, crc32c, SNAPSHOT_CHUNK_BYTES_MAX } from '../base/index.ts'
import type { GroupId, SnapshotMark } from '../raft/index.ts'
import { decodeMark, writeMark } from './payload.ts'

const MAGIC = new TextEncoder().encode('QUORSNP1')
const CRC_AT = 8
const CHECKED_FROM = 12
const FIXED_BYTES = 48
/** A mark of the largest configuration is far below this. */
export const HEADER_BYTES_MAX = 4096

export const CHUNK_HEADER_BYTES = 8
export const END_BYTES = 24
const END_LENGTH = 0xffff_ffff

export interface SnapshotHeader {
  readonly clusterId: number
  readonly group: GroupId
  readonly mark: SnapshotMark
}

/** Bytes, and the checksum the next part starts from. */
export interface SnapshotPart {
  readonly bytes: Uint8Array
  readonly crc: number
}

export function encodeSnapshotHeader({ clusterId, group, mark }: SnapshotHeader): SnapshotPart {
  const writer = new ByteWriter()
  writeMark(writer, mark)
  const body = writer.take()
  const length = FIXED_BYTES + body.length
  assert(length <= HEADER_BYTES_MAX, 'a configuration is small')
  const bytes = new ByteWriter(length)
    .bytes(MAGIC)
    .uint32(0)
    .uint32(length)
    .uint64(clusterId)
    .uint64(group)
    .uint64(mark.index)
    .uint64(mark.term)
    .bytes(body)
    .take()
  return { bytes, crc: sealAt(bytes, { from: CHECKED_FROM, seed: 0, crcAt: CRC_AT }) }
}

export function decodeSnapshotHeader(
  bytes: Uint8Array,
): (SnapshotHeader & { readonly length: number; readonly crc: number }) | null {
  const reader = new ByteReader(bytes)
  const magic = reader.bytes(MAGIC.length)
  const crc = reader.uint32()
  const length = reader.uint32()
  const plausible = length >= FIXED_BYTES && length <= Math.min(bytes.length, HEADER_BYTES_MAX)
  if (reader.failed || !plausible || !MAGIC.every((byte, at) => magic[at] === byte)) return null
  if (crc32c(bytes, CHECKED_FROM, length, 0) !== crc) return null
  const clusterId = reader.uint64()
  const group = reader.uint64()
  const place = { index: reader.uint64(), term: reader.uint64() }
  const mark = decodeMark(reader.bytes(length - FIXED_BYTES), place)
  if (mark === null || reader.failed) return null
  return { clusterId, group, mark, length, crc }
}

export function encodeChunk(chunk: Uint8Array, seed: number): SnapshotPart {
  assert(chunk.length <= SNAPSHOT_CHUNK_BYTES_MAX, 'a chunk is bounded')
  const bytes = new Uint8Array(CHUNK_HEADER_BYTES + chunk.length)
  new DataView(bytes.buffer).setUint32(0, chunk.length, true)
  bytes.set(chunk, CHUNK_HEADER_BYTES)
  return { bytes, crc: sealAt(bytes, { from: CHUNK_HEADER_BYTES, seed, crcAt: 4 }) }
}

export function encodeEnd(
  { chunks, dataBytes }: { chunks: number; dataBytes: number },
  seed: number,
): Uint8Array {
  const bytes = new ByteWriter(END_BYTES)
    .uint32(END_LENGTH)
    .uint32(0)
    .uint64(chunks)
    .uint64(dataBytes)
    .take()
  sealAt(bytes, { from: CHUNK_HEADER_BYTES, seed, crcAt: 4 })
  return bytes
}

export type PartHeader =
  | { readonly kind: 'chunk'; readonly length: number; readonly crc: number }
  | { readonly kind: 'end'; readonly crc: number }
  | { readonly kind: 'bad' }

export function decodePartHeader(bytes: Uint8Array): PartHeader {
  const reader = new ByteReader(bytes)
  const length = reader.uint32()
  const crc = reader.uint32()
  if (reader.failed) return { kind: 'bad' }
  if (length === END_LENGTH) return { kind: 'end', crc }
  return length <= SNAPSHOT_CHUNK_BYTES_MAX ? { kind: 'chunk', length, crc } : { kind: 'bad' }
}

export function decodeEnd(bytes: Uint8Array): { chunks: number; dataBytes: number } | null {
  const reader = new ByteReader(bytes)
  const end = { chunks: reader.uint64(), dataBytes: reader.uint64() }
  return reader.complete ? end : null
}

function sealAt(
  bytes: Uint8Array,
  { from, seed, crcAt }: { from: number; seed: number; crcAt: number },
): number {
  const crc = crc32c(bytes, from, bytes.length, seed)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(crcAt, crc, true)
  return crc
}
