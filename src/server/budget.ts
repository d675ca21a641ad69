/** What all writes that are under way take of a node, in count and bytes. */

import { assert } from '../base/index.ts'

export class Budget {
  readonly #countMax: number
  readonly #bytesMax: number
  #count = 0
  #bytes = 0

  constructor(limits: { readonly countMax: number; readonly bytesMax: number }) {
    assert(limits.countMax > 0 && limits.bytesMax > 0, 'there is room for something')
    this.#countMax = limits.countMax
    this.#bytesMax = limits.bytesMax
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  get isFull(): boolean {
    return this.#count >= this.#countMax || this.#bytes >= this.#bytesMax
  }

  take(bytes: number): void {
    this.#count += 1
    this.#bytes += bytes
  }

  giveBack(bytes: number): void {
    this.#count -= 1
    this.#bytes -= bytes
    assert(this.#count >= 0 && this.#bytes >= 0, 'no more is given back than was taken')
  }
}
