/**
 * What watches, leases and locks need of the connection: calls of their own, each of which may be
 * repeated without harm, and streams.
 */

import type { Chance } from '../base/index.ts'
import type { Clock } from '../io/index.ts'
import type { CallReceiver } from '../rpc/index.ts'
import type { etcd } from '../wire/index.ts'

export interface LinkOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** One call under way, of messages either way. */
export interface LinkStream {
  /** To be called after the receiver's first `writable`; false: enough for now. */
  write(bytes: Uint8Array): boolean
  /** The receiver hears nothing more of it. Idempotent. */
  cancel(): void
  /** As `cancel`, because the node does not do its work: the next stream goes to another one. */
  abandon(): void
}

export interface Link {
  readonly clock: Clock
  readonly chance: Chance
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal

  // Whatever comes of an attempt, the call is tried again, at another node, until its time is up:
  // who asks sees to it that twice is as good as once.
  range(request: etcd.RangeRequest, options: LinkOptions): Promise<etcd.RangeResponse>
  txn(request: etcd.TxnRequest, options: LinkOptions): Promise<etcd.TxnResponse>
  grantLease(
    request: etcd.LeaseGrantRequest,
    options: LinkOptions,
  ): Promise<etcd.LeaseGrantResponse>
  revokeLease(request: etcd.LeaseRevokeRequest, options: LinkOptions): Promise<unknown>

  /**
   * A stream to any node that knows a leader. Each end counts against the node, so that the next
   * stream goes to another one. Waits for a connection as long as it takes.
   */
  stream(path: string, receiver: CallReceiver): LinkStream
}
