import fs from 'node:fs'
import { assert } from '../base/index.ts'
import { toDiskError } from './disk-errors.ts'
import { DiskError, type DiskFile } from './types.ts'

/**
 * One open file. Everything is positioned, so operations may overlap in time.
 * Invariant: the descriptor is closed only when no operation uses it, because the system gives the
 * number of a closed descriptor to the next file, and a late write would land in that one.
 */
export class NodeFile implements DiskFile {
  readonly #descriptor: number
  readonly #path: string
  #running = 0
  #closing: Promise<void> | null = null
  #whenIdle: (() => void) | null = null

  constructor(descriptor: number, path: string) {
    this.#descriptor = descriptor
    this.#path = path
  }

  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    assert(offset >= 0 && offset + length <= target.byteLength, 'the range is inside the target')
    if (this.#closing !== null) return this.#refuse('read')
    this.#running += 1
    return new Promise((resolve, reject) => {
      let done = 0
      const step = (error: NodeJS.ErrnoException | null, count: number): void => {
        done += count
        if (error !== null) {
          this.#fail('read', error, reject)
        } else if (count === 0 || done === length) {
          resolve(done)
          this.#finished()
        } else {
          more()
        }
      }
      const more = (): void => {
        fs.read(this.#descriptor, target, offset + done, length - done, position + done, step)
      }
      more()
    })
  }

  readNow(target: Uint8Array, offset: number, length: number, position: number): number | null {
    assert(offset >= 0 && offset + length <= target.byteLength, 'the range is inside the target')
    if (this.#closing !== null) return null
    try {
      return fs.readSync(this.#descriptor, target, offset, length, position)
    } catch (error) {
      throw toDiskError(error, { operation: 'read', path: this.#path })
    }
  }

  write(source: Uint8Array, offset: number, length: number, position: number): Promise<void> {
    assert(offset >= 0 && offset + length <= source.byteLength, 'the range is inside the source')
    if (this.#closing !== null) return this.#refuse('write')
    this.#running += 1
    return new Promise((resolve, reject) => {
      let done = 0
      const step = (error: NodeJS.ErrnoException | null, count: number): void => {
        done += count
        if (error !== null) {
          this.#fail('write', error, reject)
        } else if (done === length) {
          resolve()
          this.#finished()
        } else {
          // A write of nothing that is no error would be repeated for ever.
          assert(count > 0, 'a write makes progress or fails')
          more()
        }
      }
      const more = (): void => {
        fs.write(this.#descriptor, source, offset + done, length - done, position + done, step)
      }
      more()
    })
  }

  /** Data and the size; times and other metadata may stay behind. */
  sync(): Promise<void> {
    return this.#call('sync', (done) => fs.fdatasync(this.#descriptor, done))
  }

  truncate(size: number): Promise<void> {
    return this.#call('truncate', (done) => fs.ftruncate(this.#descriptor, size, done))
  }

  async size(): Promise<number> {
    let size = 0
    await this.#call('size', (done) =>
      fs.fstat(this.#descriptor, (error, stats) => {
        if (error === null) size = stats.size
        done(error)
      }),
    )
    return size
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWhenIdle()
    return this.#closing
  }

  async #closeWhenIdle(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    }
    await new Promise<void>((resolve, reject) => {
      fs.close(this.#descriptor, (error) => {
        if (error) reject(toDiskError(error, { operation: 'close', path: this.#path }))
        else resolve()
      })
    })
  }

  #call(operation: string, run: (done: (error: Error | null) => void) => void): Promise<void> {
    if (this.#closing !== null) return this.#refuse(operation)
    this.#running += 1
    return new Promise((resolve, reject) => {
      run((error) => {
        if (error !== null) {
          this.#fail(operation, error, reject)
          return
        }
        resolve()
        this.#finished()
      })
    })
  }

  #fail(operation: string, error: Error, reject: (error: DiskError) => void): void {
    reject(toDiskError(error, { operation, path: this.#path }))
    this.#finished()
  }

  #finished(): void {
    this.#running -= 1
    if (this.#running === 0) this.#whenIdle?.()
  }

  #refuse(operation: string): Promise<never> {
    return Promise.reject(new DiskError('closed', { operation, path: this.#path }))
  }
}
