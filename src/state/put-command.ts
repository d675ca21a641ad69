/** Puts, alone and within transactions. */

import { assert } from '../base/index.ts'
import type { Context, Outcome } from './context.ts'
import { type KeySlot, NO_SLOT } from './keys/index.ts'
import { isAnonymous } from './leases/index.ts'
import type { PutFields } from './put-fields.ts'
import { RecordParser } from './record-format.ts'
import type { Steps } from './work.ts'

const TAG_PREV_KV = 0x12

/** The slot of a key that is there now; `NO_SLOT`. */
export function liveSlot({ space }: Context, put: Pick<PutFields, 'key'>): KeySlot {
  const { bytes, start, end } = put.key
  const slot = space.index.find(bytes, start, end)
  return slot !== NO_SLOT && !space.index.isDeleted(slot) ? slot : NO_SLOT
}

/** Keys are put with leases that were granted; an anonymous one stays with the key it came with. */
export function hasLease({ space }: Context, id: bigint): boolean {
  return id === 0n || (!isAnonymous(id) && space.leases.find(id) !== 0)
}

/** What is wrong with a put that is well-formed, as the store is now (etcd, txn/put.go). */
export function faultOfPut(context: Context, put: PutFields): Outcome {
  if (!hasLease(context, put.lease)) return 'LEASE_NOT_FOUND'
  const needsKey = put.ignoreValue || put.ignoreLease
  return needsKey && liveSlot(context, put) === NO_SLOT ? 'KEY_NOT_FOUND' : null
}

/** A put that needs nothing of what was there before. It was checked. */
export function putAtOnce({ space }: Context, put: PutFields): void {
  assert(!put.prevKv && !put.ignoreValue && !put.ignoreLease, 'a plain put')
  space.put(put, put.lease)
}

/** Any put that was checked. Writes all of a `PutResponse` but its header. */
export function* putSteps(context: Context, put: PutFields): Steps<void> {
  const slot = liveSlot(context, put)
  if (slot === NO_SLOT) {
    // Within a transaction, what `ignore_value` and `ignore_lease` refer to was checked to stay.
    assert(!put.ignoreValue && !put.ignoreLease, 'what a put refers to is there')
    context.space.put(put, put.lease)
    return
  }
  if (put.prevKv || put.ignoreValue) {
    const record = latestRecord(context, slot) ?? (yield* loadLatest(context, slot))
    if (put.prevKv) context.answer.bytes(TAG_PREV_KV, record)
    if (put.ignoreValue) {
      const { value } = new RecordParser().parse(record)
      put.value.set(value.bytes, value.start, value.end)
    }
  }
  context.space.put(put, put.ignoreLease ? context.space.index.lease(slot) : put.lease)
}

/** Valid until the next call of the store; null when it must be loaded. */
export function latestRecord({ space, work }: Context, slot: KeySlot): Uint8Array | null {
  return work.record(space.index.main(slot), space.index.sub(slot))
}

export function* loadLatest(context: Context, slot: KeySlot): Steps<Uint8Array> {
  const { index } = context.space
  context.work.need(index.main(slot), index.sub(slot), index.recordBytes(slot))
  yield 'missing'
  const record = latestRecord(context, slot)
  assert(record !== null, 'what is in the index is in the store')
  return record
}

export function askLatest({ space, work }: Context, slot: KeySlot): void {
  const { index } = space
  work.ask(index.main(slot), index.sub(slot), index.recordBytes(slot))
}
