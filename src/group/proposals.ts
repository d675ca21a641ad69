/**
 * Commands on their way into the log. What arrives in one turn becomes one entry; who waits for it
 * is remembered by the entry's index and term, because an index may be taken by another leader's
 * entry, and then the command certainly did not take effect.
 */

import { assert, type ErrorCode } from '../base/index.ts'
import type { LogIndex, Term } from '../raft/index.ts'
import { encodeBatch, type Result } from '../state/index.ts'
import type { GroupLimits, Outcome, Waiter } from './types.ts'

interface Proposed {
  readonly index: LogIndex
  readonly term: Term
  readonly waiters: readonly Waiter[]
}

export interface Batch {
  readonly data: Uint8Array
  readonly waiters: readonly Waiter[]
}

export class Proposals {
  readonly #limits: GroupLimits
  #commands: Uint8Array[] = []
  #waiters: Waiter[] = []
  #bytes = 0
  /** Ascending by index. */
  #proposed: Proposed[] = []

  constructor(limits: GroupLimits) {
    assert(limits.batchCommandsMax > 0 && limits.batchBytesMax > 0, 'a batch holds a command')
    this.#limits = limits
  }

  get hasPending(): boolean {
    return this.#commands.length > 0
  }

  get isFull(): boolean {
    return (
      this.#commands.length >= this.#limits.pendingCommandsMax ||
      this.#bytes >= this.#limits.pendingBytesMax
    )
  }

  add(command: Uint8Array, waiter: Waiter): void {
    assert(!this.isFull, 'who adds has looked for room')
    this.#commands.push(command)
    this.#waiters.push(waiter)
    this.#bytes += command.length
  }

  /** The next entry's worth, at least one command. */
  takeBatch(): Batch {
    assert(this.hasPending, 'a batch has a command')
    let count = 0
    let bytes = 0
    for (const command of this.#commands) {
      const full = count >= this.#limits.batchCommandsMax || bytes >= this.#limits.batchBytesMax
      if (full || (count > 0 && bytes + command.length > this.#limits.batchBytesMax)) break
      bytes += command.length
      count += 1
    }
    this.#bytes -= bytes
    return {
      data: encodeBatch(this.#commands.splice(0, count)),
      waiters: this.#waiters.splice(0, count),
    }
  }

  proposed({ index, term }: { index: LogIndex; term: Term }, batch: Batch): void {
    const last = this.#proposed[this.#proposed.length - 1]
    assert(last === undefined || last.index < index, 'entries are proposed in order')
    this.#proposed.push({ index, term, waiters: batch.waiters })
  }

  /** The entry at `index` was applied; whoever waited for that very entry gets his result. */
  applied({ index, term }: { index: LogIndex; term: Term }, results: readonly Result[]): void {
    const first = this.#proposed[0]
    if (first === undefined || first.index > index) return
    assert(first.index === index, 'nothing is applied past a proposal that waits')
    this.#proposed.shift()
    const own = first.term === term
    assert(!own || results.length === first.waiters.length, 'every command has an answer')
    first.waiters.forEach((waiter, position) => {
      const result = results[position]
      if (own && result !== undefined) waiter.settle({ kind: 'applied', index, result })
      else waiter.settle({ kind: 'refused', code: 'DROPPED' })
    })
  }

  /** Not handed to the log yet: certainly without effect. */
  refusePending(code: ErrorCode): void {
    const waiters = this.#waiters
    this.#commands = []
    this.#waiters = []
    this.#bytes = 0
    for (const waiter of waiters) waiter.settle({ kind: 'refused', code })
  }

  /** In the log, but this node no longer learns what becomes of it. */
  abandonProposed(code: ErrorCode): void {
    const proposed = this.#proposed
    this.#proposed = []
    const outcome: Outcome = { kind: 'unknown', code }
    for (const { waiters } of proposed) for (const waiter of waiters) waiter.settle(outcome)
  }
}
