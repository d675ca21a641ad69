/**
 * Commands that are about no range of keys: compaction, alarms, sessions, counters, puts for a
 * time.
 */

import { assert } from '../base/index.ts'
import { etcd, type state } from '../wire/index.ts'
import { isAlarmType } from './alarms.ts'
import type { Context, Outcome } from './context.ts'
import { type Counter, counterOf, counterText } from './counter.ts'
import { NO_SLOT } from './keys/index.ts'
import { MS_PER_SECOND } from './lease-commands.ts'
import { anonymousId } from './leases/index.ts'
import {
  faultOfPut,
  hasLease,
  latestRecord,
  liveSlot,
  loadLatest,
  putSteps,
} from './put-command.ts'
import { PutFields } from './put-fields.ts'
import { RecordParser } from './record-format.ts'
import type { Steps } from './work.ts'

const TAG_ALARMS = 0x12
const TAG_MEMBER_ID = 0x08
const TAG_ALARM = 0x10
const TAG_SESSION_ID = 0x08
const TAG_VALUE = 0x10
const TAG_PREV_KV = 0x1a

const { GET, ACTIVATE, DEACTIVATE } = etcd.AlarmRequestAlarmAction
const { NONE } = etcd.AlarmType

export function compact({ space }: Context, { revision }: etcd.CompactionRequest): Outcome {
  if (revision <= space.compactRevision) return 'COMPACTED'
  if (revision > space.revision) return 'REVISION_FUTURE'
  space.compact(revision)
  return null
}

export function changeAlarm(context: Context, request: etcd.AlarmRequest): Outcome {
  const { alarms, limits, space } = context
  const { action, memberID: memberId, alarm: type } = request
  if (!isAlarmType(type)) return 'BAD_REQUEST'
  if (action === GET) {
    writeAlarms(context, type)
    return null
  }
  if (action !== ACTIVATE && action !== DEACTIVATE) return 'BAD_REQUEST'
  const alarm = { memberId, type }
  const isKnown = alarms.has(alarm)
  if (type === NONE || (action === DEACTIVATE && !isKnown)) return null
  if (action === ACTIVATE && !isKnown && alarms.size >= limits.alarmsMax) return 'OVERLOADED'
  if (action === ACTIVATE) alarms.activate(alarm)
  else alarms.deactivate(alarm)
  space.hash.bigint(memberId)
  space.hash.number(type)
  writeAlarm(context, alarm)
  return null
}

export function writeAlarms(context: Pick<Context, 'alarms' | 'answer'>, type: number): void {
  for (const alarm of context.alarms.list(type)) writeAlarm(context, alarm)
}

function writeAlarm(
  { answer }: Pick<Context, 'answer'>,
  { memberId, type }: { readonly memberId: bigint; readonly type: number },
): void {
  const begun = answer.begin(TAG_ALARMS)
  answer.bigint(TAG_MEMBER_ID, memberId)
  answer.number(TAG_ALARM, type)
  answer.end(begun)
}

export function openSession({ sessions, answer, space, clockMs }: Context): Outcome {
  const id = sessions.open(clockMs)
  if (id === null) return 'SESSIONS_TOO_MANY'
  space.hash.number(id)
  answer.number(TAG_SESSION_ID, id)
  return null
}

/** Idempotent. */
export function closeSession(
  { sessions, space }: Context,
  { id }: state.SessionCloseRequest,
): Outcome {
  sessions.close(id)
  space.hash.number(id)
  return null
}

/** What can be told of it without knowing the store; asked at the door, too. */
export function faultOfIncrement(
  { limits }: Pick<Context, 'limits'>,
  request: state.IncrementRequest,
): Outcome {
  if (request.key.length === 0) return 'KEY_EMPTY'
  return request.key.length > limits.keyBytesMax ? 'TOO_LARGE' : null
}

/** Adds to a number that stands there in decimal digits. */
export function* increment(context: Context, request: state.IncrementRequest): Steps<Outcome> {
  if (!hasLease(context, request.lease)) return 'LEASE_NOT_FOUND'
  const put = new PutFields()
  put.key.whole(request.key)
  const slot = liveSlot(context, put)
  let before: Counter = request.initial
  let lease = request.lease
  if (slot !== NO_SLOT) {
    const record = latestRecord(context, slot) ?? (yield* loadLatest(context, slot))
    before = counterOf(new RecordParser().parse(record).value)
    if (lease === 0n) lease = context.space.index.lease(slot)
    if (before !== null && request.prevKv) put.prevKv = true
  }
  const value = before === null ? null : before + request.delta
  if (value === null || BigInt.asIntN(64, value) !== value) return 'NOT_A_COUNTER'
  context.answer.bigint(TAG_VALUE, value)
  if (put.prevKv) {
    const record = latestRecord(context, slot)
    assert(record !== null, 'a record that was looked at is still at hand')
    context.answer.bytes(TAG_PREV_KV, record)
  }
  put.value.whole(counterText(value))
  context.space.put(put, lease)
  return null
}

/** What is wrong with the time that a put is to last, or with the lease it asks for besides. */
export function faultOfTtl(
  { limits }: Pick<Context, 'limits'>,
  request: state.PutWithTtlRequest,
): Outcome {
  const { put, ttlMs } = request
  if (put !== null && (put.lease !== 0n || put.ignoreLease)) return 'LEASE_PROVIDED'
  if (ttlMs === 0) return 'BAD_REQUEST'
  return ttlMs > limits.leaseTtlSecondsMax * MS_PER_SECOND ? 'LEASE_TTL_TOO_LARGE' : null
}

/** The put brings along a lease of its own, which nobody lists and which ends with the key. */
export function* putWithTtl(
  context: Context,
  put: PutFields,
  { ttlMs }: state.PutWithTtlRequest,
): Steps<Outcome> {
  const { space, limits, clockMs } = context
  const fault = faultOfPut(context, put)
  if (fault !== null) return fault
  if (space.leases.size >= limits.leasesMax) return 'LEASES_TOO_MANY'
  const slot = liveSlot(context, put)
  const isNeeded = slot !== NO_SLOT && (put.prevKv || put.ignoreValue)
  // Before the lease is there: nobody has a turn while it waits for its key.
  if (isNeeded && latestRecord(context, slot) === null) yield* loadLatest(context, slot)
  const id = anonymousId(space.revision + 1)
  space.leases.grant(id, ttlMs, clockMs + ttlMs)
  space.hash.number(ttlMs)
  put.lease = id
  yield* putSteps(context, put)
  return null
}
