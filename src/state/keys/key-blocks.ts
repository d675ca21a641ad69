/**
 * The block of a key: its newest version (see versions.ts), the way on in its bucket, and its
 * bytes, together in one place so that a look-up touches one or two cache lines. Keys of 24 bytes
 * take 64.
 *
 *     word 0-8  the newest version; the 16 bits of the owner are the length of the key
 *            9  the next key of the same bucket, a place, or 0
 *          10-  the bytes of the key, the last word filled up with zeros
 */

import { assert, LINE_WORDS } from '../../base/index.ts'
import type { KeyHash } from './key-hash.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, type PagePool } from './pages.ts'
import { KEY_BYTES_MAX, type KeyProbe, wordOrder } from './probe.ts'
import { Slabs } from './slabs.ts'
import type { SoughtKeys } from './sought-keys.ts'
import { type KeySlot, NO_SLOT } from './types.ts'
import { VERSION_WORDS, Versions } from './versions.ts'

const CHAIN_WORD = VERSION_WORDS
const KEY_WORD = VERSION_WORDS + 1

export class KeyBlocks {
  readonly versions: Versions
  readonly #pages: PagePool
  readonly #words: readonly Int32Array[]
  readonly #slabs: Slabs

  constructor(pages: PagePool) {
    this.versions = new Versions(pages)
    this.#pages = pages
    this.#words = pages.words
    this.#slabs = new Slabs(pages)
  }

  /** A block with the bytes of the key; its version is yet to be written. */
  take(probe: KeyProbe): KeySlot {
    assert(probe.length <= KEY_BYTES_MAX, 'a key has at most 64 KiB')
    const count = probe.wordCount
    const slot = this.#slabs.take((KEY_WORD + count + 1) >>> 1)
    const words = this.#page(slot)
    const from = probe.words
    const at = wordOf(slot)
    for (let word = 0; word < count; word++) words[at + KEY_WORD + word] = from[word] as number
    words[at + CHAIN_WORD] = 0
    this.versions.setOwned(slot, probe.length)
    this.versions.setOlder(slot, 0)
    return slot
  }

  give(slot: KeySlot): void {
    assert(this.versions.isUsed(slot), 'a key that goes was there')
    this.versions.clear(slot)
    this.#slabs.give(slot)
  }

  length(slot: KeySlot): number {
    return this.versions.owned(slot)
  }

  chain(slot: KeySlot): KeySlot {
    return this.#page(slot)[wordOf(slot) + CHAIN_WORD] as number
  }

  setChain(slot: KeySlot, next: KeySlot): void {
    this.#page(slot)[wordOf(slot) + CHAIN_WORD] = next
  }

  /** Goes from the first key in the bucket of each to that which seems to be it. */
  lookFor(sought: SoughtKeys): void {
    const { slots, lengths, tails, open, count } = sought
    let seen = 0
    for (let at = 0; at < count; at++) {
      seen ^= this.#touched(slots[at] as number)
      open[at] = at
    }
    for (let left = count; left > 0; ) {
      const looks = left
      left = 0
      for (let look = 0; look < looks; look++) {
        const at = open[look] as number
        const slot = slots[at] as number
        if (this.#endsLike(slot, lengths[at] as number, tails[at] as number)) continue
        const next = this.chain(slot)
        slots[at] = next
        if (next === NO_SLOT) continue
        seen ^= this.#touched(next)
        open[left] = at
        left += 1
      }
    }
    sought.seen = seen
  }

  hash(slot: KeySlot, hash: KeyHash): number {
    return hash.of(this.#page(slot), wordOf(slot) + KEY_WORD, this.length(slot))
  }

  equals(slot: KeySlot, probe: KeyProbe): boolean {
    const words = this.#page(slot)
    const at = wordOf(slot) + KEY_WORD
    if (this.length(slot) !== probe.length) return false
    const other = probe.words
    for (let word = probe.wordCount - 1; word >= 0; word--) {
      if (words[at + word] !== other[word]) return false
    }
    return true
  }

  /** Below 0: the key comes before the probe; 0: they are equal. */
  compare(slot: KeySlot, probe: KeyProbe): number {
    const words = this.#page(slot)
    const at = wordOf(slot) + KEY_WORD
    const length = this.length(slot)
    const other = probe.words
    const count = Math.min((length + 3) >>> 2, probe.wordCount)
    for (let word = 0; word < count; word++) {
      const own = words[at + word] as number
      const wanted = other[word] as number
      if (own !== wanted) return wordOrder(own, wanted)
    }
    // Equal so far, the zeros at the end included: the shorter one is the beginning of the other.
    return length - probe.length
  }

  load(slot: KeySlot, probe: KeyProbe): void {
    assert(this.versions.isUsed(slot), 'a slot stands for a key')
    probe.resize(this.length(slot))
    const words = this.#page(slot)
    const at = wordOf(slot) + KEY_WORD
    const target = probe.words
    const count = probe.wordCount
    for (let word = 0; word < count; word++) target[word] = words[at + word] as number
  }

  copy(slot: KeySlot, target: Uint8Array, offset: number): number {
    const length = this.length(slot)
    assert(offset >= 0 && offset + length <= target.length, 'a key is copied to where it fits')
    const octets = this.#pages.octets[slot >>> PAGE_UNIT_BITS] as Uint8Array
    const at = (wordOf(slot) + KEY_WORD) << 2
    for (let byte = 0; byte < length; byte++) target[offset + byte] = octets[at + byte] as number
    return length
  }

  /** Looks at a block with a key of some 30 bytes, wherever in a line it begins. */
  #touched(slot: KeySlot): number {
    const words = this.#page(slot)
    const first = wordOf(slot)
    const second = first + LINE_WORDS
    if (second >= words.length) return 0
    return (words[first] as number) ^ (words[second] as number)
  }

  /** Whether it has that length and last word: then it is nearly always the key that has them. */
  #endsLike(slot: KeySlot, length: number, word: number): boolean {
    if (slot === NO_SLOT) return true
    if (this.length(slot) !== length) return false
    return length === 0 || this.#page(slot)[wordOf(slot) + KEY_WORD + ((length - 1) >>> 2)] === word
  }

  #page(slot: KeySlot): Int32Array {
    return this.#words[slot >>> PAGE_UNIT_BITS] as Int32Array
  }
}

/** Where a place begins, in words of its page. */
function wordOf(slot: KeySlot): number {
  return (slot & PAGE_UNIT_MASK) << 1
}
