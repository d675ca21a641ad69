/**
 * A disk that is a map from path to bytes and never fails: for tests that look at tens of thousands
 * of damaged logs one by one. Crashes and faults are the business of sim/world.
 */

import {
  type Disk,
  DiskError,
  type DiskFile,
  type DiskLock,
  type OpenOptions,
} from '../../io/index.ts'

export const PAGE_BYTES = 4096

export interface Inode {
  bytes: Uint8Array
  /** Where a page begins that cannot be read until it is written anew. */
  unreadable?: number
}

/** The bytes, with zeros for what cannot be read. */
export function readable({ bytes, unreadable: page }: Inode): Uint8Array {
  return page === undefined ? bytes : bytes.slice().fill(0, page, page + PAGE_BYTES)
}

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Inode>()

  copy(): MemoryDisk {
    const other = new MemoryDisk()
    for (const [path, inode] of this.files) {
      other.files.set(path, { ...inode, bytes: inode.bytes.slice() })
    }
    return other
  }

  bytesOf(path: string): Uint8Array {
    return this.#inode(path, 'read').bytes
  }

  async open(path: string, { mode }: OpenOptions): Promise<DiskFile> {
    if (mode !== 'create') return new MemoryFile(this.#inode(path, 'open'), path)
    if (this.files.has(path)) throw new DiskError('exists', { operation: 'open', path })
    const inode: Inode = { bytes: new Uint8Array(0) }
    this.files.set(path, inode)
    return new MemoryFile(inode, path)
  }

  async makeDirectory(_path: string): Promise<void> {}

  async list(path: string): Promise<readonly string[]> {
    const below = `${path}/`
    const names = [...this.files.keys()].filter((name) => name.startsWith(below))
    return names.map((name) => name.slice(below.length)).sort()
  }

  async rename(from: string, to: string): Promise<void> {
    this.files.set(to, this.#inode(from, 'rename'))
    this.files.delete(from)
  }

  async remove(path: string): Promise<void> {
    this.#inode(path, 'remove')
    this.files.delete(path)
  }

  async syncDirectory(_path: string): Promise<void> {}

  async lock(_path: string): Promise<DiskLock> {
    return { release: async () => {} }
  }

  #inode(path: string, operation: string): Inode {
    const inode = this.files.get(path)
    if (inode === undefined) throw new DiskError('notFound', { operation, path })
    return inode
  }
}

class MemoryFile implements DiskFile {
  readonly #inode: Inode
  readonly #path: string

  constructor(inode: Inode, path: string) {
    this.#inode = inode
    this.#path = path
  }

  async read(target: Uint8Array, offset: number, length: number, position: number) {
    return this.readNow(target, offset, length, position)
  }

  readNow(target: Uint8Array, offset: number, length: number, position: number) {
    if (this.#isUnreadable(position, length)) {
      throw new DiskError('io', { operation: 'read', path: this.#path })
    }
    const bytes = this.#inode.bytes.subarray(position, position + length)
    target.set(bytes, offset)
    return bytes.length
  }

  async write(source: Uint8Array, offset: number, length: number, position: number) {
    if (this.#isUnreadable(position, length)) delete this.#inode.unreadable
    if (position + length > this.#inode.bytes.length) this.#resize(position + length)
    this.#inode.bytes.set(source.subarray(offset, offset + length), position)
  }

  async sync(): Promise<void> {}

  async truncate(size: number): Promise<void> {
    this.#resize(size)
  }

  async size(): Promise<number> {
    return this.#inode.bytes.length
  }

  async close(): Promise<void> {}

  #isUnreadable(position: number, length: number): boolean {
    const { unreadable: page } = this.#inode
    return page !== undefined && position < page + PAGE_BYTES && position + length > page
  }

  #resize(size: number): void {
    const bytes = new Uint8Array(size)
    bytes.set(this.#inode.bytes.subarray(0, size))
    this.#inode.bytes = bytes
  }
}
