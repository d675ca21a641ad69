/**
 * The keys of a store with all their versions: the index, the records, the leases that keys go
 * with, and the one place where any of it changes.
 */

import {
  assert,
  crc32c,
  crc32cJoined,
  crc32cWords,
  type DataChecksums,
  REMEMBERED_BYTES_MIN,
} from '../base/index.ts'
import { KeyIndex, type KeySlot, NO_SLOT } from './keys/index.ts'
import { LeaseTable } from './leases/index.ts'
import type { PutFields } from './put-fields.ts'
import { RecordFields, recordLength, recordTailLength, writeRecord } from './record-format.ts'
import { RollingHash } from './rolling-hash.ts'
import type { Change, ChangeSink, RecordStore } from './types.ts'

/** An empty store is at this revision; the first change makes the next. */
export const FIRST_MAIN = 1
/** No compaction yet: below even revision 0, to which a store may be compacted once. */
export const NEVER_COMPACTED = -1

/** One object for all changes. */
class ReusedChange implements Change {
  main = 0
  sub = 0
  record: Uint8Array = new Uint8Array(0)
  deleted = false
  previousMain = 0
  previousSub = 0
}

/** One object for all versions and tombstones that go into the index. */
class ReusedVersion {
  main = 0
  sub = 0
  lease = 0n
  recordBytes = 0
}

export interface KeySpaceParts {
  readonly records: RecordStore
  readonly seed: number
}

export class KeySpace {
  readonly index: KeyIndex
  readonly leases: LeaseTable
  readonly #records: RecordStore
  readonly #change = new ReusedChange()
  readonly #version = new ReusedVersion()
  readonly #fields = new RecordFields()
  #scratch = new Uint8Array(4096)
  #words = new Int32Array(this.#scratch.buffer)
  #revision = FIRST_MAIN
  #compactRevision = NEVER_COMPACTED
  /** What the command in progress has changed so far. */
  #changes = 0

  hash = new RollingHash()
  changes: ChangeSink | null = null
  /** What is known of the data of the entry that is being applied. */
  checksums: DataChecksums | null = null

  constructor({ records, seed }: KeySpaceParts) {
    this.#records = records
    this.index = new KeyIndex({ hashSeed: seed })
    this.leases = new LeaseTable(seed)
  }

  /** Of the last command that changed something. */
  get revision(): number {
    return this.#revision
  }

  get compactRevision(): number {
    return this.#compactRevision
  }

  /** Whether a command is in the middle of its changes: nobody else may look. */
  get isChanging(): boolean {
    return this.#changes > 0
  }

  /**
   * What a reader within the command in progress sees; the command's own once it has changed
   * something.
   */
  get readRevision(): number {
    return this.#changes > 0 ? this.#revision + 1 : this.#revision
  }

  /** As it was at a checkpoint; before anything is restored or changed. */
  restoreRevisions(revision: number, compactRevision: number): void {
    assert(this.index.versions === 0, 'revisions are restored before keys')
    this.#revision = revision
    this.#compactRevision = compactRevision
  }

