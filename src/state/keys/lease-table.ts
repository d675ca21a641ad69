/**
 * Short numbers for the 64-bit ids of leases: a version holds four bytes, and ids become `bigint`
 * only where they come in and go out. An id is here as long as a version refers to it.
 */

import { assert } from '../../base/index.ts'

/** About what the map, the two lists and the `bigint` take for an id. */
const ID_BYTES = 96

export class LeaseTable {
  readonly #numbers = new Map<bigint, number>()
  /** Number 0 is no lease, which is never counted. */
  readonly #ids: bigint[] = [0n]
  readonly #references: number[] = [0]
  readonly #vacant: number[] = []

  get bytes(): number {
    return this.#numbers.size * ID_BYTES
  }

  id(number: number): bigint {
    const id = this.#ids[number]
    assert(id !== undefined, 'a version refers to a lease that is known')
    return id
  }

  /** One reference more. */
  hold(id: bigint): number {
    if (id === 0n) return 0
    const number = this.#numbers.get(id) ?? this.#add(id)
    this.#references[number] = (this.#references[number] as number) + 1
    return number
  }

  release(number: number): void {
    if (number === 0) return
    const left = (this.#references[number] as number) - 1
    assert(left >= 0, 'a lease is released as often as it was held')
    this.#references[number] = left
    if (left > 0) return
    this.#numbers.delete(this.#ids[number] as bigint)
    this.#vacant.push(number)
  }

  #add(id: bigint): number {
    const number = this.#vacant.pop() ?? this.#ids.length
    this.#ids[number] = id
    this.#references[number] = 0
    this.#numbers.set(id, number)
    return number
  }
}
