/**
 * One random life of a cluster. The seed draws the cluster, its limits and how often each thing
 * happens (a swarm: many runs lack some faults entirely, so that others go deep), then a number of
 * steps; at the end everything heals and the cluster must come to rest with one leader and equal
 * logs. The invariants are checked after every step.
 */

import { assert, type Chance, KvError, SeededChance } from '../../base/index.ts'
import type { Configuration, Entry, LogIndex, NodeId, RaftTuning } from '../index.ts'
import { decodeConfiguration, isMember, isVoter, NOBODY } from '../index.ts'
import { Cluster } from './cluster.ts'
import type { Counts } from './counts.ts'
import type { LetterFilter } from './network.ts'
import type { TestNode } from './test-node.ts'

export interface RandomRunOptions {
  readonly seed: number
  readonly steps: number
  readonly counts: Counts
  /** Told of every step, for whoever looks into a failing seed. */
  readonly trace?: (text: string) => void
}

const ACTIONS = [
  'tick',
  'deliver',
  'deliverAny',
  'drop',
  'duplicate',
  'turn',
  'persist',
  'apply',
  'propose',
  'read',
  'transfer',
  'members',
  'snapshot',
  'compact',
  'crash',
  'restart',
  'lose',
  'cut',
  'heal',
  'campaign',
  'peerDropped',
  'word',
  'cold',
  'settle',
  'quiet',
  'strand',
  'wound',
] as const

type Action = (typeof ACTIONS)[number]

/** How often each action happens when the swarm does not change it. */
const WEIGHTS: Readonly<Record<Action, number>> = {
  tick: 40,
  deliver: 90,
  deliverAny: 30,
  drop: 4,
  duplicate: 4,
  turn: 70,
  persist: 60,
  apply: 20,
  propose: 20,
  read: 6,
  transfer: 2,
  members: 3,
  snapshot: 3,
  compact: 3,
  crash: 3,
  restart: 12,
  lose: 2,
  cut: 2,
  heal: 8,
  campaign: 3,
  peerDropped: 1,
  word: 3,
  cold: 1,
  settle: 10,
  quiet: 4,
  strand: 3,
  wound: 3,
}

/** Factors for runs about repair: losses at the worst time, little else in between. */
const REPAIR: Partial<Readonly<Record<Action, number>>> = {
  wound: 6,
  members: 0,
  transfer: 0,
  lose: 0,
  strand: 0,
}

const TUNED: readonly Action[] = ACTIONS.filter((action) => {
  return !['tick', 'deliver', 'turn', 'persist', 'restart'].includes(action)
})

export class RandomRun {
  readonly #chance: Chance
  readonly #cluster: Cluster
  readonly #weights: number[] = []
  readonly #total: number
  readonly #options: RandomRunOptions
  readonly #tuning: RaftTuning
  /** More losses at once than can be repaired: nothing wrong may happen, but nothing more need. */
  readonly #hostile: boolean
  #proposed = 0

