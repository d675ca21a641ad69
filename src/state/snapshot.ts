/**
 * The whole state as a stream of bytes.
 *
 * ```
 * head     | "QSTA" 4 | format 1 | revision varint | applied index varint | count varint |
 * record   | key blob | value blob | create varint | mod varint | version varint |  x count
 * end      | state hash varint |
 * ```
 * Records stand in the order of their keys, so that equal states give equal bytes. The stream is
 * cut into chunks anywhere. Checksums of files and frames are the business of whoever carries them;
 * the hash at the end proves that what came out is what went in.
 */

import { assert, KvError } from '../base/index.ts'
import { ByteWriter, keyBytes, keyText } from './bytes.ts'
import type { KeyRecord, Stored } from './record.ts'

export const SNAPSHOT_CHUNK_BYTES = 65_536

const MAGIC = [0x51, 0x53, 0x54, 0x41] as const
const FORMAT = 1
const VARINT_BYTES_MAX = 8

export interface SnapshotHead {
  readonly revision: number
  readonly appliedIndex: number
  readonly hash: number
}

export interface RestoredState extends SnapshotHead {
  readonly entries: readonly (readonly [string, Stored])[]
}

export function* writeSnapshot(
  entries: (readonly [string, KeyRecord])[],
  head: SnapshotHead,
  { chunkBytesMax }: { readonly chunkBytesMax: number },
): Generator<Uint8Array> {
  assert(chunkBytesMax > 0, 'a chunk has room for a byte')
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  const cutter = new ChunkCutter(chunkBytesMax)
  yield* cutter.add(encodeHead(head, entries.length))
  for (const [key, { stored }] of entries) {
    const writer = new ByteWriter(key.length + 64)
    writer.blob(keyBytes(key))
    writer.varint(stored.value.length)
    yield* cutter.add(writer.finish())
    yield* cutter.add(stored.value)
    yield* cutter.add(encodeRevisions(stored))
  }
  const end = new ByteWriter()
  end.varint(head.hash)
  yield* cutter.add(end.finish())
  yield* cutter.rest()
}

function encodeHead(head: SnapshotHead, count: number): Uint8Array {
  const writer = new ByteWriter()
  for (const byte of MAGIC) writer.byte(byte)
  writer.byte(FORMAT)
  writer.varint(head.revision)
  writer.varint(head.appliedIndex)
  writer.varint(count)
  return writer.finish()
}

function encodeRevisions(stored: Stored): Uint8Array {
  const writer = new ByteWriter()
  writer.varint(stored.createRevision)
  writer.varint(stored.modRevision)
  writer.varint(stored.version)
  return writer.finish()
}

/** Cuts what is added into chunks of exactly `size` bytes, the last one shorter. */
class ChunkCutter {
  readonly #size: number
  #chunk: Uint8Array
  #filled = 0

  constructor(size: number) {
    this.#size = size
    this.#chunk = new Uint8Array(size)
  }

  *add(bytes: Uint8Array): Generator<Uint8Array> {
    let position = 0
    while (position < bytes.length) {
      const take = Math.min(bytes.length - position, this.#size - this.#filled)
      this.#chunk.set(bytes.subarray(position, position + take), this.#filled)
      this.#filled += take
      position += take
      if (this.#filled === this.#size) {
        yield this.#chunk
        this.#chunk = new Uint8Array(this.#size)
        this.#filled = 0
      }
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#filled > 0) yield this.#chunk.subarray(0, this.#filled)
  }
}

/** Throws `SNAPSHOT_CORRUPT`; the caller still has to compare the hash. */
export function readSnapshot(chunks: Iterable<Uint8Array>): RestoredState {
  const reader = new ChunkReader(chunks)
  for (const byte of MAGIC) if (reader.byte() !== byte) throw corrupt('it does not begin as one')
  if (reader.byte() !== FORMAT) throw corrupt('its format is unknown')
  const revision = reader.varint()
  const appliedIndex = reader.varint()
  const count = reader.varint()
  const entries: (readonly [string, Stored])[] = []
  let previous = ''
  for (let i = 0; i < count; i++) {
    const key = keyText(reader.take(reader.varint()))
    if (key <= previous) throw corrupt('its keys are out of order')
    previous = key
    entries.push([key, readStored(reader, revision)])
  }
  const hash = reader.varint()
  if (!reader.atEnd()) throw corrupt('it goes on behind its end')
  return { revision, appliedIndex, hash, entries }
}

function readStored(reader: ChunkReader, revision: number): Stored {
  const value = reader.take(reader.varint())
  const createRevision = reader.varint()
  const modRevision = reader.varint()
  const version = reader.varint()
  if (createRevision > modRevision || modRevision > revision || version === 0) {
    throw corrupt('a key has impossible revisions')
  }
  return { value, createRevision, modRevision, version }
}

function corrupt(what: string): KvError {
  return new KvError('SNAPSHOT_CORRUPT', `the snapshot cannot be used: ${what}`)
}

/** Reads across chunk borders. A length is believed only as far as bytes have arrived. */
class ChunkReader {
  readonly #chunks: Iterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  atEnd(): boolean {
    while (this.#position === this.#chunk.length) {
      const next = this.#chunks.next()
      if (next.done === true) return true
      this.#chunk = next.value
      this.#position = 0
    }
    return false
  }

  byte(): number {
    if (this.atEnd()) throw corrupt('it breaks off')
    const value = this.#chunk[this.#position] as number
    this.#position += 1
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const next = this.byte()
      value += (next & 0x7f) * scale
      if (next < 0x80 && Number.isSafeInteger(value)) return value
      scale *= 0x80
    }
    throw corrupt('a number is too large')
  }

  /** A copy of its own, allocated only when all of it has arrived. */
  take(length: number): Uint8Array {
    const pieces: Uint8Array[] = []
    let missing = length
    while (missing > 0) {
      if (this.atEnd()) throw corrupt('it breaks off')
      const end = Math.min(this.#chunk.length, this.#position + missing)
      pieces.push(this.#chunk.subarray(this.#position, end))
      missing -= end - this.#position
      this.#position = end
    }
    const whole = new Uint8Array(length)
    let position = 0
    for (const piece of pieces) {
      whole.set(piece, position)
      position += piece.length
    }
    return whole
  }
}
