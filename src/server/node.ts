/**
 * One node: many groups over one log, one tick, one envelope per peer and turn; and everything that
 * the doors may ask of it.
 */

import { assert, type ErrorCode, KvError } from '../base/index.ts'
import type { Group, Snapshots } from '../group/index.ts'
import type { Timer } from '../io/index.ts'
import type { OpenedLog, RecoveryReport, WriteAheadLog } from '../log/index.ts'
import type { Envelope, PeerMessage } from '../peer/index.ts'
import type { GroupId, NodeId } from '../raft/index.ts'
import { COMMAND, type WatchHub } from '../state/index.ts'
import { Budget } from './budget.ts'
import { Counters, type NodeCounters } from './counters.ts'
import type { Desk } from './desk.ts'
import { ForwardReceiver } from './forward-receiver.ts'
import { clusterIdOf, memberIdOf } from './identities.ts'
import { LEASE_TTL_SECONDS_MIN, NODE_LIMITS, type NodeLimits } from './limits.ts'
import { Members } from './members.ts'
import { openDesk } from './open-desk.ts'
import { Outbox } from './outbox.ts'
import { DATA_GROUP, META_GROUP, type MemberAddress, type NodeParts } from './parts.ts'
import { Quota, type QuotaSubject } from './quota.ts'
import type {
  MemberDescription,
  NodeService,
  NodeStatus,
  Reach,
  ReadRequest,
  ReadWaiter,
  SnapshotFile,
  WriteRequest,
  WriteWaiter,
} from './service.ts'
import { openSnapshotFile } from './snapshot-file.ts'
import { statusOf } from './status.ts'
import { TimedQueue } from './timed-queue.ts'
import { Transfers } from './transfers.ts'

/** Batches of one life before their numbers could run into those of the next: 10^9. */
const BATCHES_PER_LIFE = 2 ** 30
/** Between attempts to register with the cluster. */
const REGISTER_RETRY_MS = 500

export class Node implements NodeService {
  readonly defaultGroup: GroupId = DATA_GROUP
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly leaseTtlSecondsMin: number
  readonly #parts: NodeParts
  readonly #limits: NodeLimits
  readonly #log: WriteAheadLog
  readonly #report: RecoveryReport
  readonly #desks = new Map<GroupId, Desk>()
  readonly #groups = new Map<GroupId, Group>()
  readonly #outbox: Outbox
  readonly #receiver: ForwardReceiver
  readonly #budget: Budget
  readonly #requestTicksMax: number
  /** Every request that waits. */
  readonly #queue: TimedQueue
  readonly #transfers: Transfers
  readonly #counters = new Counters()
  #members: Members | null = null
  #quota: Quota | null = null
  readonly #memberIds = new Map<NodeId, bigint>()
  /** The latest life heard of each peer. */
  readonly #incarnations = new Map<NodeId, number>()
  #nextBatch: number
  /** Those with a turn coming, each once. */
  #awake: Desk[] = []
  #turnAsked = false
  #timer: Timer | null = null
  /** All groups are open: before that no turn begins. */
  #running = false
  #stopped = false
  #failure: unknown = null
  #closing: Promise<void> | null = null

