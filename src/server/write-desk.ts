/**
 * Takes the writes for one group and finds the leader for them: proposed where this node leads,
 * forwarded in batches where another does, and held while nobody does.
 */

import { type ErrorCode, freeLent, Slab } from '../base/index.ts'
import type { Waiter } from '../group/index.ts'
import type { ForwardReply } from '../peer/index.ts'
import type { LogIndex, NodeId, Raft } from '../raft/index.ts'
import { packCommand } from '../state/index.ts'
import type { Budget } from './budget.ts'
import type { Counters } from './counters.ts'
import type { Forwarder } from './forwarder.ts'
import type { NodeLinks } from './parts.ts'
import type { WriteRequest, WriteWaiter } from './service.ts'
import type { TimedQueue } from './timed-queue.ts'
import { Write, type WriteOwner } from './write.ts'

/** What it needs of a group. */
export interface WritingGroup {
  readonly raft: Pick<Raft, 'role' | 'leader' | 'term' | 'transferee'>
  readonly appliedIndex: LogIndex
  propose(command: Uint8Array, waiter: Waiter): void
}

export interface WriteDeskParts {
  readonly node: NodeId
  readonly group: WritingGroup
  readonly forwarder: Forwarder
  readonly links: NodeLinks
  /** Of the whole node. */
  readonly budget: Budget
  readonly queue: TimedQueue
  readonly counters: Counters
  readonly commandBytesMax: number
  /** Asks for a turn, in which `route` is called. */
  readonly wake: () => void
}

interface Answered {
  readonly index: LogIndex
  readonly write: Write
}

export class WriteDesk implements WriteOwner {
  readonly #parts: WriteDeskParts
  readonly #slab = new Slab()
  /** To be routed in the coming turn, or as soon as somebody leads. */
  #held: Write[] = []
  /** Came back from a leader: tried again with the next tick, not in a circle. */
  #returned: Write[] = []
  /** Told in their order once this node has applied them. */
  #answered: Answered[] = []
  #stopped = false

  constructor(parts: WriteDeskParts) {
    this.#parts = parts
  }

  write({ kind, body, session = 0, sequence = 0 }: WriteRequest, waiter: WriteWaiter): void {
    const { budget, queue, wake } = this.#parts
    const code = this.#refusal(body)
    if (code !== null) {
      this.#parts.counters.writesFailed += 1
      waiter.settleWrite({ kind: 'refused', code })
      return
    }
    const command = packCommand(kind, body, { session, sequence, slab: this.#slab })
    const write = new Write(command, waiter, this)
    budget.take(write.command.length)
    queue.add(write)
    if (this.#leads && this.#held.length === 0) this.#propose(write)
    else {
      this.#held.push(write)
      wake()
    }
  }

  #refusal(body: Uint8Array): ErrorCode | null {
    if (this.#stopped) return 'STOPPED'
    if (this.#parts.budget.isFull) return 'OVERLOADED'
    return body.length > this.#parts.commandBytesMax ? 'TOO_LARGE' : null
  }

  returned(write: Write): void {
    this.#returned.push(write)
  }

  answered(write: Write, index: LogIndex): void {
    if (index <= this.#parts.group.appliedIndex) write.tell()
    else this.#answered.push({ index, write })
  }

  over(write: Write, isDone: boolean): void {
    const { budget, queue, counters } = this.#parts
    if (!isDone) counters.writesFailed += 1
    budget.giveBack(write.command.length)
    queue.remove(write)
    // An entry holds a copy, or there would be no result; what is done is handed to nobody again.
    if (isDone) freeLent(write.command)
  }

  receive(reply: ForwardReply): void {
    this.#parts.forwarder.receive(reply)
  }

  peerDropped(peer: NodeId): void {
    this.#parts.forwarder.peerDropped(peer)
  }

  /** Once a turn, after the group had its own: somebody may lead by now, or have applied more. */
  turn(): void {
    this.#tell()
    this.#route()
  }

  tick(): void {
    const { forwarder, group } = this.#parts
    forwarder.tick(group.raft)
    if (this.#held.length + this.#returned.length > 0) {
      // Those whose time is over were told so; what is left waits on.
      this.#held = [...this.#held, ...this.#returned].filter((write) => write.isHeld)
      this.#returned = []
    }
    if (this.#answered.length > 0) {
      this.#answered = this.#answered.filter(({ write }) => !write.isOver)
    }
    this.#route()
  }

  /** All but what the group itself has, which tells those who wait when it stops. */
  stop(): void {
    this.#stopped = true
    this.#parts.forwarder.stop()
    const held = [...this.#held, ...this.#returned]
    const answered = this.#answered
    this.#held = []
    this.#returned = []
    this.#answered = []
    for (const write of held) write.stop()
    for (const { write } of answered) write.stop()
  }

  get #leads(): boolean {
    const { role, transferee } = this.#parts.group.raft
    // One that hands leadership over refuses: the next leader is waited for.
    return role === 'leader' && transferee === 0
  }

  #propose(write: Write): void {
    write.handOver()
    this.#parts.group.propose(write.command, write)
  }

  #route(): void {
    if (this.#held.length === 0) return
    const { node, group, forwarder, links } = this.#parts
    const { leader, term } = group.raft
    if (leader === 0 || (leader === node && !this.#leads)) return
    if (leader !== node && links.canSend?.(leader) === false) return
    const held = this.#held.filter((write) => write.isHeld)
    this.#held = []
    if (leader === node) for (const write of held) this.#propose(write)
    else forwarder.send(held, { leader, term })
  }

  #tell(): void {
    const { appliedIndex } = this.#parts.group
    let told = 0
    for (const { index, write } of this.#answered) {
      if (index > appliedIndex) break
      write.tell()
      told += 1
    }
    if (told > 0) this.#answered.splice(0, told)
  }
}
