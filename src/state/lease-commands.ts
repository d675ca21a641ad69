/** Leases: granted, renewed, and ended with all their keys in one revision. */

import { assert } from '../base/index.ts'
import type { etcd, state } from '../wire/index.ts'
import type { Context, Outcome } from './context.ts'
import { removeAll } from './delete-command.ts'
import { compareBytes } from './key-range.ts'
import type { KeySlot } from './keys/index.ts'
import { isAnonymous, type LeaseSlot } from './leases/index.ts'
import type { Steps } from './work.ts'

const TAG_ID = 0x10
const TAG_TTL = 0x18

export const MS_PER_SECOND = 1000

export function grantLease(context: Context, { ID, TTL }: etcd.LeaseGrantRequest): Outcome {
  const { limits, space, answer, clockMs } = context
  if (ID === 0n) return 'LEASE_NOT_FOUND'
  if (TTL > limits.leaseTtlSecondsMax) return 'LEASE_TTL_TOO_LARGE'
  if (isAnonymous(ID) || space.leases.find(ID) !== 0) return 'LEASE_EXISTS'
  if (space.leases.size >= limits.leasesMax) return 'LEASES_TOO_MANY'
  // Whoever proposes raises it to what a leader's election takes; no lease lasts no time at all.
  const seconds = Math.max(1, TTL)
  const ttlMs = seconds * MS_PER_SECOND
  space.leases.grant(ID, ttlMs, clockMs + ttlMs)
  space.hash.bigint(ID)
  space.hash.number(ttlMs)
  answer.bigint(TAG_ID, ID)
  answer.number(TAG_TTL, seconds)
  return null
}

/** Of a lease that is unknown, the answer is a time of 0, as in etcd. */
export function renewLease(context: Context, { ID }: etcd.LeaseKeepAliveRequest): Outcome {
  const { space, answer, clockMs } = context
  const lease = space.leases.find(ID)
  answer.bigint(TAG_ID, ID)
  if (lease === 0) return null
  const ttlMs = space.leases.ttlMs(lease)
  space.leases.renew(lease, clockMs + ttlMs)
  space.hash.bigint(ID)
  space.hash.number(clockMs)
  answer.number(TAG_TTL, Math.ceil(ttlMs / MS_PER_SECOND))
  return null
}

export function* revokeLease(context: Context, { ID }: etcd.LeaseRevokeRequest): Steps<Outcome> {
  const lease = context.space.leases.find(ID)
  if (lease === 0) return 'LEASE_NOT_FOUND'
  yield* endLease(context, lease)
  return null
}

/**
 * Each lease ends in a revision of its own. One that was kept alive since it was proposed stays.
 */
export function* expireLeases(context: Context, { ids }: state.LeaseExpireRequest): Steps<Outcome> {
  const { space } = context
  for (const id of ids) {
    const lease = space.leases.find(id)
    if (lease === 0 || space.leases.deadlineMs(lease) > context.clockMs) continue
    yield* endLease(context, lease)
    space.settle()
  }
  return null
}

function* endLease(context: Context, lease: LeaseSlot): Steps<void> {
  const { space } = context
  const id = space.leases.id(lease)
  space.hash.bigint(id)
  yield* removeAll(context, keysInOrder(context, lease))
  // An anonymous one went with its last key.
  if (isAnonymous(id)) assert(space.leases.find(id) === 0, 'an anonymous lease has a key')
  else space.leases.end(lease)
}

/** The keys of a lease in the order of their bytes: the same on every replica. */
export function keysInOrder({ space }: Pick<Context, 'space'>, lease: LeaseSlot): KeySlot[] {
  const keys = space.leases.keys(lease).map((slot) => ({ slot, bytes: space.index.keyBytes(slot) }))
  keys.sort((a, b) => compareBytes(a.bytes, b.bytes))
  return keys.map(({ slot }) => slot)
}
