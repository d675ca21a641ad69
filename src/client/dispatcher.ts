/**
 * Sees every operation through: it waits for room, gets its place in a session when it is a write,
 * goes to the node that leads, and comes back when that failed, until it is answered or its time is
 * up.
 *
 * Sent again are reads, what was certainly not carried out, and writes with their place in a
 * session, which take effect once. Everything that was asked for within one turn of the event loop
 * leaves together at its end; of much, a part leaves at once each time that enough has gathered.
 */

import type { ErrorCode } from '../base/index.ts'
import { type CallEnd, STATUS } from '../rpc/index.ts'
import { native } from '../wire/index.ts'
import { AbortSignals } from './abort-signals.ts'
import type { Surroundings } from './connection.ts'
import { DeadlineWheel } from './deadline-wheel.ts'
import { QuorateError } from './errors.ts'
import { failureOf, failureOfEnd, isForeign, isTransient, messageLimitOf } from './failures.ts'
import { Fifo } from './fifo.ts'
import { type ClientLimits, pauseMs } from './limits.ts'
import type { Node } from './node.ts'
import { OperationEncoder } from './operation-encoder.ts'
import { signalFault } from './option-names.ts'
import { Pending, type Wish } from './pending.ts'
import { HEAD_BYTES_MAX, Pipeline, type PipelineListener } from './pipeline.ts'
import { Placeless } from './placeless.ts'
import type { Router } from './router.ts'
import { SessionPool } from './session-pool.ts'
import type { CallOptions } from './types.ts'
import { shown } from './words.ts'

/** How a stream ended, and what its operations are told of that. */
interface Ending {
  readonly end: CallEnd
  readonly error: QuorateError
}

/** Ended by us, for want of answers. */
const SILENCE: CallEnd = {
  status: { code: STATUS.UNAVAILABLE, message: 'no answer' },
  trailers: [],
  unprocessed: false,
}
/** That it cannot agree on anything at present. */
const OF_CLUSTER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NO_LEADER', 'LEADERSHIP_LOST'])

export class Dispatcher implements PipelineListener {
  readonly #surroundings: Surroundings
  readonly #limits: ClientLimits
  readonly #router: Router
  readonly #wheel: DeadlineWheel
  readonly #encoder = new OperationEncoder()
  readonly #signals = new AbortSignals()
  readonly #sessions: SessionPool
  /** Ready to leave, the oldest first; those that were sent before come before all others. */
  readonly #queue = new Fifo<Pending>()
  /** Writes that wait for a place in a session. */
  readonly #placeless = new Placeless()
  /** Where new operations go. */
  #pipeline: Pipeline | null = null
  /** Those before it that still owe answers. */
  readonly #former = new Set<Pipeline>()
  #unsettled = 0
  #unsettledBytes = 0
  /** Since something was sent last. */
  #askedBytes = 0
  #failuresInARow = 0
  /** Failed within what is being read now. */
  #refused: Pending[] = []
  /** Those that wait a moment before they are sent again, as they were refused together. */
  readonly #resting = new Set<readonly Pending[]>()
  #isWoken = false
  #closed: QuorateError | null = null

  constructor(surroundings: Surroundings, limits: ClientLimits, router: Router) {
    this.#surroundings = surroundings
    this.#limits = limits
    this.#router = router
    this.#wheel = new DeadlineWheel(surroundings.clock, limits.tickMs, (nowMs) => this.#look(nowMs))
    this.#sessions = new SessionPool(
      { openSession: (isHeavy) => this.#openSession(isHeavy) },
      limits,
    )
  }

  get isBusy(): boolean {
    return this.#unsettled > 0
  }

  get sessionIds(): readonly number[] {
    return this.#sessions.sessions.map(({ id }) => id)
  }

