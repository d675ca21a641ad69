/**
 * Events in order, as bytes: the recent ones of a group, or a piece of its past.
 *
 * They lie in segments, each with room for a fixed number of events, so that a position is a plain
 * number (segment times room plus place) and finding an event is a division. A record that is
 * larger than a segment gets one of its own. The oldest segment goes when all together are too
 * large.
 *
 * Invariants: events ascend by (main, sub); of every revision from `floor` on that was appended,
 * all events are there.
 */

import { assert } from '../../base/index.ts'
import type { KeySpan } from './key-span.ts'

/** `KeyValue.create_revision`: field 2, a number; only a tombstone has none. */
const CREATE_TAG = 0x10

/** What an event takes besides its record. */
const EVENT_BYTES = 36
const SEGMENT_BYTES_MAX = 256 * 1024
/** Events of a segment, by its size: enough for records of 256 bytes to fill it. */
const BYTES_PER_EVENT = 256

/** The version before an event is to be looked up. */
export const PREVIOUS_UNKNOWN = -1

/** Readable from outside, place by place: the innermost loops go through it. */
export class EventSegment {
  readonly bytes: Uint8Array
  readonly mains: Float64Array
  readonly subs: Uint32Array
  readonly previousMains: Float64Array
  readonly previousSubs: Uint32Array
  /** The record of an event ends here, and begins where the one before it ends. */
  readonly ends: Uint32Array
  readonly keyStarts: Uint32Array
  readonly keyEnds: Uint32Array
  count = 0

  constructor(bytesMax: number, eventsMax: number) {
    assert(bytesMax > 0 && eventsMax > 0, 'a segment has room')
    this.bytes = new Uint8Array(bytesMax)
    this.mains = new Float64Array(eventsMax)
    this.subs = new Uint32Array(eventsMax)
    this.previousMains = new Float64Array(eventsMax)
    this.previousSubs = new Uint32Array(eventsMax)
    this.ends = new Uint32Array(eventsMax)
    this.keyStarts = new Uint32Array(eventsMax)
    this.keyEnds = new Uint32Array(eventsMax)
  }

  /** What it takes, full or not. */
  get size(): number {
    return this.bytes.length + this.mains.length * EVENT_BYTES
  }

  main(place: number): number {
    return this.mains[place] as number
  }

  sub(place: number): number {
    return this.subs[place] as number
  }

  start(place: number): number {
    return place === 0 ? 0 : (this.ends[place - 1] as number)
  }

  end(place: number): number {
    return this.ends[place] as number
  }

  /** A record without `create_revision`, which follows the key. */
  isTombstone(place: number): boolean {
    return this.bytes[this.keyEnds[place] as number] !== CREATE_TAG
  }

  setKey(place: number, span: KeySpan): void {
    assert(place < this.count, 'an event that is there is looked at')
    span.set(this.bytes, this.keyStarts[place] as number, this.keyEnds[place] as number)
  }
}

/** An event that is to be kept; `key` is within `record`. */
export interface NewEvent {
  main: number
  sub: number
  record: Uint8Array
  previousMain: number
  previousSub: number
}

export class EventLog {
  readonly #bytesMax: number
  readonly #segmentBytes: number
  /** How many positions a segment takes. */
  readonly room: number
  /** At most as many as fit into `bytesMax`. */
  #segments: EventSegment[] = []
  /** The number of the first segment; positions never begin anew. */
  #firstNumber = 0
  #held = 0
  /** An old segment of the usual size, to be used again. */
  #spare: EventSegment | null = null
  #floor: number

