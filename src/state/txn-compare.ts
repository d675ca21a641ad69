/** Which way a transaction goes: all compares are judged on the store as it is before it. */

import { etcd } from '../wire/index.ts'
import { compareBytes, keyRangeOf } from './key-range.ts'
import type { KeySpace } from './key-space.ts'
import { KeyWalk, VersionView } from './key-walk.ts'
import type { KeySlot } from './keys/index.ts'
import { RecordAccess } from './record-access.ts'
import { RecordParser } from './record-format.ts'
import type { Steps, Work } from './work.ts'

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

/** Keys that are found before their values are looked at. */
const BATCH_KEYS = 256

const NO_BYTES = new Uint8Array(0)

/** The way a transaction goes, and the ways of those within it, in the order of the operations. */
export interface Branch {
  readonly succeeded: boolean
  readonly operations: readonly etcd.RequestOp[]
  readonly nested: readonly Branch[]
}

export interface CompareParts {
  readonly space: KeySpace
  readonly work: Work
  /** The revision at which everything is judged. */
  readonly head: number
}

export function* chooseBranch(request: etcd.TxnRequest, parts: CompareParts): Steps<Branch> {
  let succeeded = true
  for (const compare of request.compare) {
    succeeded = yield* holds(compare, parts)
    if (!succeeded) break
  }
  const operations = succeeded ? request.success : request.failure
  const nested: Branch[] = []
  for (const { request: operation } of operations) {
    if (operation?.kind !== 'requestTxn') continue
    nested.push(yield* chooseBranch(operation.value, parts))
  }
  return { succeeded, operations, nested }
}

/**
 * Whether a compare holds for every key of its range. Without any key it judges one that is not
 * there.
 */
function* holds(compare: etcd.Compare, parts: CompareParts): Steps<boolean> {
  const view = new VersionView(parts.space.index, parts.head)
  const walk = new KeyWalk(parts.space.index, keyRangeOf(compare.key, compare.rangeEnd), view)
  if (compare.target === TARGET.VALUE) return yield* valuesHold(compare, { ...parts, view, walk })
  let isEmpty = true
  for (;;) {
    const step = walk.next(parts.work)
    if (step === 'end') break
    if (step === 'turnOver') yield 'sliced'
    else if (!isMet(compare, orderOf(compare, view))) return false
    else isEmpty = false
  }
  return !isEmpty || isMet(compare, orderOf(compare, null))
}

interface ValueParts extends CompareParts {
  readonly view: VersionView
  readonly walk: KeyWalk
}

/** A key that is not there has no value: no comparison with it holds. */
function* valuesHold(compare: etcd.Compare, parts: ValueParts): Steps<boolean> {
  const { view, walk, work } = parts
  const access = new RecordAccess(new VersionView(parts.space.index, parts.head), work)
  const parser = new RecordParser()
  const wanted = compare.targetUnion?.kind === 'value' ? compare.targetUnion.value : NO_BYTES
  let isEmpty = true
  for (let isOver = false; !isOver; ) {
    const slots: KeySlot[] = []
    while (!isOver && slots.length < BATCH_KEYS) {
      const step = walk.next(work)
      if (step === 'key') slots.push(view.slot)
      else if (step === 'end') isOver = true
      else yield 'sliced'
    }
    walk.park()
    for (let i = 0; i < slots.length; i++) {
      isEmpty = false
      let record = access.inMemory(slots[i] as KeySlot)
      if (record === null) {
        // Values that were compared are done with, and there may be any number of them.
        work.release()
        record = yield* access.load(slots, i)
      }
      work.spendRecord(record.length)
      const { value } = parser.parse(record)
      const order = compareBytes(value.bytes.subarray(value.start, value.end), wanted)
      if (!isMet(compare, order)) return false
      if (work.isTurnOver) yield 'sliced'
    }
  }
  return !isEmpty
}

/** Below 0, 0, or above 0, as the key is below, at, or above what it is compared with. */
function orderOf({ target, targetUnion }: etcd.Compare, view: VersionView | null): number {
  switch (target) {
    case TARGET.VERSION:
      return (view?.version ?? 0) - (targetUnion?.kind === 'version' ? targetUnion.value : 0)
    case TARGET.CREATE: {
      const wanted = targetUnion?.kind === 'createRevision' ? targetUnion.value : 0
      return (view?.create ?? 0) - wanted
    }
    case TARGET.MOD:
      return (view?.main ?? 0) - (targetUnion?.kind === 'modRevision' ? targetUnion.value : 0)
    case TARGET.LEASE: {
      const lease = view?.lease ?? 0n
      const wanted = targetUnion?.kind === 'lease' ? targetUnion.value : 0n
      return lease < wanted ? -1 : lease > wanted ? 1 : 0
    }
    default:
      // A target that nobody knows is equal to everything, as in etcd.
      return 0
  }
}

function isMet({ result }: etcd.Compare, order: number): boolean {
  switch (result) {
    case RESULT.EQUAL:
      return order === 0
    case RESULT.GREATER:
      return order > 0
    case RESULT.LESS:
      return order < 0
    case RESULT.NOT_EQUAL:
      return order !== 0
    default:
      // As in etcd.
      return true
  }
}
