import { assert } from '../../base/index.ts'
import { DiskError } from '../../io/index.ts'
import type { Pauses } from '../pauses.ts'
import { stopped } from '../stopped.ts'
import type { Memory } from './memory.ts'
import type { StoredFile } from './stored-file.ts'

export interface WriteItem {
  readonly file: StoredFile
  readonly memory: Memory
  readonly length: number
  readonly position: number
  /** The file has it: the memory may be used for something else. */
  readonly onWritten: () => void
}

export interface WriteQueueOptions {
  readonly pauses: Pauses
  /** Null: without room on disk it fails, instead of waiting. */
  readonly spaceRetryMs: number | null
  readonly onProgress: () => void
  readonly onFailed: (error: unknown) => void
}

interface Waiter {
  readonly until: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes one item after the other, in the background.
 * Invariant: after a failure nothing more is written, and nobody is told that something was.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #items: WriteItem[] = []
  #bytes = 0
  /** Items that ever came, and that were written. */
  #came = 0
  #done = 0
  #waiters: Waiter[] = []
  #running: Promise<void> | null = null
  #failure: unknown = null
  #closed = false

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** What waits to be written. */
  get bytes(): number {
    return this.#bytes
  }

  push(item: WriteItem): void {
    this.#came += 1
    this.#bytes += item.length
    this.#items.push(item)
    if (this.#running !== null || this.#failure !== null || this.#closed) return
    this.#running = this.#run()
  }

  /** Resolves when everything that came before the call is written. */
  idle(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#done === this.#came) return Promise.resolve()
    if (this.#closed) return Promise.reject(stopped())
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until: this.#came, resolve, reject })
    })
  }

  /** Ends with the write that is under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    this.#refuseWaiters(stopped())
  }

  async #run(): Promise<void> {
    // Everything that is appended in this turn first: it may fill up the chunk.
    await Promise.resolve()
    try {
      while (this.#items.length > 0 && !this.#closed) {
        const item = this.#items[0] as WriteItem
        if (!(await this.#write(item))) throw stopped()
        this.#items.shift()
        this.#settle(item)
      }
    } catch (error) {
      this.#failure = error
      this.#refuseWaiters(error)
      this.#options.onFailed(error)
    } finally {
      this.#running = null
    }
  }

  /** False when it was stopped while it waited for room. */
  async #write({ file, memory, length, position }: WriteItem): Promise<boolean> {
    const { spaceRetryMs, pauses } = this.#options
    for (;;) {
      try {
        await file.write(memory.bytes, length, position)
        return true
      } catch (error) {
        const full = error instanceof DiskError && error.code === 'full'
        if (!full || spaceRetryMs === null) throw error
      }
      // What was written of it is written again, the same bytes at the same place.
      if (!(await pauses.pause(spaceRetryMs)) || this.#closed) return false
    }
  }

  #settle(item: WriteItem): void {
    assert(this.#bytes >= item.length, 'what is written was counted')
    this.#bytes -= item.length
    this.#done += 1
    item.onWritten()
    let told = 0
    for (const { until, resolve } of this.#waiters) {
      if (until > this.#done) break
      resolve()
      told += 1
    }
    this.#waiters.splice(0, told)
    this.#options.onProgress()
  }

  #refuseWaiters(error: unknown): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }
}
