/**
 * Events as the field `events` of a `WatchResponse`: copies of records, with lengths around them.
 *
 * ```
 * 0x5a length │ [0x08 0x01: DELETE] │ 0x12 length record │ [0x1a length previous record]
 * ```
 *
 * An answer ends between two revisions. Only a revision that is too large for an answer of its own
 * is cut, into fragments.
 */

import { assert } from '../../base/index.ts'
import { uint32Length, writeUint32 } from '../../wire/index.ts'
import type { EventLog, EventSegment } from './event-log.ts'
import type { Audience } from './interest.ts'
import type { WatchLimits } from './limits.ts'
import { PREVIOUS, type PreviousValues } from './previous-values.ts'

const EVENTS_TAG = 0x5a
const TYPE_TAG = 0x08
const TYPE_DELETE = 1
const RECORD_TAG = 0x12
const PREVIOUS_TAG = 0x1a

const SCRATCH_BYTES = 64 * 1024
const SCRATCH_BYTES_KEPT = 4 * 1024 * 1024

/** Events that one range has in common, in order. */
export interface EventRun {
  readonly log: EventLog
  readonly positions: readonly number[]
}

export class BatchEncoder {
  readonly #previous: PreviousValues
  readonly #limits: WatchLimits
  #bytes = new Uint8Array(SCRATCH_BYTES)
  #length = 0
  #cutBytes = 0
  /** Where the present revision begins: in the run, in the bytes, in the count. */
  #revision = -1
  #boundary = 0
  #boundaryLength = 0
  #boundaryCount = 0
  /** Of the run: the first event that is not contained. */
  next = 0
  eventCount = 0
  /** The answer ends within a revision. */
  isFragment = false
  /**
   * What the event at `next`, or a later one of its revision, held before must be brought first.
   */
  isMissing = false

  constructor(previous: PreviousValues, limits: WatchLimits) {
    assert(limits.answerBytes <= limits.fragmentBytes, 'a fragment is no smaller than an answer')
    this.#previous = previous
    this.#limits = limits
  }

  /** What was encoded last; valid until the next time. */
  get body(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  get bodyLength(): number {
    return this.#length
  }

  /** As many of the events from `first` on as fit into one answer. */
  encode(run: EventRun, first: number, audience: Audience): void {
    this.#begin(first, audience)
    const { log, positions } = run
    for (let at = first; at < positions.length; at++) {
      const position = positions[at] as number
      const segment = log.segmentAt(position)
      const place = log.placeAt(position)
      if (segment.main(place) !== this.#revision) this.#beginRevision(at, segment.main(place))
      const isDelete = segment.isTombstone(place)
      if (!audience.wantsEvent(isDelete)) continue
      if (audience.wantsPrevious) {
        if (this.#previous.find(segment, place) === PREVIOUS.missing) {
          this.#backToBoundary()
          this.isMissing = true
          return
        }
      } else this.#previous.bytes = null
      if (!this.#append(segment, place, isDelete)) {
        if (this.#boundaryCount > 0) this.#backToBoundary()
        else {
          this.next = at
          this.isFragment = true
        }
        return
      }
    }
    this.next = positions.length
  }

  /** An answer that was larger than most leaves its memory. */
  trim(): void {
    if (this.#bytes.length <= SCRATCH_BYTES_KEPT) return
    this.#bytes = new Uint8Array(SCRATCH_BYTES)
    this.#length = 0
  }

  #begin(first: number, audience: Audience): void {
    const { fragmentBytes, answerBytesMax } = this.#limits
    this.#cutBytes = audience.wantsFragments ? fragmentBytes : answerBytesMax
    this.#length = 0
    this.#revision = -1
    this.eventCount = 0
    this.next = first
    this.isFragment = false
    this.isMissing = false
  }

  #beginRevision(at: number, revision: number): void {
    assert(revision > this.#revision, 'revisions ascend')
    this.#revision = revision
    this.#boundary = at
    this.#boundaryLength = this.#length
    this.#boundaryCount = this.eventCount
  }

  #backToBoundary(): void {
    assert(this.#boundary >= this.next, 'an answer ends behind its beginning')
    this.next = this.#boundary
    this.#length = this.#boundaryLength
    this.eventCount = this.#boundaryCount
  }

  /** False: not in this answer. */
  #append(segment: EventSegment, place: number, isDelete: boolean): boolean {
    const start = segment.start(place)
    const end = segment.end(place)
    const previous = this.#previous.bytes
    let inner = (isDelete ? 2 : 0) + fieldLength(end - start)
    if (previous !== null) inner += fieldLength(previous.length)
    const whole = this.#length + fieldLength(inner)
    if (whole > this.#limits.answerBytes && this.eventCount > 0) {
      if (this.#boundaryCount > 0 || whole > this.#cutBytes) return false
    }
    this.#reserve(whole)
    let at = this.#writeHead(EVENTS_TAG, inner, this.#length)
    if (isDelete) {
      this.#bytes[at] = TYPE_TAG
      this.#bytes[at + 1] = TYPE_DELETE
      at += 2
    }
    at = this.#writeHead(RECORD_TAG, end - start, at)
    this.#bytes.set(segment.bytes.subarray(start, end), at)
    at += end - start
    if (previous !== null) {
      at = this.#writeHead(PREVIOUS_TAG, previous.length, at)
      this.#bytes.set(previous, at)
      at += previous.length
    }
    assert(at === whole, 'an event is as long as it was reckoned')
    this.#length = whole
    this.eventCount += 1
    return true
  }

  #writeHead(tag: number, length: number, at: number): number {
    this.#bytes[at] = tag
    return writeUint32(this.#bytes, at + 1, length)
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

function fieldLength(length: number): number {
  return 1 + uint32Length(length) + length
}
