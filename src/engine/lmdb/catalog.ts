import { assert } from '../../base/index.ts'
import { type Cursor, DropQueue, NO_PLACE, RevisionIndex } from '../records/index.ts'
import type { Revision } from './format.ts'

/** In the index the place of a record is its length and one: 0 is no place. */
const LENGTH_BIAS = 1

/**
 * Which records there are, how long they are, and which of them were dropped and are still in the
 * file: about eight bytes of memory for each.
 *
 * A dropped record may be removed once a checkpoint is durable that was begun after its drop, and
 * no snapshot still shows it. Removals keep the order of the drops.
 */
export class Catalog {
  readonly #index: RevisionIndex
  readonly #queue = new DropQueue()
  /** Epochs of the views there are, ascending. A view does not show what was dropped before it. */
  #views: number[] = []
  #epoch = 1
  /** Records that were ever dropped, */
  #dropped = 0
  /** that may be removed, */
  #confirmed = 0
  /** that were told to be removed, */
  #removed = 0
  /** and that are not in the file any more. */
  #forgotten = 0
  #records = 0
  #liveBytes = 0

  constructor(pageRecords: number) {
    this.#index = new RevisionIndex(pageRecords)
  }

  /** Those that were not dropped. */
  get records(): number {
    return this.#records
  }

  get liveBytes(): number {
    return this.#liveBytes
  }

  /** How many were ever dropped: what a checkpoint that begins now may confirm. */
  get dropped(): number {
    return this.#dropped
  }

  add(main: number, sub: number, bytes: number): void {
    this.#index.add(main, sub, bytes + LENGTH_BIAS)
    this.#records += 1
    this.#liveBytes += bytes
  }

  /** Whether it is there and was not dropped. */
  has(main: number, sub: number): boolean {
    if (this.#index.placeOf(main, sub) === NO_PLACE) return false
    return this.#dropped === this.#forgotten || this.#index.droppedAt(main, sub) === 0
  }

  /** Idempotent. */
  drop(main: number, sub: number): void {
    if (!this.has(main, sub)) return
    this.#records -= 1
    this.#liveBytes -= this.#index.placeOf(main, sub) - LENGTH_BIAS
    this.#index.markDropped(main, sub, this.#epoch)
    this.#queue.push(main, sub, { epoch: this.#epoch })
    this.#dropped += 1
  }

  /** A durable checkpoint does not have the first `count` of all that were ever dropped. */
  confirm(count: number): void {
    assert(count >= this.#confirmed && count <= this.#dropped, 'what is confirmed was dropped')
    this.#confirmed = count
  }

  /** What was dropped, up to the `count`-th of all, and is still in the file. */
  *waiting(count: number): Generator<Revision, void, undefined> {
    for (let at = 0; at < count - this.#removed; at++) {
      yield { main: this.#queue.mainAt(at), sub: this.#queue.subAt(at) }
    }
  }

  /** The next ones that may be removed, at most so many. */
  removable(max: number): Revision[] {
    const oldest = this.#views[0] ?? Number.POSITIVE_INFINITY
    const revisions: Revision[] = []
    while (this.#removed < this.#confirmed && revisions.length < max) {
      if (this.#queue.epoch >= oldest) break
      revisions.push({ main: this.#queue.main, sub: this.#queue.sub })
      this.#queue.shift()
      this.#removed += 1
    }
    return revisions
  }

  /** The file does not have it any more. */
  forget({ main, sub }: Revision): void {
    this.#index.remove(main, sub)
    this.#forgotten += 1
  }

  /** What is there now, for one walk; it stays in the file until the view ends. */
  view(): CatalogView {
    this.#epoch += 1
    const epoch = this.#epoch
    this.#views.push(epoch)
    const { lastMain, lastSub } = this.#index
    return new CatalogView({
      epoch,
      last: { main: lastMain, sub: lastSub },
      next: (cursor) => this.#index.next(cursor),
      onEnd: () => {
        this.#views = this.#views.filter((one) => one !== epoch)
      },
    })
  }

  /** Moves on to the next record that was not dropped; false at the end. */
  next(cursor: Cursor): boolean {
    while (this.#index.next(cursor)) if (cursor.dropped === 0) return true
    return false
  }
}

/** Before the first record. */
export function startCursor(): Cursor {
  return { main: -1, sub: 0, place: NO_PLACE, dropped: 0 }
}

export function bytesAt({ place }: Cursor): number {
  return place - LENGTH_BIAS
}

interface ViewParts {
  readonly epoch: number
  readonly last: Revision
  readonly next: (cursor: Cursor) => boolean
  readonly onEnd: () => void
}

/** The records as they were at one moment. */
export class CatalogView {
  readonly #parts: ViewParts
  #ended = false

  constructor(parts: ViewParts) {
    this.#parts = parts
  }

  next(cursor: Cursor): boolean {
    assert(!this.#ended, 'a view that ended shows nothing')
    const { epoch, last, next } = this.#parts
    while (next(cursor)) {
      const { main, sub, dropped } = cursor
      if (main > last.main || (main === last.main && sub > last.sub)) return false
      if (dropped === 0 || dropped >= epoch) return true
    }
    return false
  }

  /** Idempotent. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#parts.onEnd()
  }
}
