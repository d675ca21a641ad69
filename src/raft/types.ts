/**
 * The words of consensus: entries, configurations, messages, and `Ready`, the one boundary between
 * the pure core and whoever drives it.
 */

import type { Flavor } from '../base/index.ts'

export type Term = Flavor<number, 'Term'>
export type LogIndex = Flavor<number, 'LogIndex'>
/** 0 is nobody. Ids are never reused: a node that was removed comes back under a new one. */
export type NodeId = Flavor<number, 'NodeId'>
export type GroupId = Flavor<number, 'GroupId'>

export const NOBODY: NodeId = 0

export type EntryKind = 'empty' | 'command' | 'configuration'

/** One entry carries one batch of commands; its bytes are never re-encoded on the way. */
export interface Entry {
  readonly term: Term
  readonly index: LogIndex
  readonly kind: EntryKind
  readonly data: Uint8Array
}

/**
 * Who takes part. While `outgoing` is not empty the configuration is joint (thesis §4.3): elections
 * and commits need a majority of `voters` and a majority of `outgoing`.
 */
export interface Configuration {
  readonly voters: readonly NodeId[]
  readonly outgoing: readonly NodeId[]
  readonly learners: readonly NodeId[]
}

/** What must be durable before any message that depends on it leaves. */
export interface HardState {
  readonly term: Term
  readonly vote: NodeId
  readonly commit: LogIndex
  /**
   * This replica lost something it had promised to keep. Until it is repaired it neither votes,
   * nor leads, nor acknowledges; the mark survives restarts.
   */
  readonly recovering: boolean
}

/** Where a snapshot stands in the log, and the configuration in force there. */
export interface SnapshotMark {
  readonly index: LogIndex
  readonly term: Term
  readonly configuration: Configuration
  /** The index of the entry that brought `configuration`. */
  readonly configurationIndex: LogIndex
}

interface MessageBase {
  readonly group: GroupId
  readonly from: NodeId
  readonly to: NodeId
  readonly term: Term
}

/** `term` is the term the sender would campaign in; it has not adopted it. */
export interface PreVoteRequest extends MessageBase {
  readonly kind: 'preVoteRequest'
  readonly lastIndex: LogIndex
  readonly lastTerm: Term
}

/** Granted: `term` repeats the request's. Refused: `term` is the voter's own. */
export interface PreVoteReply extends MessageBase {
  readonly kind: 'preVoteReply'
  readonly granted: boolean
  /** False when the voter's committed configuration has no place for the asker. */
  readonly member: boolean
  /** The index of the voter's committed configuration, by which the asker knows which is newer. */
  readonly configurationIndex: LogIndex
}

export interface VoteRequest extends MessageBase {
  readonly kind: 'voteRequest'
  readonly lastIndex: LogIndex
  readonly lastTerm: Term
  /** The leader asked for this election: it overrides leader stickiness. */
  readonly transfer: boolean
}

export interface VoteReply extends MessageBase {
  readonly kind: 'voteReply'
  readonly granted: boolean
}

export interface Append extends MessageBase {
  readonly kind: 'append'
  readonly previousIndex: LogIndex
  readonly previousTerm: Term
  readonly entries: readonly Entry[]
  readonly commit: LogIndex
  /** The receiver's incarnation as the leader knows it, 0 when it does not. */
  readonly incarnation: number
  /** It only tells what is committed: a follower that agrees has nothing new to answer. */
  readonly quiet: boolean
}

export interface AppendReply extends MessageBase {
  readonly kind: 'appendReply'
  /**
   * Accepted: the follower's log matches up to here and is durable. Rejected: the index refused.
   */
  readonly index: LogIndex
  readonly rejected: boolean
  /** Rejected: where the leader should look next (the follower's best guess of a match). */
  readonly hintIndex: LogIndex
  readonly hintTerm: Term
  /** The sender does not promise durability: the leader must not count it. */
  readonly recovering: boolean
  readonly incarnation: number
}

