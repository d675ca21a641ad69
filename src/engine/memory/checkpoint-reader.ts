import { ByteReader, KvError } from '../../base/index.ts'
import { DiskError, type DiskFile } from '../../io/index.ts'
import type { Checkpoint } from '../types.ts'
import {
  END_BYTES,
  FORMAT,
  MAGIC,
  PART,
  PART_HEADER_BYTES,
  type PartHeader,
  partChecksum,
  readPartHeader,
  START_BYTES,
} from './checkpoint-format.ts'

const READ_ATTEMPTS = 3

/** Takes each record of a checkpoint; the bytes are valid during the call only. */
export type RecordTaker = (main: number, sub: number, record: Uint8Array) => void

interface Part {
  readonly header: PartHeader
  readonly content: Uint8Array
  /** Of its header in the file. */
  readonly position: number
}

/** Reads one checkpoint file. Nothing is believed before its checksum is verified. */
export class CheckpointReader {
  readonly #file: DiskFile
  readonly #path: string
  readonly #number: number
  #size = 0
  #position = 0
  #crc = 0
  #records = 0
  #recordBytes = 0
  #lastMain = -1
  #lastSub = -1

  constructor(file: DiskFile, { path, number }: { path: string; number: number }) {
    this.#file = file
    this.#path = path
    this.#number = number
  }

  get size(): number {
    return this.#size
  }

  async start(): Promise<Checkpoint> {
    this.#size = await this.#file.size()
    const magic = await this.#read(MAGIC.length)
    if (!MAGIC.every((byte, at) => magic[at] === byte)) {
      throw this.#damaged(0, 'it does not begin like a checkpoint')
    }
    const part = await this.#nextPart()
    const reader = new ByteReader(part.content)
    const format = reader.uint32()
    const reserved = reader.uint32()
    const number = reader.uint64()
    const appliedIndex = reader.uint64()
    const metaBytes = reader.uint64()
    const known = part.header.kind === PART.start && part.content.length === START_BYTES
    if (!known || reader.failed || format !== FORMAT || reserved !== 0) {
      throw this.#damaged(part.position, 'it is in no format that this version knows')
    }
    if (number !== this.#number) throw this.#damaged(part.position, 'it has the name of another')
    return { appliedIndex, meta: await this.#meta(metaBytes, part.position) }
  }

  /** The records of the next part; false when that was the last one. */
  async next(take: RecordTaker): Promise<boolean> {
    const part = await this.#nextPart()
    if (part.header.kind === PART.end) {
      this.#checkEnd(part)
      return false
    }
    if (part.header.kind !== PART.records) throw this.#damaged(part.position, 'a part is misplaced')
    this.#takeRecords(part, take)
    return true
  }

  async #meta(length: number, position: number): Promise<Uint8Array> {
    // Nothing is allocated for a length that the file does not have.
    if (length > this.#size) throw this.#damaged(position, 'it is shorter than what it holds')
    const meta = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      const part = await this.#nextPart()
      const fits = part.header.kind === PART.meta && part.content.length <= length - at
      if (!fits) throw this.#damaged(part.position, 'a part is misplaced')
      meta.set(part.content, at)
      at += part.content.length
    }
    return meta
  }

  #takeRecords({ header, content, position }: Part, take: RecordTaker): void {
    const reader = new ByteReader(content)
    for (let left = header.count; left > 0; left--) {
      const main = reader.uint64()
      const sub = reader.uint32()
      const record = reader.bytes(reader.uint32())
      const ascends = main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub)
      if (reader.failed || !ascends) throw this.#damaged(position, 'its records are not in order')
      take(main, sub, record)
      this.#lastMain = main
      this.#lastSub = sub
      this.#records += 1
      this.#recordBytes += record.length
    }
    if (!reader.complete) throw this.#damaged(position, 'a part is longer than its records')
  }

  #checkEnd({ content, position }: Part): void {
    const reader = new ByteReader(content)
    const records = reader.uint64()
    const recordBytes = reader.uint64()
    const whole = reader.complete && records === this.#records && recordBytes === this.#recordBytes
    if (!whole || content.length !== END_BYTES) throw this.#damaged(position, 'records are missing')
    if (this.#position !== this.#size)
      throw this.#damaged(this.#position, 'it goes on after its end')
  }

  async #nextPart(): Promise<Part> {
    const position = this.#position
    const bytes = await this.#read(PART_HEADER_BYTES)
    const header = readPartHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    const content = await this.#read(header.length)
    if (partChecksum(header, content, this.#crc) !== header.crc) {
      throw this.#damaged(position, 'a checksum does not match')
    }
    this.#crc = header.crc
    return { header, content, position }
  }

  async #read(length: number): Promise<Uint8Array> {
    const position = this.#position
    if (length > this.#size - position) throw this.#damaged(position, 'it ends too early')
    const target = new Uint8Array(length)
    if ((await this.#readInto(target, position)) < length) {
      throw this.#damaged(position, 'it ends too early')
    }
    this.#position += length
    return target
  }

  /** Some failures pass: a checkpoint is given up only when it fails each time. */
  async #readInto(target: Uint8Array, position: number): Promise<number> {
    for (let left = READ_ATTEMPTS; ; left--) {
      try {
        return await this.#file.read(target, 0, target.length, position)
      } catch (error) {
        if (!(error instanceof DiskError) || error.code !== 'io') throw error
        if (left === 1) throw this.#damaged(position, 'it cannot be read', error)
      }
    }
  }

  #damaged(position: number, reason: string, cause?: unknown): KvError {
    const text = `checkpoint ${this.#path} is damaged at offset ${position}: ${reason}`
    return new KvError('ENGINE_CORRUPT', text, cause === undefined ? undefined : { cause })
  }
}
