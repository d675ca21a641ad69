import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Engine, EngineSnapshot, RevisionRecord } from '../types.ts'
import {
  contentOf,
  inPieces,
  opened,
  revisionsOf,
  revisionText,
  sameButDropped,
  sameBytes,
  scanned,
} from './content.ts'
import type { Crash, EngineHarness } from './harness.ts'
import { put, type TestRecord, tombstone, turns } from './records.ts'

/** A random walk over everything an engine can be asked, beside a model of lists. */

type Step =
  | { readonly kind: 'append'; readonly count: number; readonly valueBytes: number }
  | { readonly kind: 'drop'; readonly every: number; readonly from: number }
  | { readonly kind: 'checkpoint'; readonly awaited: boolean }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'reopen'; readonly crash: Crash | null }
  | { readonly kind: 'hold' }
  | { readonly kind: 'readHeld'; readonly full: boolean }
  | { readonly kind: 'check' }
  | { readonly kind: 'replace'; readonly count: number }

const STEPS = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        count: fc.integer({ min: 1, max: 40 }),
        valueBytes: fc.constantFrom(0, 10, 100, 1000, 9000),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('drop' as const),
        every: fc.integer({ min: 1, max: 4 }),
        from: fc.integer({ min: 0, max: 30 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('checkpoint' as const), awaited: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('turns' as const),
        count: fc.integer({ min: 1, max: 60 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('reopen' as const),
        crash: fc.constantFrom<Crash | null>(null, 'killed', 'powerLost'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('readHeld' as const), full: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('check' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('replace' as const),
        count: fc.integer({ min: 0, max: 60 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
)

/** What an engine holds, as of some moment. */
interface Content {
  readonly kept: readonly TestRecord[]
  /** May be there or not. */
  readonly dropped: readonly TestRecord[]
}

interface Moment extends Content {
  readonly appliedIndex: number
}

const EMPTY: Moment = { appliedIndex: 0, kept: [], dropped: [] }
const HELD_MAX = 3

export interface ModelOptions {
  readonly runs?: number
  /** Replays one walk: what a failure prints. */
  readonly seed?: number
}

export function describeEngineModel(
  name: string,
  create: () => Promise<EngineHarness>,
  { runs = 60, seed }: ModelOptions = {},
): void {
  describe(`${name}: a random walk`, () => {
    it('agrees with a model at every step, restart and crash', async () => {
      const walk = fc.asyncProperty(STEPS, async (steps) => {
        const harness = await create()
        try {
          await harness.run(() => new Walk(harness).run(steps))
        } finally {
          await harness.close()
        }
      })
      await fc.assert(walk, { numRuns: runs, ...(seed === undefined ? {} : { seed }) })
    })
  })
}

class Walk {
  readonly #harness: EngineHarness
  #engine: Engine | null = null
  #now: Content = EMPTY
  #durable: Moment = EMPTY
  #pending: { readonly moment: Moment; readonly settled: Promise<unknown> } | null = null
  #held: { readonly snapshot: EngineSnapshot; readonly content: Content }[] = []
  #appliedIndex = 0
  #main = 1
  /** Makes what is written again after a loss differ from what was lost. */
  #salt = 0

  constructor(harness: EngineHarness) {
    this.#harness = harness
  }

  async run(steps: readonly Step[]): Promise<void> {
    this.#engine = (await opened(this.#harness)).engine
    for (const step of steps) await this.#step(step)
    await this.#settle()
    await this.#check()
    await this.#reopen(null)
    await this.#check()
    await this.#open.close()
  }

  get #open(): Engine {
    assert.ok(this.#engine !== null)
    return this.#engine
  }

  #step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(step)
      case 'drop':
        return this.#drop(step)
      case 'checkpoint':
        return this.#checkpoint(step.awaited)
      case 'turns':
        return turns(this.#harness.clock, step.count)
      case 'reopen':
        return this.#reopen(step.crash)
      case 'hold':
        return this.#hold()
      case 'readHeld':
        return this.#readHeld(step.full)
      case 'check':
        return this.#check()
      case 'replace':
        return this.#replace(step.count)
      default:
        return step satisfies never
    }
  }

  async #append({ count, valueBytes }: { count: number; valueBytes: number }): Promise<void> {
    const records = this.#make(count, valueBytes)
    for (const { main, sub, record } of records) {
      this.#open.append(main, sub, record)
      assert.ok(sameBytes(this.#open.peek(main, sub), record), 'readable at once')
    }
    this.#now = { ...this.#now, kept: [...this.#now.kept, ...records] }
  }

  #make(count: number, valueBytes: number): TestRecord[] {
    const records: TestRecord[] = []
    const options = { key: `key-${this.#salt}`, valueBytes }
    while (records.length < count) {
      this.#main += 1 + (this.#main % 3)
      const subs = this.#main % 4 === 0 ? 5 : 1
      for (let sub = 0; sub < subs; sub++) {
        const dead = (this.#main + sub) % 7 === 0
        records.push(dead ? tombstone(this.#main, sub, options) : put(this.#main, sub, options))
      }
    }
    return records
  }

  async #drop({ every, from }: { every: number; from: number }): Promise<void> {
    const leaves = (_: TestRecord, at: number): boolean => at >= from && (at - from) % every === 0
    const dropped = this.#now.kept.filter(leaves)
    for (const { main, sub } of dropped) this.#open.drop(main, sub)
    this.#now = {
      kept: this.#now.kept.filter((one, at) => !leaves(one, at)),
      dropped: [...this.#now.dropped, ...dropped],
    }
  }

  async #checkpoint(awaited: boolean): Promise<void> {
    await this.#settle()
    this.#appliedIndex += 1
    const appliedIndex = this.#appliedIndex
    const meta = metaOf(appliedIndex)
    const moment = { ...this.#now, appliedIndex }
    const settled = this.#open.checkpoint({ appliedIndex, meta })
    meta.fill(0)
    this.#pending = { moment, settled }
    if (awaited) await this.#settle()
  }

  async #settle(): Promise<void> {
    if (this.#pending === null) return
    const { moment, settled } = this.#pending
    await settled
    this.#pending = null
    this.#durable = moment
    assert.equal(this.#open.durable?.appliedIndex, moment.appliedIndex)
  }

  async #reopen(crash: Crash | null): Promise<void> {
    this.#held = []
    const pending = this.#pending
    this.#pending = null
    if (crash === null || this.#harness.crash === null) {
      // The one that is under way ends in either way.
      pending?.settled.catch(() => {})
      await this.#open.close()
    } else {
      this.#harness.crash(crash)
    }
    const { engine, headers } = await opened(this.#harness)
    this.#engine = engine
    if (engine.durable?.appliedIndex === pending?.moment.appliedIndex && pending !== null) {
      this.#durable = pending.moment
    }
    const { appliedIndex, kept, dropped } = this.#durable
    assert.equal(engine.durable?.appliedIndex ?? 0, appliedIndex)
    if (engine.durable !== null) assert.ok(sameBytes(engine.durable.meta, metaOf(appliedIndex)))
    this.#now = this.#durable
    this.#appliedIndex = appliedIndex
    this.#main = [...kept, ...dropped].reduce((most, { main }) => Math.max(most, main), 1)
    this.#salt += 1
    assert.deepEqual(headers.map(revisionText), kept.map(revisionText))
    await this.#check()
    // As the state does, when it finds what its compaction made superfluous.
    for (const { main, sub } of dropped) engine.drop(main, sub)
  }

  async #hold(): Promise<void> {
    if (this.#held.length === HELD_MAX) this.#held.shift()?.snapshot.release()
    const snapshot = this.#open.snapshot({ appliedIndex: this.#appliedIndex, meta: metaOf(1) })
    this.#held.push({ snapshot, content: this.#now })
  }

  async #readHeld(full: boolean): Promise<void> {
    const held = this.#held.shift()
    if (held === undefined) return
    const found: RevisionRecord[] = []
    for await (const piece of held.snapshot.records()) {
      found.push(...piece)
      if (!full) break
      await turns(this.#harness.clock, 2)
    }
    if (full) sameButDropped(found, held.content)
    held.snapshot.release()
  }

  async #check(): Promise<void> {
    const { kept } = this.#now
    const { records, liveBytes } = this.#open.stats()
    // Right after a start what was dropped before may count until it is dropped again.
    assert.ok(records >= kept.length && liveBytes >= kept.length)
    const [found, loaded] = await Promise.all([
      contentOf(this.#open, 3000),
      this.#open.load(revisionsOf(kept)),
    ])
    sameButDropped(found, this.#now)
    for (const { main, sub, record } of kept) {
      assert.ok(sameBytes(loaded.get(main, sub), record), `load ${main}.${sub}`)
      const seen = this.#open.peek(main, sub)
      if (seen !== null) assert.ok(sameBytes(seen, record), `peek ${main}.${sub}`)
    }
  }

  async #replace(count: number): Promise<void> {
    await this.#settle()
    this.#held = []
    await this.#open.close()
    this.#salt += 1
    this.#main = this.#main % 2 === 0 ? 1 : this.#main + 1000
    const kept = this.#make(count, 200)
    this.#appliedIndex += 7
    const appliedIndex = this.#appliedIndex
    const checkpoint = { appliedIndex, meta: metaOf(appliedIndex) }
    this.#engine = await this.#harness.factory().replace(checkpoint, inPieces(kept))
    await scanned(this.#engine)
    this.#durable = { appliedIndex, kept, dropped: [] }
    this.#now = this.#durable
  }
}

function metaOf(appliedIndex: number): Uint8Array {
  return Uint8Array.from({ length: 1 + (appliedIndex % 50) }, (_, i) => appliedIndex + i)
}
