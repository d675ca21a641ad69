/**
 * One node: many groups over one log, one tick, one envelope per peer and turn.
 */

import { assert, KvError } from '../base/index.ts'
import { beginReplica, Group, type Snapshots } from '../group/index.ts'
import type { Timer } from '../io/index.ts'
import type { OpenedLog, RecoveryReport, WriteAheadLog } from '../log/index.ts'
import type { Envelope, PeerMessage } from '../peer/index.ts'
import type { Configuration, GroupId, NodeId } from '../raft/index.ts'
import type { NodeParts } from './parts.ts'

/** Whoever is not told of any members waits to be added by the leader. */
const NO_MEMBERS: Configuration = { voters: [], outgoing: [], learners: [] }

export class Node {
  readonly #parts: NodeParts
  readonly #log: WriteAheadLog
  readonly #report: RecoveryReport
  readonly #groups = new Map<GroupId, Group>()
  /** One for each peer that this turn has something for. */
  #outbox: { readonly to: NodeId; readonly messages: PeerMessage[] }[] = []
  /** The latest life heard of each peer. */
  readonly #incarnations = new Map<NodeId, number>()
  /** Those with a turn coming, each once. */
  #awake: Group[] = []
  #turnAsked = false
  #timer: Timer | null = null
  /** All groups are open: before that no turn begins. */
  #running = false
  #stopped = false
  #failure: unknown = null
  #closing: Promise<void> | null = null

  private constructor(parts: NodeParts, opened: OpenedLog) {
    this.#parts = parts
    this.#log = opened.log
    this.#report = opened.report
  }

  static async start(parts: NodeParts): Promise<Node> {
    assert(parts.tickMs > 0, 'time passes')
    let node: Node | null = null
    const opened = await parts.openLog((error) => {
      if (node === null) parts.onFatal(error)
      else node.#fail(error)
    })
    node = new Node(parts, opened)
    try {
      const snapshots = await parts.openSnapshots()
      const ids = new Set([...opened.groups.keys(), ...parts.initialGroups.keys()])
      for (const id of ids) await node.#openGroup(id, opened, snapshots)
      if (node.#failure !== null) throw node.#failure
    } catch (error) {
      // What failed is what the caller must hear; the log may fail to close because of it.
      await node.stop().catch(() => {})
      throw error
    }
    node.#running = true
    for (const group of node.#groups.values()) node.#wake(group)
    node.#scheduleTick()
    return node
  }

  get id(): NodeId {
    return this.#parts.identity.nodeId
  }

  get report(): RecoveryReport {
    return this.#report
  }

  get groups(): ReadonlyMap<GroupId, Group> {
    return this.#groups
  }

  get stopped(): boolean {
    return this.#stopped
  }

  group(id: GroupId): Group {
    const group = this.#groups.get(id)
    if (group === undefined) throw new KvError('BAD_REQUEST', `this node has no group ${id}`)
    return group
  }

  async #openGroup(id: GroupId, opened: OpenedLog, snapshots: Snapshots): Promise<void> {
    const parts = this.#parts
    const initial = parts.initialGroups.get(id) ?? NO_MEMBERS
    const start = await beginReplica({
      id,
      recovered: opened.groups.get(id) ?? null,
      hidden: opened.hidden ?? null,
      initial,
      snapshots,
      log: this.#log,
      limits: parts.stateLimits,
    })
    const group: Group = new Group(
      {
        id,
        node: this.id,
        log: this.#log,
        snapshots,
        store: start.store,
        limits: parts.groupLimits,
        send: (message) => this.#send(message),
        wake: () => this.#wake(group),
        onFatal: (error) => this.#fail(error),
        observer: parts.observer?.(id) ?? null,
      },
      {
        incarnation: opened.report.incarnation,
        chance: parts.chance.fork(`group-${id}`),
        tuning: parts.tuning,
        recovered: start.recovered,
        restored: start.restored,
        initialConfiguration: initial,
      },
    )
    this.#groups.set(id, group)
  }

  /** An envelope arrived from a peer. */
  receive(envelope: Envelope): void {
    if (this.#stopped || envelope.to !== this.id) return
    // Another node with this node's id: a mistake of whoever set them up, and nothing to answer.
    if (envelope.from === this.id || envelope.from === 0) return
    if (envelope.clusterId !== this.#parts.identity.clusterId) return
    const known = this.#incarnations.get(envelope.from) ?? 0
    // What an earlier life of the sender promised may be gone with it.
    if (envelope.incarnation < known) return
    if (envelope.incarnation > known) this.#incarnations.set(envelope.from, envelope.incarnation)
    try {
      for (const message of envelope.messages) {
        if (message.from !== envelope.from || message.to !== this.id) continue
        this.#groups.get(message.group)?.receive(message)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The connection to a peer dropped. */
  peerDropped(peer: NodeId): void {
    if (this.#stopped) return
    for (const group of this.#groups.values()) group.peerDropped(peer)
  }

  /**
   * Stops in order: no new work, everybody who waits is told, the log is closed. Idempotent; also
   * to be called after a fatal error by whoever starts another node in this process.
   */
  stop(): Promise<void> {
    this.#halt()
    this.#closing ??= this.#log.close()
    return this.#closing
  }

  #halt(): void {
    this.#stopped = true
    this.#timer?.cancel()
    for (const group of this.#groups.values()) group.stop()
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
        for (const group of this.#groups.values()) group.tick()
      } catch (error) {
        this.#fail(error)
      }
      if (!this.#stopped) this.#scheduleTick()
    })
  }

  #send(message: PeerMessage): void {
    // A node has few peers: looking through them is faster than any map.
    const known = this.#outbox.find(({ to }) => to === message.to)
    if (known === undefined) this.#outbox.push({ to: message.to, messages: [message] })
    else known.messages.push(message)
  }

  #wake(group: Group): void {
    if (!group.awake) {
      group.awake = true
      this.#awake.push(group)
    }
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
      for (const group of awake) {
        group.awake = false
        group.drain()
      }
    } catch (error) {
      this.#fail(error)
    }
    if (this.#stopped || this.#outbox.length === 0) return
    const outbox = this.#outbox
    this.#outbox = []
    const { clusterId, nodeId } = this.#parts.identity
    const { incarnation } = this.#report
    for (const { to, messages } of outbox) {
      this.#parts.links.send({ clusterId, from: nodeId, to, incarnation, messages })
    }
  }
}
