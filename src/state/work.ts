/**
 * Long work in short turns. Whatever may look at many keys, or at values that are on disk, is a
 * generator: it yields when its turn is over or when it needs records, and goes on where it was.
 */

import { assert } from '../base/index.ts'
import type { LoadedRecords, RecordStore, RevisionList } from './types.ts'

/**
 * `missing`: the records that are listed must be loaded first. `sliced`: others should have a turn.
 * `piece`: a part of the answer is ready.
 */
export type Pause = 'missing' | 'sliced' | 'piece'

export type Steps<T> = Generator<Pause, T, undefined>

/** How much is done before others have a turn, and asked for before it is waited for. */
export interface Pace {
  readonly turnKeys: number
  readonly missingMax: number
  readonly missingBytesMax: number
  /** Revisions that a hash of everything notes at a time; absent: `WINDOW_REVISIONS`. */
  readonly windowRevisions?: number
}

/** A megabyte of bits. Who has more walks over all keys again. */
const WINDOW_REVISIONS = 2 ** 23

/**
 * As many keys looked at in one turn as make up at most 5 ms of work; records asked for at once are
 * enough to hide the disk's latency, and little enough to be held.
 */
export const PACE: Pace = { turnKeys: 5000, missingMax: 1024, missingBytesMax: 4_194_304 }

/** A few records are read at once; many are loaded together, neighbours in one read. */
const QUICK_READS_MAX = 16

/** What was loaded ahead of commands that are not there yet. */
const HELD_BYTES_MAX = 8_388_608

/** A turn also ends after so many bytes copied: one key is worth this much. */
const BYTES_PER_KEY = 1024

/** Grows as needed and is used again. */
class Revisions implements RevisionList {
  #mains = new Float64Array(16)
  #subs = new Uint32Array(16)
  #length = 0

  get length(): number {
    return this.#length
  }

  main(position: number): number {
    assert(position < this.#length, 'a place in a list is within it')
    return this.#mains[position] as number
  }

  sub(position: number): number {
    assert(position < this.#length, 'a place in a list is within it')
    return this.#subs[position] as number
  }

  add(main: number, sub: number): void {
    if (this.#length === this.#mains.length) {
      const mains = new Float64Array(this.#length * 2)
      const subs = new Uint32Array(this.#length * 2)
      mains.set(this.#mains)
      subs.set(this.#subs)
      this.#mains = mains
      this.#subs = subs
    }
    this.#mains[this.#length] = main
    this.#subs[this.#length] = sub
    this.#length += 1
  }

  clear(): void {
    this.#length = 0
  }
}

export class Work {
  readonly #records: RecordStore
  readonly #missing = new Revisions()
  #missingBytes = 0
  readonly #pace: Pace
  #budget: number
  /** How many records may yet be looked for on disk in this turn. */
  #quickReads = QUICK_READS_MAX
  #loaded: LoadedRecords[] = []
  #loadedBytes = 0
  /**
   * The revision that is looked at just now; once a compaction has passed it, whoever looks must
   * not go on.
   */
  lowestRevision = Number.POSITIVE_INFINITY
  /** Whether all that was loaded is held until it is released, or only what came last. */
  readonly #keepsAll: boolean

  constructor(records: RecordStore, pace: Pace, { keepsAll }: { readonly keepsAll: boolean }) {
    assert(pace.turnKeys >= 1 && pace.missingMax >= 1, 'every turn gets somewhere')
    this.#records = records
    this.#pace = pace
    this.#budget = pace.turnKeys
    this.#keepsAll = keepsAll
  }

  get windowRevisions(): number {
    return this.#pace.windowRevisions ?? WINDOW_REVISIONS
  }

  /** Begins other work, at the given revision. */
  restart(revision: number): void {
    this.release()
    this.resume(null)
    this.lowestRevision = revision
  }

  get missing(): RevisionList {
    return this.#missing
  }

  /** Begins another turn, with what was loaded meanwhile. */
  resume(loaded: LoadedRecords | null): void {
    if (!this.#keepsAll && loaded !== null) this.release()
    if (loaded !== null) {
      this.#loaded.push(loaded)
      this.#loadedBytes += this.#missingBytes
    }
    this.#missing.clear()
    this.#missingBytes = 0
    this.#budget = this.#pace.turnKeys
    this.#quickReads = QUICK_READS_MAX
  }

  /** Valid until the next call of the store; null when it must be loaded. */
  record(main: number, sub: number): Uint8Array | null {
    for (const loaded of this.#loaded) {
      const record = loaded.get(main, sub)
      if (record !== null) return record
    }
    return this.#atHand(main, sub)
  }

  #atHand(main: number, sub: number): Uint8Array | null {
    if (this.#quickReads === 0) return this.#records.peek(main, sub)
    this.#quickReads -= 1
    return this.#records.readNow(main, sub)
  }

  /** Asks for a record without which nothing goes on. */
  need(main: number, sub: number, bytes: number): void {
    this.#missing.add(main, sub)
    this.#missingBytes += bytes
  }

  /** Asks for a record that may be loaded later, too. */
  ask(main: number, sub: number, bytes: number): void {
    if (!this.hasAskedEnough) this.need(main, sub, bytes)
  }

  get hasAskedEnough(): boolean {
    const { missingMax, missingBytesMax } = this.#pace
    return this.#missing.length >= missingMax || this.#missingBytes >= missingBytesMax
  }

  /** Nothing that was loaded so far is needed any more. */
  release(): void {
    if (this.#loaded.length === 0) return
    this.#loaded = []
    this.#loadedBytes = 0
  }

  /** What was loaded may be of use to others yet; but it is not held without bound. */
  releaseExcess(): void {
    if (this.#loadedBytes > HELD_BYTES_MAX) this.release()
  }

  get isTurnOver(): boolean {
    return this.#budget <= 0
  }

  /** So many keys were looked at, or something that costs as much. */
  spend(keys: number): void {
    this.#budget -= keys
  }

  /** One record was copied. */
  spendRecord(bytes: number): void {
    this.#budget -= 1 + bytes / BYTES_PER_KEY
  }
}
