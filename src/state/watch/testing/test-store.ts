/** A store that remembers everything, to say what a watcher should have seen. */

import assert from 'node:assert/strict'
import { etcdKv } from '../../../wire/index.ts'
import type { LoadedRecords, RevisionList } from '../../types.ts'
import type { HistoryRecord, KeyVersions, WatchedState, WatchHub } from '../index.ts'

export interface Version {
  readonly main: number
  readonly sub: number
  readonly key: string
  readonly deleted: boolean
  readonly create: number
  readonly version: number
  readonly record: Uint8Array
}

/** A key that is put, or deleted when the value is null. */
export type TestChange = readonly [key: string, value: string | null]

const BEFORE_ALL = { main: 0, sub: 0, create: 0, version: 0, deleted: true }

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

export class TestStore implements WatchedState {
  revision = 1
  compactRevision = 0
  readonly versions: Version[] = []
  readonly #byKey = new Map<string, Version[]>()
  readonly #slots: string[] = []
  /** Not told while it is null, like a node that is behind and then gets a snapshot. */
  hub: WatchHub | null = null
  /** Which records are not in memory. */
  isOnDisk: (main: number, sub: number) => boolean = () => false

  readonly keys: KeyVersions = {
    find: (bytes, start, end) => this.#slots.indexOf(textOf(bytes.subarray(start, end))) + 1,
    versionAt: (slot, at) => {
      assert.ok(at >= this.compactRevision, 'what was compacted is not asked for')
      const found = this.versionAt(this.#slots[slot - 1] as string, at)
      return found === null ? 0 : this.versions.indexOf(found) + 1
    },
    refMain: (ref) => this.#ref(ref).main,
    refSub: (ref) => this.#ref(ref).sub,
    refBytes: (ref) => this.#ref(ref).record.length,
  }

  readonly records = {
    peek: (main: number, sub: number): Uint8Array | null =>
      this.isOnDisk(main, sub) ? null : this.#record(main, sub),
  }

  /** One command; nothing happens when it changes nothing. */
  write(...changes: readonly TestChange[]): void {
    const main = this.revision + 1
    let sub = 0
    const before = new Map(changes.map(([key]) => [key, this.#latest(key)]))
    for (const [key, value] of changes) {
      const latest = this.#latest(key)
      if (value === null && latest.deleted) continue
      const version = makeVersion({ main, sub, key, value }, latest)
      this.#add(version)
      const previous = before.get(key) ?? BEFORE_ALL
      this.hub?.changed({
        main,
        sub,
        record: version.record.slice(),
        deleted: version.deleted,
        previousMain: previous.deleted ? 0 : previous.main,
        previousSub: previous.deleted ? 0 : previous.sub,
      })
      sub += 1
    }
    if (sub === 0) return
    this.revision = main
    this.hub?.settled(main)
  }

  compact(revision: number): void {
    if (revision <= this.compactRevision || revision > this.revision) return
    // Of a key that changed twice in the revision of a compaction only the last change is kept, as
    // in etcd: a watch that begins there cannot hear of the first.
    const keys = this.versions.filter(({ main }) => main === revision).map(({ key }) => key)
    if (new Set(keys).size < keys.length) return
    this.compactRevision = revision
    this.hub?.compacted(revision)
  }

  /** What the key held after that revision; null: it was not there. */
  versionAt(key: string, revision: number): Version | null {
    const found = (this.#byKey.get(key) ?? []).findLast(({ main }) => main <= revision)
    return found === undefined || found.deleted ? null : found
  }

  /** Like an engine's: what a compaction may drop is left out. */
  history(
    fromMain: number,
    bytesMax: number,
  ): { records: readonly HistoryRecord[]; nextMain: number | null } {
    const records: HistoryRecord[] = []
    let bytes = 0
    for (const version of this.versions) {
      const { main, record } = version
      if (main < fromMain || this.#isDropped(version)) continue
      const isNew = main !== records.at(-1)?.main
      if (isNew && bytes >= bytesMax) return { records, nextMain: main }
      records.push(version)
      bytes += record.length
    }
    return { records, nextMain: null }
  }

  load(revisions: RevisionList): LoadedRecords {
    const asked = new Set<string>()
    for (let i = 0; i < revisions.length; i++) asked.add(`${revisions.main(i)}.${revisions.sub(i)}`)
    return {
      get: (main, sub) => {
        if (!asked.has(`${main}.${sub}`)) return null
        const version = this.versions.find((one) => one.main === main && one.sub === sub)
        return version === undefined || this.#isDropped(version) ? null : version.record
      },
    }
  }

  #isDropped({ main, sub, key, deleted }: Version): boolean {
    if (main > this.compactRevision) return false
    const inForce = (this.#byKey.get(key) ?? []).findLast((one) => one.main <= this.compactRevision)
    if (inForce?.main !== main || inForce.sub !== sub) return true
    return deleted && main < this.compactRevision
  }

  #add(version: Version): void {
    const { key } = version
    this.versions.push(version)
    const known = this.#byKey.get(key)
    if (known !== undefined) known.push(version)
    else {
      this.#byKey.set(key, [version])
      this.#slots.push(key)
    }
  }

  #latest(key: string): Pick<Version, 'main' | 'sub' | 'create' | 'version' | 'deleted'> {
    return this.#byKey.get(key)?.at(-1) ?? BEFORE_ALL
  }

  #ref(ref: number): Version {
    const version = this.versions[ref - 1]
    assert.ok(version !== undefined, 'a reference is one that was given')
    return version
  }

  #record(main: number, sub: number): Uint8Array {
    const version = this.versions.find((one) => one.main === main && one.sub === sub)
    assert.ok(version !== undefined, 'a record that is looked at was written')
    return version.record
  }
}

function makeVersion(
  given: { main: number; sub: number; key: string; value: string | null },
  latest: { readonly create: number; readonly version: number; readonly deleted: boolean },
): Version {
  const { main, sub, key, value } = given
  const deleted = value === null
  const create = deleted ? 0 : latest.deleted ? main : latest.create
  const version = deleted ? 0 : latest.deleted ? 1 : latest.version + 1
  const record = etcdKv.KeyValue.encodeBytes(
    etcdKv.KeyValue.create({
      key: bytesOf(key),
      createRevision: create,
      modRevision: main,
      version,
      value: bytesOf(value ?? ''),
    }),
  )
  return { main, sub, key, deleted, create, version, record }
}
