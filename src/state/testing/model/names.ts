/** Names of requests, as simply as they can be said: a list from the oldest on. */

import { ERRORS, type ErrorCode } from '../../../base/index.ts'
import { etcd, state } from '../../../wire/index.ts'
import { COMMAND } from '../../kinds.ts'
import type { StateLimits } from '../../limits.ts'
import { textOf } from '../requests.ts'
import type { ModelAnswer } from './etcd-model.ts'

/** What may be guarded, and how it is read. */
const GUARDABLE: Readonly<Record<number, (body: Uint8Array) => unknown>> = {
  [COMMAND.put]: (body) => etcd.PutRequest.decodeBytes(body),
  [COMMAND.deleteRange]: (body) => etcd.DeleteRangeRequest.decodeBytes(body),
  [COMMAND.txn]: (body) => etcd.TxnRequest.decodeBytes(body),
  [COMMAND.leaseGrant]: (body) => etcd.LeaseGrantRequest.decodeBytes(body),
  [COMMAND.leaseRevoke]: (body) => etcd.LeaseRevokeRequest.decodeBytes(body),
  [COMMAND.increment]: (body) => state.IncrementRequest.decodeBytes(body),
  [COMMAND.putWithTtl]: (body) => state.PutWithTtlRequest.decodeBytes(body),
}

export function requestOf(kind: number, body: Uint8Array): unknown {
  return GUARDABLE[kind]?.(body)
}

interface Named {
  readonly name: string
  readonly digest: string
  readonly atMs: number
  readonly answer: ModelAnswer
}

export class ModelNames {
  readonly #limits: StateLimits
  readonly #names: Named[] = []

  constructor(limits: StateLimits) {
    this.#limits = limits
  }

  faultOf({ kind, name, digest }: state.GuardedRequest): ErrorCode | null {
    if (GUARDABLE[kind] === undefined) return 'BAD_REQUEST'
    const { nameBytesMax, digestBytesMax } = this.#limits
    return name.length > nameBytesMax || digest.length > digestBytesMax ? 'TOO_LARGE' : null
  }

  /** The answer of the request before it by this name; null: there was none. */
  find({ name, digest }: state.GuardedRequest): ModelAnswer | 'mismatch' | null {
    const known = this.#names.find((one) => one.name !== '' && one.name === textOf(name))
    if (known === undefined) return null
    return known.digest === textOf(digest) ? known.answer : 'mismatch'
  }

  makeRoom({ name }: state.GuardedRequest, clockMs: number): ErrorCode | null {
    const { namesMax, namesBytesMax, nameAnswerBytesMax, nameMsMin, nameMsMax } = this.#limits
    if (name.length === 0) return null
    for (let [first] = this.#names; first !== undefined; [first] = this.#names) {
      const ageMs = clockMs - first.atMs
      const bytes = this.#names.reduce((sum, one) => sum + bytesOf(one), 0)
      const isFull = this.#names.length >= namesMax || bytes + nameAnswerBytesMax > namesBytesMax
      if (ageMs < nameMsMax && !isFull) return null
      if (ageMs < nameMsMin) return 'IDEMPOTENCY_FULL'
      this.#names.shift()
    }
    return null
  }

  remember(request: state.GuardedRequest, answer: ModelAnswer, atMs: number): void {
    const [name, digest] = [textOf(request.name), textOf(request.digest)]
    const isForNow = answer.code !== null && ERRORS[answer.code].retry === 'later'
    if (name === '' || isForNow) return
    const isKept = answer.body.length <= this.#limits.nameAnswerBytesMax
    const { revision } = answer
    const forgotten = { revision, code: 'IDEMPOTENCY_FORGOTTEN', body: new Uint8Array(0) } as const
    this.#names.push({ name, digest, atMs, answer: isKept ? answer : forgotten })
  }
}

function bytesOf({ name, digest, answer }: Named): number {
  return 200 + name.length + digest.length + answer.body.length
}
