/**
 * Reads a record while everybody waits: from the memory of the system that takes a few
 * microseconds, a tenth of what it costs to have it read beside the event loop. As soon as it takes
 * longer, it is left to the other way for a while.
 *
 * What is damaged is not judged here: it counts as not at hand, and the patient reader finds it.
 */

import { type Clock, DiskError } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import { recordIn } from './file-reader.ts'
import { recordSpace } from './format.ts'
import type { BitcaskLimits } from './limits.ts'
import { allocate, type Memory } from './memory.ts'

export type QuickLimits = Pick<
  BitcaskLimits,
  'quickReadBytesMax' | 'quickReadMs' | 'quickReadPauseMs'
>

export class QuickReader {
  readonly #limits: QuickLimits
  readonly #clock: Clock
  readonly #memory: Memory
  #pausedUntilMs = Number.NEGATIVE_INFINITY

  constructor(limits: QuickLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#memory = allocate(limits.quickReadBytesMax)
  }

  /** Valid until the next call. Null: not at hand. */
  read(file: DataFile, number: number): Uint8Array | null {
    const { quickReadBytesMax, quickReadMs, quickReadPauseMs } = this.#limits
    const start = file.index.offset(number)
    const length = recordSpace(file.index.bytes(number))
    if (length > quickReadBytesMax || start + length > file.data.written) return null
    const beganMs = this.#clock.monotonicMs()
    if (beganMs < this.#pausedUntilMs) return null
    const count = this.#bring(file, length, start)
    const endedMs = this.#clock.monotonicMs()
    if (endedMs - beganMs > quickReadMs) this.#pausedUntilMs = endedMs + quickReadPauseMs
    return count === length ? recordIn(file, number, { memory: this.#memory, start }) : null
  }

  #bring({ data }: DataFile, length: number, start: number): number | null {
    try {
      return data.readNow(this.#memory.bytes, length, start)
    } catch (error) {
      if (error instanceof DiskError) return null
      throw error
    }
  }
}
