/**
 * A file of which some places cannot be read (EIO). A system fails a read as a whole for one bad
 * sector in it, so what fails is read again in halves, down to single pages; a page that cannot be
 * read counts as zeros from then on and is remembered. To recovery it is damage at that place, like
 * rot, and not the end of the whole log.
 *
 * Invariants: what is handed out is what the file held, or zeros where `isUnreadable` says so, and
 * the same at every reading; a disk that fails everywhere ends the reading after a bounded time.
 */

import { assert, KvError } from '../base/index.ts'
import { DiskError, type DiskFile } from '../io/index.ts'

/** A page of the system's cache: it reads and fails as a whole. */
const PAGE_BYTES = 4096
/** How often a single page is asked for: some failures pass. */
const ATTEMPTS = 3
/** A disk may take seconds for each failure; with more than this it is the disk that is gone. */
const UNREADABLE_PAGES_MAX = 64

/** As much of a file as its readers need. */
export type ReadableFile = Pick<DiskFile, 'read'>

interface Range {
  /** Where it begins in the target. */
  readonly offset: number
  readonly length: number
  readonly position: number
}

export class PatientFile implements ReadableFile {
  readonly #file: DiskFile
  readonly #path: string
  /** Numbers of pages that could not be read. */
  readonly #unreadable = new Set<number>()

  constructor(file: DiskFile, path: string) {
    this.#file = file
    this.#path = path
  }

  async read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    if (!this.isUnreadable(position, position + length)) {
      const count = await this.#attempt(target, { offset, length, position })
      if (count !== null) return count
    }
    // What cannot be read does not tell where the file ends.
    const size = await this.#file.size()
    const within = Math.max(0, Math.min(length, size - position))
    await this.#readInParts(target, { offset, length: within, position })
    return within
  }

  /** Whether some of these bytes were given as zeros because they cannot be read. */
  isUnreadable(from: number, to: number): boolean {
    if (this.#unreadable.size === 0) return false
    const [first, last] = [Math.floor(from / PAGE_BYTES), Math.floor((to - 1) / PAGE_BYTES)]
    return [...this.#unreadable].some((page) => page >= first && page <= last)
  }

  /** Null when it fails for what is on the medium; any other failure is passed on. */
  async #attempt(target: Uint8Array, range: Range): Promise<number | null> {
    const { offset, length, position } = range
    try {
      return await this.#file.read(target, offset, length, position)
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'io') throw error
      return null
    }
  }

  async #readInParts(target: Uint8Array, range: Range): Promise<void> {
    const { offset, length, position } = range
    if (length === 0) return
    const firstPage = Math.floor(position / PAGE_BYTES)
    const pages = Math.floor((position + length - 1) / PAGE_BYTES) - firstPage + 1
    if (pages === 1) {
      await this.#readPage(target, { range, page: firstPage })
      return
    }
    if (!this.isUnreadable(position, position + length)) {
      if ((await this.#attempt(target, range)) !== null) return
    }
    const middle = (firstPage + Math.ceil(pages / 2)) * PAGE_BYTES - position
    assert(middle > 0 && middle < length, 'each half is shorter than the whole')
    await this.#readInParts(target, { offset, length: middle, position })
    await this.#readInParts(target, {
      offset: offset + middle,
      length: length - middle,
      position: position + middle,
    })
  }

  async #readPage(
    target: Uint8Array,
    { range, page }: { range: Range; page: number },
  ): Promise<void> {
    const { offset, length } = range
    for (let left = ATTEMPTS; left > 0 && !this.#unreadable.has(page); left--) {
      if ((await this.#attempt(target, range)) !== null) return
    }
    target.fill(0, offset, offset + length)
    this.#unreadable.add(page)
    if (this.#unreadable.size <= UNREADABLE_PAGES_MAX) return
    const first = Math.min(...this.#unreadable) * PAGE_BYTES
    throw new KvError(
      'DISK_FAILED',
      `${this.#path} cannot be read at offset ${first} and more than ${UNREADABLE_PAGES_MAX} ` +
        'other pages: copy what the disk still gives to another disk, zeros for the rest',
    )
  }
}
