/**
 * Whoever looks for a key waits four times for memory that is in no cache of the processor: for its
 * bucket, the key, the place of its record, and the record, each found through the one before. So
 * reads that are about to run are looked at together, in loops of which no step waits for the last
 * one: the processor asks for as many places at a time as it can.
 *
 * Nothing is decided here. What is overlooked comes when it is looked for.
 */

import { type KeyIndex, NO_SLOT, SoughtKeys } from './keys/index.ts'
import { READ, type ReadKind } from './kinds.ts'
import type { RecordStore, RevisionList } from './types.ts'

/** What they look at has room in the first cache of a processor. */
export const FORESEEN_MAX = 64
/** It costs more to look at fewer than it saves. */
export const FORESEEN_MIN = 8

/** A range begins with its key, field 1, and the length of that. */
const KEY_TAG = 0x0a
const KEY_AT = 2
/** A length that fits into one byte. */
const KEY_BYTES_MAX = 0x7f

export interface ForeseenRead {
  readonly kind: ReadKind
  readonly body: Uint8Array
}

export class Foresight implements RevisionList {
  readonly #keys = new SoughtKeys(FORESEEN_MAX)
  readonly #mains = new Float64Array(FORESEEN_MAX)
  /** Of the keys that are there, as far as can be told. */
  length = 0

  main(position: number): number {
    return this.#mains[position] as number
  }

  /** Nearly always. */
  sub(): number {
    return 0
  }

  add({ kind, body }: ForeseenRead, index: KeyIndex): void {
    const length = body[1] ?? 0
    const end = KEY_AT + length
    const isKey = kind === READ.range && body[0] === KEY_TAG && length <= KEY_BYTES_MAX
    if (!isKey || end > body.length || this.#keys.isFull) return
    index.seek(this.#keys, body, KEY_AT, end)
  }

  /** Looks at all that were added since it did so last. */
  look(index: KeyIndex, records: RecordStore): void {
    const keys = this.#keys
    const { count } = keys
    index.lookFor(keys)
    const mains = this.#mains
    let found = 0
    for (let at = 0; at < count; at++) {
      const slot = keys.slot(at)
      if (slot === NO_SLOT) continue
      mains[found] = index.main(slot)
      found += 1
    }
    this.length = found
    records.foresee?.(this)
  }
}
