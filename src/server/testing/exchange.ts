/**
 * Desks of several nodes for one group, over groups that the test decides for and a network whose
 * every message lies open.
 */

import { assert } from '../../base/index.ts'
import type { Outcome, Waiter } from '../../group/index.ts'
import type { Envelope, PeerMessage } from '../../peer/index.ts'
import type { NodeId } from '../../raft/index.ts'
import type { CommandKind } from '../../state/index.ts'
import { Budget } from '../budget.ts'
import { Counters } from '../counters.ts'
import { ForwardReceiver } from '../forward-receiver.ts'
import { Forwarder } from '../forwarder.ts'
import { NODE_LIMITS, type NodeLimits } from '../limits.ts'
import type { WriteOutcome } from '../service.ts'
import { TimedQueue } from '../timed-queue.ts'
import { WriteDesk } from '../write-desk.ts'

export const GROUP = 2
export const REQUEST_TICKS = 20
export const DOUBT_TICKS = 3
/** The kind of command that nobody takes. */
export const FORBIDDEN = 9

interface ScriptedRaft {
  role: 'leader' | 'follower'
  leader: NodeId
  term: number
  transferee: NodeId
}

interface Proposed {
  readonly command: Uint8Array
  readonly waiter: Waiter
}

export class ScriptedGroup {
  readonly raft: ScriptedRaft = { role: 'follower', leader: 0, term: 1, transferee: 0 }
  appliedIndex = 0
  proposed: Proposed[] = []

  propose(command: Uint8Array, waiter: Waiter): void {
    if (this.raft.role !== 'leader') waiter.settle({ kind: 'refused', code: 'NOT_LEADER' })
    else this.proposed.push({ command, waiter })
  }

  /** What becomes of the oldest. */
  settle(outcome: Outcome): void {
    const first = this.proposed.shift()
    assert(first !== undefined, 'something was proposed')
    first.waiter.settle(outcome)
  }

  /** All of them take effect, in one entry. */
  apply(index: number): void {
    const proposed = this.proposed
    this.proposed = []
    this.appliedIndex = index
    for (const { command, waiter } of proposed) {
      const result = { kind: 'done', revision: index, body: command.slice(-1) } as const
      waiter.settle({ kind: 'applied', index, result })
    }
  }
}

/** One life of a node. */
export class Party {
  readonly id: NodeId
  readonly incarnation: number
  readonly group = new ScriptedGroup()
  readonly desk: WriteDesk
  readonly receiver: ForwardReceiver
  readonly forwarder: Forwarder
  readonly budget: Budget
  readonly counters = new Counters()
  readonly queue = new TimedQueue(REQUEST_TICKS)
  readonly outcomes: string[] = []
  reachable = true
  /** The latest life heard of each other party. */
  readonly #heard = new Map<NodeId, number>()
  #sent: PeerMessage[] = []
  #nextBatch: number

  constructor(id: NodeId, options: PartyOptions = {}) {
    const { incarnation = 1, limits = {}, commandBytesMax = 100 } = options
    this.id = id
    this.incarnation = incarnation
    this.#nextBatch = incarnation * 1000
    const own: NodeLimits = { ...NODE_LIMITS, ...limits }
    const send = (message: PeerMessage): void => void this.#sent.push(message)
    this.budget = new Budget({ countMax: own.writesMax, bytesMax: own.writeBytesMax })
    this.receiver = new ForwardReceiver({
      node: id,
      limits: own,
      send,
      refusal: (_, kind) => (kind === FORBIDDEN ? 'NO_SPACE' : null),
      wake: () => {},
    })
    this.forwarder = new Forwarder({
      node: id,
      group: GROUP,
      limits: own,
      send,
      nextBatch: () => this.#nextBatch++,
      ageTicksMax: REQUEST_TICKS + 1,
      doubtTicksMax: DOUBT_TICKS,
    })
    this.desk = new WriteDesk({
      node: id,
      group: this.group,
      forwarder: this.forwarder,
      links: { send: () => {}, canSend: () => this.reachable },
      budget: this.budget,
      queue: this.queue,
      counters: this.counters,
      commandBytesMax,
      wake: () => {},
    })
  }

  /** Says that it is there, and which life it is in. */
  greeting(to: NodeId): Envelope {
    const { id: from, incarnation } = this
    return { clusterId: 1, from, to, incarnation, messages: [] }
  }

  /** Knows this leader from now on. */
  follow(leader: NodeId, term: number): void {
    const role = leader === this.id ? 'leader' : 'follower'
    Object.assign(this.group.raft, { leader, term, role })
  }

  /** A write of one byte, which its answer repeats; its outcome is noted under that number. */
  write(value: number, kind: CommandKind = 1): void {
    const body = Uint8Array.of(value)
    this.desk.write({ kind, body }, { settleWrite: (told) => this.#note(value, told) })
  }

  #note(value: number, outcome: WriteOutcome): void {
    if (outcome.kind !== 'applied') this.outcomes.push(`${value} ${outcome.kind} ${outcome.code}`)
    else if (outcome.result.kind === 'done') {
      this.outcomes.push(`${value} done ${outcome.result.body.join()}`)
    } else this.outcomes.push(`${value} failed ${outcome.result.code}`)
  }

  /** A turn: what leaves in it. */
  turn(): Envelope[] {
    this.desk.turn()
    this.receiver.flush()
    const sent = this.#sent
    this.#sent = []
    return sent.map((message) => ({ ...this.greeting(message.to), messages: [message] }))
  }

  tick(count = 1): void {
    for (let i = 0; i < count; i++) {
      this.desk.tick()
      this.queue.tick()
    }
  }

  /** As a node does with what arrives. */
  take(envelopes: readonly Envelope[]): void {
    for (const { from, incarnation, messages } of envelopes) {
      const known = this.#heard.get(from) ?? 0
      if (incarnation < known) continue
      if (incarnation > known) {
        this.#heard.set(from, incarnation)
        this.receiver.reborn(from)
        this.desk.peerDropped(from)
      }
      for (const message of messages) {
        if (message.kind === 'forward') this.receiver.receive(message, this.group)
        else if (message.kind === 'forwardReply') this.desk.receive(message)
      }
    }
  }
}

export interface PartyOptions {
  readonly incarnation?: number
  readonly limits?: Partial<NodeLimits>
  readonly commandBytesMax?: number
}
