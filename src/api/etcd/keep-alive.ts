/**
 * A stream of renewals. Every message is a command; answers come in the order of the messages, for
 * a client tells them apart by nothing else when it renews one lease twice.
 */

import type { ServerCall, StreamHandler } from '../../rpc/index.ts'
import type { WriteOutcome, WriteWaiter } from '../../server/index.ts'
import { COMMAND } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { leaveOpen, refuse } from './answer.ts'
import type { Door } from './door.ts'

const { request: requests, response: responses } = etcd.Lease.methods.leaseKeepAlive

export class KeepAliveStream implements StreamHandler {
  readonly #door: Door
  readonly #call: ServerCall
  /** In the order in which they came. Bounded by `keepAlivesMax`: beyond it the call is paused. */
  readonly #renewals: Renewal[] = []
  #mayWrite = true
  #paused = false
  #ended = false

  constructor(door: Door, call: ServerCall) {
    this.#door = door
    this.#call = call
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const { node } = this.#door
    const group = node.defaultGroup
    const request = requests.decode(bytes, offset, length)
    // The header tells of the time before the renewal: a lease that is revoked at its revision or
    // before is not renewed any more (etcd, v3rpc/lease.go).
    const renewal = new Renewal(this, request.ID, node.revision(group))
    this.#renewals.push(renewal)
    const body = requests.encodeBytes(request)
    node.write(group, { kind: COMMAND.leaseKeepAlive, body }, renewal)
    this.#pauseOrResume()
  }

  ended(): void {
    this.#ended = true
    this.settled()
  }

  writable(): void {
    this.#mayWrite = true
    this.settled()
  }

  cancelled(): void {
    this.#renewals.length = 0
  }

  /** Tells what can be told, and ends when nothing is left. */
  settled(): void {
    const { node, answers } = this.#door
    const group = node.defaultGroup
    let told = 0
    while (told < this.#renewals.length && this.#mayWrite) {
      const { outcome, revision } = this.#renewals[told] as Renewal
      if (outcome === null) break
      if (outcome.kind !== 'renewed') {
        this.#fail(outcome)
        return
      }
      const bytes = answers.encode(group, { revision, body: outcome.body })
      this.#mayWrite = this.#call.write(bytes, 0, bytes.length)
      told += 1
    }
    this.#renewals.splice(0, told)
    this.#pauseOrResume()
    if (this.#ended && this.#renewals.length === 0) this.#call.end()
  }

  #fail(outcome: Failure): void {
    this.cancelled()
    if (outcome.kind === 'refused') refuse(this.#call, outcome.code)
    else leaveOpen(this.#call, outcome.code)
  }

  #pauseOrResume(): void {
    const pauses = this.#renewals.length >= this.#door.limits.keepAlivesMax || !this.#mayWrite
    if (pauses === this.#paused) return
    this.#paused = pauses
    if (pauses) this.#call.pause()
    else this.#call.resume()
  }
}

type Failure = Extract<WriteOutcome, { kind: 'refused' | 'unknown' }>
type Renewed = { readonly kind: 'renewed'; readonly body: Uint8Array } | Failure

class Renewal implements WriteWaiter {
  /** Of the store before it. */
  readonly revision: number
  outcome: Renewed | null = null
  readonly #stream: KeepAliveStream
  readonly #id: bigint

  constructor(stream: KeepAliveStream, id: bigint, revision: number) {
    this.#stream = stream
    this.#id = id
    this.revision = revision
  }

  settleWrite(outcome: WriteOutcome): void {
    this.outcome = this.#renewed(outcome)
    this.#stream.settled()
  }

  #renewed(outcome: WriteOutcome): Renewed {
    if (outcome.kind !== 'applied') return outcome
    const { result } = outcome
    if (result.kind === 'done') return { kind: 'renewed', body: result.body.slice() }
    // A lease that is not there has no time left, which is no failure (etcd, v3rpc/lease.go).
    if (result.code === 'LEASE_NOT_FOUND') return { kind: 'renewed', body: this.#unknown() }
    return { kind: 'refused', code: result.code }
  }

  #unknown(): Uint8Array {
    return responses.encodeBytes(responses.create({ ID: this.#id }))
  }
}
