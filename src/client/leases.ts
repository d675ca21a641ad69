/** Leases by their numbers. */

import type { Core } from './core.ts'
import { QuorateError } from './errors.ts'
import { checkOptions } from './option-names.ts'
import { leaseIdOf, unexpected } from './requests.ts'
import { shownLease } from './subject.ts'
import type { CallOptions, LeaseOptions, Leases, LeaseTimeToLive } from './types.ts'
import { shown } from './words.ts'

const MS_PER_SECOND = 1000

export class LeasesById implements Leases {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  grant(options: LeaseOptions & { readonly id?: bigint }): Promise<LeaseTimeToLive> {
    return this.#core.attempt(() => {
      checkOptions('leases.grant', options)
      const value = { ID: leaseIdOf(options.id), TTL: secondsOf(options.ttlMs) }
      return {
        operation: { kind: 'leaseGrant', value },
        ...{ isWrite: true, isHeavy: false },
        read: (result) =>
          result.kind === 'leaseGrant'
            ? lasting(result.value.ID, result.value.TTL)
            : unexpected(result),
      }
    }, options)
  }

  keepAlive(id: bigint, options: CallOptions = {}): Promise<LeaseTimeToLive> {
    return this.#core.attempt(() => {
      checkOptions('leases.keepAlive', options)
      return {
        operation: { kind: 'leaseKeepAlive', value: { ID: givenId(id) } },
        // To renew twice is as good as once.
        ...{ isWrite: false, isHeavy: false },
        read: (result) =>
          result.kind === 'leaseKeepAlive' ? renewed(id, result.value.TTL) : unexpected(result),
      }
    }, options)
  }

  timeToLive(
    id: bigint,
    options: CallOptions & { readonly keys?: boolean } = {},
  ): Promise<LeaseTimeToLive> {
    return this.#core.attempt(() => {
      checkOptions('leases.timeToLive', options)
      const value = { ID: givenId(id), keys: options.keys === true }
      return {
        operation: { kind: 'leaseTimeToLive', value },
        ...{ isWrite: false, isHeavy: false },
        read: (result) => {
          if (result.kind !== 'leaseTimeToLive') return unexpected(result)
          const { TTL, grantedTTL, keys: names } = result.value
          return {
            id,
            grantedTtlMs: grantedTTL * MS_PER_SECOND,
            ttlMs: TTL * MS_PER_SECOND,
            keys: names.map((name) => name.slice()),
          }
        },
      }
    }, options)
  }

  revoke(id: bigint, options: CallOptions = {}): Promise<void> {
    return this.#core.attempt(() => {
      checkOptions('leases.revoke', options)
      return {
        operation: { kind: 'leaseRevoke', value: { ID: givenId(id) } },
        ...{ isWrite: true, isHeavy: false },
        read: (result) => (result.kind === 'leaseRevoke' ? undefined : unexpected(result)),
      }
    }, options)
  }

  list(options: CallOptions = {}): Promise<readonly bigint[]> {
    return this.#core.attempt(() => {
      checkOptions('leases.list', options)
      return {
        operation: { kind: 'leaseLeases', value: {} },
        ...{ isWrite: false, isHeavy: false },
        read: (result) =>
          result.kind === 'leaseLeases'
            ? result.value.leases.map(({ ID }) => ID)
            : unexpected(result),
      }
    }, options)
  }
}

function renewed(id: bigint, seconds: number): LeaseTimeToLive {
  if (seconds > 0) return lasting(id, seconds)
  throw new QuorateError(
    'LEASE_NOT_FOUND',
    `there is no lease ${shownLease(id)}: it was revoked, or has run out`,
  )
}

function lasting(id: bigint, seconds: number): LeaseTimeToLive {
  const ttlMs = seconds * MS_PER_SECOND
  return { id, grantedTtlMs: ttlMs, ttlMs, keys: [] }
}

function secondsOf(ttlMs: number): number {
  const seconds = typeof ttlMs === 'number' ? Math.ceil(ttlMs / MS_PER_SECOND) : Number.NaN
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds
  throw new QuorateError('BAD_REQUEST', `ttlMs is a number above 0, not ${shown(ttlMs)}`)
}

/** One that is missing would be no lease at all. */
function givenId(id: bigint): bigint {
  return leaseIdOf(id ?? null)
}
