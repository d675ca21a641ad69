/**
 * Runs one command after the other. A command that is no command, or asks for what cannot be, is
 * refused like any other: nothing in a log can stop a replica.
 */

import { assert, type ErrorCode, KvError } from '../base/index.ts'
import { etcd, state } from '../wire/index.ts'
import type { Context, Outcome } from './context.ts'
import { bytesOf, keysThere, removeAll, writeDeleted } from './delete-command.ts'
import { checkGuarded, conditionsOf } from './guarded-command.ts'
import { COMMAND } from './kinds.ts'
import { expireLeases, grantLease, renewLease, revokeLease } from './lease-commands.ts'
import type { NamedRequest } from './named-requests.ts'
import {
  changeAlarm,
  closeSession,
  compact,
  faultOfIncrement,
  faultOfTtl,
  increment,
  openSession,
  putWithTtl,
} from './other-commands.ts'
import { faultOfPut, putAtOnce, putSteps } from './put-command.ts'
import { PutFields } from './put-fields.ts'
import { checkDeleteRange, checkPut, checkTxn, hasPut } from './request-checks.ts'
import type { Session } from './sessions.ts'
import { txnSteps } from './txn-command.ts'
import { chooseBranch } from './txn-compare.ts'
import type { CommandResult, Done, Failed } from './types.ts'
import type { Steps } from './work.ts'

const NO_BODY = new Uint8Array(0)

/** A command as it stands in a batch. */
export interface CommandSource {
  readonly data: Uint8Array
  readonly kind: number
  readonly session: number
  readonly sequence: number
  readonly bodyStart: number
  readonly bodyEnd: number
}

export class CommandRunner {
  readonly #context: Context
  /** Of puts, which are most of what there is. */
  readonly #put = new PutFields()
  /** The command that is under way. */
  #steps: Steps<Outcome> | null = null
  #session: Session | null = null
  #sequence = 0
  /** What the command is called by whoever sent it; null: it has no name, or is known already. */
  #named: NamedRequest | null = null
  /** The answer of a command that was carried out before under the same name. */
  #known: CommandResult | null = null

  constructor(context: Context) {
    this.#context = context
  }

  get isUnderWay(): boolean {
    return this.#steps !== null
  }

  /** Null: it has to go on later, after others had a turn or records were loaded. */
  run(source: CommandSource): CommandResult | null {
    assert(this.#steps === null, 'one command at a time')
    const { sessions, clockMs, answer } = this.#context
    this.#session = null
    if (source.session !== 0) {
      this.#session = sessions.use(source.session, clockMs)
      this.#sequence = source.sequence
      const known = this.#session?.find(source.sequence) ?? 'forgotten'
      if (known === 'forgotten') return this.#failed('SESSION_EXPIRED')
      if (known !== 'new') return known
    }
    answer.restart()
    this.#named = null
    this.#known = null
    return this.#settle(this.#start(source))
  }

  resume(): CommandResult | null {
    assert(this.#steps !== null, 'what goes on has begun')
    return this.#settle(this.#steps)
  }

  #settle(begun: Outcome | Steps<Outcome>): CommandResult | null {
    let outcome: Outcome
    if (begun === null || typeof begun === 'string') outcome = begun
    else {
      const step = begun.next()
      if (step.done !== true) {
        this.#steps = begun
        return null
      }
      this.#steps = null
      outcome = step.value
    }
    const { space, named, clockMs } = this.#context
    assert(outcome === null || !space.isChanging, 'what is refused has changed nothing')
    space.settle()
    const result = this.#known ?? (outcome === null ? this.#done() : this.#failed(outcome))
    this.#session?.remember(this.#sequence, result)
    if (this.#named !== null) {
      named.remember(this.#named, result, clockMs)
      space.hash.bytes(this.#named.name)
    }
    return result
  }

  #done(): Done {
    const { answer, space } = this.#context
    const body = answer.length === 0 ? NO_BODY : answer.copy()
    if (body.length > 0) space.hash.bytes(body)
    return { kind: 'done', revision: space.revision, body }
  }

  #failed(code: ErrorCode): Failed {
    return { kind: 'failed', revision: this.#context.space.revision, code }
  }

  #start(source: CommandSource): Outcome | Steps<Outcome> {
    const { limits } = this.#context
    if (source.bodyEnd - source.bodyStart > limits.requestBytesMax) return 'TOO_LARGE'
    try {
      return this.#dispatch(source)
    } catch (error) {
      // The message is none; decoding comes before anything else.
      if (error instanceof KvError && error.code === 'BAD_REQUEST') return 'BAD_REQUEST'
      throw error
    }
  }

  #dispatch(source: CommandSource): Outcome | Steps<Outcome> {
    const context = this.#context
    switch (source.kind) {
      case COMMAND.put:
        return this.#startPut(source)
      case COMMAND.deleteRange:
        return this.#startDelete(decoded(etcd.DeleteRangeRequest, source))
      case COMMAND.txn:
        return this.#startTxn(decoded(etcd.TxnRequest, source))
      case COMMAND.compact: {
        const request = decoded(etcd.CompactionRequest, source)
        return this.#alarm(false) ?? compact(context, request)
      }
      case COMMAND.leaseGrant: {
        const request = decoded(etcd.LeaseGrantRequest, source)
        return this.#alarm(true) ?? grantLease(context, request)
      }
      case COMMAND.leaseRevoke: {
        const request = decoded(etcd.LeaseRevokeRequest, source)
        return this.#alarm(false) ?? revokeLease(context, request)
      }
      case COMMAND.leaseExpire: {
        const request = decoded(state.LeaseExpireRequest, source)
        return this.#alarm(false) ?? expireLeases(context, request)
      }
      case COMMAND.increment: {
        const request = decoded(state.IncrementRequest, source)
        const fault = faultOfIncrement(context, request) ?? this.#alarm(true)
        return fault ?? increment(context, request)
      }
      case COMMAND.putWithTtl:
        return this.#startPutWithTtl(decoded(state.PutWithTtlRequest, source))
      case COMMAND.guarded:
        return this.#startGuarded(decoded(state.GuardedRequest, source))
      default:
        return this.#dispatchAlways(source)
    }
  }

