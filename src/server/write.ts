/**
 * One write on its way. It belongs to nobody while it waits, and is handed to one leader at a time;
 * what becomes of it is told exactly once, and as refused only when it certainly has no effect.
 */

import { assert, type ErrorCode } from '../base/index.ts'
import type { Outcome, Waiter } from '../group/index.ts'
import type { LogIndex } from '../raft/index.ts'
import type { CommandResult } from '../state/index.ts'
import type { WriteWaiter } from './service.ts'
import { Timed } from './timed-queue.ts'

/** Told by a write of what it needs next. */
export interface WriteOwner {
  /** Nobody took it: it may be handed to the next leader. */
  returned(write: Write): void
  /** Done at the leader; to be told once this node has applied the entry, too. */
  answered(write: Write, index: LogIndex): void
  /** It is over; nobody may tell it anything any more. */
  over(write: Write, isDone: boolean): void
}

type Stage =
  /** Here, and nowhere else. */
  | 'held'
  /** A leader has it, and may carry it out. */
  | 'handed'
  /** Carried out, and not yet told. */
  | 'answered'
  | 'over'

/** Certainly without effect, and another leader may do better. */
const WORTH_ANOTHER_TRY: ReadonlySet<ErrorCode> = new Set([
  'NOT_LEADER',
  'NO_LEADER',
  'TRANSFERRING',
  'DROPPED',
])

export class Write extends Timed implements Waiter {
  /** Encoded. */
  readonly command: Uint8Array
  readonly #waiter: WriteWaiter
  readonly #owner: WriteOwner
  #stage: Stage = 'held'
  #result: CommandResult | null = null

  constructor(command: Uint8Array, waiter: WriteWaiter, owner: WriteOwner) {
    super()
    this.command = command
    this.#waiter = waiter
    this.#owner = owner
  }

  get isHeld(): boolean {
    return this.#stage === 'held'
  }

  get isOver(): boolean {
    return this.#stage === 'over'
  }

  handOver(): void {
    assert(this.#stage === 'held', 'a write is handed to one leader at a time')
    this.#stage = 'handed'
  }

  /** What became of it where this node itself leads. */
  settle(outcome: Outcome): void {
    if (outcome.kind === 'applied') this.#finish(outcome.result)
    else if (outcome.kind === 'refused') this.refuse(outcome.code)
    else this.leaveOpen(outcome.code)
  }

  /** What became of it at another node, which has told where it stands in the log. */
  answer(result: CommandResult, index: LogIndex): void {
    if (this.#stage !== 'handed') return
    this.#stage = 'answered'
    this.#result = result
    this.#owner.answered(this, index)
  }

  /** This node has applied it, or there is no more time for that. */
  tell(): void {
    if (this.#stage !== 'answered') return
    assert(this.#result !== null, 'what is answered has a result')
    this.#finish(this.#result)
  }

  #finish(result: CommandResult): void {
    if (this.#end(true)) this.#waiter.settleWrite({ kind: 'applied', result })
  }

  /** Whoever had it did not take it; worth another try or not. */
  refuse(code: ErrorCode): void {
    if (this.#stage === 'handed' && WORTH_ANOTHER_TRY.has(code)) {
      this.#stage = 'held'
      this.#owner.returned(this)
    } else this.giveUp(code)
  }

  /** It has not taken effect, and whoever asked is told so. */
  giveUp(code: ErrorCode): void {
    if (this.#end(false)) this.#waiter.settleWrite({ kind: 'refused', code })
  }

  /** Whoever had it is not heard of any more. */
  leaveOpen(code: ErrorCode): void {
    if (this.#stage === 'answered') this.tell()
    else if (this.#end(false)) this.#waiter.settleWrite({ kind: 'unknown', code })
  }

  override expire(): void {
    if (this.#stage === 'held') this.giveUp('TIMED_OUT')
    else this.leaveOpen('TIMED_OUT')
  }

  /** The node stops. */
  stop(): void {
    if (this.#stage === 'held') this.giveUp('STOPPED')
    else this.leaveOpen('STOPPED')
  }

  /** False when it was over already. */
  #end(isDone: boolean): boolean {
    if (this.#stage === 'over') return false
    this.#stage = 'over'
    this.#owner.over(this, isDone)
    return true
  }
}
