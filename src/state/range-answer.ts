/** Answers of `RangeRequest`: which keys, in which order, how many, and what of them. */

import { assert, type ErrorCode } from '../base/index.ts'
import { etcd } from '../wire/index.ts'
import type { AnswerWriter } from './answer-writer.ts'
import { compareBytes, type KeyRange, keyRangeOf } from './key-range.ts'
import type { KeySpace } from './key-space.ts'
import { KeyWalk, VersionView } from './key-walk.ts'
import type { KeySlot } from './keys/index.ts'
import { RecordAccess } from './record-access.ts'
import { RecordFields, RecordParser } from './record-format.ts'
import { sortedPositions } from './sliced-sort.ts'
import type { Steps, Work } from './work.ts'

const { RangeRequestSortOrder: ORDER, RangeRequestSortTarget: TARGET } = etcd

const TAG_KVS = 0x12
const TAG_MORE = 0x18
const TAG_COUNT = 0x20

/** Keys that are found before their records are copied. */
const BATCH_KEYS = 1000

/** Where an answer goes, and what it may cost. */
export interface RangeParts {
  readonly space: KeySpace
  readonly work: Work
  readonly answer: AnswerWriter
  /** The store's revision for this reader; a range may name an older one. */
  readonly head: number
  /** Hand out the answer in pieces of about this size; 0: in one. */
  readonly pieceBytes: number
  readonly answerBytesMax: number
}

/** The revision at which a range is answered, or why it is not. */
export function revisionOf(
  revision: number,
  head: number,
  compactRevision: number,
): number | ErrorCode {
  if (revision > head) return 'REVISION_FUTURE'
  const at = revision <= 0 ? head : revision
  return at < compactRevision ? 'COMPACTED' : at
}

/** Writes all of a `RangeResponse` but its header. The request was checked. */
export function* writeRange(
  request: etcd.RangeRequest,
  parts: RangeParts,
): Steps<ErrorCode | null> {
  const at = revisionOf(request.revision, parts.head, parts.space.compactRevision)
  if (typeof at !== 'number') return at
  const { work } = parts
  const before = work.lowestRevision
  work.lowestRevision = Math.min(at, before)
  const outcome = yield* new RangeRun(request, parts, at).write()
  work.lowestRevision = before
  return outcome
}

class RangeRun {
  readonly #request: etcd.RangeRequest
  readonly #parts: RangeParts
  readonly #range: KeyRange
  readonly #view: VersionView
  readonly #walk: KeyWalk
  readonly #access: RecordAccess
  readonly #fields = new RecordFields()
  /** How many keys there are; -1 as long as only a walk over all of them can tell. */
  #count = -1
  #walked = 0

  constructor(request: etcd.RangeRequest, parts: RangeParts, at: number) {
    this.#request = request
    this.#parts = parts
    this.#range = keyRangeOf(request.key, request.rangeEnd)
    this.#view = new VersionView(parts.space.index, at)
    this.#walk = new KeyWalk(parts.space.index, this.#range, this.#view)
    this.#access = new RecordAccess(this.#view, parts.work)
    // Nothing has changed since the head was read: what is there now is what is there then.
    if (at === parts.space.readRevision && !this.#range.isOneKey) {
      this.#count = parts.space.index.countLive(this.#range.from, this.#range.to)
    }
  }

