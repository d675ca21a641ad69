/** Finds for a slice of events who watches them. */

import type { EventLog } from './event-log.ts'
import type { Interest } from './interest.ts'
import type { Interests } from './interests.ts'
import { KeySpan } from './key-span.ts'
import { PLACE, type Place } from './watcher.ts'

/** Places of events that are kept for all ranges together before any is handed out. */
const MATCHES_PER_SLICE = 64 * 1024

export interface Slice {
  readonly log: EventLog
  /** The first revision, which the log holds, and the last. */
  readonly fromMain: number
  readonly lastMain: number
  readonly eventsMax: number
  /** Whose ranges count: the synced ones', or the passengers'. */
  readonly home: Place
}

export class Matcher {
  readonly #interests: Interests
  readonly #span = new KeySpan()
  /** The ranges for which something was found, in the order of their first events. */
  readonly touched: Interest[] = []
  /** Events that were looked at. */
  looked = 0
  #found = 0

  constructor(interests: Interests) {
    this.#interests = interests
  }

  /**
   * Fills `touched` and the positions of its ranges; returns the revision behind the last that was
   * looked at. Revisions are not cut, so one of them may go beyond the limits.
   */
  run(slice: Slice): number {
    const { log, fromMain, lastMain } = slice
    this.looked = 0
    this.#found = 0
    let revision = -1
    let position = log.settle(log.firstFrom(fromMain))
    while (position < log.end) {
      const segment = log.segmentAt(position)
      const place = log.placeAt(position)
      const main = segment.main(place)
      if (main > lastMain) break
      if (main !== revision) {
        if (this.looked >= slice.eventsMax || this.#found >= MATCHES_PER_SLICE) return main
        revision = main
      }
      segment.setKey(place, this.#span)
      this.#match(position, slice.home)
      this.looked += 1
      position = log.settle(position + 1)
    }
    return lastMain + 1
  }

  /** The positions have been used. */
  clear(): void {
    for (const interest of this.touched) interest.events.length = 0
    this.touched.length = 0
  }

  #match(position: number, home: Place): void {
    this.#interests.match(this.#span)
    for (const interest of this.#interests.hits) {
      const count = home === PLACE.synced ? interest.syncedCount : interest.passengerCount
      if (count === 0) continue
      if (interest.events.length === 0) this.touched.push(interest)
      interest.events.push(position)
      this.#found += 1
    }
  }
}
