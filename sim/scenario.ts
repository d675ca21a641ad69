/**
 * A simulation that a scenario drives by hand: calm unless told otherwise, every node and link at
 * its fingers, and the same oracle and checkers as in a campaign.
 */

import { assert, type ErrorCode, KvError, SeededChance } from '../src/base/index.ts'
import { GROUP_LIMITS, type Outcome } from '../src/group/index.ts'
import type { LogLimits } from '../src/log/index.ts'
import { isJoint, type MembershipTarget, type NodeId } from '../src/raft/index.ts'
import type { StateMachine } from '../src/state/index.ts'
import { type Ask, asciiBytes, putAsk, type WriteAsk } from './check/index.ts'
import { drawConfig, type NemesisWeights, type SimulationConfig } from './config.ts'
import { describe } from './describe.ts'
import { judge } from './judge.ts'
import { Nemesis } from './nemesis.ts'
import { type Asked, ScenarioClient } from './scenario-client.ts'
import { ScenarioNet } from './scenario-net.ts'
import { GROUP, ScenarioNode } from './scenario-node.ts'
import { ScenarioWatch, type WatchWish } from './scenario-watch.ts'
import { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'

/** No segment ends during most scenarios, and everything is read from memory. */
export const CALM_LOG: LogLimits = {
  segmentBytes: 262_144,
  batchBytesMax: 1_048_576,
  cacheBytesMax: 1_048_576,
  groupCommitWindowMs: 0,
  recycledSegmentsMax: 1,
  fullSegmentsMax: 1000,
  alignmentBytes: 512,
}

export interface ScenarioOptions {
  readonly seed?: number
  /** Voters from the start, numbered from 1. */
  readonly nodes?: number
  readonly learners?: number
  /** Machines that belong to no configuration yet. */
  readonly spares?: number
  readonly config?: Partial<SimulationConfig>
  /** What a nemesis does besides; nothing unless told. */
  readonly faults?: Partial<NemesisWeights>
  /** Clients that read and write all the time. */
  readonly workload?: boolean
}

export class Scenario {
  readonly simulation: Simulation
  readonly nodes: readonly ScenarioNode[]
  readonly net: ScenarioNet
  readonly #client: ScenarioClient

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.nodes = [...simulation.machines.values()].map(
      (machine) => new ScenarioNode(simulation, machine),
    )
    this.net = new ScenarioNet(simulation)
    this.#client = new ScenarioClient(simulation)
  }

  node(id: NodeId): ScenarioNode {
    const node = this.nodes[id - 1]
    assert(node !== undefined, 'a scenario names nodes that exist')
    return node
  }

  /** The leader of the highest term among the nodes that run; null when there is none. */
  get leader(): ScenarioNode | null {
    const machine = this.simulation.leader(GROUP)
    return machine === null ? null : this.node(machine.id)
  }

  get history(): readonly unknown[] {
    return [...this.simulation.operations, ...(this.simulation.workload?.operations ?? [])]
  }

  /** The committed log, as first applied by anybody. */
  get log(): ReturnType<Simulation['oracle']['committed']> {
    return this.simulation.oracle.committed(GROUP)
  }

  /** How often the nodes reached this point of the oracle's. */
  marks(name: string): number {
    return this.simulation.oracle.marks.get(name) ?? 0
  }

  /** The longest a follower waits before it campaigns. */
  get electionMs(): number {
    const { tuning, tickMs } = this.simulation.config
    return 2 * tuning.electionTicks * tickMs
  }

  run(ms: number): Promise<void> {
    return this.simulation.run(ms)
  }

  /** One event. */
  async step(): Promise<void> {
    const { events } = this.simulation.world
    await this.simulation.world.run({ stop: () => this.simulation.world.events > events })
  }

  async until(condition: () => boolean, what: string, msMax = 10_000): Promise<void> {
    const holds = await this.simulation.until(condition, msMax)
    if (holds) return
    throw new Violation('scenario', `${what}: not within ${msMax} ms${describe(this.simulation)}`)
  }

  async untilLeader(msMax = 10_000): Promise<ScenarioNode> {
    const knows = (): boolean => {
      const raft = this.leader?.raft
      return raft !== undefined && raft.termAt(raft.commit) === raft.term
    }
    await this.until(knows, 'a leader that knows what is committed', msMax)
    return this.leader as ScenarioNode
  }

  /** Makes the node lead: the leader hands over if it can, or else the node campaigns. */
  async elect(id: NodeId): Promise<void> {
    const leads = (): boolean => this.node(id).leads
    for (let round = 0; round < 20 && !leads(); round++) {
      const old = this.leader
      if (round % 2 === 0 && old !== null && old.id !== id) old.group.transfer(id)
      else if (this.node(id).up) this.node(id).group.campaign()
      await this.simulation.until(leads, this.electionMs / 2)
    }
    if (!leads()) throw new Violation('scenario', `node ${id} does not come to lead`)
  }

  /** Makes the node lead, and waits until it knows what is committed. */
  async lead(id: NodeId): Promise<ScenarioNode> {
    await this.untilLeader()
    await this.elect(id)
    return this.untilLeader()
  }

  /** Proposes at a node and waits for the outcome; null when there is none in time. */
  async propose(id: NodeId, ask: WriteAsk, msMax = 3000): Promise<Outcome | null> {
    let outcome: Outcome | null = null
    this.begin(id, ask, (settled) => {
      outcome = settled
    })
    await this.simulation.until(() => outcome !== null, msMax)
    return outcome
  }

  /** Proposes and does not wait. */
  begin(id: NodeId, ask: WriteAsk, settle: (outcome: Outcome) => void = () => {}): void {
    this.#client.propose(id, ask, settle)
  }

  put(id: NodeId, key: string, value: string, msMax = 3000): Promise<Outcome | null> {
    return this.propose(id, putOf(key, value), msMax)
  }

  /** Puts and does not wait. What came of it so far stands in `outcome`. */
  beginPut(id: NodeId, key: string, value: string): { outcome: Outcome | null } {
    const begun: { outcome: Outcome | null } = { outcome: null }
    this.begin(id, putOf(key, value), (outcome) => {
      begun.outcome = outcome
    })
    return begun
  }

  /** Puts at whoever leads, again and again until it is applied. */
  async write(key: string, value: string): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const leader = await this.untilLeader()
      const outcome = await this.put(leader.id, key, value)
      if (outcome?.kind === 'applied') return
    }
    throw new Violation('scenario', 'a write is never applied')
  }

  /** Puts `count` values, each under a key of its own, and waits for all of them. */
  async fill(id: NodeId, count: number, { key = 'fill', bytes = 8 } = {}): Promise<void> {
    const begun = Array.from({ length: count }, (_, i) =>
      this.beginPut(id, `${key}${i}`, String(i).padEnd(bytes, '.')),
    )
    const all = (): boolean => begun.every(({ outcome }) => outcome?.kind === 'applied')
    await this.until(all, `${count} writes are applied`, 30_000)
  }

  /** Writes one entry after the other: entries, where `fill` makes a few large ones. */
  async entries(id: NodeId, count: number, { key = 'entry', bytes = 8 } = {}): Promise<void> {
    for (let i = 0; i < count; i++) {
      const outcome = await this.put(id, `${key}${i % 20}`, String(i).padEnd(bytes, '.'))
      if (outcome?.kind !== 'applied') throw new Violation('scenario', `write ${i} is not applied`)
    }
  }

  /** A linearizable read at a node: its value, or the code of the refusal, or 'no answer'. */
  async get(id: NodeId, key: string, msMax = 3000): Promise<string | null> {
    const begun = this.beginGet(id, key)
    await this.simulation.until(() => begun.answer !== undefined, msMax)
    return begun.answer === undefined ? 'no answer' : begun.answer
  }

  /** Reads and does not wait; `answer` is undefined until there is one. */
  beginGet(id: NodeId, key: string): { answer: string | null | undefined } {
    const begun: { answer: string | null | undefined } = { answer: undefined }
    this.#client.read(id, key, (text) => {
      begun.answer = text
    })
    return begun
  }

  /** Asks a node as a door does; null when there is no answer in time. */
  async ask(id: NodeId, ask: Ask, msMax = 3000): Promise<Asked | null> {
    const begun = this.beginAsk(id, ask)
    await this.simulation.until(() => begun.asked !== null, msMax)
    return begun.asked
  }

  /** Asks and does not wait. */
  beginAsk(id: NodeId, ask: Ask): { asked: Asked | null } {
    const begun: { asked: Asked | null } = { asked: null }
    this.#client.ask(id, ask, (asked) => {
      begun.asked = asked
    })
    return begun
  }

  /** A stream for watches at a node. */
  watch(id: NodeId, wish: WatchWish): ScenarioWatch {
    const watch = new ScenarioWatch(this.simulation, id)
    watch.add(wish)
    return watch
  }

  /** Asks the node for a change of members; the code of the refusal, or null. */
  tryMembers(id: NodeId, target: MembershipTarget): ErrorCode | null {
    try {
      this.node(id).group.proposeMembership(target)
      return null
    } catch (error) {
      if (error instanceof KvError) return error.code
      throw error
    }
  }

  /** Changes the members at the leader, and waits until it and all new voters know. */
  async changeMembers(voters: readonly NodeId[], learners: readonly NodeId[] = []): Promise<void> {
    const leader = await this.untilLeader()
    const accepted = (): boolean => this.tryMembers(leader.id, { voters, learners }) === null
    await this.until(accepted, 'a change of members is accepted')
    await this.until(() => this.hasMembers(voters, learners), 'the members have changed')
  }

  /** The newest committed configuration is exactly this one. */
  hasMembers(voters: readonly NodeId[], learners: readonly NodeId[] = []): boolean {
    const now = this.simulation.oracle.configuration(GROUP)
    return !isJoint(now) && same(now.voters, voters) && same(now.learners, learners)
  }

  /** All running members hold the same state, and all of what is committed. */
  async untilConverged(msMax = 30_000): Promise<void> {
    const holds = (): boolean => {
      if ((this.leader?.raft.commit ?? 0) > this.log.length) return false
      const { voters, learners } = this.simulation.oracle.configuration(GROUP)
      const machines = new Map<NodeId, StateMachine>()
      for (const id of [...voters, ...learners]) {
        const machine = this.simulation.machine(id).stateMachine(GROUP)
        if (machine !== null) machines.set(id, machine)
      }
      return this.simulation.oracle.converged(GROUP, machines)
    }
    await this.until(holds, 'all nodes hold the same state', msMax)
  }

  /** Everything works again: links, disks, machines. */
  heal(): void {
    this.net.heal()
    for (const node of this.nodes) {
      node.disk.onOperation = null
      node.disk.forgetPlanned()
      node.disk.release()
      node.disk.setCapacity(Number.POSITIVE_INFINITY)
      node.resume()
      if (node.condition === 'down') node.restart()
    }
  }

  /**
   * The end of a scenario: everything is healed, a leader is due within ten election timeouts
   * (I15), all nodes come to hold the same state, and the checkers judge what the clients saw.
   */
  async conclude(): Promise<void> {
    this.heal()
    const started = (): boolean => this.nodes.every(({ condition }) => condition !== 'starting')
    await this.until(started, 'all nodes have started')
    await this.untilLeader(10 * this.electionMs)
    this.simulation.workload?.stop()
    await this.untilConverged()
    await this.judge()
  }

  /** The three checkers over what clients saw: the workload's and the scenario's own. */
  async judge(): Promise<void> {
    this.simulation.workload?.stop()
    await this.run(this.simulation.config.timeoutMs + 100)
    assert(judge(this.simulation) === 'consistent', 'the history is consistent')
  }
}

export function putOf(key: string, value: string): WriteAsk {
  return putAsk(key, asciiBytes(value))
}

function same(left: readonly NodeId[], right: readonly NodeId[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id))
}

export function createSimulation(options: ScenarioOptions = {}): Scenario {
  const { seed = 1, nodes = 3, learners = 0, spares = 0, workload = false } = options
  const drawn = drawConfig(new SeededChance(seed, 'config'), seed, { profile: 'calm' })
  const config: SimulationConfig = {
    ...drawn,
    voters: nodes,
    learners,
    spares,
    groups: 2,
    engine: 'memory',
    codecProbability: 0.2,
    // What a scenario waits for is a matter of its own, not of what its seed would draw.
    network: { ...drawn.network, delayUs: [50, 500] },
    timing: { syncUs: [80, 200] },
    groupLimits: GROUP_LIMITS,
    logLimits: CALM_LOG,
    autoCompaction: { kind: 'off' },
    ...options.config,
    weights: { ...drawn.weights, ...options.faults },
  }
  const simulation = new Simulation({ seed, config, clients: workload })
  simulation.startAll()
  if (options.faults !== undefined) new Nemesis(simulation, simulation.world)
  return new Scenario(simulation)
}