  *write(): Steps<ErrorCode | null> {
    const { countOnly } = this.#request
    let more = false
    if (countOnly) yield* this.#countRest()
    else {
      const outcome = yield* isPlain(this.#request) ? this.#writeInOrder() : this.#writeSorted()
      if (typeof outcome !== 'boolean') return outcome
      more = outcome
    }
    assert(this.#count >= 0, 'the keys of a range were counted')
    this.#parts.answer.bool(TAG_MORE, more)
    this.#parts.answer.number(TAG_COUNT, this.#count)
    return null
  }

  /** Returns whether there are more. */
  *#writeInOrder(): Steps<ErrorCode | boolean> {
    const limit = limitOf(this.#request)
    while (this.#walked < limit) {
      const slots = yield* this.#take(Math.min(BATCH_KEYS, limit - this.#walked))
      const fault = yield* this.#emit(slots)
      if (fault !== null) return fault
      if (slots.length === 0) break
    }
    yield* this.#countRest()
    return this.#count > limit
  }

  *#writeSorted(): Steps<ErrorCode | boolean> {
    const { sortOrder, sortTarget, limit } = this.#request
    // As in etcd: without an order to sort by, only what the limit lets through is sorted.
    const isCutFirst = sortOrder === ORDER.NONE && !hasFilters(this.#request) && limit > 0
    const slots = yield* this.#take(isCutFirst ? limit + 1 : Number.POSITIVE_INFINITY)
    yield* this.#countRest()
    const ordered = yield* this.#firstInOrder(slots, sortTarget)
    if (typeof ordered === 'string') return ordered
    const fault = yield* this.#emit(ordered)
    return fault ?? slots.length > limitOf(this.#request)
  }

  /** As many as the limit lets through. */
  *#firstInOrder(slots: readonly KeySlot[], target: number): Steps<readonly KeySlot[] | ErrorCode> {
    const isDescending = this.#request.sortOrder === ORDER.DESCEND
    const limit = Math.min(limitOf(this.#request), slots.length)
    if (target === TARGET.KEY) {
      return isDescending ? slots.slice(slots.length - limit).reverse() : slots.slice(0, limit)
    }
    const compare = yield* this.#comparison(slots, target)
    if (typeof compare === 'string') return compare
    const directed = isDescending ? (a: number, b: number) => -compare(a, b) : compare
    const positions = yield* sortedPositions(slots.length, directed, this.#parts.work)
    return Array.from(positions.subarray(0, limit), (position) => slots[position] as KeySlot)
  }

  /** Compares slots by their positions. */
  *#comparison(
    slots: readonly KeySlot[],
    target: number,
  ): Steps<((a: number, b: number) => number) | ErrorCode> {
    if (target === TARGET.VALUE) {
      const values = yield* this.#values(slots)
      if (typeof values === 'string') return values
      return (a, b) => compareBytes(values[a] as Uint8Array, values[b] as Uint8Array)
    }
    const numbers = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      this.#view.load(slots[i] as KeySlot)
      numbers[i] = sortKeyOf(this.#view, target)
      this.#parts.work.spend(1)
      if (this.#parts.work.isTurnOver) yield 'sliced'
    }
    return (a, b) => (numbers[a] as number) - (numbers[b] as number)
  }

  *#values(slots: readonly KeySlot[]): Steps<Uint8Array[] | ErrorCode> {
    const values: Uint8Array[] = []
    const parser = new RecordParser()
    let bytes = 0
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as KeySlot
      const record = this.#access.inMemory(slot) ?? (yield* this.#access.load(slots, i))
      bytes += record.length
      if (bytes > this.#parts.answerBytesMax) return 'TOO_LARGE'
      values.push(parser.parse(record).value.copy())
      this.#parts.work.spendRecord(record.length)
      if (this.#parts.work.isTurnOver) yield 'sliced'
    }
    return values
  }

  /** The next keys that pass the filters, at most so many. */
  *#take(max: number): Steps<KeySlot[]> {
    const slots: KeySlot[] = []
    while (slots.length < max) {
      const step = this.#walk.next(this.#parts.work)
      if (step === 'end') break
      if (step === 'turnOver') yield 'sliced'
      else {
        this.#walked += 1
        if (this.#passes(this.#view)) slots.push(this.#view.slot)
      }
    }
    this.#walk.park()
    return slots
  }

  /** Makes sure that all keys are counted. */
  *#countRest(): Steps<void> {
    while (this.#count < 0) {
      const step = this.#walk.next(this.#parts.work)
      if (step === 'key') this.#walked += 1
      else if (step === 'end') this.#count = this.#walked
      else yield 'sliced'
    }
  }

  #passes(view: VersionView): boolean {
    const { main } = view
    const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = this.#request
    return (
      (maxModRevision === 0 || main <= maxModRevision) &&
      (minModRevision === 0 || main >= minModRevision) &&
      (maxCreateRevision === 0 || view.create <= maxCreateRevision) &&
      (minCreateRevision === 0 || view.create >= minCreateRevision)
    )
  }

  /**
   * A key that was found stays where it is, whoever has a turn in between: its version is in force
   * at a revision that is not compacted, or the reader does not go on.
   */
  *#emit(slots: readonly KeySlot[]): Steps<ErrorCode | null> {
    const { work, answer, pieceBytes, answerBytesMax } = this.#parts
    for (let i = 0; i < slots.length; i++) {
      if (this.#request.keysOnly) this.#emitKey(slots[i] as KeySlot)
      else {
        const slot = slots[i] as KeySlot
        const record = this.#access.inMemory(slot) ?? (yield* this.#access.load(slots, i))
        answer.bytes(TAG_KVS, record)
        work.spendRecord(record.length)
      }
      if (pieceBytes === 0 && answer.length > answerBytesMax) return 'TOO_LARGE'
      if (pieceBytes > 0 && answer.length >= pieceBytes) yield 'piece'
      if (work.isTurnOver) yield 'sliced'
    }
    return null
  }

  #emitKey(slot: KeySlot): void {
    const view = this.#view
    view.load(slot)
    const fields = this.#fields
    fields.key.whole(this.#parts.space.index.keyBytes(slot))
    fields.create = view.create
    fields.mod = view.main
    fields.version = view.version
    fields.lease = view.lease
    this.#parts.answer.record(TAG_KVS, fields)
    this.#parts.work.spend(1)
  }
}

function sortKeyOf(view: VersionView, target: number): number {
  if (target === TARGET.VERSION) return view.version
  return target === TARGET.CREATE ? view.create : view.main
}

function limitOf({ limit }: etcd.RangeRequest): number {
  return limit > 0 ? limit : Number.POSITIVE_INFINITY
}

/** Whether the first keys of the range are the answer, as they come. */
export function isPlain(request: etcd.RangeRequest): boolean {
  const { sortTarget, sortOrder } = request
  return sortTarget === TARGET.KEY && sortOrder !== ORDER.DESCEND && !hasFilters(request)
}

function hasFilters(request: etcd.RangeRequest): boolean {
  return (
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  )
}