export interface Heartbeat extends MessageBase {
  readonly kind: 'heartbeat'
  readonly commit: LogIndex
  /** The read round this heartbeat confirms; 0 when no read waits. */
  readonly round: number
  readonly incarnation: number
}

export interface HeartbeatReply extends MessageBase {
  readonly kind: 'heartbeatReply'
  readonly round: number
  readonly recovering: boolean
  readonly incarnation: number
}

/**
 * The driver carries the snapshot's bytes beside this message and steps it into the receiver only
 * when they are complete and durable there.
 */
export interface Snapshot extends MessageBase {
  readonly kind: 'snapshot'
  readonly mark: SnapshotMark
}

/** The receiver should campaign at once, without PreVote: the leader hands over. */
export interface TimeoutNow extends MessageBase {
  readonly kind: 'timeoutNow'
}

/** A follower or learner asks the leader at which index a linearizable read may be served. */
export interface ReadRequest extends MessageBase {
  readonly kind: 'readRequest'
  readonly id: number
}

export interface ReadReply extends MessageBase {
  readonly kind: 'readReply'
  readonly id: number
  readonly index: LogIndex
}

export type Message =
  | PreVoteRequest
  | PreVoteReply
  | VoteRequest
  | VoteReply
  | Append
  | AppendReply
  | Heartbeat
  | HeartbeatReply
  | Snapshot
  | TimeoutNow
  | ReadRequest
  | ReadReply

/** Linearizable reads with this id may be served once `index` is applied. */
export interface ReadGrant {
  readonly id: number
  readonly index: LogIndex
}

/** Reads with this id get no answer here: nobody leads, or too many wait already. */
export interface ReadFailure {
  readonly id: number
  readonly code: 'NO_LEADER' | 'OVERLOADED'
}

/**
 * What the driver must do, taken at the end of each event-loop turn. The driver
 *   1. sends `messages` at once, in parallel with the disk;
 *   2. writes `snapshot`, `entries` and `hardState` as one atomic batch and syncs it;
 *   3. when that, and every earlier Ready, is durable: calls `persisted(number)` and then sends
 *      `messagesAfterSync`, which are votes and acknowledgements;
 *   4. applies entries up to `commit` in order and calls `applied(index)`;
 *   5. answers `reads` once their index is applied, and fails `readsFailed`;
 *   6. brings `loads` into memory from the log and calls `loaded(from)` for each.
 * Readys may overlap: the next one may be taken while an earlier one is still on its way to disk.
 */
export interface Ready {
  readonly number: number
  readonly hardState: HardState | null
  /** The first entry's index may lie below the log's end: what follows it there is replaced. */
  readonly entries: readonly Entry[]
  /** The log restarts behind this mark; the state must be restored from the snapshot. */
  readonly snapshot: SnapshotMark | null
  readonly messages: readonly Message[]
  readonly messagesAfterSync: readonly Message[]
  readonly commit: LogIndex
  readonly reads: readonly ReadGrant[]
  readonly readsFailed: readonly ReadFailure[]
  readonly loads: readonly LoadRequest[]
}

export interface LoadRequest {
  readonly from: LogIndex
  readonly to: LogIndex
}

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

/** Read access to entries that were handed out in a Ready before. Synchronous: memory only. */
export interface EntryReader {
  /**
   * Entries from `from` to at most `to`, both included, as many as fit in `bytesMax` but at least
   * one; null when `from` is not in memory (ask again after `loaded`).
   */
  read(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null
}

/** What recovery found in the log, from which a replica starts. */
export interface RecoveredReplica {
  readonly hardState: HardState
  /** Index and term at which each run of equal terms begins, ascending. */
  readonly terms: readonly { readonly index: LogIndex; readonly term: Term }[]
  /** The last index in the log; equals the snapshot's index when the log is empty. */
  readonly last: LogIndex
  /** The snapshot under the log's first entry, or null when the log begins at index 1. */
  readonly snapshot: SnapshotMark | null
  /** Configuration entries that are in the log, ascending. */
  readonly configurations: readonly Entry[]
}
