import type { LoadedRecords, RevisionList } from '../../state/index.ts'

/** A position and a main revision together are a safe integer. */
const QUICK_LENGTH_MAX = 2048
const QUICK_MAIN_MAX = 2 ** 42 - 1

/**
 * Records that were loaded, in the order in which they were asked for, in which they are mostly
 * looked at, too: then nothing has to be searched.
 */
export class LoadedList implements LoadedRecords {
  readonly #mains: Float64Array
  readonly #subs: Uint32Array
  readonly #records: (Uint8Array | null)[]
  /** Positions in the order of revisions, once somebody has asked out of order. */
  #order: Uint32Array | null = null
  #next = 0

  constructor(revisions: RevisionList) {
    const { length } = revisions
    this.#mains = new Float64Array(length)
    this.#subs = new Uint32Array(length)
    this.#records = new Array<Uint8Array | null>(length).fill(null)
    for (let at = 0; at < length; at++) {
      this.#mains[at] = revisions.main(at)
      this.#subs[at] = revisions.sub(at)
    }
  }

  get length(): number {
    return this.#records.length
  }

  main(position: number): number {
    return this.#mains[position] as number
  }

  sub(position: number): number {
    return this.#subs[position] as number
  }

  set(position: number, record: Uint8Array): void {
    this.#records[position] = record
  }

  get(main: number, sub: number): Uint8Array | null {
    const position = this.#isAt(this.#next, main, sub) ? this.#next : this.#search(main, sub)
    if (position < 0) return null
    this.#next = position + 1
    return this.#records[position] as Uint8Array | null
  }

  /** What was asked for more than once was loaded for the first position only. */
  shareRepeated(): void {
    const order = this.order()
    for (let at = 1; at < order.length; at++) {
      const before = order[at - 1] as number
      const position = order[at] as number
      if (this.#compare(position, this.main(before), this.sub(before)) !== 0) continue
      this.#records[position] = this.#records[before] as Uint8Array | null
    }
  }

  /** Positions so that the revisions ascend. */
  order(): Uint32Array {
    this.#order ??= this.#quickOrder() ?? this.#anyOrder()
    return this.#order
  }

  /** Numbers are sorted ten times as fast as by comparing; null: one does not hold it all. */
  #quickOrder(): Uint32Array | null {
    const { length } = this
    if (length > QUICK_LENGTH_MAX) return null
    const numbers = new Float64Array(length)
    for (let at = 0; at < length; at++) {
      const main = this.main(at)
      if (main > QUICK_MAIN_MAX || this.sub(at) !== 0) return null
      numbers[at] = main * QUICK_LENGTH_MAX + at
    }
    numbers.sort()
    // An iterator over so many, or the remainder of a float, takes longer than all else here.
    const order = new Uint32Array(length)
    for (let at = 0; at < length; at++) {
      const number = numbers[at] as number
      order[at] = number - Math.floor(number / QUICK_LENGTH_MAX) * QUICK_LENGTH_MAX
    }
    return order
  }

  #anyOrder(): Uint32Array {
    return Uint32Array.from(this.#records.keys()).sort(
      (left, right) => this.#compare(left, this.main(right), this.sub(right)) || left - right,
    )
  }

  #isAt(position: number, main: number, sub: number): boolean {
    return this.#mains[position] === main && this.#subs[position] === sub
  }

  #search(main: number, sub: number): number {
    const order = this.order()
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(order[middle] as number, main, sub) < 0) low = middle + 1
      else high = middle
    }
    const position = order[low] ?? this.length
    return this.#isAt(position, main, sub) ? position : -1
  }

  #compare(position: number, main: number, sub: number): number {
    return this.main(position) - main || this.sub(position) - sub
  }
}
