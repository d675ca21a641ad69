/**
 * One seed, one run: a safety phase in which everything that the seed has drawn may happen, then a
 * liveness phase in which a random quorum is healed and must come together.
 */

import { SeededChance } from '../src/base/index.ts'
import { type Configuration, majority, type NodeId } from '../src/raft/index.ts'
import type { StateMachine } from '../src/state/index.ts'
import { type DrawOptions, drawConfig, type SimulationConfig } from './config.ts'
import { describe } from './describe.ts'
import { addressOf } from './frames.ts'
import { judge, type Verdict } from './judge.ts'
import { Nemesis } from './nemesis.ts'
import { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'
import { NETWORK_CONDITIONS } from './world/index.ts'

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

/** Once the faults stop, a leader is due within this many of the longest election timeouts. */
const LEADER_TIMEOUTS = 10
const CONVERGE_MS = 60_000
/** The longest lease of a client, with the drift of clocks, elections, and the time to notice. */
const LEASES_END_MS = 20_000

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
    if (!config.hostile) await healAndConverge(simulation)
    simulation.workload?.stop()
    await simulation.run(config.timeoutMs + 100)
    verdict = judge(simulation)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    violation = error
  }
  return { report: report(simulation, { seed, verdict, violation }), simulation }
}

/** I15. The rest of the machines stay as the nemesis left them, but cut off. */
async function healAndConverge(simulation: Simulation): Promise<void> {
  const healed = chooseQuorum(simulation)
  if (healed === null) {
    simulation.countFault('no intact quorum to heal')
    return
  }
  heal(simulation, healed)
  const { tickMs, tuning } = simulation.config
  const timeoutMs = 2 * tuning.electionTicks * tickMs
  // Machines that are down need a moment to start; only then the promise counts.
  const up = await simulation.until(() => healed.every((id) => simulation.machine(id).node), 10_000)
  if (!up) throw new Violation('I18', `nodes ${healed.join(', ')} do not all come up`)
  for (const group of simulation.groups) {
    const led = await simulation.until(
      () =>
        simulation.leader(group)?.node?.group(group).raft.commit !== 0 && leads(simulation, group),
      LEADER_TIMEOUTS * timeoutMs,
    )
    if (!led) throw new Violation('I15', `group ${group} has no leader: ${describe(simulation)}`)
  }
  simulation.serveAt(healed)
  simulation.workload?.stop()
  const ended = await simulation.until(() => leasesHaveEnded(simulation), LEASES_END_MS)
  if (!ended) throw new Violation('I11', `leases do not end: ${describe(simulation)}`)
  const converged = await simulation.until(() => haveConverged(simulation, healed), CONVERGE_MS)
  if (!converged) throw new Violation('I15', `no convergence: ${describe(simulation)}`)
  // A change of members that was under way may have left one of them at a node that is none now.
  simulation.serveAt(healed)
  const watchers = simulation.workload?.watchers ?? []
  const told = await simulation.until(() => watchers.every((one) => one.isCaughtUp), CONVERGE_MS)
  if (!told) throw new Violation('I10', `watchers are not told: ${describe(simulation)}`)
  if (haveConverged(simulation, healed)) for (const watcher of watchers) watcher.conclude()
}

/** Nobody renews them any more: they are gone where it counts, once that is a leader. */
function leasesHaveEnded(simulation: Simulation): boolean {
  return simulation.groups.every((group) => {
    const leader = simulation.leader(group)
    return leader !== null && leader.stateMachine(group)?.leaseCount === 0
  })
}

function leads(simulation: Simulation, group: number): boolean {
  const raft = simulation.leader(group)?.node?.group(group).raft
  return raft !== undefined && raft.role === 'leader' && raft.termAt(raft.commit) === raft.term
}

/**
 * A random set with a majority of every configuration that any of its logs holds, and of the one in
 * force. Machines whose disks were damaged are taken only beside such a quorum of intact ones.
 */
function chooseQuorum(simulation: Simulation): NodeId[] | null {
  const chance = simulation.world.chance('quorum')
  const intact = [...simulation.machines.values()]
    .filter((machine) => machine.state !== 'refused' && !simulation.atlas.damaged.has(machine.id))
    .map(({ id }) => ({ id, draw: chance.uint32() }))
    .sort((left, right) => left.draw - right.draw)
    .map(({ id }) => id)
  const chosen: NodeId[] = []
  const configurations = simulation.groups.flatMap((group) => simulation.configurations(group))
  for (const id of intact) {
    if (chosen.length > 0 && configurations.every((one) => decides(one, chosen))) break
    chosen.push(id)
  }
  if (!configurations.every((one) => decides(one, chosen))) return null
  for (const machine of simulation.machines.values()) {
    if (chosen.includes(machine.id) || machine.state === 'refused') continue
    if (chance.happens(0.3)) chosen.push(machine.id)
  }
  return chosen
}

function decides({ voters, outgoing }: Configuration, chosen: readonly NodeId[]): boolean {
  return [voters, outgoing].every((half) => {
    const present = half.filter((id) => chosen.includes(id)).length
    return half.length === 0 || present >= majority(half.length)
  })
}

function heal(simulation: Simulation, healed: readonly NodeId[]): void {
  simulation.faulty = false
  simulation.net.heal()
  simulation.net.releaseAll()
  const { delayUs } = simulation.config.network
  simulation.net.setConditions({ ...NETWORK_CONDITIONS, delayUs })
  for (const machine of simulation.machines.values()) {
    machine.disk.setCapacity(Number.POSITIVE_INFINITY)
    machine.disk.setFaults({ slowerPerMinute: 0 })
    machine.disk.forgetPlanned()
    if (!healed.includes(machine.id)) {
      simulation.net.isolate(addressOf(machine.id))
      continue
    }
    machine.resume()
    machine.disk.release()
    if (machine.state === 'down') machine.restart()
  }
}

function haveConverged(simulation: Simulation, healed: readonly NodeId[]): boolean {
  for (const group of simulation.groups) {
    const { voters, learners } = simulation.oracle.configuration(group)
    const machines = new Map<NodeId, StateMachine>()
    for (const id of healed) {
      if (!voters.includes(id) && !learners.includes(id)) continue
      const machine = simulation.machine(id).stateMachine(group)
      if (machine === null) return false
      machines.set(id, machine)
    }
    if (!simulation.oracle.converged(group, machines)) return false
  }
  return true
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