  /** Every way in which it can fail is a rejection. */
  execute<Result>(wish: Wish<Result>, options: CallOptions): Promise<Result> {
    const { signal, timeoutMs = this.#limits.timeoutMs } = options
    const refusal = this.#refusal(wish, timeoutMs) ?? signalFault(signal)
    // Who asks with a signal that was aborted already is told its reason.
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (refusal !== null) return Promise.reject(refusal)
    return this.#begin(wish, { signal: signal ?? null, timeoutMs })
  }

  #begin<Result>(
    wish: Wish<Result>,
    { signal, timeoutMs }: { readonly signal: AbortSignal | null; readonly timeoutMs: number },
  ): Promise<Result> {
    const encoded = this.#encoder.encode(wish)
    const pending = new Pending(wish, encoded, { owner: this, signal })
    pending.dueMs = this.#surroundings.clock.monotonicMs() + timeoutMs
    this.#wheel.add(pending)
    if (signal !== null) this.#signals.add(signal, pending)
    this.#unsettled += 1
    this.#unsettledBytes += pending.byteLength
    this.#place(pending)
    this.#askedBytes += HEAD_BYTES_MAX + pending.byteLength
    if (this.#askedBytes >= this.#limits.earlyBytes) this.#sendEarly()
    return pending.promise as Promise<Result>
  }

  /**
   * Within a turn in which much is asked for: the node begins with it meanwhile. Whatever stands in
   * the way of it is looked after when the turn ends.
   */
  #sendEarly(): void {
    this.#askedBytes = 0
    const pipeline = this.#pipeline
    if (pipeline !== null && pipeline.connection.state === 'ready') this.#send(pipeline)
  }

  #refusal(wish: Wish<unknown>, timeoutMs: number): QuorateError | null {
    if (this.#closed !== null) return this.#closed
    if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) {
      const text = `timeoutMs is a number above 0, not ${shown(timeoutMs)}`
      return new QuorateError('BAD_REQUEST', text)
    }
    const { waitingMax, waitingBytesMax } = this.#limits
    if (this.#unsettled < waitingMax && this.#unsettledBytes < waitingBytesMax) return null
    const text = `${this.#unsettled} operations wait already: wait for some of them`
    return new QuorateError('OVERLOADED', `${text} before asking for a ${wish.operation.kind}`)
  }

  /** To the queue, if it may take effect twice or has its place. */
  #place(pending: Pending): void {
    if (!pending.isWrite || this.#sessions.assign(pending)) this.#queue.push(pending)
    else this.#placeless.push(pending)
    this.wake()
  }

  standstill(): QuorateError {
    return this.#router.standstill()
  }

  over(pending: Pending): void {
    this.#wheel.remove(pending)
    if (pending.signal !== null) this.#signals.remove(pending.signal, pending)
    this.#unsettled -= 1
    this.#unsettledBytes -= pending.byteLength
    this.#takePlaceFrom(pending)
    if (this.#placeless.length > 0 || this.#queue.length > 0) this.wake()
  }

  /**
   * For a while there was no node to be asked. It may be another cluster by now that answers where
   * the old one did, with sessions of other clients: what is new goes to sessions of its own.
   */
  startAnew(): void {
    this.#sessions.startAnew()
    // What never left is not held to the place it was given.
    const fresh: Pending[] = []
    const kept: Pending[] = []
    for (const pending of this.#queue.takeAll()) {
      const isFresh = pending.session !== null && pending.attempts === 0
      if (isFresh) fresh.push(pending)
      else kept.push(pending)
    }
    for (const pending of fresh) this.#takePlaceFrom(pending)
    this.#queue.putBack(kept)
    this.#placeless.putBack(fresh)
  }

  /** Sends what there is at the end of this turn. */
  wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    this.#surroundings.clock.soon(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isWoken = false
    this.#askedBytes = 0
    if (this.#closed !== null) return
    this.#placeless.give(
      (pending) => this.#sessions.assign(pending),
      (pending) => this.#queue.push(pending),
    )
    this.#chooseNode()
    const pipeline = this.#pipeline
    if (pipeline === null) {
      if (this.#router.isHopeless) this.#failQueued()
      if (this.isBusy) this.#router.wake()
      return
    }
    this.#send(pipeline)
  }

  /** Nobody is there who could be asked. What is unknown waits for its time: it may come true. */
  #failQueued(): void {
    const error = this.#router.unreachable()
    for (const pending of this.#queue.takeAll()) {
      if (pending.isUnknown) this.#queue.push(pending)
      else pending.fail(error)
    }
    for (const pending of this.#placeless.takeAll()) pending.fail(error)
  }

  /** Moves to the node that is the best one now; what is under way elsewhere goes on there. */
  #chooseNode(): void {
    const best = this.#router.best()
    const current = this.#pipeline?.isOver === true ? null : this.#pipeline
    this.#pipeline = current
    if (best?.connection === current?.connection) return
    if (current !== null && (best !== null || current.connection.state !== 'ready')) {
      this.#leave(current)
      this.#pipeline = null
    }
    if (best === null || !this.isBusy) return
    const { clock } = this.#surroundings
    const nowMs = (): number => clock.monotonicMs()
    this.#pipeline = new Pipeline(best, this.#limits, { listener: this, nowMs })
  }

