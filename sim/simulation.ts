/**
 * A whole cluster in one thread from one seed: the machines, the network between them, clients, and
 * everything that can be done to them. Scenarios drive it step by step; the nemesis does so by lot.
 */

import { assert, type Chance, KvError } from '../src/base/index.ts'
import type { Envelope } from '../src/peer/index.ts'
import type { Configuration, GroupId, NodeId } from '../src/raft/index.ts'
import { Atlas } from './atlas.ts'
import type { SimulationConfig } from './config.ts'
import type { KeptCopy } from './faults.ts'
import { addressOf, EnvelopeFrame, foreignFrame, idOf, travel } from './frames.ts'
import { Machine } from './machine.ts'
import { Oracle } from './oracle.ts'
import { Violation } from './violation.ts'
import type { Watching } from './watch-client.ts'
import { type Operation, type Reached, Workload } from './workload.ts'
import { Network, type Port, SimulatedClock, SimulatedDisk, World } from './world/index.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly config: SimulationConfig
  /** Scenarios bring their own requests. */
  readonly clients?: boolean
  /** Another way to drain promise continuations (sim/world): slower, with the same outcome. */
  readonly slowDrain?: boolean
}

/** What a node says when it stops because of what its disk gave back. */
const FOUND_DAMAGE: ReadonlySet<string> = new Set([
  'LOG_CORRUPT',
  'SNAPSHOT_CORRUPT',
  'ENGINE_CORRUPT',
  'ENGINE_MISSING',
])

export class Simulation {
  readonly config: SimulationConfig
  readonly world: World
  readonly net: Network
  readonly oracle: Oracle
  readonly atlas: Atlas
  readonly machines = new Map<NodeId, Machine>()
  readonly groups: readonly GroupId[]
  readonly faults = new Map<string, number>()
  /** Nodes that are removed, or about to be: their ids are never used again. */
  readonly left = new Set<NodeId>()
  /** Copies of data directories, for the fault that brings one back. */
  readonly copies = new Map<NodeId, KeptCopy>()
  workload: Workload | null = null
  /** What was asked and watched besides the workload: scenarios bring requests of their own. */
  readonly operations: Operation[] = []
  readonly watchings: Watching[] = []
  /** Scenarios decide which messages of an envelope leave. */
  filter: ((envelope: Envelope) => Envelope) | null = null
  #violation: Violation | null = null
  faulty = true
  #codec: Chance
  #delays: Chance

