/**
 * Says of everything that clients are told whether it should have been, from the store's history.
 */

import assert from 'node:assert/strict'
import type { WatchNotice } from '../index.ts'
import { NO_WATCH_ID, type WatchHub } from '../index.ts'
import {
  type Seen,
  type SeenAnswer,
  type SeenEvent,
  TestClient,
  type WatchWishes,
} from './test-client.ts'
import { bytesOf, type TestStore, type Version } from './test-store.ts'

const NO_PUT = 0
const NO_DELETE = 1

/** One watch as its client knows it. */
interface Watched {
  readonly wishes: WatchWishes
  /** The first revision it is to hear of. */
  readonly start: number
  /** The next version of the store that it may not have heard of. */
  position: number
  /** Everything up to here must have come. */
  covered: number
}

export interface WitnessOptions {
  readonly hub: WatchHub
  readonly store: TestStore
  readonly jitter: number
}

export class Witness {
  readonly client: TestClient
  readonly #store: TestStore
  readonly #watched = new Map<bigint, Watched>()
  #asked: WatchWishes | null = null
  compactions = 0
  fragments = 0
  progress = 0
  events = 0

  constructor({ hub, store, jitter }: WitnessOptions) {
    this.#store = store
    this.client = new TestClient(hub, jitter)
    this.client.onSeen = (seen) => this.#judge(seen)
  }

  create(wishes: WatchWishes): void {
    this.#asked = wishes
    this.client.create(wishes)
    assert.equal(this.#asked, null, 'a request is answered at once')
  }

  cancel(watchId: bigint): void {
    this.client.stream.cancel(watchId)
    assert.ok(!this.#watched.has(watchId), 'a cancellation is answered at once')
  }

  close(): void {
    this.client.stream.close()
    this.client.onSeen = () => assert.fail('nothing is sent after a stream was closed')
  }

  /** When everything is handed out: nobody lacks anything. */
  conclude(): void {
    for (const watched of this.#watched.values()) {
      assert.equal(this.#next(watched), null, 'everything has come')
    }
    const { revision } = this.#store
    const all = [...this.#watched.values()]
    if (all.length === 0 || all.some(({ start, wishes }) => isFuture(start, wishes, revision)))
      return
    const notice = this.client.notices.at(-1)
    assert.deepEqual(notice, { kind: 'progress', watchId: NO_WATCH_ID, revision })
  }

  #judge(seen: Seen): void {
    if (seen.kind === 'events') this.#judgeAnswer(seen)
    else this.#judgeNotice(seen.notice)
  }

  #judgeAnswer(answer: SeenAnswer): void {
    const watched = this.#watched.get(answer.watchId)
    assert.ok(watched !== undefined, 'events come between creation and cancellation')
    for (const event of answer.events) this.#judgeEvent(event, watched)
    const last = answer.events.at(-1)?.main as number
    const next = this.#next(watched)
    assert.ok(last >= watched.covered && answer.revision >= last, 'revisions ascend')
    if (answer.fragment) {
      assert.equal(next?.main, last, 'a fragment is followed by more of its revision')
      assert.equal(answer.revision, last, 'a fragment is of one revision')
      this.fragments += 1
    } else {
      assert.ok(next === null || next.main > answer.revision, 'nothing of a revision is left out')
      watched.covered = answer.revision
    }
  }

  #judgeEvent(event: SeenEvent, watched: Watched): void {
    const expected = this.#next(watched)
    assert.ok(expected !== null, 'no event comes that has not happened')
    const { key, isDelete, main } = event
    assert.deepEqual([main, key, isDelete], [expected.main, expected.key, expected.deleted])
    watched.position += 1
    this.events += 1
    if (watched.wishes.prevKv !== true) {
      assert.equal(event.previousKv, null)
      return
    }
    const before = this.#store.versionAt(key, main - 1)
    const isLost = main - 1 < this.#store.compactRevision
    if (before === null || isLost) assert.equal(event.previousKv, null)
    else assert.equal(event.previousKv?.modRevision, before.main)
  }

  #judgeNotice(notice: WatchNotice): void {
    switch (notice.kind) {
      case 'created':
        this.#created(notice.watchId, notice.revision)
        break
      case 'refused':
        this.#asked = null
        break
      case 'canceled':
        assert.ok(this.#watched.delete(notice.watchId), 'what is cancelled was there')
        break
      case 'compacted': {
        const watched = this.#watched.get(notice.watchId)
        assert.ok(watched !== undefined, 'what is cancelled was there')
        assert.equal(notice.compactRevision, this.#store.compactRevision)
        assert.ok(watched.covered + 1 < this.#store.compactRevision, 'it lacks what is compacted')
        this.#watched.delete(notice.watchId)
        this.compactions += 1
        break
      }
      default:
        this.#progress(notice.watchId, notice.revision)
    }
  }

  #created(watchId: bigint, revision: number): void {
    const wishes = this.#asked
    assert.ok(wishes !== null, 'a creation is an answer')
    assert.ok(!this.#watched.has(watchId), 'an id is one watcher')
    assert.equal(revision, this.#store.revision)
    this.#asked = null
    const { startRevision = 0 } = wishes
    const start = startRevision > 0 ? startRevision : revision + 1
    this.#watched.set(watchId, { wishes, start, position: 0, covered: start - 1 })
  }

  #progress(watchId: bigint, revision: number): void {
    const watched = this.#watched.get(watchId)
    const concerned = watchId === NO_WATCH_ID ? [...this.#watched.values()] : [watched]
    assert.ok(concerned.length > 0, 'progress is told to watchers')
    for (const one of concerned) {
      assert.ok(one !== undefined, 'progress is told to who watches')
      const next = this.#next(one)
      assert.ok(next === null || next.main > revision, 'progress never comes before events')
      assert.ok((one.wishes.startRevision ?? 0) <= revision, 'nothing below the start is told')
      one.covered = Math.max(one.covered, revision)
    }
    this.progress += 1
  }

  #next(watched: Watched): Version | null {
    const { versions } = this.#store
    for (; watched.position < versions.length; watched.position++) {
      const version = versions[watched.position] as Version
      if (version.main >= watched.start && isWanted(watched.wishes, version)) return version
    }
    return null
  }
}

function isWanted({ key, end = '', filters = [] }: WatchWishes, version: Version): boolean {
  if (filters.includes(version.deleted ? NO_DELETE : NO_PUT)) return false
  const own = bytesOf(version.key)
  if (end === '') return Buffer.compare(own, bytesOf(key === '' ? '\0' : key)) === 0
  if (Buffer.compare(own, bytesOf(key)) < 0) return false
  return end === '\0' || Buffer.compare(own, bytesOf(end)) < 0
}

function isFuture(start: number, { startRevision = 0 }: WatchWishes, revision: number): boolean {
  return startRevision > 0 && start > revision
}
