/**
 * Takes the writes that other nodes forward to this one as the leader, proposes them, and sends
 * back what became of each, all of a turn together.
 *
 * A batch takes effect at most once: this life remembers which ones came, and a leadership takes
 * only what was sent to itself, so that none that was sent to an earlier life is taken again. What
 * it does not take is refused for certain, whatever an earlier life did with it: whoever hears
 * from a later life has given up what it sent to the earlier one (`Node.receive`).
 */

import type { ErrorCode } from '../base/index.ts'
import type { Outcome, Waiter } from '../group/index.ts'
import type { Forward, ForwardOutcome, ForwardReply, PeerMessage } from '../peer/index.ts'
import type { GroupId, NodeId, Raft } from '../raft/index.ts'
import type { NodeLimits } from './limits.ts'
import { SeenBatches } from './seen-batches.ts'

/** What an outcome takes besides its body, rounded up. */
const OUTCOME_BYTES = 64

export interface ForwardReceiverParts {
  readonly node: NodeId
  readonly limits: NodeLimits
  readonly send: (message: PeerMessage) => void
  /** Why this node takes no command of this kind for now; null: it does. */
  readonly refusal: (group: GroupId, kind: number) => ErrorCode | null
  /** Asks for a turn, in which answers leave. */
  readonly wake: () => void
}

/** What it needs of a group. */
export interface ReceivingGroup {
  readonly raft: Pick<Raft, 'role' | 'term'>
  propose(command: Uint8Array, waiter: Waiter): void
}

/** A batch with answers that have not left. */
interface Answers {
  readonly to: NodeId
  readonly group: GroupId
  readonly batch: number
  outcomes: ForwardOutcome[]
  bytes: number
  isListed: boolean
}

export class ForwardReceiver {
  readonly #parts: ForwardReceiverParts
  readonly #seen = new Map<NodeId, SeenBatches>()
  #toSend: Answers[] = []

  constructor(parts: ForwardReceiverParts) {
    this.#parts = parts
  }

  /** The sender has begun a new life; what it sent before does not get here any more. */
  reborn(sender: NodeId): void {
    this.#seen.delete(sender)
  }

  receive({ from, group: id, term, batch, commands }: Forward, group: ReceivingGroup): void {
    if (!this.#isNew(from, batch)) return
    const answers: Answers = {
      to: from,
      group: id,
      batch,
      outcomes: [],
      bytes: 0,
      isListed: false,
    }
    const { raft } = group
    if (raft.role === 'leader' && raft.term === term) {
      commands.forEach((command, position) => {
        const code = this.#parts.refusal(id, command[0] ?? 0)
        if (code !== null) this.add(answers, { kind: 'refused', position, code })
        else group.propose(command, new ForwardedWrite(this, answers, position))
      })
      return
    }
    for (let position = 0; position < commands.length; position++) {
      this.add(answers, { kind: 'refused', position, code: 'NOT_LEADER' })
    }
  }

  /** Joins what leaves at the end of the turn. */
  add(answers: Answers, outcome: ForwardOutcome): void {
    const bytes = OUTCOME_BYTES + (outcome.kind === 'done' ? outcome.body.length : 0)
    if (answers.bytes + bytes > this.#parts.limits.forwardReplyBytes) this.#sendNow(answers)
    answers.outcomes.push(outcome)
    answers.bytes += bytes
    if (answers.isListed) return
    answers.isListed = true
    this.#toSend.push(answers)
    this.#parts.wake()
  }

  get answerBytesMax(): number {
    return this.#parts.limits.forwardAnswerBytesMax
  }

  /** The end of a turn. */
  flush(): void {
    if (this.#toSend.length === 0) return
    const toSend = this.#toSend
    this.#toSend = []
    for (const answers of toSend) {
      answers.isListed = false
      this.#sendNow(answers)
    }
  }

  #sendNow(answers: Answers): void {
    const { to, group, batch, outcomes } = answers
    if (outcomes.length === 0) return
    answers.outcomes = []
    answers.bytes = 0
    const from = this.#parts.node
    const reply: ForwardReply = { kind: 'forwardReply', group, from, to, batch, outcomes }
    this.#parts.send(reply)
  }

  #isNew(sender: NodeId, batch: number): boolean {
    let seen = this.#seen.get(sender)
    if (seen === undefined) {
      seen = new SeenBatches(this.#parts.limits.forwardsRememberedMax)
      this.#seen.set(sender, seen)
    }
    return seen.isNew(batch)
  }
}

/** One command of a batch, at the leader. */
class ForwardedWrite implements Waiter {
  readonly isElsewhere = true
  readonly #receiver: ForwardReceiver
  readonly #answers: Answers
  readonly #position: number

  constructor(receiver: ForwardReceiver, answers: Answers, position: number) {
    this.#receiver = receiver
    this.#answers = answers
    this.#position = position
  }

  settle(outcome: Outcome): void {
    this.#receiver.add(this.#answers, outcomeAt(this.#position, outcome, this.#receiver))
  }
}

function outcomeAt(
  position: number,
  outcome: Outcome,
  { answerBytesMax }: Pick<ForwardReceiver, 'answerBytesMax'>,
): ForwardOutcome {
  if (outcome.kind !== 'applied') return { kind: outcome.kind, position, code: outcome.code }
  const { index, result } = outcome
  const { revision } = result
  if (result.kind === 'failed') {
    return { kind: 'failed', position, revision, index, code: result.code }
  }
  // It is carried out, but no message can hold what it says.
  const code: ErrorCode = 'TOO_LARGE'
  if (result.body.length > answerBytesMax) return { kind: 'unknown', position, code }
  return { kind: 'done', position, revision, index, body: result.body }
}
