/**
 * Everything that can be wrong with a transaction is found before its first change, so that none is
 * ever half done (etcd, txn/txn.go, `checkTxn`). What it will need of the disk is asked for here,
 * all at once: whatever is overlooked is loaded when it is needed.
 */

import type { etcd } from '../wire/index.ts'
import type { Context, Outcome } from './context.ts'
import { bytesOf, keysThere } from './delete-command.ts'
import { isInRange, keyRangeOf } from './key-range.ts'
import { KeyWalk, VersionView } from './key-walk.ts'
import { NO_SLOT } from './keys/index.ts'
import { askLatest, faultOfPut, latestRecord, liveSlot } from './put-command.ts'
import { PutFields } from './put-fields.ts'
import { isPlain } from './range-answer.ts'
import type { Branch } from './txn-compare.ts'
import type { Steps } from './work.ts'

/** What an operation answers besides records: headers, tags, lengths. */
const OPERATION_BYTES = 64
const KEY_BYTES = 64

export function* admit(context: Context, branch: Branch): Steps<Outcome> {
  const outcome = yield* new Admission(context).admit(branch)
  if (outcome === null && context.work.missing.length > 0) yield 'missing'
  return outcome
}

class Admission {
  readonly #context: Context
  readonly #put = new PutFields()
  /** Of operations that were admitted already. */
  readonly #deletes: etcd.DeleteRangeRequest[] = []
  #putBytes = 0
  #answerBytes = 0

  constructor(context: Context) {
    this.#context = context
  }

  *admit({ operations, nested }: Branch): Steps<Outcome> {
    let transactions = 0
    for (const { request } of operations) {
      let outcome: Outcome = null
      if (request?.kind === 'requestRange') outcome = yield* this.#admitRange(request.value)
      else if (request?.kind === 'requestPut') outcome = this.#admitPut(request.value)
      else if (request?.kind === 'requestDeleteRange') yield* this.#admitDelete(request.value)
      else outcome = yield* this.admit(nested[transactions++] as Branch)
      if (outcome !== null) return outcome
      this.#answerBytes += OPERATION_BYTES
      if (this.#answerBytes > this.#context.limits.answerBytesMax) return 'TOO_LARGE'
    }
    return null
  }

  #admitPut(request: etcd.PutRequest): Outcome {
    const context = this.#context
    const put = this.#put.take(request)
    const fault = faultOfPut(context, put)
    if (fault !== null) return fault
    this.#putBytes += request.key.length + request.value.length + KEY_BYTES
    if (!put.ignoreValue && !put.ignoreLease && !put.prevKv) return null
    if ((put.ignoreValue || put.ignoreLease) && this.#isDeleted(request.key)) return 'KEY_NOT_FOUND'
    const slot = liveSlot(context, put)
    if (slot === NO_SLOT) return null
    const bytes = context.space.index.recordBytes(slot)
    if (put.ignoreValue) this.#putBytes += bytes
    if (put.prevKv) this.#answerBytes += bytes
    const isMissing = (put.ignoreValue || put.prevKv) && latestRecord(context, slot) === null
    if (isMissing) askLatest(context, slot)
    return null
  }

  /** Whether the transaction itself takes away what a put refers to. */
  #isDeleted(key: Uint8Array): boolean {
    return this.#deletes.some((one) => isInRange(key, keyRangeOf(one.key, one.rangeEnd)))
  }

  *#admitDelete(request: etcd.DeleteRangeRequest): Steps<void> {
    const context = this.#context
    this.#deletes.push(request)
    if (!request.prevKv) return
    const slots = yield* keysThere(context, request)
    this.#answerBytes += bytesOf(context, slots) + slots.length * KEY_BYTES + this.#putBytes
    for (const slot of slots) if (latestRecord(context, slot) === null) askLatest(context, slot)
  }

  *#admitRange(request: etcd.RangeRequest): Steps<Outcome> {
    const { space, limits } = this.#context
    // Unlike in a range of its own, a revision below 0 is one that was compacted, as in etcd.
    if (request.revision > space.revision) return 'REVISION_FUTURE'
    if (request.revision !== 0 && request.revision < space.compactRevision) return 'COMPACTED'
    if (request.countOnly) return null
    if (request.revision <= 0) this.#answerBytes += this.#putBytes
    const at = request.revision <= 0 ? space.revision : request.revision
    const left = limits.answerBytesMax - this.#answerBytes
    const bytes = yield* this.#rangeBytes(request, { at, left })
    this.#answerBytes += bytes
    return null
  }

  /** What its answer can come to; stops counting when it is beyond what is left. */
  *#rangeBytes(
    request: etcd.RangeRequest,
    { at, left }: { readonly at: number; readonly left: number },
  ): Steps<number> {
    const { space, work } = this.#context
    const view = new VersionView(space.index, at)
    const walk = new KeyWalk(space.index, keyRangeOf(request.key, request.rangeEnd), view)
    const isInOrder = isPlain(request)
    const limit = request.limit > 0 ? request.limit : Number.MAX_SAFE_INTEGER
    const keysMax = isInOrder ? limit : Number.MAX_SAFE_INTEGER
    let [keys, bytes, longest] = [0, 0, 0]
    while (Math.min(bytes, longest * limit) <= left && keys < keysMax) {
      const step = walk.next(work)
      if (step === 'end') break
      if (step === 'turnOver') {
        yield 'sliced'
        continue
      }
      keys += 1
      const own = (request.keysOnly ? space.index.keyLength(view.slot) : view.bytes) + KEY_BYTES
      bytes += own
      longest = Math.max(longest, own)
      const isNeeded = isInOrder && !request.keysOnly
      if (isNeeded && work.record(view.main, view.sub) === null) {
        work.ask(view.main, view.sub, view.bytes)
      }
    }
    return Math.min(bytes, longest * limit)
  }
}
