import { assert, BrokenInvariant, KvError } from '../../base/index.ts'

/**
 * The only file that knows the package `lmdb`. It is loaded when an engine of that kind is opened,
 * so that a node with another engine runs without it.
 *
 * The file is opened without `overlappingSync`, the package's own default: every transaction is
 * synced before its meta page is written, as LMDB is designed, so the file is consistent after a
 * power failure at any moment, and a transaction is durable when its promise resolves.
 * See docs/decision/0051-lmdb.md.
 */

/** What we use of a database of the package. */
interface Database {
  put(key: Uint8Array, value: Uint8Array, options?: { append: boolean }): Promise<boolean>
  remove(key: Uint8Array): Promise<boolean>
  batch(fill: () => void): Promise<boolean>
  getBinary(key: Uint8Array): Uint8Array | undefined
  getRange(
    options: RangeOptions,
  ): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>
  prefetch(keys: readonly Uint8Array[]): Promise<void>
  resetReadTxn(): void
  getStats(): {
    readonly entryCount: number
    readonly lastPageNumber: number
    readonly pageSize: number
  }
}

interface RangeOptions {
  readonly start?: Uint8Array
  readonly exclusiveStart?: boolean
  readonly limit: number
}

interface RootDatabase extends Database {
  openDB(options: object): Database
  close(): Promise<void>
}

interface Library {
  open(options: object): RootDatabase
}

export interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** What one transaction changes. */
export interface Changes {
  /** Behind every record there is, ascending. Their bytes must not change until it is committed. */
  readonly puts: readonly Row[]
  readonly removes: readonly Uint8Array[]
  /** Takes the place of the one before; null: that one stays. */
  readonly checkpoint: Uint8Array | null
}

const ENVIRONMENT = {
  noSubdir: true,
  overlappingSync: false,
  // Else the package makes promises of its own for a transaction, which nobody can catch when the
  // transaction fails.
  eventTurnBatching: false,
}
const BINARY = { encoding: 'binary', keyEncoding: 'binary', cache: false }
const CHECKPOINT_KEY = new TextEncoder().encode('checkpoint')

export interface FileOptions {
  readonly path: string
  /** Address space at first. */
  readonly mapBytes: number
  /** Asked when it cannot be told from the failure alone. */
  readonly isFull: () => Promise<boolean>
}

/** One LMDB environment in one file: the records by key, and beside them the checkpoint. */
export class LmdbFile {
  readonly #path: string
  readonly #isFull: () => Promise<boolean>
  readonly #root: RootDatabase
  readonly #records: Database
  readonly #state: Database
  #entries: number

  private constructor(
    { path, isFull }: FileOptions,
    { root, records, state }: { root: RootDatabase; records: Database; state: Database },
  ) {
    this.#path = path
    this.#isFull = isFull
    this.#root = root
    this.#records = records
    this.#state = state
    this.#entries = records.getStats().entryCount
  }

  /** Makes the file when it is missing. */
  static async open(options: FileOptions): Promise<LmdbFile> {
    const { path, mapBytes } = options
    const { open } = await loadLibrary()
    let root: RootDatabase | null = null
    try {
      root = open({ path, ...ENVIRONMENT, mapSize: mapBytes, ...BINARY })
      const records = root.openDB({ name: 'records', ...BINARY })
      const state = root.openDB({ name: 'state', ...BINARY })
      return new LmdbFile(options, { root, records, state })
    } catch (cause) {
      await root?.close()
      throw failureOf(cause, path)
    }
  }

  get fileBytes(): number {
    const { lastPageNumber, pageSize } = this.#records.getStats()
    return (lastPageNumber + 1) * pageSize
  }

