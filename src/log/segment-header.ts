/**
 * The header of a segment, the first 4 KiB of its file:
 *
 *      0        8     12      14         16          20        24
 *      +--------+-----+-------+----------+-----------+---------+
 *      | magic  | crc |format | recycled | alignment | salt    |
 *      +--------+-----+-------+----------+-----------+---------+
 *     24           32          40           48          56         64          72
 *      +-----------+-----------+------------+-----------+----------+-----------+
 *      | cluster   | node      |incarnation | number    | size     |first batch|
 *      +-----------+-----------+------------+-----------+----------+-----------+
 *     72           80          88           96                104             112
 *      +-----------+-----------+------------+------------------+---------------+
 *      | max. term | previous  | previous   | previous: chain  | previous:     |
 *      |           | segment   | ends at    | (32 bits), 0     | last batch    |
 *      +-----------+-----------+------------+------------------+---------------+
 *    112          120
 *      +-----------+
 *      | born      |
 *      | through   |
 *      +-----------+
 *
 * `crc` covers bytes 12 to 120; the rest is zero. It is the seed and the first chain of the
 * records. `salt` makes it differ between two segments that are alike in everything else.
 */

import { assert, crc32c, readUint64, writeUint64 } from '../base/index.ts'
import { FORMAT, SEGMENT_HEADER_BYTES } from './format.ts'

const MAGIC = new TextEncoder().encode('QUORATEL')
const CRC_AT = 8
const CHECKED_FROM = 12
const CHECKED_TO = 120

/** Where the trusted content of a segment ends. */
export interface SegmentEnd {
  /** 0: there is no segment before. */
  readonly segment: number
  readonly offset: number
  readonly chain: number
  readonly batch: number
}

export interface SegmentHeader {
  readonly alignment: number
  readonly recycled: boolean
  readonly salt: number
  readonly clusterId: number
  readonly nodeId: number
  readonly incarnation: number
  readonly number: number
  /** The size of the file. */
  readonly size: number
  readonly firstBatch: number
  /** Batches up to this one were durable before the segment got its name. */
  readonly bornThrough: number
  /** The highest term this node had written in any group when the segment began. */
  readonly maxTerm: number
  /** What lies behind this place in older segments never became part of the log. */
  readonly previous: SegmentEnd
}

/** Writes the header at the start of `bytes` and returns its checksum, the seed of the records. */
export function writeSegmentHeader(bytes: Uint8Array, header: SegmentHeader): number {
  assert(bytes.length >= SEGMENT_HEADER_BYTES, 'a header fills a page')
  bytes.fill(0, 0, SEGMENT_HEADER_BYTES)
  bytes.set(MAGIC, 0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint16(12, FORMAT, true)
  view.setUint16(14, header.recycled ? 1 : 0, true)
  view.setUint32(16, header.alignment, true)
  view.setUint32(20, header.salt, true)
  writeUint64(view, 24, header.clusterId)
  writeUint64(view, 32, header.nodeId)
  writeUint64(view, 40, header.incarnation)
  writeUint64(view, 48, header.number)
  writeUint64(view, 56, header.size)
  writeUint64(view, 64, header.firstBatch)
  writeUint64(view, 72, header.maxTerm)
  writeUint64(view, 80, header.previous.segment)
  writeUint64(view, 88, header.previous.offset)
  view.setUint32(96, header.previous.chain, true)
  writeUint64(view, 104, header.previous.batch)
  writeUint64(view, 112, header.bornThrough)
  const crc = crc32c(bytes, CHECKED_FROM, CHECKED_TO, 0)
  view.setUint32(CRC_AT, crc, true)
  return crc
}

export type SegmentHeaderReading =
  | { readonly kind: 'header'; readonly header: SegmentHeader; readonly seed: number }
  | { readonly kind: 'bad'; readonly reason: string }
  /** Intact, but of a version that is not known here: never taken for damage. */
  | { readonly kind: 'unknownFormat'; readonly format: number }

export function readSegmentHeader(bytes: Uint8Array): SegmentHeaderReading {
  if (bytes.length < SEGMENT_HEADER_BYTES) return bad('the file is shorter than a segment header')
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return bad('the segment header has no magic')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const seed = view.getUint32(CRC_AT, true)
  if (crc32c(bytes, CHECKED_FROM, CHECKED_TO, 0) !== seed) {
    return bad('the segment header does not match its checksum')
  }
  const format = view.getUint16(12, true)
  if (format !== FORMAT) return { kind: 'unknownFormat', format }
  const header: SegmentHeader = {
    recycled: view.getUint16(14, true) === 1,
    alignment: view.getUint32(16, true),
    salt: view.getUint32(20, true),
    clusterId: readUint64(view, 24),
    nodeId: readUint64(view, 32),
    incarnation: readUint64(view, 40),
    number: readUint64(view, 48),
    size: readUint64(view, 56),
    firstBatch: readUint64(view, 64),
    bornThrough: readUint64(view, 112),
    maxTerm: readUint64(view, 72),
    previous: {
      segment: readUint64(view, 80),
      offset: readUint64(view, 88),
      chain: view.getUint32(96, true),
      batch: readUint64(view, 104),
    },
  }
  return { kind: 'header', header, seed }
}

function bad(reason: string): SegmentHeaderReading {
  return { kind: 'bad', reason }
}
