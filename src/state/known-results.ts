/**
 * What a session has been answered, by ascending sequence: a ring, as most results are added at its
 * end and forgotten at its front. Most say nothing but a revision: they are kept as numbers, for
 * there may be a hundred thousand in a second.
 */

import { assert } from '../base/index.ts'
import type { CommandResult } from './types.ts'

const NO_BODY = new Uint8Array(0)
/** What a result takes besides its body. */
const OVERHEAD_BYTES = 64
const CAPACITY_MIN = 8

export interface KnownResult {
  readonly sequence: number
  readonly result: CommandResult
}

export class KnownResults {
  #sequences = new Float64Array(CAPACITY_MIN)
  #revisions = new Float64Array(CAPACITY_MIN)
  /** Null: it was done, and the revision is all there is to say. */
  #others = new Array<CommandResult | null>(CAPACITY_MIN).fill(null)
  /** Capacities are powers of two. */
  #mask = CAPACITY_MIN - 1
  #start = 0
  #count = 0
  #bytes = 0

  get length(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  *[Symbol.iterator](): Generator<KnownResult, void> {
    for (let place = 0; place < this.#count; place++) {
      const sequence = this.#sequences[this.#at(place)] as number
      yield { sequence, result: this.#result(place) }
    }
  }

  /** Null: there is none. */
  find(sequence: number): CommandResult | null {
    const place = this.#placeOf(sequence) - 1
    if (place < 0 || this.#sequences[this.#at(place)] !== sequence) return null
    return this.#result(place)
  }

  add(sequence: number, result: CommandResult): void {
    if (this.#count > this.#mask) this.#grow()
    const place = this.#placeOf(sequence)
    for (let later = this.#count; later > place; later--) this.#move(later - 1, later)
    this.#count += 1
    const at = this.#at(place)
    this.#sequences[at] = sequence
    this.#revisions[at] = result.revision
    const bodyLength = bodyLengthOf(result)
    this.#others[at] = result.kind === 'done' && bodyLength === 0 ? null : result
    this.#bytes += OVERHEAD_BYTES + bodyLength
  }

  /** Forgets the one with the lowest sequence, and tells that. */
  shift(): number {
    assert(this.#count > 0, 'what is forgotten was known')
    const at = this.#start
    const other = this.#others[at] as CommandResult | null
    this.#bytes -= OVERHEAD_BYTES + (other === null ? 0 : bodyLengthOf(other))
    this.#others[at] = null
    this.#start = (at + 1) & this.#mask
    this.#count -= 1
    return this.#sequences[at] as number
  }

  #at(place: number): number {
    return (this.#start + place) & this.#mask
  }

  #result(place: number): CommandResult {
    const at = this.#at(place)
    const revision = this.#revisions[at] as number
    return this.#others[at] ?? { kind: 'done', revision, body: NO_BODY }
  }

  /** Behind all sequences up to the given one. Most are the newest: searched from the end. */
  #placeOf(sequence: number): number {
    let place = this.#count
    while (place > 0 && (this.#sequences[this.#at(place - 1)] as number) > sequence) place -= 1
    return place
  }

  #move(from: number, to: number): void {
    const source = this.#at(from)
    const target = this.#at(to)
    this.#sequences[target] = this.#sequences[source] as number
    this.#revisions[target] = this.#revisions[source] as number
    this.#others[target] = this.#others[source] as CommandResult | null
  }

  #grow(): void {
    const known = [...this]
    const capacity = 2 * (this.#mask + 1)
    this.#sequences = new Float64Array(capacity)
    this.#revisions = new Float64Array(capacity)
    this.#others = new Array<CommandResult | null>(capacity).fill(null)
    this.#mask = capacity - 1
    this.#start = 0
    this.#count = 0
    this.#bytes = 0
    for (const { sequence, result } of known) this.add(sequence, result)
  }
}

function bodyLengthOf(result: CommandResult): number {
  return result.kind === 'done' ? result.body.length : 0
}
