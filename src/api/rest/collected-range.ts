/**
 * Reads a range in pieces, and stops when there is enough: an answer of JSON is put together whole.
 */

import type { ReadOutcome, ReadWaiter } from '../../server/index.ts'
import { etcd } from '../../wire/index.ts'
import { rangeRead } from './ask.ts'
import { type Failure, refusal } from './failure.ts'
import type { RestCall } from './rest-call.ts'
import { entryJson } from './text-values.ts'

const PIECE_BYTES = 256 * 1024

export interface CollectedRange {
  /** That it was read at, unless the request names one. */
  readonly revision: number
  /** As JSON. */
  readonly entries: readonly string[]
  readonly lastKey: Uint8Array
  /** How many there are in all; null: it ended before that was known. */
  readonly count: number | null
  readonly more: boolean
}

export interface CollectOptions {
  readonly request: etcd.RangeRequest
  /** With this much or a piece more it ends. */
  readonly bytesMax: number
  readonly done: (range: CollectedRange) => void
  readonly failed: (failure: Failure) => void
}

export function collectRange(call: RestCall, options: CollectOptions): void {
  const { node } = call.parts
  const request = { ...rangeRead(call, options.request), pieceBytes: PIECE_BYTES }
  node.read(node.defaultGroup, request, new Collector(call, options))
}

class Collector implements ReadWaiter {
  readonly #call: RestCall
  readonly #options: CollectOptions
  readonly #entries: string[] = []
  #bytes = 0
  #lastKey = new Uint8Array(0)
  #isFull = false

  constructor(call: RestCall, options: CollectOptions) {
    this.#call = call
    this.#options = options
  }

  /** The rest of the range is not wanted any more. */
  get isGone(): boolean {
    return this.#isFull || this.#call.isOver
  }

  settleRead(outcome: ReadOutcome): void {
    if (!this.isGone) this.#call.guard(() => this.#settle(outcome))
  }

  #settle(outcome: ReadOutcome): void {
    if (outcome.kind === 'refused') {
      this.#options.failed(refusal(this.#call.parts.node, outcome.code))
    } else if (outcome.kind === 'piece') {
      this.#take(outcome.body)
      this.#isFull = this.#bytes >= this.#options.bytesMax
      if (this.#isFull) this.#done({ revision: outcome.revision, count: null, more: true })
      else outcome.next()
    } else {
      const { revision, body } = outcome.result
      const { count, more } = this.#take(body)
      this.#done({ revision, count, more })
    }
  }

  #take(body: Uint8Array): etcd.RangeResponse {
    const response = etcd.RangeResponse.decode(body, 0, body.length)
    const hasValues = !this.#options.request.keysOnly
    for (const kv of response.kvs) this.#entries.push(entryJson(kv, hasValues))
    this.#bytes += body.length
    const last = response.kvs.at(-1)
    if (last !== undefined) this.#lastKey = Uint8Array.from(last.key)
    return response
  }

  #done(end: Pick<CollectedRange, 'revision' | 'count' | 'more'>): void {
    this.#options.done({ ...end, entries: this.#entries, lastKey: this.#lastKey })
  }
}