  constructor({ seed, config, clients = true, slowDrain = false }: SimulationOptions) {
    this.config = config
    this.world = new World({ seed, slowDrain })
    this.#codec = this.world.chance('codec')
    this.#delays = this.world.chance('client delays')
    this.groups = Array.from({ length: config.groups }, (_, i) => i + 1)
    const initial: Configuration = {
      voters: Array.from({ length: config.voters }, (_, i) => i + 1),
      outgoing: [],
      learners: Array.from({ length: config.learners }, (_, i) => config.voters + i + 1),
    }
    this.oracle = new Oracle(
      () => initial,
      () => this.world.nowUs,
    )
    this.atlas = new Atlas(this, initial)
    this.net = this.#createNetwork()
    const count = config.voters + config.learners + config.spares
    for (let id = 1; id <= count; id++) this.machines.set(id, this.#createMachine(id, initial))
    if (clients) this.workload = this.#createWorkload()
  }

  /** All machines but the spares, which wait until somebody adds them. */
  startAll(): void {
    for (const machine of this.machines.values()) machine.start()
  }

  /** What the nemesis promised to do later is not done once the faults have ended. */
  afterMs(delayMs: number, action: () => void): void {
    this.world.schedule(delayMs * 1000, null, () => {
      if (this.faulty) action()
    })
  }

  /** Those who watch are at these nodes from now on, if they take part in what is watched. */
  serveAt(ids: readonly NodeId[]): void {
    for (const watcher of this.workload?.watchers ?? []) {
      watcher.stay((group, id) => ids.includes(id) && this.#isMember(group, id))
    }
  }

  /** Who is told nothing by the others has nothing to tell. */
  #isMember(group: GroupId, id: NodeId): boolean {
    const { voters, learners } = this.oracle.configuration(group)
    return voters.includes(id) || learners.includes(id)
  }

  countFault(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
  }

  get violation(): Violation | null {
    return this.#violation
  }

  violate(violation: Violation): void {
    this.#violation ??= violation
  }

  /** Moves the world on; throws the violation if one was found. */
  async run(ms: number): Promise<void> {
    await this.world.run({
      untilUs: this.world.nowUs + ms * 1000,
      stop: () => this.#violation !== null,
    })
    if (this.#violation !== null) throw this.#violation
  }

  /** Runs until the condition holds. Returns whether it did within the time. */
  async until(condition: () => boolean, msMax: number): Promise<boolean> {
    let holds = condition()
    if (holds) return true
    await this.world.run({
      untilUs: this.world.nowUs + msMax * 1000,
      stop: () => {
        holds = condition()
        return holds || this.#violation !== null
      },
    })
    if (this.#violation !== null) throw this.#violation
    return holds
  }

  machine(id: NodeId): Machine {
    const machine = this.machines.get(id)
    assert(machine !== undefined, 'a machine that exists')
    return machine
  }

  /** Every configuration that some log holds as its newest, and the one in force. */
  configurations(group: GroupId): Configuration[] {
    const found = [this.oracle.configuration(group)]
    for (const machine of this.machines.values()) {
      const configuration = machine.configuration(group)
      if (configuration !== null && configuration.voters.length > 0) found.push(configuration)
    }
    return found
  }

  leader(group: GroupId): Machine | null {
    let found: Machine | null = null
    let term = -1
    for (const machine of this.machines.values()) {
      const raft = machine.node?.group(group).raft
      if (raft === undefined || raft.role !== 'leader' || raft.term < term) continue
      found = machine
      term = raft.term
    }
    return found
  }

  #createMachine(id: NodeId, initial: Configuration): Machine {
    const { config, world } = this
    const wallOffset = (this.#delays.below(2000) / 1000 - 1) * config.wallOffsetMsMax
    const drift = (this.#delays.below(2000) / 1000 - 1) * config.driftMax
    const spare = id > config.voters + config.learners
    // A node that joins later knows nobody: the leader brings it the configuration.
    const start = spare ? { voters: [], outgoing: [], learners: [] } : initial
    return new Machine({
      id,
      world,
      config,
      disk: new SimulatedDisk({
        world,
        name: `disk ${id}`,
        faults: config.disk,
        timing: config.timing,
        onFault: (kind) => this.countFault(`disk: ${kind}`),
      }),
      clock: new SimulatedClock({ world, name: `clock ${id}`, drift, wallOffsetMs: wallOffset }),
      oracle: this.oracle,
      initialGroups: new Map(this.groups.map((group) => [group, start])),
      repairable: initial.voters.some((voter) => voter !== id),
      connect: (life, machine) => this.#connect(life, machine),
      onStopped: (machine, error) => this.#stopped(machine, error),
      onRepair: (machine, group) => this.#beganRepair(machine, group),
      onRefused: (machine, error) => this.#refused(machine, error),
    })
  }

  #createNetwork(): Network {
    const foreign = this.world.chance('foreign')
    return new Network({
      world: this.world,
      conditions: this.config.network,
      onFault: (kind) => this.countFault(`network: ${kind}`),
      makeForeign: ({ from, to }) => foreignFrame(idOf(from), idOf(to), foreign),
    })
  }

  #connect(life: ReturnType<World['createLife']>, machine: Machine): (envelope: Envelope) => void {
    const port: Port = this.net.attach(addressOf(machine.id), life, {
      receive: (_from, frame) => {
        const envelope = (frame as EnvelopeFrame).envelope
        if (envelope !== null) machine.node?.receive(envelope)
      },
      dropped: (peer) => machine.node?.peerDropped(idOf(peer)),
    })
    return (sent) => {
      const envelope = this.filter === null ? sent : this.filter(sent)
      if (envelope.messages.length === 0) return
      port.send(addressOf(envelope.to), new EnvelopeFrame(this.#travelled(envelope, machine)))
    }
  }

  /** As bytes, or nearly as fast as light. */
  #travelled(envelope: Envelope, { checksums: sender }: Machine): Envelope {
    const asBytes = this.#codec.happens(this.config.codecProbability)
    const receiver = this.machines.get(envelope.to)?.checksums
    return asBytes && receiver !== undefined ? travel(envelope, { sender, receiver }) : envelope
  }

  #stopped(machine: Machine, error: unknown): void {
    if (error instanceof Violation) {
      this.violate(error)
      return
    }
    const code = error instanceof KvError ? error.code : ''
    if (FOUND_DAMAGE.has(code) && !this.atlas.isDamaged(machine)) {
      const text = `node ${machine.id} finds damage on a sound disk: ${(error as KvError).message}`
      this.violate(new Violation('I18', text))
      return
    }
    const name = error instanceof Error ? error.name : ''
    if (name === 'DiskError' || error instanceof KvError) {
      this.countFault(`node stopped: ${error instanceof KvError ? error.code : name}`)
      this.restartLater(machine)
      return
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.violate(new Violation('crash', `node ${machine.id}: ${text}`))
  }

  #refused(machine: Machine, error: KvError): void {
    this.countFault(`start refused: ${error.code}`)
    const isDamaged = this.atlas.isDamaged(machine)
    if (isDamaged && (!FOUND_DAMAGE.has(error.code) || this.atlas.mayRefuse(machine))) return
    const what = isDamaged ? 'does not start, and others could repair it' : 'does not start'
    this.violate(new Violation('I18', `node ${machine.id} ${what}: ${error.message}`))
  }

  /** No crash alone may cost a node its vote: enough of them at once would cost the quorum. */
  #beganRepair(machine: Machine, group: GroupId): void {
    this.countFault('start under repair')
    if (this.atlas.isDamaged(machine)) return
    throw new Violation('I18', `node ${machine.id} group ${group} needs repair on a sound disk`)
  }

  restartLater(machine: Machine): void {
    const [low, high] = this.config.restartMs
    const delayMs = low + this.#delays.below(Math.max(1, Math.round(high - low)))
    this.world.schedule(delayMs * 1000, null, () => {
      if (machine.state === 'down') machine.start()
    })
  }

  #createWorkload(): Workload {
    const [low, high] = this.config.network.delayUs
    return new Workload({
      world: this.world,
      chance: this.world.chance('workload'),
      config: this.config,
      groups: this.groups,
      reach: (id) => this.#reach(id),
      nodeIds: () => [...this.machines.keys()],
      delayMs: () => (low + this.#delays.below(high - low + 1)) / 1000,
      lossProbability: this.config.network.drop / 2,
    })
  }

  #reach(id: NodeId): Reached | null {
    const machine = this.machines.get(id)
    if (machine === undefined || machine.paused) return null
    const { node, life } = machine
    return node === null || life === null ? null : { service: node, life }
  }
}
