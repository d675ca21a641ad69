/** What it takes to look for keys, of so many that are looked for together: see `Foresight`. */

import type { KeySlot } from './types.ts'

export class SoughtKeys {
  readonly hashes: Uint32Array
  readonly lengths: Uint8Array
  /** The last word of each. */
  readonly tails: Int32Array
  /** Where they seem to be: keys with the same hash, length and last word; or `NO_SLOT`. */
  readonly slots: Int32Array
  /** Numbers of those that are still looked for. */
  readonly open: Int32Array
  count = 0
  /** It means nothing, but that something was looked at. */
  seen = 0

  constructor(countMax: number) {
    this.hashes = new Uint32Array(countMax)
    this.lengths = new Uint8Array(countMax)
    this.tails = new Int32Array(countMax)
    this.slots = new Int32Array(countMax)
    this.open = new Int32Array(countMax)
  }

  get isFull(): boolean {
    return this.count === this.hashes.length
  }

  slot(at: number): KeySlot {
    return this.slots[at] as number
  }
}
