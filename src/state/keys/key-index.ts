/**
 * Every key of a store, in order, with its versions since the last compaction: blocks of keys,
 * found by a hash and put in order by a tree, and a queue of what was superseded. All of it is in
 * pages outside the JavaScript heap; a key of 24 bytes takes about 79 bytes in all, an older
 * version 48.
 */

import { assert } from '../../base/index.ts'
import { Buckets } from './buckets.ts'
import { Graves } from './graves.ts'
import { History } from './history.ts'
import { KeyBlocks } from './key-blocks.ts'
import { KeyHash } from './key-hash.ts'
import { LeaseTable } from './lease-table.ts'
import { OrderTree } from './order-tree.ts'
import { PagePool } from './pages.ts'
import { KEY_BYTES_MAX, KeyProbe } from './probe.ts'
import type { SoughtKeys } from './sought-keys.ts'
import {
  type KeySlot,
  type NewTombstone,
  type NewVersion,
  NO_SLOT,
  NO_VERSION,
  type RestoredVersion,
  type VersionRef,
} from './types.ts'
import type { VersionFields, Versions } from './versions.ts'

export interface KeyIndexOptions {
  /**
   * 53 bits of chance that clients do not know, or they could choose keys that slow everyone down.
   * Nothing that can be seen depends on it.
   */
  readonly hashSeed?: number
  /** Entries of a node of the tree; tests make trees high with few keys. */
  readonly nodeEntriesMax?: number
}

const HASH_SEED = 0x1b_873593_85ebca
/** A leaf is four cache lines. */
const NODE_ENTRIES_MAX = 63

