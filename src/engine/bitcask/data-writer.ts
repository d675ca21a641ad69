import { alignUp, assert } from '../../base/index.ts'
import type { Chunk, DataFile } from './data-file.ts'
import { encodeFileHeader } from './file-header.ts'
import { FILE_HEADER_BYTES, recordSpace, SECTOR_BYTES } from './format.ts'
import { HINT_BLOCK_BYTES, HintWriter } from './hint.ts'
import { MemoryPool } from './memory-pool.ts'
import type { RecentChunks } from './recent-chunks.ts'
import { encodeRecord } from './record.ts'
import type { WriteQueue } from './write-queue.ts'

/** Chunks that are kept for use again: one is filled while one is written. */
const SPARE_CHUNKS = 2

/** Memory that the writers of one engine share. */
export class WriterMemory {
  readonly chunks: MemoryPool
  readonly hints: MemoryPool

  constructor(chunkBytes: number) {
    this.chunks = new MemoryPool({ size: chunkBytes, spareMax: SPARE_CHUNKS })
    this.hints = new MemoryPool({
      size: Math.min(HINT_BLOCK_BYTES, chunkBytes),
      spareMax: SPARE_CHUNKS,
    })
  }
}

export interface DataWriterOptions {
  readonly salt: number
  readonly queue: WriteQueue
  readonly memory: WriterMemory
  /** Takes what is written; null: nobody is going to ask for it. */
  readonly recent: RecentChunks | null
}

/** Puts records behind those of one file, in memory, from where they go to disk in chunks. */
export class DataWriter {
  readonly file: DataFile
  readonly #salt: number
  readonly #queue: WriteQueue
  readonly #memory: WriterMemory
  readonly #recent: RecentChunks | null
  readonly #hint: HintWriter
  readonly #place = { main: 0, sub: 0, offset: 0, seed: 0 }
  #chunk: Chunk | null = null

  constructor(file: DataFile, { salt, queue, memory, recent }: DataWriterOptions) {
    this.file = file
    this.#salt = salt
    this.#queue = queue
    this.#memory = memory
    this.#recent = recent
    this.#place.seed = file.seed
    this.#hint = hintWriter(file, { queue, pool: memory.hints })
  }

  append(main: number, sub: number, record: Uint8Array, checksum?: number): void {
    const { file } = this
    const chunk = this.#room(recordSpace(record.length))
    const place = this.#place
    place.main = main
    place.sub = sub
    place.offset = file.length
    const space = encodeRecord(chunk.memory, chunk.length, { place, record, checksum })
    chunk.length += space
    file.add(main, sub, file.length, record.length)
    this.#hint.add(main, sub, { offset: file.length, record })
    file.length += space
    if (chunk.length === chunk.memory.bytes.length) this.#send(chunk)
  }

  /** Everything so far is on its way, and what comes next begins in a sector of its own. */
  flush(): void {
    const { file } = this
    // A file without a record is not begun.
    if (file.index.length === 0) return
    const padding = alignUp(file.length, SECTOR_BYTES) - file.length
    if (padding > 0) {
      const chunk = this.#room(padding)
      chunk.memory.bytes.fill(0, chunk.length, chunk.length + padding)
      chunk.length += padding
      file.length += padding
    }
    if (this.#chunk !== null) this.#send(this.#chunk)
    file.hintEnd = this.#hint.flush()
  }

  #room(space: number): Chunk {
    const { file } = this
    let chunk = this.#chunk
    if (chunk !== null && chunk.length + space <= chunk.memory.bytes.length) return chunk
    if (chunk !== null) this.#send(chunk)
    const isFirst = file.length === FILE_HEADER_BYTES && file.index.length === 0
    const head = isFirst ? FILE_HEADER_BYTES : 0
    const memory = this.#memory.chunks.take(head + space)
    if (isFirst) encodeFileHeader(memory, { number: file.number, salt: this.#salt })
    chunk = { memory, position: file.length - head, length: head }
    this.#chunk = chunk
    file.inMemory.push(chunk)
    return chunk
  }

  #send(chunk: Chunk): void {
    this.#chunk = null
    const { file } = this
    this.#queue.push({
      file: file.data,
      memory: chunk.memory,
      length: chunk.length,
      position: chunk.position,
      onWritten: () => this.#written(chunk),
    })
  }

  #written(chunk: Chunk): void {
    const { file } = this
    if (this.#recent !== null) {
      this.#recent.keep(file, chunk)
      return
    }
    const first = file.inMemory.shift()
    assert(first === chunk, 'chunks are written in their order')
    this.#memory.chunks.give(chunk.memory)
  }
}

/** Continues the hint of the file. */
export function hintWriter(
  file: DataFile,
  { queue, pool }: { queue: WriteQueue; pool: MemoryPool },
): HintWriter {
  return new HintWriter({
    pool,
    end: file.hintEnd,
    write: (memory, length, position) => {
      queue.push({
        file: file.hint,
        memory,
        length,
        position,
        onWritten: () => pool.give(memory),
      })
    },
  })
}
