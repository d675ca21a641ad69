/** What a node bears at a time. Beyond a bound it refuses early, as OVERLOADED. */

export interface NodeLimits {
  /** Writes that somebody waits for, wherever they are on their way. */
  readonly writesMax: number
  readonly writeBytesMax: number
  /** Linearizable reads that wait for their index. */
  readonly readsMax: number
  /** One forwarded batch. */
  readonly forwardCommandsMax: number
  readonly forwardBytesMax: number
  /** Batches of one sender that are remembered, so that one that comes twice takes effect once. */
  readonly forwardsRememberedMax: number
  /** The answer of a forwarded command, and what one message of answers is filled up to. */
  readonly forwardAnswerBytesMax: number
  readonly forwardReplyBytes: number
  /** Leases that one proposal ends. */
  readonly expiredLeasesMax: number
}

const MIB = 1_048_576

/**
 * Writes: twice what a group takes before it refuses (65,536 commands of 64 MiB). Reads as many as
 * a group lets wait. A batch of commands, and one message of answers, is as large as an envelope
 * between nodes gets; a single answer must fit into the largest envelope (16 MiB). Batches come
 * over a stream in order: those that are remembered are ten seconds of the busiest sender. etcd
 * ends 1,000 leases at a time, too.
 */
export const NODE_LIMITS: NodeLimits = {
  writesMax: 131_072,
  writeBytesMax: 128 * MIB,
  readsMax: 65_536,
  forwardCommandsMax: 4096,
  forwardBytesMax: MIB,
  forwardsRememberedMax: 65_536,
  forwardAnswerBytesMax: 12 * MIB,
  forwardReplyBytes: MIB,
  expiredLeasesMax: 1000,
}

/**
 * Of a node when nothing is configured. etcd's 2 GiB are a bound of its storage; here space comes
 * back by itself and restarts read only the index, so that what bounds a node is the memory of its
 * index: 64 GiB are some hundred million small records, or a disk nobody watches.
 */
export const QUOTA_BYTES_DEFAULT = 64 * 1024 * MIB

/** As in etcd with its default timings: below it a lease could not outlast an election. */
export const LEASE_TTL_SECONDS_MIN = 2
