/**
 * One lease that this client keeps alive, and its own, careful view of how long it still lives: it
 * counts from when a renewal was sent, not from when it was answered. The node that carries it out
 * counts from some time between the two, so here it never lives longer than there.
 */

import type { Clock, Timer } from '../../io/index.ts'
import { QuorateError } from '../errors.ts'
import type { CallOptions, Lease } from '../types.ts'
import type { LeaseLimits } from './limits.ts'

export interface HeldLeaseHost {
  readonly clock: Clock
  readonly limits: LeaseLimits
  /** It is time to renew it. */
  renew(lease: HeldLease): void
  /** A renewal was not answered in time. */
  unanswered(lease: HeldLease): void
  /** It needs no renewals any more. */
  forget(lease: HeldLease): void
  revoke(id: bigint, options: CallOptions): Promise<void>
}

export class HeldLease implements Lease {
  readonly id: bigint
  readonly ttlMs: number
  readonly #host: HeldLeaseHost
  readonly #lost = new AbortController()
  /** By our clock it lives until then at least. */
  #expiresMs = 0
  /** When the renewal that is under way was sent. */
  #sentMs: number | null = null
  #isKept = true
  #renewal: Timer | null = null
  #expiry: Timer | null = null
  #revoked: Promise<void> | null = null

  constructor(
    host: HeldLeaseHost,
    granted: { readonly id: bigint; readonly ttlMs: number; readonly sentMs: number },
  ) {
    this.#host = host
    this.id = granted.id
    this.ttlMs = granted.ttlMs
    this.#lives(granted.sentMs, granted.ttlMs)
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** How long it certainly still lives; 0 when it is lost or given back. */
  get remainingMs(): number {
    if (!this.#isKept) return 0
    return Math.max(0, this.#expiresMs - this.#host.clock.monotonicMs())
  }

  revoke(options: CallOptions = {}): Promise<void> {
    this.#stop()
    // A revocation that failed may be tried again; one that is under way or done is enough.
    this.#revoked ??= this.#revoke(options)
    return this.#revoked
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timeoutMs = Math.min(this.ttlMs, this.#host.limits.revokeMsMax)
    try {
      await this.revoke({ timeoutMs })
    } catch (error) {
      // Nobody renews it any more: where the cluster cannot be reached, it ends by itself.
      if (!(error instanceof QuorateError)) throw error
      if (error.retry === 'never' && error.code !== 'CLIENT_CLOSED') throw error
    }
  }

  async #revoke(options: CallOptions): Promise<void> {
    try {
      await this.#host.revoke(this.id, options)
    } catch (error) {
      this.#revoked = null
      throw error
    }
  }

  // What the keeper tells.

  /** A renewal leaves now. */
  sent(): void {
    const { clock, limits } = this.#host
    const { answerShare, answerMsMin } = limits
    this.#sentMs = clock.monotonicMs()
    this.#renewal?.cancel()
    this.#renewal = clock.after(Math.max(answerMsMin, this.ttlMs * answerShare), () =>
      this.#host.unanswered(this),
    )
  }

  /** The answer to what was sent last. */
  answered(ttlMs: number): void {
    const sentMs = this.#sentMs
    this.#sentMs = null
    if (!this.#isKept || sentMs === null) return
    if (ttlMs > 0) this.#lives(sentMs, ttlMs)
    else this.lose(this.#gone('has run out, or was revoked'))
  }

  /** What was sent is not going to be answered. */
  unanswered(): void {
    this.#sentMs = null
    this.#renewal?.cancel()
    this.#renewal = null
  }

  lose(reason: QuorateError): void {
    if (!this.#isKept) return
    this.#stop()
    this.#lost.abort(reason)
  }

  #gone(what: string): QuorateError {
    return new QuorateError('LEASE_NOT_FOUND', `lease ${this.id.toString(16)} ${what}`)
  }

  #lives(sentMs: number, ttlMs: number): void {
    const { clock, limits } = this.#host
    this.#expiresMs = sentMs + ttlMs * (1 - limits.marginShare)
    const nowMs = clock.monotonicMs()
    this.#renewal?.cancel()
    this.#renewal = clock.after(Math.max(0, sentMs + ttlMs * limits.renewShare - nowMs), () =>
      this.#host.renew(this),
    )
    this.#expiry?.cancel()
    this.#expiry = clock.after(Math.max(0, this.#expiresMs - nowMs), () =>
      this.lose(this.#gone('may have run out: no renewal was answered in time')),
    )
  }

  #stop(): void {
    if (!this.#isKept) return
    this.#isKept = false
    this.#renewal?.cancel()
    this.#expiry?.cancel()
    this.#host.forget(this)
  }
}
