/** Deletes of ranges, alone and within transactions. */

import { assert } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import type { Context } from './context.ts'
import { keyRangeOf } from './key-range.ts'
import { KeyWalk, VersionView } from './key-walk.ts'
import type { KeySlot } from './keys/index.ts'
import { RecordAccess } from './record-access.ts'
import type { Steps } from './work.ts'

const TAG_DELETED = 0x10
const TAG_PREV_KVS = 0x1a

/** The keys of the range that are there now, in order. */
export function* keysThere(
  { space, work }: Context,
  { key, rangeEnd }: Pick<etcd.DeleteRangeRequest, 'key' | 'rangeEnd'>,
): Steps<KeySlot[]> {
  const view = new VersionView(space.index, space.readRevision)
  const walk = new KeyWalk(space.index, keyRangeOf(key, rangeEnd), view)
  const slots: KeySlot[] = []
  for (;;) {
    const step = walk.next(work)
    if (step === 'end') return slots
    if (step === 'key') slots.push(view.slot)
    else yield 'sliced'
  }
}

/** What the records of these keys take together. */
export function bytesOf({ space }: Context, slots: readonly KeySlot[]): number {
  let bytes = 0
  for (const slot of slots) bytes += space.index.recordBytes(slot)
  return bytes
}

/** All of a `DeleteRangeResponse` but its header, while the keys are still there. */
export function* writeDeleted(
  { space, work, answer }: Context,
  slots: readonly KeySlot[],
  { prevKv }: Pick<etcd.DeleteRangeRequest, 'prevKv'>,
): Steps<void> {
  answer.number(TAG_DELETED, slots.length)
  if (!prevKv) return
  const access = new RecordAccess(new VersionView(space.index, space.readRevision), work)
  for (let i = 0; i < slots.length; i++) {
    const record = access.inMemory(slots[i] as KeySlot) ?? (yield* access.load(slots, i))
    answer.bytes(TAG_PREV_KVS, record)
    work.spendRecord(record.length)
    if (work.isTurnOver) yield 'sliced'
  }
}

/** Nobody sees anything of it before all of it is done. */
export function* removeAll({ space, work }: Context, slots: readonly KeySlot[]): Steps<void> {
  for (const slot of slots) {
    space.remove(slot)
    work.spend(2)
    if (work.isTurnOver) yield 'sliced'
  }
  assert(slots.length === 0 || space.isChanging, 'what was deleted is a change')
}
