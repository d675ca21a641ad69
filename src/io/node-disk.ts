import fs from 'node:fs'
import { dirname } from 'node:path'
import { KvError } from '../base/index.ts'
import { toDiskError } from './disk-errors.ts'
import { NodeFile } from './node-file.ts'
import { LOCK_FILE, NodeLock } from './node-lock.ts'
import {
  type Disk,
  DiskError,
  type DiskFile,
  type DiskLock,
  type OpenMode,
  type OpenOptions,
} from './types.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR } = fs.constants

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  readWrite: O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
}

/** For nobody else: what a node keeps is read with its permission. */
const DIRECTORY_MODE = 0o700

/** What a directory that was there before may answer to a sync. */
const NOT_SYNCED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EINVAL'])

/** Not every system has it; without it a write that returned would not be durable. */
interface Durability {
  readonly O_DSYNC?: number
}

export function createNodeDisk({ O_DSYNC = 0 }: Durability = fs.constants): Disk {
  return new NodeDisk(O_DSYNC)
}

/**
 * Whatever disk took them, they are locks of the process, with one listener for its end: many nodes
 * may live in it. This also keeps them alive: a collected lock would be a released one.
 */
const LOCKS = new Set<NodeLock>()

function releaseAll(): void {
  for (const lock of LOCKS) lock.release()
}

class NodeDisk implements Disk {
  /** 0 where the system has none. */
  readonly #durableFlag: number

  constructor(durableFlag: number) {
    this.#durableFlag = durableFlag
  }

  readonly deviceReads = (): number => process.resourceUsage().fsRead

  async open(path: string, options: OpenOptions): Promise<DiskFile> {
    const durable = options.durable === true
    if (durable && this.#durableFlag === 0) throw withoutDurability(path)
    const flags = FLAGS[options.mode] | (durable ? this.#durableFlag : 0)
    return new NodeFile(await openDescriptor(path, { flags, operation: 'open' }), path)
  }

  async makeDirectory(path: string): Promise<void> {
    let made: ReadonlySet<string>
    try {
      made = await makeWithParents(path)
    } catch (cause) {
      throw toDiskError(cause, { operation: 'makeDirectory', path })
    }
    // All the way up, also when nothing was made: an earlier life may have made a part and died
    // before it was durable.
    for (let at = path; ; at = dirname(at)) {
      await this.#syncAncestor(at, { isNew: made.has(at) })
      if (dirname(at) === at) return
    }
  }

  async list(path: string): Promise<readonly string[]> {
    try {
      const names = await fs.promises.readdir(path)
      return names.filter((name) => name !== LOCK_FILE).sort()
    } catch (cause) {
      throw toDiskError(cause, { operation: 'list', path })
    }
  }

  async rename(from: string, to: string): Promise<void> {
    try {
      await fs.promises.rename(from, to)
    } catch (cause) {
      throw toDiskError(cause, { operation: 'rename', path: from })
    }
  }

  async remove(path: string): Promise<void> {
    try {
      await fs.promises.unlink(path)
    } catch (cause) {
      throw toDiskError(cause, { operation: 'remove', path })
    }
  }

  async syncDirectory(path: string): Promise<void> {
    const operation = 'syncDirectory'
    const descriptor = await openDescriptor(path, { flags: O_RDONLY | O_DIRECTORY, operation })
    await new Promise<void>((resolve, reject) => {
      fs.fsync(descriptor, (syncError) => {
        fs.close(descriptor, (closeError) => {
          const cause = syncError ?? closeError
          if (cause) reject(toDiskError(cause, { operation, path }))
          else resolve()
        })
      })
    })
  }

  async lock(path: string): Promise<DiskLock> {
    await this.#mustBeDirectory(path)
    const lock = new NodeLock(path)
    if (LOCKS.size === 0) process.on('exit', releaseAll)
    LOCKS.add(lock)
    return { release: () => this.#release(lock) }
  }

  async #release(lock: NodeLock): Promise<void> {
    lock.release()
    LOCKS.delete(lock)
    if (LOCKS.size === 0) process.off('exit', releaseAll)
  }

  async #mustBeDirectory(path: string): Promise<void> {
    const flags = O_RDONLY | O_DIRECTORY
    const descriptor = await openDescriptor(path, { flags, operation: 'lock' })
    await new Promise((resolve) => fs.close(descriptor, resolve))
  }

  async #syncAncestor(path: string, { isNew }: { isNew: boolean }): Promise<void> {
    try {
      await this.syncDirectory(path)
    } catch (error) {
      // Some may be passed through but not read, and some file systems sync no directory.
      const errno = (error as { cause?: NodeJS.ErrnoException }).cause?.code
      if (isNew || !NOT_SYNCED.has(errno ?? '')) throw error
    }
  }
}

/**
 * Node's own way (`recursive`) never returns where the kernel makes no directories, as in /proc.
 * Returns what it made.
 */
/**
 * The runtime's own way to make parents, too, never ends where one is there and takes no children,
 * as /proc.
 */
async function makeWithParents(path: string): Promise<Set<string>> {
  try {
    await fs.promises.mkdir(path, DIRECTORY_MODE)
    return new Set([path])
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) {
      const made = await makeWithParents(dirname(path))
      await fs.promises.mkdir(path, DIRECTORY_MODE)
      return made.add(path)
    }
    if (!(await isDirectory(path))) throw error
    return new Set()
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await fs.promises.stat(path)).isDirectory()
  } catch {
    return false
  }
}

function withoutDurability(path: string): DiskError {
  const text = 'this system has no O_DSYNC: a write that returned would not be durable'
  const cause = new KvError('DISK_FAILED', text)
  return new DiskError('io', { operation: 'open', path, cause })
}

function openDescriptor(
  path: string,
  { flags, operation }: { flags: number; operation: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (cause, descriptor) => {
      if (cause !== null) reject(toDiskError(cause, { operation, path }))
      else resolve(descriptor)
    })
  })
}
