/** One watch of one stream: a cursor, and where it stands. */

import { assert } from '../../base/index.ts'
import type { Audience } from './interest.ts'
import type { WatchTarget } from './types.ts'
import type { WatchStream } from './watch-stream.ts'

/** Where a watcher is kept; every watcher is in exactly one of these places. */
export const PLACE = {
  /** Cancelled, or its stream is closed. */
  gone: 0,
  /** Has been handed everything that the hub has looked at. */
  synced: 1,
  /** Its cursor is beyond what the hub has looked at. */
  future: 2,
  /** Behind, and what it needs is in the ring. */
  chasing: 3,
  /** Behind, and what it needs must be read from the engine. */
  distant: 4,
  /** Behind, and a previous value that it needs is being brought from disk. */
  waiting: 5,
  /** Behind, and its sink takes nothing. Only its stream knows of it. */
  parked: 6,
} as const

export type Place = (typeof PLACE)[keyof typeof PLACE]

export interface NewWatcher {
  readonly stream: WatchStream
  readonly id: bigint
  readonly audience: Audience
  readonly startRevision: number
  readonly wantsProgress: boolean
  readonly cursor: number
}

export class Watcher implements WatchTarget {
  readonly stream: WatchStream
  readonly id: bigint
  readonly idField: Uint8Array
  readonly audience: Audience
  /** As it was asked for; 0: from the next change on. */
  readonly startRevision: number
  readonly wantsProgress: boolean
  place: Place = PLACE.gone
  /** The index in the list, or in the heap, of its place. */
  slot = -1
  /**
   * Invariant: of its range everything below (`cursorMain`, `cursorSub`) and not below its start
   * has been handed to its sink, and nothing from there on. Of a synced one it may be too low.
   */
  cursorMain: number
  cursorSub = 0
  /** Nothing was sent since the last periodic progress: the next one is due. */
  isQuiet = true
  /** It has waited for a record that is there now, and has not been looked at since. */
  isResumed = false
  /** Within one pass: it does not go on in it. */
  isStopped = false

  constructor(given: NewWatcher) {
    assert(given.cursor > 0, 'a watcher begins at a revision')
    this.stream = given.stream
    this.id = given.id
    this.idField = idFieldOf(given.id)
    this.audience = given.audience
    this.startRevision = given.startRevision
    this.wantsProgress = given.wantsProgress
    this.cursorMain = given.cursor
  }

  moveTo(main: number, sub: number): void {
    assert(
      main > this.cursorMain || (main === this.cursorMain && sub >= this.cursorSub),
      'a cursor never goes back',
    )
    this.cursorMain = main
    this.cursorSub = sub
  }
}

/** `WatchResponse.watch_id`: field 2, an int64 as a varint of its 64 bits; left out when 0. */
function idFieldOf(id: bigint): Uint8Array {
  if (id === 0n) return new Uint8Array(0)
  const bytes = [0x10]
  let rest = BigInt.asUintN(64, id)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
