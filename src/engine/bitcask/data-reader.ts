import { alignUp, assert } from '../../base/index.ts'
import type { DataFile } from './data-file.ts'
import { isFileHeader } from './file-header.ts'
import {
  FILE_HEADER_BYTES,
  READ_ATTEMPTS,
  RECORD_HEADER_BYTES,
  recordSpace,
  SECTOR_BYTES,
} from './format.ts'
import type { Entry } from './hint.ts'
import { damaged } from './home.ts'
import { allocate, type Memory } from './memory.ts'
import { decodeHeader, isIntact } from './record.ts'

const WINDOW_BYTES = 1024 * 1024

/** The first bytes of a file that is there. Whether it is the one that is meant is verified. */
export async function checkFileHeader(file: DataFile, salt: number): Promise<void> {
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    const bytes = new Uint8Array(FILE_HEADER_BYTES)
    await file.data.read(bytes, FILE_HEADER_BYTES, 0)
    if (isFileHeader(bytes, { number: file.number, salt })) return
  }
  throw damaged(file.data.path, { offset: 0, what: 'its header is not that of this file' })
}

/**
 * Tells every record of a file up to `length`, each after its checksum was verified. The header of
 * an entry is the whole record. Fails with `ENGINE_CORRUPT` at the first damage.
 */
export function readData(
  file: DataFile,
  length: number,
  onEntry: (entry: Entry) => void,
): Promise<void> {
  return new DataReader(file, length).run(onEntry)
}

class DataReader {
  readonly #file: DataFile
  readonly #length: number
  readonly #entry: Entry = { main: 0, sub: 0, offset: 0, bytes: 0, header: new Uint8Array(0) }
  #window: Memory
  /** What of the file is in the window. */
  #from = 0
  #to = 0

  constructor(file: DataFile, length: number) {
    assert(length >= FILE_HEADER_BYTES, 'a file has a header')
    this.#file = file
    this.#length = length
    this.#window = allocate(Math.min(WINDOW_BYTES, length))
  }

  async run(onEntry: (entry: Entry) => void): Promise<void> {
    let position = FILE_HEADER_BYTES
    while (position < this.#length) {
      const next = await this.#next(position)
      if (this.#entry.bytes >= 0) onEntry(this.#entry)
      position = next
    }
  }

  /**
   * Where the next record, or what may be one, begins. Fills the entry; its length is below 0 when
   * there was only room that a checkpoint left empty.
   */
  async #next(position: number): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      await this.#bring(position, RECORD_HEADER_BYTES)
      const space = this.#space(position)
      if (space > 0) await this.#bring(position, space)
      if (space > 0 && this.#take(position, space)) return position + space
      const padding = alignUp(position, SECTOR_BYTES) - position
      if (padding > 0) await this.#bring(position, padding)
      if (padding > 0 && this.#isEmpty(position, padding)) {
        this.#entry.bytes = -1
        return position + padding
      }
      if (attempt === READ_ATTEMPTS) {
        const what = 'no record with a right checksum is there'
        throw damaged(this.#file.data.path, { offset: position, what })
      }
      // What a disk gives wrong once it may give right the next time.
      this.#to = this.#from
    }
  }

  /** What the record at the position takes; 0 when none begins there. */
  #space(position: number): number {
    const at = position - this.#from
    if (this.#to - position < RECORD_HEADER_BYTES) return 0
    const header = decodeHeader(this.#window, at)
    if (header === null) return 0
    const space = recordSpace(header.length)
    // Looked at before anything is allocated for it.
    return position + space <= this.#length ? space : 0
  }

  #take(position: number, space: number): boolean {
    const at = position - this.#from
    if (position + space > this.#to) return false
    const window = this.#window
    if (!isIntact(window, at, { space, offset: position, seed: this.#file.seed })) return false
    const header = decodeHeader(window, at)
    assert(header !== null, 'what is intact has a header')
    const entry = this.#entry
    entry.main = header.main
    entry.sub = header.sub
    entry.offset = position
    entry.bytes = header.length
    const start = at + RECORD_HEADER_BYTES
    entry.header = window.bytes.subarray(start, start + header.length)
    return true
  }

  #isEmpty(position: number, length: number): boolean {
    if (position + length > this.#to) return false
    const at = position - this.#from
    return this.#window.bytes.subarray(at, at + length).every((byte) => byte === 0)
  }

  /** Into the window, as far as the file goes. */
  async #bring(position: number, length: number): Promise<void> {
    if (position >= this.#from && position + length <= this.#to) return
    if (length > this.#window.bytes.length) this.#window = allocate(length)
    const wanted = Math.min(this.#window.bytes.length, this.#length - position)
    const count = await this.#file.data.read(this.#window.bytes, wanted, position)
    this.#from = position
    this.#to = position + count
  }
}
