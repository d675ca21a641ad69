/** Hands what is new to those who have everything else. */

import { assert } from '../../base/index.ts'
import type { WatchCore } from './core.ts'
import type { Interest } from './interest.ts'
import type { Matcher } from './matcher.ts'
import { PLACE, type Watcher } from './watcher.ts'

export class LivePass {
  readonly #core: WatchCore
  readonly #matcher: Matcher
  readonly #group: Watcher[] = []

  constructor(core: WatchCore, matcher: Matcher) {
    this.#core = core
    this.#matcher = matcher
  }

  /** Until nothing is new, or the budget is spent. */
  run(): void {
    const core = this.#core
    core.activate()
    while (core.matched < core.head && !core.delivery.budget.isSpent) {
      // The ring has lost some of what was not looked at: it must be read from the engine.
      if (core.ring.floor > core.matched + 1) this.#leaveBehind(core.ring.floor - 1)
      else this.#step()
      core.activate()
    }
  }

  /** Nobody among the synced is new in the middle of a slice. */
  #step(): void {
    const core = this.#core
    const lastMain = Math.min(core.head, core.roster.future.lowestCursor - 1)
    assert(lastMain > core.matched, 'who waits for what was looked at is not in the future')
    if (core.roster.syncedCount === 0) {
      core.matched = lastMain
      return
    }
    const endMain = this.#matcher.run({
      log: core.ring,
      fromMain: core.matched + 1,
      lastMain,
      eventsMax: core.limits.sliceEvents,
      home: PLACE.synced,
    })
    for (const interest of this.#matcher.touched) this.#deliver(interest, endMain)
    // Afterwards: what was looked at is handed to somebody, whatever it cost.
    core.delivery.budget.left -= this.#matcher.looked
    this.#matcher.clear()
    assert(endMain > core.matched && endMain <= core.head + 1, 'a slice goes on')
    core.matched = endMain - 1
  }

  #deliver(interest: Interest, endMain: number): void {
    const core = this.#core
    const portion = { log: core.ring, positions: interest.events, endMain, home: PLACE.synced }
    // A copy: sinks may close streams, which changes the list.
    const audiences = interest.audiences.length === 1 ? interest.audiences : [...interest.audiences]
    for (let i = audiences.length - 1; i >= 0; i--) {
      const audience = audiences[i]
      if (audience === undefined || audience.synced.length === 0) continue
      const group = this.#group
      for (const watcher of audience.synced) group.push(watcher)
      core.delivery.deliver(group, 0, portion)
      group.length = 0
    }
  }

  /** Everybody who is synced now, up to the given revision, is behind. */
  #leaveBehind(revision: number): void {
    const core = this.#core
    const cursor = core.matched + 1
    assert(revision <= core.head, 'the ring holds what is newest')
    for (const stream of core.streams) {
      for (const watcher of stream.watchers()) {
        if (watcher.place !== PLACE.synced) continue
        if (cursor > watcher.cursorMain) watcher.moveTo(cursor, 0)
        core.roster.move(watcher, PLACE.chasing)
      }
    }
    assert(core.roster.syncedCount === 0, 'everybody is behind')
    core.matched = revision
  }

  /** Another state has taken the place of the one that the events came from. */
  leaveBehind(revision: number): void {
    assert(revision >= this.#core.matched, 'a state never goes back')
    this.#leaveBehind(revision)
    this.#core.activate()
  }
}
