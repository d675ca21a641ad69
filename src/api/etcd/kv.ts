/**
 * etcd's KV service. All keys are in one order of revisions, which one group keeps. Puts and ranges
 * are what clients send most: they are looked through without making anything of them.
 */

import { copyOf } from '../../base/index.ts'
import type { Method, ServerCall } from '../../rpc/index.ts'
import {
  COMMAND,
  type CommandKind,
  checkDeleteRange,
  checkPut,
  checkRange,
  checkTxn,
  isReadOnly,
  PutFields,
  READ,
  type ReadKind,
} from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { fail, refuse } from './answer.ts'
import { type Door, ReadCall, scanning, streaming, WriteCall } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import { RangeFacts } from './range-facts.ts'
import { RangeStream } from './range-stream.ts'

const { range, rangeStream, put, deleteRange, txn, compact } = etcd.KV.methods

export function kvMethods(door: Door): Method[] {
  const kv = new KvService(door)
  return [
    scanning(door, range.path, (call, bytes, offset, length) =>
      kv.range(call, bytes, offset, length),
    ),
    streaming(door, rangeStream.path, (call) => new RangeStream(door, call)),
    scanning(door, put.path, (call, bytes, offset, length) => kv.put(call, bytes, offset, length)),
    scanning(door, deleteRange.path, (call, bytes, offset, length) =>
      kv.deleteRange(call, viewOf(bytes, offset, length)),
    ),
    scanning(door, txn.path, (call, bytes, offset, length) =>
      kv.txn(call, viewOf(bytes, offset, length)),
    ),
    scanning(door, compact.path, (call, bytes, offset, length) =>
      kv.compact(call, viewOf(bytes, offset, length)),
    ),
  ]
}

class KvService {
  readonly #door: Door
  /** Reused: a request is looked through before the next one comes. */
  readonly #put = new PutFields()
  readonly #range = new RangeFacts()

  constructor(door: Door) {
    this.#door = door
  }

  range(call: ServerCall, bytes: Uint8Array, offset: number, length: number): void {
    const facts = this.#range.read(bytes, offset, length)
    const fault = checkRange(facts)
    if (fault !== null) refuse(call, fault)
    else
      this.#read(call, READ.range, {
        body: copyOf(bytes, offset, offset + length),
        serializable: facts.serializable,
      })
  }

  put(call: ServerCall, bytes: Uint8Array, offset: number, length: number): void {
    const fault = checkPut(this.#put.read(bytes, offset, length), this.#door.stateLimits)
    if (fault !== null) refuse(call, fault)
    else this.#write(call, COMMAND.put, viewOf(bytes, offset, length))
  }

  deleteRange(call: ServerCall, body: Uint8Array): void {
    const fault = checkDeleteRange(deleteRange.request.decodeBytes(body))
    if (fault !== null) refuse(call, fault)
    else this.#write(call, COMMAND.deleteRange, body)
  }

  txn(call: ServerCall, body: Uint8Array): void {
    const request = txn.request.decodeBytes(body)
    const fault = checkTxn(request, this.#door.stateLimits)
    if (fault !== null) {
      refuse(call, fault)
    } else if (isReadOnly(request)) {
      const serializable = isSerializable(request)
      this.#read(call, READ.txn, { body: copyOf(body, 0, body.length), serializable })
    } else {
      this.#write(call, COMMAND.txn, body)
    }
  }

  compact(call: ServerCall, body: Uint8Array): void {
    // Read here, so that what is none does not get into the log.
    compact.request.decodeBytes(body)
    this.#write(call, COMMAND.compact, body)
  }

  #write(call: ServerCall, kind: CommandKind, body: Uint8Array): void {
    const { node, answers, stateLimits } = this.#door
    if (body.length > stateLimits.requestBytesMax) {
      fail(call, ETCD_ERRORS.requestTooLarge)
      return
    }
    const group = node.defaultGroup
    node.write(group, { kind, body }, new WriteCall(call, group, answers))
  }

  #read(
    call: ServerCall,
    kind: ReadKind,
    { body, serializable }: { readonly body: Uint8Array; readonly serializable: boolean },
  ): void {
    const { node, answers } = this.#door
    const group = node.defaultGroup
    node.read(group, { kind, body, serializable }, new ReadCall(call, group, answers))
  }
}

/** Not `subarray`: of a Buffer that would be another Buffer. */
function viewOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length)
}

/** Only if all of it may be served from what this node knows. */
function isSerializable({ success, failure }: etcd.TxnRequest): boolean {
  return [...success, ...failure].every(
    ({ request }) => request?.kind === 'requestRange' && request.value.serializable,
  )
}