  /** One transaction: all or nothing, durable when it resolves. One at a time. */
  async commit(changes: Changes): Promise<void> {
    try {
      await this.#commit(changes)
    } catch (error) {
      if (codeOf(error) !== EIO) throw failureOf(error, this.#path)
      // That is what LMDB makes of a write of which the disk took only a part, as a full one does.
      if (await this.#isFull()) {
        throw new KvError('DISK_FULL', `engine lmdb, ${this.#path}: no room`, { cause: error })
      }
      throw failureOf(error, this.#path)
    }
    // Whoever reads from now on sees it.
    this.#records.resetReadTxn()
    this.#entries += changes.puts.length - changes.removes.length
    const { entryCount } = this.#records.getStats()
    assert(entryCount === this.#entries, 'a transaction does what it was asked for')
  }

  async #commit({ puts, removes, checkpoint }: Changes): Promise<void> {
    const written: Promise<boolean>[] = []
    // What the function does becomes one transaction of a thread of its own.
    const committed = this.#records.batch(() => {
      for (const { key, value } of puts) {
        written.push(this.#records.put(key, value, { append: true }))
      }
      for (const key of removes) written.push(this.#records.remove(key))
      if (checkpoint !== null) written.push(this.#state.put(CHECKPOINT_KEY, checkpoint))
    })
    const answers = await settled([committed, ...written])
    assert(!answers.includes(false), 'what is appended is behind everything that is there')
  }

  checkpoint(): Uint8Array | null {
    return this.#asked(() => this.#state.getBinary(CHECKPOINT_KEY) ?? null)
  }

  /** In a thread of its own: brings what belongs to the keys from the disk into memory. */
  prefetch(keys: readonly Uint8Array[]): Promise<void> {
    return this.#records.prefetch(keys)
  }

  /** In memory of the caller's own. */
  value(key: Uint8Array): Uint8Array | null {
    return this.#asked(() => this.#records.getBinary(key) ?? null)
  }

  /** Ascending; behind `after`, or from the first on. */
  rows(after: Uint8Array | null, limit: number): readonly Row[] {
    const from = after === null ? {} : { start: after, exclusiveStart: true }
    return this.#asked(() => Array.from(this.#records.getRange({ ...from, limit })))
  }

  /** Nothing may be under way. */
  close(): Promise<void> {
    return this.#root.close()
  }

  #asked<T>(body: () => T): T {
    try {
      return body()
    } catch (error) {
      throw failureOf(error, this.#path)
    }
  }
}

/** Fails with `ENGINE_MISSING`. */
export async function loadLibrary(): Promise<Library> {
  try {
    return (await import('lmdb')) as unknown as Library
  } catch (cause) {
    const text = 'the engine lmdb needs the package lmdb, which is not installed: npm install lmdb'
    throw new KvError('ENGINE_MISSING', text, { cause })
  }
}

/**
 * All of them, or the reason why the transaction failed, which the package hides one level down.
 */
async function settled(promises: readonly Promise<boolean>[]): Promise<boolean[]> {
  try {
    return await Promise.all(promises)
  } catch (error) {
    let reason = error
    const { commitError } = error as { commitError?: Promise<never> }
    commitError?.catch((cause: unknown) => {
      reason = cause
    })
    // The others of the same transaction fail with it; by then the reason is known, if ever.
    await Promise.allSettled(promises)
    throw reason
  }
}

const EIO = 5
const ENOSPC = 28
const EDQUOT = 122
/** Page not found, corrupted, version mismatch, invalid: the file is not what LMDB wrote. */
const DAMAGED: ReadonlySet<number> = new Set([-30797, -30796, -30794, -30793])

/** A failure of LMDB as a row of the error table. */
function failureOf(cause: unknown, path: string): KvError | BrokenInvariant {
  if (cause instanceof KvError || cause instanceof BrokenInvariant) return cause
  const code = codeOf(cause)
  const { message } = cause as { message?: string }
  const text = `engine lmdb, ${path}: ${message ?? 'failed'}`
  if (code === ENOSPC || code === EDQUOT) return new KvError('DISK_FULL', text, { cause })
  if (typeof code === 'number' && DAMAGED.has(code)) {
    return new KvError('ENGINE_CORRUPT', text, { cause })
  }
  return new KvError('DISK_FAILED', text, { cause })
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}
