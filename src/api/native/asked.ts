/** One operation that somebody waits for. */

import type { ErrorCode } from '../../base/index.ts'
import type { ReadOutcome, ReadWaiter, WriteOutcome, WriteWaiter } from '../../server/index.ts'
import type { Done } from '../../state/index.ts'
import { failureWords, type Subject } from '../messages/index.ts'
import type { Certainty } from './failures.ts'
import type { OperationKind } from './operation-kinds.ts'

/** Whoever answers it: hears of each operation once, while it is handed in or later. */
export interface Owner {
  /** Nobody waits for its answers any more. */
  readonly isGone: boolean
  /** The body of the result is valid during the call. */
  done(asked: Asked, result: Done): void
  failed(asked: Asked, code: ErrorCode, certainty: Certainty): void
}

interface Question {
  readonly id: number
  readonly kind: OperationKind
  readonly isRead: boolean
  readonly subject: Subject | undefined
}

/** An object rather than closures: there may be a hundred thousand in a second. */
export class Asked implements WriteWaiter, ReadWaiter {
  readonly id: number
  readonly kind: OperationKind
  readonly isRead: boolean
  readonly #subject: Subject | undefined
  readonly #owner: Owner

  constructor(owner: Owner, { id, kind, isRead, subject }: Question) {
    this.#owner = owner
    this.#subject = subject
    this.id = id
    this.kind = kind
    this.isRead = isRead
  }

  get isGone(): boolean {
    return this.#owner.isGone
  }

  /** What its failure says besides the code; undefined: nothing. */
  words(code: ErrorCode): string | undefined {
    return this.#subject === undefined ? undefined : failureWords(code, this.#subject)
  }

  settleWrite(outcome: WriteOutcome): void {
    const owner = this.#owner
    if (outcome.kind !== 'applied') owner.failed(this, outcome.code, outcome.kind)
    else if (outcome.result.kind === 'done') owner.done(this, outcome.result)
    else owner.failed(this, outcome.result.code, 'told')
  }

  settleRead(outcome: ReadOutcome): void {
    if (outcome.kind === 'done') this.#owner.done(this, outcome.result)
    else if (outcome.kind === 'refused') this.#owner.failed(this, outcome.code, 'refused')
  }
}
