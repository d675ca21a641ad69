/**
 * Hands writes to the leader of a group, when that is another node: what gathered in a turn leaves
 * as one batch, once. What was sent is never sent again; only what the leader has certainly not
 * taken goes elsewhere.
 */

import { assert } from '../base/index.ts'
import type { ForwardOutcome, ForwardReply, PeerMessage } from '../peer/index.ts'
import type { GroupId, NodeId, Term } from '../raft/index.ts'
import type { NodeLimits } from './limits.ts'
import type { Write } from './write.ts'

/** The leadership that is asked. */
export interface Leadership {
  readonly leader: NodeId
  readonly term: Term
}

interface Batch extends Leadership {
  readonly number: number
  /** By position; null: told. */
  readonly writes: (Write | null)[]
  open: number
  /** Ticks since it was sent, and since another leadership was heard of. */
  age: number
  doubt: number
}

export interface ForwarderParts {
  readonly node: NodeId
  readonly group: GroupId
  readonly limits: NodeLimits
  readonly send: (message: PeerMessage) => void
  /** Unique among all batches of this node, in all of its lives. */
  readonly nextBatch: () => number
  /** Longer than any write waits. */
  readonly ageTicksMax: number
  /** How long a leader that was replaced may take to say what became of its batches. */
  readonly doubtTicksMax: number
}

export class Forwarder {
  readonly #parts: ForwarderParts
  /** In the order of their numbers. */
  readonly #batches = new Map<number, Batch>()

  constructor(parts: ForwarderParts) {
    this.#parts = parts
  }

  get batchCount(): number {
    return this.#batches.size
  }

  /** Sends them all now. */
  send(writes: readonly Write[], leadership: Leadership): void {
    const { forwardCommandsMax, forwardBytesMax } = this.#parts.limits
    let batch: Write[] = []
    let bytes = 0
    for (const write of writes) {
      const { length } = write.command
      const isFull = batch.length >= forwardCommandsMax || bytes + length > forwardBytesMax
      if (isFull && batch.length > 0) {
        this.#sendBatch(batch, leadership)
        batch = []
        bytes = 0
      }
      write.handOver()
      batch.push(write)
      bytes += length
    }
    if (batch.length > 0) this.#sendBatch(batch, leadership)
  }

  #sendBatch(writes: Write[], { leader, term }: Leadership): void {
    const { node, group, send, nextBatch } = this.#parts
    const number = nextBatch()
    const open = writes.length
    this.#batches.set(number, { number, leader, term, writes, open, age: 0, doubt: 0 })
    const commands = writes.map(({ command }) => command)
    send({ kind: 'forward', group, from: node, to: leader, term, batch: number, commands })
  }

  /** Twice the same changes nothing; what answers no batch of this life is nobody's. */
  receive({ from, batch: number, outcomes }: ForwardReply): void {
    const batch = this.#batches.get(number)
    if (batch === undefined || batch.leader !== from) return
    for (const outcome of outcomes) {
      const write = batch.writes[outcome.position]
      if (write === undefined || write === null) continue
      batch.writes[outcome.position] = null
      batch.open -= 1
      deliver(write, outcome)
    }
    assert(batch.open >= 0, 'a position is answered once')
    if (batch.open === 0) this.#batches.delete(number)
  }

  /** What was on its way to it, or back, may be lost. */
  peerDropped(peer: NodeId): void {
    for (const batch of this.#batches.values()) {
      if (batch.leader === peer) this.#leaveOpen(batch)
    }
  }

  /**
   * A leader that was replaced says itself what became of its batches; one that was cut off cannot,
   * and is not waited for as long as a request may take.
   */
  tick(current: Leadership): void {
    const { ageTicksMax, doubtTicksMax } = this.#parts
    for (const batch of this.#batches.values()) {
      batch.age += 1
      const isCurrent = batch.leader === current.leader && batch.term === current.term
      if (isCurrent) batch.doubt = 0
      else if (current.leader !== 0) batch.doubt += 1
      if (batch.doubt > doubtTicksMax || batch.age > ageTicksMax) this.#leaveOpen(batch)
    }
  }

  stop(): void {
    const batches = [...this.#batches.values()]
    this.#batches.clear()
    for (const { writes } of batches) for (const write of writes) write?.stop()
  }

  #leaveOpen(batch: Batch): void {
    this.#batches.delete(batch.number)
    for (const write of batch.writes) write?.leaveOpen('LEADERSHIP_LOST')
  }
}

/** A leader that stops is a leader lost: this node goes on, and so does the group. */
function deliver(write: Write, outcome: ForwardOutcome): void {
  if (outcome.kind === 'done') {
    const { kind, revision, index, body } = outcome
    write.answer({ kind, revision, body }, index)
  } else if (outcome.kind === 'failed') {
    const { kind, revision, index, code } = outcome
    write.answer({ kind, revision, code }, index)
  } else if (outcome.kind === 'unknown') {
    write.leaveOpen(outcome.code === 'STOPPED' ? 'LEADERSHIP_LOST' : outcome.code)
  } else {
    write.refuse(outcome.code === 'STOPPED' ? 'NOT_LEADER' : outcome.code)
  }
}
