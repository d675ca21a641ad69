/** A part of the store as a store of its own: all keys behind one prefix. */

import { endOfPrefix, isNothing, keyAfter } from '../keys.ts'

/** Bounds as level stores name them, encoded. */
export interface LevelRange {
  readonly gt?: Uint8Array | undefined
  readonly gte?: Uint8Array | undefined
  readonly lt?: Uint8Array | undefined
  readonly lte?: Uint8Array | undefined
}

export interface Bounds {
  readonly start: Uint8Array
  readonly end: Uint8Array
}

export class KeySpace {
  readonly prefix: Uint8Array

  /** The prefix is not empty: an empty key has to be one of the store's all the same. */
  constructor(prefix: string) {
    this.prefix = new TextEncoder().encode(prefix)
  }

  keyOf(key: Uint8Array): Uint8Array {
    const whole = new Uint8Array(this.prefix.length + key.length)
    whole.set(this.prefix)
    whole.set(key, this.prefix.length)
    return whole
  }

  /** In memory of its own. */
  nameOf(whole: Uint8Array): Uint8Array {
    return whole.slice(this.prefix.length)
  }

  boundsOf({ gt, gte, lt, lte }: LevelRange): Bounds {
    return { start: this.#startOf(gt, gte), end: this.#endOf(lt, lte) }
  }

  #startOf(gt: Uint8Array | undefined, gte: Uint8Array | undefined): Uint8Array {
    if (gte !== undefined) return this.keyOf(gte)
    return gt === undefined ? this.prefix : keyAfter(this.keyOf(gt))
  }

  #endOf(lt: Uint8Array | undefined, lte: Uint8Array | undefined): Uint8Array {
    if (lte !== undefined) return keyAfter(this.keyOf(lte))
    return lt === undefined ? endOfPrefix(this.prefix) : this.keyOf(lt)
  }
}

export function isEmpty({ start, end }: Bounds): boolean {
  return isNothing({ key: start, rangeEnd: end })
}

/**
 * The prefix of which these bounds have all keys; those of a sublevel have one more, the first one
 * behind them.
 */
export function prefixIn({ start, end }: Bounds): Uint8Array | null {
  const behind = endOfPrefix(start)
  const isIt = compareBytes(behind, end) === 0 || compareBytes(keyAfter(behind), end) === 0
  return start.length > 0 && isIt ? start : null
}

export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const difference = (one[at] as number) - (other[at] as number)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}
