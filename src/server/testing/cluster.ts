/** Whole nodes in one process: disks in memory, time that the test lets pass, an open network. */

import { assert, SeededChance } from '../../base/index.ts'
import { createMemory } from '../../engine/index.ts'
import { GROUP_LIMITS, type GroupLimits } from '../../group/index.ts'
import { LOG_LIMITS, openLog, openSnapshots } from '../../log/index.ts'
import { ManualClock, MemoryDisk, settle } from '../../log/testing/index.ts'
import { type Configuration, type NodeId, RAFT_TUNING } from '../../raft/index.ts'
import {
  COMMAND,
  type CommandKind,
  NO_ORIGIN,
  type Origin,
  READ,
  STATE_LIMITS,
} from '../../state/index.ts'
import { etcd, type MessageCodec, state } from '../../wire/index.ts'
import {
  DATA_GROUP,
  META_GROUP,
  NODE_SETTINGS,
  Node,
  type NodeLimits,
  type NodeSettings,
  type ReadOutcome,
  type WriteOutcome,
} from '../index.ts'
import { TestNetwork } from './network.ts'

export const TICK_MS = 10
/** A second, so that a test that waits for it does not take long. */
export const REQUEST_TICKS = 100
const CLUSTER_ID = 9

export interface ClusterOptions {
  readonly nodes?: number
  readonly settings?: Partial<NodeSettings>
  readonly limits?: Partial<NodeLimits>
  readonly groupLimits?: Partial<GroupLimits>
}

/** What a node was asked, and what it said, once it has. */
export interface Told<Outcome> {
  outcome: Outcome | null
}

export interface Command<Request> {
  readonly codec: MessageCodec<Request>
  readonly request: Partial<Request>
  readonly origin?: Origin
}

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

export function bytesOf(text: string): Uint8Array {
  return ENCODER.encode(text)
}

class Machine {
  readonly disk = new MemoryDisk()
  node: Node | null = null
  lives = 0
  setDiskFull: (isFull: boolean) => void = () => {}
}

export class TestCluster {
  readonly ids: readonly NodeId[]
  readonly clock = new ManualClock()
  readonly network: TestNetwork
  readonly fatal: unknown[] = []
  readonly #machines = new Map<NodeId, Machine>()
  readonly #options: ClusterOptions

  constructor(options: ClusterOptions = {}) {
    this.#options = options
    this.ids = Array.from({ length: options.nodes ?? 3 }, (_, at) => at + 1)
    for (const id of this.ids) this.#machines.set(id, new Machine())
    this.network = new TestNetwork((envelope) => {
      this.#machine(envelope.to).node?.receive(envelope)
    })
  }

  static async start(options: ClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(options)
    for (const id of cluster.ids) await cluster.startNode(id)
    return cluster
  }

