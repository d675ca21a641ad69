/** What clients may ask of the etcd door. */

import { STATE_LIMITS } from '../../state/index.ts'

export interface EtcdLimits {
  /** Pieces of `RangeStream`. */
  readonly pieceBytes: number
  /** Pieces of a snapshot. */
  readonly blobBytesMax: number
  /** Renewals under way on one stream. */
  readonly keepAlivesMax: number
  /** Without a leader for so long, streams end that want one. */
  readonly noLeaderMsMax: number
}

/**
 * Pieces of a range are as large as the largest request, those of a snapshot 32 KiB, both as
 * etcd's: small enough for every client's bound on messages. A stream of renewals has a few hundred
 * under way when a client keeps very many leases; more only wait in another queue. Three election
 * timeouts of a second are etcd's patience with a cluster without a leader.
 * What a request may be and how many watches there are is bounded by the state and its hub.
 */
export const ETCD_LIMITS: EtcdLimits = {
  pieceBytes: 1_572_864,
  blobBytesMax: 32_768,
  keepAlivesMax: 1024,
  noLeaderMsMax: 3000,
}

/** What the port should take: a request, and room around it (etcd has the same 512 KiB). */
export const ETCD_MESSAGE_BYTES_MAX = STATE_LIMITS.requestBytesMax + 524_288

/** Of a lock or a campaign that brought no lease of its own. */
export const SESSION_TTL_SECONDS = 60
