import { assert } from '../../src/base/index.ts'
import type { TraceHash } from './trace-hash.ts'

export const PAGE_BYTES = 4096

const ZEROS = Buffer.alloc(PAGE_BYTES)

/** True when the range holds only zeros; by the page, so that it runs at the speed of memory. */
export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += PAGE_BYTES) {
    const stop = Math.min(at + PAGE_BYTES, end)
    if (bytes[at] !== 0 || ZEROS.compare(bytes, at, stop, 0, stop - at) !== 0) return false
  }
  return true
}

/**
 * Bytes by position without an end, in pages that exist only where something else than zero was
 * written: a preallocated file costs nothing.
 */
export class Pages {
  readonly #pages = new Map<number, Uint8Array>()

  /** The numbers of the pages that are not known to be zero, ascending. */
  get present(): readonly number[] {
    return [...this.#pages.keys()].sort((a, b) => a - b)
  }

  /** Fills the whole range. */
  read(target: Uint8Array, { offset, length, position }: Range): void {
    let done = 0
    while (done < length) {
      const at = position + done
      const inside = at % PAGE_BYTES
      const count = Math.min(PAGE_BYTES - inside, length - done)
      const page = this.#pages.get((at - inside) / PAGE_BYTES)
      const to = offset + done
      if (page === undefined) target.fill(0, to, to + count)
      else target.set(page.subarray(inside, inside + count), to)
      done += count
    }
  }

  write(source: Uint8Array, { offset, length, position }: Range): void {
    assert(position >= 0 && length >= 0, 'a range is not negative')
    let done = 0
    while (done < length) {
      const at = position + done
      const inside = at % PAGE_BYTES
      const count = Math.min(PAGE_BYTES - inside, length - done)
      const number = (at - inside) / PAGE_BYTES
      const from = offset + done
      done += count
      let page = this.#pages.get(number)
      if (page === undefined) {
        if (isZero(source, from, from + count)) continue
        page = new Uint8Array(PAGE_BYTES)
        this.#pages.set(number, page)
      }
      page.set(source.subarray(from, from + count), inside)
    }
  }

  zero(position: number, length: number): void {
    const end = position + length
    // Whole pages inside a long range are dropped, without walking through what is absent.
    const firstWhole = Math.ceil(position / PAGE_BYTES)
    const endWhole = Math.floor(end / PAGE_BYTES)
    if (firstWhole > endWhole) {
      this.#zeroInside(endWhole, position % PAGE_BYTES, end % PAGE_BYTES)
      return
    }
    this.#dropPages(firstWhole, endWhole)
    if (position % PAGE_BYTES !== 0) {
      this.#zeroInside(firstWhole - 1, position % PAGE_BYTES, PAGE_BYTES)
    }
    if (end % PAGE_BYTES !== 0) this.#zeroInside(endWhole, 0, end % PAGE_BYTES)
  }

  /** Zeros from here to the end of everything. */
  zeroFrom(position: number): void {
    const first = Math.ceil(position / PAGE_BYTES)
    this.#dropPages(first, Number.POSITIVE_INFINITY)
    if (position % PAGE_BYTES !== 0) {
      this.#zeroInside(first - 1, position % PAGE_BYTES, PAGE_BYTES)
    }
  }

  clone(): Pages {
    const copy = new Pages()
    for (const [number, page] of this.#pages) copy.#pages.set(number, page.slice())
    return copy
  }

  hashInto(hash: TraceHash): void {
    for (const number of this.present) {
      const page = this.#pages.get(number) as Uint8Array
      // A page that became zero again equals one that never was.
      if (isZero(page, 0, PAGE_BYTES)) continue
      hash.add(number)
      hash.addBytes(page)
    }
  }

  #zeroInside(number: number, start: number, end: number): void {
    this.#pages.get(number)?.fill(0, start, end)
  }

  #dropPages(start: number, end: number): void {
    if (end - start < this.#pages.size) {
      for (let number = start; number < end; number++) this.#pages.delete(number)
      return
    }
    for (const number of [...this.#pages.keys()]) {
      if (number >= start && number < end) this.#pages.delete(number)
    }
  }
}

export interface Range {
  /** Where in the caller's buffer. */
  readonly offset: number
  readonly length: number
  /** Where in the file. */
  readonly position: number
}
