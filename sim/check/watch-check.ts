/**
 * I10: what each watch was told, against everything that happened to keys. Ordered, unique,
 * complete, whole revisions, previous values exact, no bookmark ahead of an event, nothing below
 * what was asked for.
 */

import { etcd } from '../../src/wire/index.ts'
import type { StoreEvent, Version } from './model.ts'

/** An event as a client got it. */
export interface SeenEvent {
  readonly key: string
  readonly isDelete: boolean
  readonly now: Version
  readonly previous: Version | null
}

export type WatchItem =
  | {
      readonly kind: 'events'
      /** Of the header. */
      readonly revision: number
      /** More of the same revision follows. */
      readonly fragment: boolean
      readonly events: readonly SeenEvent[]
    }
  | { readonly kind: 'progress'; readonly revision: number }
  | { readonly kind: 'compacted'; readonly compactRevision: number }

/**
 * One watch from its creation to its end, or to the end of its connection: who resumes has another
 * one.
 */
export interface RecordedWatch {
  readonly key: string
  /** As in a request: empty for one key, a zero byte for all from the key on. */
  readonly rangeEnd: string
  /** 0: from when it was created on. */
  readonly startRevision: number
  readonly filters: readonly number[]
  readonly prevKv: boolean
  /** The store's revision when it was created; null: that was never answered. */
  readonly createdRevision: number | null
  readonly items: readonly WatchItem[]
  /** It must have been told everything, for nothing stood in its way. */
  readonly isComplete: boolean
}

export interface WatchCheckInput {
  readonly watches: readonly RecordedWatch[]
  readonly events: readonly StoreEvent[]
  readonly compactions: readonly number[]
  /** Of the store at its end. */
  readonly revision: number
}

const VIOLATIONS_SHOWN_MAX = 5

/** What is wrong, in a line each; empty when all is well. */
export function checkWatches(input: WatchCheckInput): readonly string[] {
  const violations: string[] = []
  for (const watch of input.watches) {
    if (watch.createdRevision === null) continue
    const fault = new WatchWalk(watch, input).run()
    if (fault !== null) violations.push(`${nameOf(watch)}: ${fault}`)
    if (violations.length === VIOLATIONS_SHOWN_MAX) break
  }
  return violations
}

function nameOf({ key, rangeEnd, startRevision, createdRevision }: RecordedWatch): string {
  const range = rangeEnd === '' ? key : `${key}..${JSON.stringify(rangeEnd)}`
  return `watch of ${range} from ${startRevision}, created at ${createdRevision}`
}

class WatchWalk {
  readonly #watch: RecordedWatch
  readonly #input: WatchCheckInput
  readonly #from: number
  readonly #expected: readonly StoreEvent[]
  /** Of the events that are expected: how many came. */
  #next = 0
  /** Everything up to here was told, and nothing of it comes again. */
  #told: number
  #isFragment = false
  #isOver = false

  constructor(watch: RecordedWatch, input: WatchCheckInput) {
    this.#watch = watch
    this.#input = input
    const { startRevision, createdRevision } = watch
    this.#from = startRevision > 0 ? startRevision : (createdRevision ?? 0) + 1
    this.#told = this.#from - 1
    this.#expected = input.events.filter((event) => this.#isWanted(event))
  }

  run(): string | null {
    for (const item of this.#watch.items) {
      const fault = this.#item(item)
      if (fault !== null) return fault
    }
    const missing = this.#expected[this.#next]
    if (!this.#watch.isComplete || this.#isOver || missing === undefined) return null
    return `${named(missing)} never came`
  }

  #isWanted({ main, key, now }: StoreEvent): boolean {
    const { key: from, rangeEnd, filters } = this.#watch
    if (main < this.#from) return false
    const inRange =
      rangeEnd === '' ? key === from : key >= from && (rangeEnd === '\0' || key < rangeEnd)
    const { NOPUT, NODELETE } = etcd.WatchCreateRequestFilterType
    return inRange && !filters.includes(now === null ? NODELETE : NOPUT)
  }

  #item(item: WatchItem): string | null {
    if (this.#isOver) return 'it was told something after its end'
    if (this.#isFragment && item.kind !== 'events') return 'a revision stops in its middle'
    switch (item.kind) {
      case 'events':
        return this.#events(item)
      case 'progress':
        return this.#progress(item.revision)
      case 'compacted':
        return this.#compacted(item.compactRevision)
    }
  }

  #events({ revision, fragment, events }: WatchItem & { kind: 'events' }): string | null {
    if (events.length === 0) return 'an answer has no events'
    for (const event of events) {
      const expected = this.#expected[this.#next]
      const { modRevision } = event.now
      if (expected === undefined) return `nobody made ${event.key} at ${modRevision}`
      const fault = this.#event(event, expected)
      if (fault !== null) return fault
      if (expected.main > revision) return `${named(expected)} came with revision ${revision}`
      this.#next += 1
    }
    this.#isFragment = fragment
    if (fragment) return null
    return this.#reached(revision)
  }

  #event(event: SeenEvent, expected: StoreEvent): string | null {
    const { now } = expected
    const wanted: Version = now ?? { ...NOTHING, modRevision: expected.main }
    const isSame = event.isDelete === (now === null) && event.key === expected.key
    if (!isSame || !sameVersion(event.now, wanted)) {
      return `${event.key} at ${event.now.modRevision} came, and ${named(expected)} was next`
    }
    const { previous } = event
    if (!this.#watch.prevKv) return previous === null ? null : 'a value from before came unasked'
    const { before } = expected
    if (previous === null) {
      const isGone = this.#input.compactions.some((revision) => revision >= expected.main)
      return before === null || isGone ? null : `${named(expected)} came without what was before`
    }
    if (before !== null && sameVersion(previous, before)) return null
    return `${named(expected)} came with something else than what was before`
  }

  #progress(revision: number): string | null {
    if (revision < this.#watch.startRevision) {
      return `a bookmark at ${revision} is below what was asked for`
    }
    if (revision < this.#told) return `a bookmark goes back from ${this.#told} to ${revision}`
    return this.#reached(revision)
  }

  #compacted(compactRevision: number): string | null {
    this.#isOver = true
    if (!this.#input.compactions.includes(compactRevision)) {
      return `nobody compacted to ${compactRevision}`
    }
    if (compactRevision > this.#told + 1) return null
    return `it ended for a compaction to ${compactRevision}, and had everything up to ${this.#told}`
  }

  /** Everything up to this revision is said to have come. */
  #reached(revision: number): string | null {
    if (revision > this.#input.revision) return `revision ${revision} never was`
    const missing = this.#expected[this.#next]
    if (missing !== undefined && missing.main <= revision) {
      return `${revision} is told before ${named(missing)}`
    }
    this.#told = Math.max(this.#told, revision)
    return null
  }
}

const NOTHING: Version = { value: '', createRevision: 0, modRevision: 0, version: 0, lease: 0n }

function sameVersion(left: Version, right: Version): boolean {
  return (
    left.value === right.value &&
    left.createRevision === right.createRevision &&
    left.modRevision === right.modRevision &&
    left.version === right.version &&
    left.lease === right.lease
  )
}

function named({ main, sub, key, now }: StoreEvent): string {
  return `${now === null ? 'the delete' : 'the put'} of ${key} at ${main}/${sub}`
}
