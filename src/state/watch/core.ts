/** What the parts of a hub share. */

import { assert } from '../../base/index.ts'
import { Delivery } from './delivery.ts'
import { EventLog } from './event-log.ts'
import { Interests } from './interests.ts'
import type { WatchLimits } from './limits.ts'
import { PreviousValues } from './previous-values.ts'
import { Roster } from './roster.ts'
import type { WatchedState } from './types.ts'
import type { WatchStream } from './watch-stream.ts'
import { PLACE, type Watcher } from './watcher.ts'

export class WatchCore {
  readonly limits: WatchLimits
  readonly interests = new Interests()
  readonly roster = new Roster()
  readonly ring: EventLog
  readonly previous: PreviousValues
  readonly delivery: Delivery
  readonly streams = new Set<WatchStream>()
  /** The revision of the store. */
  head: number
  /**
   * Every synced watcher has been handed everything up to here. Invariant: matched <= head, and
   * nobody who is behind goes beyond it.
   */
  matched: number
  watcherCount = 0
  /** While events are handed out, nobody new is taken for synced: part of the hand-out is over. */
  isHandingOut = false
  /**
   * The list of distant watchers is worth a look: something about it, or about the past, is new.
   */
  isDistantDue = false

  constructor(state: WatchedState, limits: WatchLimits) {
    assert(state.compactRevision <= state.revision, 'what is compacted was there')
    this.limits = limits
    this.head = state.revision
    this.matched = state.revision
    this.ring = new EventLog({ bytesMax: limits.ringBytesMax, floor: state.revision + 1 })
    this.previous = new PreviousValues(state)
    this.delivery = new Delivery(limits, this.previous, this.roster)
  }

  get compactRevision(): number {
    return this.previous.compactRevision
  }

  /** Where a watcher belongs that is to go on at its cursor. */
  settle(watcher: Watcher): void {
    const { cursorMain } = watcher
    if (cursorMain <= this.matched) this.roster.move(watcher, PLACE.chasing)
    else if (cursorMain === this.matched + 1 && !this.isHandingOut) {
      this.roster.move(watcher, PLACE.synced)
    } else this.roster.move(watcher, PLACE.future)
  }

  /** Those whose turn has come join those who are synced. */
  activate(): void {
    const { future } = this.roster
    while (future.lowestCursor <= this.matched + 1) {
      const watcher = future.first as Watcher
      const isNext = watcher.cursorMain === this.matched + 1
      this.roster.move(watcher, isNext ? PLACE.synced : PLACE.chasing)
    }
  }

  moveToDistant(watcher: Watcher): void {
    this.roster.move(watcher, PLACE.distant)
    this.isDistantDue = true
  }

  /** Forgets the watcher; whoever calls tells the client, and the stream. */
  remove(watcher: Watcher): void {
    assert(watcher.place !== PLACE.gone, 'a watcher goes once')
    this.roster.move(watcher, PLACE.gone)
    this.interests.leave(watcher.audience)
    this.watcherCount -= 1
  }
}
