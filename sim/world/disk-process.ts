import { assert } from '../../src/base/index.ts'
import {
  type Disk,
  DiskError,
  type DiskFile,
  type DiskLock,
  type OpenOptions,
} from '../../src/io/index.ts'
import type { DiskOperation } from './disk-config.ts'
import type { DiskEngine, DiskWork } from './disk-engine.ts'
import { type DiskStorage, type OpenInode, refusal } from './disk-storage.ts'
import type { Life } from './life.ts'

/** Which life holds the lock of which directory. */
export type Locks = Map<string, { readonly life: Life }>

export interface ProcessDiskOptions {
  readonly storage: DiskStorage
  readonly engine: DiskEngine
  readonly locks: Locks
  readonly life: Life
}

/** The disk as one life of a process sees it. */
export class ProcessDisk implements Disk {
  readonly #storage: DiskStorage
  readonly #engine: DiskEngine
  readonly #locks: Locks
  readonly #life: Life

  constructor({ storage, engine, locks, life }: ProcessDiskOptions) {
    this.#storage = storage
    this.#engine = engine
    this.#locks = locks
    this.#life = life
  }

  open(path: string, { mode, durable = false }: OpenOptions): Promise<DiskFile> {
    return this.#name('open', path, () => {
      const inode = this.#storage.open(path, mode)
      return new ProcessFile({
        storage: this.#storage,
        engine: this.#engine,
        life: this.#life,
        file: { inode, path, durable },
        writable: mode !== 'read',
      })
    })
  }

  makeDirectory(path: string): Promise<void> {
    return this.#name('makeDirectory', path, () => this.#storage.makeDirectory(path))
  }

  list(path: string): Promise<readonly string[]> {
    return this.#name('list', path, () => this.#storage.list(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#name('rename', from, () => this.#storage.rename(from, to))
  }

  remove(path: string): Promise<void> {
    return this.#name('remove', path, () => this.#storage.remove(path))
  }

  /** What is changed while the sync is under way is not covered by it. */
  syncDirectory(path: string): Promise<void> {
    const { mark } = this.#storage.names
    return this.#name('syncDirectory', path, () => this.#storage.syncDirectory(path, mark))
  }

  lock(path: string): Promise<DiskLock> {
    return this.#name('lock', path, () => {
      this.#storage.requireDirectory('lock', path)
      const holder = this.#locks.get(path)
      if (holder !== undefined && !holder.life.ended) throw refusal('locked', 'lock', path)
      const mine = { life: this.#life }
      this.#locks.set(path, mine)
      return { release: () => this.#release(path, mine) }
    })
  }

  #release(path: string, mine: { readonly life: Life }): Promise<void> {
    return this.#name('unlock', path, () => {
      if (this.#locks.get(path) === mine) this.#locks.delete(path)
    })
  }

  #name<T>(operation: DiskOperation, path: string, effect: () => T): Promise<T> {
    return this.#engine.perform(this.#life, { operation, path, bytes: 0, effect })
  }
}

interface ProcessFileOptions {
  readonly storage: DiskStorage
  readonly engine: DiskEngine
  readonly life: Life
  readonly file: OpenInode
  readonly writable: boolean
}

class ProcessFile implements DiskFile {
  readonly #storage: DiskStorage
  readonly #engine: DiskEngine
  readonly #life: Life
  readonly #file: OpenInode
  readonly #writable: boolean
  #running = 0
  #closing: Promise<void> | null = null
  #whenIdle: (() => void) | null = null

  constructor({ storage, engine, life, file, writable }: ProcessFileOptions) {
    this.#storage = storage
    this.#engine = engine
    this.#life = life
    this.#file = file
    this.#writable = writable
  }

  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    assert(offset >= 0 && offset + length <= target.byteLength, 'the range is inside the target')
    const range = { offset, length, position }
    const effect = (): number => this.#storage.read(this.#file, target, range)
    return this.#perform({ ...this.#plain('read'), bytes: length, effect })
  }

  /** Half of the time what is asked for is not at hand, so that both ways of reading are gone. */
  readNow(target: Uint8Array, offset: number, length: number, position: number): number | null {
    assert(offset >= 0 && offset + length <= target.byteLength, 'the range is inside the target')
    if (this.#life.ended || this.#closing !== null) return null
    if (this.#storage.injector.chance.happens(0.5)) return null
    return this.#storage.read(this.#file, target, { offset, length, position })
  }

  /** The source is taken when the write completes: who changes it before spoils what is written. */
  write(source: Uint8Array, offset: number, length: number, position: number): Promise<void> {
    assert(offset >= 0 && offset + length <= source.byteLength, 'the range is inside the source')
    const range = { offset, length, position }
    // Spelled out: this is what a running node asks of its disk all the time.
    return this.#perform({
      operation: 'write',
      path: this.#file.path,
      bytes: length,
      finished: this.#finished,
      durable: this.#file.durable,
      effect: () => {
        this.#requireWritable('write')
        this.#storage.write(this.#file, source, range)
      },
      interrupted: () => {
        if (this.#writable) this.#storage.interruptWrite(this.#file, source, range)
      },
    })
  }

  /** What is written while the sync is under way is not covered by it. */
  sync(): Promise<void> {
    const { mark } = this.#file.inode
    const effect = (): void => this.#storage.sync(this.#file, mark)
    return this.#perform({ ...this.#plain('sync'), effect })
  }

  truncate(size: number): Promise<void> {
    assert(size >= 0, 'a size is not negative')
    const effect = (): void => {
      this.#requireWritable('truncate')
      this.#storage.truncate(this.#file, size)
    }
    return this.#perform({ ...this.#plain('truncate'), effect })
  }

  size(): Promise<number> {
    return this.#perform({ ...this.#plain('size'), effect: () => this.#file.inode.size })
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve, reject) => {
      const { path } = this.#file
      const start = (): void => {
        const work = { operation: 'close', path, bytes: 0, effect: () => {} } as const
        this.#engine.perform(this.#life, work).then(resolve, reject)
      }
      if (this.#running === 0) start()
      else this.#whenIdle = start
    })
    return this.#closing
  }

  #plain(operation: DiskOperation): Omit<DiskWork<unknown>, 'effect'> {
    return { operation, path: this.#file.path, bytes: 0, finished: this.#finished }
  }

  #perform<T>(work: DiskWork<T>): Promise<T> {
    if (this.#life.ended) return this.#life.never()
    if (this.#closing !== null) return Promise.reject(new DiskError('closed', work))
    this.#running += 1
    return this.#engine.perform(this.#life, work)
  }

  readonly #finished = (): void => {
    this.#running -= 1
    if (this.#running === 0) this.#whenIdle?.()
  }

  #requireWritable(operation: DiskOperation): void {
    if (!this.#writable) throw refusal('io', operation, this.#file.path)
  }
}
