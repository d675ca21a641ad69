/**
 * The header of a record:
 *
 *      0     4     8    9    10   11   12        16       20       24
 *      +-----+-----+----+----+----+----+---------+--------+--------+
 *      |magic| crc |form|type|kind| 0  | payload | payload| chain  |
 *      |     |     |at  |    |    |    | bytes   | crc    |        |
 *      +-----+-----+----+----+----+----+---------+--------+--------+
 *     24          32          40          48          56          64          72
 *      +-----------+-----------+-----------+-----------+-----------+-----------+
 *      |   group   |   index   |   term    | previous  |   batch   |  synced   |
 *      |           |           |           |   term    |           |  through  |
 *      +-----------+-----------+-----------+-----------+-----------+-----------+
 *
 * `crc` covers bytes 8 to 72 and starts from a seed of the segment and of the record's own place,
 * so a record of another segment, of an earlier use of the file, or at the wrong place never
 * validates. `chain` is the `crc` of the record before, and so stands for all that came before it.
 */

import { crc32cWords, readUint64, writeUint64 } from '../base/index.ts'
import { FORMAT, RECORD_HEADER_BYTES, TYPE_LAST } from './format.ts'

/** "QREC" as the bytes lie on disk. */
export const RECORD_MAGIC = 0x43455251

const CRC_AT = 4
const CHECKED_FROM = 8
const KIND_AT = 10
const CHAIN_AT = 20
const BATCH_AT = 56
const SYNCED_AT = 64

/** Memory with the three views the format is read and written through. Starts on a word. */
export interface RecordMemory {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly words: Int32Array
}

export function allocateMemory(length: number): RecordMemory {
  const bytes = new Uint8Array(Math.ceil(length / 8) * 8)
  return {
    bytes,
    view: new DataView(bytes.buffer),
    words: new Int32Array(bytes.buffer),
  }
}

export interface RecordFields {
  type: number
  kind: number
  payloadBytes: number
  payloadCrc: number
  group: number
  index: number
  term: number
  previousTerm: number
}

/** A header as it was read. Mutable, because recovery reads millions into the same object. */
export interface RecordHeader extends RecordFields {
  crc: number
  chain: number
  batch: number
  syncedThrough: number
}

export function emptyHeader(): RecordHeader {
  return {
    type: 0,
    kind: 0,
    payloadBytes: 0,
    payloadCrc: 0,
    group: 0,
    index: 0,
    term: 0,
    previousTerm: 0,
    crc: 0,
    chain: 0,
    batch: 0,
    syncedThrough: 0,
  }
}

export function copyHeader(from: RecordHeader, to: RecordHeader): void {
  to.type = from.type
  to.kind = from.kind
  to.payloadBytes = from.payloadBytes
  to.payloadCrc = from.payloadCrc
  to.group = from.group
  to.index = from.index
  to.term = from.term
  to.previousTerm = from.previousTerm
  to.crc = from.crc
  to.chain = from.chain
  to.batch = from.batch
  to.syncedThrough = from.syncedThrough
}

/** What a record knows before its place in the log is known; `sealRecord` adds the rest. */
export function writeRecord(view: DataView, at: number, fields: RecordFields): void {
  view.setUint32(at, RECORD_MAGIC, true)
  view.setUint8(at + CHECKED_FROM, FORMAT)
  view.setUint8(at + 9, fields.type)
  view.setUint8(at + KIND_AT, fields.kind)
  view.setUint8(at + 11, 0)
  view.setUint32(at + 12, fields.payloadBytes, true)
  view.setUint32(at + 16, fields.payloadCrc, true)
  writeUint64(view, at + 24, fields.group)
  writeUint64(view, at + 32, fields.index)
  writeUint64(view, at + 40, fields.term)
  writeUint64(view, at + 48, fields.previousTerm)
}

export interface RecordPlace {
  /** The seed of the segment. */
  readonly seed: number
  /** Where the record begins in the file. */
  readonly offset: number
  readonly chain: number
  readonly batch: number
  readonly syncedThrough: number
}

/** Completes a written record for its place and returns its checksum, the next record's chain. */
export function sealRecord(memory: RecordMemory, at: number, place: RecordPlace): number {
  const { view } = memory
  view.setUint32(at + CHAIN_AT, place.chain, true)
  writeUint64(view, at + BATCH_AT, place.batch)
  writeUint64(view, at + SYNCED_AT, place.syncedThrough)
  const crc = headerCrc(memory, at, seedAt(place.seed, place.offset))
  view.setUint32(at + CRC_AT, crc, true)
  return crc
}

/**
 * Reads the header at `at` when there is a valid one for this place. The caller guarantees that its
 * bytes are there. Whether the payload fits is for the caller to check.
 */
export function readRecord(
  memory: RecordMemory,
  at: number,
  { seed, offset, into }: { seed: number; offset: number; into: RecordHeader },
): boolean {
  const { view } = memory
  if (view.getUint32(at, true) !== RECORD_MAGIC) return false
  const crc = view.getUint32(at + CRC_AT, true)
  if (headerCrc(memory, at, seedAt(seed, offset)) !== crc) return false
  into.crc = crc
  into.type = view.getUint8(at + 9)
  into.kind = view.getUint8(at + KIND_AT)
  into.payloadBytes = view.getUint32(at + 12, true)
  into.payloadCrc = view.getUint32(at + 16, true)
  into.chain = view.getUint32(at + CHAIN_AT, true)
  into.group = readUint64(view, at + 24)
  into.index = readUint64(view, at + 32)
  into.term = readUint64(view, at + 40)
  into.previousTerm = readUint64(view, at + 48)
  into.batch = readUint64(view, at + BATCH_AT)
  into.syncedThrough = readUint64(view, at + SYNCED_AT)
  return view.getUint8(at + CHECKED_FROM) === FORMAT && into.type >= 1 && into.type <= TYPE_LAST
}

function headerCrc(memory: RecordMemory, at: number, seed: number): number {
  return crc32cWords(memory.bytes, memory.words, at + CHECKED_FROM, at + RECORD_HEADER_BYTES, seed)
}

/** Knuth's multiplier spreads neighbouring places over all 32 bits. */
function seedAt(seed: number, offset: number): number {
  return (seed ^ Math.imul(offset >>> 3, 0x9e3779b1)) >>> 0
}
