/**
 * Makes a failing run smaller: turns off one fault after another, then fewer clients, keys, nodes
 * and milliseconds, and keeps each step after which the same invariant still breaks.
 */

import { SeededChance } from '../src/base/index.ts'
import { type DrawOptions, drawConfig, type SimulationConfig } from './config.ts'
import { runSeed, type SeedReport } from './run-seed.ts'

export interface Shrunk {
  readonly overrides: Partial<SimulationConfig>
  readonly report: SeedReport
}

export interface ShrinkParts {
  readonly say: (text: string) => void
  /** How a run is made; another one in tests. */
  readonly run?: typeof runSeed
}

type Step = (config: SimulationConfig) => Partial<SimulationConfig> | null

function steps(config: SimulationConfig): Step[] {
  const weights = Object.keys(config.weights) as (keyof SimulationConfig['weights'])[]
  const chances = NETWORK_CHANCES
  return [
    (now) => (now.safetyMs > 500 ? { safetyMs: Math.round(now.safetyMs / 2) } : null),
    ...weights.map<Step>(
      (name) => (now) =>
        now.weights[name] > 0 ? { weights: { ...now.weights, [name]: 0 } } : null,
    ),
    ...chances.map<Step>(
      (name) => (now) =>
        now.network[name] !== 0 ? { network: { ...now.network, [name]: 0 } } : null,
    ),
    (now) => (now.groups > 2 ? { groups: 2 } : null),
    (now) => (now.engine !== 'memory' ? { engine: 'memory' } : null),
    (now) => (now.watchers > 0 ? { watchers: 0 } : null),
    (now) => (now.leasePercent > 0 ? { leasePercent: 0 } : null),
    (now) => (now.readerShare > 0 ? { readerShare: 0 } : null),
    (now) => (now.staleReaders > 0 ? { staleReaders: 0 } : null),
    (now) => (now.quotaBytes > 0 ? { quotaBytes: 0 } : null),
    (now) => (now.autoCompaction.kind !== 'off' ? { autoCompaction: { kind: 'off' } } : null),
    (now) => (now.sessionShare > 0 ? { sessionShare: 0 } : null),
    (now) => (now.learners > 0 ? { learners: 0 } : null),
    (now) => (now.spares > 0 ? { spares: 0 } : null),
    (now) => (now.voters > 3 ? { voters: now.voters - 1 } : null),
    (now) => (now.clients > 1 ? { clients: now.clients - 1 } : null),
    (now) => (now.registers > 1 ? { registers: 1 } : null),
    (now) => (now.driftMax > 0 ? { driftMax: 0 } : null),
    (now) => (now.safetyMs > 500 ? { safetyMs: Math.round(now.safetyMs * 0.8) } : null),
  ]
}

const NETWORK_CHANCES = [
  'slow',
  'drop',
  'duplicate',
  'reorder',
  'replay',
  'reset',
  'corrupt',
  'foreign',
] as const

const ROUNDS_MAX = 4

export async function shrink(
  seed: number,
  options: DrawOptions,
  { say, run = runSeed }: ShrinkParts,
): Promise<Shrunk> {
  const drawn = drawConfig(new SeededChance(seed, 'config'), seed, options)
  let overrides: Partial<SimulationConfig> = {}
  let report = await run(seed, options)
  const { invariant } = report
  if (report.verdict !== 'violation') return { overrides, report }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let changed = false
    for (const step of steps(drawn)) {
      const change = step({ ...drawn, ...overrides })
      if (change === null) continue
      const smaller = { ...overrides, ...change }
      const tried = await run(seed, { ...options, overrides: smaller })
      if (tried.verdict !== 'violation' || tried.invariant !== invariant) continue
      overrides = smaller
      report = tried
      changed = true
      say(`still ${invariant} after ${tried.events} events: ${Object.keys(change).join(', ')}`)
    }
    if (!changed) break
  }
  return { overrides, report }
}
