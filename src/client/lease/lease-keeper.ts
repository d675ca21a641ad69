/**
 * All leases of a client, kept alive over one stream of etcd's Lease service.
 *
 * A server ends the whole stream when one renewal fails; then all that are under way are sent again
 * over another stream, at another node. To renew twice is as good as once.
 */

import { assert } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'
import type { CallReceiver } from '../../rpc/index.ts'
import { etcd } from '../../wire/index.ts'
import { clientClosed, QuorateError } from '../errors.ts'
import { pauseMs } from '../limits.ts'
import type { Link, LinkStream } from '../link.ts'
import type { CallOptions, LeaseOptions } from '../types.ts'
import { shown } from '../words.ts'
import { HeldLease, type HeldLeaseHost } from './held-lease.ts'
import { LEASE_LIMITS, type LeaseLimits } from './limits.ts'

const { path, response: answers } = etcd.Lease.methods.leaseKeepAlive

export class LeaseKeeper implements HeldLeaseHost {
  readonly clock: Clock
  readonly limits: LeaseLimits
  readonly #link: Link
  readonly #leases = new Map<bigint, HeldLease>()
  /** To be renewed as soon as the stream takes it. */
  readonly #due = new Set<HeldLease>()
  /** Renewals that were sent on the present stream and are not answered. */
  readonly #underWay = new Set<HeldLease>()
  #stream: Renewals | null = null
  #failures = 0
  #pause: Timer | null = null

  constructor(link: Link, limits: LeaseLimits = LEASE_LIMITS) {
    this.#link = link
    this.clock = link.clock
    this.limits = limits
    link.closed.addEventListener('abort', () => this.#close(), { once: true })
  }

  async grant({ ttlMs, ...options }: LeaseOptions): Promise<HeldLease> {
    const { ttlMsMin } = this.limits
    const isNumber = typeof ttlMs === 'number'
    if (!isNumber || !(ttlMs >= ttlMsMin && ttlMs <= Number.MAX_SAFE_INTEGER)) {
      const text = `ttlMs is ${shown(ttlMs)}, and must be a number of at least ${ttlMsMin}`
      throw new QuorateError('BAD_REQUEST', text)
    }
    const sentMs = this.clock.monotonicMs()
    const wanted = { ID: this.#chosenId(), TTL: Math.ceil(ttlMs / 1000) }
    const seconds = await this.#granted(wanted, options)
    const lease = new HeldLease(this, { id: wanted.ID, ttlMs: seconds * 1000, sentMs })
    this.#leases.set(lease.id, lease)
    if (this.#link.closed.aborted) lease.lose(clientClosed())
    return lease
  }

  /** Positive, as whoever prints it expects. */
  #chosenId(): bigint {
    const { chance } = this.#link
    const high = BigInt(chance.uint32() & 0x7fff_ffff)
    return ((high << 32n) | BigInt(chance.uint32())) + 1n
  }

  async #granted(wanted: etcd.LeaseGrantRequest, options: CallOptions): Promise<number> {
    try {
      return (await this.#link.grantLease(wanted, options)).TTL
    } catch (error) {
      // An attempt before this one has granted it, for nobody else would draw the same 63 bits.
      if (isFailure(error, 'LEASE_EXISTS')) return wanted.TTL
      // It may have been granted. When this fails as well, it ends by itself.
      this.revoke(wanted.ID, { timeoutMs: this.limits.revokeMsMax }).catch(() => {})
      throw error
    }
  }

  // What leases tell.

  renew(lease: HeldLease): void {
    this.#due.add(lease)
    this.#send()
  }

  unanswered(lease: HeldLease): void {
    lease.unanswered()
    this.#due.add(lease)
    // Another lease may have complained before, and the stream is a new one already.
    if (this.#underWay.has(lease)) this.#replaceStream()
    else this.#send()
  }

  forget(lease: HeldLease): void {
    this.#leases.delete(lease.id)
    this.#due.delete(lease)
    this.#underWay.delete(lease)
    if (this.#leases.size > 0) return
    this.#stream?.close()
    this.#stream = null
    this.#pause?.cancel()
    this.#pause = null
  }

  async revoke(ID: bigint, options: CallOptions): Promise<void> {
    try {
      await this.#link.revokeLease({ ID }, options)
    } catch (error) {
      // It has run out, or an attempt before this one has revoked it.
      if (!isFailure(error, 'LEASE_NOT_FOUND')) throw error
    }
  }

  // The stream.

  #send(): void {
    if (this.#due.size === 0 || this.#pause !== null) return
    this.#stream ??= new Renewals(this.#link, {
      ready: () => this.#send(),
      answered: (id, seconds) => this.#answered(id, seconds),
      ended: () => this.#ended(),
    })
    const stream = this.#stream
    for (const lease of this.#due) {
      // It may have ended with what was written last.
      if (stream !== this.#stream || !stream.mayWrite) return
      this.#due.delete(lease)
      this.#underWay.add(lease)
      lease.sent()
      stream.write(lease.id)
    }
  }

  #answered(id: bigint, seconds: number): void {
    this.#failures = 0
    const lease = this.#leases.get(id)
    if (lease === undefined || !this.#underWay.delete(lease)) return
    lease.answered(seconds * 1000)
  }

  #replaceStream(): void {
    this.#stream?.abandon()
    this.#ended()
  }

  #ended(): void {
    this.#stream = null
    for (const lease of this.#underWay) {
      lease.unanswered()
      this.#due.add(lease)
    }
    this.#underWay.clear()
    this.#failures += 1
    if (this.#failures === 1) this.#send()
    else this.#takePause()
  }

  #takePause(): void {
    const { backoffMsMin: min, backoffMsMax: max } = this.limits
    const delayMs = pauseMs(this.#failures - 2, { min, max, chance: this.#link.chance })
    this.#pause?.cancel()
    this.#pause = this.clock.after(delayMs, () => {
      this.#pause = null
      this.#send()
    })
  }

  #close(): void {
    this.#pause?.cancel()
    for (const lease of [...this.#leases.values()]) lease.lose(clientClosed())
    assert(this.#stream === null, 'a stream is open only while there are leases')
  }
}

interface RenewalsListener {
  /** More may be written. */
  ready(): void
  answered(id: bigint, seconds: number): void
  ended(): void
}

/** One stream of renewals. */
class Renewals implements CallReceiver {
  readonly #call: LinkStream
  readonly #listener: RenewalsListener
  #mayWrite = false
  #over = false

  constructor(link: Link, listener: RenewalsListener) {
    this.#listener = listener
    this.#call = link.stream(path, this)
  }

  get mayWrite(): boolean {
    return this.#mayWrite
  }

  write(ID: bigint): void {
    this.#mayWrite = this.#call.write(etcd.LeaseKeepAliveRequest.encodeBytes({ ID }))
  }

  /** Idempotent. Nobody is told. */
  close(): void {
    this.#over = true
    this.#mayWrite = false
    this.#call.cancel()
  }

  /** The node behind it does not answer. */
  abandon(): void {
    this.#call.abandon()
    this.close()
  }

  writable(): void {
    this.#mayWrite = true
    this.#listener.ready()
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const { ID, TTL } = answers.decode(bytes, offset, length)
    this.#listener.answered(ID, TTL)
  }

  ended(): void {
    if (this.#over) return
    this.close()
    this.#listener.ended()
  }
}

export function isFailure(error: unknown, code: QuorateError['code']): boolean {
  return error instanceof QuorateError && error.code === code
}
