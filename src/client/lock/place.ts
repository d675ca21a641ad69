/**
 * A place in the line for a name, from when somebody gets into it to when it is first. Its key
 * lives as long as a lease of its own, so that to leave is to revoke it, whatever came before.
 *
 * ```
 * grant a lease ─► put the key, once ─► who is before me? ──somebody──► watch that key
 *                                          │     ▲                          │
 *                                        nobody  └────────── deleted ───────┘
 *                                          ▼
 *                                  first, until the key or the lease is gone
 * ```
 *
 * Everything here may be sent twice: a second attempt finds the key of the first.
 */

import type { etcdKv } from '../../wire/index.ts'
import { etcd } from '../../wire/index.ts'
import { QuorateError } from '../errors.ts'
import { type HeldLease, isFailure, type LeaseKeeper } from '../lease/index.ts'
import type { Link } from '../link.ts'
import type { CallOptions } from '../types.ts'
import type { WatchHub } from '../watch/index.ts'
import { shown } from '../words.ts'
import { notTaken, Patience } from './patience.ts'
import {
  createdAt,
  foundAt,
  lastBefore,
  one,
  placeKey,
  put,
  putAt,
  range,
  revisionOf,
} from './requests.ts'

export interface LineParts {
  readonly link: Link
  readonly leases: LeaseKeeper
  readonly watches: WatchHub
}

export interface PlaceWishes extends CallOptions {
  readonly name: string
  readonly value: Uint8Array
  readonly ttlMs: number
  readonly onWait?: () => void
}

/** Resolves when it is first. Whoever gives up leaves nothing behind. */
export async function waitInLine(parts: LineParts, wishes: PlaceWishes): Promise<Place> {
  const { name, signal } = wishes
  checkName(name)
  signal?.throwIfAborted()
  try {
    return await standInLine(parts, wishes)
  } catch (error) {
    if (signal?.aborted === true || !isOpen(error)) throw error
    // What may have taken effect is a place in the line, which is given up: nothing was taken.
    const { message } = error.cause instanceof QuorateError ? error.cause : error
    throw notTaken(name, `in the time of the call: ${message}`, error)
  }
}

function isOpen(error: unknown): error is QuorateError {
  return error instanceof QuorateError && error.retry === 'unknown-outcome'
}

async function standInLine(parts: LineParts, wishes: PlaceWishes): Promise<Place> {
  const { leases } = parts
  const { name, value, ttlMs, signal, timeoutMs, onWait = () => {} } = wishes
  const options = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) }
  const lease = await leases.grant({ ttlMs, ...options })
  const patience = new Patience(parts.link.clock, { ...options, name, onWait }, [lease.lost])
  try {
    const place = await Place.take(parts, { name, value, lease, signal: patience.signal })
    await place.untilFirst(patience.signal, () => patience.othersAreInFront())
    return place
  } catch (error) {
    // Takes the key with it, also one that was put without our knowledge.
    await lease[Symbol.asyncDispose]()
    throw error
  } finally {
    patience.end()
  }
}

interface PlaceParts {
  readonly name: string
  readonly key: Uint8Array
  readonly lease: HeldLease
  readonly revision: number
}

export class Place {
  readonly name: string
  readonly key: Uint8Array
  readonly lease: HeldLease
  /** At which its key was created; greater than those of all who were first before. */
  readonly revision: number
  readonly #parts: LineParts
  readonly #lost = new AbortController()
  readonly #onLeaseLost = (): void => this.#lose(this.lease.lost.reason)
  /** Ends the watch over its own key. */
  #unguard: (() => void) | null = null
  /** At which its value was put last. */
  #putRevision: number
  /** Changes of the value, one after the other. */
  #changes: Promise<unknown> = Promise.resolve()

