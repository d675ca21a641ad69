/**
 * Gets at the records of keys that were found, from memory or, several at a time, from the disk.
 */

import { assert } from '../base/index.ts'
import type { VersionView } from './key-walk.ts'
import type { KeySlot } from './keys/index.ts'
import type { Steps, Work } from './work.ts'

export class RecordAccess {
  readonly #view: VersionView
  readonly #work: Work

  constructor(view: VersionView, work: Work) {
    this.#view = view
    this.#work = work
  }

  /** Valid until the next call of the store; null when it must be loaded. Moves the view there. */
  inMemory(slot: KeySlot): Uint8Array | null {
    const isThere = this.#view.load(slot)
    assert(isThere, 'a key that was found has a version')
    return this.#work.record(this.#view.main, this.#view.sub)
  }

  /**
   * Loads the record of one of the keys, and with it those of the keys behind it: whoever loads
   * finds those that are in memory as well as who would ask for each of them before.
   */
  *load(slots: readonly KeySlot[], position: number): Steps<Uint8Array> {
    const view = this.#view
    view.load(slots[position] as KeySlot)
    this.#work.need(view.main, view.sub, view.bytes)
    for (let i = position + 1; i < slots.length && !this.#work.hasAskedEnough; i++) {
      const isThere = view.load(slots[i] as KeySlot)
      assert(isThere, 'a key that was found has a version')
      this.#work.ask(view.main, view.sub, view.bytes)
    }
    yield 'missing'
    const record = this.inMemory(slots[position] as KeySlot)
    assert(record !== null, 'what is in the index is in the store')
    return record
  }
}
