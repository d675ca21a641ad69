/** What the doors may ask of a node. They parse, check and translate; everything else is here. */

import type { ErrorCode } from '../base/index.ts'
import type { ReadRequest, ReadWaiter } from '../group/index.ts'
import type { GroupId, NodeId } from '../raft/index.ts'
import type { Alarm, CommandKind, CommandResult, WatchHub } from '../state/index.ts'

/** A read is the same wherever it is asked for. */
export type { ReadOutcome, ReadRequest, ReadWaiter } from '../group/index.ts'

export type WriteOutcome =
  | { readonly kind: 'applied'; readonly result: CommandResult }
  /** It did not take effect and never will. */
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** Nobody knows: it may take effect later, or never. */
  | { readonly kind: 'unknown'; readonly code: ErrorCode }

/** Waits for one command; hears of it exactly once. */
export interface WriteWaiter {
  settleWrite(outcome: WriteOutcome): void
}

export interface WriteRequest {
  readonly kind: CommandKind
  /** Copied before the call returns. */
  readonly body: Uint8Array
  /** With `sequence`, a retried command takes effect once; 0: every command is a new one. */
  readonly session?: number
  readonly sequence?: number
}

export interface NodeStatus {
  readonly leader: NodeId | null
  readonly raftTerm: number
  readonly raftIndex: number
  readonly raftAppliedIndex: number
  readonly isLearner: boolean
  readonly revision: number
  readonly dbSizeBytes: number
  readonly dbSizeInUseBytes: number
  readonly dbSizeQuotaBytes: number
  /** Those that are on, as of the last entry that was applied here. */
  readonly alarms: readonly Alarm[]
}

export interface MemberDescription {
  readonly id: NodeId
  /** Empty until the member has said its name. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

/** A member whose agreement counts, and whether this node reaches it. */
export interface ReachedMember {
  readonly id: NodeId
  /** Empty until this node has heard it. */
  readonly name: string
  readonly peerUrls: readonly string[]
  /** A connection stands; true of the node itself. */
  readonly isReached: boolean
}

export interface Reach {
  readonly members: readonly ReachedMember[]
  /** Those that are reached are enough to agree. */
  readonly hasMajority: boolean
}

/** A copy of the whole store, as a stream of pieces of a file. */
export interface SnapshotFile {
  readonly bytes: number
  pieces(): AsyncIterable<Uint8Array>
  release(): void
}

export interface NodeService {
  /** As clients of etcd see them: any 64 bits but 0. */
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly nodeId: NodeId
  /** What clients of etcd call that node; its own answer for `nodeId` is `memberId`. */
  memberIdOf(node: NodeId): bigint
  /** Which group owns the key. */
  groupOf(key: Uint8Array): GroupId
  /** Where everything is that belongs to no key: leases, alarms. */
  readonly defaultGroup: GroupId
  /** For the header of an answer. */
  term(group: GroupId): number
  /** The revision of the store as this node knows it. */
  revision(group: GroupId): number
  /**
   * Proposed here, or forwarded to the leader; waits for a leader as long as a request may take.
   */
  write(group: GroupId, request: WriteRequest, waiter: WriteWaiter): void
  /** A linearizable read unless it says otherwise. Idempotent to give up: the waiter is dropped. */
  read(group: GroupId, request: ReadRequest, waiter: ReadWaiter): void
  watchHub(group: GroupId): WatchHub
  /**
   * Whether the group has a leader as far as this node knows, and who is told when that changes.
   */
  hasLeader(group: GroupId): boolean
  /** Who leads the group as far as this node knows. */
  leader(group: GroupId): NodeId | null
  /** Which members of the group this node is connected to; learners have no part in it. */
  reach(group: GroupId): Reach
  onLeader(group: GroupId, listener: (hasLeader: boolean) => void): () => void
  status(group: GroupId): NodeStatus
  /**
   * The members as the cluster agrees on them; from this node's own knowledge when not
   * linearizable.
   */
  members(options: { readonly linearizable: boolean }): Promise<readonly MemberDescription[]>
  /** Ends when leadership has moved, or fails with NOT_LEADER, BAD_REQUEST or TIMED_OUT. */
  moveLeader(group: GroupId, to: NodeId): Promise<void>
  snapshotFile(group: GroupId): Promise<SnapshotFile>
  /** Lasts as long as the node; the smallest TTL of a lease in seconds. */
  readonly leaseTtlSecondsMin: number
}
