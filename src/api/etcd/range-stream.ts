/**
 * A range in pieces, at the pace of the client. The pieces together are the range; only the last
 * one has the header, `more` and `count` (etcd 3.7, v3_server.go).
 */

import { copyOf } from '../../base/index.ts'
import type { ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { ReadOutcome, ReadWaiter } from '../../server/index.ts'
import { checkRange, READ } from '../../state/index.ts'
import { delimitedLength, etcd, writeUint32 } from '../../wire/index.ts'
import { fail, refuse } from './answer.ts'
import type { Door } from './door.ts'
import { ETCD_ERRORS, type EtcdError } from './errors.ts'

const { request: requests } = etcd.KV.methods.rangeStream
const { RangeRequestSortOrder: ORDER, RangeRequestSortTarget: TARGET } = etcd

/** `RangeStreamResponse.range_response` */
const RANGE_RESPONSE_TAG = 0x0a

export class RangeStream implements StreamHandler, ReadWaiter {
  readonly #door: Door
  readonly #call: ServerCall
  #begun = false
  /** Set while the client does not read. */
  #next: (() => void) | null = null

  constructor(door: Door, call: ServerCall) {
    this.#door = door
    this.#call = call
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#begun) return
    this.#begun = true
    const { node, limits } = this.#door
    const body = copyOf(bytes, offset, offset + length)
    const request = requests.decodeBytes(body)
    const fault = checkRange(request)
    const other = streamFault(request)
    if (fault !== null) {
      refuse(this.#call, fault)
    } else if (other !== null) {
      fail(this.#call, other)
    } else {
      const { serializable } = request
      const { pieceBytes } = limits
      node.read(node.defaultGroup, { kind: READ.range, body, serializable, pieceBytes }, this)
    }
  }

  ended(): void {
    if (!this.#begun) this.#call.end()
  }

  writable(): void {
    const next = this.#next
    this.#next = null
    next?.()
  }

  cancelled(): void {
    this.#next = null
  }

  get isGone(): boolean {
    return this.#call.isOver
  }

  settleRead(outcome: ReadOutcome): void {
    if (this.#call.isOver) return
    const { node, answers } = this.#door
    if (outcome.kind === 'refused') {
      refuse(this.#call, outcome.code)
    } else if (outcome.kind === 'done') {
      this.#write(answers.encode(node.defaultGroup, outcome.result))
      this.#call.end()
    } else if (this.#write(outcome.body)) {
      outcome.next()
    } else {
      this.#next = outcome.next
    }
  }

  #write(response: Uint8Array): boolean {
    const bytes = new Uint8Array(1 + delimitedLength(response.length))
    bytes[0] = RANGE_RESPONSE_TAG
    bytes.set(response, writeUint32(bytes, 1, response.length))
    return this.#call.write(bytes, 0, bytes.length)
  }
}

/** What needs the whole range before the first piece. */
function streamFault(request: etcd.RangeRequest): EtcdError | null {
  const { sortOrder, sortTarget } = request
  const isNatural =
    sortOrder === ORDER.NONE || (sortTarget === TARGET.KEY && sortOrder === ORDER.ASCEND)
  if (!isNatural) return ETCD_ERRORS.streamSort
  const isFiltered =
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  return isFiltered ? ETCD_ERRORS.streamFilters : null
}
