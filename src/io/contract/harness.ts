import assert from 'node:assert/strict'
import type { Clock, Disk, DiskError, Sockets } from '../types.ts'
import type { Authority } from './certificates.ts'

/**
 * What a contract test runs in. `run` performs the body; a simulated world moves on until the body
 * has settled, the real one does so by itself.
 */
export interface Harness {
  run(body: () => Promise<void>): Promise<void>
  /** Releases everything that the factory made. */
  close(): Promise<void>
}

export interface DiskHarness extends Harness {
  readonly disk: Disk
  /** The same disk as another live process sees it. */
  readonly other: Disk
  /** An empty directory that exists. */
  readonly directory: string
}

export interface ClockHarness extends Harness {
  readonly clock: Clock
}

export interface SocketsHarness extends Harness {
  readonly sockets: Sockets
  /** An address of this machine at which `listen` picks a free port. */
  readonly host: string
}

export interface TlsHarness extends SocketsHarness {
  readonly createAuthority: (name: string) => Authority
}

/** Fails unless the promise is rejected with this code, operation and path. */
export async function refuses(
  promise: Promise<unknown>,
  expected: { code: DiskError['code']; operation?: string; path?: string },
): Promise<void> {
  await assert.rejects(promise, { name: 'DiskError', ...expected })
}

/** A promise together with the call that resolves it, for callbacks. */
export interface Signal<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

export function signal<T = void>(): Signal<T> {
  return Promise.withResolvers<T>()
}