  #machine(id: NodeId): Machine {
    const machine = this.#machines.get(id)
    assert(machine !== undefined, 'the cluster has this node')
    return machine
  }

  node(id: NodeId): Node {
    const { node } = this.#machine(id)
    assert(node !== null, 'the node runs')
    return node
  }

  get running(): Node[] {
    return this.ids.flatMap((id) => this.#machine(id).node ?? [])
  }

  async startNode(id: NodeId, settings: Partial<NodeSettings> = {}): Promise<Node> {
    const machine = this.#machine(id)
    const { disk } = machine
    const { clock } = this
    machine.lives += 1
    const chance = new SeededChance(id * 100 + machine.lives, 'node')
    const identity = { clusterId: CLUSTER_ID, nodeId: id }
    const voters: Configuration = { voters: this.ids, outgoing: [], learners: [] }
    const node = await Node.start({
      identity,
      clock,
      chance,
      links: {
        send: (envelope) => this.network.send(envelope),
        isConnected: (peer) => !this.network.isCut(id, peer) && !this.network.isCut(peer, id),
        canSend: (peer) => !this.network.isCut(id, peer) && !this.network.isCut(peer, id),
      },
      openLog: (onFatal, onSpace) => {
        machine.setDiskFull = onSpace
        const limits = { ...LOG_LIMITS, segmentBytes: 65_536 }
        const create = machine.lives === 1
        const place = { disk, clock, chance, directory: '/log', identity, limits, create }
        return openLog({ ...place, onFatal, onSpace, repairable: true })
      },
      openSnapshots: () => openSnapshots({ disk, directory: '/log', clusterId: CLUSTER_ID }),
      engines: (group) => createMemory({ disk, clock, directory: `/engine-${group}` }),
      tickMs: TICK_MS,
      tuning: RAFT_TUNING,
      groupLimits: { ...GROUP_LIMITS, ...this.#options.groupLimits },
      stateLimits: STATE_LIMITS,
      initialGroups: new Map([
        [META_GROUP, voters],
        [DATA_GROUP, voters],
      ]),
      settings: {
        ...NODE_SETTINGS,
        self: { name: `node-${id}`, peerUrls: [`http://peer-${id}`], clientUrls: [] },
        requestMsMax: REQUEST_TICKS * TICK_MS,
        ...this.#options.settings,
        ...settings,
      },
      ...(this.#options.limits === undefined ? {} : { limits: this.#options.limits }),
      onFatal: (error) => this.fatal.push(error),
      observer: null,
    })
    machine.node = node
    return node
  }

  /** Ends the process without a word; its peers hear that the connection dropped, unless told. */
  async kill(id: NodeId, { silently = false } = {}): Promise<void> {
    const machine = this.#machine(id)
    const { node } = machine
    assert(node !== null, 'the node runs')
    machine.node = null
    this.network.isolate([id], this.ids)
    await node.stop()
    if (!silently) for (const other of this.running) other.peerDropped(id)
  }

  async restart(id: NodeId): Promise<Node> {
    this.network.heal()
    return await this.startNode(id)
  }

  setDiskFull(id: NodeId, isFull: boolean): void {
    this.#machine(id).setDiskFull(isFull)
  }

  async stop(): Promise<void> {
    for (const node of this.running) await node.stop()
  }

  async pass(ticks: number): Promise<void> {
    for (let i = 0; i < ticks; i++) {
      this.network.tick()
      await this.clock.advance(TICK_MS)
    }
  }

  async until(isSo: () => boolean, ticksMax = 500): Promise<void> {
    await settle()
    for (let i = 0; i < ticksMax && !isSo(); i++) await this.pass(1)
    if (this.fatal.length > 0) throw this.fatal[0]
    assert(isSo(), 'what the test waits for comes in time')
  }

  /** Null: nobody, or several who do not know of each other yet. */
  leader(group = DATA_GROUP): NodeId | null {
    const leading = this.running.filter((node) => node.group(group).raft.role === 'leader')
    const [first] = leading
    return leading.length === 1 && first !== undefined ? first.nodeId : null
  }

  /** A leader that all running nodes follow. */
  async elected(group = DATA_GROUP): Promise<NodeId> {
    const agreed = (): boolean => {
      const leader = this.leader(group)
      return this.running.every((node) => node.group(group).raft.leader === leader)
    }
    await this.until(() => this.leader(group) !== null && agreed())
    return this.leader(group) as NodeId
  }

  follower(): NodeId {
    const id = this.running.find((node) => node.nodeId !== this.leader())?.nodeId
    assert(id !== undefined, 'there is a follower')
    return id
  }

  write<Request>(
    id: NodeId,
    kind: CommandKind,
    { codec, request, origin = NO_ORIGIN }: Command<Request>,
  ): Told<WriteOutcome> {
    const told: Told<WriteOutcome> = { outcome: null }
    const body = codec.encodeBytes(codec.create(request))
    this.node(id).write(
      DATA_GROUP,
      { kind, body, ...origin },
      {
        settleWrite: (outcome) => {
          assert(told.outcome === null, 'an outcome is told once')
          told.outcome = outcome
        },
      },
    )
    return told
  }

  put(id: NodeId, key: string, value = key): Told<WriteOutcome> {
    const request = { key: bytesOf(key), value: bytesOf(value) }
    return this.write(id, COMMAND.put, { codec: etcd.PutRequest, request })
  }

  /** Adds one to a counter. */
  count(id: NodeId, key: string, origin = NO_ORIGIN): Told<WriteOutcome> {
    const request = { key: bytesOf(key), delta: 1n, initial: 0n }
    return this.write(id, COMMAND.increment, { codec: state.IncrementRequest, request, origin })
  }

  /** The value, or what it was refused as. */
  get(id: NodeId, key: string, { serializable = false } = {}): Told<string> {
    const told: Told<string> = { outcome: null }
    const request = etcd.RangeRequest.create({ key: bytesOf(key) })
    const body = etcd.RangeRequest.encodeBytes(request)
    const settleRead = (outcome: ReadOutcome): void => {
      assert(told.outcome === null, 'an outcome is told once')
      if (outcome.kind === 'refused') told.outcome = outcome.code
      else if (outcome.kind === 'done') {
        const { kvs } = etcd.RangeResponse.decodeBytes(outcome.result.body.slice())
        told.outcome = kvs[0] === undefined ? '' : DECODER.decode(kvs[0].value)
      }
    }
    this.node(id).read(DATA_GROUP, { kind: READ.range, body, serializable }, { settleRead })
    return told
  }

  async told<Outcome>(told: Told<Outcome>): Promise<Outcome> {
    await this.until(() => told.outcome !== null)
    return told.outcome as Outcome
  }
}
