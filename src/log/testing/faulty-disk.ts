/**
 * A disk in front of another one that refuses what a test tells it to, and knows which files are
 * open. Reads fail as those of a system do: a range with one unreadable place in it fails as a
 * whole.
 */

import {
  type Disk,
  DiskError,
  type DiskErrorCode,
  type DiskFile,
  type DiskLock,
  type OpenOptions,
} from '../../io/index.ts'

export interface DiskRequest {
  readonly operation: keyof Disk | keyof DiskFile
  readonly path: string
  /** Of reads and writes: which bytes. */
  readonly from: number
  readonly to: number
}

/** Null: the disk behind it does what is asked for. */
export type Refusal = (request: DiskRequest) => DiskErrorCode | null

export class FaultyDisk implements Disk {
  readonly #inner: Disk
  refusal: Refusal = () => null
  /** Called before an operation is handed on; may wait. */
  before: (request: DiskRequest) => Promise<void> | null = () => null
  /** The paths under which the files that are open were opened. */
  readonly openPaths: string[] = []
  readonly #locked = new Set<string>()

  constructor(inner: Disk) {
    this.#inner = inner
  }

  async open(path: string, options: OpenOptions): Promise<DiskFile> {
    await this.#ask('open', path)
    const file = await this.#inner.open(path, options)
    this.openPaths.push(path)
    return this.#watched(file, path)
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#ask('makeDirectory', path)
    await this.#inner.makeDirectory(path)
  }

  async list(path: string): Promise<readonly string[]> {
    await this.#ask('list', path)
    return this.#inner.list(path)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#ask('rename', from)
    await this.#inner.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    await this.#ask('remove', path)
    await this.#inner.remove(path)
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#ask('syncDirectory', path)
    await this.#inner.syncDirectory(path)
  }

  async lock(path: string): Promise<DiskLock> {
    await this.#ask('lock', path)
    if (this.#locked.has(path)) throw new DiskError('locked', { operation: 'lock', path })
    this.#locked.add(path)
    return {
      release: async () => {
        this.#locked.delete(path)
      },
    }
  }

  /** Every range that touches this one cannot be read. */
  makeUnreadable(path: string, { from, to }: { from: number; to: number }): void {
    this.refusal = (request) => {
      const read = request.operation === 'read' && request.path === path
      return read && request.from < to && request.to > from ? 'io' : null
    }
  }

  #watched(file: DiskFile, path: string): DiskFile {
    let open = true
    return {
      read: async (target, offset, length, position) => {
        await this.#ask('read', path, { from: position, to: position + length })
        return file.read(target, offset, length, position)
      },
      readNow: () => null,
      write: async (source, offset, length, position) => {
        await this.#ask('write', path, { from: position, to: position + length })
        return file.write(source, offset, length, position)
      },
      sync: async () => {
        await this.#ask('sync', path)
        return file.sync()
      },
      truncate: async (size) => {
        await this.#ask('truncate', path)
        return file.truncate(size)
      },
      size: async () => {
        await this.#ask('size', path)
        return file.size()
      },
      // A descriptor is gone also when its close fails.
      close: async () => {
        if (open) this.openPaths.splice(this.openPaths.indexOf(path), 1)
        open = false
        await this.#ask('close', path)
        await file.close()
      },
    }
  }

  async #ask(
    operation: DiskRequest['operation'],
    path: string,
    { from, to }: { from: number; to: number } = { from: 0, to: 0 },
  ): Promise<void> {
    const request = { operation, path, from, to }
    await this.before(request)
    const code = this.refusal(request)
    if (code !== null) throw new DiskError(code, { operation, path })
  }
}
