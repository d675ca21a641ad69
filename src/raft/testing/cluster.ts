/**
 * A cluster of `Raft` objects in one place, under a test's full control: when messages arrive, when
 * disks finish, who crashes and with what left. The invariants are checked after every step.
 */

import { assert, SeededChance } from '../../base/index.ts'
import {
  type Configuration,
  type Entry,
  encodeConfiguration,
  type LogIndex,
  type MembershipTarget,
  type Message,
  type NodeId,
  type Proposal,
  RAFT_TUNING,
  type RaftTuning,
  type Role,
  type Term,
} from '../index.ts'
import type { DurableState } from './durable-disk.ts'
import { Invariants } from './invariants.ts'
import { bytesOf } from './machine.ts'
import { type LetterFilter, Network } from './network.ts'
import { TestNode } from './test-node.ts'

export interface ClusterOptions {
  readonly voters: readonly NodeId[]
  readonly learners?: readonly NodeId[]
  /** Nodes that run but are no members yet. */
  readonly spares?: readonly NodeId[]
  readonly seed?: number
  readonly tuning?: Partial<RaftTuning>
  /** The terms of the entries that a node's log holds at the start. */
  readonly logs?: { readonly [id: number]: readonly Term[] }
  /** The term a node starts in; that of its last entry when not given. */
  readonly terms?: { readonly [id: number]: Term }
  /** Turns end when the test says so, not after every input. */
  readonly manualTurns?: boolean
}

export class Cluster {
  readonly network = new Network()
  readonly invariants: Invariants
  readonly initialConfiguration: Configuration
  readonly #nodes = new Map<NodeId, TestNode>()
  readonly #manualTurns: boolean
  /** Snapshots that left over a way that was cut; their senders have not heard of it. */
  #lost: Message[] = []
  /** Nodes whose disk works only when told to. */
  readonly slowDisks = new Set<NodeId>()
  /** Nodes that bring entries back from disk only when told to. */
  readonly slowLoads = new Set<NodeId>()
  /** Nodes that apply only when told to. */
  readonly slowMachines = new Set<NodeId>()

  constructor(options: ClusterOptions) {
    const { voters, learners = [], spares = [], logs = {}, terms = {} } = options
    this.initialConfiguration = { voters, outgoing: [], learners }
    this.#manualTurns = options.manualTurns ?? false
    this.invariants = new Invariants(
      () => this.#nodes.values(),
      (message) => this.#send(message),
    )
    const chance = new SeededChance(options.seed ?? 1, 'cluster')
    for (const id of [...voters, ...learners, ...spares]) {
      const entries = entriesOfTerms(logs[id] ?? [])
      const node = new TestNode({
        id,
        tuning: { ...RAFT_TUNING, ...options.tuning },
        chance: chance.fork(`node-${id}`),
        initialConfiguration: this.initialConfiguration,
        durable: durableState(entries, terms[id]),
        observer: this.invariants,
      })
      this.#nodes.set(id, node)
      node.start()
    }
  }

