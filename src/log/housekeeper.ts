/**
 * What happens to files in the background, one thing at a time: leaving a full segment in good
 * order, letting go of the oldest ones, preparing the next.
 *
 * A disk without room is no failure here: the log goes on in its spare, `onSpace` tells, and the
 * disk is asked again until it has room.
 */

import { alignUp, LOG_DAMAGED_KEPT_MAX, LOG_SPACE_RETRY_MS } from '../base/index.ts'
import { type Clock, type Disk, DiskError, type Timer } from '../io/index.ts'
import type { Term } from '../raft/index.ts'
import type { FreeFiles } from './free-files.ts'
import type { OldSegment, SegmentStore } from './segment-store.ts'

/** The one that is used next, and the spare for a full disk. */
const FREE_FILES_MIN = 2

export interface Remainder {
  readonly path: string
  /** Where the trusted content ends: nothing behind it is ever read. */
  readonly end: number
}

export interface HousekeeperOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly store: SegmentStore
  readonly free: FreeFiles
  readonly segmentBytes: number
  readonly alignment: number
  readonly recycledMax: number
  /** Damaged segments that are kept aside already. */
  readonly damagedKept: number
  readonly maxTerm: () => Term
  readonly onFatal: (error: unknown) => void
  readonly onSpace: (full: boolean) => void
  /** Files of earlier lives whose unused ends give their room back. */
  readonly remainders: readonly Remainder[]
}

export class Housekeeper {
  readonly #options: HousekeeperOptions
  #remainders: readonly Remainder[]
  #damagedKept: number
  #work: Promise<void> | null = null
  #again = false
  #stopped = false
  #full = false
  #retry: Timer | null = null

  constructor(options: HousekeeperOptions) {
    this.#options = options
    this.#remainders = options.remainders
    this.#damagedKept = options.damagedKept
  }

  get full(): boolean {
    return this.#full
  }

  /** Something may be to do. */
  kick(): void {
    if (this.#stopped) return
    this.#again = true
    this.#work ??= this.#run()
  }

  /** Returns when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#retry?.cancel()
    this.#retry = null
    await this.#work
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        await this.#leaveSegments()
        await this.#trim()
        await this.#release()
        await this.#refill()
      }
    } catch (error) {
      this.#options.onFatal(error)
    } finally {
      this.#work = null
    }
  }

  async #leaveSegments(): Promise<void> {
    const { store, maxTerm } = this.#options
    for (const segment of [...store.left]) await store.leave(segment, { maxTerm: maxTerm() })
  }

  async #trim(): Promise<void> {
    const { disk, alignment } = this.#options
    const remainders = this.#remainders
    this.#remainders = []
    for (const { path, end } of remainders) {
      const file = await disk.open(path, { mode: 'readWrite' })
      try {
        const keep = alignUp(end, alignment)
        if ((await file.size()) > keep) await file.truncate(keep)
      } finally {
        await file.close()
      }
    }
  }

  async #release(): Promise<void> {
    const { store } = this.#options
    for (let next = store.nextToGo; next.length > 0 && !this.#stopped; next = store.nextToGo) {
      if (next.some((segment) => store.isHeld(segment))) return
      for (const segment of next) {
        // A load may have come to it meanwhile.
        if (store.isHeld(segment)) return
        await this.#remove(segment)
      }
    }
  }

  /** It is the oldest. */
  async #remove({ damaged }: OldSegment): Promise<void> {
    const { store, free, recycledMax } = this.#options
    const keepDamaged = damaged && this.#damagedKept < LOG_DAMAGED_KEPT_MAX
    if (keepDamaged) this.#damagedKept += 1
    const recycle = free.count < FREE_FILES_MIN + recycledMax
    await store.removeOldest({ recycle, keepDamaged })
  }

  async #refill(): Promise<void> {
    const { free, segmentBytes } = this.#options
    try {
      while (free.count < FREE_FILES_MIN && !this.#stopped) await free.prepare(segmentBytes)
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'full') throw error
      this.#becomeFull()
      return
    }
    this.#becomeRoomy()
  }

  #becomeFull(): void {
    const { clock, onSpace } = this.#options
    this.#retry?.cancel()
    this.#retry = this.#stopped ? null : clock.after(LOG_SPACE_RETRY_MS, () => this.kick())
    if (this.#full) return
    this.#full = true
    onSpace(true)
  }

  #becomeRoomy(): void {
    if (!this.#full) return
    this.#full = false
    this.#options.onSpace(false)
  }
}
