/**
 * The manifest says which files are in force, up to where, and what of them is dropped; and it
 * holds the checkpoint all that belongs to. What it does not name is not there.
 *
 *      magic `QUORATEM` | format (32) | length of the whole (64) | salt (32) | next number (32)
 *      has a checkpoint (8) | applied index (64) | length of the meta (64) | meta
 *      count of files (32), then each:
 *        number (32) | length (64) | records (32) | hint: length (64), checksum (32)
 *        dropped records (32) | how they are told (8) | their numbers, or a bit for each record
 *      checksum of everything before (32)
 */

import { assert, ByteReader, ByteWriter, copyOf, crc32c } from '../../base/index.ts'
import type { Checkpoint } from '../types.ts'
import { Bits } from './bits.ts'
import { FILE_HEADER_BYTES, FORMAT } from './format.ts'
import type { HintEnd } from './hint.ts'

const MAGIC = new TextEncoder().encode('QUORATEM')
const LENGTH_AT = 12
const CRC_BYTES = 4

const DEAD_NUMBERS = 0
const DEAD_BITS = 1

export interface ManifestFile {
  readonly number: number
  readonly records: number
  readonly length: number
  readonly hint: HintEnd
  readonly dead: Bits
}

export interface Manifest {
  /** Differs from store to store; seeds the checksums of the files. */
  readonly salt: number
  /** No file had this number before. */
  readonly nextNumber: number
  readonly checkpoint: Checkpoint | null
  /** Their records ascend by revision, from one file to the next. */
  readonly files: readonly ManifestFile[]
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const { checkpoint, files } = manifest
  const writer = new ByteWriter(4096)
  writer.bytes(MAGIC).uint32(FORMAT).uint64(0).uint32(manifest.salt).uint32(manifest.nextNumber)
  const meta = checkpoint?.meta ?? new Uint8Array(0)
  writer.uint8(checkpoint === null ? 0 : 1).uint64(checkpoint?.appliedIndex ?? 0)
  writer.uint64(meta.length).bytes(meta).uint32(files.length)
  for (const file of files) encodeFile(writer, file)
  writer.uint32(0)
  const bytes = writer.take()
  const view = new DataView(bytes.buffer)
  view.setUint32(LENGTH_AT, bytes.length, true)
  const end = bytes.length - CRC_BYTES
  view.setUint32(end, crc32c(bytes, 0, end, 0), true)
  return bytes
}

function encodeFile(writer: ByteWriter, { number, records, length, hint, dead }: ManifestFile) {
  writer.uint32(number).uint64(length).uint32(records).uint64(hint.length).uint32(hint.crc)
  writer.uint32(dead.count)
  const words = dead.words(records)
  if (dead.count <= words.length) {
    writer.uint8(DEAD_NUMBERS)
    for (let number = dead.next(0); number >= 0; number = dead.next(number + 1)) {
      assert(number < records, 'only a record that exists is dropped')
      writer.uint32(number)
    }
    return
  }
  writer.uint8(DEAD_BITS)
  for (const word of words) writer.uint32(word)
}

export type ManifestReading =
  | { readonly kind: 'read'; readonly manifest: Manifest }
  /** Another version's: nothing behind the format is known. */
  | { readonly kind: 'foreign'; readonly format: number }
  | { readonly kind: 'damaged' }

export function decodeManifest(bytes: Uint8Array): ManifestReading {
  const reader = new ByteReader(bytes)
  const magic = reader.bytes(MAGIC.length)
  const format = reader.uint32()
  const length = reader.uint64()
  const known = !reader.failed && MAGIC.every((byte, at) => magic[at] === byte)
  if (!known || length !== bytes.length || !isChecked(bytes)) return { kind: 'damaged' }
  if (format !== FORMAT) return { kind: 'foreign', format }
  const manifest = decodeContent(reader)
  const isWhole = manifest !== null && reader.remaining === CRC_BYTES
  return isWhole ? { kind: 'read', manifest } : { kind: 'damaged' }
}

function isChecked(bytes: Uint8Array): boolean {
  const end = bytes.length - CRC_BYTES
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return end >= 0 && crc32c(bytes, 0, end, 0) === view.getUint32(end, true)
}

function decodeContent(reader: ByteReader): Manifest | null {
  const salt = reader.uint32()
  const nextNumber = reader.uint32()
  const hasCheckpoint = reader.uint8()
  const appliedIndex = reader.uint64()
  const meta = reader.bytes(reader.uint64())
  const checkpoint =
    hasCheckpoint === 0 ? null : { appliedIndex, meta: copyOf(meta, 0, meta.length) }
  const count = reader.uint32()
  const files: ManifestFile[] = []
  for (let i = 0; i < count; i++) {
    const file = decodeFile(reader)
    if (file === null) return null
    files.push(file)
  }
  return reader.failed ? null : { salt, nextNumber, checkpoint, files }
}

function decodeFile(reader: ByteReader): ManifestFile | null {
  const number = reader.uint32()
  const length = reader.uint64()
  const records = reader.uint32()
  const hint = { length: reader.uint64(), crc: reader.uint32() }
  const deadCount = reader.uint32()
  const kind = reader.uint8()
  const isPlausible = records > 0 && deadCount <= records && length > FILE_HEADER_BYTES
  if (reader.failed || !isPlausible) return null
  const dead =
    kind === DEAD_BITS
      ? readBits(reader, records)
      : readNumbers(reader, { count: deadCount, records })
  if (reader.failed || kind > DEAD_BITS || dead.count !== deadCount) return null
  return { number, records, length, hint, dead }
}

function readNumbers(
  reader: ByteReader,
  { count, records }: { count: number; records: number },
): Bits {
  const dead = new Bits()
  for (let i = 0; i < count; i++) {
    const number = reader.uint32()
    if (reader.failed || number >= records) break
    dead.add(number)
  }
  return dead
}

function readBits(reader: ByteReader, records: number): Bits {
  const bytes = reader.bytes(Math.ceil(records / 32) * 4)
  if (reader.failed) return new Bits()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = new Uint32Array(bytes.length / 4)
  for (let at = 0; at < words.length; at++) words[at] = view.getUint32(4 * at, true)
  return new Bits(words)
}
