/**
 * The same surface as `KeyIndex`, built from a sorted array and plain objects: slow, and simple
 * enough to be believed by reading. Tests compare the real one with it.
 */

import { assert } from '../../../base/index.ts'
import type { KeySlot, NewTombstone, NewVersion, RestoredVersion, VersionRef } from '../types.ts'

interface PlainVersion {
  readonly main: number
  readonly sub: number
  readonly create: number
  readonly version: number
  readonly lease: bigint
  readonly deleted: boolean
  readonly recordBytes: number
}

interface PlainKey {
  readonly slot: KeySlot
  readonly bytes: Uint8Array
  readonly text: string
  /** From the newest to the oldest; never empty. */
  readonly versions: PlainVersion[]
}

/** One character for one byte: compares as the bytes do. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

export class PlainIndex {
  readonly #byText = new Map<string, PlainKey>()
  readonly #bySlot = new Map<KeySlot, PlainKey>()
  #lastSlot = 0
  #floor = 0
  /** What `versionAt` found since the last change; a reference is a place in here, from 1 on. */
  #found: PlainVersion[] = []
  #inOrder: readonly PlainKey[] | null = null

  get liveKeys(): number {
    return this.#sorted().filter(({ versions }) => !versions[0]?.deleted).length
  }

  get versions(): number {
    return this.#sorted().reduce((sum, { versions }) => sum + versions.length, 0)
  }

  get liveBytes(): number {
    const all = this.#sorted().flatMap(({ versions }) => versions)
    return all.reduce((sum, { recordBytes }) => sum + recordBytes, 0)
  }

  find(bytes: Uint8Array, start: number, end: number): KeySlot {
    return this.#byText.get(textOf(bytes.subarray(start, end)))?.slot ?? 0
  }

  main(slot: KeySlot): number {
    return this.#latest(slot).main
  }

  sub(slot: KeySlot): number {
    return this.#latest(slot).sub
  }

  create(slot: KeySlot): number {
    return this.#latest(slot).create
  }

  version(slot: KeySlot): number {
    return this.#latest(slot).version
  }

  lease(slot: KeySlot): bigint {
    return this.#latest(slot).lease
  }

  isDeleted(slot: KeySlot): boolean {
    return this.#latest(slot).deleted
  }

  recordBytes(slot: KeySlot): number {
    return this.#latest(slot).recordBytes
  }

  versionAt(slot: KeySlot, at: number): VersionRef {
    assert(at >= this.#floor, 'what was compacted is not asked for')
    const found = this.#key(slot).versions.find(({ main }) => main <= at)
    return found === undefined || found.deleted ? 0 : this.#found.push(found)
  }

  recordAt(slot: KeySlot, at: number): VersionRef {
    assert(at >= this.#floor, 'what was compacted is not asked for')
    const found = this.#key(slot).versions.find(({ main }) => main <= at)
    return found === undefined ? 0 : this.#found.push(found)
  }

  refIsDeleted(ref: VersionRef): boolean {
    return this.#ref(ref).deleted
  }

  refMain(ref: VersionRef): number {
    return this.#ref(ref).main
  }

  refSub(ref: VersionRef): number {
    return this.#ref(ref).sub
  }

  refCreate(ref: VersionRef): number {
    return this.#ref(ref).create
  }

  refVersion(ref: VersionRef): number {
    return this.#ref(ref).version
  }

  refLease(ref: VersionRef): bigint {
    return this.#ref(ref).lease
  }

  refBytes(ref: VersionRef): number {
    return this.#ref(ref).recordBytes
  }

  put(bytes: Uint8Array, start: number, end: number, given: NewVersion): KeySlot {
    const known = this.#byText.get(textOf(bytes.subarray(start, end)))?.versions[0]
    const before = known === undefined || known.deleted ? { create: given.main, version: 0 } : known
    const { main, sub, lease, recordBytes } = given
    const { create, version } = before
    const next = { main, sub, create, version: version + 1, lease, deleted: false, recordBytes }
    return this.#add(bytes.slice(start, end), next)
  }

  remove(slot: KeySlot, { main, sub, recordBytes }: NewTombstone): void {
    assert(!this.#latest(slot).deleted, 'what is removed is there')
    const { bytes } = this.#key(slot)
    this.#add(bytes, { main, sub, create: 0, version: 0, lease: 0n, deleted: true, recordBytes })
  }

  restore(bytes: Uint8Array, start: number, end: number, given: RestoredVersion): KeySlot {
    return this.#add(bytes.slice(start, end), { ...given })
  }

  first(from: Uint8Array): KeySlot {
    const text = textOf(from)
    return this.#sorted().find((key) => key.text >= text)?.slot ?? 0
  }

  next(slot: KeySlot): KeySlot {
    const { text } = this.#key(slot)
    return this.#sorted().find((other) => other.text > text)?.slot ?? 0
  }

  countLive(from: Uint8Array, to: Uint8Array | null): number {
    const [low, high] = [textOf(from), to === null ? null : textOf(to)]
    return this.#sorted().filter(({ text, versions }) => {
      return !versions[0]?.deleted && text >= low && (high === null || text < high)
    }).length
  }

  keyLength(slot: KeySlot): number {
    return this.#key(slot).bytes.length
  }

  keyBytes(slot: KeySlot): Uint8Array {
    return this.#key(slot).bytes.slice()
  }

  copyKey(slot: KeySlot, target: Uint8Array, offset: number): number {
    const { bytes } = this.#key(slot)
    target.set(bytes, offset)
    return bytes.length
  }

  compareKey(slot: KeySlot, bytes: Uint8Array): number {
    const [own, other] = [this.#key(slot).text, textOf(bytes)]
    return own < other ? -1 : own > other ? 1 : 0
  }

  compact(at: number): void {
    assert(at > this.#floor, 'compaction only moves on')
    this.#floor = at
  }

  /** All at once: the order of what is dropped is the real one's own affair. */
  compactStep(_budget: number, dropped: (main: number, sub: number) => void): boolean {
    this.#found = []
    for (const key of this.#sorted()) this.#compactKey(key, dropped)
    this.#inOrder = null
    return true
  }

  #compactKey(key: PlainKey, dropped: (main: number, sub: number) => void): void {
    const { versions } = key
    const inForce = versions.findIndex(({ main }) => main <= this.#floor)
    if (inForce < 0) return
    const stays = versions.filter(({ deleted, main }, place) => {
      return place < inForce || (deleted ? main >= this.#floor : place === inForce)
    })
    const goes = versions.filter((version) => !stays.includes(version))
    versions.splice(0, versions.length, ...stays)
    for (const { main, sub } of goes) dropped(main, sub)
    if (versions.length > 0) return
    this.#byText.delete(key.text)
    this.#bySlot.delete(key.slot)
  }

  #add(bytes: Uint8Array, version: PlainVersion): KeySlot {
    const text = textOf(bytes)
    const known = this.#byText.get(text)
    this.#found = []
    if (known !== undefined) {
      known.versions.unshift(version)
      return known.slot
    }
    this.#lastSlot += 1
    const key = { slot: this.#lastSlot, bytes, text, versions: [version] }
    this.#inOrder = null
    this.#byText.set(text, key)
    this.#bySlot.set(key.slot, key)
    return key.slot
  }

  #sorted(): readonly PlainKey[] {
    this.#inOrder ??= [...this.#byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
    return this.#inOrder
  }

  #key(slot: KeySlot): PlainKey {
    const key = this.#bySlot.get(slot)
    assert(key !== undefined, 'a slot stands for a key')
    return key
  }

  #latest(slot: KeySlot): PlainVersion {
    const [latest] = this.#key(slot).versions
    assert(latest !== undefined, 'a key has a version')
    return latest
  }

  #ref(ref: VersionRef): PlainVersion {
    const found = this.#found[ref - 1]
    assert(found !== undefined, 'a reference is used before the next change')
    return found
  }
}
