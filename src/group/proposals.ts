/**
 * Commands on their way into the log. What arrives in one turn becomes one entry; who waits for it
 * is remembered by the entry's index and term, because an index may be taken by another leader's
 * entry, and then the command certainly did not take effect.
 */

import { assert, type ErrorCode } from '../base/index.ts'
import type { LogIndex, Term } from '../raft/index.ts'
import { type CommandResult, packBatch } from '../state/index.ts'
import type { GroupLimits, Outcome, Waiter } from './types.ts'

interface Proposed {
  readonly index: LogIndex
  readonly term: Term
  readonly waiters: readonly Waiter[]
  readonly bytes: number
}

export interface Batch {
  readonly data: Uint8Array
  readonly waiters: readonly Waiter[]
  /** Another node waits until it has applied it. */
  readonly isAwaited: boolean
}

export class Proposals {
  readonly #limits: GroupLimits
  #commands: Uint8Array[] = []
  #waiters: Waiter[] = []
  #bytes = 0
  #isAwaited = false
  /** Ascending by index. */
  #proposed: Proposed[] = []
  #proposedCommands = 0
  #proposedBytes = 0

  constructor(limits: GroupLimits) {
    assert(limits.batchCommandsMax > 0 && limits.batchBytesMax > 0, 'a batch holds a command')
    this.#limits = limits
  }

  get hasPending(): boolean {
    return this.#commands.length > 0
  }

  /** Either too much waits to be proposed, or applying does not keep up with what was. */
  get isFull(): boolean {
    return (
      this.#commands.length >= this.#limits.pendingCommandsMax ||
      this.#bytes >= this.#limits.pendingBytesMax ||
      this.#proposedCommands >= this.#limits.unappliedCommandsMax ||
      this.#proposedBytes >= this.#limits.unappliedBytesMax
    )
  }

  add(command: Uint8Array, waiter: Waiter): void {
    assert(!this.isFull, 'who adds has looked for room')
    this.#commands.push(command)
    this.#waiters.push(waiter)
    this.#bytes += command.length
    if (waiter.isElsewhere === true) this.#isAwaited = true
  }

  /** The next entry's worth, at least one command. Each command is copied once, into the entry. */
  takeBatch(clockMs: number): Batch {
    assert(this.hasPending, 'a batch has a command')
    const { batchCommandsMax, batchBytesMax } = this.#limits
    let count = 0
    let bytes = 0
    for (const command of this.#commands) {
      const isFull = count >= batchCommandsMax || bytes + command.length > batchBytesMax
      if (count > 0 && isFull) break
      bytes += command.length
      count += 1
    }
    this.#bytes -= bytes
    const commands = this.#commands
    const waiters = this.#waiters
    // Most turns fit into one entry.
    this.#commands = count === commands.length ? [] : commands.slice(count)
    this.#waiters = count === waiters.length ? [] : waiters.slice(count)
    if (count < commands.length) {
      commands.length = count
      waiters.length = count
    }
    const isAwaited = this.#isAwaited
    if (!this.hasPending) this.#isAwaited = false
    return { data: packBatch(commands, clockMs), waiters, isAwaited }
  }

  proposed({ index, term }: { index: LogIndex; term: Term }, { data, waiters }: Batch): void {
    const last = this.#proposed[this.#proposed.length - 1]
    assert(last === undefined || last.index < index, 'entries are proposed in order')
    this.#proposed.push({ index, term, waiters, bytes: data.length })
    this.#proposedCommands += waiters.length
    this.#proposedBytes += data.length
  }

  /** The entry at `index` was applied; whoever waited for that very entry gets his result. */
  applied(
    { index, term }: { index: LogIndex; term: Term },
    results: readonly CommandResult[],
  ): void {
    const first = this.#proposed[0]
    if (first === undefined || first.index > index) return
    assert(first.index === index, 'nothing is applied past a proposal that waits')
    this.#proposed.shift()
    this.#proposedCommands -= first.waiters.length
    this.#proposedBytes -= first.bytes
    const own = first.term === term
    assert(!own || results.length === first.waiters.length, 'every command has an answer')
    for (let position = 0; position < first.waiters.length; position++) {
      const waiter = first.waiters[position] as Waiter
      const result = results[position]
      if (own && result !== undefined) waiter.settle({ kind: 'applied', index, result })
      else waiter.settle({ kind: 'refused', code: 'DROPPED' })
    }
  }

  /** Not handed to the log yet: certainly without effect. */
  refusePending(code: ErrorCode): void {
    const waiters = this.#waiters
    this.#commands = []
    this.#waiters = []
    this.#bytes = 0
    this.#isAwaited = false
    for (const waiter of waiters) waiter.settle({ kind: 'refused', code })
  }

  /** In the log, but this node no longer learns what becomes of it. */
  abandonProposed(code: ErrorCode): void {
    const proposed = this.#proposed
    this.#proposed = []
    this.#proposedCommands = 0
    this.#proposedBytes = 0
    const outcome: Outcome = { kind: 'unknown', code }
    for (const { waiters } of proposed) for (const waiter of waiters) waiter.settle(outcome)
  }
}
