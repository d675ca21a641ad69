/**
 * A snapshot as a stream of bytes in chunks: what a file holds, and what travels to a follower.
 *
 * ```
 * | format 1 (8) | length (64) | meta of the checkpoint |
 * then for each record: | main (64) | sub (32) | length (32) | record |
 * then the end:         | 0 (64) |
 * ```
 *
 * Chunks are cut where they are full, wherever that is. Checksums are the file's affair.
 */

import { assert, ByteReader, ByteWriter, copyOf, KvError, readUint64 } from '../base/index.ts'
import type { Checkpoint, EngineSnapshot, RevisionRecord } from '../engine/index.ts'

const FORMAT = 1
const HEAD_BYTES = 9
const RECORD_HEAD_BYTES = 16
const MAIN_BYTES = 8
/** Leases and sessions of a state at its limits, several times over. */
const META_BYTES_MAX = 2 ** 31
/** Far above the largest record there may be. */
const RECORD_BYTES_MAX = 2 ** 26
/** Records are handed on in pieces of about so much. */
const PIECE_BYTES = 256 * 1024
const PIECE_RECORDS_MAX = 1000

/** Cuts what is put in into chunks. */
class ChunkCutter {
  readonly #size: number
  #chunk: Uint8Array
  #length = 0
  #full: Uint8Array[] = []

  constructor(size: number) {
    assert(size > 0, 'a chunk holds something')
    this.#size = size
    this.#chunk = new Uint8Array(size)
  }

  put(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      const count = Math.min(bytes.length - at, this.#size - this.#length)
      this.#chunk.set(bytes.subarray(at, at + count), this.#length)
      this.#length += count
      at += count
      if (this.#length === this.#size) this.#cut()
    }
  }

  takeFull(): Uint8Array[] {
    const full = this.#full
    this.#full = []
    return full
  }

  finish(): Uint8Array[] {
    if (this.#length > 0) this.#cut()
    return this.takeFull()
  }

  /** Whoever gets a chunk may keep it. */
  #cut(): void {
    this.#full.push(this.#chunk.subarray(0, this.#length))
    this.#chunk = new Uint8Array(this.#size)
    this.#length = 0
  }
}

export async function* snapshotChunks(
  snapshot: EngineSnapshot,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cutter = new ChunkCutter(chunkBytes)
  const { meta } = snapshot.checkpoint
  const writer = new ByteWriter()
  cutter.put(writer.uint8(FORMAT).uint64(meta.length).lend())
  for (let at = 0; at < meta.length; at += chunkBytes) {
    cutter.put(meta.subarray(at, at + chunkBytes))
    yield* cutter.takeFull()
  }
  for await (const piece of snapshot.records()) {
    for (const { main, sub, record } of piece) {
      cutter.put(writer.uint64(main).uint32(sub).uint32(record.length).lend())
      cutter.put(record)
    }
    yield* cutter.takeFull()
  }
  cutter.put(writer.uint64(0).lend())
  yield* cutter.finish()
}

/**
 * Reads such a stream: first `checkpoint`, then `records`. Whatever is not as it was written fails
 * with `SNAPSHOT_CORRUPT`.
 */
export class SnapshotReader {
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#chunk.buffer)
  #at = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async checkpoint(appliedIndex: number): Promise<Checkpoint> {
    const head = new ByteReader(await this.#take(HEAD_BYTES))
    const format = head.uint8()
    const length = head.uint64()
    if (head.failed || format !== FORMAT || length > META_BYTES_MAX) throw corrupt()
    return { appliedIndex, meta: await this.#take(length) }
  }

  async *records(): AsyncGenerator<readonly RevisionRecord[], void, undefined> {
    let piece: RevisionRecord[] = []
    let bytes = 0
    for (;;) {
      const next = this.#recordHere() ?? (await this.#record())
      if (next === null) break
      piece.push(next)
      bytes += next.record.length
      if (bytes < PIECE_BYTES && piece.length < PIECE_RECORDS_MAX) continue
      yield piece
      piece = []
      bytes = 0
    }
    if (piece.length > 0) yield piece
    // The file says by its own end that it is whole: it has to be asked.
    const isOver = this.#at === this.#chunk.length && !(await this.#more())
    if (!isOver) throw corrupt()
  }

  /** Gives the file back. Idempotent. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #record(): Promise<RevisionRecord | null> {
    const main = new ByteReader(await this.#take(MAIN_BYTES)).uint64()
    if (main === 0) return null
    const rest = new ByteReader(await this.#take(RECORD_HEAD_BYTES - MAIN_BYTES))
    const sub = rest.uint32()
    const length = rest.uint32()
    if (length > RECORD_BYTES_MAX) throw corrupt()
    return { main, sub, record: await this.#take(length) }
  }

  /** One that lies within the chunk, as most do, as a view of it. */
  #recordHere(): RevisionRecord | null {
    const chunk = this.#chunk
    const at = this.#at
    const start = at + RECORD_HEAD_BYTES
    if (start > chunk.length) return null
    const view = this.#view
    const main = readUint64(view, at)
    const length = view.getUint32(at + RECORD_HEAD_BYTES - 4, true)
    if (main === 0 || start + length > chunk.length) return null
    if (!Number.isSafeInteger(main)) throw corrupt()
    this.#at = start + length
    const sub = view.getUint32(at + MAIN_BYTES, true)
    return { main, sub, record: chunk.subarray(start, this.#at) }
  }

  /** A copy of its own, which grows with what is there: no length is trusted. */
  async #take(count: number): Promise<Uint8Array> {
    const inChunk = this.#chunk.length - this.#at
    if (count <= inChunk) return this.#copy(count)
    const parts: Uint8Array[] = []
    let missing = count
    while (missing > 0) {
      if (this.#at === this.#chunk.length && !(await this.#more())) throw corrupt()
      const part = this.#copy(Math.min(missing, this.#chunk.length - this.#at))
      parts.push(part)
      missing -= part.length
    }
    const whole = new Uint8Array(count)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  #copy(count: number): Uint8Array {
    const at = this.#at
    this.#at += count
    return copyOf(this.#chunk, at, at + count)
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next()
    if (done === true) return false
    this.#chunk = value
    this.#view = new DataView(value.buffer, value.byteOffset, value.byteLength)
    this.#at = 0
    return true
  }
}

function corrupt(): KvError {
  return new KvError('SNAPSHOT_CORRUPT', 'a snapshot does not hold what a snapshot holds')
}
