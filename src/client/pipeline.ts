/**
 * One stream of `quorate.v1.KV/Pipeline` to one node: operations go out in batches, answers come
 * back in any order. It is never moved: when another node is the better one, another pipeline is
 * opened there, and this one ends once it owes no more answers.
 */

import { assert, IdTable } from '../base/index.ts'
import type { CallEnd, CallReceiver, ClientCall } from '../rpc/index.ts'
import { native, numberLength, uint32Length, writeNumber, writeUint32 } from '../wire/index.ts'
import type { Connection } from './connection.ts'
import type { Fifo } from './fifo.ts'
import type { ClientLimits } from './limits.ts'
import type { Node } from './node.ts'
import type { Pending } from './pending.ts'

const { path, response: answers } = native.KV.methods.pipeline

/** `Operations.operations`, and within an `Operation` its id, session and sequence. */
const TAG_OPERATION = 0x0a
const TAG_ID = 0x08
const TAG_SESSION = 0x10
const TAG_SEQUENCE = 0x18
/** Tags and numbers around the bytes of one operation: 3 numbers of 8 bytes, a length of 5. */
export const HEAD_BYTES_MAX = 4 + 3 * 8 + 5

export interface PipelineListener {
  /** One answer. The bytes of the result may be changed once this returns. */
  answered(pending: Pending, result: native.Result, pipeline: Pipeline): void
  /** All of a message was told. */
  messageEnded(leader: bigint, pipeline: Pipeline): void
  /** More may be sent. */
  roomMade(): void
  /** It is over, and owes answers to these. */
  ended(pipeline: Pipeline, owed: readonly Pending[], end: CallEnd): void
}

export class Pipeline implements CallReceiver {
  readonly node: Node
  readonly connection: Connection
  /** Something came back. */
  hasAnswered = false
  readonly #limits: ClientLimits
  readonly #listener: PipelineListener
  readonly #call: ClientCall
  readonly #owed = new IdTable<Pending>()
  #owedBytes = 0
  #nextId = 1
  #mayWrite = false
  #isOver = false
  #buffer: Uint8Array
  readonly #nowMs: () => number
  /** Since when it owes something and says nothing. */
  #silentSinceMs = 0

  constructor(
    node: Node,
    limits: ClientLimits,
    { listener, nowMs }: { readonly listener: PipelineListener; readonly nowMs: () => number },
  ) {
    assert(node.connection !== null, 'a pipeline is opened over a connection')
    this.node = node
    this.connection = node.connection
    this.#limits = limits
    this.#listener = listener
    this.#nowMs = nowMs
    this.#buffer = new Uint8Array(limits.batchBytes)
    this.#call = node.connection.stream(path, this)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get owed(): number {
    return this.#owed.size
  }

  get owedBytes(): number {
    return this.#owedBytes
  }

  get mayWrite(): boolean {
    return this.#mayWrite && !this.#isOver
  }

  /** How long it has owed answers and said nothing. */
  silentMs(nowMs: number): number {
    return this.#owed.size === 0 ? 0 : nowMs - this.#silentSinceMs
  }

  /**
   * Sends as many as a batch holds, from the front; how many there may be was decided before.
   * Returns how many left the queue.
   */
  sendFrom(queue: Fifo<Pending>, room: number): number {
    const { batchBytes, batchOperationsMax } = this.#limits
    if (this.#owed.size === 0) this.#silentSinceMs = this.#nowMs()
    let at = 0
    let taken = 0
    while (taken < Math.min(room, batchOperationsMax)) {
      const pending = queue.first()
      if (pending === undefined) break
      if (pending.isOver) {
        queue.shift()
        continue
      }
      const needed = HEAD_BYTES_MAX + pending.byteLength
      if (at > 0 && at + needed > batchBytes) break
      if (needed > this.#buffer.length) this.#buffer = new Uint8Array(needed)
      queue.shift()
      at = this.#write(pending, at)
      taken += 1
    }
    if (at > 0) this.#mayWrite = this.#call.write(this.#buffer, 0, at, false)
    // One large operation must not be paid for ever after.
    if (this.#buffer.length > batchBytes) this.#buffer = new Uint8Array(batchBytes)
    return taken
  }

  /** What was sent leaves now. */
  flush(): void {
    this.#call.flush()
  }

  #write(pending: Pending, offset: number): number {
    const id = this.#nextId
    this.#nextId += 1
    this.#owed.add(id, pending)
    this.#owedBytes += pending.byteLength
    pending.attempts += 1
    pending.isOut = true
    const { encoded, session, sequence } = pending
    const inSession = session === null ? 0 : sessionLength(session.id, sequence)
    const length = 1 + numberLength(id) + inSession + pending.byteLength
    const target = this.#buffer
    let at = offset
    target[at++] = TAG_OPERATION
    at = writeUint32(target, at, length)
    target[at++] = TAG_ID
    at = writeNumber(target, at, id)
    if (session !== null) {
      target[at++] = TAG_SESSION
      at = writeNumber(target, at, session.id)
      target[at++] = TAG_SEQUENCE
      at = writeNumber(target, at, sequence)
    }
    const end = at + pending.byteLength
    assert(end - offset === 1 + uint32Length(length) + length, 'an operation is as long as it said')
    target.set(encoded, at)
    return end
  }

  /** No answer is wanted any more. What was sent may still be carried out. */
  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#call.cancel()
  }

  // What the call tells.

  writable(): void {
    this.#mayWrite = true
    this.#listener.roomMade()
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const { results, leader } = answers.decode(bytes, offset, length)
    this.#silentSinceMs = this.#nowMs()
    this.hasAnswered = true
    for (const result of results) {
      const pending = this.#owed.remove(result.id)
      // An answer that nobody waits for: it was given up.
      if (pending === undefined) continue
      this.#owedBytes -= pending.byteLength
      pending.isOut = false
      this.#listener.answered(pending, result, this)
    }
    this.#listener.messageEnded(leader, this)
  }

  ended(end: CallEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.ended(this, this.takeOwed(), end)
  }

  /** Those that wait for an answer, in the order in which they were sent; none of them any more. */
  takeOwed(): readonly Pending[] {
    const owed = this.#owed.items().filter(({ isOver }) => !isOver)
    this.#owed.clear()
    this.#owedBytes = 0
    return owed
  }
}

function sessionLength(session: number, sequence: number): number {
  return 2 + numberLength(session) + numberLength(sequence)
}
