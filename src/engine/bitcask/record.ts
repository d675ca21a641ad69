/**
 * One record in a data file.
 *
 *      0      4        8        16     20       24       24 + length
 *      +------+--------+--------+------+--------+--------+---------+
 *      | crc  | length |  main  | sub  | `QKVR` | record | padding |
 *      +------+--------+--------+------+--------+--------+---------+
 *
 * The checksum covers everything behind it, padding included, and is seeded with the file and the
 * place in it.
 */

import {
  assert,
  crc32c,
  crc32cJoined,
  crc32cWords,
  readUint64,
  writeUint64,
} from '../../base/index.ts'
import { placeSeed, RECORD_HEADER_BYTES, RECORD_MAGIC, recordSpace } from './format.ts'
import type { Memory } from './memory.ts'

const CRC_BYTES = 4
const LENGTH_WORD = 1
const MAGIC_WORD = 5

/** A revision, and where its record is to lie. A writer keeps one and fills it for every record. */
export interface RecordPlace {
  main: number
  sub: number
  /** In the file. */
  offset: number
  /** Of the file. */
  seed: number
}

/** Where a record is in its file, and the seed of that. */
type Mark = Pick<RecordPlace, 'offset' | 'seed'>

interface PlacedRecord {
  readonly place: RecordPlace
  readonly record: Uint8Array
  /** Of the record, if it is known: then it is not computed again. */
  readonly checksum?: number | undefined
}

/** Writes the record at `at`; returns the space it takes. */
export function encodeRecord(
  memory: Memory,
  at: number,
  { place, record, checksum }: PlacedRecord,
): number {
  const { bytes, view, words } = memory
  const space = recordSpace(record.length)
  assert((at & 3) === 0 && at + space <= bytes.length, 'there is room for the record')
  view.setUint32(at + 4, record.length, true)
  writeUint64(view, at + 8, place.main)
  view.setUint32(at + 16, place.sub, true)
  view.setUint32(at + 20, RECORD_MAGIC, true)
  bytes.set(record, at + RECORD_HEADER_BYTES)
  // Memory is used again and again: what was there before stays in no file.
  bytes.fill(0, at + RECORD_HEADER_BYTES + record.length, at + space)
  const seed = placeSeed(place.seed, place.offset)
  const sumEnd = checksum === undefined ? at + space : at + RECORD_HEADER_BYTES
  let crc = crc32cWords(bytes, words, at + CRC_BYTES, sumEnd, seed)
  if (checksum !== undefined) {
    crc = crc32cJoined(crc, checksum, record.length)
    crc = crc32c(bytes, sumEnd + record.length, at + space, crc)
  }
  view.setUint32(at, crc, true)
  return space
}

/** What a header says. Nothing of it is to be believed before the checksum is verified. */
export interface RecordHeader {
  readonly length: number
  readonly main: number
  readonly sub: number
}

/** Null: no record begins here. */
export function decodeHeader(memory: Memory, at: number): RecordHeader | null {
  const { view } = memory
  if (view.getUint32(at + 20, true) !== RECORD_MAGIC) return null
  const main = readUint64(view, at + 8)
  if (!Number.isSafeInteger(main)) return null
  return { length: view.getUint32(at + 4, true), main, sub: view.getUint32(at + 16, true) }
}

/** Whether `space` bytes at `at` are a whole record of this file and this place. */
export function isIntact(
  memory: Memory,
  at: number,
  { space, offset, seed }: { space: number; offset: number; seed: number },
): boolean {
  const { bytes, words, view } = memory
  assert(at + space <= bytes.length, 'the whole record is in memory')
  const crc = crc32cWords(bytes, words, at + CRC_BYTES, at + space, placeSeed(seed, offset))
  return view.getUint32(at, true) === crc
}

/**
 * Marks a record in memory as one that was verified. In place of the magic stands a number of its
 * file and place, as in the seed of its checksum: whatever a disk gives does not pass for marked.
 */
export function mark({ words }: Memory, at: number, { offset, seed }: Mark): void {
  words[(at >>> 2) + MAGIC_WORD] = placeSeed(seed, offset)
}

export function isMarked({ words }: Memory, at: number, { offset, seed }: Mark): boolean {
  return words[(at >>> 2) + MAGIC_WORD] === (placeSeed(seed, offset) | 0)
}

/** The length of a record that is marked. */
export function markedLength({ words }: Memory, at: number): number {
  return words[(at >>> 2) + LENGTH_WORD] as number
}
