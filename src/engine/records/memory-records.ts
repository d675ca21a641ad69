import { assert } from '../../base/index.ts'
import { Arena, type BlockOwner, NO_PLACE } from './arena.ts'
import { DropQueue } from './drop-queue.ts'
import type { RecordLimits } from './limits.ts'
import { type Cursor, RevisionIndex } from './revision-index.ts'

/**
 * All records, and who still holds those that were dropped.
 *
 * Each hold begins a new epoch, and a record that is dropped while there are holds is marked with
 * the current one: those that began later do not see it, those that began before do, and when the
 * last of these ends its memory is given back.
 * Invariant: the queue of such records ascends by epoch, because epochs only grow.
 */
export class MemoryRecords implements BlockOwner {
  readonly #arena: Arena
  readonly #index: RevisionIndex
  readonly #queue = new DropQueue()
  /** Epochs of the holds there are, ascending. */
  #holds: number[] = []
  #epoch = 0
  #records = 0
  #liveBytes = 0

  constructor(limits: RecordLimits) {
    this.#arena = new Arena(limits.arenaChunkBytes)
    this.#index = new RevisionIndex(limits.indexPageRecords)
  }

  /** Those that were not dropped. */
  get records(): number {
    return this.#records
  }

  get liveBytes(): number {
    return this.#liveBytes
  }

  get bytes(): number {
    return this.#arena.bytes + this.#index.bytes + this.#queue.bytes
  }

  get needsTidying(): boolean {
    return this.#arena.hasGarbage || this.#mayFree()
  }

  append(main: number, sub: number, record: Uint8Array): void {
    this.#index.add(main, sub, this.#arena.add(main, sub, record))
    this.#records += 1
    this.#liveBytes += record.length
  }

  /** Null when it is not there, or was dropped. The bytes never change. */
  peek(main: number, sub: number): Uint8Array | null {
    const place = this.#index.placeOf(main, sub)
    if (place === NO_PLACE) return null
    if (this.#queue.length > 0 && this.#index.droppedAt(main, sub) > 0) return null
    return this.#arena.record(place)
  }

  drop(main: number, sub: number): void {
    const place = this.#index.placeOf(main, sub)
    if (place === NO_PLACE || this.#index.droppedAt(main, sub) > 0) return
    this.#records -= 1
    this.#liveBytes -= this.#arena.recordBytes(place)
    if (this.#holds.length === 0) {
      this.#remove(main, sub, place)
      return
    }
    this.#index.markDropped(main, sub, this.#epoch)
    this.#queue.push(main, sub, { epoch: this.#epoch })
  }

  /** What is there now stays until the hold ends. */
  hold(): Hold {
    this.#epoch += 1
    const epoch = this.#epoch
    this.#holds.push(epoch)
    const { lastMain, lastSub } = this.#index
    return new Hold(this, { epoch, lastMain, lastSub })
  }

  endHold(epoch: number): void {
    assert(this.#holds.includes(epoch), 'a hold ends once')
    this.#holds = this.#holds.filter((held) => held !== epoch)
  }

  /** The next record after the cursor's, dropped or not. */
  next(cursor: Cursor): boolean {
    return this.#index.next(cursor)
  }

  recordAt(place: number): Uint8Array {
    return this.#arena.record(place)
  }

  /** Gives memory back, in a slice; true when there is nothing left to do for now. */
  tidy(recordsMax: number): boolean {
    for (let left = recordsMax; left > 0 && this.#mayFree(); left--) {
      const { main, sub } = this.#queue
      this.#remove(main, sub, this.#index.placeOf(main, sub))
      this.#queue.shift()
    }
    return this.#arena.tidy(this, recordsMax) && !this.#mayFree()
  }

  placeOf(main: number, sub: number): number {
    return this.#index.placeOf(main, sub)
  }

  moved(main: number, sub: number, place: number): void {
    this.#index.moved(main, sub, place)
  }

  #mayFree(): boolean {
    if (this.#queue.length === 0) return false
    const oldest = this.#holds[0]
    return oldest === undefined || this.#queue.epoch < oldest
  }

  #remove(main: number, sub: number, place: number): void {
    assert(place !== NO_PLACE, 'what was dropped is there until its memory is given back')
    this.#index.remove(main, sub)
    this.#arena.free(place)
  }
}

/** The records as they were at one moment, for one walk over them. */
export class Hold {
  readonly #records: MemoryRecords
  readonly #epoch: number
  readonly #lastMain: number
  readonly #lastSub: number
  readonly #cursor: Cursor = { main: 0, sub: 0, place: NO_PLACE, dropped: 0 }
  #ended = false

  constructor(
    records: MemoryRecords,
    { epoch, lastMain, lastSub }: { epoch: number; lastMain: number; lastSub: number },
  ) {
    this.#records = records
    this.#epoch = epoch
    this.#lastMain = lastMain
    this.#lastSub = lastSub
  }

  get main(): number {
    return this.#cursor.main
  }

  get sub(): number {
    return this.#cursor.sub
  }

  /** Of the record at which the walk stands, without a copy. */
  get record(): Uint8Array {
    assert(this.#cursor.place !== NO_PLACE, 'the walk stands at a record')
    return this.#records.recordAt(this.#cursor.place)
  }

  /** Moves on to the next record; false at the end. Whatever comes later is not seen. */
  next(): boolean {
    assert(!this.#ended, 'a hold that ended holds nothing')
    const cursor = this.#cursor
    for (;;) {
      if (!this.#records.next(cursor)) return false
      const { main, sub, dropped } = cursor
      if (main > this.#lastMain || (main === this.#lastMain && sub > this.#lastSub)) return false
      if (dropped === 0 || dropped >= this.#epoch) return true
    }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#records.endHold(this.#epoch)
  }
}