  #leave(pipeline: Pipeline): void {
    if (pipeline.owed > 0) this.#former.add(pipeline)
    else pipeline.cancel()
  }

  #send(pipeline: Pipeline): void {
    const { inFlightMax, inFlightBytesMax } = this.#limits
    let sent = 0
    while (pipeline.mayWrite && this.#queue.length > 0) {
      const room = inFlightMax - this.#inFlight()
      if (room <= 0 || pipeline.owedBytes >= inFlightBytesMax) break
      sent += pipeline.sendFrom(this.#queue, room)
    }
    if (sent > 0) pipeline.flush()
  }

  #inFlight(): number {
    let count = this.#pipeline?.owed ?? 0
    for (const pipeline of this.#former) count += pipeline.owed
    return count
  }

  // Answers.

  answered(pending: Pending, result: native.Result, pipeline: Pipeline): void {
    if (result.failure === null) this.#router.praise(pipeline.node)
    this.#answered(pending, result)
  }

  #answered(pending: Pending, { result, failure }: native.Result): void {
    // It was given up, and has no place any more that an answer could be about.
    if (pending.isOver) return
    if (failure === null && result !== null) {
      this.#failuresInARow = 0
      pending.answer(result)
      return
    }
    const { error, isUnknown } = failureOf(failure, pending.encoded)
    pending.failure = error
    if (error.code === 'SESSION_EXPIRED') this.#sessionExpired(pending, error)
    else if (error.retry === 'never' && !isOfDoor(pending, error)) pending.fail(error)
    else if (isUnknown) {
      pending.isUnknown = true
      this.#refused.push(pending)
    } else if (pending.isUnknown || isTransient(error)) this.#refusedForNow(pending)
    else pending.fail(error)
  }

  /** It certainly did nothing just now, and that answer has used up its place. */
  #refusedForNow(pending: Pending): void {
    if (!pending.isUnknown) this.#takePlaceFrom(pending)
    this.#refused.push(pending)
  }

  messageEnded(leader: bigint, pipeline: Pipeline): void {
    this.#router.noteLeader(leader, pipeline.node)
    // Perhaps the leader can be connected to by now.
    if (!this.#router.isLeader(pipeline.node)) this.#router.wake()
    this.#retryRefused()
    if (pipeline !== this.#pipeline && pipeline.owed === 0) {
      this.#former.delete(pipeline)
      pipeline.cancel()
    }
    if (this.#queue.length > 0) this.wake()
  }

  roomMade(): void {
    this.wake()
  }

  /**
   * One that was sent once certainly did nothing: it gets another place. Of one that was sent
   * before nobody knows.
   */
  #sessionExpired(pending: Pending, error: QuorateError): void {
    const { session } = pending
    if (session !== null) this.#sessions.expired(session)
    if (session === null || pending.isUnknown) {
      pending.fail(error)
      return
    }
    this.#takePlaceFrom(pending)
    this.#place(pending)
  }

  #takePlaceFrom(pending: Pending): void {
    this.#sessions.release(pending)
    pending.session = null
  }

  // What failed.

  ended(pipeline: Pipeline, owed: readonly Pending[], end: CallEnd): void {
    this.#ended(pipeline, owed, { end, error: failureOfEnd(end, pipeline.node.name) })
  }

  #ended(pipeline: Pipeline, owed: readonly Pending[], ending: Ending): void {
    this.#former.delete(pipeline)
    if (pipeline === this.#pipeline) this.#pipeline = null
    if (isForeign(ending.end)) this.#router.leaveForeign(pipeline.node)
    // One that is no use at all would be opened again and again.
    else if (!pipeline.hasAnswered) this.#router.blame(pipeline.node)
    this.#returned(owed, ending)
  }

  /** They left and came back without an answer. */
  #returned(owed: readonly Pending[], { end, error }: Ending): void {
    const bytesMax = messageLimitOf(end) ?? Number.POSITIVE_INFINITY
    for (const pending of owed) {
      // What a node has said of its cluster is more than that it now says nothing.
      if (end !== SILENCE || !isOfCluster(pending.failure)) pending.failure = error
      pending.isOut = false
      // Longer than a node reads, which is more than any takes: sent again it would end this again.
      if (pending.byteLength + HEAD_BYTES_MAX > bytesMax && !pending.isUnknown) {
        pending.fail(tooLarge(pending, bytesMax))
      }
      // Another program has done nothing; what became of attempts at nodes it cannot say.
      if (!isForeign(end)) pending.isUnknown ||= !end.unprocessed
      else if (!pending.isUnknown && this.#router.isHopeless) pending.fail(error)
    }
    this.#queue.putBack(owed.filter(({ isOver }) => !isOver))
    this.wake()
  }

  /** After a pause, all that were refused together. */
  #retryRefused(): void {
    const refused = this.#refused
    if (refused.length === 0) return
    this.#refused = []
    const { retryMsMin: min, retryMsMax: max } = this.#limits
    const { clock, chance } = this.#surroundings
    const waitMs = pauseMs(this.#failuresInARow, { min, max, chance })
    this.#failuresInARow += 1
    this.#resting.add(refused)
    clock.after(waitMs, () => {
      this.#resting.delete(refused)
      const again = refused.filter(({ isOver }) => !isOver)
      this.#queue.putBack(again.filter(({ isWrite, session }) => !isWrite || session !== null))
      this.#placeless.putBack(again.filter(({ isWrite, session }) => isWrite && session === null))
      this.wake()
    })
  }

  /** A node that owes answers and says nothing is left, and all that it owes asked elsewhere. */
  #look(nowMs: number): void {
    for (const pipeline of [this.#pipeline, ...this.#former]) {
      if (pipeline === null || pipeline.silentMs(nowMs) < this.#patienceMs(pipeline.node)) continue
      this.#router.strike(pipeline.node)
      pipeline.cancel()
      const error = this.#router.silent(pipeline.node)
      this.#ended(pipeline, pipeline.takeOwed(), { end: SILENCE, error })
    }
  }

  #patienceMs({ strikes }: Node): number {
    const { silentMsMin, silentMsMax } = this.#limits
    return Math.min(silentMsMax, silentMsMin * 2 ** Math.min(strikes, 8))
  }

  // Sessions.

  #openSession(isHeavy: boolean): void {
    const wish: Wish<native.OpenSessionResponse> = {
      operation: { kind: 'openSession', value: native.OpenSessionRequest.create() },
      ...{ isWrite: false, isHeavy: false },
      read: (result) => (result.kind === 'openSession' ? result.value : noSession()),
    }
    // Whatever waits already: without it nothing does anything else than wait.
    this.#begin(wish, { signal: null, timeoutMs: this.#limits.timeoutMs }).then(
      ({ id, unansweredMax }) => {
        this.#sessions.opened(id, { isHeavy, span: unansweredMax })
        this.wake()
      },
      (error: unknown) => {
        this.#sessions.notOpened(isHeavy)
        // Those that wait for it have deadlines of their own, and should know why.
        if (error instanceof QuorateError) this.#noSession(error)
        this.wake()
      },
    )
  }

  #noSession(error: QuorateError): void {
    const waiting = this.#placeless.takeAll()
    for (const pending of waiting) {
      pending.failure = error
      // None of them has left.
      if (error.retry === 'never') pending.fail(error)
    }
    this.#placeless.putBack(waiting.filter(({ isOver }) => !isOver))
  }

  // The end.

  /** Nothing is asked any more, and what is under way fails. Idempotent. */
  close(reason: QuorateError): void {
    if (this.#closed !== null) return
    this.#closed = reason
    const unknown = new QuorateError(reason.code, reason.message, { retry: 'unknown-outcome' })
    const fail = (pending: Pending): void => pending.fail(pending.mayHaveEffect ? unknown : reason)
    for (const pipeline of [this.#pipeline, ...this.#former]) {
      if (pipeline === null) continue
      pipeline.takeOwed().forEach(fail)
      pipeline.cancel()
    }
    for (const refused of this.#resting) refused.forEach(fail)
    this.#queue.takeAll().forEach(fail)
    this.#placeless.takeAll().forEach(fail)
    this.#wheel.stop()
  }
}

/** Said before the cluster was asked: what became of an earlier attempt is as open as before. */
function isOfDoor({ isUnknown }: Pending, { code }: QuorateError): boolean {
  return isUnknown && code === 'BAD_REQUEST'
}

function tooLarge({ byteLength }: Pending, bytesMax: number): QuorateError {
  const text = `the request has ${byteLength} bytes, a node reads at most ${bytesMax}`
  return new QuorateError('TOO_LARGE', text)
}

function isOfCluster(failure: QuorateError | null): boolean {
  return failure !== null && OF_CLUSTER.has(failure.code)
}

function noSession(): never {
  throw new QuorateError('BAD_REQUEST', 'the node answered with something that is no session')
}
