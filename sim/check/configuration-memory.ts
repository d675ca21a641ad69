import { assert } from '../../src/base/index.ts'
import type { CallList } from './call-list.ts'

/** A Map entry and a string's head, about; and the head of an array. */
const BYTES_PER_KEY = 120
const BYTES_PER_USE = 100

export interface Configuration {
  readonly list: CallList
  /** How many calls stand before the return of each operation. */
  readonly callsBefore: Int32Array
  /** By unknown group: how many members are taken. */
  readonly taken: Uint32Array
  /** The state, and whatever else tells two configurations apart. */
  readonly label: number
}

/** Unknown groups of which members are taken, ascending, each followed by how many. */
type Use = Uint32Array

/**
 * Where a search has been. What can be reached from a configuration can also be reached from one
 * that differs only in having taken fewer unknown outcomes: those left over may stay away. So a
 * configuration is known when one was seen that took no more of any group.
 *
 * The rest becomes a short string: before the first operation that is left all are taken, and none
 * is taken that is called after the first return that is left, so only the bits in between count.
 */
export class ConfigurationMemory {
  /** By everything but the use: the least uses seen, none of which contains another. */
  readonly #known = new Map<string, Use[]>()
  #units = new Uint16Array(256)
  #bytes = 0

  /** An estimate of the memory in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** False when it was known already. */
  add(configuration: Configuration): boolean {
    const key = this.#key(configuration)
    const use = useOf(configuration.taken)
    const uses = this.#known.get(key)
    if (uses === undefined) {
      this.#known.set(key, [use])
      this.#bytes += BYTES_PER_KEY + 2 * key.length + BYTES_PER_USE + 4 * use.length
      return true
    }
    if (uses.some((other) => isWithin(other, use))) return false
    const kept = uses.filter((other) => !isWithin(use, other))
    kept.push(use)
    this.#bytes += BYTES_PER_USE * (kept.length - uses.length) + 4 * use.length
    this.#known.set(key, kept)
    return true
  }

  #key({ list, callsBefore, label }: Configuration): string {
    const { first } = list
    const lastWord = ((callsBefore[list.firstReturn()] as number) - 1) >>> 5
    const words = lastWord - (first >>> 5) + 1
    assert(words > 0, 'the first operation left is called before the first return')
    const units = this.#room(4 + 2 * words)
    let length = push(units, 0, label)
    length = push(units, length, first)
    for (let word = first >>> 5; word <= lastWord; word++) {
      length = push(units, length, list.takenWord(word))
    }
    return unitsText(units, length)
  }

  #room(length: number): Uint16Array {
    if (this.#units.length < length) this.#units = new Uint16Array(2 * length)
    return this.#units
  }
}

function push(units: Uint16Array, length: number, value: number): number {
  units[length] = value & 0xffff
  units[length + 1] = value >>> 16
  return length + 2
}

/** In pieces: a call takes only so many arguments. */
function unitsText(units: Uint16Array, length: number): string {
  let text = ''
  for (let start = 0; start < length; start += 4096) {
    const piece = units.subarray(start, Math.min(length, start + 4096))
    text += String.fromCharCode.apply(null, piece as unknown as number[])
  }
  return text
}

const NO_USE: Use = new Uint32Array(0)

function useOf(taken: Uint32Array): Use {
  let groups = 0
  for (const count of taken) if (count > 0) groups += 1
  if (groups === 0) return NO_USE
  const use = new Uint32Array(2 * groups)
  let place = 0
  for (let group = 0; group < taken.length; group++) {
    const count = taken[group] as number
    if (count === 0) continue
    use[place] = group
    use[place + 1] = count
    place += 2
  }
  return use
}

/** Whether `small` takes no more of any group than `large`. */
function isWithin(small: Use, large: Use): boolean {
  let place = 0
  for (let i = 0; i < small.length; i += 2) {
    const group = small[i] as number
    while ((large[place] ?? group) < group) place += 2
    if (large[place] !== group || (large[place + 1] as number) < (small[i + 1] as number)) {
      return false
    }
  }
  return true
}
