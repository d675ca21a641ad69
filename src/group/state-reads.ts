/**
 * Reads of the state, from the moment when they may begin. Most are over in their first step; one
 * that is long goes on in the next turn, one that needs records when they are loaded, and one that
 * hands out pieces when the next one is asked for.
 */

import { assert, type ErrorCode, Fifo, unreachable } from '../base/index.ts'
import {
  FORESEEN_MAX,
  FORESEEN_MIN,
  type LoadedRecords,
  type ReadStep,
  type RevisionList,
  type StateRead,
} from '../state/index.ts'
import type { Replica } from './replica.ts'
import type {
  GroupContext,
  ReadIndexOutcome,
  ReadIndexWaiter,
  ReadRequest,
  ReadWaiter,
} from './types.ts'

export interface StateReadsParts extends GroupContext {
  readonly replica: Replica
  readonly clockMs: () => number
}

/** What a read waits for. */
type Waits = 'index' | 'turn' | 'records' | 'next' | 'nothing'

/** One read that somebody waits for. */
export class Reading implements ReadIndexWaiter {
  readonly request: ReadRequest
  readonly waiter: ReadWaiter
  readonly #reads: StateReads
  waits: Waits = 'index'
  /** Null before its first step. */
  steps: StateRead | null = null
  loaded: LoadedRecords | null = null
  /** A part of the answer has left: it cannot begin anew. */
  hasPiece = false

  constructor(reads: StateReads, request: ReadRequest, waiter: ReadWaiter) {
    this.#reads = reads
    this.request = request
    this.waiter = waiter
  }

  settleReadIndex(outcome: ReadIndexOutcome): void {
    if (outcome.kind === 'ready') this.#reads.enqueue(this)
    else this.#reads.refuse(this, outcome.code)
  }
}

export class StateReads {
  readonly #parts: StateReadsParts
  /** Those that wait for their turn. */
  readonly #queue = new Fifo<Reading>()
  /** Those that have begun and are not over. */
  readonly #paused = new Set<Reading>()
  #loads = 0

  constructor(parts: StateReadsParts) {
    this.#parts = parts
  }

  /** Those that wait for their turn. */
  get waitingCount(): number {
    return this.#queue.length
  }

  enqueue(reading: Reading): void {
    assert(reading.waits !== 'turn', 'a read waits for one turn')
    reading.waits = 'turn'
    this.#queue.push(reading)
    this.#parts.wake()
  }

  refuse(reading: Reading, code: ErrorCode): void {
    const { revision } = this.#parts.replica.machine
    this.#end(reading)
    reading.waiter.settleRead({ kind: 'refused', revision, code })
  }

  /** A bounded share of the turn. */
  run(): void {
    const { limits, replica, clock, wake } = this.#parts
    if (this.waitingCount === 0) return
    const overMs = clock.monotonicMs() + limits.readTurnMs
    let foreseen = 0
    for (let left = limits.readStepsMax; left > 0 && this.waitingCount > 0; left--) {
      // Whatever this waits for wakes the group: a new state, the end of the command, a load.
      if (replica.stopped || replica.isStale || !replica.machine.canRead) return
      if (this.#loads >= limits.readLoadsMax) return
      if (foreseen === 0) foreseen = this.#foresee()
      foreseen -= 1
      this.#step(this.#queue.take())
      if (clock.monotonicMs() >= overMs) break
    }
    if (this.waitingCount > 0) wake()
  }

  /** How many reads come next that the state was told about, or need not be. */
  #foresee(): number {
    const count = Math.min(this.waitingCount, FORESEEN_MAX)
    if (count < FORESEEN_MIN) return count
    const requests: ReadRequest[] = []
    for (let at = 0; at < count; at++) {
      const { steps, request } = this.#queue.at(at)
      if (steps === null) requests.push(request)
    }
    this.#parts.replica.machine.foresee(requests)
    return count
  }

