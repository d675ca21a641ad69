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
  'quickLoadMs' | 'quickReadBytesMax' | 'quickReadMs' | 'quickReadPauseTimes'
>

/** Of a file. */
interface Piece {
  readonly start: number
  readonly length: number
}

/** Where in memory it is to stand. */
interface Target {
  readonly memory: Memory
  readonly at: number
}

export class QuickReader {
  readonly #limits: QuickLimits
  readonly #clock: Clock
  readonly #memory: Memory
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  /** As the system counted them when a read took long the last time. */
  #deviceReads = -1
  /** Reads since then. */
  #quickOnes = 0
  #reads = 0
  #spentMs = 0

  constructor(limits: QuickLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#memory = allocate(limits.quickReadBytesMax)
  }

  /** Valid until the next call. Null: not at hand. */
  read(file: DataFile, number: number): Uint8Array | null {
    const start = file.index.offset(number)
    const length = recordSpace(file.index.bytes(number))
    const memory = this.#memory
    if (!this.#mayBring(file, start, length)) return null
    if (!this.#bring(file, { start, length }, { memory, at: 0 })) return null
    return recordIn(file, number, { memory, start })
  }

  get reads(): number {
    return this.#reads
  }

  /** For how long everybody has waited for them. */
  get spentMs(): number {
    return this.#spentMs
  }

  /** False: these bytes of the file are not at hand. */
  fill(file: DataFile, { start, length }: Piece, target: Target): boolean {
    return this.#mayBring(file, start, length) && this.#bring(file, { start, length }, target)
  }

  #mayBring({ data }: DataFile, start: number, length: number): boolean {
    return length <= this.#limits.quickReadBytesMax && start + length <= data.written
  }

  #bring(file: DataFile, { start, length }: Piece, { memory, at }: Target): boolean {
    const beganMs = this.#clock.monotonicMs()
    if (beganMs < this.#pausedUntilMs) return false
    const count = readNow(file, memory.bytes, { at, length, start })
    this.#reads += 1
    this.#quickOnes += 1
    const endedMs = this.#clock.monotonicMs()
    this.#spentMs += endedMs - beganMs
    if (endedMs - beganMs > this.#limits.quickReadMs) this.#tookLong(file, { beganMs, endedMs })
    return count === length
  }

  /** Many reads have taken longer all together than they would from memory. */
  doubt(file: DataFile): void {
    if (this.#askedDevice(file)) this.#pause(this.#clock.monotonicMs(), this.#limits.quickLoadMs)
  }

  #tookLong(
    file: DataFile,
    { beganMs, endedMs }: { readonly beganMs: number; readonly endedMs: number },
  ): void {
    const isChance = this.#quickOnes > CHANCE_READS
    this.#quickOnes = 0
    if (this.#askedDevice(file) || !isChance) this.#pause(endedMs, endedMs - beganMs)
  }

  /** Whether the system had to since this was asked last; one that does not count it may have. */
  #askedDevice({ data }: DataFile): boolean {
    const before = this.#deviceReads
    const deviceReads = data.deviceReads()
    this.#deviceReads = deviceReads ?? -1
    return deviceReads !== before
  }

  #pause(nowMs: number, tookMs: number): void {
    this.#pausedUntilMs = nowMs + this.#limits.quickReadPauseTimes * tookMs
  }
}

function readNow(
  { data }: DataFile,
  target: Uint8Array,
  { at, length, start }: { at: number } & Piece,
): number | null {
  try {
    return data.readNow(target, at, length, start)
  } catch (error) {
    if (error instanceof DiskError) return null
    throw error
  }
}
