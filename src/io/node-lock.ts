import { createRequire } from 'node:module'
import type { DatabaseSync } from 'node:sqlite'
import { toDiskError } from './disk-errors.ts'
import { DiskError } from './types.ts'

/**
 * A lock that the kernel ends with the process, however it ends. Node offers neither `flock` nor
 * `fcntl`, but SQLite, which is part of it, takes an `fcntl` lock on a file for an exclusive
 * transaction and drops the file's own lock at no other time. The file stays empty.
 *
 * Rejected: a file holding the process id. It outlives a kill, ids are given again, and a process
 * in another container looks dead although it writes; each would let two nodes into one directory.
 *
 * Limits: it holds between processes of one machine, containers included, and over a network file
 * system only as far as that passes `fcntl` locks on. No other code of this process may open and
 * close the lock file: POSIX drops a process's locks on any close.
 */
export const LOCK_FILE = '.quorate-lock'

const SQLITE_BUSY = 5

export class NodeLock {
  #database: DatabaseSync | null

  constructor(directory: string) {
    const context = { operation: 'lock', path: directory }
    let database: DatabaseSync | null = null
    try {
      // Loaded here, not at the top: some versions of Node print a warning when it is.
      const sqlite = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite')
      database = new sqlite.DatabaseSync(`${directory}/${LOCK_FILE}`, { timeout: 0 })
      database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
    } catch (cause) {
      database?.close()
      const busy = (cause as { errcode?: number }).errcode === SQLITE_BUSY
      throw busy ? new DiskError('locked', { ...context, cause }) : toDiskError(cause, context)
    }
    this.#database = database
  }

  release(): void {
    this.#database?.close()
    this.#database = null
  }
}
