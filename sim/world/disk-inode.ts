import { assert, type Chance } from '../../src/base/index.ts'
import { isZero, PAGE_BYTES, Pages, type Range } from './pages.ts'

/** An unsynced change. The bytes are null when all are zero. */
export type PendingChange =
  | {
      readonly kind: 'write'
      readonly mark: number
      readonly position: number
      readonly length: number
      readonly bytes: Uint8Array | null
    }
  | { readonly kind: 'truncate'; readonly mark: number; readonly size: number }

export const SECTOR_BYTES = 512

/**
 * The bytes of one file, whatever its name: what the processes see (`current`, the page cache),
 * what is on the medium (`durable`), and the changes between the two in the order they were made.
 * Invariant: without a failed sync, damage or phantom write, durable + pending = current.
 * As long as nothing but durable writes happened, the two are the same pages.
 */
export class Inode {
  readonly id: number
  #durable = new Pages()
  #current = this.#durable
  #size = 0
  #durableSize = 0
  #pending: PendingChange[] = []
  #lastMark = 0

  constructor(id: number) {
    this.id = id
  }

  get size(): number {
    return this.#size
  }

  get durableSize(): number {
    return this.#durableSize
  }

  get durable(): Pages {
    return this.#durable
  }

  get current(): Pages {
    return this.#current
  }

  get pending(): readonly PendingChange[] {
    return this.#pending
  }

  /** Everything changed so far has a mark up to this one. */
  get mark(): number {
    return this.#lastMark
  }

  /** The number of bytes read; fewer than asked for only at the end. */
  read(target: Uint8Array, range: Range): number {
    const length = Math.max(0, Math.min(range.length, this.#size - range.position))
    this.#current.read(target, { ...range, length })
    return length
  }

  /** Visible at once, pending until synced. */
  write(source: Uint8Array, range: Range): void {
    if (range.length === 0) return
    this.#part()
    this.#see(source, range)
    const { offset, length, position } = range
    const zero = isZero(source, offset, offset + length)
    const bytes = zero ? null : source.slice(offset, offset + length)
    this.#lastMark += 1
    this.#pending.push({ kind: 'write', mark: this.#lastMark, position, length, bytes })
  }

  /** Visible and on the medium at once (O_DSYNC), with the size it needs. */
  writeDurably(source: Uint8Array, range: Range): void {
    if (range.length === 0) return
    this.#settleConflicts(range)
    this.#see(source, range)
    if (this.#current !== this.#durable) this.#durable.write(source, range)
    this.#durableSize = Math.max(this.#durableSize, range.position + range.length)
  }

  /** Visible, but it will never reach the medium; only the size will, which is kept elsewhere. */
  writePhantom(source: Uint8Array, range: Range, { durable }: { durable: boolean }): void {
    if (range.length === 0) return
    if (durable) this.#settleConflicts(range)
    this.#part()
    this.#see(source, range)
    const end = range.position + range.length
    if (durable) this.#durableSize = Math.max(this.#durableSize, end)
    else if (end > this.#durableSize) this.#changeSize(this.#size)
  }

  truncate(size: number): void {
    this.#part()
    this.#changeSize(size)
    if (size < this.#size) this.#current.zeroFrom(size)
    this.#size = size
  }

  /** Everything up to the mark reaches the medium. */
  sync(mark: number): void {
    const kept: PendingChange[] = []
    for (const change of this.#pending) {
      if (change.mark <= mark) this.#apply(change)
      else kept.push(change)
    }
    this.#pending = kept
  }

  /** A failed sync: the pages look clean, the bytes are gone, and the process still reads them. */
  lose(mark: number): void {
    this.#pending = this.#pending.filter((change) => change.mark > mark)
  }

  /** Changes bytes on the medium behind everybody's back; bytes that are pending hide it. */
  damage(position: number, bytes: Uint8Array): void {
    const length = Math.min(bytes.length, this.#durableSize - position)
    if (length <= 0) return
    this.#durable.write(bytes, { offset: 0, length, position })
    const visible = Math.min(length, this.#size - position)
    if (visible <= 0 || this.#current === this.#durable) return
    this.#current.write(bytes, { offset: 0, length: visible, position })
    for (const change of this.#pending) this.#seeAgain(change, position, visible)
  }

  /** What the medium holds, as a file of its own. */
  cloneDurable(id: number): Inode {
    const copy = new Inode(id)
    copy.#durable = this.#durable.clone()
    copy.#durableSize = this.#durableSize
    copy.forgetCache()
    return copy
  }

  /** The page cache is gone: what the medium holds is all there is. */
  forgetCache(): void {
    this.#pending = []
    this.#current = this.#durable
    this.#size = this.#durableSize
  }

  /** For the power failure: one surviving part of a pending write. */
  land(bytes: Uint8Array | null, { offset, length, position }: Range): void {
    if (bytes === null) this.#durable.zero(position, length)
    else this.#durable.write(bytes, { offset, length, position })
  }

  /** For the power failure: a surviving change of the size. */
  landSize(size: number): void {
    // Also when it grows: parts of lost writes may have landed behind the end.
    this.#durable.zeroFrom(size)
    this.#durableSize = size
  }

  /** A random place on the medium, more often one that was ever written with something. */
  randomPlace(chance: Chance): number {
    assert(this.#durableSize > 0, 'an empty file has no place')
    const present = this.#durable.present
    if (present.length === 0 || chance.happens(0.1)) return chance.below(this.#durableSize)
    const page = present[chance.below(present.length)] as number
    return Math.min(page * PAGE_BYTES + chance.below(PAGE_BYTES), this.#durableSize - 1)
  }

  /** From here on the cache may differ from the medium. */
  #part(): void {
    if (this.#current === this.#durable) this.#current = this.#durable.clone()
  }

  #see(source: Uint8Array, range: Range): void {
    this.#current.write(source, range)
    this.#size = Math.max(this.#size, range.position + range.length)
  }

  #changeSize(size: number): void {
    this.#lastMark += 1
    this.#pending.push({ kind: 'truncate', mark: this.#lastMark, size })
  }

  #apply(change: PendingChange): void {
    if (change.kind === 'truncate') {
      this.landSize(change.size)
      return
    }
    const { position, length, bytes } = change
    this.land(bytes, { offset: 0, length, position })
    this.#durableSize = Math.max(this.#durableSize, position + length)
  }

  /**
   * A durable write takes with it whatever is pending in its sectors, because sectors are written
   * whole, and any pending change of the size; all in order, so that no older version of a byte
   * can come back later.
   */
  #settleConflicts({ position, length }: Range): void {
    const start = position - (position % SECTOR_BYTES)
    const end = Math.ceil((position + length) / SECTOR_BYTES) * SECTOR_BYTES
    const conflict = this.#pending.findLast(
      (change) =>
        change.kind === 'truncate' ||
        (change.position < end && change.position + change.length > start),
    )
    if (conflict !== undefined) this.sync(conflict.mark)
  }

  #seeAgain(change: PendingChange, position: number, length: number): void {
    if (change.kind === 'truncate') {
      const from = Math.max(position, change.size)
      if (from < position + length) this.#current.zero(from, position + length - from)
      return
    }
    const start = Math.max(position, change.position)
    const end = Math.min(position + length, change.position + change.length)
    if (start >= end) return
    const range = { offset: start - change.position, length: end - start, position: start }
    if (change.bytes === null) this.#current.zero(start, end - start)
    else this.#current.write(change.bytes, range)
  }
}
