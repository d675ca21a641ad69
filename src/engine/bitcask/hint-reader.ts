import { crc32c } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import {
  type Entry,
  emptyHint,
  HINT_BLOCK_BYTES,
  HINT_HEADER_BYTES,
  HintBlock,
  type HintEnd,
} from './hint.ts'
import { allocate, type Memory } from './memory.ts'

/** Several blocks in one read. */
const WINDOW_BYTES = 4 * HINT_BLOCK_BYTES

/**
 * Tells every record that the hint of a file has; false when the hint is not what the manifest
 * says, which may turn out only after some were told.
 */
export async function readHint(
  file: DataFile,
  end: HintEnd,
  onEntry: (entry: Entry) => void,
): Promise<boolean> {
  if (end.length === 0) return false
  try {
    return await new HintReader(file, end).run(onEntry)
  } catch (error) {
    // A hint that cannot be read is none. Whether the disk is gone, the data file will tell.
    if (error instanceof DiskError) return false
    throw error
  }
}

class HintReader {
  readonly #file: DataFile
  readonly #end: HintEnd
  readonly #block = new HintBlock()
  #window: Memory
  /** What of the file is in the window. */
  #from = 0
  #to = 0

  constructor(file: DataFile, end: HintEnd) {
    this.#file = file
    this.#end = end
    this.#window = allocate(Math.min(WINDOW_BYTES, end.length))
  }

  async run(onEntry: (entry: Entry) => void): Promise<boolean> {
    if (this.#file.hint.written < this.#end.length) return false
    let { crc } = emptyHint(this.#file.seed)
    let position = 0
    while (position < this.#end.length) {
      if (!(await this.#has(position, HINT_HEADER_BYTES))) return false
      const at = position - this.#from
      const length = this.#window.view.getUint32(at + 4, true)
      const space = HINT_HEADER_BYTES + length
      // Looked at before anything is allocated for it.
      if (space > this.#end.length - position) return false
      if (!(await this.#has(position, space))) return false
      crc = this.#checksum(position, space, crc)
      if (crc !== this.#window.view.getUint32(position - this.#from, true)) return false
      if (!this.#tell(position, space, onEntry)) return false
      position += space
    }
    return crc === this.#end.crc
  }

  #checksum(position: number, space: number, seed: number): number {
    const at = position - this.#from
    return crc32c(this.#window.bytes, at + 4, at + space, seed)
  }

  #tell(position: number, space: number, onEntry: (entry: Entry) => void): boolean {
    const at = position - this.#from
    const { bytes, view } = this.#window
    const block = this.#block
    const start = at + HINT_HEADER_BYTES
    block.begin(bytes, { start, end: at + space, count: view.getUint32(at + 8, true) })
    while (block.next()) onEntry(block.entry)
    return !block.failed
  }

  /** Brings the bytes into the window; false when the file does not have them. */
  async #has(position: number, length: number): Promise<boolean> {
    if (position >= this.#from && position + length <= this.#to) return true
    if (length > this.#window.bytes.length) this.#window = allocate(length)
    const wanted = Math.min(this.#window.bytes.length, this.#end.length - position)
    const count = await this.#file.hint.read(this.#window.bytes, wanted, position)
    this.#from = position
    this.#to = position + count
    return count >= length
  }
}