  /**
   * What no alarm stops: to renew a lease is to keep what is there, and alarms must end somehow.
   */
  #dispatchAlways(source: CommandSource): Outcome {
    const context = this.#context
    switch (source.kind) {
      case COMMAND.leaseKeepAlive:
        return renewLease(context, decoded(etcd.LeaseKeepAliveRequest, source))
      case COMMAND.alarm:
        return changeAlarm(context, decoded(etcd.AlarmRequest, source))
      case COMMAND.sessionOpen:
        decoded(state.SessionOpenRequest, source)
        return openSession(context)
      case COMMAND.sessionClose:
        return closeSession(context, decoded(state.SessionCloseRequest, source))
      default:
        return 'BAD_REQUEST'
    }
  }

  #alarm(takesSpace: boolean): Outcome {
    const { alarms } = this.#context
    if (alarms.size === 0) return null
    if (alarms.isCorrupt) return 'STATE_CORRUPT'
    return takesSpace && alarms.hasNoSpace ? 'NO_SPACE' : null
  }

  #startPut({ data, bodyStart, bodyEnd }: CommandSource): Outcome | Steps<Outcome> {
    const context = this.#context
    const put = this.#put.read(data, bodyStart, bodyEnd - bodyStart)
    const fault = checkPut(put, context.limits) ?? this.#alarm(true) ?? faultOfPut(context, put)
    if (fault !== null) return fault
    if (put.prevKv || put.ignoreValue || put.ignoreLease) return asOutcome(putSteps(context, put))
    putAtOnce(context, put)
    return null
  }

  #startPutWithTtl(request: state.PutWithTtlRequest): Outcome | Steps<Outcome> {
    const context = this.#context
    const put = new PutFields()
    if (request.put !== null) put.take(request.put)
    const fault = faultOfTtl(context, request) ?? checkPut(put, context.limits) ?? this.#alarm(true)
    return fault ?? putWithTtl(context, put, request)
  }

  #startGuarded(request: state.GuardedRequest): Outcome | Steps<Outcome> {
    const { limits, named, clockMs } = this.#context
    const fault = checkGuarded(request, limits)
    if (fault !== null) return fault
    const { compare, name, kind, body } = request
    if (name.length > 0) {
      const known = named.find(request)
      if (known === 'mismatch') return 'IDEMPOTENCY_MISMATCH'
      if (known !== 'new') {
        this.#known = known
        return null
      }
      if (!named.makeRoom(clockMs)) return 'IDEMPOTENCY_FULL'
      this.#named = request
    }
    const source = { data: body, kind, session: 0, sequence: 0, bodyStart: 0, bodyEnd: body.length }
    return compare.length === 0 ? this.#start(source) : this.#ifAllHold(compare, source)
  }

  *#ifAllHold(compare: etcd.Compare[], source: CommandSource): Steps<Outcome> {
    const { space, work } = this.#context
    const conditions = conditionsOf(compare)
    const { succeeded } = yield* chooseBranch(conditions, { space, work, head: space.revision })
    if (!succeeded) return 'CONDITION_FAILED'
    const begun = this.#start(source)
    return begun === null || typeof begun === 'string' ? begun : yield* begun
  }

  #startDelete(request: etcd.DeleteRangeRequest): Outcome | Steps<Outcome> {
    return checkDeleteRange(request) ?? this.#alarm(false) ?? deleteSteps(this.#context, request)
  }

  #startTxn(request: etcd.TxnRequest): Outcome | Steps<Outcome> {
    const context = this.#context
    const fault = checkTxn(request, context.limits) ?? this.#alarm(hasPut(request))
    return fault ?? txnSteps(context, request)
  }
}

function decoded<T>(
  codec: { decode(bytes: Uint8Array, offset: number, length: number): T },
  { data, bodyStart, bodyEnd }: CommandSource,
): T {
  return codec.decode(data, bodyStart, bodyEnd - bodyStart)
}

function* asOutcome(steps: Steps<void>): Steps<Outcome> {
  yield* steps
  return null
}

function* deleteSteps(context: Context, request: etcd.DeleteRangeRequest): Steps<Outcome> {
  const slots = yield* keysThere(context, request)
  if (request.prevKv && bytesOf(context, slots) > context.limits.answerBytesMax) return 'TOO_LARGE'
  yield* writeDeleted(context, slots, request)
  yield* removeAll(context, slots)
  return null
}