  private constructor(parts: NodeParts, opened: OpenedLog) {
    const { identity, tuning, tickMs, settings } = parts
    const { clusterId, nodeId } = identity
    const { incarnation } = opened.report
    const limits = { ...NODE_LIMITS, ...parts.limits }
    this.#parts = parts
    this.#limits = limits
    this.#log = opened.log
    this.#report = opened.report
    this.clusterId = clusterIdOf(clusterId)
    this.memberId = this.memberIdOf(nodeId)
    // As in etcd: one and a half election timeouts.
    const electionSeconds = (1.5 * tuning.electionTicks * tickMs) / 1000
    this.leaseTtlSecondsMin = Math.max(LEASE_TTL_SECONDS_MIN, Math.ceil(electionSeconds))
    this.#outbox = new Outbox({ clusterId, from: nodeId, incarnation })
    this.#receiver = new ForwardReceiver({
      node: nodeId,
      limits,
      send: (message) => this.#outbox.add(message),
      refusal: (group, kind) => this.#refusal(group, kind),
      wake: () => this.#askForTurn(),
    })
    this.#budget = new Budget({ countMax: limits.writesMax, bytesMax: limits.writeBytesMax })
    this.#requestTicksMax = Math.ceil(settings.requestMsMax / tickMs)
    this.#queue = new TimedQueue(this.#requestTicksMax)
    this.#transfers = new Transfers(this.#queue)
    // As the ids of reads (`raft/reads.ts`): an answer meant for an earlier life is nobody's.
    this.#nextBatch = (incarnation % 2 ** 22) * BATCHES_PER_LIFE + 1
  }

  static async start(parts: NodeParts): Promise<Node> {
    assert(parts.tickMs > 0, 'time passes')
    let node: Node | null = null
    let isDiskFull = false
    const opened = await parts.openLog(
      (error) => {
        if (node === null) parts.onFatal(error)
        else node.#fail(error)
      },
      (isFull) => {
        isDiskFull = isFull
        if (node !== null) node.#setDiskFull(isFull)
      },
    )
    node = new Node(parts, opened)
    try {
      await node.#open(opened, await parts.openSnapshots())
      if (node.#failure !== null) throw node.#failure
    } catch (error) {
      // What failed is what the caller must hear; the log may fail to close because of it.
      await node.stop().catch(() => {})
      throw error
    }
    node.#running = true
    node.#setDiskFull(isDiskFull)
    for (const desk of node.#desks.values()) node.#wake(desk)
    node.#scheduleTick()
    return node
  }

  #setDiskFull(isFull: boolean): void {
    if (this.#quota !== null) this.#quota.isDiskFull = isFull
  }

  async #open(opened: OpenedLog, snapshots: Snapshots): Promise<void> {
    const parts = this.#parts
    const host = {
      parts,
      opened,
      snapshots,
      limits: this.#limits,
      budget: this.#budget,
      queue: this.#queue,
      counters: this.#counters,
      requestTicksMax: this.#requestTicksMax,
      nextBatch: () => this.#nextBatch++,
      send: (message: PeerMessage) => this.#outbox.add(message),
      wake: (desk: Desk) => this.#wake(desk),
      onFatal: (error: unknown) => this.#fail(error),
    }
    for (const id of new Set([...opened.groups.keys(), ...parts.initialGroups.keys()])) {
      const desk = await openDesk(host, id)
      this.#desks.set(id, desk)
      this.#groups.set(id, desk.group)
    }
    this.#openServices()
  }

  #openServices(): void {
    const { settings, tickMs } = this.#parts
    this.#members = new Members({
      node: this,
      raft: this.group(META_GROUP).raft,
      settings,
      retryTicks: Math.ceil(REGISTER_RETRY_MS / tickMs),
      onFatal: (error) => this.#fail(error),
    })
    const subjects: QuotaSubject[] = []
    for (const [id, { group, writes }] of this.#desks) {
      if (id === META_GROUP) continue
      const raise: QuotaSubject['raise'] = (body, done) =>
        writes.write({ kind: COMMAND.alarm, body }, { settleWrite: done })
      subjects.push({ group, raise })
    }
    this.#quota = new Quota(settings.quotaBytes, this.memberId, subjects)
  }

  get nodeId(): NodeId {
    return this.#parts.identity.nodeId
  }

  /** As `nodeId`. */
  get id(): NodeId {
    return this.nodeId
  }

  get report(): RecoveryReport {
    return this.#report
  }

  get groups(): ReadonlyMap<GroupId, Group> {
    return this.#groups
  }

  /** For those who measure: what is under way, and what was since the start. */
  get counters(): NodeCounters {
    const { writesFailed, readsTimedOut, leasesExpired } = this.#counters
    return { writesPending: this.#budget.count, writesFailed, readsTimedOut, leasesExpired }
  }

  get stopped(): boolean {
    return this.#stopped
  }

  group(id: GroupId): Group {
    return this.#desk(id).group
  }

  #desk(id: GroupId): Desk {
    const desk = this.#desks.get(id)
    if (desk === undefined) throw new KvError('BAD_REQUEST', `this node has no group ${id}`)
    return desk
  }

  // What the doors ask.

  memberIdOf(node: NodeId): bigint {
    let id = this.#memberIds.get(node)
    if (id === undefined) {
      id = memberIdOf(this.#parts.identity.clusterId, node)
      this.#memberIds.set(node, id)
    }
    return id
  }

  /** All keys are in one group; this is the one place that says so. */
  groupOf(_key: Uint8Array): GroupId {
    return DATA_GROUP
  }

  term(group: GroupId): number {
    return this.group(group).raft.term
  }

  revision(group: GroupId): number {
    return this.group(group).machine.revision
  }

  write(group: GroupId, request: WriteRequest, waiter: WriteWaiter): void {
    const desk = this.#desks.get(group)
    if (desk === undefined) waiter.settleWrite({ kind: 'refused', code: 'BAD_REQUEST' })
    else {
      const code = this.#refusal(group, request.kind)
      if (code !== null) waiter.settleWrite({ kind: 'refused', code })
      else desk.writes.write(request, waiter)
    }
  }

  /** Who the members are is little, and must be known even then. */
  #refusal(group: GroupId, kind: number): ErrorCode | null {
    return group === META_GROUP ? null : (this.#quota?.refusal(kind) ?? null)
  }

  read(group: GroupId, request: ReadRequest, waiter: ReadWaiter): void {
    const desk = this.#desks.get(group)
    if (desk !== undefined) desk.reads.read(request, waiter)
    else waiter.settleRead({ kind: 'refused', revision: 0, code: 'BAD_REQUEST' })
  }

  watchHub(group: GroupId): WatchHub {
    return this.group(group).watchHub
  }

  hasLeader(group: GroupId): boolean {
    return this.#desk(group).leaders.hasLeader
  }

  leader(group: GroupId): NodeId | null {
    const { leader } = this.group(group).raft
    return leader === 0 ? null : leader
  }

  reach(id: GroupId): Reach {
    const { links } = this.#parts
    const { voters, outgoing } = this.group(id).raft.configuration
    const reaches = (peer: NodeId): boolean =>
      peer === this.nodeId || links.isConnected?.(peer) !== false
    const isMost = (ids: readonly NodeId[]): boolean =>
      ids.length === 0 || ids.filter(reaches).length * 2 > ids.length
    const members = [...new Set([...voters, ...outgoing])]
      .sort((a, b) => a - b)
      .map((peer) => {
        const { name, peerUrls } = this.#members?.described(peer) ?? { name: '', peerUrls: [] }
        return { id: peer, name, peerUrls, isReached: reaches(peer) }
      })
    return { members, hasMajority: isMost(voters) && isMost(outgoing) }
  }

  onLeader(group: GroupId, listener: (hasLeader: boolean) => void): () => void {
    return this.#desk(group).leaders.listen(listener)
  }

  status(group: GroupId): NodeStatus {
    return statusOf(this.group(group), this.#quota?.bytesMax ?? 0)
  }

  async members(options: {
    readonly linearizable: boolean
  }): Promise<readonly MemberDescription[]> {
    assert(this.#members !== null, 'a node that is asked runs')
    return await this.#members.list(options)
  }

  /** Its name or its addresses have changed: the cluster is told. */
  describe(self: MemberAddress): void {
    this.#members?.describe(self)
  }

  async moveLeader(group: GroupId, to: NodeId): Promise<void> {
    if (this.#stopped) throw new KvError('STOPPED', 'this node is stopping')
    await this.#transfers.move(this.group(group), to)
  }

  snapshotFile(id: GroupId): Promise<SnapshotFile> {
    const { clusterId } = this.#parts.identity
    return new Promise((resolve, reject) => {
      const desk = this.#desk(id)
      desk.betweenEntries((code) => {
        if (code !== null) reject(new KvError(code, 'this node is stopping'))
        else openSnapshotFile({ clusterId, id, group: desk.group }).then(resolve, reject)
      })
    })
  }

  // What the network brings.

  /** An envelope arrived from a peer. */
  receive(envelope: Envelope): void {
    if (this.#stopped || envelope.to !== this.nodeId) return
    // Another node with this node's id: a mistake of whoever set them up, and nothing to answer.
    if (envelope.from === this.nodeId || envelope.from === 0) return
    if (envelope.clusterId !== this.#parts.identity.clusterId) return
    const known = this.#incarnations.get(envelope.from) ?? 0
    // What an earlier life of the sender promised may be gone with it.
    if (envelope.incarnation < known) return
    if (envelope.incarnation > known) {
      this.#incarnations.set(envelope.from, envelope.incarnation)
      this.#reborn(envelope.from)
    }
    try {
      for (const message of envelope.messages) {
        if (message.from !== envelope.from || message.to !== this.nodeId) continue
        this.#deliver(message)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /**
   * What its earlier life had taken of us is not answered any more. Before anything else that the
   * new life says: it knows nothing of what the earlier one did.
   */
  #reborn(peer: NodeId): void {
    this.#receiver.reborn(peer)
    for (const { writes } of this.#desks.values()) writes.peerDropped(peer)
  }

  #deliver(message: PeerMessage): void {
    const desk = this.#desks.get(message.group)
    if (desk === undefined) return
    if (message.kind === 'forward') this.#receiver.receive(message, desk.group)
    else if (message.kind === 'forwardReply') desk.writes.receive(message)
    else desk.group.receive(message)
  }

  /** The connection to a peer dropped. */
  peerDropped(peer: NodeId): void {
    if (this.#stopped) return
    for (const desk of this.#desks.values()) desk.peerDropped(peer)
  }

  // Its life.

  /**
   * Stops in order: no new work, everybody who waits is told, the log is closed. Idempotent; also
   * to be called after a fatal error by whoever starts another node in this process.
   */
  stop(): Promise<void> {
    const isOrderly = !this.#stopped && this.#running
    this.#halt()
    // Nodes that have forwarded to this one hear what becomes of that.
    if (isOrderly) this.#flush()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const groups = [...this.#groups.values()]
    const closed = await Promise.allSettled(groups.map((group) => group.close()))
    await this.#log.close()
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }

  #halt(): void {
    this.#stopped = true
    this.#timer?.cancel()
    for (const desk of this.#desks.values()) desk.stop()
    this.#transfers.stop()
  }

  /** A broken invariant or a failed disk: stop before it can harm data. */
  #fail(error: unknown): void {
    if (this.#stopped) return
    this.#halt()
    this.#failure = error
    // Until it runs, whoever starts it hears of it by the start that fails.
    if (this.#running) this.#parts.onFatal(error)
  }

  #scheduleTick(): void {
    this.#timer = this.#parts.clock.after(this.#parts.tickMs, () => {
      if (this.#stopped) return
      try {
        this.#tick()
      } catch (error) {
        this.#fail(error)
      }
      if (!this.#stopped) this.#scheduleTick()
    })
  }

  #tick(): void {
    for (const desk of this.#desks.values()) desk.tick()
    this.#quota?.tick()
    this.#members?.tick()
    this.#transfers.tick()
    this.#queue.tick()
  }

  #wake(desk: Desk): void {
    if (!desk.isAwake) {
      desk.isAwake = true
      this.#awake.push(desk)
    }
    this.#askForTurn()
  }

  #askForTurn(): void {
    if (this.#turnAsked || !this.#running || this.#stopped) return
    this.#turnAsked = true
    this.#parts.clock.soon(this.#turn)
  }

  /** Everything that arrived in this turn, group by group, then one envelope for each peer. */
  readonly #turn = (): void => {
    this.#turnAsked = false
    if (this.#stopped) return
    const awake = this.#awake
    this.#awake = []
    try {
      for (const desk of awake) {
        desk.isAwake = false
        desk.turn()
      }
    } catch (error) {
      this.#fail(error)
    }
    if (!this.#stopped) this.#flush()
  }

  #flush(): void {
    this.#receiver.flush()
    this.#outbox.flush((envelope) => this.#parts.links.send(envelope))
  }
}
