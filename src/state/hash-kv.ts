/**
 * A number for everything that can be read of the keys at one revision since the last compaction:
 * replicas that agree have the same, whether or not one has already given back what the compaction
 * made superfluous. So tombstones up to the compaction do not count, nor what was superseded by
 * then (etcd, `kvHasher`).
 *
 * It is a sum over versions, in whatever order they are met. A sum of checksums would not see two
 * values change places, because CRCs are linear; each is mixed before it is added.
 *
 * Versions are found in the order of their keys, in which their records lie anywhere on the disk.
 * So what is not in memory is only noted, as a bit for its revision, and then read in the order of
 * revisions, neighbours together: ten times as fast as one by one.
 */

import { assert, crc32c, crc32cNumber, type ErrorCode } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import type { AnswerWriter } from './answer-writer.ts'
import { successorOf } from './key-range.ts'
import type { KeySpace } from './key-space.ts'
import { type KeySlot, NO_SLOT, NO_VERSION, type VersionRef } from './keys/index.ts'
import { finishLane } from './lanes.ts'
import type { Steps, Work } from './work.ts'

const TAG_HASH = 0x10
const TAG_COMPACT_REVISION = 0x18
const TAG_HASH_REVISION = 0x20

const HIGH = 0x1_0000_0000
/** A put is told from a tombstone by what its checksum begins with. */
const TOMBSTONE_SEED = 1

/**
 * Longer records are asked for where they are met: of those noted, as many as may be asked for at
 * once are little enough to be held.
 */
const NOTED_BYTES_MAX = 4096

interface HashParts {
  readonly space: KeySpace
  readonly work: Work
  readonly answer: AnswerWriter
  readonly head: number
}

/** Writes all of a `HashKVResponse` but its header. */
export function* hashKv(
  { revision }: etcd.HashKVRequest,
  { space, work, answer, head }: HashParts,
): Steps<ErrorCode | null> {
  const { compactRevision } = space
  if (revision > head) return 'REVISION_FUTURE'
  if (revision > 0 && revision < compactRevision) return 'COMPACTED'
  const at = revision > 0 ? revision : head
  // Any other compaction changes what counts.
  work.lowestRevision = compactRevision
  const hash = yield* new KeyHasher(space, work, at).run()
  answer.number(TAG_HASH, hash)
  answer.bigint(TAG_COMPACT_REVISION, BigInt(compactRevision))
  answer.number(TAG_HASH_REVISION, at)
  return null
}

class KeyHasher {
  readonly #space: KeySpace
  readonly #work: Work
  readonly #at: number
  readonly #compactRevision: number
  #sum = 0
  /** The revisions of this walk, the end exclusive. */
  #from = 0
  #end = 0
  /** A bit for each of them whose record is yet to be read. */
  #noted = new Uint32Array(0)
  /** Versions whose records are asked for. */
  #mains: number[] = []
  #subs: number[] = []

  constructor(space: KeySpace, work: Work, at: number) {
    this.#space = space
    this.#work = work
    this.#at = at
    this.#compactRevision = space.compactRevision
  }

  *run(): Steps<number> {
    const { windowRevisions } = this.#work
    for (let from = 0; from <= this.#at; from += windowRevisions) {
      this.#from = from
      this.#end = Math.min(from + windowRevisions, this.#at + 1)
      this.#noted = new Uint32Array(Math.ceil((this.#end - from) / 32))
      yield* this.#walk()
      yield* this.#readNoted()
    }
    return this.#sum >>> 0
  }

  *#walk(): Steps<void> {
    const { index } = this.#space
    // What a compaction left of a key is told by looking from the compaction downwards.
    const newest = Math.min(this.#at, Math.max(this.#end - 1, this.#compactRevision))
    let slot = index.first(new Uint8Array(0))
    while (slot !== NO_SLOT) {
      let below = this.#addVersions(slot, newest)
      while (this.#mustPause) {
        // The key may be gone afterwards: of a key that is deleted nothing may have counted.
        const key = index.keyBytes(slot)
        yield this.#mains.length > 0 ? 'missing' : 'sliced'
        this.#addLoaded()
        slot = index.first(below === 0 ? successorOf(key) : key)
        if (slot === NO_SLOT) break
        below = this.#addVersions(slot, below === 0 ? newest : below)
      }
      if (slot !== NO_SLOT) slot = index.next(slot)
    }
    yield* this.#load()
  }

