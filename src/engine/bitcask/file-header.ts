/** What a data file begins with: 64 bytes, those behind the fields below are zero. */

import { crc32c } from '../../base/index.ts'
import { FILE_HEADER_BYTES, FORMAT } from './format.ts'
import { allocate, type Memory } from './memory.ts'

const MAGIC = new TextEncoder().encode('QUORATEB')
const CRC_AT = 8
const CHECKED_FROM = 12

export interface FileHeader {
  readonly number: number
  readonly salt: number
}

/** `QUORATEB`, checksum of what follows (32), format (32), salt (32), number (32). */
export function encodeFileHeader(memory: Memory, { number, salt }: FileHeader): void {
  const { bytes, view } = memory
  bytes.fill(0, 0, FILE_HEADER_BYTES)
  bytes.set(MAGIC)
  view.setUint32(12, FORMAT, true)
  view.setUint32(16, salt, true)
  view.setUint32(20, number, true)
  view.setUint32(CRC_AT, crc32c(bytes, CHECKED_FROM, FILE_HEADER_BYTES, 0), true)
}

/** Whether these are the first bytes of that very file. */
export function isFileHeader(bytes: Uint8Array, header: FileHeader): boolean {
  const expected = allocate(FILE_HEADER_BYTES)
  encodeFileHeader(expected, header)
  return expected.bytes.every((byte, at) => bytes[at] === byte)
}