  constructor(options: RandomRunOptions) {
    this.#options = options
    const chance = new SeededChance(options.seed, 'random-run')
    this.#chance = chance
    this.#tuning = drawTuning(chance)
    this.#hostile = chance.happens(0.1)
    const voters = range(1, 1 + pick(chance, [1, 2, 3, 3, 3, 4, 5]))
    const learners = range(voters.length + 1, voters.length + 1 + chance.below(2))
    const first = voters.length + learners.length + 1
    const spares = range(first, first + chance.below(3))
    this.#cluster = new Cluster({
      voters,
      learners,
      spares,
      seed: options.seed,
      tuning: this.#tuning,
      manualTurns: chance.happens(0.5),
    })
    // Some runs are about repair alone.
    const repair = chance.happens(0.2)
    for (const action of ACTIONS) {
      const drawn = TUNED.includes(action) ? pick(chance, [0, 1, 1, 1, 3]) : 1
      const factor = repair ? (REPAIR[action] ?? drawn) : drawn
      this.#weights.push(WEIGHTS[action] * factor)
    }
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0)
  }

  run(): void {
    if (this.#chance.happens(0.7)) {
      this.#cluster.campaign(1)
      this.#cluster.settle()
    }
    for (let step = 0; step < this.#options.steps; step++) {
      const action = this.#drawAction()
      const id = pick(this.#chance, this.#cluster.ids)
      this.#options.trace?.(`${step} ${action} ${id}`)
      this.#act(action, this.#cluster.node(id))
      this.#options.counts.look(this.#cluster)
    }
    this.#live()
  }

  #drawAction(): Action {
    let draw = this.#chance.below(this.#total)
    for (const [position, weight] of this.#weights.entries()) {
      draw -= weight
      if (draw < 0) return ACTIONS[position] as Action
    }
    return 'tick'
  }

  #act(action: Action, node: TestNode): void {
    if (action === 'restart') {
      if (!node.isUp) this.#cluster.restart(node.id)
      return
    }
    if (action === 'deliver' || action === 'deliverAny') this.#deliver(action)
    else if (action === 'drop' || action === 'duplicate') this.#disturb(action)
    else if (action === 'cut' || action === 'heal') this.#partition(action, node)
    else if (action === 'settle') this.#settle()
    else if (action === 'quiet') this.#quiet()
    else if (action === 'strand') this.#strand()
    else if (action === 'wound') this.#wound()
    else if (node.isUp) this.#actOn(action, node)
  }

  #actOn(action: Action, node: TestNode): void {
    const cluster = this.#cluster
    const { id } = node
    if (action === 'tick') cluster.tick(id)
    else if (action === 'turn') cluster.endTurn(id)
    else if (action === 'persist' && node.disk.pending.length > 0) cluster.persistOne(id)
    else if (action === 'apply' && node.canApply) cluster.on(id, () => node.applyOne())
    else if (action === 'propose') this.#propose()
    else if (action === 'read') cluster.read(id)
    else if (action === 'transfer') this.#transfer(id)
    else if (action === 'members') this.#members()
    else if (action === 'snapshot') cluster.snapshot(id)
    else if (action === 'compact') cluster.compact(id, node.state.index - this.#chance.below(4))
    else if (action === 'crash') cluster.crash(id, { kept: this.#chance.below(3) })
    else if (action === 'lose') this.#lose(node)
    else if (action === 'campaign') cluster.campaign(id)
    else if (action === 'peerDropped') {
      const peer = pick(this.#chance, cluster.ids)
      cluster.on(id, () => node.raft.peerDropped(peer))
    } else if (action === 'word')
      cluster.on(id, () => node.raft.holdWord(this.#chance.happens(0.8)))
    else if (action === 'cold') node.coldBelow = this.#chance.below(node.raft.lastIndex + 2)
    else if (node.loads.length > 0) cluster.on(id, () => node.load())
  }

  #deliver(action: 'deliver' | 'deliverAny'): void {
    const { network } = this.#cluster
    const count = network.letters.length
    if (count === 0) return
    const message = network.takeAt(action === 'deliver' ? 0 : this.#chance.below(count))
    if (message !== null) this.#cluster.arrive(message)
  }

  #disturb(action: 'drop' | 'duplicate'): void {
    const { network } = this.#cluster
    if (network.letters.length === 0) return
    const position = this.#chance.below(network.letters.length)
    if (action === 'duplicate') {
      const message = network.letters[position]?.message
      if (message !== undefined && message.kind !== 'snapshot') this.#cluster.arrive(message)
      return
    }
    const message = network.takeAt(position)
    if (message?.kind === 'snapshot') this.#cluster.snapshotOutcome(message, false)
  }

  #partition(action: 'cut' | 'heal', { id }: TestNode): void {
    if (action === 'heal') this.#cluster.heal()
    else if (this.#chance.happens(0.3)) this.#cluster.isolate(id)
    else {
      const other = pick(this.#chance, this.#cluster.ids)
      if (other !== id) this.#cluster.cutOneWay(id, other)
    }
  }

  #settle(): void {
    for (const node of this.#cluster.nodes) {
      if (this.#chance.happens(0.3)) this.#cluster.slowDisks.add(node.id)
    }
    this.#cluster.settle()
    this.#cluster.slowDisks.clear()
  }

  /** Leaders pause for as long as it takes the others to give up on them; one campaigns. */
  #quiet(): void {
    const { nodes } = this.#cluster
    for (const node of nodes) {
      if (!node.isUp || node.raft.role === 'leader') continue
      this.#cluster.tick(node.id, this.#tuning.electionTicks)
    }
    const node = pick(this.#chance, nodes)
    if (node.isUp) this.#cluster.campaign(node.id)
  }

  /** The leader goes on alone: it takes what it can no longer commit. */
  #strand(): void {
    const { leader } = this.#cluster
    if (leader === null) return
    if (this.#chance.happens(0.5)) this.#members()
    for (let i = this.#chance.below(3); i > 0; i--) this.#propose()
    // Some of it may still reach one other.
    while (this.#cluster.endTurn(leader.id));
    const other = pick(this.#chance, this.#cluster.ids)
    if (this.#chance.happens(0.5)) this.#cluster.deliverOne((message) => message.to === other)
    this.#cluster.isolate(leader.id)
    this.#quiet()
  }

  /**
   * The hardest case for repair: an entry is committed by the acknowledgement of a node that then
   * loses it, while others never had it. What follows is drawn.
   */
  #wound(): void {
    const cluster = this.#cluster
    const { leader } = cluster
    if (leader === null) return
    const witness = pick(this.#chance, cluster.nodes)
    if (witness === leader || !witness.isUp || !(this.#hostile || this.#mayLose(witness))) return
    cluster.heal()
    this.#partly(() => true, this.#chance.below(20))
    const pair = [leader.id, witness.id]
    for (let i = 1 + this.#chance.below(2); i > 0; i--) this.#propose()
    this.#partly(({ from, to }) => pair.includes(from) && pair.includes(to), 12)
    cluster.drop(({ to }) => !pair.includes(to))
    cluster.crash(witness.id, { kept: this.#chance.below(2) })
    cluster.lose(witness.id, 1 + this.#chance.below(4))
    cluster.restart(witness.id)
    for (let i = this.#chance.below(6); i > 0; i--) this.#afterWound(leader)
  }

  #afterWound(leader: TestNode): void {
    const cluster = this.#cluster
    const draw = this.#chance.below(6)
    if (draw === 0) cluster.restart(leader.id)
    else if (draw === 1) cluster.isolate(leader.id)
    else if (draw === 2) cluster.heal()
    else if (draw === 3) this.#quiet()
    else this.#partly(() => true, this.#chance.below(16))
  }

  /** Some messages arrive, and the disks of their receivers keep up. */
  #partly(filter: LetterFilter, count: number): void {
    for (let i = 0; i < count; i++) {
      for (const { id, isUp } of this.#cluster.nodes) {
        if (!isUp) continue
        while (this.#cluster.endTurn(id));
        this.#cluster.persistAll(id)
      }
      if (!this.#cluster.deliverOne(filter)) return
    }
  }

  #propose(): void {
    for (const node of this.#cluster.nodes) {
      if (!node.isUp || node.raft.role !== 'leader') continue
      this.#proposed += 1
      this.#cluster.propose(node.id, `k${this.#proposed % 3}=${this.#proposed}`)
    }
  }

  #transfer(id: NodeId): void {
    const { leader } = this.#cluster
    if (leader !== null) this.#cluster.transfer(leader.id, id)
  }

  #members(): void {
    const { leader } = this.#cluster
    if (leader === null) return
    const voters: NodeId[] = []
    const learners: NodeId[] = []
    for (const id of this.#cluster.ids) {
      const draw = this.#chance.below(10)
      const isNow = isVoter(leader.raft.configuration, id)
      if (isNow ? draw < 7 : draw < 3) voters.push(id)
      else if (draw < 8) learners.push(id)
    }
    const repairing = this.#cluster.nodes.some((node) => isRecovering(node))
    if (!this.#hostile && !this.#repairable({ voters, outgoing: [], learners })) return
    const force = !repairing && this.#chance.happens(0.3)
    try {
      this.#cluster.members(leader.id, { voters, learners }, { force })
    } catch (error) {
      if (!(error instanceof KvError)) throw error
      this.#options.counts.add(error.code)
    }
  }

  /** Damage, found at a restart. In the recoverable mode never more than can be repaired. */
  #lose(node: TestNode): void {
    if (!this.#hostile && !this.#mayLose(node)) return
    this.#cluster.crash(node.id, { kept: this.#chance.below(3) })
    this.#cluster.lose(node.id, 1 + this.#chance.below(6))
    this.#cluster.restart(node.id)
  }

  #mayLose(node: TestNode): boolean {
    return this.#configurations().every((known) => this.#repairable(known, node.id))
  }

  /** Whether those under repair, and `more`, are a minority of every half. */
  #repairable({ voters, outgoing }: Configuration, more: NodeId = NOBODY): boolean {
    const gone = new Set([more])
    for (const node of this.#cluster.nodes) if (isRecovering(node)) gone.add(node.id)
    return [voters, outgoing].every((half) => {
      const lost = half.filter((id) => gone.has(id)).length
      return half.length === 0 || lost <= Math.floor((half.length - 1) / 2)
    })
  }

  /** All that are in a log, on a disk or under way. */
  #configurations(): Configuration[] {
    const entries: Entry[] = []
    const latest: Configuration[] = []
    for (const node of this.#cluster.nodes) {
      if (node.isUp) latest.push(node.raft.configuration)
      entries.push(...node.memory.entries, ...node.disk.state.entries)
      for (const write of node.disk.pending) entries.push(...write.entries)
    }
    for (const { message } of this.#cluster.network.letters) {
      if (message.kind === 'append') entries.push(...message.entries)
    }
    const known = entries.filter((entry) => entry.kind === 'configuration')
    const bases = this.#cluster.nodes.map((node) => node.memory.base?.configuration)
    return [
      this.#cluster.initialConfiguration,
      ...latest,
      ...bases.filter((base) => base !== undefined),
      ...known.map((entry) => decodeConfiguration(entry.data)),
    ]
  }

  /** Faults end: a leader within ten election timeouts, and everybody converges. */
  #live(): void {
    const cluster = this.#cluster
    this.#options.trace?.('heal')
    cluster.heal()
    for (const node of cluster.nodes) {
      if (!node.isUp) cluster.restart(node.id)
      node.coldBelow = 0
    }
    cluster.settle()
    if (this.#hostile) {
      cluster.run(10 * this.#tuning.electionTicks)
      return
    }
    const excused = this.#mayBeStuck()
    const kept =
      this.#until('a leader within ten election timeouts', () => cluster.leader !== null) &&
      this.#until('everybody converges without new input', () => this.#hasConverged()) &&
      this.#until('every read is answered', () => this.#readsAnswered()) &&
      this.#until('a transfer ends', () => cluster.leader?.raft.transferee === NOBODY)
    if (!kept && excused) {
      this.#options.counts.add('excused from progress')
      return
    }
    assert(kept, 'I15: when all is well the cluster makes progress')
    const { leader } = cluster
    assert(leader !== null, 'a leader that nobody disturbs stays')
    const proposal = cluster.propose(leader.id, 'last=1')
    assert(proposal.kind === 'accepted', 'a leader takes proposals when all is well')
    cluster.run(2 * this.#tuning.heartbeatTicks)
    assert(cluster.leader === leader, 'a leader that nobody disturbs stays')
    assert(this.#hasConverged() && leader.raft.commit >= proposal.index, 'a new entry is committed')
    this.#options.counts.add('run')
  }

  /**
   * A voter that is gone while a change of members is under way can block even plain Raft: the only
   * log that could win may lie with one who has no vote yet (docs/decision/0021-raft-choices.md).
   */
  #mayBeStuck(): boolean {
    const { nodes } = this.#cluster
    const changing = nodes.some(({ raft }) => raft.configurationIndex > raft.commit)
    return changing && nodes.some((node) => isRecovering(node))
  }

  #until(promise: string, isTrue: () => boolean): boolean {
    for (let tick = 0; tick < 20 * this.#tuning.electionTicks; tick++) {
      if (isTrue()) return true
      this.#cluster.run(1)
    }
    this.#options.trace?.(`not kept: ${promise}`)
    return false
  }

  #hasConverged(): boolean {
    const { leader } = this.#cluster
    if (leader === null) return false
    const { commit, lastIndex, configuration } = leader.raft
    if (commit !== lastIndex || configuration.outgoing.length > 0) return false
    return this.#cluster.nodes.every((node) => {
      if (!isMember(configuration, node.id)) return true
      const whole = !node.raft.recovering && node.state.index === commit
      return whole && node.raft.lastIndex === lastIndex && node.raft.leader === leader.id
    })
  }

  #readsAnswered(): boolean {
    return this.#cluster.nodes.every((node) => this.#cluster.invariants.openReads(node) === 0)
  }
}

function isRecovering(node: TestNode): boolean {
  return node.disk.state.hardState.recovering || (node.isUp && node.raft.recovering)
}

function drawTuning(chance: Chance): RaftTuning {
  const electionTicks = 4 + chance.below(7)
  return {
    electionTicks,
    retryTicks: 2 + chance.below(electionTicks),
    heartbeatTicks: 1 + chance.below(2),
    droppedTicks: 1 + chance.below(3),
    appendBytesMax: pick(chance, [1, 80, 1_000_000]),
    inFlightBytesMax: pick(chance, [1, 200, 1_000_000]),
    inFlightCountMax: pick(chance, [1, 2, 256]),
    unfinishedBytesMax: pick(chance, [1, 50, 1_000_000]),
    readRoundsMax: pick(chance, [1, 2, 32]),
    readsWaitingMax: pick(chance, [2, 1_000]),
    catchUpEntriesMax: pick(chance, [0, 2, 1_000]),
  }
}

function pick<T>(chance: Chance, choices: readonly T[]): T {
  return choices[chance.below(choices.length)] as T
}

function range(from: NodeId, end: LogIndex): NodeId[] {
  return Array.from({ length: end - from }, (_, position) => from + position)
}
