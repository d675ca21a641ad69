import { assert, freeBytes } from '../../base/index.ts'
import type { Chunk, DataFile } from './data-file.ts'
import type { MemoryPool } from './memory-pool.ts'

/**
 * What was written last stays in memory for a while, as it went to disk: whoever asks for what was
 * just written need not read it, and to keep it costs nothing.
 */
export class RecentChunks {
  readonly #bytesMax: number
  readonly #pool: MemoryPool
  #kept: { readonly file: DataFile; readonly chunk: Chunk }[] = []
  #bytes = 0

  constructor(bytesMax: number, pool: MemoryPool) {
    this.#bytesMax = bytesMax
    this.#pool = pool
  }

  /** The chunk of the file that was written behind all others. */
  keep(file: DataFile, chunk: Chunk): void {
    this.#kept.push({ file, chunk })
    this.#bytes += chunk.memory.bytes.length
    let over = 0
    while (this.#bytes > this.#bytesMax) {
      this.#forget(over)
      over += 1
    }
    if (over > 0) this.#kept.splice(0, over)
  }

  /** All of it is on disk, and nobody asks any more. */
  free(): void {
    for (const { chunk } of this.#kept) freeBytes(chunk.memory.bytes)
    this.#kept = []
    this.#bytes = 0
  }

  #forget(number: number): void {
    const oldest = this.#kept[number]
    assert(oldest !== undefined, 'what takes room is there')
    const { file, chunk } = oldest
    const first = file.inMemory.shift()
    assert(first === chunk, 'chunks are written, and forgotten, in their order')
    this.#bytes -= chunk.memory.bytes.length
    this.#pool.give(chunk.memory)
  }
}