  *#readNoted(): Steps<void> {
    const noted = this.#noted
    for (let word = 0; word < noted.length; word++) {
      for (let rest = noted[word] as number; rest !== 0; rest &= rest - 1) {
        this.#ask(this.#from + 32 * word + (31 - Math.clz32(rest & -rest)))
        if (!this.#mustPause) continue
        if (this.#mains.length > 0) yield* this.#load()
        else yield 'sliced'
      }
    }
    yield* this.#load()
  }

  #ask(main: number): void {
    const record = this.#work.record(main, 0)
    if (record !== null) this.#addRecord(main, 0, record)
    else this.#need(main, 0, NOTED_BYTES_MAX)
  }

  #need(main: number, sub: number, bytes: number): void {
    this.#work.need(main, sub, bytes)
    this.#mains.push(main)
    this.#subs.push(sub)
  }

  *#load(): Steps<void> {
    if (this.#mains.length > 0) yield 'missing'
    this.#addLoaded()
  }

  get #mustPause(): boolean {
    return this.#work.isTurnOver || this.#work.hasAskedEnough
  }

  /** Versions of a key from a revision downwards. Returns where to go on; 0: all was counted. */
  #addVersions(slot: KeySlot, from: number): number {
    const { index } = this.#space
    this.#work.spend(1)
    for (let at = from; ; ) {
      const ref = index.recordAt(slot, at)
      if (ref === NO_VERSION) return 0
      const main = index.refMain(ref)
      if (main < this.#from) return 0
      const isOld = main <= this.#compactRevision
      if (main < this.#end) {
        if (!index.refIsDeleted(ref)) this.#addPut(ref)
        else if (!isOld) this.#addTombstone(slot, ref)
      }
      if (isOld) return 0
      at = main - 1
      if (this.#mustPause) return at
    }
  }

  #addTombstone(slot: KeySlot, ref: VersionRef): void {
    const { index } = this.#space
    const key = index.keyBytes(slot)
    const seed = seedOf(index.refMain(ref), index.refSub(ref), TOMBSTONE_SEED)
    this.#add(crc32c(key, 0, key.length, seed))
    this.#work.spend(1)
  }

  #addPut(ref: VersionRef): void {
    const { index } = this.#space
    const [main, sub] = [index.refMain(ref), index.refSub(ref)]
    const record = this.#work.record(main, sub)
    if (record !== null) {
      this.#addRecord(main, sub, record)
      return
    }
    const bytes = index.refBytes(ref)
    if (sub === 0 && bytes <= NOTED_BYTES_MAX) {
      const at = main - this.#from
      this.#noted[at >>> 5] = (this.#noted[at >>> 5] as number) | (1 << (at & 31))
      this.#work.spend(1)
    } else this.#need(main, sub, bytes)
  }

  #addLoaded(): void {
    for (let i = 0; i < this.#mains.length; i++) {
      const [main, sub] = [this.#mains[i] as number, this.#subs[i] as number]
      const record = this.#work.record(main, sub)
      assert(record !== null, 'what is in the index is in the store')
      this.#addRecord(main, sub, record)
    }
    this.#mains = []
    this.#subs = []
  }

  #addRecord(main: number, sub: number, record: Uint8Array): void {
    this.#add(crc32c(record, 0, record.length, seedOf(main, sub, 0)))
    this.#work.spendRecord(record.length)
  }

  #add(checksum: number): void {
    this.#sum = (this.#sum + finishLane(checksum)) | 0
  }
}

function seedOf(main: number, sub: number, seed: number): number {
  const low = crc32cNumber(main | 0, crc32cNumber(Math.floor(main / HIGH), seed))
  return crc32cNumber(sub, low)
}
