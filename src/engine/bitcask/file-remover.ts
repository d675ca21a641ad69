import type { Pauses } from '../pauses.ts'
import type { DataFile } from './data-file.ts'
import type { Home } from './home.ts'
import type { BitcaskLimits } from './limits.ts'
import { removeIfThere } from './manifest-store.ts'
import type { StoredFile } from './stored-file.ts'

export interface FileRemoverOptions {
  readonly home: Home
  readonly limits: Pick<BitcaskLimits, 'removeSliceBytes' | 'removePauseMs'>
  readonly pauses: Pauses
}

/**
 * Removes files that no manifest names any more, one after the other and each from its end, a piece
 * at a time: a system that gives back a whole file at once keeps a processor busy for tens of
 * milliseconds, and a merge replaces several files at the same moment on every node.
 *
 * Whatever is left of them, whether a crash, an error or the end of the engine comes in between,
 * goes at the next start.
 */
export class FileRemover {
  readonly #options: FileRemoverOptions
  readonly #files = new Set<DataFile>()
  #last: Promise<void> = Promise.resolve()

  constructor(options: FileRemoverOptions) {
    this.#options = options
  }

  /** Those that are not gone yet. */
  get files(): Iterable<DataFile> {
    return this.#files
  }

  /** Nothing needs the file any more, but for those who still read it. */
  add(file: DataFile): void {
    this.#files.add(file)
    void file.unpinned().then(() => {
      this.#last = this.#last.then(() => this.#remove(file))
    })
  }

  /** Resolves when none is under way. Pauses end it. */
  async idle(): Promise<void> {
    await this.#last
  }

  async #remove(file: DataFile): Promise<void> {
    const { home, pauses } = this.#options
    try {
      for (const part of [file.data, file.hint]) {
        await this.#shorten(part)
        if (pauses.stopped) return
        await part.close()
        await removeIfThere(home, part.path)
      }
    } catch {
      // Only its room is lost until the next start.
    }
    this.#files.delete(file)
  }

  async #shorten(part: StoredFile): Promise<void> {
    const { limits, pauses } = this.#options
    while (part.written > limits.removeSliceBytes && !pauses.stopped) {
      await part.cut(part.written - limits.removeSliceBytes)
      await pauses.pause(limits.removePauseMs)
    }
  }
}