  private constructor(parts: LineParts, { name, key, lease, revision }: PlaceParts) {
    this.#parts = parts
    this.name = name
    this.key = key
    this.lease = lease
    this.revision = revision
    this.#putRevision = revision
    if (lease.lost.aborted) this.#onLeaseLost()
    else lease.lost.addEventListener('abort', this.#onLeaseLost, { once: true })
  }

  static async take(
    parts: LineParts,
    wishes: {
      readonly name: string
      readonly value: Uint8Array
      readonly lease: HeldLease
      readonly signal: AbortSignal
    },
  ): Promise<Place> {
    const { name, value, lease, signal } = wishes
    const key = placeKey(name, lease.id)
    const request = etcd.TxnRequest.create({
      compare: [createdAt(key, 0)],
      success: [put({ key, value, lease: lease.id })],
      failure: [range(one(key))],
    })
    const answer = await parts.link.txn(request, { signal })
    const revision = answer.succeeded
      ? revisionOf(answer)
      : (foundAt(answer, 0)?.createRevision ?? 0)
    return new Place(parts, { name, key, lease, revision })
  }

  /** Aborted when it is not first any more, or may not be. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** How long it is certainly still first, as far as its lease goes; 0 when it is lost. */
  get remainingMs(): number {
    return this.#lost.signal.aborted ? 0 : this.lease.remainingMs
  }

  async untilFirst(signal: AbortSignal, onOthers: () => void): Promise<void> {
    for (;;) {
      const { before, own, revision } = await this.#look(signal)
      if (own === null) throw this.#goneError()
      if (before === null) {
        this.#guard(revision)
        return
      }
      onOthers()
      await this.#untilDeleted(before.key, revision, signal)
    }
  }

  /** Changes its value; fails when the key is gone. */
  proclaim(value: Uint8Array, options: CallOptions): Promise<void> {
    const change = this.#changes.then(() => this.#proclaim(value, options))
    // Whoever asked for the one before hears of its failure.
    this.#changes = change.catch(() => {})
    return change
  }

  /** To be called when it is left, and before its lease is revoked. */
  stop(): void {
    this.#unguard?.()
    this.lease.lost.removeEventListener('abort', this.#onLeaseLost)
  }

  /** What an attempt that arrives late would overwrite it does not find any more. */
  async #proclaim(value: Uint8Array, options: CallOptions): Promise<void> {
    const { key, revision, lease } = this
    for (;;) {
      this.#lost.signal.throwIfAborted()
      const request = etcd.TxnRequest.create({
        compare: [createdAt(key, revision), putAt(key, this.#putRevision)],
        success: [put({ key, value, lease: lease.id })],
        failure: [range(one(key))],
      })
      const answer = await this.#parts.link.txn(request, options)
      if (answer.succeeded) {
        this.#putRevision = revisionOf(answer)
        return
      }
      const standing = foundAt(answer, 0)
      if (standing?.createRevision !== revision) {
        this.#lose(this.#goneError())
        continue
      }
      this.#putRevision = standing.modRevision
      if (isSame(standing.value, value)) return
    }
  }

  /** Both at one revision: the place is ours, and nobody is before it. */
  async #look(signal: AbortSignal): Promise<{
    readonly before: etcdKv.KeyValue | null
    readonly own: etcdKv.KeyValue | null
    readonly revision: number
  }> {
    const { link } = this.#parts
    const request = etcd.TxnRequest.create({
      success: [range(lastBefore(this.name, this.revision)), range(one(this.key))],
    })
    const answer = await link.txn(request, { signal })
    const found = foundAt(answer, 1)
    const own = found?.createRevision === this.revision ? found : null
    return { before: foundAt(answer, 0), own, revision: revisionOf(answer) }
  }

  /** Returns too early rather than too late: who asks looks again. */
  async #untilDeleted(key: Uint8Array, revision: number, signal: AbortSignal): Promise<void> {
    const watcher = this.#parts.watches.open(deletionOf(key), revision + 1)
    const close = (): void => watcher.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      if (!signal.aborted) await watcher.next()
    } catch (error) {
      if (!isFailure(error, 'COMPACTED')) throw error
    } finally {
      signal.removeEventListener('abort', close)
      watcher.close()
    }
    signal.throwIfAborted()
  }

  /** Somebody may delete the key by hand, and the next one believes to be first. */
  #guard(revision: number): void {
    const end = new AbortController()
    this.#unguard = () => end.abort()
    void this.#watchOwn(revision, end.signal)
  }

  async #watchOwn(revision: number, signal: AbortSignal): Promise<void> {
    try {
      for (let from = revision; ; ) {
        await this.#untilDeleted(this.key, from, signal)
        const { own, revision: present } = await this.#look(signal)
        if (own === null) throw this.#goneError()
        from = present
      }
    } catch (error) {
      // Without knowing it is not safe to go on.
      if (!signal.aborted) this.#lose(error)
    }
  }

  #lose(reason: unknown): void {
    this.stop()
    this.#lost.abort(reason)
  }

  #goneError(): QuorateError {
    const text = `the key that stood for "${this.name}" is gone: it was deleted, or its lease ended`
    return new QuorateError('LEASE_NOT_FOUND', text)
  }
}

function deletionOf(key: Uint8Array) {
  return { key, rangeEnd: NO_BYTES, previous: false, puts: false, deletes: true }
}

const NO_BYTES = new Uint8Array(0)

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

export function checkName(name: string): void {
  if (typeof name !== 'string') {
    throw new QuorateError('BAD_REQUEST', `a name is a text, not ${shown(name)}`)
  }
  if (name === '') throw new QuorateError('KEY_EMPTY', 'a lock or an election has a name')
}
