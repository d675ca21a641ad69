import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type HistoryRequest, WatchHub as Hub, type WatchHub } from './index.ts'
import { TINY } from './testing/scene.ts'
import { settle, type WatchWishes } from './testing/test-client.ts'
import { type TestChange, TestStore } from './testing/test-store.ts'
import { Witness } from './testing/witness.ts'

/** Short, close to each other, and with the bytes at which orders differ. */
const KEYS = ['a', 'aa', 'ab', 'b', 'ba', 'c', '\0', '\xff', '\xffa']
const MANY = Array.from({ length: 30 }, (_, i) => `b${String(i).padStart(2, '0')}`)
const ENDS = ['', '', '\0', 'ab', 'b', 'c', '\xff']

const key = fc.constantFrom(...KEYS)
const client = fc.nat(2)
const value = fc.oneof(fc.constant(null), fc.constantFrom('', 'v', 'x'.repeat(30)))
const change = fc.tuple(key, value) as fc.Arbitrary<TestChange>

const wishes = fc.record({
  key: fc.constantFrom('', ...KEYS),
  end: fc.constantFrom(...ENDS),
  /** From the present revision; null: from now on. */
  from: fc.option(fc.integer({ min: -30, max: 6 })),
  filters: fc.constantFrom([], [], [], [0], [1], [0, 1]),
  prevKv: fc.boolean(),
  fragment: fc.boolean(),
  progressNotify: fc.boolean(),
  watchId: fc.constantFrom(0n, 0n, 0n, 1n, 2n, -5n),
})

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('writeMany' as const), deletes: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), back: fc.nat(12) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('open' as const), client, wishes }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      client,
      id: fc.constantFrom(0n, 1n, 2n, -5n),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), client }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('room' as const), client, room: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('progress' as const), client }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('drain' as const),
      budget: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('history' as const), late: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('records' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disk' as const), share: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('snapshot' as const),
      missed: fc.array(change, { maxLength: 8 }),
      back: fc.nat(12),
    }),
  },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The hub, its surroundings, and a witness for each client. */
class Model {
  readonly store = new TestStore()
  readonly hub: WatchHub
  readonly witnesses: Witness[]
  readonly closed: Witness[] = []
  #request: HistoryRequest | null = null
  #read: ReturnType<TestStore['history']> | null = null
  #nowMs = 0

  constructor() {
    this.hub = new Hub(this.store, { ...TINY, progressIntervalMs: 10, watchersPerStreamMax: 8 })
    this.store.hub = this.hub
    this.witnesses = [0, 1, 2].map((n) => this.#witness(n / 3))
  }

  run(step: Step): void {
    const { store, hub } = this
    switch (step.kind) {
      case 'write':
        store.write(...step.changes)
        break
      case 'writeMany':
        store.write(...MANY.map((key) => [key, step.deletes ? null : 'v'] as const))
        break
      case 'compact':
        store.compact(store.revision - step.back)
        break
      case 'open':
        this.#at(step.client).create(this.#wishes(step.wishes))
        break
      case 'cancel':
        this.#at(step.client).cancel(step.id)
        break
      case 'close':
        this.#at(step.client).close()
        this.closed.push(this.#at(step.client))
        this.witnesses[step.client] = this.#witness(0)
        break
      case 'room':
        this.#at(step.client).client.read(step.room === 3 ? Number.POSITIVE_INFINITY : step.room)
        break
      case 'progress':
        this.#at(step.client).client.stream.progress()
        break
      case 'drain':
        hub.drain(step.budget)
        break
      case 'history':
        this.#history(step.late)
        break
      case 'records':
        this.#records()
        break
      case 'disk':
        store.isOnDisk = (main, sub) => (main * 7 + sub * 3) % 5 < step.share
        break
      case 'tick':
        this.#nowMs += 6
        hub.tick(this.#nowMs)
        break
      default:
        this.#snapshot(step.missed, step.back)
    }
    assert.ok(hub.heldBytes <= TINY.ringBytesMax, 'memory is bounded')
  }

  conclude(): void {
    const { store, hub } = this
    if (this.#request !== null) this.#history(true)
    for (const { client } of this.witnesses) client.read()
    settle(hub, store, 50)
    for (const { client } of this.witnesses) client.stream.progress()
    settle(hub, store, 50)
    for (const witness of this.witnesses) witness.conclude()
    assert.equal(hub.slowWatcherCount, 0)
    assert.equal(hub.hasWork, false)
  }

  #wishes({ from, ...rest }: Extract<Step, { kind: 'open' }>['wishes']): WatchWishes {
    const startRevision = from === null ? 0 : Math.max(0, this.store.revision + from)
    return { ...rest, startRevision }
  }

  /** The engine reads when it is asked, or only later. */
  #history(late: boolean): void {
    const { store, hub } = this
    this.#request ??= hub.wantHistory()
    if (this.#request === null) return
    const { fromMain, bytesMax } = this.#request
    if (this.#read === null && !late) {
      this.#read = store.history(fromMain, bytesMax)
      return
    }
    const { records, nextMain } = this.#read ?? store.history(fromMain, bytesMax)
    hub.history(this.#request, records, nextMain)
    this.#request = null
    this.#read = null
  }

  #records(): void {
    const wanted = this.hub.wantRecords()
    if (wanted !== null) this.hub.loaded(wanted, this.store.load(wanted))
  }

  #snapshot(missed: readonly TestChange[], back: number): void {
    const { store, hub } = this
    store.hub = null
    for (const change of missed) store.write(change)
    store.compact(store.revision - back)
    hub.replaced(store)
    store.hub = hub
    if (missed.length % 2 === 0) return
    this.#request = null
    this.#read = null
  }

  #witness(jitter: number): Witness {
    return new Witness({ hub: this.hub, store: this.store, jitter })
  }

  #at(client: number): Witness {
    return this.witnesses[client] as Witness
  }
}

test('every watcher is told exactly what happened in its range, in order and once', () => {
  const seen = { events: 0, compactions: 0, fragments: 0, progress: 0 }
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), (steps) => {
      const model = new Model()
      for (const step of steps) model.run(step)
      model.conclude()
      for (const witness of [...model.witnesses, ...model.closed]) {
        seen.events += witness.events
        seen.compactions += witness.compactions
        seen.fragments += witness.fragments
        seen.progress += witness.progress
      }
    }),
    { numRuns: Number(process.env['WATCH_RUNS'] ?? 300) },
  )
  // What was meant to happen did happen.
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${what}: ${count}`)
})

test('an answer whose previous values come in two loads comes all the same', () => {
  const all: WatchWishes = { key: '', end: '\xff', startRevision: 0, prevKv: true }
  const model = new Model()
  model.run({ kind: 'disk', share: 1 })
  model.witnesses[0]?.create(all)
  model.run({ kind: 'write', changes: [['a', '']] })
  model.run({ kind: 'writeMany', deletes: false })
  model.run({ kind: 'write', changes: [['a', '']] })
  model.run({ kind: 'write', changes: [['\0', '']] })
  model.run({ kind: 'write', changes: [['\0', null]] })
  model.run({ kind: 'writeMany', deletes: false })
  model.run({ kind: 'write', changes: [['a', null]] })
  model.conclude()
  assert.equal(model.witnesses[0]?.events, 65)
})
