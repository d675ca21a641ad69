/**
 * A file read in large pieces. What is in the window is parsed synchronously; only moving it waits.
 * Its memory is fixed, whatever lengths the file claims.
 */

import { assert } from '../base/index.ts'
import type { ReadableFile } from './patient-file.ts'
import { allocateMemory, type RecordMemory } from './record.ts'

export class FileWindow {
  readonly memory: RecordMemory
  readonly #file: ReadableFile
  readonly #limit: number
  #start = 0
  #end = 0

  /** `limit`: where the readable content ends; nothing behind it is looked at. */
  constructor(file: ReadableFile, { limit, bytesMax }: { limit: number; bytesMax: number }) {
    assert(bytesMax >= 4096 && bytesMax % 8 === 0, 'a window holds a header')
    this.#file = file
    this.#limit = limit
    this.memory = allocateMemory(Math.min(bytesMax, Math.max(4096, limit)))
  }

  get limit(): number {
    return this.#limit
  }

  /** Where the window begins in the file, a multiple of 8. */
  get start(): number {
    return this.#start
  }

  /** How many bytes fit at once. */
  get capacity(): number {
    return this.memory.bytes.length
  }

  has(position: number, length: number): boolean {
    return position >= this.#start && position + length <= this.#end
  }

  /** Moves the window so that it begins at `position`. */
  async moveTo(position: number): Promise<void> {
    assert((position & 7) === 0, 'a window keeps the alignment of records')
    const length = Math.max(0, Math.min(this.capacity, this.#limit - position))
    const bytes = await readFully(this.#file, {
      target: this.memory.bytes,
      length,
      position,
    })
    this.#start = position
    this.#end = position + bytes
  }
}

/** Reads until `length` or the end of the file; returns how much there was. */
export async function readFully(
  file: ReadableFile,
  { target, length, position }: { target: Uint8Array; length: number; position: number },
): Promise<number> {
  let done = 0
  while (done < length) {
    const count = await file.read(target, done, length - done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}
