/** Watchers whose turn has not come, the one with the lowest cursor first: a binary heap. */

import { assert } from '../../base/index.ts'
import type { Watcher } from './watcher.ts'

export class FutureHeap {
  /** Invariant: no watcher has a lower cursor than its parent; each knows its slot. */
  readonly #watchers: Watcher[] = []

  get size(): number {
    return this.#watchers.length
  }

  /** Infinity: nobody waits. */
  get lowestCursor(): number {
    return this.#watchers[0]?.cursorMain ?? Number.POSITIVE_INFINITY
  }

  get first(): Watcher | null {
    return this.#watchers[0] ?? null
  }

  add(watcher: Watcher): void {
    this.#watchers.push(watcher)
    this.#put(watcher, this.#watchers.length - 1)
    this.#rise(watcher)
  }

  remove(watcher: Watcher): void {
    const { slot } = watcher
    assert(this.#watchers[slot] === watcher, 'who is removed is there')
    const last = this.#watchers.pop() as Watcher
    watcher.slot = -1
    if (last === watcher) return
    this.#put(last, slot)
    this.#rise(last)
    this.#sink(last)
  }

  #rise(watcher: Watcher): void {
    while (watcher.slot > 0) {
      const above = (watcher.slot - 1) >>> 1
      const parent = this.#watchers[above] as Watcher
      if (parent.cursorMain <= watcher.cursorMain) return
      this.#put(parent, watcher.slot)
      this.#put(watcher, above)
    }
  }

  #sink(watcher: Watcher): void {
    for (;;) {
      const left = this.#watchers[2 * watcher.slot + 1]
      const right = this.#watchers[2 * watcher.slot + 2]
      const child =
        right !== undefined && right.cursorMain < (left as Watcher).cursorMain ? right : left
      if (child === undefined || child.cursorMain >= watcher.cursorMain) return
      const { slot } = child
      this.#put(child, watcher.slot)
      this.#put(watcher, slot)
    }
  }

  #put(watcher: Watcher, slot: number): void {
    this.#watchers[slot] = watcher
    watcher.slot = slot
  }
}
