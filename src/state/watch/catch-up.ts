/**
 * Those who are behind, and the past that they need: of the recent past the ring, of the rest one
 * piece at a time that the engine has read for all of them together.
 */

import { assert } from '../../base/index.ts'
import type { WatchCore } from './core.ts'
import { EventLog, PREVIOUS_UNKNOWN } from './event-log.ts'
import { KeySpan } from './key-span.ts'
import type { Matcher } from './matcher.ts'
import { PastPass } from './past-pass.ts'
import type { HistoryRecord, HistoryRequest } from './types.ts'
import { PLACE, type Watcher } from './watcher.ts'

interface OpenRequest extends HistoryRequest {
  /** The engine has everything up to here when it is asked. */
  readonly lastMain: number
}

export class CatchUp {
  readonly #core: WatchCore
  readonly #pass: PastPass
  readonly #span = new KeySpan()
  readonly #piece = new EventLog({ bytesMax: Number.MAX_SAFE_INTEGER, floor: 1 })
  /**
   * What the piece knows of. Invariant: from its first to its last revision nothing is left out.
   */
  #pieceFrom = 1
  #pieceLast = 0
  #request: OpenRequest | null = null

  constructor(core: WatchCore, matcher: Matcher) {
    this.#core = core
    this.#pass = new PastPass(core, matcher)
  }

  get hasWork(): boolean {
    const { isDistantDue, roster } = this.#core
    return roster.chasing.length > 0 || (isDistantDue && roster.distant.length > 0)
  }

  /** Until nobody can be brought nearer without reading, or the budget is spent. */
  run(): void {
    const core = this.#core
    const { budget } = core.delivery
    let goesOn = true
    while (goesOn && !budget.isSpent) {
      const distant = this.#stepDistant()
      const chasing = !budget.isSpent && this.#stepChasing()
      goesOn = distant || chasing
    }
    const { distant, waiting } = core.roster
    if (distant.length > 0 || waiting.length > 0 || this.#pieceLast === 0) return
    this.#dropPiece()
  }

  /** What to read next for those who are far behind, if anything. */
  request(): HistoryRequest | null {
    const { roster, isDistantDue, matched, limits } = this.#core
    if (this.#request !== null || isDistantDue || roster.distant.length === 0) return null
    let fromMain = Number.POSITIVE_INFINITY
    for (const { cursorMain } of roster.distant) fromMain = Math.min(fromMain, cursorMain)
    assert(fromMain <= matched, 'the past is what was looked at')
    this.#request = { fromMain, bytesMax: limits.historyBytes, lastMain: matched }
    return this.#request
  }

  /** False: nobody asks for that any more. */
  answer(
    request: HistoryRequest,
    records: readonly HistoryRecord[],
    nextMain: number | null,
  ): boolean {
    const open = this.#request
    if (open === null || request !== open) return false
    assert(nextMain === null || nextMain > open.fromMain, 'a piece of history goes on')
    this.#request = null
    // What was appended while the engine was reading may be there in part.
    const lastMain = Math.min(open.lastMain, (nextMain ?? Number.POSITIVE_INFINITY) - 1)
    this.#piece.clear(open.fromMain)
    this.#pieceFrom = open.fromMain
    this.#pieceLast = lastMain
    for (const { main, sub, record } of records) {
      if (main > lastMain || main < open.fromMain) continue
      this.#span.setRecord(record, 0, record.length)
      const previous = { previousMain: PREVIOUS_UNKNOWN, previousSub: 0 }
      this.#piece.append({ main, sub, record, ...previous }, this.#span)
    }
    this.#core.isDistantDue = true
    return true
  }

  /** What was asked of a state that is no more. */
  forget(): void {
    this.#request = null
    this.#dropPiece()
    this.#core.isDistantDue = true
  }

  /** The records they waited for are there. */
  resumeWaiting(): void {
    const { roster, ring } = this.#core
    while (roster.waiting.length > 0) {
      const watcher = roster.waiting[roster.waiting.length - 1] as Watcher
      const isRecent = watcher.cursorMain >= ring.floor
      roster.resume(watcher, isRecent ? PLACE.chasing : PLACE.distant)
      if (!isRecent) this.#core.isDistantDue = true
    }
  }

  /** One slice of the ring; false when nobody can go on there. */
  #stepChasing(): boolean {
    const { roster, ring, matched } = this.#core
    const { chasing } = roster
    for (let i = chasing.length - 1; i >= 0; i--) {
      const watcher = chasing[i] as Watcher
      if (watcher.cursorMain > matched) this.#core.settle(watcher)
      else if (!watcher.stream.sink.isWritable) roster.move(watcher, PLACE.parked)
      else if (watcher.cursorMain < ring.floor) this.#core.moveToDistant(watcher)
    }
    if (chasing.length === 0) return false
    const past = { log: ring, fromMain: ring.floor, lastMain: matched, home: PLACE.chasing }
    return this.#pass.step(past, chasing)
  }

  /** One slice of the piece; false when nobody can go on there. */
  #stepDistant(): boolean {
    const core = this.#core
    if (!core.isDistantDue) return false
    const { distant } = core.roster
    for (let i = distant.length - 1; i >= 0; i--) this.#judgeDistant(distant[i])
    const past = {
      log: this.#piece,
      fromMain: this.#pieceFrom,
      lastMain: this.#pieceLast,
      home: PLACE.distant,
    }
    core.isDistantDue = this.#pass.step(past, distant)
    return core.isDistantDue
  }

  #judgeDistant(watcher: Watcher | undefined): void {
    const core = this.#core
    // A sink that is told of a cancellation may close its stream, and others with it.
    if (watcher === undefined) return
    const { stream, cursorMain } = watcher
    if (cursorMain > core.matched) core.settle(watcher)
    else if (!stream.sink.isWritable) core.roster.move(watcher, PLACE.parked)
    else if (cursorMain >= core.ring.floor) core.roster.move(watcher, PLACE.chasing)
    else if (cursorMain < core.compactRevision) stream.cancelCompacted(watcher)
  }

  #dropPiece(): void {
    this.#piece.clear(1)
    this.#piece.free()
    this.#pieceFrom = 1
    this.#pieceLast = 0
  }
}
