import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DiskOperation } from '../../../sim/world/index.ts'
import type { Engine } from '../types.ts'
import { appendAll, contentOf, inPieces, sameButDropped, sameHeaders, scanned } from './content.ts'
import { type Crash, createSimulatedHarness, type FactoryOn } from './harness.ts'
import { put, type TestRecord, turns } from './records.ts'

/** One life of an engine with everything in it; a crash at each of its disk operations. */

interface Moment {
  readonly appliedIndex: number
  readonly kept: readonly TestRecord[]
  readonly dropped: readonly TestRecord[]
}

/** Each shuffles anew which names survive. */
const NAMING_SEEDS = 6

const NONE: Moment = { appliedIndex: 0, kept: [], dropped: [] }

/** Where the life is: what is durable for certain, and what may be. */
interface Progress {
  durable: Moment
  next: Moment | null
}

function some(count: number, from: number): TestRecord[] {
  return Array.from({ length: count }, (_, i) => put(from + i, 0, { valueBytes: (i * 41) % 700 }))
}

export function describeEngineCrashes(name: string, createOn: FactoryOn): void {
  describe(`${name}: a crash at every operation of the disk`, () => {
    for (const end of ['killed', 'powerLost'] as const) {
      it(`that is ${end} leaves the checkpoint before or the one under way`, async () => {
        let operation = 1
        for (; ; operation++) {
          const crashed = await crashAt(createOn, { operation, seed: operation, end })
          if (crashed === null) break
          if (crashed !== 'syncDirectory' || end === 'killed') continue
          // Of the names that are not durable yet any may survive, whichever came first.
          for (let seed = 1; seed <= NAMING_SEEDS; seed++) {
            await crashAt(createOn, { operation, seed: 1000 * seed, end })
          }
        }
        assert.ok(operation > 20, 'the life has operations of the disk')
      })
    }
  })
}

/** The operation that it did not survive; null when the life ended before. */
async function crashAt(
  createOn: FactoryOn,
  { operation, seed, end }: { operation: number; seed: number; end: Crash },
): Promise<DiskOperation | null> {
  const harness = createSimulatedHarness(createOn, seed)
  const progress: Progress = { durable: NONE, next: null }
  harness.crashAt(operation, end)
  let ended = false
  void live(harness, progress).then(() => {
    ended = true
  })
  await harness.world.run({ stop: () => ended || harness.crashed !== null })
  const { crashed } = harness
  if (crashed === null) return null
  harness.crash(end)
  let found = NONE
  await harness.run(async () => {
    const engine = await harness.factory().open()
    const headers = await scanned(engine)
    const index = engine.durable?.appliedIndex ?? 0
    const moment = index === progress.next?.appliedIndex ? progress.next : progress.durable
    assert.equal(index, moment.appliedIndex, `after a crash at operation ${operation}`)
    if (index > 0) assert.equal(engine.durable?.meta[0], index)
    sameHeaders(headers, moment.kept)
    sameButDropped(await contentOf(engine), moment)
    found = moment
  })
  // What it said is durable is so, although the life that wrote it had no time to see to it.
  harness.crash('powerLost')
  await harness.run(async () => {
    const engine = await harness.factory().open()
    await scanned(engine)
    const index = engine.durable?.appliedIndex ?? 0
    assert.equal(index, found.appliedIndex, `twice after a crash at operation ${operation}`)
    sameButDropped(await contentOf(engine), found)
    await goesOn(engine, found)
    await engine.close()
  })
  await harness.close()
  return crashed
}

/** Whatever a crash left behind does not get in the way of what comes after. */
async function goesOn(engine: Engine, { appliedIndex, kept, dropped }: Moment): Promise<void> {
  const more = some(30, 20_000)
  for (const { main, sub } of dropped) engine.drop(main, sub)
  appendAll(engine, more)
  await engine.checkpoint({ appliedIndex: appliedIndex + 1, meta: Uint8Array.of(1) })
  sameButDropped(await contentOf(engine), { kept: [...kept, ...more], dropped })
}

type Machine = ReturnType<typeof createSimulatedHarness>

async function live(harness: Machine, progress: Progress): Promise<void> {
  const { clock } = harness
  let engine = await harness.factory().open()
  await scanned(engine)
  let kept: TestRecord[] = []
  let dropped: TestRecord[] = []
  for (let round = 1; round <= 4; round++) {
    const records = some(60, round * 1000)
    appendAll(engine, records)
    kept.push(...records)
    const gone = kept.filter((_, i) => i % 3 === 0)
    for (const { main, sub } of gone) engine.drop(main, sub)
    kept = kept.filter((_, i) => i % 3 !== 0)
    dropped = [...dropped, ...gone]
    await checkpointed(engine, progress, { appliedIndex: round, kept: [...kept], dropped })
    await turns(clock, 40)
  }
  await engine.close()
  engine = await harness.factory().open()
  await scanned(engine)
  await engine.close()
  const replaced = { appliedIndex: 9, kept: some(80, 7000), dropped: [] }
  progress.next = replaced
  const checkpoint = { appliedIndex: 9, meta: Uint8Array.of(9) }
  engine = await harness.factory().replace(checkpoint, inPieces(replaced.kept, 20))
  progress.durable = replaced
  await scanned(engine)
  const last = some(20, 9000)
  appendAll(engine, last)
  const all = [...replaced.kept, ...last]
  await checkpointed(engine, progress, { appliedIndex: 10, kept: all, dropped: [] })
  await engine.close()
}

async function checkpointed(engine: Engine, progress: Progress, moment: Moment): Promise<void> {
  progress.next = moment
  const meta = Uint8Array.of(moment.appliedIndex)
  await engine.checkpoint({ appliedIndex: moment.appliedIndex, meta })
  progress.durable = moment
  progress.next = null
}
