/**
 * What runs of octets meant when they came last. A decoder has one of whole header blocks and one
 * of strings: calls of one client differ little, and to compare a dozen octets is several times
 * faster than to decode them.
 *
 * Invariants: an entry means what its octets mean now: those that depend on the dynamic table are
 * dropped when it changes. The octets decide; hashes only save comparisons. The entries together
 * count no more than `bytesMax`.
 */

import { assert } from '../../base/index.ts'

/** With a dozen entries in 32 places, one of PROBES is nearly always free. */
const PLACE_BITS = 5
const PLACES = 1 << PLACE_BITS
const PROBES = 4

/**
 * Runs that came once are known by their hashes; one that comes again among so many others is kept.
 * Thus what never comes again costs no copy and drives nothing out.
 */
const SEEN_ONCE = 16

/** 2^32 divided by the golden ratio: multiplying by it spreads every bit upwards (Knuth, 6.4). */
const SPREAD = 0x9e3779b1

export interface OctetMemoOptions {
  /** Longer runs are not looked for and not kept. */
  readonly octetsMax: number
  /** What all entries together may count. */
  readonly bytesMax: number
}

export interface Meaning<Value> {
  readonly value: Value
  /** What the value counts, besides its octets. */
  readonly bytes: number
  /** Whether it is another one once the dynamic table has changed. */
  readonly usesTable: boolean
}

interface Entry<Value> extends Meaning<Value> {
  /** Where its octets stand in the memo's room. */
  readonly start: number
  readonly length: number
  readonly hash: number
}

const NOTHING = new Uint8Array(0)
const ROOM_MIN = 128

export class OctetMemo<Value> {
  readonly #octetsMax: number
  readonly #bytesMax: number
  /** Open addressing: an entry is at one of the PROBES places from that of its hash on. */
  readonly #places: (Entry<Value> | null)[] = new Array(PLACES).fill(null)
  #bytes = 0
  /**
   * The octets of all entries one behind the other: an array for each would cost 240 bytes beside
   * its octets. What a dropped entry leaves behind comes free when all are dropped.
   */
  #room: Uint8Array = NOTHING
  #roomUsed = 0
  /** Whether an entry may depend on the dynamic table. */
  #usesTable = false
  /** What came last: tried first, and without a hash. */
  #recent: Entry<Value> | null = null
  readonly #seenOnce: number[] = new Array(SEEN_ONCE).fill(0)
  #seenNext = 0
  /** The hash of what `find` did not find. */
  #missed = 0

  constructor({ octetsMax, bytesMax }: OctetMemoOptions) {
    assert(bytesMax > 0 && octetsMax > 0, 'a memo has room')
    this.#octetsMax = octetsMax
    this.#bytesMax = bytesMax
  }

  find(bytes: Uint8Array, start: number, end: number): Value | null {
    const length = end - start
    const recent = this.#recent
    if (recent !== null && recent.length === length) {
      if (this.#holds(recent, bytes, start)) return recent.value
    }
    if (length > this.#octetsMax) return null
    const hash = hashOf(bytes, start, end)
    this.#missed = hash
    for (let probe = 0; probe < PROBES; probe++) {
      const entry = this.#places[placeOf(hash, probe)] as Entry<Value> | null
      if (entry === null || entry.hash !== hash || entry.length !== length) continue
      if (!this.#holds(entry, bytes, start)) continue
      this.#recent = entry
      return entry.value
    }
    return null
  }

  /** Whether what `find` just did not find, of this length, came before and is worth a `keep`. */
  comesAgain(length: number): boolean {
    if (length > this.#octetsMax) return false
    for (let at = 0; at < SEEN_ONCE; at++) {
      if (this.#seenOnce[at] === this.#missed) return true
    }
    this.#seenOnce[this.#seenNext] = this.#missed
    this.#seenNext = (this.#seenNext + 1) & (SEEN_ONCE - 1)
    return false
  }

  /** What `find` just did not find, with what it means. */
  keep(bytes: Uint8Array, start: number, end: number, meaning: Meaning<Value>): void {
    const length = end - start
    const cost = length + meaning.bytes
    assert(length <= this.#octetsMax, 'what is kept is looked for')
    if (cost > this.#bytesMax) return
    // Rare, and simpler than finding out what to keep: what is in use is soon back.
    const full = this.#bytes + cost > this.#bytesMax || this.#roomUsed + length > this.#bytesMax
    if (full) this.#drop(() => true)
    const place = this.#placeFor(this.#missed)
    const replaced = this.#places[place] as Entry<Value> | null
    if (replaced !== null) this.#bytes -= costOf(replaced)
    const entry = { ...meaning, start: this.#copy(bytes, start, end), length, hash: this.#missed }
    this.#places[place] = entry
    this.#bytes += cost
    this.#usesTable ||= entry.usesTable
    this.#recent = entry
    assert(this.#bytes <= this.#bytesMax, 'a memo keeps its size')
  }

  /** The dynamic table has changed: its indices mean something else now. */
  dropTableUsers(): void {
    if (this.#usesTable) this.#drop((entry) => entry.usesTable)
    this.#usesTable = false
  }

  #holds(entry: Entry<Value>, bytes: Uint8Array, start: number): boolean {
    const room = this.#room
    const shift = entry.start - start
    for (let at = start, end = start + entry.length; at < end; at++) {
      if (room[at + shift] !== bytes[at]) return false
    }
    return true
  }

  /** Where the copy starts. */
  #copy(bytes: Uint8Array, start: number, end: number): number {
    const first = this.#roomUsed
    const needed = first + end - start
    if (needed > this.#room.length) {
      const room = new Uint8Array(Math.min(this.#bytesMax, Math.max(2 * needed, ROOM_MIN)))
      room.set(this.#room)
      this.#room = room
    }
    for (let at = start; at < end; at++) this.#room[first + at - start] = bytes[at] as number
    this.#roomUsed = needed
    assert(needed <= this.#room.length, 'the room of a memo is bounded')
    return first
  }

  #placeFor(hash: number): number {
    for (let probe = 0; probe < PROBES; probe++) {
      const place = placeOf(hash, probe)
      if (this.#places[place] === null) return place
    }
    return placeOf(hash, 0)
  }

  #drop(unwanted: (entry: Entry<Value>) => boolean): void {
    for (let place = 0; place < PLACES; place++) {
      const entry = this.#places[place] as Entry<Value> | null
      if (entry === null || !unwanted(entry)) continue
      this.#places[place] = null
      this.#bytes -= costOf(entry)
    }
    if (this.#bytes === 0) this.#roomUsed = 0
    this.#recent = null
    assert(this.#bytes >= 0, 'a memo counts what it holds')
  }
}

function costOf({ length, bytes }: Entry<unknown>): number {
  return length + bytes
}

/** The highest bits of a product are the ones that all others had a part in. */
function placeOf(hash: number, probe: number): number {
  return ((hash >>> (32 - PLACE_BITS)) + probe) & (PLACES - 1)
}

/** All octets count: in a header block one index is often the only difference. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (const stop = end - 3; at < stop; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    const high = ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ low ^ high, SPREAD)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), SPREAD)
  return hash
}
