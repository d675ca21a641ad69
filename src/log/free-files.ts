/**
 * Files that wait to become segments: filled with zeros in advance, or cut segments used again, so
 * that a sync of the log never touches the metadata of the file system. One of them is the spare on
 * which the log goes on when the disk is full.
 *
 * A file gets the name `.free` when it has its full size durably; what it holds does not matter.
 */

import { assert, LOG_ZERO_FILL_BYTES, LOG_ZERO_WRITE_BYTES } from '../base/index.ts'
import { type Disk, DiskError, type DiskFile } from '../io/index.ts'
import { freeName, TEMPORARY_SUFFIX } from './format.ts'
import { writeNewFile } from './new-file.ts'

export interface FreeFile {
  readonly path: string
  /** It may hold records of an earlier use. */
  readonly recycled: boolean
}

/** Numbers of the files an earlier life left. */
export interface FoundFiles {
  readonly all: readonly number[]
  /** Those of the size that is wanted now. */
  readonly usable: readonly number[]
}

export class FreeFiles {
  readonly #disk: Disk
  readonly #directory: string
  #files: FreeFile[] = []
  #next: number

  constructor({ disk, directory }: { disk: Disk; directory: string }, found: FoundFiles) {
    this.#disk = disk
    this.#directory = directory
    this.#next = Math.max(0, ...found.all) + 1
    this.#files = found.usable.map((number) => ({ path: this.#path(number), recycled: true }))
  }

  get count(): number {
    return this.#files.length
  }

  take(): FreeFile | null {
    return this.#files.shift() ?? null
  }

  /** A file that could not be used after all. */
  giveBack(file: FreeFile): void {
    this.#files.unshift(file)
  }

  /** Fills a file with zeros. Fails with `full` and leaves nothing behind when there is no room. */
  async prepare(size: number): Promise<void> {
    const number = this.#next
    this.#next += 1
    const path = this.#path(number)
    const temporary = path + TEMPORARY_SUFFIX
    await writeNewFile(this.#disk, temporary, (file) => fillWithZeros(file, size))
    try {
      await this.#disk.rename(temporary, path)
      await this.#disk.syncDirectory(this.#directory)
    } catch (error) {
      // A directory, too, may have no room for a name.
      await removeIfThere(this.#disk, [temporary, path])
      throw error
    }
    this.#files.push({ path, recycled: false })
  }

  /**
   * Takes a segment that is needed no more. Durable before its bytes change. Where the directory
   * has no room for its new name it is removed instead, which takes none.
   */
  async recycle(segmentPath: string): Promise<void> {
    const number = this.#next
    this.#next += 1
    const path = this.#path(number)
    let name = segmentPath
    try {
      await this.#disk.rename(segmentPath, path)
      name = path
      await this.#disk.syncDirectory(this.#directory)
    } catch (error) {
      if (!isFull(error)) throw error
      // Where it stays all the same the log cannot go on: of segments none is left out.
      await this.#disk.remove(name)
      await this.#disk.syncDirectory(this.#directory)
      return
    }
    this.#files.push({ path, recycled: true })
  }

  #path(number: number): string {
    return `${this.#directory}/${freeName(number)}`
  }
}

export function isFull(error: unknown): boolean {
  return error instanceof DiskError && error.code === 'full'
}

async function removeIfThere(disk: Disk, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await disk.remove(path).catch(() => {
      // Whatever the reason, the failure before it is the one to tell.
    })
  }
}

/**
 * Synced piece by piece: a sync of the whole file would keep the disk busy for so long that every
 * write of the log waited behind it.
 */
async function fillWithZeros(file: DiskFile, size: number): Promise<void> {
  assert(size > 0, 'a file has a size')
  const zeros = new Uint8Array(Math.min(LOG_ZERO_WRITE_BYTES, size))
  for (let position = 0; position < size; ) {
    const synced = Math.min(position + LOG_ZERO_FILL_BYTES, size)
    while (position < synced) {
      const length = Math.min(zeros.length, synced - position)
      await file.write(zeros, 0, length, position)
      position += length
    }
    await file.sync()
  }
}
