/**
 * What keys held before an event. Most of it is in memory; the rest is asked for and comes later.
 *
 * As in etcd, the value before an event of revision r is what the key held at r - 1, and is left
 * out when r - 1 is below the compaction. What is asked for is therefore never a record that a
 * compaction has dropped, unless one came meanwhile.
 */

import { assert } from '../../base/index.ts'
import { NO_SLOT, NO_VERSION } from '../keys/index.ts'
import type { LoadedRecords, RevisionList } from '../types.ts'
import { type EventSegment, PREVIOUS_UNKNOWN } from './event-log.ts'
import type { KeyVersions, WatchedState } from './types.ts'

export const PREVIOUS = { none: 0, found: 1, missing: 2 } as const

export type PreviousKind = (typeof PREVIOUS)[keyof typeof PREVIOUS]

class AskedRevisions implements RevisionList {
  readonly #mains: number[] = []
  readonly #subs: number[] = []
  readonly #names = new Set<string>()
  bytes = 0

  get length(): number {
    return this.#mains.length
  }

  main(position: number): number {
    return this.#mains[position] as number
  }

  sub(position: number): number {
    return this.#subs[position] as number
  }

  has(main: number, sub: number): boolean {
    return this.#names.has(`${main}.${sub}`)
  }

  add(main: number, sub: number, bytes: number): void {
    if (this.has(main, sub)) return
    this.#names.add(`${main}.${sub}`)
    this.#mains.push(main)
    this.#subs.push(sub)
    this.bytes += bytes
  }
}

export class PreviousValues {
  #keys: KeyVersions
  #records: WatchedState['records']
  compactRevision: number
  /** To be asked for next. */
  #wanted = new AskedRevisions()
  /** Being brought. */
  #requested: AskedRevisions | null = null
  /** What was brought last, and what had been asked for then. */
  #loaded: LoadedRecords | null = null
  #answered: AskedRevisions | null = null
  /** What `find` found: a view that is valid until the next call. */
  bytes: Uint8Array | null = null
  /** What `find` found was brought, and is there only until something else is. */
  isBrought = false
  #main = 0
  #sub = 0
  #length = 0

  constructor({ keys, records, compactRevision }: WatchedState) {
    this.#keys = keys
    this.#records = records
    this.compactRevision = compactRevision
  }

  /** Another state has taken the place of the one before; what was asked of that is forgotten. */
  replace({ keys, records, compactRevision }: WatchedState): void {
    this.#keys = keys
    this.#records = records
    this.compactRevision = compactRevision
    this.#wanted = new AskedRevisions()
    this.#requested = null
    this.release()
  }

  get isLoading(): boolean {
    return this.#requested !== null
  }

  get wantedBytes(): number {
    return this.#wanted.bytes
  }

  find(segment: EventSegment, place: number): PreviousKind {
    const revision = segment.main(place) - 1
    this.bytes = null
    if (revision < this.compactRevision) return PREVIOUS.none
    const known = segment.previousMains[place] as number
    // A key that changes twice in a revision: what counts is what it held before the revision.
    if (known === PREVIOUS_UNKNOWN || known > revision) {
      if (!this.#lookUp(segment, place, revision)) return PREVIOUS.none
    } else {
      if (known === 0) return PREVIOUS.none
      this.#main = known
      this.#sub = segment.previousSubs[place] as number
    }
    this.bytes = this.#records.peek(this.#main, this.#sub)
    this.isBrought = this.bytes === null
    if (this.bytes !== null) return PREVIOUS.found
    this.bytes = this.#loaded?.get(this.#main, this.#sub) ?? null
    if (this.bytes !== null) return PREVIOUS.found
    // It was asked for and did not come: dropped meanwhile.
    return this.#answered?.has(this.#main, this.#sub) ? PREVIOUS.none : PREVIOUS.missing
  }

  /** To be called after `find` said that it is missing, or brought; returns how large it is. */
  want(segment: EventSegment, place: number): number {
    const isThere = this.#lookUp(segment, place, segment.main(place) - 1)
    assert(isThere, 'what is missing is known to the index')
    this.#wanted.add(this.#main, this.#sub, this.#length)
    return this.#length
  }

  /** What to bring next, if anything. */
  request(): RevisionList | null {
    if (this.#requested !== null || this.#wanted.length === 0) return null
    this.#requested = this.#wanted
    this.#wanted = new AskedRevisions()
    return this.#requested
  }

  /** False: nobody asks for that any more. */
  answer(revisions: RevisionList, records: LoadedRecords): boolean {
    if (revisions !== this.#requested) return false
    this.#answered = this.#requested
    this.#loaded = records
    this.#requested = null
    // Everybody who waits looks again now, and asks again for what is still missing.
    this.#wanted = new AskedRevisions()
    return true
  }

  /** Nobody needs what was brought last. */
  release(): void {
    this.#loaded = null
    this.#answered = null
    this.bytes = null
  }

  #lookUp(segment: EventSegment, place: number, revision: number): boolean {
    const keyStart = segment.keyStarts[place] as number
    const slot = this.#keys.find(segment.bytes, keyStart, segment.keyEnds[place] as number)
    if (slot === NO_SLOT) return false
    const version = this.#keys.versionAt(slot, revision)
    if (version === NO_VERSION) return false
    this.#main = this.#keys.refMain(version)
    this.#sub = this.#keys.refSub(version)
    this.#length = this.#keys.refBytes(version)
    assert(this.#main <= revision && this.#length > 0, 'what was there before is older')
    return true
  }
}
