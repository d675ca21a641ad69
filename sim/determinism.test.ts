/**
 * One seed, one run: to the last event, the last answer and the last byte on every disk. All else
 * that the simulator promises rests on this; a seed that does not replay is a rumour.
 */

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { SeededChance } from '../src/base/index.ts'
import { runCampaign } from './campaign.ts'
import { drawConfig, PROFILES } from './config.ts'
import { playSeed, type RunSeedOptions, runSeed, type SeedReport } from './run-seed.ts'

const SEEDS = [1, 4]
const SHORT_MS = 1000

/** All that a run has left behind. */
async function tracesOf(seed: number, options: RunSeedOptions) {
  const { report, simulation } = await playSeed(seed, { safetyMs: SHORT_MS, ...options })
  return {
    report,
    operations: simulation.workload?.operations ?? [],
    committed: simulation.groups.map((group) => simulation.oracle.committed(group)),
    disks: [...simulation.machines.values()].map(({ disk }) => disk.fingerprint()),
  }
}

type Traces = Awaited<ReturnType<typeof tracesOf>>

/** Names the first difference: to print all of them would take minutes. */
function assertSame(actual: Traces, expected: Traces): void {
  assert.deepEqual(actual.report, expected.report)
  assert.deepEqual(actual.disks, expected.disks)
  assertSameList(actual.operations, expected.operations)
  actual.committed.forEach((log, at) => {
    assertSameList(log, expected.committed[at] ?? [])
  })
}

function assertSameList(actual: readonly unknown[], expected: readonly unknown[]): void {
  assert.equal(actual.length, expected.length)
  const at = actual.findIndex((one, i) => !isDeepStrictEqual(one, expected[i]))
  if (at >= 0) assert.deepEqual(actual[at], expected[at], `number ${at} differs`)
}

suite('the same seed', () => {
  for (const profile of PROFILES) {
    test(`gives the same trace, history, log and disks each time: ${profile}`, async () => {
      for (const seed of SEEDS) {
        const first = await tracesOf(seed, { profile })
        assert.ok(first.report.events > 300 && first.operations.length > 2, 'a run worth comparing')
        assertSame(await tracesOf(seed, { profile }), first)
      }
    })

    test(`gives the same however promises are drained: ${profile}`, async () => {
      const [seed = 0] = SEEDS
      const fast = await tracesOf(seed, { profile })
      assertSame(await tracesOf(seed, { profile, slowDrain: true }), fast)
    })
  }

  test('gives the same in a worker, whatever ran there before, as in the main thread', async () => {
    const found = new Map<number, SeedReport>()
    const same = new Map<number, boolean | null>()
    await runCampaign({
      seeds: [1, 2, 3, 4, 5, 6],
      options: { safetyMs: SHORT_MS },
      twice: 2,
      threads: 2,
      stop: () => false,
      onResult: (result) => {
        if (result.kind !== 'report') return
        found.set(result.report.seed, result.report)
        same.set(result.report.seed, result.same)
      },
    })
    for (const seed of [6, 5, 4, 3, 2, 1]) {
      assert.equal(same.get(seed), seed <= 2 ? true : null)
      assert.deepEqual(await runSeed(seed, { safetyMs: SHORT_MS }), found.get(seed))
    }
  })
})

suite('another seed, or another setting,', () => {
  test('gives another run, also of the very same configuration', async () => {
    const overrides = drawConfig(new SeededChance(1, 'config'), 1, { profile: 'calm' })
    const hashes = new Set<string>()
    for (let seed = 1; seed <= 5; seed++) {
      const options = { profile: 'calm', safetyMs: 300 } as const
      hashes.add((await runSeed(seed, options)).traceHash)
      hashes.add((await runSeed(seed, { overrides: { ...overrides, safetyMs: 301 } })).traceHash)
    }
    assert.equal(hashes.size, 10)
  })

  test('shows in trace, history and disks: a difference would be seen', async () => {
    const run = await tracesOf(2, { profile: 'calm' })
    const other = await tracesOf(2, { profile: 'calm', overrides: { tickMs: 11 } })
    assert.notEqual(other.report.traceHash, run.report.traceHash)
    assert.throws(() => assertSameList(other.operations, run.operations))
    assert.notDeepEqual(other.disks, run.disks)
  })
})
