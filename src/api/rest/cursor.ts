/**
 * Where a page of a list ended: the revision of all its pages, and the last key that was told; and
 * of which list, so that no other one goes on there.
 * `| revision varint | checksum of the range, 4 bytes | key |`, in base64 for URLs.
 */

import { crc32c, KvError } from '../../base/index.ts'
import { numberLength, WireReader, writeNumber } from '../../wire/index.ts'
import type { KeyRange } from './ranges.ts'

export interface Cursor {
  readonly revision: number
  readonly lastKey: Uint8Array
}

const CHECKSUM_BYTES = 4

export function cursorText({ revision, lastKey }: Cursor, range: KeyRange): string {
  const head = numberLength(revision)
  const bytes = Buffer.alloc(head + CHECKSUM_BYTES + lastKey.length)
  writeNumber(bytes, 0, revision)
  bytes.writeUInt32LE(checksumOf(range), head)
  bytes.set(lastKey, head + CHECKSUM_BYTES)
  return bytes.toString('base64url')
}

/** Fails where it is none, and where it is one of another list. */
export function readCursor(text: string, range: KeyRange): Cursor {
  const decoded = Buffer.from(text, 'base64url')
  // Whatever is not of the alphabet was left out: then it is not what it says.
  if (decoded.length === 0 || decoded.toString('base64url') !== text) fail()
  const bytes = Uint8Array.from(decoded)
  const reader = new WireReader(bytes, 0, bytes.length)
  const revision = revisionOf(reader)
  const at = reader.position
  const lastKey = bytes.slice(at + CHECKSUM_BYTES)
  if (revision < 1 || lastKey.length === 0) fail()
  if (decoded.readUInt32LE(at) === checksumOf(range)) return { revision, lastKey }
  throw new KvError(
    'PARAMETER_INVALID',
    'cursor is of another list: it goes on with the same prefix, or start and end, only',
  )
}

function checksumOf({ key, rangeEnd }: KeyRange): number {
  return crc32c(rangeEnd, 0, rangeEnd.length, crc32c(key, 0, key.length, key.length))
}

function revisionOf(reader: WireReader): number {
  try {
    return reader.int64Number()
  } catch (error) {
    if (error instanceof KvError) fail()
    throw error
  }
}

function fail(): never {
  throw new KvError('PARAMETER_INVALID', 'cursor is not one that an answer has told')
}
