/**
 * Where a page of a list ended: the revision of all its pages, and the last key that was told.
 * `| revision varint | key |`, in base64 for URLs.
 */

import { KvError } from '../../base/index.ts'
import { numberLength, WireReader, writeNumber } from '../../wire/index.ts'

export interface Cursor {
  readonly revision: number
  readonly lastKey: Uint8Array
}

export function cursorText({ revision, lastKey }: Cursor): string {
  const head = numberLength(revision)
  const bytes = new Uint8Array(head + lastKey.length)
  writeNumber(bytes, 0, revision)
  bytes.set(lastKey, head)
  return Buffer.from(bytes.buffer).toString('base64url')
}

export function readCursor(text: string): Cursor {
  const decoded = Buffer.from(text, 'base64url')
  // Whatever is not of the alphabet was left out: then it is not what it says.
  if (decoded.length === 0 || decoded.toString('base64url') !== text) fail()
  const bytes = Uint8Array.from(decoded)
  const reader = new WireReader(bytes, 0, bytes.length)
  const revision = revisionOf(reader)
  const lastKey = bytes.slice(reader.position)
  if (revision < 1 || lastKey.length === 0) fail()
  return { revision, lastKey }
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
