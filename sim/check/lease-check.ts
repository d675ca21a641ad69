/**
 * I11, with a table of leases of its own beside the log: none ends early, whether by the time of
 * the cluster or by that of whoever renewed it; who is told that a lease was renewed was told the
 * truth; and a lease takes all its keys with it, in one revision.
 */

import { COMMAND, type CommandResult } from '../../src/state/index.ts'
import { etcd, state } from '../../src/wire/index.ts'
import type { Model, StoreEvent } from './model.ts'
import type { LoggedCommand } from './revision-order.ts'

interface Lease {
  readonly ttlMs: number
  /** By the time of the cluster. */
  deadlineMs: number
  /** When whoever granted or renewed it last had asked for that, in true time. */
  renewedUs: number
  readonly keys: Set<string>
}

export interface LeaseMoment {
  readonly index: number
  readonly clockMs: number
  /** When the first replica applied the entry. */
  readonly appliedUs: number
  /** When the client began to ask for the command. */
  readonly askedUs: number
  /** What the command did to keys. */
  readonly events: readonly StoreEvent[]
  /** It stood in the log before, in a session: it did nothing now. */
  readonly repeated: boolean
}

export interface LeaseCheckOptions {
  readonly driftMax: number
  readonly report: (text: string) => void
}

const MS_PER_SECOND = 1000
const US_PER_MS = 1000

export class LeaseCheck {
  readonly #model: Model
  readonly #options: LeaseCheckOptions
  readonly #leases = new Map<bigint, Lease>()
  #clockMs = 0

  constructor(model: Model, options: LeaseCheckOptions) {
    this.#model = model
    this.#options = options
  }

  applied(command: LoggedCommand, result: CommandResult, moment: LeaseMoment): void {
    const { index, clockMs, events } = moment
    if (clockMs < this.#clockMs) {
      this.#report(moment, `the time of the cluster goes back from ${this.#clockMs} to ${clockMs}`)
    }
    this.#clockMs = Math.max(this.#clockMs, clockMs)
    if (moment.repeated) {
      if (events.length > 0) this.#report(moment, 'a repeated command changed keys')
      return
    }
    if (result.kind === 'failed') return
    const ended = this.#ended(command, result, moment)
    if (ended !== null) this.#checkEnd(ended, moment)
    for (const event of events) this.#follow(event, { index })
  }

  /** Takes down what the command did to leases; the one that ended, if one did. */
  #ended(
    { kind, body }: LoggedCommand,
    result: CommandResult & { kind: 'done' },
    moment: LeaseMoment,
  ): Lease | null {
    switch (kind) {
      case COMMAND.leaseGrant:
        this.#granted(etcd.LeaseGrantRequest.decodeBytes(body), moment)
        return null
      case COMMAND.leaseKeepAlive: {
        const { ID, TTL } = etcd.LeaseKeepAliveResponse.decodeBytes(result.body)
        this.#renewed(ID, moment, { isAlive: TTL > 0 })
        return null
      }
      case COMMAND.leaseRevoke: {
        const { ID } = etcd.LeaseRevokeRequest.decodeBytes(body)
        const lease = this.#leases.get(ID) ?? null
        if (lease === null) this.#report(moment, `lease ${ID} was revoked, and was not there`)
        this.#leases.delete(ID)
        return lease
      }
      case COMMAND.leaseExpire:
        return this.#expired(state.LeaseExpireRequest.decodeBytes(body), moment)
      case COMMAND.putWithTtl:
        this.#broughtAlong(state.PutWithTtlRequest.decodeBytes(body), moment)
        return null
      default:
        return null
    }
  }

  #granted({ ID, TTL }: etcd.LeaseGrantRequest, moment: LeaseMoment): void {
    const { clockMs, askedUs } = moment
    if (this.#leases.has(ID)) this.#report(moment, `lease ${ID} was granted while it was there`)
    const ttlMs = Math.max(1, TTL) * MS_PER_SECOND
    const deadlineMs = clockMs + ttlMs
    this.#leases.set(ID, { ttlMs, deadlineMs, renewedUs: askedUs, keys: new Set() })
  }

  #renewed(id: bigint, moment: LeaseMoment, { isAlive }: { readonly isAlive: boolean }): void {
    const lease = this.#leases.get(id)
    if (isAlive !== (lease !== undefined)) {
      const was = isAlive ? 'renewed, and was gone' : 'not renewed, and was there'
      this.#report(moment, `lease ${id} was ${was}`)
    }
    if (lease === undefined) return
    lease.deadlineMs = moment.clockMs + lease.ttlMs
    lease.renewedUs = moment.askedUs
  }

  /** The replay expires one lease at a time. */
  #expired({ ids }: state.LeaseExpireRequest, moment: LeaseMoment): Lease | null {
    const [id] = ids
    const lease = id === undefined ? undefined : this.#leases.get(id)
    if (id === undefined || lease === undefined || lease.deadlineMs > moment.clockMs) {
      if (moment.events.length > 0) {
        this.#report(moment, `lease ${id} is not due, and its keys are deleted`)
      }
      return null
    }
    const livedMs = (moment.appliedUs - lease.renewedUs) / US_PER_MS
    if (livedMs < lease.ttlMs / (1 + this.#options.driftMax) - 1) {
      const text = `lease ${id} of ${lease.ttlMs} ms ended ${livedMs} ms after it was asked for`
      this.#report(moment, text)
    }
    this.#leases.delete(id)
    return lease
  }

  /** A put with a time to live has a lease without a name, which its one key holds. */
  #broughtAlong({ ttlMs }: state.PutWithTtlRequest, moment: LeaseMoment): void {
    const id = moment.events[0]?.now?.lease ?? 0n
    if (id === 0n) {
      this.#report(moment, 'a key with a time to live has no lease')
      return
    }
    const { clockMs, askedUs } = moment
    const deadlineMs = clockMs + ttlMs
    this.#leases.set(id, { ttlMs, deadlineMs, renewedUs: askedUs, keys: new Set() })
  }

  #checkEnd({ keys }: Lease, moment: LeaseMoment): void {
    const { events } = moment
    const gone = events.filter(({ now }) => now === null).map(({ key }) => key)
    const left = [...keys].filter((key) => !gone.includes(key))
    if (left.length > 0 || gone.length !== keys.size || events.length !== gone.length) {
      this.#report(moment, `a lease ended with ${gone}, and ${[...keys]} were its keys`)
    }
    if (new Set(events.map(({ main }) => main)).size > 1) {
      this.#report(moment, 'the keys of a lease went in several revisions')
    }
  }

  #follow(event: StoreEvent, { index }: { readonly index: number }): void {
    const before = event.before?.lease ?? 0n
    const now = event.now?.lease ?? 0n
    if (before !== now && before !== 0n) this.#detach(before, event.key)
    if (now === 0n) return
    const lease = this.#leases.get(now)
    if (lease === undefined) {
      this.#options.report(`entry ${index}: ${event.key} is put with lease ${now}, which is gone`)
    } else lease.keys.add(event.key)
  }

  /** A lease without a name ends with its key. */
  #detach(id: bigint, key: string): void {
    const lease = this.#leases.get(id)
    lease?.keys.delete(key)
    if (lease !== undefined && lease.keys.size === 0 && id < 0n) this.#leases.delete(id)
  }

  #report({ index }: LeaseMoment, text: string): void {
    this.#options.report(`entry ${index}: ${text}; revision ${this.#model.machine.revision}`)
  }
}
