/**
 * Rebuilds the index, and which keys go with which leases, from the headers of all records. The
 * bytes come from a disk: whatever does not fit ends with `ENGINE_CORRUPT` before it does harm.
 */

import { KvError } from '../base/index.ts'
import type { Context } from './context.ts'
import { FIRST_MAIN } from './key-space.ts'
import { type KeyIndex, type KeySlot, NO_SLOT } from './keys/index.ts'
import { isAnonymous } from './leases/index.ts'
import { type RecordFields, RecordParser } from './record-format.ts'

export interface RestoredRecord {
  readonly main: number
  readonly sub: number
  /** The record, or the record without its value. */
  readonly header: Uint8Array
  /** Of the whole record. */
  readonly bytes: number
}

/** What the index can hold; no limit of a store is above it. */
const KEY_BYTES_MAX = 0xffff
const RECORD_BYTES_MAX = 0x3ff_ffff
const SUB_MAX = 0xffff_ffff

/** One object for all versions. */
class ReusedVersion {
  main = 0
  sub = 0
  create = 0
  version = 0
  lease = 0n
  deleted = false
  recordBytes = 0
}

export class Restoration {
  readonly #context: Context
  readonly #index: KeyIndex
  readonly #parser = new RecordParser()
  readonly #version = new ReusedVersion()
  /** How many there must be in the end. */
  readonly #keys: number
  readonly #leases: number
  /** Keys whose newest version so far names a lease that is not there. */
  #orphans = 0
  #main = 0
  #sub = 0

  /** All but the records is there. */
  constructor(context: Context, keys: number) {
    this.#keys = keys
    this.#context = context
    this.#index = context.space.index
    this.#index.expect(keys)
    this.#leases = context.space.leases.size
  }

  add({ main, sub, header, bytes }: RestoredRecord): void {
    this.#checkPlace(main, sub)
    check(bytes >= header.length && bytes <= RECORD_BYTES_MAX, 'a record has an impossible length')
    this.#main = main
    this.#sub = sub
    const fields = this.#parse(header)
    check(fields.mod === main, 'a record stands at the revision of another')
    const { key, create, version, lease } = fields
    const deleted = version === 0
    check(key.length <= KEY_BYTES_MAX, 'a key is longer than any key can be')
    check(deleted ? create === 0 && lease === 0n : create >= 1, 'a record was never written so')
    const slot = this.#index.find(key.bytes, key.start, key.end)
    this.#checkOrder(slot, fields)
    const isThere = slot !== NO_SLOT && !this.#index.isDeleted(slot)
    const leaseBefore = isThere ? this.#index.lease(slot) : 0n
    const restored = this.#version
    restored.main = main
    restored.sub = sub
    restored.create = create
    restored.version = version
    restored.lease = lease
    restored.deleted = deleted
    restored.recordBytes = bytes
    const now = this.#index.restore(key.bytes, key.start, key.end, restored)
    if (leaseBefore !== lease) this.#moveLease(now, leaseBefore, lease)
  }

  finish(): void {
    const { space } = this.#context
    const { leases, revision, compactRevision } = space
    check(space.index.liveKeys === this.#keys, 'there are more or fewer keys than there were')
    check(leases.size === this.#leases, 'a key has left the lease that it came with')
    check(this.#orphans === 0, 'the lease of a key is not there')
    for (const id of leases.ids()) {
      // They come first.
      if (!isAnonymous(id)) break
      check(leases.keyCount(leases.find(id)) === 1, 'the key of a lease is not there')
    }
    // No compaction takes everything of the last revision.
    check(this.#main === revision || revision === FIRST_MAIN, 'the newest records are not there')
    if (compactRevision > 0) space.index.compact(compactRevision)
  }

  #parse(header: Uint8Array): RecordFields {
    try {
      return this.#parser.parse(header)
    } catch (error) {
      if (!(error instanceof KvError)) throw error
      throw new KvError('ENGINE_CORRUPT', 'a record of the engine is damaged', { cause: error })
    }
  }

  /**
   * What was changed since the compaction is all there: no revision is missing, nor any change
   * within one.
   */
  #checkPlace(main: number, sub: number): void {
    const { revision, compactRevision } = this.#context.space
    const isNext = main > this.#main || (main === this.#main && sub > this.#sub)
    check(isNext && sub >= 0 && sub <= SUB_MAX, 'records do not ascend')
    check(main > FIRST_MAIN && main <= revision, 'a record is of a revision that never was')
    if (main <= compactRevision) return
    const lastMain = Math.max(this.#main, compactRevision, FIRST_MAIN)
    const follows = main === this.#main ? sub === this.#sub + 1 : sub === 0 && main === lastMain + 1
    check(follows, 'a record is not there')
  }

  /** So is what a key was before it was changed since the compaction. */
  #checkOrder(slot: KeySlot, { mod, create, version }: RecordFields): void {
    if (mod <= this.#context.space.compactRevision) return
    const index = this.#index
    const isThere = slot !== NO_SLOT && !index.isDeleted(slot)
    if (version === 0) check(isThere, 'a key was deleted that was not there')
    else if (isThere) {
      const follows = create === index.create(slot) && version === index.version(slot) + 1
      check(follows, 'a version of a key is not there')
    } else check(create === mod && version === 1, 'what a key was before is not there')
  }

  /** An older version may go with a lease that is no more. */
  #moveLease(slot: KeySlot, from: bigint, to: bigint): void {
    const { leases } = this.#context.space
    const before = leases.find(from)
    if (before !== 0) leases.detach(before, slot)
    else if (from !== 0n) this.#orphans -= 1
    const after = leases.find(to)
    if (after !== 0) leases.attach(after, slot)
    else if (to !== 0n) this.#orphans += 1
  }
}

function check(condition: boolean, text: string): void {
  if (!condition) throw new KvError('ENGINE_CORRUPT', `${text}: the engine and its state disagree`)
}
