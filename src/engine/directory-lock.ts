import { KvError } from '../base/index.ts'
import { type Disk, DiskError, type DiskLock } from '../io/index.ts'

/** The directory of an engine, for one process and in it for one factory at a time. */
export class DirectoryLock {
  readonly #disk: Disk
  readonly #directory: string
  #lock: DiskLock | null = null

  constructor({ disk, directory }: { disk: Disk; directory: string }) {
    this.#disk = disk
    this.#directory = directory
  }

  /** Makes the directory when it is missing. Idempotent. Fails with `LOG_LOCKED`. */
  async take(): Promise<void> {
    if (this.#lock !== null) return
    try {
      await this.#disk.makeDirectory(this.#directory)
      this.#lock = await this.#disk.lock(this.#directory)
    } catch (error) {
      if (!(error instanceof DiskError && error.code === 'locked')) throw error
      const text = `another process uses ${this.#directory}; stop that one first`
      throw new KvError('LOG_LOCKED', text, { cause: error })
    }
  }

  /** Idempotent. */
  async release(): Promise<void> {
    const lock = this.#lock
    this.#lock = null
    await lock?.release()
  }
}
