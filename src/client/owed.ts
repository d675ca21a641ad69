/**
 * What waits for an answer, by the id that it left with. Ids ascend and are not used again; one is
 * passed over when the place that it would have in the table is taken.
 *
 * Not a `Map`: the tables that one leaves behind as it goes on refer to each other, so that those
 * which grew old keep alive what came later, and with it all that was answered long ago.
 */

import type { Pending } from './pending.ts'

const CAPACITY_MIN = 64

export class Owed {
  /** By the low bits of the id. */
  #pending = new Array<Pending | null>(CAPACITY_MIN).fill(null)
  #ids = new Float64Array(CAPACITY_MIN)
  #mask = CAPACITY_MIN - 1
  #nextId = 1
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Returns its id. */
  add(pending: Pending): number {
    // At most half of the places are taken, so that the next free one is near.
    if (this.#size * 2 > this.#mask) this.#grow()
    while (this.#pending[this.#placeOf(this.#nextId)] !== null) this.#nextId += 1
    const id = this.#nextId
    const place = this.#placeOf(id)
    this.#pending[place] = pending
    this.#ids[place] = id
    this.#nextId += 1
    this.#size += 1
    return id
  }

  /** Null: nobody waits for it any more. */
  take(id: number): Pending | null {
    const place = this.#placeOf(id)
    const pending = this.#pending[place] ?? null
    if (pending === null || this.#ids[place] !== id) return null
    this.#pending[place] = null
    this.#size -= 1
    return pending
  }

  /** In the order in which they left. */
  takeAll(): Pending[] {
    const all = this.#entries().sort((one, other) => one.id - other.id)
    this.#pending.fill(null)
    this.#size = 0
    return all.map(({ pending }) => pending)
  }

  #entries(): { readonly id: number; readonly pending: Pending }[] {
    return this.#pending.flatMap((pending, place) =>
      pending === null ? [] : [{ id: this.#ids[place] as number, pending }],
    )
  }

  /** Ids have up to 53 bits, of which the low ones count. */
  #placeOf(id: number): number {
    return (id % 0x1_0000_0000) & this.#mask
  }

  /** What had places of its own has them still. */
  #grow(): void {
    const entries = this.#entries()
    const capacity = 2 * (this.#mask + 1)
    this.#pending = new Array<Pending | null>(capacity).fill(null)
    this.#ids = new Float64Array(capacity)
    this.#mask = capacity - 1
    for (const { id, pending } of entries) {
      const place = this.#placeOf(id)
      this.#pending[place] = pending
      this.#ids[place] = id
    }
  }
}
