/**
 * Reads a record while everybody waits: from the memory of the system that takes a few
 * microseconds, a tenth of what it costs to have it read beside the event loop. As soon as it takes
 * longer, it is left to the other way for a while.
 *
 * A process that was not run for a moment while it read looks like a slow disk; on a busy machine
 * that happens a hundred times a second. So the system is asked whether it was the device.
 *
 * What is damaged is not judged here: it counts as not at hand, and the patient reader finds it.
 */

import { type Clock, DiskError } from '../../io/index.ts'
import type { DataFile } from './data-file.ts'
import { recordIn } from './file-reader.ts'
import { recordSpace } from './format.ts'
import type { BitcaskLimits } from './limits.ts'
import { allocate, type Memory } from './memory.ts'

/**
 * One of so many reads may take long by chance; on a machine that is very busy one of a thousand.
 */
const CHANCE_READS = 16

export type QuickLimits = Pick<
  BitcaskLimits,
  'quickReadBytesMax' | 'quickReadMs' | 'quickReadPauseMs'
>

export class QuickReader {
  readonly #limits: QuickLimits
  readonly #clock: Clock
  readonly #memory: Memory
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  /** As the system counted them when a read took long the last time. */
  #deviceReads = -1
  /** Reads since then. */
  #quickOnes = 0

  constructor(limits: QuickLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#memory = allocate(limits.quickReadBytesMax)
  }

  /** Valid until the next call. Null: not at hand. */
  read(file: DataFile, number: number): Uint8Array | null {
    const { quickReadBytesMax, quickReadMs } = this.#limits
    const start = file.index.offset(number)
    const length = recordSpace(file.index.bytes(number))
    if (length > quickReadBytesMax || start + length > file.data.written) return null
    const beganMs = this.#clock.monotonicMs()
    if (beganMs < this.#pausedUntilMs) return null
    const count = this.#bring(file, length, start)
    this.#quickOnes += 1
    const endedMs = this.#clock.monotonicMs()
    if (endedMs - beganMs > quickReadMs) this.#tookLong(file, endedMs)
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

  #tookLong({ data }: DataFile, endedMs: number): void {
    const deviceReads = data.deviceReads()
    // A disk that nobody counts is known by being slow again and again.
    const isChance = this.#quickOnes > CHANCE_READS && deviceReads === this.#deviceReads
    this.#deviceReads = deviceReads ?? -1
    this.#quickOnes = 0
    if (!isChance) this.#pausedUntilMs = endedMs + this.#limits.quickReadPauseMs
  }
}
