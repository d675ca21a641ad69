/**
 * Where each entry of one group lies on disk: segment and offset in units of 8 bytes, two 32-bit
 * numbers an entry.
 *
 * Invariant: the positions from `first` to `last` are contiguous; an entry that is not yet on disk
 * has segment 0.
 */

import { assert } from '../base/index.ts'
import type { LogIndex } from '../raft/index.ts'

const CAPACITY_MIN = 16

export class PositionIndex {
  #segments = new Uint32Array(CAPACITY_MIN)
  #offsets = new Uint32Array(CAPACITY_MIN)
  /** Slot of `first`; what is cut leaves room in front, which is reclaimed when the arrays grow. */
  #head = 0
  #length = 0
  #first: LogIndex = 1

  get first(): LogIndex {
    return this.#first
  }

  get last(): LogIndex {
    return this.#first + this.#length - 1
  }

  has(index: LogIndex): boolean {
    return index >= this.#first && index <= this.last
  }

  append(segment: number, offset: number): void {
    if (this.#head + this.#length === this.#segments.length) this.#makeRoom()
    this.#length += 1
    this.set(this.last, segment, offset)
  }

  set(index: LogIndex, segment: number, offset: number): void {
    assert(index >= this.#first && index <= this.last, 'only an entry has a position')
    assert((offset & 7) === 0, 'records lie on multiples of 8')
    const slot = this.#head + (index - this.#first)
    this.#segments[slot] = segment
    this.#offsets[slot] = offset / 8
  }

  /** 0 while the entry is not on disk. */
  segmentOf(index: LogIndex): number {
    assert(index >= this.#first && index <= this.last, 'only an entry has a position')
    return this.#segments[this.#head + (index - this.#first)] as number
  }

  offsetOf(index: LogIndex): number {
    assert(index >= this.#first && index <= this.last, 'only an entry has a position')
    return (this.#offsets[this.#head + (index - this.#first)] as number) * 8
  }

  truncateFrom(index: LogIndex): void {
    assert(index >= this.#first, 'only what exists is truncated')
    this.#length = Math.min(this.#length, index - this.#first)
  }

  /** Forgets what lies below `index`. */
  dropBelow(index: LogIndex): void {
    const count = Math.min(index - this.#first, this.#length)
    if (count <= 0) return
    this.#first += count
    this.#head += count
    this.#length -= count
    if (this.#length === 0) this.#head = 0
    if (this.#segments.length > 4 * Math.max(this.#length, CAPACITY_MIN)) this.#makeRoom()
  }

  /** Empty; the next entry is `first`. */
  restart(first: LogIndex): void {
    this.#first = first
    this.#head = 0
    this.#length = 0
    if (this.#segments.length > CAPACITY_MIN) this.#makeRoom()
  }

  #makeRoom(): void {
    const capacity = Math.max(CAPACITY_MIN, this.#length * 2)
    const segments = new Uint32Array(capacity)
    const offsets = new Uint32Array(capacity)
    const end = this.#head + this.#length
    segments.set(this.#segments.subarray(this.#head, end))
    offsets.set(this.#offsets.subarray(this.#head, end))
    this.#segments = segments
    this.#offsets = offsets
    this.#head = 0
  }
}
