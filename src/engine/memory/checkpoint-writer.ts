import { assert, writeUint64 } from '../../base/index.ts'
import { type Disk, DiskError, type DiskFile } from '../../io/index.ts'
import {
  END_BYTES,
  FORMAT,
  MAGIC,
  PART,
  PART_HEADER_BYTES,
  PartBuffer,
  type PartKind,
  RECORD_HEADER_BYTES,
  START_BYTES,
} from './checkpoint-format.ts'
import { checkpointPath, TEMPORARY_SUFFIX } from './files.ts'

export interface CheckpointTarget {
  readonly disk: Disk
  readonly directory: string
  /** Of the file; larger than that of every file there is. */
  readonly number: number
  readonly partBytes: number
}

/**
 * Writes one checkpoint file. It has its final name only once all of it is durable, so a crash
 * leaves either a whole checkpoint or something that the next start removes.
 */
export class CheckpointWriter {
  readonly #target: CheckpointTarget
  readonly #path: string
  readonly #part: PartBuffer
  readonly #partBytes: number
  #file: DiskFile | null = null
  #position = 0
  #crc = 0
  #records = 0
  #recordBytes = 0
  #isNamed = false

  constructor(target: CheckpointTarget) {
    this.#target = target
    this.#path = checkpointPath(target.directory, target.number)
    this.#partBytes = target.partBytes
    this.#part = new PartBuffer(target.partBytes)
  }

  get #temporary(): string {
    return this.#path + TEMPORARY_SUFFIX
  }

  /** Bytes of the file so far, once it is finished: all. */
  get fileBytes(): number {
    return this.#position
  }

  async start(appliedIndex: number, meta: Uint8Array): Promise<void> {
    this.#file = await this.#target.disk.open(this.#temporary, { mode: 'create' })
    await this.#append(MAGIC)
    const part = this.#part
    part.makeRoom(START_BYTES)
    const at = PART_HEADER_BYTES
    part.view.setUint32(at, FORMAT, true)
    part.view.setUint32(at + 4, 0, true)
    writeUint64(part.view, at + 8, this.#target.number)
    writeUint64(part.view, at + 16, appliedIndex)
    writeUint64(part.view, at + 24, meta.length)
    part.end += START_BYTES
    await this.#writePart(PART.start)
    for (let from = 0; from < meta.length; ) {
      const to = Math.min(meta.length, from + this.#partBytes - PART_HEADER_BYTES)
      part.bytes.set(meta.subarray(from, to), part.end)
      part.end += to - from
      from = to
      await this.#writePart(PART.meta)
    }
  }

  /** False: the part is full and `flush` has to come first. The record is copied. */
  add(main: number, sub: number, record: Uint8Array): boolean {
    const part = this.#part
    const needed = RECORD_HEADER_BYTES + record.length
    if (part.isEmpty) part.makeRoom(needed)
    else if (part.end + needed > this.#partBytes || !part.hasRoom(needed)) return false
    writeUint64(part.view, part.end, main)
    part.view.setUint32(part.end + 8, sub, true)
    part.view.setUint32(part.end + 12, record.length, true)
    part.bytes.set(record, part.end + RECORD_HEADER_BYTES)
    part.end += needed
    part.count += 1
    this.#records += 1
    this.#recordBytes += record.length
    return true
  }

  async flush(): Promise<void> {
    if (!this.#part.isEmpty) await this.#writePart(PART.records)
  }

  /** Durable under its name when it resolves. */
  async finish(): Promise<void> {
    await this.flush()
    const part = this.#part
    part.makeRoom(END_BYTES)
    writeUint64(part.view, part.end, this.#records)
    writeUint64(part.view, part.end + 8, this.#recordBytes)
    part.end += END_BYTES
    await this.#writePart(PART.end)
    const file = this.#open
    await file.sync()
    await file.close()
    const { disk, directory } = this.#target
    await disk.rename(this.#temporary, this.#path)
    this.#isNamed = true
    await disk.syncDirectory(directory)
  }

  /**
   * Gives back the room, as far as the disk still works; what stays is removed at the next start.
   */
  async discard(): Promise<void> {
    try {
      await this.#file?.close()
      // A name that could not be made durable is not left for the next start to trust in.
      await this.#target.disk.remove(this.#isNamed ? this.#path : this.#temporary)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }

  get #open(): DiskFile {
    assert(this.#file !== null, 'a file is written after it was opened')
    return this.#file
  }

  async #writePart(kind: PartKind): Promise<void> {
    const part = this.#part
    this.#crc = part.seal(kind, this.#crc)
    await this.#append(part.bytes.subarray(0, part.end))
    part.clear()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#open.write(bytes, 0, bytes.length, this.#position)
    this.#position += bytes.length
  }
}
