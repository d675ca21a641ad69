import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DiskFaults } from '../../../sim/world/index.ts'
import { KvError, SeededChance } from '../../base/index.ts'
import type { Engine, RevisionRecord } from '../types.ts'
import { inPieces, revisionsOf, revisionText, sameBytes, scanned } from './content.ts'
import { createSimulatedHarness, type FactoryOn, type SimulatedHarness } from './harness.ts'
import { put, type TestRecord, turns } from './records.ts'

/**
 * Lives on a disk that fails, lies and rots. Whatever the engine hands out is right, whatever it
 * cannot do it says with a code of the error table, and what comes back after a restart is a
 * checkpoint that was complete or under way, or `ENGINE_CORRUPT`.
 */

type Kind = keyof DiskFaults

/** Each life draws one of these, and how often it happens. */
const KINDS: readonly (readonly Kind[])[] = [
  ['readError'],
  ['writeError'],
  ['syncError'],
  ['nameError'],
  ['full'],
  ['rotOnRead'],
  ['rotAtRest'],
  ['misdirectedRead'],
  ['misdirectedWrite'],
  ['phantomWrite'],
  ['readError', 'writeError', 'syncError', 'nameError'],
  // Not with `nameError`: a name that the disk refused is only made anew where there is room.
  ['readError', 'writeError', 'full'],
  ['rotOnRead', 'rotAtRest', 'misdirectedRead', 'misdirectedWrite', 'phantomWrite'],
]
const RATES = [0.003, 0.02, 0.1]

const EXPECTED: ReadonlySet<string> = new Set([
  'ENGINE_CORRUPT',
  'DISK_FAILED',
  'DISK_FULL',
  'STOPPED',
])

interface Moment {
  readonly appliedIndex: number
  readonly records: readonly TestRecord[]
}

/** What the lives of all seeds came to. */
interface Tally {
  refused: number
  damaged: number
  checkpoints: number
  restarts: number
}

export function describeEngineFaults(
  name: string,
  createOn: FactoryOn,
  { seeds = 60, from = 1 }: { seeds?: number; from?: number } = {},
): void {
  describe(`${name}: a disk that fails and lies`, () => {
    it('never makes it hand out anything wrong, or fail without a reason', async () => {
      const tally: Tally = { refused: 0, damaged: 0, checkpoints: 0, restarts: 0 }
      for (let seed = from; seed < from + seeds; seed++) {
        const harness = createSimulatedHarness(createOn, seed)
        const life = new Life(harness, { seed, tally })
        try {
          await harness.run(() => life.run())
        } catch (cause) {
          throw new Error(`seed ${seed}: ${JSON.stringify(life.faults)}`, { cause })
        } finally {
          await harness.close()
        }
      }
      for (const [what, count] of Object.entries(tally)) assert.ok(count > 0, `${what}: none`)
    })
  })
}

class Life {
  readonly #harness: SimulatedHarness
  readonly #chance: SeededChance
  readonly faults: Partial<DiskFaults>
  readonly #tally: Tally
  #engine: Engine | null = null
  #fatal = false
  /** What was ever appended under a revision since the last restart, and what is kept of it. */
  #records: TestRecord[] = []
  #dropped = new Set<string>()
  #durable: Moment = { appliedIndex: 0, records: [] }
  /** Checkpoints that failed since: what was written of them may still come back. */
  #possible: Moment[] = []
  #appliedIndex = 0
  #main = 1
  #round = 0

