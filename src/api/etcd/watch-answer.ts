/**
 * Answers with events, put together from parts that were encoded once for all who get them:
 *
 * ```
 * | header | watch_id, field 2 | fragment, field 7 | events, field 11, once for each |
 * ```
 */

import { assert } from '../../base/index.ts'
import type { WatchBatch, WatchTarget } from '../../state/index.ts'
import type { Door } from './door.ts'

const FRAGMENT_TAG = 0x38
const FRAGMENT_BYTES = 2

/** Room that is kept from one answer to the next. */
const KEPT_BYTES_MAX = 64 * 1024

/** One for all streams: what was encoded is written before the next one begins. */
export class WatchAnswers {
  readonly #door: Pick<Door, 'node' | 'answers'>
  #bytes = new Uint8Array(256)

  constructor(door: Pick<Door, 'node' | 'answers'>) {
    this.#door = door
  }

  /** What was encoded last, until the next time. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Returns how long it is. */
  encode({ idField }: WatchTarget, { revision, fragment, events }: WatchBatch): number {
    const { node, answers } = this.#door
    // The same bytes for everybody who is told of the revision.
    const header = answers.headerBytes(node.defaultGroup, revision)
    const length = header.length + idField.length + (fragment ? FRAGMENT_BYTES : 0) + events.length
    this.#reserve(length)
    const bytes = this.#bytes
    bytes.set(header)
    bytes.set(idField, header.length)
    let at = header.length + idField.length
    if (fragment) {
      bytes[at] = FRAGMENT_TAG
      bytes[at + 1] = 1
      at += FRAGMENT_BYTES
    }
    bytes.set(events, at)
    assert(at + events.length === length, 'an answer is as long as its parts')
    return length
  }

  #reserve(length: number): void {
    const isTooSmall = length > this.#bytes.length
    const isTooLarge = this.#bytes.length > KEPT_BYTES_MAX && length <= KEPT_BYTES_MAX
    if (isTooSmall || isTooLarge) this.#bytes = new Uint8Array(Math.max(256, length * 2))
  }
}