  get nodes(): readonly TestNode[] {
    return [...this.#nodes.values()]
  }

  get ids(): readonly NodeId[] {
    return [...this.#nodes.keys()]
  }

  node(id: NodeId): TestNode {
    const node = this.#nodes.get(id)
    assert(node !== undefined, 'the cluster has this node')
    return node
  }

  role(id: NodeId): Role {
    return this.node(id).raft.role
  }

  /** The leader of the highest term, null when nobody leads. */
  get leader(): TestNode | null {
    let found: TestNode | null = null
    for (const node of this.#nodes.values()) {
      if (!node.isUp || node.raft.role !== 'leader') continue
      if (found === null || node.raft.term > found.raft.term) found = node
    }
    return found
  }

  /** Does something to a node, ends its turn, checks the invariants. */
  on<T>(id: NodeId, action: (node: TestNode) => T): T {
    const node = this.node(id)
    const result = action(node)
    this.#after(node)
    return result
  }

  #after(node: TestNode): void {
    if (!this.#manualTurns && node.isUp) while (this.endTurn(node.id));
    this.invariants.check(node)
  }

  tick(id: NodeId, count = 1): void {
    for (let i = 0; i < count; i++) this.on(id, (node) => node.raft.tick())
  }

  campaign(id: NodeId): void {
    this.on(id, (node) => node.raft.campaign())
  }

  propose(id: NodeId, text: string): Proposal {
    return this.on(id, (node) => node.raft.propose(bytesOf(text)))
  }

  read(id: NodeId): number {
    return this.on(id, (node) => {
      const read = node.raft.requestRead()
      this.invariants.readAsked(node, read)
      return read
    })
  }

  members(id: NodeId, target: MembershipTarget, options: { force?: boolean } = {}): Entry {
    return this.on(id, (node) => node.raft.proposeMembership(target, options))
  }

  transfer(id: NodeId, to: NodeId): Proposal {
    return this.on(id, (node) => node.raft.transfer(to))
  }

  endTurn(id: NodeId): boolean {
    const node = this.node(id)
    const worked = node.turn()
    this.invariants.check(node)
    for (const message of this.#lost.splice(0)) this.snapshotOutcome(message, false)
    return worked
  }

  #send(message: Message): void {
    const isLost = this.network.isCut(message.from, message.to)
    if (isLost && message.kind === 'snapshot') this.#lost.push(message)
    this.network.send(message)
  }

  persistOne(id: NodeId): void {
    this.on(id, (node) => node.persistOne())
  }

  persistAll(id: NodeId): void {
    while (this.node(id).disk.pending.length > 0) this.persistOne(id)
  }

  applyAll(id: NodeId): void {
    while (this.node(id).canApply) this.on(id, (node) => node.applyOne())
  }

  /** A message arrives, whether or not the network still has it. */
  arrive(message: Message): void {
    if (message.kind === 'snapshot') {
      this.#arriveSnapshot(message)
      return
    }
    if (!this.node(message.to).isUp) return
    this.on(message.to, (node) => node.raft.step(message))
  }

  #arriveSnapshot(message: Message & { kind: 'snapshot' }): void {
    const sender = this.node(message.from)
    const file = sender.files.get(message.mark.index)
    assert(file !== undefined, 'a sender keeps the snapshot that it sends')
    const arrived = this.node(message.to).isUp
    if (arrived) {
      this.on(message.to, (node) => {
        node.receiveSnapshot(file.mark, file.state)
        node.raft.step(message)
      })
    }
    this.snapshotOutcome(message, arrived)
  }

  /** The sender learns what became of a snapshot; a sender that restarted does not. */
  snapshotOutcome(message: Message, arrived: boolean): void {
    if (!this.node(message.from).isUp) return
    this.on(message.from, (node) => node.raft.snapshotSent(message.to, { arrived }))
  }

  /** Delivers the first message that matches. Returns whether there was one. */
  deliverOne(filter: LetterFilter = () => true): boolean {
    const message = this.network.take((candidate) => {
      return !this.network.isHeld(candidate) && filter(candidate)
    })
    if (message === null) return false
    this.arrive(message)
    return true
  }

  /** Loses what matches; the senders of snapshots learn of it. */
  drop(filter: LetterFilter): number {
    const lost = this.network.letters.filter(({ message }) => filter(message))
    this.network.drop(filter)
    for (const { message } of lost) {
      if (message.kind === 'snapshot') this.snapshotOutcome(message, false)
    }
    return lost.length
  }

  /** Disks finish, messages arrive, entries are applied, until nothing is left to do. */
  settle(filter: LetterFilter = () => true): void {
    for (let i = 0; i < 100_000; i++) {
      if (!this.#settleStep(filter)) return
    }
    assert(false, 'a cluster without new input comes to rest')
  }

  #settleStep(filter: LetterFilter): boolean {
    let worked = false
    for (const node of this.#nodes.values()) {
      if (!node.isUp) continue
      while (this.endTurn(node.id)) worked = true
      if (!this.slowDisks.has(node.id) && node.disk.pending.length > 0) {
        this.persistAll(node.id)
        worked = true
      }
      while (!this.slowLoads.has(node.id) && node.loads.length > 0) {
        this.on(node.id, () => node.load())
      }
      if (!this.slowMachines.has(node.id)) this.applyAll(node.id)
      this.invariants.check(node)
    }
    return this.deliverOne(filter) || worked
  }

  /** Makes a node leader, by a hand-over where there is a leader that it hears. */
  elect(id: NodeId): void {
    for (let i = 0; i < 6 && this.role(id) !== 'leader'; i++) {
      const { leader } = this
      if (leader !== null && !this.network.isCut(leader.id, id)) this.transfer(leader.id, id)
      else this.#campaignAmongOthers(id)
      this.settle()
    }
    assert(this.role(id) === 'leader', 'the node was elected')
  }

  /** The others have not heard of a leader for a while, and do not campaign themselves. */
  #campaignAmongOthers(id: NodeId): void {
    for (const node of this.#nodes.values()) {
      if (node.isUp && node.id !== id && node.raft.role !== 'leader') this.tick(node.id, 10)
    }
    this.drop(({ kind, from }) => kind === 'preVoteRequest' && from !== id)
    this.campaign(id)
  }

