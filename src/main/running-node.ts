/**
 * A node of its own process, put together from the real parts: log, engines, the way to the other
 * nodes, and the doors for clients.
 */

import { type ClientDoors, createClientDoors } from '../api/index.ts'
import { type Chance, DataChecksums, KvError, RPC_TIMEOUT_MS_MAX } from '../base/index.ts'
import {
  type Identity,
  identityOf,
  type NodeConfig,
  planCluster,
  readIdentity,
  resumeIdentity,
  writeIdentity,
} from '../cli/config/index.ts'
import {
  createBitcask,
  createLmdb,
  createMemory,
  type EngineFactory,
  readCacheLimits,
  usualReadCacheBytes,
} from '../engine/index.ts'
import { GROUP_LIMITS } from '../group/index.ts'
import {
  type Clock,
  createHttpDoor,
  createNodeChance,
  createNodeClock,
  createNodeDisk,
  createNodeGzip,
  createNodeHashing,
  createNodeProfiler,
  createNodeSockets,
  type Disk,
  memoryBytes,
  type Sockets,
} from '../io/index.ts'
import { LOG_LIMITS, type OpenedLog, openLog, openSnapshots } from '../log/index.ts'
import { createPeerNetwork, type PeerFault, type PeerNetwork } from '../peer/index.ts'
import { isValidConfiguration, parseConfiguration, RAFT_TUNING } from '../raft/index.ts'
import { DATA_GROUP, META_GROUP, NODE_SETTINGS, Node, type NodeParts } from '../server/index.ts'
import { STATE_LIMITS, type StateLimits } from '../state/index.ts'
import { asListenError, type ClientPorts, openClientPorts } from './client-ports.ts'
import { ContactWatch } from './contact-watch.ts'
import { membersMethod, refuseSecondBirth } from './earlier-life.ts'
import { EVENT_LEVELS, type EventLog } from './event-log.ts'
import { asDirectoryAdvice, asLockAdvice, checkPorts, tellRoom } from './first-start.ts'
import { groupEvents } from './group-events.ts'
import { Measures } from './measures.ts'
import { listeningOnAll, peerAddresses } from './peer-links.ts'
import { peerTls } from './tls-files.ts'
import { ETCD_VERSION } from './version.ts'

/** Between two looks at whether the cluster knows this node. */
const READY_POLL_MS = 20
/** A leader that leaves hands over within two heartbeats, or not at all; or in so long. */
const HANDOVER_MS_MIN = 500
const HANDOVER_HEARTBEATS = 2
/** Clients that are served have so long to take their answers. */
const LEAVE_MS_MAX = 3000

export interface NodeSurroundings {
  readonly events: EventLog
  /** The node has stopped by itself and must not go on; told once at most. */
  readonly onFatal: (error: unknown) => void
  /** Those of this machine when absent. */
  readonly disk?: Disk
  readonly sockets?: Sockets
}

interface Tools {
  readonly disk: Disk
  readonly clock: Clock
  readonly chance: Chance
  readonly sockets: Sockets
  /** Of what comes from other nodes, goes to them, and is written. */
  readonly checksums: DataChecksums
}

export class RunningNode {
  readonly node: Node
  readonly identity: Identity
  readonly config: NodeConfig
  readonly ports: ClientPorts
  readonly #clock: Clock
  readonly #doors: ClientDoors
  readonly #network: PeerNetwork
  readonly #measures: Measures
  readonly #contact: ContactWatch
  #stopping: Promise<void> | null = null

  constructor(parts: {
    readonly node: Node
    readonly identity: Identity
    readonly config: NodeConfig
    readonly ports: ClientPorts
    readonly clock: Clock
    readonly doors: ClientDoors
    readonly network: PeerNetwork
    readonly measures: Measures
    readonly contact: ContactWatch
  }) {
    this.node = parts.node
    this.identity = parts.identity
    this.config = parts.config
    this.ports = parts.ports
    this.#clock = parts.clock
    this.#doors = parts.doors
    this.#network = parts.network
    this.#measures = parts.measures
    this.#contact = parts.contact
  }

  get isStopping(): boolean {
    return this.#stopping !== null
  }

