import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Worker } from 'node:worker_threads'
import { SeededChance } from '../src/base/index.ts'
import { drawConfig, type SimulationConfig } from './config.ts'
import type { RunSeedOptions, SeedReport } from './run-seed.ts'
import { shrink } from './shrink.ts'
import type { WorkResult } from './worker.ts'

/** It draws several nodes, groups and clients, and nearly every kind of fault. */
const SEED = 1662
const CANARY_SEED = 8
const PROFILE = 'everything'
/** Four rounds over every knob; more would keep a person waiting. */
const RUNS_MAX = 200

function drawn(): SimulationConfig {
  return drawConfig(new SeededChance(SEED, 'config'), SEED, { profile: PROFILE })
}

function reportOf(invariant: string): SeedReport {
  return {
    seed: SEED,
    profile: PROFILE,
    verdict: invariant === '' ? 'consistent' : 'violation',
    invariant,
    text: invariant,
    traceHash: '',
    events: 1,
    simulatedMs: 1,
    nodes: 1,
    operations: { ok: 0, fail: 0, info: 0 },
    faults: {},
    marks: {},
  }
}

/** Shrinks runs of which `breaks` says which invariant they break, and '' for none. */
async function shrinkWith(breaks: (config: SimulationConfig, runs: number) => string) {
  const tried: SimulationConfig[] = []
  const said: string[] = []
  const shrunk = await shrink(
    SEED,
    { profile: PROFILE },
    {
      say: (text) => said.push(text),
      run: async (seed = 0, options = {}) => {
        assert.equal(seed, SEED)
        assert.equal(options.profile, PROFILE)
        const config = { ...drawn(), ...options.overrides }
        tried.push(config)
        return reportOf(breaks(config, tried.length))
      },
    },
  )
  return { ...shrunk, tried, said, smallest: { ...drawn(), ...shrunk.overrides } }
}

suite('a run that fails', () => {
  test('is made as small as it can be while it still fails in the same way', async () => {
    const { weights, clients, groups, learners, network, engine } = drawn()
    const { kill } = weights
    assert.ok(Math.min(kill, weights.partition, network.drop, learners) > 0, 'a rich seed')
    assert.ok(groups > 2 && clients > 2 && engine !== 'memory', 'a rich seed')
    const needs = (config: SimulationConfig): boolean =>
      config.weights.kill > 0 && config.clients >= 2
    const { smallest, report, said } = await shrinkWith((config) => (needs(config) ? 'I4' : ''))
    assert.equal(report.invariant, 'I4')
    assert.ok(needs(smallest))
    assert.equal(smallest.clients, 2)
    const left = Object.entries(smallest.weights).filter(([, weight]) => weight > 0)
    assert.deepEqual(left, [['kill', kill]])
    const { drop, duplicate, reorder, corrupt, foreign } = smallest.network
    assert.deepEqual([drop, duplicate, reorder, corrupt, foreign], [0, 0, 0, 0, 0])
    const { spares, registers, driftMax } = smallest
    assert.deepEqual([smallest.groups, smallest.learners, spares], [2, 0, 0])
    assert.deepEqual([smallest.engine, smallest.watchers, smallest.sessionShare], ['memory', 0, 0])
    assert.deepEqual([registers, driftMax], [1, 0])
    assert.ok(smallest.safetyMs <= 1000, `${smallest.safetyMs} ms`)
    assert.ok(said.length > 0 && said.every((text) => text.startsWith('still I4')))
  })

  test('keeps what belongs to the same fault when another one takes its place', async () => {
    const breaks = ({ weights }: SimulationConfig): string => (weights.partition > 0 ? 'I3' : 'I6')
    const { smallest, report } = await shrinkWith(breaks)
    assert.equal(report.invariant, 'I3')
    assert.ok(smallest.weights.partition > 0)
    assert.equal(breaks(smallest), report.invariant)
  })

  test('is given back as it was when nothing smaller fails', async () => {
    const { overrides, report, tried, said } = await shrinkWith((_config, runs) =>
      runs === 1 ? 'I4' : '',
    )
    assert.deepEqual(overrides, {})
    assert.equal(report.invariant, 'I4')
    assert.deepEqual(said, [])
    assert.ok(tried.length < RUNS_MAX / 3, `one round is enough: ${tried.length} runs`)
  })

  test('changes one thing at a time, on top of what is known to fail', async () => {
    const failing: SimulationConfig[] = []
    const { tried } = await shrinkWith((config, runs) => {
      const fails = runs % 3 === 1
      if (fails) failing.push(config)
      const base = failing[failing.length - (fails ? 2 : 1)] ?? config
      const changed = Object.entries(config).filter(
        ([key, value]) => !isDeepStrictEqual(value, base[key as keyof SimulationConfig]),
      )
      assert.ok(changed.length <= 1, `changed ${changed.map(([key]) => key)}`)
      return fails ? 'I4' : ''
    })
    assert.ok(tried.length > 10)
  })

  test('is not tried more often than a person can wait for', async () => {
    const { tried, smallest } = await shrinkWith(() => 'I1')
    assert.ok(tried.length <= RUNS_MAX, `${tried.length} runs`)
    assert.ok(smallest.voters <= 3)
    // Gets a little smaller in each round: the worst there is.
    const slow = await shrinkWith((_config, runs) => (runs % 15 === 1 ? 'I1' : ''))
    assert.ok(slow.tried.length <= RUNS_MAX, `${slow.tried.length} runs`)
  })
})

test('a run that does not fail is left alone', async () => {
  const { overrides, tried } = await shrinkWith(() => '')
  assert.deepEqual(overrides, {})
  assert.equal(tried.length, 1)
})

test('real runs of the canary become smaller, and fail again when asked to', async () => {
  const canary = new Worker(new URL('./worker.ts', import.meta.url), {
    execArgv: ['--import', new URL('./mutants/preload.ts', import.meta.url).href],
    env: { ...process.env, QUORATE_MUTANT: 'canary' },
  })
  const run = (seed = 0, options: RunSeedOptions = {}): Promise<SeedReport> =>
    new Promise((resolve, reject) => {
      canary.once('message', (result: WorkResult) => {
        canary.off('error', reject)
        if (result.kind === 'report') resolve(result.report)
        else reject(new Error(result.text))
      })
      canary.once('error', reject)
      canary.postMessage({ seed, options, twice: false })
    })
  try {
    const options = { profile: 'crashes', safetyMs: 1200 } as const
    // Nearly every seed meets the canary, even in so short a run.
    const before = await run(CANARY_SEED, options)
    const { overrides, report } = await shrink(CANARY_SEED, options, { say: () => {}, run })
    assert.equal(report.verdict, 'violation')
    assert.equal(report.invariant, before.invariant)
    assert.ok(report.events < before.events, `${report.events} of ${before.events} events`)
    assert.ok(report.nodes <= before.nodes && Object.keys(overrides).length > 2)
    assert.deepEqual(await run(CANARY_SEED, { ...options, overrides }), report)
  } finally {
    await canary.terminate()
  }
})
