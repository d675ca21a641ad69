/**
 * One seed, one run: a safety phase in which everything that the seed has drawn may happen, then a
 * liveness phase in which a random quorum is healed and must come together.
 */

import { SeededChance } from '../src/base/index.ts'
import { type DrawOptions, drawConfig, type SimulationConfig } from './config.ts'
import { endRun } from './ending.ts'
import { judge, type Verdict } from './judge.ts'
import { Nemesis } from './nemesis.ts'
import { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'

export interface SeedReport {
  readonly seed: number
  readonly profile: string
  readonly verdict: Verdict | 'violation'
  readonly invariant: string
  readonly text: string
  readonly traceHash: string
  readonly events: number
  readonly simulatedMs: number
  readonly nodes: number
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly faults: Readonly<Record<string, number>>
  readonly marks: Readonly<Record<string, number>>
}

export interface RunSeedOptions extends DrawOptions {
  /** Replaces parts of what the seed draws: how shrinking makes a run smaller. */
  readonly overrides?: Partial<SimulationConfig>
  /** Drains promise continuations in the slow way: the run must be the same. */
  readonly slowDrain?: boolean
}

/** A run that is over, with all that it has left behind. */
export interface SeedRun {
  readonly report: SeedReport
  readonly simulation: Simulation
}

export async function runSeed(seed: number, options: RunSeedOptions = {}): Promise<SeedReport> {
  return (await playSeed(seed, options)).report
}

export async function playSeed(seed: number, options: RunSeedOptions = {}): Promise<SeedRun> {
  const drawn = drawConfig(new SeededChance(seed, 'config'), seed, options)
  const config = { ...drawn, ...options.overrides }
  const simulation = new Simulation({ seed, config, slowDrain: options.slowDrain === true })
  let verdict: SeedReport['verdict'] = 'violation'
  let violation: Violation | null = null
  try {
    simulation.startAll()
    const nemesis = new Nemesis(simulation, simulation.world)
    await simulation.run(config.safetyMs)
    nemesis.stop()
    await endRun(simulation)
    verdict = judge(simulation)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    violation = error
  }
  return { report: report(simulation, { seed, verdict, violation }), simulation }
}

function report(
  simulation: Simulation,
  outcome: { seed: number; verdict: SeedReport['verdict']; violation: Violation | null },
): SeedReport {
  const operations = { ok: 0, fail: 0, info: 0 }
  for (const operation of simulation.workload?.operations ?? []) operations[operation.outcome] += 1
  return {
    seed: outcome.seed,
    profile: simulation.config.profile,
    verdict: outcome.verdict,
    invariant: outcome.violation?.invariant ?? '',
    text: outcome.violation?.message ?? '',
    traceHash: simulation.world.traceHash,
    events: simulation.world.events,
    simulatedMs: simulation.world.nowMs,
    nodes: simulation.machines.size,
    operations,
    faults: Object.fromEntries([...simulation.faults].sort()),
    marks: Object.fromEntries([...simulation.oracle.marks].sort()),
  }
}
