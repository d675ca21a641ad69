/** Transactions: compare, then do one of two lists of operations, all of it or nothing. */

import { assert } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import type { AnswerWriter } from './answer-writer.ts'
import type { Context, Outcome } from './context.ts'
import { keysThere, removeAll, writeDeleted } from './delete-command.ts'
import type { KeySpace } from './key-space.ts'
import { putSteps } from './put-command.ts'
import { PutFields } from './put-fields.ts'
import { type RangeParts, writeRange } from './range-answer.ts'
import { admit } from './txn-admission.ts'
import { type Branch, chooseBranch } from './txn-compare.ts'
import type { Steps, Work } from './work.ts'

const TAG_HEADER = 0x0a
const TAG_HEADER_REVISION = 0x18
const TAG_SUCCEEDED = 0x10
const TAG_RESPONSES = 0x1a
const TAG_RESPONSE_RANGE = 0x0a
const TAG_RESPONSE_PUT = 0x12
const TAG_RESPONSE_DELETE = 0x1a
const TAG_RESPONSE_TXN = 0x22

/** A transaction that was checked. Writes all of a `TxnResponse` but its header. */
export function* txnSteps(context: Context, request: etcd.TxnRequest): Steps<Outcome> {
  const { space, work } = context
  const branch = yield* chooseBranch(request, { space, work, head: space.revision })
  const fault = yield* admit(context, branch)
  if (fault !== null) return fault
  yield* new Execution(context).execute(branch)
  return null
}

/** A transaction that writes nothing, at one revision whatever happens meanwhile. */
export function* readTxn(request: etcd.TxnRequest, parts: RangeParts): Steps<Outcome> {
  const branch = yield* chooseBranch(request, parts)
  return yield* writeBranch(branch, parts)
}

function* writeBranch(branch: Branch, parts: RangeParts): Steps<Outcome> {
  const { answer, space, head, answerBytesMax } = parts
  answer.bool(TAG_SUCCEEDED, branch.succeeded)
  let transactions = 0
  for (const { request } of branch.operations) {
    const operation = answer.begin(TAG_RESPONSES)
    if (request?.kind === 'requestRange') {
      const { revision } = request.value
      // Unlike in a range of its own, a revision below 0 is one that was compacted, as in etcd.
      if (revision !== 0 && revision < space.compactRevision) return 'COMPACTED'
      const range = answer.begin(TAG_RESPONSE_RANGE)
      writeHeader(answer, head)
      const fault = yield* writeRange(request.value, parts)
      if (fault !== null) return fault
      answer.end(range)
    } else {
      const nested = answer.begin(TAG_RESPONSE_TXN)
      answer.end(answer.begin(TAG_HEADER))
      const fault = yield* writeBranch(branch.nested[transactions++] as Branch, parts)
      if (fault !== null) return fault
      answer.end(nested)
    }
    answer.end(operation)
    if (answer.length > answerBytesMax) return 'TOO_LARGE'
  }
  return null
}

function writeHeader(answer: AnswerWriter, revision: number): void {
  const header = answer.begin(TAG_HEADER)
  answer.number(TAG_HEADER_REVISION, revision)
  answer.end(header)
}

/** Nothing can fail any more: what could was found out before. */
class Execution {
  readonly #context: Context
  readonly #space: KeySpace
  readonly #work: Work
  readonly #answer: AnswerWriter

  constructor(context: Context) {
    this.#context = context
    this.#space = context.space
    this.#work = context.work
    this.#answer = context.answer
  }

  *execute(branch: Branch): Steps<void> {
    const answer = this.#answer
    answer.bool(TAG_SUCCEEDED, branch.succeeded)
    let transactions = 0
    for (const { request } of branch.operations) {
      const operation = answer.begin(TAG_RESPONSES)
      if (request?.kind === 'requestRange') yield* this.#range(request.value)
      else if (request?.kind === 'requestPut') yield* this.#put(request.value)
      else if (request?.kind === 'requestDeleteRange') yield* this.#delete(request.value)
      else yield* this.#nested(branch.nested[transactions++] as Branch)
      answer.end(operation)
    }
  }

  *#range(request: etcd.RangeRequest): Steps<void> {
    const begun = this.#answer.begin(TAG_RESPONSE_RANGE)
    const head = this.#space.readRevision
    writeHeader(this.#answer, head)
    const fault = yield* writeRange(request, {
      space: this.#space,
      work: this.#work,
      answer: this.#answer,
      head,
      pieceBytes: 0,
      answerBytesMax: Number.POSITIVE_INFINITY,
    })
    assert(fault === null, 'a range that was admitted can be answered')
    this.#answer.end(begun)
  }

  *#put(request: etcd.PutRequest): Steps<void> {
    const begun = this.#answer.begin(TAG_RESPONSE_PUT)
    writeHeader(this.#answer, this.#space.revision + 1)
    yield* putSteps(this.#context, new PutFields().take(request))
    this.#answer.end(begun)
  }

  *#delete(request: etcd.DeleteRangeRequest): Steps<void> {
    const begun = this.#answer.begin(TAG_RESPONSE_DELETE)
    const slots = yield* keysThere(this.#context, request)
    const { revision, isChanging } = this.#space
    writeHeader(this.#answer, slots.length > 0 || isChanging ? revision + 1 : revision)
    yield* writeDeleted(this.#context, slots, request)
    yield* removeAll(this.#context, slots)
    this.#answer.end(begun)
  }

  /** As in etcd, the answer of a transaction within a transaction has an empty header. */
  *#nested(branch: Branch): Steps<void> {
    const begun = this.#answer.begin(TAG_RESPONSE_TXN)
    this.#answer.end(this.#answer.begin(TAG_HEADER))
    yield* this.execute(branch)
    this.#answer.end(begun)
  }
}