  /**
   * Asks for leadership now, so that a new cluster need not wait until somebody misses a leader.
   * False: not yet, for too few of the others can be asked.
   */
  campaign(): boolean {
    for (const { raft } of this.node.groups.values()) {
      const { voters } = raft.configuration
      const asked = voters.filter((voter) => voter === raft.id || this.#network.canSend(voter))
      if (asked.length * 2 <= voters.length) return false
    }
    for (const [id, group] of this.node.groups) if (!this.node.hasLeader(id)) group.campaign()
    return true
  }

  /** Resolves when every group has a leader and knows this node; false: it stops before that. */
  async ready(): Promise<boolean> {
    for (;;) {
      if (this.isStopping || this.node.stopped) return false
      if (await this.#isKnown()) return true
      await this.#pause(READY_POLL_MS)
    }
  }

  async #isKnown(): Promise<boolean> {
    // Groups elect by themselves: one may be ready before another.
    for (const id of this.node.groups.keys()) if (!this.node.hasLeader(id)) return false
    try {
      const members = await this.node.members({ linearizable: true })
      const own = members.find((member) => member.id === this.node.nodeId)
      const urls = this.config.client.advertise
      return own?.name === this.config.name && own.clientUrls.join() === urls.join()
    } catch (error) {
      if (error instanceof KvError) return false
      throw error
    }
  }

  /**
   * In order: leadership is handed over, unless nobody is to go on; what is under way is answered;
   * then the log is closed. Idempotent.
   */
  stop(options: { readonly handsOver: boolean } = { handsOver: true }): Promise<void> {
    this.#stopping ??= this.#stop(options)
    return this.#stopping
  }

  async #stop({ handsOver }: { readonly handsOver: boolean }): Promise<void> {
    this.#contact.end()
    if (handsOver) await this.#handOver()
    this.#doors.leave()
    const late = this.#clock.after(LEAVE_MS_MAX, () => this.ports.destroy())
    await this.ports.close()
    late.cancel()
    this.#measures.end()
    try {
      await this.node.stop()
    } finally {
      await this.#network.close()
    }
  }

  /**
   * As nearly as one process can what a crash does: every connection drops, nobody is answered or
   * told. Only the log is closed in order, because its lock is this process's. Idempotent.
   */
  abandon(): Promise<void> {
    this.#stopping ??= this.#abandon()
    return this.#stopping
  }

  async #abandon(): Promise<void> {
    this.#contact.end()
    this.ports.destroy()
    const closed = this.#network.close()
    this.#doors.leave()
    await this.ports.close()
    this.#measures.end()
    await closed
    await this.node.stop()
  }

  /** So that the others need not wait for an election. */
  async #handOver(): Promise<void> {
    const moves: Promise<unknown>[] = []
    for (const [id, { raft }] of this.node.groups) {
      if (raft.role !== 'leader' || this.node.stopped) continue
      const next = raft.configuration.voters.find(
        (voter) => voter !== raft.id && this.#network.canSend(voter),
      )
      // Where it cannot be moved, an election does it.
      if (next !== undefined) moves.push(this.node.moveLeader(id, next).catch(() => {}))
    }
    if (moves.length === 0) return
    await new Promise<void>((resolve) => {
      const late = this.#clock.after(handoverMsMax(this.config), resolve)
      void Promise.all(moves).then(() => {
        late.cancel()
        resolve()
      })
    })
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delayMs, resolve)
    })
  }
}

/** It takes part in its cluster, and its ports are open, when this resolves. */
export async function startNode(
  config: NodeConfig,
  surroundings: NodeSurroundings,
): Promise<RunningNode> {
  const { disk = createNodeDisk(), sockets = createNodeSockets() } = surroundings
  const tools: Tools = {
    disk,
    sockets,
    clock: createNodeClock(),
    chance: createNodeChance(),
    checksums: new DataChecksums(),
  }
  // Whatever else may be wrong with the certificates shows before anything is written.
  const links = config.peer.tls === null ? null : peerTls(config.peer.tls)
  const advised = (error: unknown): never => {
    throw asDirectoryAdvice(error, config.dataDirectory)
  }
  const { identity, isNew } = await identify(config, disk).catch(advised)
  if (isNew) {
    // Sockets that somebody has made may be held already, for this very node.
    if (surroundings.sockets === undefined) await checkPorts(config, sockets)
    await disk.makeDirectory(config.dataDirectory).catch(advised)
  }
  const starting = new Starting({ config, surroundings, tools, identity, isNew })
  return starting.run(links)
}

/** Who this node is; and whether this is its first start, so that it may begin with nothing. */
async function identify(
  config: NodeConfig,
  disk: Disk,
): Promise<{ readonly identity: Identity; readonly isNew: boolean }> {
  const plan = planCluster(config.cluster, createNodeHashing())
  const found = await readIdentity(disk, config.dataDirectory)
  if (found !== null) return { identity: resumeIdentity(found, { plan, config }), isNew: false }
  if (config.cluster.state === 'existing') {
    throw new KvError(
      'BAD_REQUEST',
      `${config.dataDirectory} holds no data, and a node cannot join a running cluster yet: ` +
        'that comes with changes of members. Start all members of a new cluster together',
    )
  }
  return { identity: identityOf(plan, config), isNew: true }
}

interface StartingParts {
  readonly config: NodeConfig
  readonly surroundings: NodeSurroundings
  readonly tools: Tools
  readonly identity: Identity
  readonly isNew: boolean
}

