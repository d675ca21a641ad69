/** What can be asked about leases. */

import type { ErrorCode } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import type { AnswerWriter } from './answer-writer.ts'
import type { KeySpace } from './key-space.ts'
import { keysInOrder, MS_PER_SECOND } from './lease-commands.ts'
import { isAnonymous } from './leases/index.ts'
import type { Steps, Work } from './work.ts'

const TAG_ID = 0x10
const TAG_TTL = 0x18
const TAG_GRANTED_TTL = 0x20
const TAG_KEYS = 0x2a
const TAG_LEASES = 0x12
const TAG_STATUS_ID = 0x08

/** The time to live of a lease that is not there, as in etcd. */
const GONE = -1n

interface LeaseParts {
  readonly space: KeySpace
  readonly answer: AnswerWriter
  readonly work: Work
  readonly clockMs: number
}

export function* writeLease(
  { ID, keys }: etcd.LeaseTimeToLiveRequest,
  { space, answer, work, clockMs }: LeaseParts,
): Steps<ErrorCode | null> {
  answer.bigint(TAG_ID, ID)
  const lease = space.leases.find(ID)
  if (lease === 0) {
    answer.bigint(TAG_TTL, GONE)
    return null
  }
  const leftMs = Math.max(0, space.leases.deadlineMs(lease) - clockMs)
  answer.number(TAG_TTL, Math.floor(leftMs / MS_PER_SECOND))
  answer.number(TAG_GRANTED_TTL, Math.ceil(space.leases.ttlMs(lease) / MS_PER_SECOND))
  if (!keys) return null
  // Copied at once, as they are now.
  const copies = keysInOrder({ space }, lease).map((slot) => space.index.keyBytes(slot))
  for (const key of copies) {
    answer.bytes(TAG_KEYS, key)
    work.spend(1)
    if (work.isTurnOver) yield 'sliced'
  }
  return null
}

export function* listLeases({ space, answer, work }: LeaseParts): Steps<ErrorCode | null> {
  // Taken at once, as they are now; put into words in turns.
  const ids = space.leases.ids()
  for (const id of ids) {
    if (!isAnonymous(id)) {
      const begun = answer.begin(TAG_LEASES)
      answer.bigint(TAG_STATUS_ID, id)
      answer.end(begun)
    }
    work.spend(1)
    if (work.isTurnOver) yield 'sliced'
  }
  return null
}
