/**
 * Reads of one group. One that must be linearizable first learns up to where the state has to be;
 * while nobody can tell it waits, for it has touched nothing. Then it runs on the state of this
 * node, as every other read does, for as long as it takes.
 */

import type { ErrorCode } from '../base/index.ts'
import type { Group, ReadIndexOutcome, ReadIndexWaiter } from '../group/index.ts'
import type { Counters } from './counters.ts'
import type { ReadRequest, ReadWaiter } from './service.ts'
import { Timed, type TimedQueue } from './timed-queue.ts'

export interface ReadDeskParts {
  readonly group: Pick<Group, 'raft' | 'machine' | 'read' | 'readIndex'>
  readonly queue: TimedQueue
  readonly counters: Counters
  /** Linearizable reads that wait for their index; of this group. */
  readonly readsMax: number
}

/** Nobody could tell the index; the next leader may. */
const WORTH_ANOTHER_TRY: ReadonlySet<ErrorCode> = new Set([
  'NOT_LEADER',
  'NO_LEADER',
  'LEADERSHIP_LOST',
  'TRANSFERRING',
  'DROPPED',
])

export class ReadDesk {
  readonly #parts: ReadDeskParts
  /** Asks again with the next tick at which there is a leader. */
  #held: Read[] = []
  #count = 0
  #stopped = false

  constructor(parts: ReadDeskParts) {
    this.#parts = parts
  }

  /** Reads that wait for their index. */
  get count(): number {
    return this.#count
  }

  read(request: ReadRequest, waiter: ReadWaiter): void {
    const { group, queue } = this.#parts
    const code = this.#refusal(request)
    if (code !== null) {
      this.refuse(waiter, code)
      return
    }
    if (request.serializable) {
      group.read(request, waiter)
      return
    }
    const read = new Read(this, request, waiter)
    this.#count += 1
    queue.add(read)
    if (group.raft.leader === 0) this.#held.push(read)
    else group.readIndex(read)
  }

  #refusal({ serializable }: ReadRequest): ErrorCode | null {
    if (this.#stopped) return 'STOPPED'
    return !serializable && this.#count >= this.#parts.readsMax ? 'OVERLOADED' : null
  }

  /** The state is where it has to be. */
  begin(request: ReadRequest, waiter: ReadWaiter): void {
    this.#parts.group.read({ ...request, serializable: true }, waiter)
  }

  /** It does not wait for its index any more. */
  leave(read: Read): void {
    this.#count -= 1
    this.#parts.queue.remove(read)
  }

  /** False when there is no use in trying again. */
  hold(read: Read, code: ErrorCode): boolean {
    if (this.#stopped || !WORTH_ANOTHER_TRY.has(code)) return false
    this.#held.push(read)
    return true
  }

  timedOut(): void {
    this.#parts.counters.readsTimedOut += 1
  }

  tick(): void {
    const { group } = this.#parts
    if (this.#held.length === 0) return
    const held = this.#held.filter((read) => read.stays())
    this.#held = []
    if (group.raft.leader === 0) this.#held = held
    else for (const read of held) group.readIndex(read)
  }

  stop(): void {
    this.#stopped = true
    const held = this.#held
    this.#held = []
    for (const read of held) read.giveUp('STOPPED')
  }

  refuse(waiter: ReadWaiter, code: ErrorCode): void {
    const { revision } = this.#parts.group.machine
    waiter.settleRead({ kind: 'refused', revision, code })
  }
}

class Read extends Timed implements ReadIndexWaiter {
  readonly #desk: ReadDesk
  readonly #request: ReadRequest
  readonly #waiter: ReadWaiter
  /** For its index. */
  #isWaiting = true

  constructor(desk: ReadDesk, request: ReadRequest, waiter: ReadWaiter) {
    super()
    this.#desk = desk
    this.#request = request
    this.#waiter = waiter
  }

  /** False when it is over, or nobody waits for it any more: then it ends without a word. */
  stays(): boolean {
    if (this.#isWaiting && this.#waiter.isGone === true) this.#leave()
    return this.#isWaiting
  }

  settleReadIndex(outcome: ReadIndexOutcome): void {
    if (!this.#isWaiting) return
    if (outcome.kind === 'refused') {
      if (!this.#desk.hold(this, outcome.code)) this.giveUp(outcome.code)
      return
    }
    this.#leave()
    this.#desk.begin(this.#request, this.#waiter)
  }

  giveUp(code: ErrorCode): void {
    if (!this.#isWaiting) return
    this.#leave()
    this.#desk.refuse(this.#waiter, code)
  }

  override expire(): void {
    this.#desk.timedOut()
    this.giveUp('TIMED_OUT')
  }

  #leave(): void {
    this.#isWaiting = false
    this.#desk.leave(this)
  }
}