  /** Nobody asks for the next piece any more when nobody is there. */
  tick(): void {
    for (const reading of this.#paused) {
      if (reading.waits === 'next' && reading.waiter.isGone === true) this.#end(reading)
    }
  }

  /**
   * The state was replaced by one that is newer: it holds all that was promised to those who wait.
   */
  renewed(): void {
    for (const reading of [...this.#paused]) {
      if (reading.waits === 'turn' && !reading.hasPiece) {
        this.#restart(reading)
      } else if (reading.hasPiece) {
        this.refuse(reading, 'DROPPED')
      } else {
        this.#restart(reading)
        this.enqueue(reading)
      }
    }
  }

  stop(code: ErrorCode): void {
    const all = new Set([...this.#paused, ...this.#queue.takeAll()])
    for (const reading of all) this.refuse(reading, code)
  }

  #step(reading: Reading): void {
    // It was refused while it waited.
    if (reading.waits !== 'turn') return
    reading.waits = 'nothing'
    if (reading.waiter.isGone === true) {
      this.#end(reading)
      return
    }
    const { machine } = this.#parts.replica
    if (reading.steps === null) {
      const { kind, body, pieceBytes = 0 } = reading.request
      const clockMs = this.#parts.clockMs()
      reading.steps = machine.beginRead({ kind, body, pieceBytes, clockMs })
    }
    const { loaded } = reading
    reading.loaded = null
    this.#act(reading, reading.steps.step(loaded))
  }

  #act(reading: Reading, step: ReadStep): void {
    switch (step.kind) {
      case 'done':
        this.#end(reading)
        reading.waiter.settleRead(step)
        break
      case 'failed':
        this.#end(reading)
        reading.waiter.settleRead({ kind: 'refused', revision: step.revision, code: step.code })
        break
      case 'piece':
        if (!this.#pause(reading)) return
        reading.hasPiece = true
        reading.waits = 'next'
        reading.waiter.settleRead({
          kind: 'piece',
          revision: step.revision,
          body: step.body,
          next: () => this.#next(reading),
        })
        break
      case 'missing':
        if (!this.#pause(reading)) return
        reading.waits = 'records'
        this.#load(reading, step.revisions).catch(this.#parts.onFatal)
        break
      case 'sliced':
        if (this.#pause(reading)) this.enqueue(reading)
        break
      default:
        unreachable(step)
    }
  }

  #next(reading: Reading): void {
    if (reading.waits === 'next') this.enqueue(reading)
  }

  /** Its first pause: from now on it holds memory. False: there is no room for it. */
  #pause(reading: Reading): boolean {
    if (this.#paused.has(reading)) return true
    const { limits, observer } = this.#parts
    if (this.#paused.size >= limits.readsPausedMax) {
      observer?.mark('overloaded')
      this.refuse(reading, 'OVERLOADED')
      return false
    }
    observer?.mark('readPaused')
    this.#paused.add(reading)
    return true
  }

  #restart(reading: Reading): void {
    this.#parts.observer?.mark('readRestarted')
    reading.steps = null
    reading.loaded = null
  }

  #end(reading: Reading): void {
    reading.waits = 'nothing'
    reading.steps = null
    reading.loaded = null
    this.#paused.delete(reading)
  }

  async #load(reading: Reading, revisions: RevisionList): Promise<void> {
    const { replica, wake } = this.#parts
    const { generation, engine } = replica
    this.#loads += 1
    let loaded: LoadedRecords
    try {
      loaded = await engine.load(revisions)
    } catch (error) {
      // Of a state that is over: the read begins anew in the one that takes its place.
      if (!replica.isCurrent(generation)) return
      throw error
    } finally {
      this.#loads -= 1
      wake()
    }
    if (!replica.isCurrent(generation) || reading.waits !== 'records') return
    reading.loaded = loaded
    this.enqueue(reading)
  }
}
