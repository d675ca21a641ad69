import { assert } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import { DirectoryLock } from './directory-lock.ts'
import { translated } from './disk-failure.ts'
import type { Engine } from './types.ts'

/** The one engine that may be open on a directory, and the lock that is held for it. */
export class EngineSlot<E extends Engine> {
  readonly #lock: DirectoryLock
  #engine: E | null = null
  #isBusy = false

  constructor(place: { readonly disk: Disk; readonly directory: string }) {
    this.#lock = new DirectoryLock(place)
  }

  /** The one that is open. */
  get engine(): E | null {
    return this.#engine
  }

  /** It was opened; only within `alone`. */
  fill(engine: E): E {
    assert(this.#isBusy && this.#engine === null, 'one engine is open at a time')
    this.#engine = engine
    return engine
  }

  /** With the lock, which is kept when an engine has come of it or is still open. */
  async alone<T>(body: () => Promise<T>): Promise<T> {
    assert(!this.#isBusy, 'a directory is opened or replaced once at a time')
    this.#isBusy = true
    try {
      return await translated(async () => {
        await this.#lock.take()
        return body()
      })
    } finally {
      this.#isBusy = false
      if (this.#engine === null) await this.#lock.release()
    }
  }

  /** For the engine to tell that nothing of it touches the directory any more. */
  readonly closed = async (): Promise<void> => {
    this.#engine = null
    // Whoever replaces the store keeps the lock for the next engine.
    if (!this.#isBusy) await this.#lock.release()
  }
}