  constructor({ bytesMax, floor }: { readonly bytesMax: number; readonly floor: number }) {
    assert(bytesMax > 0 && floor > 0, 'a log of events has room and a beginning')
    this.#bytesMax = bytesMax
    this.#segmentBytes = Math.min(SEGMENT_BYTES_MAX, Math.max(256, Math.floor(bytesMax / 16)))
    this.room = Math.max(4, Math.floor(this.#segmentBytes / BYTES_PER_EVENT))
    this.#floor = floor
  }

  /** Of this revision and all later ones that came, every event is here. */
  get floor(): number {
    return this.#floor
  }

  get heldBytes(): number {
    return this.#held
  }

  /** Where the first event would be. */
  get start(): number {
    return this.#firstNumber * this.room
  }

  /** Behind the last event. */
  get end(): number {
    const last = this.#segments.length - 1
    if (last < 0) return this.start
    const count = (this.#segments[last] as EventSegment).count
    return (this.#firstNumber + last) * this.room + count
  }

  append({ main, sub, record, previousMain, previousSub }: NewEvent, key: KeySpan): void {
    // A revision that goes on after its first events had to go is one below the floor.
    assert(main >= this.#floor - 1 && key.bytes === record, 'an event is new and has its key')
    const segment = this.#segmentFor(record.length)
    const place = segment.count
    const start = segment.start(place)
    assert(place === 0 || segment.main(place - 1) <= main, 'events ascend')
    segment.bytes.set(record, start)
    segment.mains[place] = main
    segment.subs[place] = sub
    segment.previousMains[place] = previousMain
    segment.previousSubs[place] = previousSub
    segment.ends[place] = start + record.length
    segment.keyStarts[place] = start + key.start
    segment.keyEnds[place] = start + key.end
    segment.count = place + 1
  }

  /** Forgets everything; what comes next is of revision `floor` or later. */
  clear(floor: number): void {
    assert(floor > 0, 'a log of events has a beginning')
    for (const segment of this.#segments) this.#keepSpare(segment)
    this.#firstNumber += this.#segments.length
    this.#segments = []
    this.#held = 0
    this.#floor = floor
  }

  /** After `clear`: gives back what it kept to begin again quickly. */
  free(): void {
    assert(this.#segments.length === 0, 'what is free holds nothing')
    this.#spare = null
  }

  segmentAt(position: number): EventSegment {
    const segment = this.#segments[Math.floor(position / this.room) - this.#firstNumber]
    assert(segment !== undefined, 'an event is looked for where events are')
    return segment
  }

  placeAt(position: number): number {
    return position % this.room
  }

  /** A position may be behind the last event of its segment: then the next segment's first. */
  settle(position: number): number {
    const number = Math.floor(position / this.room)
    const segment = this.#segments[number - this.#firstNumber]
    const isBehind = segment !== undefined && position % this.room >= segment.count
    return isBehind && number - this.#firstNumber + 1 < this.#segments.length
      ? (number + 1) * this.room
      : position
  }

  /** The first event of that revision or a later one; `end` when there is none. */
  firstFrom(main: number): number {
    const segments = this.#segments
    let [low, high] = [0, segments.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const segment = segments[middle] as EventSegment
      if (segment.count === 0 || segment.main(segment.count - 1) < main) low = middle + 1
      else high = middle
    }
    const segment = segments[low]
    if (segment === undefined) return this.end
    let [first, last] = [0, segment.count - 1]
    while (first < last) {
      const middle = (first + last) >>> 1
      if (segment.main(middle) < main) first = middle + 1
      else last = middle
    }
    return (this.#firstNumber + low) * this.room + first
  }

  #segmentFor(bytes: number): EventSegment {
    const last = this.#segments[this.#segments.length - 1]
    if (last !== undefined && last.count < this.room) {
      if (last.start(last.count) + bytes <= last.bytes.length) return last
    }
    const segment = this.#take(Math.max(bytes, this.#segmentBytes))
    this.#segments.push(segment)
    this.#held += segment.size
    while (this.#held > this.#bytesMax && this.#segments.length > 1) this.#evict()
    return segment
  }

  #take(bytes: number): EventSegment {
    const spare = this.#spare
    if (spare === null || bytes > spare.bytes.length) return new EventSegment(bytes, this.room)
    this.#spare = null
    spare.count = 0
    return spare
  }

  #evict(): void {
    const segment = this.#segments.shift()
    assert(segment !== undefined && segment.count > 0, 'what goes was full')
    this.#firstNumber += 1
    this.#held -= segment.size
    // Its last revision may go on in the next segment, and is no longer whole.
    this.#floor = segment.main(segment.count - 1) + 1
    this.#keepSpare(segment)
  }

  #keepSpare(segment: EventSegment): void {
    if (segment.bytes.length === this.#segmentBytes) this.#spare = segment
  }
}
