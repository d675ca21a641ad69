/**
 * Items by their ids, which come and go all the time: streams of a connection, operations of a
 * pipeline.
 *
 * Not a `Map`: each of the tables that one leaves behind as it goes on refers to the next. Once one
 * of them has grown old, all after it are kept alive, and with them what was removed long ago,
 * until the next major collection; which then comes every few hundred milliseconds.
 *
 * Ids are whole numbers above 0, chosen by others perhaps: at worst all items are looked at for
 * one.
 */

import { assert } from './assert.ts'

const CAPACITY_MIN = 8
/** 2^32 over the golden ratio: neighbours among ids are far apart. */
const SPREAD = 0x9e3779b1

export class IdTable<Item> {
  /** 0: the place is free. Capacities are powers of two, and at most half of the places taken. */
  #ids = new Float64Array(CAPACITY_MIN)
  #items = new Array<Item | undefined>(CAPACITY_MIN).fill(undefined)
  #mask = CAPACITY_MIN - 1
  /** Of a hash, so many bits are too many. */
  #shift = 32 - Math.log2(CAPACITY_MIN)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(id: number): boolean {
    return id !== 0 && this.#ids[this.#placeOf(id)] === id
  }

  get(id: number): Item | undefined {
    return this.#items[this.#placeOf(id)]
  }

  /** The id is not in the table. */
  add(id: number, item: Item): void {
    assert(id > 0, 'ids are above 0')
    if (2 * this.#size > this.#mask) this.#grow()
    const place = this.#placeOf(id)
    assert(this.#ids[place] === 0, 'an id is used once at a time')
    this.#ids[place] = id
    this.#items[place] = item
    this.#size += 1
  }

  /** Returns what was removed. */
  remove(id: number): Item | undefined {
    const place = this.#placeOf(id)
    if (id === 0 || this.#ids[place] !== id) return undefined
    const item = this.#items[place]
    this.#close(place)
    this.#size -= 1
    return item
  }

  clear(): void {
    this.#ids.fill(0)
    this.#items.fill(undefined)
    this.#size = 0
  }

  /** Ascending by id. */
  items(): Item[] {
    const ids = this.#ids.filter((id) => id !== 0).sort()
    return Array.from(ids, (id) => this.get(id) as Item)
  }

  /** Where the id is, or the free place where it would be. */
  #placeOf(id: number): number {
    const ids = this.#ids
    let place = this.#home(id)
    while (ids[place] !== id && ids[place] !== 0) place = (place + 1) & this.#mask
    return place
  }

  #home(id: number): number {
    return Math.imul(id, SPREAD) >>> this.#shift
  }

  /** What stands behind a gap moves into it, unless that is before its home. */
  #close(free: number): void {
    const ids = this.#ids
    const mask = this.#mask
    let gap = free
    for (let place = (gap + 1) & mask; ids[place] !== 0; place = (place + 1) & mask) {
      const id = ids[place] as number
      const behindHome = (place - this.#home(id)) & mask
      if (behindHome < ((place - gap) & mask)) continue
      ids[gap] = id
      this.#items[gap] = this.#items[place]
      gap = place
    }
    ids[gap] = 0
    this.#items[gap] = undefined
  }

  #grow(): void {
    const ids = this.#ids
    const items = this.#items
    const capacity = 2 * ids.length
    this.#ids = new Float64Array(capacity)
    this.#items = new Array<Item | undefined>(capacity).fill(undefined)
    this.#mask = capacity - 1
    this.#shift -= 1
    for (let from = 0; from < ids.length; from++) {
      const id = ids[from] as number
      if (id === 0) continue
      const place = this.#placeOf(id)
      this.#ids[place] = id
      this.#items[place] = items[from]
    }
  }
}