  /** A new version of a key. `lease` is there, or 0. */
  put({ key, value }: Pick<PutFields, 'key' | 'value'>, lease: bigint): void {
    const main = this.#revision + 1
    const known = this.index.find(key.bytes, key.start, key.end)
    const isThere = known !== NO_SLOT && !this.index.isDeleted(known)
    const leaseBefore = isThere ? this.index.lease(known) : 0n
    const fields = this.#fields
    fields.key.set(key.bytes, key.start, key.end)
    fields.value.set(value.bytes, value.start, value.end)
    fields.create = isThere ? this.index.create(known) : main
    fields.mod = main
    fields.version = isThere ? this.index.version(known) + 1 : 1
    fields.lease = lease
    this.#setPrevious(known)
    const record = this.#append(main)
    this.#version.lease = lease
    const slot = this.index.put(key.bytes, key.start, key.end, this.#version)
    if (leaseBefore !== lease) this.#moveLease(slot, leaseBefore, lease)
    this.#tell(record, false)
  }

  /** The key is there. */
  remove(slot: KeySlot): void {
    assert(!this.index.isDeleted(slot), 'only what is there is deleted')
    const main = this.#revision + 1
    const leaseBefore = this.index.lease(slot)
    const fields = this.#fields
    fields.key.whole(this.index.keyBytes(slot))
    fields.value.clear()
    fields.create = 0
    fields.mod = main
    fields.version = 0
    fields.lease = 0n
    this.#setPrevious(slot)
    const record = this.#append(main)
    this.index.remove(slot, this.#version)
    if (leaseBefore !== 0n) this.#moveLease(slot, leaseBefore, 0n)
    this.#tell(record, true)
  }

  /** Ends a command, or a part of one that has a revision of its own. */
  settle(): void {
    if (this.#changes === 0) return
    this.#changes = 0
    this.#revision += 1
    this.hash.number(this.#revision)
    this.changes?.settled(this.#revision)
  }

  /** Readers below `revision` are refused from now on; space comes back by `compactStep`. */
  compact(revision: number): void {
    assert(revision > this.#compactRevision, 'compaction only moves on')
    assert(revision <= this.#revision && this.#changes === 0, 'what is compacted is over')
    this.#compactRevision = revision
    if (revision > 0) this.index.compact(revision)
    this.hash.number(revision)
    this.changes?.compacted(revision)
  }

  /** True when nothing is left to give back. */
  compactStep(budget: number): boolean {
    return this.index.compactStep(budget, this.#drop)
  }

  readonly #drop = (main: number, sub: number): void => {
    this.#records.drop(main, sub)
  }

  /** What was in force before this command. */
  #setPrevious(slot: KeySlot): void {
    const change = this.#change
    change.previousMain = 0
    change.previousSub = 0
    if (slot === NO_SLOT) return
    if (this.index.main(slot) > this.#revision) {
      // Changed by this command already: clients see the two changes at one revision.
      const before = this.index.versionAt(slot, this.#revision)
      if (before === 0) return
      change.previousMain = this.index.refMain(before)
      change.previousSub = this.index.refSub(before)
      return
    }
    if (this.index.isDeleted(slot)) return
    change.previousMain = this.index.main(slot)
    change.previousSub = this.index.sub(slot)
  }

  /** Writes the record that `#fields` tell of. */
  #append(main: number): Uint8Array {
    const length = recordLength(this.#fields)
    if (length > this.#scratch.length) this.#growScratch(length)
    const end = writeRecord(this.#fields, this.#scratch, 0)
    assert(end === length, 'a record is as long as it said')
    const record = this.#scratch.subarray(0, length)
    const sub = this.#changes
    const checksum = this.#checksum(length)
    this.#records.append(main, sub, record, checksum)
    this.hash.summed(length, checksum)
    this.#changes += 1
    this.#version.main = main
    this.#version.sub = sub
    this.#version.recordBytes = length
    return record
  }

  /**
   * Of the record in the scratch; a long value whose own is known is not looked at. A short one is
   * sooner summed up than looked for among others in the data of its entry.
   */
  #checksum(length: number): number {
    const { bytes, start, end } = this.#fields.value
    const isLong = end - start >= REMEMBERED_BYTES_MIN
    const known = isLong ? (this.checksums?.ofPart(bytes, start, end) ?? null) : null
    if (known === null) return crc32cWords(this.#scratch, this.#words, 0, length, 0)
    const tail = length - recordTailLength(this.#fields)
    const head = crc32cWords(this.#scratch, this.#words, 0, tail - (end - start), 0)
    const joined = crc32cJoined(head, known, end - start)
    return crc32c(this.#scratch, tail, length, joined)
  }

  #growScratch(length: number): void {
    this.#scratch = new Uint8Array(Math.ceil(length / 4096) * 8192)
    this.#words = new Int32Array(this.#scratch.buffer)
  }

  #tell(record: Uint8Array, deleted: boolean): void {
    if (this.changes === null) return
    const change = this.#change
    change.main = this.#version.main
    change.sub = this.#version.sub
    change.record = record
    change.deleted = deleted
    this.changes.changed(change)
  }

  #moveLease(slot: KeySlot, from: bigint, to: bigint): void {
    if (from !== 0n) {
      const lease = this.leases.find(from)
      assert(lease !== 0, 'the lease of a key is there')
      this.leases.detach(lease, slot)
    }
    if (to !== 0n) {
      const lease = this.leases.find(to)
      assert(lease !== 0, 'a key goes with a lease that is there')
      this.leases.attach(lease, slot)
    }
  }
}
