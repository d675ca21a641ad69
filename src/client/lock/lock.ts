/** Locks: who is first in line for a name holds it. */

import type { CallOptions, Lock, LockOptions } from '../types.ts'
import { type LineParts, type Place, waitInLine } from './place.ts'

/**
 * Short enough that a lock of a program that died is not held for long, and long enough for an
 * election of a new leader and some attempts more.
 */
export const LOCK_TTL_MS = 15_000

const NO_BYTES = new Uint8Array(0)
const UTF8 = new TextDecoder()

/** Resolves when it is held. Without `timeoutMs` it waits as long as it takes. */
export async function takeLock(
  parts: LineParts,
  name: string,
  options: LockOptions = {},
): Promise<Lock> {
  const { ttlMs = LOCK_TTL_MS, ...patience } = options
  return new HeldLock(await waitInLine(parts, { ...patience, name, ttlMs, value: NO_BYTES }))
}

class HeldLock implements Lock {
  readonly #place: Place

  constructor(place: Place) {
    this.#place = place
  }

  get name(): string {
    return this.#place.name
  }

  get key(): string {
    return UTF8.decode(this.#place.key)
  }

  get lease(): bigint {
    return this.#place.lease.id
  }

  get fence(): bigint {
    return BigInt(this.#place.revision)
  }

  get lost(): AbortSignal {
    return this.#place.lost
  }

  get remainingMs(): number {
    return this.#place.remainingMs
  }

  release(options: CallOptions = {}): Promise<void> {
    this.#place.stop()
    return this.#place.lease.revoke(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#place.stop()
    await this.#place.lease[Symbol.asyncDispose]()
  }
}