class Starting {
  readonly #parts: StartingParts
  readonly #measures: Measures
  #node: Node | null = null
  #isTold = false

  constructor(parts: StartingParts) {
    this.#parts = parts
    this.#measures = new Measures(parts.tools.clock)
  }

  async run(tls: ReturnType<typeof peerTls> | null): Promise<RunningNode> {
    const { config, tools, identity, isNew, surroundings } = this.#parts
    if (isNew) await refuseSecondBirth(identity, { ...tools, tls })
    const network = this.#createNetwork(tls)
    const node = await Node.start(this.#nodeParts(network))
    this.#node = node
    let ports: ClientPorts | null = null
    try {
      await network.open({ incarnation: node.report.incarnation })
      const doors = this.#createDoors(node)
      ports = await openClientPorts(doors, { ...tools, config })
      const { clock } = tools
      const measures = this.#measures
      measures.watch({ node, ports, network })
      const contact = this.#watchContact(node, network)
      const parts = { node, identity, config, ports, network, doors, clock, measures, contact }
      return new RunningNode(parts)
    } catch (error) {
      ports?.destroy()
      await node.stop().catch((failure: unknown) => {
        surroundings.events.error('the log was not closed in order', { error: String(failure) })
      })
      await network.close()
      throw asListenError(error)
    }
  }

  #createNetwork(tls: ReturnType<typeof peerTls> | null): PeerNetwork {
    const { config, tools, identity, surroundings } = this.#parts
    const [first] = config.peer.listen
    if (first === undefined) throw new KvError('BAD_REQUEST', 'a node listens for others')
    return createPeerNetwork({
      sockets: listeningOnAll(tools.sockets, config.peer),
      clock: tools.clock,
      chance: tools.chance.fork('peer'),
      gzip: createNodeGzip(),
      identity,
      listen: first.address,
      peers: peerAddresses(identity.members),
      methods: [membersMethod(() => this.#node)],
      limits: { pingMs: config.timing.pingMs },
      rules: { parseConfiguration, isValidConfiguration },
      checksums: tools.checksums,
      tls,
      onEnvelope: (envelope) => this.#node?.receive(envelope),
      onPeerDropped: (peer) => {
        const name = this.#peerName(peer)
        surroundings.events.debug('the connection to a peer dropped', { peer: name })
        this.#node?.peerDropped(peer)
      },
      onRoundTrip: (peer, roundTripMs) => {
        const name = this.#peerName(peer)
        surroundings.events.debug('round trip', { peer: name, 'took-ms': roundTripMs })
      },
      onFault: (fault) => this.#peerFault(fault, surroundings.events),
    })
  }

  #watchContact(node: Node, network: PeerNetwork): ContactWatch {
    const { config, tools, identity, surroundings } = this.#parts
    const { electionTicks, tickMs } = config.timing
    const groups = [...node.groups.keys()]
    const watch = new ContactWatch({
      clock: tools.clock,
      events: surroundings.events,
      electionMs: electionTicks * tickMs,
      nodeId: identity.nodeId,
      members: identity.members,
      voters: () => node.group(DATA_GROUP).raft.configuration.voters,
      isConnected: (peer) => network.isConnected(peer),
      leader: () =>
        groups.every((group) => node.hasLeader(group)) ? node.leader(DATA_GROUP) : null,
    })
    watch.start()
    return watch
  }

  #peerFault(fault: PeerFault, events: EventLog): void {
    if (fault.kind === 'failed') this.#failed(fault.error)
    else {
      const peer = this.#peerName(fault.peer)
      events.warn(`peer ${fault.kind}`, { peer, reason: fault.text })
    }
  }

