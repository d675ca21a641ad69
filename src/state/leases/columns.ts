/** Arrays that grow by pages: nothing is ever copied, and pages nobody wrote to are not there. */

import { assert } from '../../base/index.ts'

const PAGE_BITS = 12
const PAGE_LENGTH = 1 << PAGE_BITS
const PAGE_MASK = PAGE_LENGTH - 1

export class Int32Column {
  readonly #pages: (Int32Array | undefined)[] = []

  /** 0 where nothing was set. */
  get(position: number): number {
    const page = this.#pages[position >>> PAGE_BITS]
    return page === undefined ? 0 : (page[position & PAGE_MASK] as number)
  }

  set(position: number, value: number): void {
    assert(position >= 0 && (value | 0) === value, 'a column holds numbers of 32 bits')
    const number = position >>> PAGE_BITS
    while (this.#pages.length <= number) this.#pages.push(undefined)
    let page = this.#pages[number]
    if (page === undefined) {
      page = new Int32Array(PAGE_LENGTH)
      this.#pages[number] = page
    }
    page[position & PAGE_MASK] = value
  }
}

export class Float64Column {
  readonly #pages: Float64Array[] = []

  get(position: number): number {
    const page = this.#pages[position >>> PAGE_BITS]
    return page === undefined ? 0 : (page[position & PAGE_MASK] as number)
  }

  set(position: number, value: number): void {
    assert(position >= 0 && !Number.isNaN(value), 'a column holds numbers')
    const number = position >>> PAGE_BITS
    while (this.#pages.length <= number) this.#pages.push(new Float64Array(PAGE_LENGTH))
    const page = this.#pages[number] as Float64Array
    page[position & PAGE_MASK] = value
  }
}
