/**
 * A simulation that a scenario drives by hand: calm unless told otherwise, every node and link at
 * its fingers, and the same oracle and checkers as in a campaign.
 */

import { assert, SeededChance } from '../src/base/index.ts'
import type { GroupMark, Outcome, ReadOutcome } from '../src/group/index.ts'
import type { GroupId, NodeId, Raft } from '../src/raft/index.ts'
import { type Command, encodeCommand, type Store } from '../src/state/index.ts'
import { drawConfig, type NemesisWeights, type SimulationConfig } from './config.ts'
import { addressOf } from './frames.ts'
import { judge } from './judge.ts'
import type { Machine } from './machine.ts'
import { Nemesis } from './nemesis.ts'
import { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'
import { valueText } from './workload.ts'
import type { Direction, SimulatedDisk } from './world/index.ts'

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

const GROUP: GroupId = 1
const encoder = new TextEncoder()

export interface ScenarioNode {
  readonly id: NodeId
  readonly machine: Machine
  readonly disk: SimulatedDisk
  /** Loses power: what was not synced may be gone. */
  crash(): void
  /** Dies as a process; the machine's cache keeps what was written. */
  kill(): void
  restart(): void
  pause(): void
  resume(): void
  wipe(): void
  skew(ms: number): void
  /** Loses power when it next reaches this point. */
  stopAt(point: GroupMark): void
  readonly raft: Raft
  readonly state: Store
}

export class Scenario {
  readonly simulation: Simulation
  readonly nodes: readonly ScenarioNode[]
  readonly net: ScenarioNet
  #requests = 0

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.nodes = [...simulation.machines.values()].map(scenarioNode)
    this.net = new ScenarioNet(simulation)
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
    return this.simulation.workload?.operations ?? []
  }

  /** The committed log, as first applied by anybody. */
  get log(): ReturnType<Simulation['oracle']['committed']> {
    return this.simulation.oracle.committed(GROUP)
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
    if (!holds) throw new Violation('scenario', `${what}: not within ${msMax} ms`)
  }

  async untilLeader(): Promise<ScenarioNode> {
    const knows = (): boolean => {
      const raft = this.leader?.raft
      return raft !== undefined && raft.termAt(raft.commit) === raft.term
    }
    await this.until(knows, 'a leader that knows what is committed')
    return this.leader as ScenarioNode
  }

  /** Campaigns until the node leads. */
  async elect(id: NodeId): Promise<void> {
    await this.until(
      () => {
        const { raft } = this.node(id)
        if (raft.role === 'leader') return true
        this.simulation.machine(id).node?.group(GROUP).campaign()
        return false
      },
      'the node leads',
      20_000,
    )
  }

  /** Proposes at a node and waits for the outcome; null when there is none in time. */
  async propose(
    id: NodeId,
    command: DistributiveOmit<Command, 'clientId' | 'requestId'>,
  ): Promise<Outcome | null> {
    let outcome: Outcome | null = null
    this.begin(id, command, (settled) => {
      outcome = settled
    })
    await this.simulation.until(() => outcome !== null, 3000)
    return outcome
  }

  /** Proposes and does not wait. */
  begin(
    id: NodeId,
    command: DistributiveOmit<Command, 'clientId' | 'requestId'>,
    settle: (outcome: Outcome) => void = () => {},
  ): void {
    this.#requests += 1
    const whole = { ...command, clientId: 999, requestId: this.#requests } as Command
    this.simulation.machine(id).node?.group(GROUP).propose(encodeCommand(whole), { settle })
  }

  put(id: NodeId, key: string, value: string): Promise<Outcome | null> {
    return this.propose(id, {
      kind: 'put',
      key: encoder.encode(key),
      value: encoder.encode(value),
    })
  }

  /** A linearizable read at a node: its value, or the code of the refusal, or 'no answer'. */
  async get(id: NodeId, key: string, msMax = 3000): Promise<string | null> {
    let answer: string | null | undefined
    this.simulation
      .machine(id)
      .node?.group(GROUP)
      .read({
        settleRead: (outcome: ReadOutcome) => {
          answer =
            outcome.kind === 'refused'
              ? `refused: ${outcome.code}`
              : valueText(outcome.store.get(encoder.encode(key)))
        },
      })
    await this.simulation.until(() => answer !== undefined, msMax)
    return answer === undefined ? 'no answer' : answer
  }

  /** All running members hold the same state, and all of what is committed. */
  async untilConverged(msMax = 30_000): Promise<void> {
    const same = (): boolean => {
      const { voters, learners } = this.simulation.oracle.configuration(GROUP)
      const stores = new Map<NodeId, Store>()
      for (const id of [...voters, ...learners]) {
        const store = this.simulation.machine(id).store(GROUP)
        if (store !== null) stores.set(id, store)
      }
      return this.simulation.oracle.converged(GROUP, stores)
    }
    await this.until(same, 'all nodes hold the same state', msMax)
  }

  /** The three checkers over what the workload's clients saw. */
  async judge(): Promise<void> {
    this.simulation.workload?.stop()
    await this.run(this.simulation.config.timeoutMs + 100)
    assert(judge(this.simulation) === 'consistent', 'the history is consistent')
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

function scenarioNode(machine: Machine): ScenarioNode {
  const group = () => {
    assert(machine.node !== null, 'the node runs')
    return machine.node.group(GROUP)
  }
  return {
    id: machine.id,
    machine,
    disk: machine.disk,
    crash: () => machine.crash('powerLost'),
    kill: () => machine.crash('killed'),
    restart: () => machine.restart(),
    pause: () => machine.pause(),
    resume: () => machine.resume(),
    wipe: () => machine.disk.wipe('/data'),
    skew: (ms) => machine.clock.skew(ms),
    stopAt: (point) => machine.stopAt(point),
    get raft() {
      return group().raft
    },
    get state() {
      return group().store
    },
  }
}

/** The network by node ids. A pair both ways, or one direction. */
export class ScenarioNet {
  readonly #simulation: Simulation

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  cut(from: NodeId, to: NodeId): void {
    this.#simulation.net.cut(direction(from, to))
  }

  /** Between every node of one side and every node of the other, both ways. */
  split(left: readonly NodeId[], right: readonly NodeId[]): void {
    for (const a of left) {
      for (const b of right) {
        this.cut(a, b)
        this.cut(b, a)
      }
    }
  }

  isolate(id: NodeId): void {
    this.#simulation.net.isolate(addressOf(id))
  }

  hold(from: NodeId, to: NodeId): void {
    this.#simulation.net.hold(direction(from, to))
  }

  release(from: NodeId, to: NodeId): void {
    this.#simulation.net.release(direction(from, to))
  }

  duplicate(from: NodeId, to: NodeId, count = 1): void {
    this.#simulation.net.duplicateNext(direction(from, to), count)
  }

  heal(): void {
    this.#simulation.net.heal()
    this.#simulation.net.releaseAll()
  }
}

function direction(from: NodeId, to: NodeId): Direction {
  return { from: addressOf(from), to: addressOf(to) }
}

export function createSimulation(options: ScenarioOptions = {}): Scenario {
  const { seed = 1, nodes = 3, learners = 0, spares = 0, workload = false } = options
  const drawn = drawConfig(new SeededChance(seed, 'config'), seed, { profile: 'calm' })
  const config: SimulationConfig = {
    ...drawn,
    voters: nodes,
    learners,
    spares,
    groups: 1,
    codecProbability: 0.2,
    ...options.config,
    weights: { ...drawn.weights, ...options.faults },
  }
  const simulation = new Simulation({ seed, config, clients: workload })
  simulation.startAll()
  if (options.faults !== undefined) new Nemesis(simulation, simulation.world)
  return new Scenario(simulation)
}
