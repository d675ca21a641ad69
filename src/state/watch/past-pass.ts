/** Brings those who are behind nearer: all whose cursors lie in one slice of events together. */

import { assert } from '../../base/index.ts'
import type { WatchCore } from './core.ts'
import type { EventLog } from './event-log.ts'
import type { Audience, Interest } from './interest.ts'
import type { Matcher } from './matcher.ts'
import type { Place, Watcher } from './watcher.ts'

/** What is known of the past, without a gap. */
export interface Past {
  readonly log: EventLog
  readonly fromMain: number
  readonly lastMain: number
  readonly home: Place
}

export class PastPass {
  readonly #core: WatchCore
  readonly #matcher: Matcher
  readonly #passengers: Watcher[] = []
  readonly #group: Watcher[] = []

  constructor(core: WatchCore, matcher: Matcher) {
    this.#core = core
    this.#matcher = matcher
  }

  /** One slice, from the lowest cursor on that lies in the past; false when there is none. */
  step(past: Past, watchers: readonly Watcher[]): boolean {
    const fromMain = this.#board(past, watchers)
    if (this.#passengers.length === 0) return false
    const endMain = this.#matcher.run({
      log: past.log,
      fromMain,
      lastMain: past.lastMain,
      eventsMax: this.#core.limits.sliceEvents,
      home: past.home,
    })
    assert(endMain > fromMain && endMain <= past.lastMain + 1, 'a slice goes on within the past')
    for (const interest of this.#matcher.touched) this.#deliver(interest, past, endMain)
    // Afterwards: a slice that was looked at for nothing would be looked at again, for ever.
    this.#core.delivery.budget.left -= this.#matcher.looked + 1
    this.#matcher.clear()
    this.#alight(past, endMain)
    return true
  }

  /** Everybody whose cursor lies in the past takes part; returns the lowest cursor. */
  #board({ fromMain, lastMain }: Past, watchers: readonly Watcher[]): number {
    let lowest = Number.POSITIVE_INFINITY
    for (const watcher of watchers) {
      const { cursorMain, audience } = watcher
      if (cursorMain < fromMain || cursorMain > lastMain) continue
      this.#passengers.push(watcher)
      audience.passengers.push(watcher)
      audience.interest.passengerCount += 1
      if (cursorMain < lowest) lowest = cursorMain
    }
    return lowest
  }

  #alight({ home }: Past, endMain: number): void {
    const { roster } = this.#core
    for (const watcher of this.#passengers) {
      const { audience } = watcher
      audience.passengers.length = 0
      audience.interest.passengerCount = 0
      const { isStopped } = watcher
      watcher.isStopped = false
      if (watcher.place !== home || isStopped) continue
      if (watcher.cursorMain < endMain) {
        watcher.moveTo(endMain, 0)
        roster.settleResumed(watcher)
      }
    }
    this.#passengers.length = 0
  }

  #deliver(interest: Interest, past: Past, endMain: number): void {
    const portion = { log: past.log, positions: interest.events, endMain, home: past.home }
    // A copy: sinks may close streams, which changes the list.
    for (const audience of [...interest.audiences]) {
      if (audience.passengers.length > 0) this.#deliverTo(audience, portion)
    }
  }

  /** Those whose cursors leave the same events to come share what is encoded. */
  #deliverTo(
    audience: Audience,
    portion: { log: EventLog; positions: readonly number[]; endMain: number; home: Place },
  ): void {
    const { passengers } = audience
    passengers.sort(byCursor)
    let at = 0
    for (let i = 0; i < passengers.length; ) {
      const watcher = passengers[i] as Watcher
      at = firstFrom(portion, at, watcher)
      if (at === portion.positions.length) return
      const group = this.#group
      for (; i < passengers.length; i++) {
        const other = passengers[i] as Watcher
        if (firstFrom(portion, at, other) !== at) break
        group.push(other)
      }
      this.#core.delivery.deliver(group, at, portion)
      group.length = 0
    }
  }
}

function byCursor(left: Watcher, right: Watcher): number {
  return left.cursorMain - right.cursorMain || left.cursorSub - right.cursorSub
}

/** The first event, from `start` on, that is not below the watcher's cursor. */
function firstFrom(
  { log, positions }: { log: EventLog; positions: readonly number[] },
  start: number,
  { cursorMain, cursorSub }: Watcher,
): number {
  let [low, high] = [start, positions.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const position = positions[middle] as number
    const segment = log.segmentAt(position)
    const place = log.placeAt(position)
    const order = segment.main(place) - cursorMain || segment.sub(place) - cursorSub
    if (order < 0) low = middle + 1
    else high = middle
  }
  return low
}
