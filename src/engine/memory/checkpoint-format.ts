/**
 * The file of a checkpoint: a magic number, then parts.
 *
 *      0        4        8        12       16       16 + length
 *      +--------+--------+--------+--------+----------+
 *      |  kind  | length | count  |  crc   | content  |
 *      +--------+--------+--------+--------+----------+
 *
 * `crc` covers the other three numbers and the content, and is seeded by that of the part before:
 * parts can neither change places nor come from another file. In this order:
 *
 *      start     format (32), 0 (32), number of the file (64), applied index (64), bytes of the
 *                state's own part (64)
 *      meta      the state's own part, in as many parts as it takes
 *      records   `count` times: main (64), sub (32), length (32), record
 *      end       number of records (64), their bytes (64)
 */

import { assert, crc32c, crc32cNumber, crc32cWords } from '../../base/index.ts'

export const MAGIC = new TextEncoder().encode('QUORMEM1')
export const FORMAT = 1
export const PART_HEADER_BYTES = 16
export const RECORD_HEADER_BYTES = 16
export const START_BYTES = 32
export const END_BYTES = 16

/** None is 0, so that zeros are no part. */
export const PART = { start: 1, meta: 2, records: 3, end: 4 } as const
export type PartKind = (typeof PART)[keyof typeof PART]

export interface PartHeader {
  readonly kind: number
  readonly length: number
  readonly count: number
  readonly crc: number
}

/** Memory in which one part after the other is put together, header first. */
export class PartBuffer {
  #bytes: Uint8Array
  #words: Int32Array
  #view: DataView
  /** Where the next byte of content goes. */
  end = PART_HEADER_BYTES
  count = 0

  constructor(capacity: number) {
    const memory = new ArrayBuffer(capacityFor(capacity))
    this.#bytes = new Uint8Array(memory)
    this.#words = new Int32Array(memory)
    this.#view = new DataView(memory)
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get view(): DataView {
    return this.#view
  }

  get isEmpty(): boolean {
    return this.end === PART_HEADER_BYTES
  }

  hasRoom(bytes: number): boolean {
    return this.end + bytes <= this.#bytes.length
  }

  /** For content that fits no part of the usual size. Only while it is empty. */
  makeRoom(bytes: number): void {
    assert(this.isEmpty, 'an empty part is made larger')
    if (this.hasRoom(bytes)) return
    const memory = new ArrayBuffer(capacityFor(PART_HEADER_BYTES + bytes))
    this.#bytes = new Uint8Array(memory)
    this.#words = new Int32Array(memory)
    this.#view = new DataView(memory)
  }

  clear(): void {
    this.end = PART_HEADER_BYTES
    this.count = 0
  }

  /** Writes the header; returns the checksum, which seeds that of the next part. */
  seal(kind: PartKind, seed: number): number {
    const length = this.end - PART_HEADER_BYTES
    this.#view.setUint32(0, kind, true)
    this.#view.setUint32(4, length, true)
    this.#view.setUint32(8, this.count, true)
    const head = crc32c(this.#bytes, 0, 12, seed)
    const crc = crc32cWords(this.#bytes, this.#words, PART_HEADER_BYTES, this.end, head)
    this.#view.setUint32(12, crc, true)
    return crc
  }
}

export function readPartHeader(view: DataView): PartHeader {
  return {
    kind: view.getUint32(0, true),
    length: view.getUint32(4, true),
    count: view.getUint32(8, true),
    crc: view.getUint32(12, true),
  }
}

/** What the checksum of a part has to be. */
export function partChecksum(header: PartHeader, content: Uint8Array, seed: number): number {
  let crc = crc32cNumber(header.kind, seed)
  crc = crc32cNumber(header.length, crc)
  crc = crc32cNumber(header.count, crc)
  return crc32c(content, 0, content.length, crc)
}

function capacityFor(bytes: number): number {
  return (bytes + 3) & ~3
}
