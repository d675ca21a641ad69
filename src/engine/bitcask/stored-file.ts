import type { Disk, DiskFile } from '../../io/index.ts'
import { stopped } from '../stopped.ts'

export interface StoredFileOptions {
  readonly disk: Disk
  readonly path: string
  /** What was written is durable without a sync; what is written is synced all the same. */
  readonly durable: boolean
  /** A file came to be: its name is durable when the directory is. */
  readonly onCreated: () => void
}

/**
 * A file that comes to be when it is first written to. Written by one writer at a time, one part
 * behind the other.
 */
export class StoredFile {
  readonly path: string
  readonly #disk: Disk
  readonly #durable: boolean
  readonly #onCreated: () => void
  #handle: DiskFile | null = null
  #written = 0
  #isDirty = false
  #closed = false

  constructor({ disk, path, durable, onCreated }: StoredFileOptions) {
    this.path = path
    this.#disk = disk
    this.#durable = durable
    this.#onCreated = onCreated
  }

  /** Up to here it can be read. */
  get written(): number {
    return this.#written
  }

  /** Something was written since it was synced. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** A file that is there. Fails with `notFound`. */
  async open(): Promise<number> {
    const durable = this.#durable
    this.#handle ??= await this.#disk.open(this.path, { mode: 'readWrite', durable })
    this.#written = await this.#handle.size()
    return this.#written
  }

  /** What is behind `length` goes. */
  async cut(length: number): Promise<void> {
    if (this.#handle === null || this.#written === length) return
    await this.#handle.truncate(length)
    this.#written = length
    this.#isDirty = true
  }

  async write(source: Uint8Array, length: number, position: number): Promise<void> {
    if (this.#closed) throw stopped()
    if (this.#handle === null) {
      const durable = this.#durable
      this.#handle = await this.#disk.open(this.path, { mode: 'create', durable })
      this.#onCreated()
    }
    await this.#handle.write(source, 0, length, position)
    this.#isDirty = true
    this.#written = Math.max(this.#written, position + length)
  }

  /** Fewer bytes only where the file ends. */
  async read(target: Uint8Array, length: number, position: number): Promise<number> {
    if (this.#closed) throw stopped()
    if (this.#handle === null) return 0
    return this.#handle.read(target, 0, length, position)
  }

  /** Null: nobody counts them. */
  deviceReads(): number | null {
    return this.#disk.deviceReads?.() ?? null
  }

  /** As `read`, before it returns; null: not this time. */
  readNow(target: Uint8Array, offset: number, length: number, position: number): number | null {
    return this.#handle?.readNow(target, offset, length, position) ?? null
  }

  async sync(): Promise<void> {
    if (this.#handle === null || !this.#isDirty) return
    // What is written from now on is none of this sync's.
    this.#isDirty = false
    await this.#handle.sync()
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    const handle = this.#handle
    this.#handle = null
    await handle?.close()
  }
}