  /** Ticks every node in turn, settling after each round. */
  run(ticks: number): void {
    for (let i = 0; i < ticks; i++) {
      for (const node of this.#nodes.values()) if (node.isUp) this.tick(node.id)
      this.settle()
    }
  }

  isolate(id: NodeId): void {
    for (const other of this.#nodes.keys()) if (other !== id) this.cut(id, other)
  }

  /** Both ways. */
  cut(left: NodeId, right: NodeId): void {
    this.cutOneWay(left, right)
    this.cutOneWay(right, left)
  }

  cutOneWay(from: NodeId, to: NodeId): void {
    this.drop((message) => message.from === from && message.to === to)
    this.network.cut(from, to)
  }

  /** No link is cut any more, no message held. */
  heal(): void {
    this.network.heal()
    this.network.release()
  }

  crash(id: NodeId, { kept = 0 } = {}): void {
    this.node(id).crash({ kept })
  }

  restart(id: NodeId): void {
    if (this.node(id).isUp) this.crash(id)
    this.node(id).start()
    this.#after(this.node(id))
  }

  /** The newest `writes` durable writes of a stopped node are gone; recovery noticed it. */
  lose(id: NodeId, writes: number): void {
    const node = this.node(id)
    assert(!node.isUp, 'damage is found at the start')
    node.disk.lose(Math.min(writes, node.disk.losable))
  }

  snapshot(id: NodeId): boolean {
    return this.on(id, (node) => node.takeSnapshot())
  }

  compact(id: NodeId, index: LogIndex): boolean {
    return this.on(id, (node) => node.compact(index))
  }
}

/** A log of empty entries of these terms, from index 1 on. */
export function entriesOfTerms(terms: readonly Term[]): Entry[] {
  return terms.map((term, position) => {
    return { term, index: position + 1, kind: 'empty', data: new Uint8Array(0) }
  })
}

export function configurationEntry(
  { term, index }: { readonly term: Term; readonly index: LogIndex },
  configuration: Configuration,
): Entry {
  return { term, index, kind: 'configuration', data: encodeConfiguration(configuration) }
}

export function durableState(entries: readonly Entry[], term?: Term): DurableState {
  const lastTerm = entries[entries.length - 1]?.term ?? 0
  const hardState = { term: term ?? lastTerm, vote: 0, commit: 0, recovering: false }
  return { hardState, base: null, entries }
}
