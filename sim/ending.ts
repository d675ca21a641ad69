/**
 * The liveness phase of a run: a random quorum is healed and must come together, what clients had
 * asked for comes to its end, and whoever watches must have heard of it all.
 */

import { type Configuration, type GroupId, majority, type NodeId } from '../src/raft/index.ts'
import type { StateMachine } from '../src/state/index.ts'
import { describe } from './describe.ts'
import { addressOf } from './frames.ts'
import type { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'
import { NETWORK_CONDITIONS } from './world/index.ts'

/** Once the faults stop, a leader is due within this many of the longest election timeouts. */
const LEADER_TIMEOUTS = 10
const CONVERGE_MS = 60_000
/** The longest lease of a client, with the drift of clocks, elections, and the time to notice. */
const LEASES_END_MS = 20_000

/** Whatever is judged is judged right behind it. */
export async function endRun(simulation: Simulation): Promise<void> {
  const { hostile, timeoutMs } = simulation.config
  const healed = hostile ? null : await healAndConverge(simulation)
  simulation.workload?.stop()
  // What is under way is answered, or nobody waits for it any more.
  await simulation.run(timeoutMs + 100)
  if (healed !== null) await tellWatchers(simulation, healed)
}

/**
 * I15. The rest of the machines stay as the nemesis left them, but cut off. Those who are healed;
 * null: too few are intact.
 */
async function healAndConverge(simulation: Simulation): Promise<readonly NodeId[] | null> {
  const healed = chooseQuorum(simulation)
  if (healed === null) {
    simulation.countFault('no intact quorum to heal')
    return null
  }
  heal(simulation, healed)
  const { tickMs, tuning } = simulation.config
  const timeoutMs = 2 * tuning.electionTicks * tickMs
  // Machines that are down need a moment to start; only then the promise counts.
  const up = await simulation.until(() => healed.every((id) => simulation.machine(id).node), 10_000)
  if (!up) throw new Violation('I18', `nodes ${healed.join(', ')} do not all come up`)
  for (const group of simulation.groups) {
    const isLed = (): boolean => hasSettledLeader(simulation, group)
    const led = await simulation.until(
      () => isLed() || isCatchingUp(simulation, group, healed),
      LEADER_TIMEOUTS * timeoutMs,
    )
    // What a snapshot takes is a matter of its length.
    const settled = led && (await simulation.until(isLed, CONVERGE_MS))
    if (!settled)
      throw new Violation('I15', `group ${group} has no leader: ${describe(simulation)}`)
  }
  simulation.serveAt(healed)
  simulation.workload?.stop()
  const ended = await simulation.until(() => leasesHaveEnded(simulation), LEASES_END_MS)
  if (!ended) throw new Violation('I11', `leases do not end: ${describe(simulation)}`)
  await untilConverged(simulation, healed)
  return healed
}

async function untilConverged(simulation: Simulation, healed: readonly NodeId[]): Promise<void> {
  const converged = await simulation.until(() => haveConverged(simulation, healed), CONVERGE_MS)
  if (!converged) throw new Violation('I15', `no convergence: ${describe(simulation)}`)
}

/**
 * I10. Comes last, and is judged in the same moment: a put that was asked for before the faults
 * ended may be committed long after, when a disk goes on, and nobody promises that it is told
 * before a run ends that has not waited for it.
 */
async function tellWatchers(simulation: Simulation, healed: readonly NodeId[]): Promise<void> {
  await untilConverged(simulation, healed)
  // A change of members that was under way may have left one of them at a node that is none now.
  simulation.serveAt(healed)
  const watchers = simulation.workload?.watchers ?? []
  const areTold = (): boolean =>
    watchers.every((one) => one.isCaughtUp) && haveConverged(simulation, healed)
  const told = await simulation.until(areTold, CONVERGE_MS)
  if (!told) throw new Violation('I10', `watchers are not told: ${describe(simulation)}`)
  for (const watcher of watchers) watcher.conclude()
}

/** Nobody renews them any more: they are gone where it counts, once that is a leader. */
function leasesHaveEnded(simulation: Simulation): boolean {
  return simulation.groups.every((group) => {
    const leader = simulation.leader(group)
    return leader !== null && leader.stateMachine(group)?.leaseCount === 0
  })
}

/** One that has committed an entry of its own term: before that it can answer nobody. */
function hasSettledLeader(simulation: Simulation, group: GroupId): boolean {
  const raft = simulation.leader(group)?.node?.group(group).raft
  return raft !== undefined && raft.termAt(raft.commit) === raft.term
}

/** There is a leader, which has no majority of the healed without those it sends a snapshot. */
function isCatchingUp(simulation: Simulation, group: GroupId, healed: readonly NodeId[]): boolean {
  const raft = simulation.leader(group)?.node?.group(group).raft
  if (raft === undefined) return false
  const behind = raft.peers.filter(({ state }) => state === 'snapshot').map(({ id }) => id)
  return !decides(
    raft.configuration,
    healed.filter((id) => !behind.includes(id)),
  )
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

/** They hold the same state, and nothing that could change it is under way in the log. */
function haveConverged(simulation: Simulation, healed: readonly NodeId[]): boolean {
  for (const group of simulation.groups) {
    if (!hasCommittedAll(simulation, group, healed)) return false
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

function hasCommittedAll(
  simulation: Simulation,
  group: GroupId,
  healed: readonly NodeId[],
): boolean {
  const leader = simulation.leader(group)
  if (leader === null || !healed.includes(leader.id)) return false
  const raft = leader.node?.group(group).raft
  return raft !== undefined && raft.commit === raft.lastIndex
}
