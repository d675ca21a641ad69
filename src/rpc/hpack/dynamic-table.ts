/**
 * The dynamic table of a decoder (RFC 7541 §2.3.2 and §4): a ring, so that adding at one end and
 * evicting at the other moves nothing.
 *
 * Invariants: bytes <= bytesMax; bytes is the sum of the sizes of the entries; a place of the ring
 * that holds no entry holds empty strings, so that what was evicted can be collected.
 */

import { assert } from '../../base/index.ts'
import { FIELD_OVERHEAD_BYTES } from './header-list.ts'

/** The ring doubles from here. An entry has at least 32 bytes, so bytesMax bounds it. */
const PLACES_MIN = 8

export class DynamicTable {
  /** Name and value of place p stand at 2p. Empty until the first entry comes. */
  #ring: string[] = []
  /** Places of the ring minus one: their number is a power of two. */
  #mask = -1
  /** The place of the newest entry; older ones follow, modulo the places. */
  #newest = 0
  #count = 0
  #bytes = 0
  #bytesMax: number

  constructor(bytesMax: number) {
    assert(Number.isSafeInteger(bytesMax) && bytesMax >= 0, 'a table has a size')
    this.#bytesMax = bytesMax
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  get bytesMax(): number {
    return this.#bytesMax
  }

  /** `position` counts from the newest entry, which is 0. */
  nameAt(position: number): string {
    assert(position >= 0 && position < this.#count, 'an entry of the table is named')
    return this.#ring[2 * ((this.#newest + position) & this.#mask)] as string
  }

  valueAt(position: number): string {
    assert(position >= 0 && position < this.#count, 'an entry of the table is read')
    return this.#ring[2 * ((this.#newest + position) & this.#mask) + 1] as string
  }

  /**
   * An entry that is larger than the whole table empties it, and that is no error (RFC 7541 §4.4).
   */
  add(name: string, value: string): void {
    const size = name.length + value.length + FIELD_OVERHEAD_BYTES
    if (size > this.#bytesMax) {
      this.#evictTo(0)
      return
    }
    this.#evictTo(this.#bytesMax - size)
    if (this.#count > this.#mask) this.#grow()
    this.#newest = (this.#newest - 1) & this.#mask
    this.#ring[2 * this.#newest] = name
    this.#ring[2 * this.#newest + 1] = value
    this.#count += 1
    this.#bytes += size
    assert(this.#bytes <= this.#bytesMax, 'the table keeps its size')
  }

  /** RFC 7541 §4.3: the oldest entries go until the rest fits. */
  resize(bytesMax: number): void {
    assert(Number.isSafeInteger(bytesMax) && bytesMax >= 0, 'a table has a size')
    this.#bytesMax = bytesMax
    this.#evictTo(bytesMax)
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > bytes) {
      const at = 2 * ((this.#newest + this.#count - 1) & this.#mask)
      const name = this.#ring[at] as string
      const value = this.#ring[at + 1] as string
      this.#bytes -= name.length + value.length + FIELD_OVERHEAD_BYTES
      this.#ring[at] = ''
      this.#ring[at + 1] = ''
      this.#count -= 1
    }
    assert(this.#count > 0 || this.#bytes === 0, 'an empty table counts nothing')
  }

  #grow(): void {
    const places = Math.max(PLACES_MIN, 2 * (this.#mask + 1))
    const ring: string[] = []
    for (let position = 0; position < this.#count; position++) {
      ring.push(this.nameAt(position), this.valueAt(position))
    }
    while (ring.length < 2 * places) ring.push('')
    this.#ring = ring
    this.#mask = places - 1
    this.#newest = 0
  }
}