export class KeyIndex {
  readonly #hash: KeyHash
  readonly #nodeEntriesMax: number
  // Exchanged for empty ones by `release`.
  #pages = new PagePool()
  #keys = new KeyBlocks(this.#pages)
  #versions: Versions = this.#keys.versions
  #buckets: Buckets
  #tree: OrderTree
  #history = new History(this.#versions, this.#pages)
  #graves = new Graves(this.#pages)
  #leases = new LeaseTable()
  readonly #probe = new KeyProbe()
  readonly #fields: VersionFields = {
    main: 0,
    sub: 0,
    create: 0,
    version: 0,
    lease: 0,
    deleted: false,
    recordBytes: 0,
  }
  #floor = 0
  /** The last change. */
  #main = 0
  #sub = 0
  #versionCount = 0
  #liveBytes = 0
  /** What `release` has put away and `freeStep` has not freed yet. */
  #leaving: PagePool | null = null

  constructor({ hashSeed = HASH_SEED, nodeEntriesMax = NODE_ENTRIES_MAX }: KeyIndexOptions = {}) {
    this.#hash = new KeyHash(hashSeed)
    this.#nodeEntriesMax = nodeEntriesMax
    this.#buckets = new Buckets(this.#keys, this.#hash)
    this.#tree = new OrderTree(this.#pages, this.#keys, nodeEntriesMax)
  }

  /** Keys that are there now. */
  get liveKeys(): number {
    return this.#tree.live
  }

  /** Versions that are kept, tombstones among them. Falls as `compactStep` goes on. */
  get versions(): number {
    return this.#versionCount
  }

  /** The lengths of the records of all versions that are kept. Falls as `compactStep` goes on. */
  get liveBytes(): number {
    return this.#liveBytes
  }

  /** Memory that the index takes. */
  get bytes(): number {
    return this.#pages.bytes + this.#buckets.bytes + this.#leases.bytes
  }

  /**
   * The index is not used any more, but may still be referred to: it is empty. What it last came to
   * in bytes and versions stays known. Its memory goes with `freeStep`, slice by slice: a system
   * takes ten milliseconds for a hundred megabytes.
   */
  release(): void {
    this.#buckets.free()
    this.#leaving ??= this.#pages
    this.#pages = new PagePool()
    this.#keys = new KeyBlocks(this.#pages)
    this.#versions = this.#keys.versions
    this.#buckets = new Buckets(this.#keys, this.#hash)
    this.#tree = new OrderTree(this.#pages, this.#keys, this.#nodeEntriesMax)
    this.#history = new History(this.#versions, this.#pages)
    this.#graves = new Graves(this.#pages)
    this.#leases = new LeaseTable()
  }

  /** After `release`: frees up to so many pages; true: nothing is left. */
  freeStep(pages: number): boolean {
    if (this.#leaving?.free(pages) === false) return false
    this.#leaving = null
    return true
  }

  // --- keys ---

  find(bytes: Uint8Array, start: number, end: number): KeySlot {
    if (end - start > KEY_BYTES_MAX) return NO_SLOT
    this.#probe.set(bytes, start, end)
    return this.#buckets.find(this.#probe, this.#probeHash())
  }

  /** This key is about to be looked for; it has at most 255 bytes. */
  seek(sought: SoughtKeys, bytes: Uint8Array, start: number, end: number): void {
    const probe = this.#probe
    probe.set(bytes, start, end)
    const at = sought.count
    sought.hashes[at] = this.#probeHash()
    sought.lengths[at] = probe.length
    sought.tails[at] = probe.wordCount === 0 ? 0 : (probe.words[probe.wordCount - 1] as number)
    sought.count = at + 1
  }

  /** Looks for these keys together, for the caches of the processor. */
  lookFor(sought: SoughtKeys): void {
    this.#buckets.lookFor(sought)
    this.#keys.lookFor(sought)
    sought.count = 0
  }

  /** The first key that is not below `from`, whether it is there now or deleted. */
  first(from: Uint8Array): KeySlot {
    this.#probe.set(from, 0, from.length)
    return this.#tree.first(this.#probe)
  }

  /** The next key in order, whatever was added or removed meanwhile; `slot` must still be there. */
  next(slot: KeySlot): KeySlot {
    return this.#tree.next(slot)
  }

  /** Keys that are there now from `from` on and before `to`; null: to the end. */
  countLive(from: Uint8Array, to: Uint8Array | null): number {
    this.#probe.set(from, 0, from.length)
    const before = this.#tree.rank(this.#probe)
    if (to === null) return this.#tree.live - before
    this.#probe.set(to, 0, to.length)
    return Math.max(0, this.#tree.rank(this.#probe) - before)
  }

  keyLength(slot: KeySlot): number {
    assert(this.#versions.isUsed(slot), 'a slot stands for a key')
    return this.#keys.length(slot)
  }

  /** A copy. */
  keyBytes(slot: KeySlot): Uint8Array {
    const bytes = new Uint8Array(this.keyLength(slot))
    this.#keys.copy(slot, bytes, 0)
    return bytes
  }

  /** Gives back the length of the key. */
  copyKey(slot: KeySlot, target: Uint8Array, offset: number): number {
    assert(this.#versions.isUsed(slot), 'a slot stands for a key')
    return this.#keys.copy(slot, target, offset)
  }

  /** Below 0: the key comes before the bytes; 0: it is equal to them. */
  compareKey(slot: KeySlot, bytes: Uint8Array): number {
    assert(this.#versions.isUsed(slot), 'a slot stands for a key')
    this.#probe.set(bytes, 0, bytes.length)
    return this.#keys.compare(slot, this.#probe)
  }

  // --- the newest version of a key; of a tombstone, create, version and lease are zero ---

  main(slot: KeySlot): number {
    return this.#versions.main(this.#used(slot))
  }

  sub(slot: KeySlot): number {
    return this.#versions.sub(this.#used(slot))
  }

  create(slot: KeySlot): number {
    return this.#versions.create(this.#used(slot))
  }

  version(slot: KeySlot): number {
    return this.#versions.version(this.#used(slot))
  }

  lease(slot: KeySlot): bigint {
    return this.#leases.id(this.#versions.lease(this.#used(slot)))
  }

  isDeleted(slot: KeySlot): boolean {
    return this.#versions.isDeleted(this.#used(slot))
  }

  recordBytes(slot: KeySlot): number {
    return this.#versions.recordBytes(this.#used(slot))
  }

  // --- the version of a key in force at a revision ---

  /** It stands where the slot is. */
  newest(slot: KeySlot): VersionRef {
    return this.#used(slot)
  }

  /** `NO_VERSION`: the key was not there. Logarithmic in the versions the key has. */
  versionAt(slot: KeySlot, at: number): VersionRef {
    assert(at >= this.#floor, 'what was compacted is not asked for')
    const place = this.#history.at(this.#used(slot), at)
    return place === 0 || this.#versions.isDeleted(place) ? NO_VERSION : place
  }

  /** As `versionAt`, but a tombstone is found, too. */
  recordAt(slot: KeySlot, at: number): VersionRef {
    assert(at >= this.#floor, 'what was compacted is not asked for')
    return this.#history.at(this.#used(slot), at)
  }

  refIsDeleted(ref: VersionRef): boolean {
    return this.#versions.isDeleted(this.#used(ref))
  }

  refMain(ref: VersionRef): number {
    return this.#versions.main(this.#used(ref))
  }

  refSub(ref: VersionRef): number {
    return this.#versions.sub(this.#used(ref))
  }

  refCreate(ref: VersionRef): number {
    return this.#versions.create(this.#used(ref))
  }

  refVersion(ref: VersionRef): number {
    return this.#versions.version(this.#used(ref))
  }

  refLease(ref: VersionRef): bigint {
    return this.#leases.id(this.#versions.lease(this.#used(ref)))
  }

  refBytes(ref: VersionRef): number {
    return this.#versions.recordBytes(this.#used(ref))
  }

  // --- changes, in ascending order of (main, sub) ---

  put(bytes: Uint8Array, start: number, end: number, given: NewVersion): KeySlot {
    const slot = this.find(bytes, start, end)
    const versions = this.#versions
    const isNew = slot === NO_SLOT || versions.isDeleted(slot)
    const fields = this.#fields
    fields.main = given.main
    fields.sub = given.sub
    fields.create = isNew ? given.main : versions.create(slot)
    fields.version = isNew ? 1 : versions.version(slot) + 1
    fields.lease = this.#leases.hold(given.lease)
    fields.deleted = false
    fields.recordBytes = given.recordBytes
    return this.#write(slot)
  }

  /** A tombstone for a key that is there. */
  remove(slot: KeySlot, given: NewTombstone): void {
    assert(!this.#versions.isDeleted(this.#used(slot)), 'what is removed is there')
    const fields = this.#fields
    fields.main = given.main
    fields.sub = given.sub
    fields.create = 0
    fields.version = 0
    fields.lease = 0
    fields.deleted = true
    fields.recordBytes = given.recordBytes
    this.#write(slot)
  }

  /** Before the first of them: so many keys are about to come, at most. A hint. */
  expect(keys: number): void {
    this.#buckets.expect(keys)
  }

  /** A version that is known from its record. What came before it may be missing. */
  restore(bytes: Uint8Array, start: number, end: number, given: RestoredVersion): KeySlot {
    const { create, version, deleted } = given
    assert(deleted ? version === 0 : create >= 1 && version >= 1, 'a version is counted from 1')
    const slot = this.find(bytes, start, end)
    const fields = this.#fields
    fields.main = given.main
    fields.sub = given.sub
    fields.create = create
    fields.version = version
    fields.lease = this.#leases.hold(given.lease)
    fields.deleted = deleted
    fields.recordBytes = given.recordBytes
    return this.#write(slot)
  }

  // --- compaction ---

  /**
   * Of each key the newest version at or below `at` stays, unless it is a tombstone below `at`, and
   * everything older goes. A tombstone exactly at `at` stays until the next compaction, as in etcd
   * since 3.6: a watch may still begin at `at` and must hear of it. What goes is no longer seen at
   * once; `compactStep` gives it back.
   */
  compact(at: number): void {
    assert(at > this.#floor, 'compaction only moves on')
    this.#floor = at
  }

  /**
   * Takes up to `budget` steps and tells which records go, in an order that depends on nothing but
   * the changes. True: nothing is left to do. What it calls must not change the index.
   */
  compactStep(budget: number, dropped: (main: number, sub: number) => void): boolean {
    assert(budget >= 1, 'a slice does something')
    const history = this.#history
    const graves = this.#graves
    for (let step = 0; step < budget; step++) {
      const superseded = history.front
      const supersededAt =
        superseded === 0 ? Number.POSITIVE_INFINITY : history.supersededAt(superseded)
      const buried = graves.frontMain
      // What was superseded goes before the tombstone that did it, so its key has no history left.
      if (supersededAt <= this.#floor && supersededAt <= buried) this.#dropSuperseded(dropped)
      else if (buried < this.#floor) this.#dropTombstone(dropped)
      else return true
    }
    return false
  }

  #dropSuperseded(dropped: (main: number, sub: number) => void): void {
    const versions = this.#versions
    const place = this.#history.front
    // Tombstones are dropped by their graves; in the history they only mark where a key was gone.
    if (!versions.isDeleted(place)) {
      this.#leases.release(versions.lease(place))
      this.#uncount(versions.recordBytes(place))
      dropped(versions.main(place), versions.sub(place))
    }
    this.#history.shift()
  }

  #dropTombstone(dropped: (main: number, sub: number) => void): void {
    const graves = this.#graves
    const slot = graves.frontSlot
    const main = graves.frontMain
    const sub = graves.frontSub
    const versions = this.#versions
    assert(versions.isUsed(slot), 'a key stays as long as it has a tombstone')
    this.#uncount(graves.frontRecordBytes)
    if (versions.main(slot) === main && versions.sub(slot) === sub) this.#forget(slot)
    graves.shift()
    dropped(main, sub)
  }

  /** The last version of the key is gone. */
  #forget(slot: KeySlot): void {
    assert(this.#versions.older(slot) === 0, 'a key that goes has no older versions')
    this.#tree.remove(slot)
    this.#buckets.remove(slot, this.#keys.hash(slot, this.#hash))
    this.#keys.give(slot)
  }

  // --- inside ---

  /** Writes `#fields` as the newest version of the key, or of the one in the probe. */
  #write(known: KeySlot): KeySlot {
    const { main, sub, deleted, recordBytes } = this.#fields
    assert(main > this.#main || (main === this.#main && sub > this.#sub), 'revisions only ascend')
    this.#main = main
    this.#sub = sub
    this.#versionCount += 1
    this.#liveBytes += recordBytes
    const slot = known === NO_SLOT ? this.#add() : this.#supersede(known)
    if (deleted) this.#graves.push(slot, this.#fields)
    return slot
  }

  #add(): KeySlot {
    const probe = this.#probe
    const slot = this.#keys.take(probe)
    this.#versions.write(slot, this.#fields)
    this.#buckets.add(slot, this.#probeHash())
    this.#tree.add(slot, probe, !this.#fields.deleted)
    return slot
  }

  #supersede(slot: KeySlot): KeySlot {
    const { deleted } = this.#fields
    const comesOrGoes = this.#versions.isDeleted(slot) !== deleted
    this.#history.push(slot, this.#floor)
    this.#versions.write(slot, this.#fields)
    if (comesOrGoes) this.#tree.setLive(slot, !deleted)
    return slot
  }

  #uncount(recordBytes: number): void {
    this.#versionCount -= 1
    this.#liveBytes -= recordBytes
    assert(this.#versionCount >= 0 && this.#liveBytes >= 0, 'what goes was counted')
  }

  #probeHash(): number {
    return this.#hash.of(this.#probe.words, 0, this.#probe.length)
  }

  #used(place: KeySlot | VersionRef): number {
    assert(this.#versions.isUsed(place), 'a slot stands for a key, a reference for a version')
    return place
  }
}