  constructor(harness: SimulatedHarness, { seed, tally }: { seed: number; tally: Tally }) {
    this.#harness = harness
    this.#tally = tally
    this.#chance = new SeededChance(seed, 'faults')
    const kinds = KINDS[this.#chance.below(KINDS.length)] as readonly Kind[]
    const rate = RATES[this.#chance.below(RATES.length)] as number
    this.faults = Object.fromEntries(kinds.map((kind) => [kind, rate]))
  }

  async run(): Promise<void> {
    await this.#open()
    for (let step = 0; step < 60; step++) {
      this.#harness.disk.setFaults(this.faults)
      await this.#step()
    }
    this.#calm()
    await this.#end()
    await this.#open()
    await this.#engine?.close()
  }

  get #at(): Engine {
    assert.ok(this.#engine !== null)
    return this.#engine
  }

  async #step(): Promise<void> {
    if (this.#fatal) {
      await this.#end()
      return this.#open()
    }
    switch (this.#chance.below(8)) {
      case 0:
      case 1:
        return this.#append()
      case 2:
        return this.#drop()
      case 3:
        return this.#checkpoint()
      case 4:
        return this.#load()
      case 5:
        return this.#history()
      case 6:
        return this.#snapshot()
      default:
        if (this.#chance.below(3) > 0) return turns(this.#harness.clock, 20)
        await this.#end()
        return this.#open()
    }
  }

  async #append(): Promise<void> {
    const count = 1 + this.#chance.below(40)
    for (let i = 0; i < count; i++) {
      this.#main += 1 + this.#chance.below(2)
      const valueBytes = this.#chance.below(600)
      const one = put(this.#main, 0, { key: `k${this.#round}`, valueBytes })
      this.#at.append(one.main, one.sub, one.record)
      this.#records.push(one)
    }
  }

  async #drop(): Promise<void> {
    const every = 2 + this.#chance.below(3)
    for (const [at, { main, sub }] of this.#records.entries()) {
      if (at % every !== 0) continue
      this.#at.drop(main, sub)
      this.#dropped.add(revisionText({ main, sub }))
    }
  }

  async #checkpoint(): Promise<void> {
    this.#appliedIndex += 1
    const appliedIndex = this.#appliedIndex
    const records = this.#kept()
    const moment = { appliedIndex, records }
    this.#possible.push(moment)
    // Where there is no room it waits for some, which comes.
    if (this.#chance.happens(0.5)) this.#roomLater()
    const done = await this.#may(() => {
      return this.#at.checkpoint({ appliedIndex, meta: Uint8Array.of(appliedIndex) })
    })
    if (done === null) return
    this.#durable = moment
    this.#possible = []
    this.#tally.checkpoints += 1
  }

  #roomLater(): void {
    this.#harness.clock.after(20, () => this.#harness.disk.setFaults({ full: 0 }))
  }

  async #load(): Promise<void> {
    const wanted = this.#kept().filter(() => this.#chance.happens(0.3))
    const loaded = await this.#may(() => this.#at.load(revisionsOf(wanted)))
    if (loaded === null) return
    for (const one of wanted) {
      assert.ok(sameBytes(loaded.get(one.main, one.sub), one.record), `load ${revisionText(one)}`)
    }
  }

  async #history(): Promise<void> {
    const from = this.#chance.below(this.#main + 1)
    const piece = await this.#may(() => this.#at.history(from, 5000))
    if (piece === null) return
    const to = piece.nextMain ?? Number.POSITIVE_INFINITY
    this.#check(piece.records, (one) => one.main >= from && one.main < to)
  }

  async #snapshot(): Promise<void> {
    const snapshot = this.#at.snapshot({ appliedIndex: 1, meta: new Uint8Array(0) })
    const found = await this.#may(async () => {
      const all: RevisionRecord[] = []
      for await (const piece of snapshot.records()) all.push(...piece)
      return all
    })
    snapshot.release()
    if (found !== null) this.#check(found, () => true)
  }

  /** All that is kept is there, and what else is there was dropped. */
  #check(found: readonly RevisionRecord[], inside: (one: TestRecord) => boolean): void {
    const known = new Map(this.#records.map((one) => [revisionText(one), one]))
    const names = new Set<string>()
    for (const one of found) {
      const name = revisionText(one)
      names.add(name)
      assert.ok(sameBytes(one.record, known.get(name)?.record ?? new Uint8Array(0)), name)
    }
    for (const one of this.#kept()) {
      assert.ok(!inside(one) || names.has(revisionText(one)), `${revisionText(one)} is there`)
    }
  }

  async #end(): Promise<void> {
    const how = this.#chance.below(3)
    this.#tally.restarts += 1
    if (how === 0) await this.#may(() => this.#at.close())
    else this.#harness.crash(how === 1 ? 'killed' : 'powerLost')
    this.#engine = null
  }

  #calm(): void {
    const none = Object.keys(this.faults).map((kind) => [kind, 0])
    this.#harness.disk.setFaults(Object.fromEntries(none))
  }

  async #open(): Promise<void> {
    this.#fatal = false
    this.#round += 1
    for (let attempt = 1; ; attempt++) {
      // A disk that fails all the time lets nobody in.
      if (attempt === 4) this.#calm()
      const opened = await this.#may(() => this.#opened())
      if (opened !== null) break
      if (attempt < 5) continue
      await this.#replace()
      break
    }
    this.#at.onFatal = (error) => {
      assert.ok(isExpected(error), String(error))
      this.#fatal = true
    }
  }

  async #opened(): Promise<boolean> {
    const engine = await this.#harness.factory().open()
    this.#engine = engine
    let headers: string[] = []
    try {
      headers = await headersOf(engine)
    } catch (error) {
      await engine.close()
      throw error
    }
    const index = engine.durable?.appliedIndex ?? 0
    const possible = this.#possible.find(({ appliedIndex }) => appliedIndex === index)
    const moment = possible ?? this.#durable
    assert.equal(index, moment.appliedIndex, 'a checkpoint that was durable or under way')
    this.#begin(moment)
    assert.deepEqual(headers, moment.records.map(revisionText))
    return true
  }

  /** The damaged store is given up. */
  async #replace(): Promise<void> {
    this.#tally.damaged += 1
    const moment = this.#durable
    const { appliedIndex, records } = moment
    const checkpoint = { appliedIndex, meta: Uint8Array.of(appliedIndex) }
    this.#engine = await this.#harness.factory().replace(checkpoint, inPieces(records))
    await scanned(this.#engine)
    this.#begin(moment)
  }

  #begin(moment: Moment): void {
    this.#durable = moment
    this.#possible = []
    this.#records = [...moment.records]
    this.#dropped = new Set()
    this.#appliedIndex = moment.appliedIndex
    this.#main += 10_000
  }

  #kept(): TestRecord[] {
    return this.#records.filter((one) => !this.#dropped.has(revisionText(one)))
  }

  /** Null: refused, with one of the reasons there may be. */
  async #may<T>(body: () => Promise<T>): Promise<T | null> {
    try {
      return await body()
    } catch (error) {
      if (!isExpected(error)) throw error
      this.#tally.refused += 1
      return null
    }
  }
}

async function headersOf(engine: Engine): Promise<string[]> {
  return (await scanned(engine)).map(revisionText)
}

function isExpected(error: unknown): boolean {
  return error instanceof KvError && EXPECTED.has(error.code)
}
