/** Hands events to watchers, and puts those who cannot take them where they belong. */

import { assert } from '../../base/index.ts'
import { BatchEncoder, type EventRun } from './batch-encoder.ts'
import type { Audience } from './interest.ts'
import type { WatchLimits } from './limits.ts'
import { PREVIOUS, type PreviousValues } from './previous-values.ts'
import type { Roster } from './roster.ts'
import type { WatchBatch } from './types.ts'
import { PLACE, type Place, type Watcher } from './watcher.ts'

/** Bytes that cost about as much as one step of the budget, to encode and to send. */
const BYTES_PER_STEP = 4096
/** To a connection of its own each is a write to a socket, which is what it costs most of. */
const STEPS_PER_SEND = 20

/** Work that may still be done in a call, in steps of about a microsecond. */
export class Budget {
  left = 0

  get isSpent(): boolean {
    return this.left <= 0
  }
}

/** One range's part of a pass. */
export interface Portion extends EventRun {
  /** Everything below has been looked at, whether there was something for the range or not. */
  readonly endMain: number
  /** Where those who take part in the pass come from. */
  readonly home: Place
}

class Batch implements WatchBatch {
  revision = 0
  fragment = false
  eventCount = 0
  events: Uint8Array = new Uint8Array(0)
}

export class Delivery {
  readonly #limits: WatchLimits
  readonly #previous: PreviousValues
  readonly #roster: Roster
  readonly #encoder: BatchEncoder
  readonly #batch = new Batch()
  readonly budget = new Budget()
  /** Over the life of the hub. */
  eventsSent = 0

  constructor(limits: WatchLimits, previous: PreviousValues, roster: Roster) {
    this.#limits = limits
    this.#previous = previous
    this.#roster = roster
    this.#encoder = new BatchEncoder(previous, limits)
  }

  /**
   * To all of the group, which is used up: those who do not come to the end are elsewhere then, or
   * marked as stopped. They have been handed nothing from the event `first` on, and everything that
   * is theirs before it.
   */
  deliver(group: Watcher[], first: number, portion: Portion): void {
    const { positions } = portion
    const audience = (group[0] as Watcher).audience
    const encoder = this.#encoder
    assert(first >= 0, 'a run has a first event')
    let at = first
    while (at < positions.length && group.length > 0) {
      if (this.budget.isSpent) {
        for (const watcher of group) this.#hold(watcher, at, portion)
        return
      }
      encoder.encode(portion, at, audience)
      if (encoder.eventCount > 0) this.#send(group, at, portion)
      // Paid for afterwards: whatever it cost, somebody got it, so that no budget is too small.
      this.budget.left -= encoder.next - at + encoder.bodyLength / BYTES_PER_STEP
      at = encoder.next
      if (encoder.isMissing) {
        this.#await(group, at, portion)
        return
      }
    }
  }

  trim(): void {
    this.#encoder.trim()
  }

  /** What was encoded, from `at` on, to everybody who takes it. */
  #send(group: Watcher[], at: number, portion: Portion): void {
    const encoder = this.#encoder
    const batch = this.#batch
    const isAtEnd = encoder.next === portion.positions.length
    const nextMain = isAtEnd ? portion.endMain : mainOf(portion, encoder.next)
    // Of a revision that is cut, every fragment names it, as in etcd.
    batch.revision = encoder.isFragment ? nextMain : nextMain - 1
    batch.fragment = encoder.isFragment
    batch.eventCount = encoder.eventCount
    batch.events = encoder.body
    for (let i = group.length - 1; i >= 0; i--) {
      const watcher = group[i] as Watcher
      if (this.#sendTo(watcher, batch, portion)) continue
      this.#hold(watcher, at, portion)
      group[i] = group[group.length - 1] as Watcher
      group.pop()
    }
  }

  #sendTo(watcher: Watcher, batch: WatchBatch, { home }: Portion): boolean {
    // An earlier one's sink may have closed this one's stream.
    if (watcher.place !== home || watcher.isStopped) return false
    if (this.budget.isSpent || !watcher.stream.sink.isWritable) return false
    this.budget.left -= STEPS_PER_SEND + batch.events.length / BYTES_PER_STEP
    watcher.isQuiet = false
    this.eventsSent += batch.eventCount
    watcher.stream.sink.events(watcher, batch)
    return true
  }

  /** It goes on later, at this event: when its sink takes something, or there is time again. */
  #hold(watcher: Watcher, at: number, portion: Portion): void {
    const { home } = portion
    if (watcher.place !== home) return
    this.#setCursor(watcher, at, portion)
    watcher.isStopped = home !== PLACE.synced
    if (!watcher.stream.sink.isWritable) this.#roster.move(watcher, PLACE.parked)
    else if (home === PLACE.synced) this.#roster.move(watcher, PLACE.chasing)
  }

  /** What the events from `at` on need is brought from disk. */
  #await(group: Watcher[], at: number, portion: Portion): void {
    for (const watcher of group) {
      if (watcher.place !== portion.home) continue
      this.#setCursor(watcher, at, portion)
      this.#roster.move(watcher, PLACE.waiting)
    }
    const audience = (group[0] as Watcher | undefined)?.audience
    if (audience !== undefined && !this.#previous.isLoading) this.#want(audience, at, portion)
  }

  /** Asks for a bounded part, but for as much as the next answer needs. */
  #want(audience: Audience, first: number, { log, positions }: Portion): void {
    const { loadBytes, fragmentBytes, answerBytesMax } = this.#limits
    const previous = this.#previous
    if (previous.wantedBytes >= loadBytes) return
    const cutBytes = audience.wantsFragments ? fragmentBytes : answerBytesMax
    let bytes = 0
    let firstMain = 0
    for (let at = first; at < positions.length; at++) {
      const position = positions[at] as number
      const segment = log.segmentAt(position)
      const place = log.placeAt(position)
      const main = segment.main(place)
      if (at === first) firstMain = main
      if (bytes >= loadBytes && (main !== firstMain || bytes >= cutBytes)) return
      if (!audience.wantsEvent(segment.isTombstone(place))) continue
      const kind = previous.find(segment, place)
      // The next answer needs all its values at once: what was brought before is asked for again.
      const isWanted = kind === PREVIOUS.missing || (kind === PREVIOUS.found && previous.isBrought)
      if (isWanted) bytes += previous.want(segment, place)
    }
  }

  /**
   * Between two revisions, or within one of which the events before have been sent as fragments.
   */
  #setCursor(watcher: Watcher, at: number, { log, positions }: Portion): void {
    const position = positions[at] as number
    const segment = log.segmentAt(position)
    const place = log.placeAt(position)
    const before = at === 0 ? -1 : mainOf({ log, positions }, at - 1)
    const isWithin = before === segment.main(place)
    const main = segment.main(place)
    if (main > watcher.cursorMain) watcher.moveTo(main, isWithin ? segment.sub(place) : 0)
    else if (isWithin && segment.sub(place) > watcher.cursorSub)
      watcher.moveTo(main, segment.sub(place))
  }
}

function mainOf({ log, positions }: EventRun, at: number): number {
  const position = positions[at] as number
  return log.segmentAt(position).main(log.placeAt(position))
}
