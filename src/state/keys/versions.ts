/**
 * One version of a key, as the first words of a block in a page. The newest version of a key stands
 * in the block of the key, an older one in an element of the history; both begin alike:
 *
 *     word  0  main, low 32 bits
 *           1  main, high 16 bits | create, high 16 bits << 16
 *           2  create, low 32 bits
 *           3  version, low 32 bits
 *           4  version, high 16 bits | 16 bits for the owner << 16
 *           5  sub
 *           6  lease, as a number of the lease table
 *           7  length of the record, 26 bits | deleted << 26 | 5 bits for the owner << 27
 *           8  the next older version of the key, a place, or 0
 *
 * The numbers of a revision have 48 bits: at a million changes a second they last nine years.
 */

import { assert } from '../../base/index.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, type PagePool, type Place } from './pages.ts'

export const VERSION_WORDS = 9

const HIGH = 0x1_0000_0000
const REVISION_MAX = 2 ** 48 - 1
const SUB_MAX = 0xffff_ffff

/** 64 MiB: far beyond the largest request. */
export const RECORD_BYTES_MAX = 0x3ff_ffff
const DELETED = 1 << 26
const FLAGS_SHIFT = 27

/** What is written into a block. One object that is used again and again. */
export interface VersionFields {
  main: number
  sub: number
  create: number
  version: number
  /** A number of the lease table. */
  lease: number
  deleted: boolean
  recordBytes: number
}

export class Versions {
  readonly #words: readonly Int32Array[]

  constructor(pages: PagePool) {
    this.#words = pages.words
  }

  main(place: Place): number {
    const words = this.#page(place)
    const at = wordOf(place)
    return ((words[at + 1] as number) & 0xffff) * HIGH + ((words[at] as number) >>> 0)
  }

  sub(place: Place): number {
    return (this.#page(place)[wordOf(place) + 5] as number) >>> 0
  }

  create(place: Place): number {
    const words = this.#page(place)
    const at = wordOf(place)
    return ((words[at + 1] as number) >>> 16) * HIGH + ((words[at + 2] as number) >>> 0)
  }

  version(place: Place): number {
    const words = this.#page(place)
    const at = wordOf(place)
    return ((words[at + 4] as number) & 0xffff) * HIGH + ((words[at + 3] as number) >>> 0)
  }

  lease(place: Place): number {
    return this.#page(place)[wordOf(place) + 6] as number
  }

  recordBytes(place: Place): number {
    return (this.#page(place)[wordOf(place) + 7] as number) & RECORD_BYTES_MAX
  }

  isDeleted(place: Place): boolean {
    return ((this.#page(place)[wordOf(place) + 7] as number) & DELETED) !== 0
  }

  /** A record is never empty, so a block with no length has no version in it. */
  isUsed(place: Place): boolean {
    const words = this.#words[place >>> PAGE_UNIT_BITS]
    return words !== undefined && ((words[wordOf(place) + 7] ?? 0) & RECORD_BYTES_MAX) !== 0
  }

  clear(place: Place): void {
    this.#page(place)[wordOf(place) + 7] = 0
  }

  older(place: Place): Place {
    return this.#page(place)[wordOf(place) + 8] as number
  }

  setOlder(place: Place, older: Place): void {
    this.#page(place)[wordOf(place) + 8] = older
  }

  /** Writes everything but what belongs to the owner and the way to the older versions. */
  write(place: Place, fields: VersionFields): void {
    const { main, sub, create, version, recordBytes } = fields
    assert(main >= 1 && main <= REVISION_MAX && create <= main, 'a revision has 48 bits')
    assert(version <= REVISION_MAX && sub >= 0 && sub <= SUB_MAX, 'a version has 48 bits')
    assert(recordBytes >= 1 && recordBytes <= RECORD_BYTES_MAX, 'a record has 1 byte to 64 MiB')
    const words = this.#page(place)
    const at = wordOf(place)
    words[at] = main
    words[at + 1] = high(main) | (high(create) << 16)
    words[at + 2] = create
    words[at + 3] = version
    words[at + 4] = ((words[at + 4] as number) & ~0xffff) | high(version)
    words[at + 5] = sub
    words[at + 6] = fields.lease
    words[at + 7] = recordBytes | (fields.deleted ? DELETED : 0)
  }

  /** Everything but what belongs to the owner and the way to the older versions. */
  copy(from: Place, to: Place): void {
    const source = this.#page(from)
    const target = this.#page(to)
    const sourceAt = wordOf(from)
    const targetAt = wordOf(to)
    for (let word = 0; word < 4; word++) {
      target[targetAt + word] = source[sourceAt + word] as number
    }
    const own = (target[targetAt + 4] as number) & ~0xffff
    target[targetAt + 4] = own | ((source[sourceAt + 4] as number) & 0xffff)
    target[targetAt + 5] = source[sourceAt + 5] as number
    target[targetAt + 6] = source[sourceAt + 6] as number
    target[targetAt + 7] = (source[sourceAt + 7] as number) & (RECORD_BYTES_MAX | DELETED)
  }

  /** The 16 bits of the owner. */
  owned(place: Place): number {
    return (this.#page(place)[wordOf(place) + 4] as number) >>> 16
  }

  setOwned(place: Place, value: number): void {
    assert(value >= 0 && value <= 0xffff, 'the owner has 16 bits')
    const words = this.#page(place)
    const at = wordOf(place) + 4
    words[at] = ((words[at] as number) & 0xffff) | (value << 16)
  }

  /** The 5 bits of the owner, which are 0 after every change of the version. */
  flags(place: Place): number {
    return (this.#page(place)[wordOf(place) + 7] as number) >>> FLAGS_SHIFT
  }

  setFlags(place: Place, value: number): void {
    assert(value >= 0 && value < 32, 'the owner has 5 bits')
    const words = this.#page(place)
    const at = wordOf(place) + 7
    words[at] = ((words[at] as number) & (RECORD_BYTES_MAX | DELETED)) | (value << FLAGS_SHIFT)
  }

  #page(place: Place): Int32Array {
    return this.#words[place >>> PAGE_UNIT_BITS] as Int32Array
  }
}

/** Where a place begins, in words of its page. */
function wordOf(place: Place): number {
  return (place & PAGE_UNIT_MASK) << 1
}

function high(value: number): number {
  return value < HIGH ? 0 : Math.floor(value / HIGH)
}
