/** Goes over the keys of a range as they are at one revision, in turns. */

import { assert } from '../base/index.ts'
import { compareBytes, type KeyRange, successorOf } from './key-range.ts'
import { type KeyIndex, type KeySlot, NO_SLOT, NO_VERSION, type VersionRef } from './keys/index.ts'
import type { Work } from './work.ts'

/**
 * The version of a key that is in force at a revision. One object for many: what it says is that of
 * the key that was loaded last, as long as the index does not change.
 */
export class VersionView {
  readonly #index: KeyIndex
  /** The revision that is looked at. */
  readonly at: number
  slot: KeySlot = NO_SLOT
  main = 0
  sub = 0
  #version: VersionRef = NO_VERSION

  constructor(index: KeyIndex, at: number) {
    assert(at > 0, 'a store is looked at as it is at a revision')
    this.#index = index
    this.at = at
  }

  /** False when the key was not there. */
  load(slot: KeySlot): boolean {
    const index = this.#index
    this.slot = slot
    const main = index.main(slot)
    if (main > this.at) return this.#loadOld(slot)
    this.#version = index.newest(slot)
    if (index.isDeleted(slot)) return false
    this.main = main
    this.sub = index.sub(slot)
    return true
  }

  get create(): number {
    return this.#index.refCreate(this.#version)
  }

  get version(): number {
    return this.#index.refVersion(this.#version)
  }

  get lease(): bigint {
    return this.#index.refLease(this.#version)
  }

  /** Of its record. */
  get bytes(): number {
    return this.#index.refBytes(this.#version)
  }

  #loadOld(slot: KeySlot): boolean {
    const index = this.#index
    const ref = index.versionAt(slot, this.at)
    this.#version = ref
    if (ref === NO_VERSION) return false
    this.main = index.refMain(ref)
    this.sub = index.refSub(ref)
    return true
  }
}

export class KeyWalk {
  readonly #index: KeyIndex
  readonly #range: KeyRange
  readonly #view: VersionView
  /** Where to go on after a turn. A slot would not do: its key may be gone by then. */
  #from: Uint8Array
  /** The key that was looked at last; invariant: `NO_SLOT` between turns. */
  #slot: KeySlot = NO_SLOT
  /** The first key behind the range, as long as the turn lasts. */
  #end: KeySlot = NO_SLOT
  #isOver = false

  constructor(index: KeyIndex, range: KeyRange, view: VersionView) {
    this.#index = index
    this.#range = range
    this.#view = view
    this.#from = range.from
  }

  /** On to the next key that is there, which the view then shows. */
  next(work: Work): 'key' | 'end' | 'turnOver' {
    while (!this.#isOver) {
      if (work.isTurnOver) {
        this.park()
        return 'turnOver'
      }
      const slot = this.#step()
      if (slot === this.#end || slot === NO_SLOT) break
      this.#slot = slot
      this.#isOver = this.#range.isOneKey
      work.spend(1)
      if (this.#view.load(slot)) return 'key'
    }
    this.#isOver = true
    this.#slot = NO_SLOT
    return 'end'
  }

  /** Before others have a turn: whatever they change, the walk goes on behind its last key. */
  park(): void {
    if (this.#slot === NO_SLOT) return
    this.#from = successorOf(this.#index.keyBytes(this.#slot))
    this.#slot = NO_SLOT
  }

  #step(): KeySlot {
    const { to, isOneKey } = this.#range
    if (this.#slot !== NO_SLOT) return this.#index.next(this.#slot)
    if (isOneKey) return this.#index.find(this.#from, 0, this.#from.length)
    if (to !== null && compareBytes(this.#from, to) >= 0) return NO_SLOT
    this.#end = to === null ? NO_SLOT : this.#index.first(to)
    return this.#index.first(this.#from)
  }
}