  #peerName(peer: number): string {
    const { members } = this.#parts.identity
    return members.find(({ id }) => id === peer)?.name ?? `node ${peer}`
  }

  #createDoors(node: Node): ClientDoors {
    const { config, tools, surroundings } = this.#parts
    const { events } = surroundings
    return createClientDoors({
      node,
      clock: tools.clock,
      chance: tools.chance.fork('doors'),
      hashing: createNodeHashing(),
      gzip: createNodeGzip(),
      version: ETCD_VERSION,
      corsOrigins: config.client.corsOrigins,
      metrics: this.#measures,
      openHttpDoor: createHttpDoor,
      onFault: (error) => this.#failed(error),
      profiler: createNodeProfiler(tools.clock),
      logLevel: {
        levels: EVENT_LEVELS,
        read: () => events.level,
        write: (level) => events.changeLevel(level, 'asked over HTTP'),
      },
      stateLimits: stateLimits(config),
      // None means never, which is later than any process lives.
      keepaliveMs: config.keepaliveMs === 0 ? RPC_TIMEOUT_MS_MAX : config.keepaliveMs,
    })
  }

  #nodeParts(links: PeerNetwork): NodeParts {
    const { config, tools, identity, surroundings } = this.#parts
    const { clusterId, nodeId, members } = identity
    const voters = members.map(({ id }) => id)
    const everybody = { voters, outgoing: [], learners: [] }
    const { tickMs, pingMs: _, ...times } = config.timing
    const described = members.map(({ id, name, peerUrls }) => {
      return [id, { name, peerUrls: peerUrls.map(({ text }) => text) }] as const
    })
    const own = members.find(({ id }) => id === nodeId)
    const peerUrls = own?.peerUrls.map(({ text }) => text) ?? []
    return {
      identity: { clusterId, nodeId },
      clock: tools.clock,
      chance: tools.chance.fork('node'),
      links,
      openLog: (onFatal, onSpace) => this.#openLog(onFatal, onSpace),
      openSnapshots: () =>
        openSnapshots({ disk: tools.disk, directory: this.#directory('snapshots'), clusterId }),
      engines: (group) => this.#measures.timed(this.#engine(group)),
      tickMs,
      tuning: { ...RAFT_TUNING, ...times },
      groupLimits: { ...GROUP_LIMITS, watchProgressMs: config.watchProgressMs },
      stateLimits: stateLimits(config),
      initialGroups: new Map([
        [META_GROUP, everybody],
        [DATA_GROUP, everybody],
      ]),
      settings: {
        self: { name: config.name, peerUrls, clientUrls: config.client.advertise },
        members: new Map(described),
        autoCompaction: config.compaction,
        quotaBytes: config.quotaBytes,
        requestMsMax: requestMsMax(config),
      },
      onFatal: (error) => this.#fatal(error),
      observer: groupEvents(surroundings.events),
    }
  }

  #directory(name: string): string {
    return `${this.#parts.config.dataDirectory}/${name}`
  }

  /** The directory knows whom it belongs to before this node promises anything to anybody. */
  async #openLog(
    onFatal: (error: Error) => void,
    onSpace: (isFull: boolean) => void,
  ): Promise<OpenedLog> {
    const { config, tools, identity, isNew, surroundings } = this.#parts
    const directory = config.logDirectory ?? this.#directory('log')
    if (surroundings.disk === undefined) tellRoom(config, surroundings.events)
    const opened = await openLog({
      ...tools,
      directory,
      identity: { clusterId: identity.clusterId, nodeId: identity.nodeId },
      limits: { ...LOG_LIMITS, segmentBytes: config.logSegmentBytes },
      onFatal,
      onSpace,
      onDurable: (durationMs) => this.#measures.synced(durationMs),
      repairable: identity.members.length > 1,
      create: isNew,
    }).catch((error: unknown) => {
      throw asLockAdvice(error, directory)
    })
    if (isNew) await writeIdentity(tools.disk, config.dataDirectory, identity)
    return opened
  }

  #engine(group: number): EngineFactory {
    const { config, tools } = this.#parts
    const options = { ...tools, directory: this.#directory(`group-${group}`) }
    if (config.engine === 'memory') return createMemory(options)
    if (config.engine === 'lmdb') return createLmdb(options)
    // All that is read again and again is data.
    const cacheBytes = config.readCacheBytes ?? usualReadCacheBytes(memoryBytes())
    const limits = group === DATA_GROUP ? readCacheLimits(cacheBytes) : {}
    return createBitcask({ ...options, limits })
  }

  /** A mistake of ours. What must hold and does not is the end; anything else is one request's. */
  #failed(error: unknown): void {
    const { events } = this.#parts.surroundings
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    events.error('a request failed for a reason nobody expected', { error: text })
    if (error instanceof Error && error.name === 'BrokenInvariant') this.#fatal(error)
  }

  #fatal(error: unknown): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#parts.surroundings.onFatal(error)
  }
}

function stateLimits(config: NodeConfig): StateLimits {
  const { requestBytesMax, transactionOperationsMax } = config
  return {
    ...STATE_LIMITS,
    requestBytesMax,
    operationsMax: transactionOperationsMax,
    operationsNestedMax: Math.max(STATE_LIMITS.operationsNestedMax, transactionOperationsMax),
  }
}

function handoverMsMax({ timing }: NodeConfig): number {
  return Math.max(HANDOVER_MS_MIN, HANDOVER_HEARTBEATS * timing.heartbeatTicks * timing.tickMs)
}

/** As etcd: five seconds and two elections; never less than what is usual. */
function requestMsMax({ timing }: NodeConfig): number {
  const electionMs = timing.electionTicks * timing.tickMs
  return Math.max(NODE_SETTINGS.requestMsMax, 5000 + 2 * electionMs)
}
