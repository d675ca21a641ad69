/** What a group is made of, and what it tells those who asked. */

import type { ErrorCode } from '../base/index.ts'
import type { WriteAheadLog } from '../log/index.ts'
import type { PeerMessage } from '../peer/index.ts'
import type { Entry, GroupId, LogIndex, NodeId, SnapshotMark } from '../raft/index.ts'
import type { Result, Store } from '../state/index.ts'

export type Outcome =
  | { readonly kind: 'applied'; readonly index: LogIndex; readonly result: Result }
  /** It did not take effect and never will. */
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** Nobody knows: it may take effect later, or never. */
  | { readonly kind: 'unknown'; readonly code: ErrorCode }

/** Waits for one command. An object rather than a closure, so that a door can pool them. */
export interface Waiter {
  settle(outcome: Outcome): void
}

export type ReadOutcome =
  /** The store may be read now: it holds everything that was complete when the read was asked. */
  | { readonly kind: 'ready'; readonly store: Store; readonly index: LogIndex }
  | { readonly kind: 'refused'; readonly code: ErrorCode }

export interface ReadWaiter {
  settleRead(outcome: ReadOutcome): void
}

export interface SnapshotWriter {
  write(chunk: Uint8Array): Promise<void>
  /** Durable when it returns. */
  finish(): Promise<void>
  abort(): Promise<void>
}

/** Snapshot files of all groups of this node. */
export interface Snapshots {
  begin(group: GroupId, mark: SnapshotMark): Promise<SnapshotWriter>
  /** Verified as it is read; fails with SNAPSHOT_CORRUPT rather than hand out damaged bytes. */
  open(group: GroupId, mark: SnapshotMark): AsyncIterable<Uint8Array>
  /** Marks of the complete snapshots there are, ascending by index. */
  list(group: GroupId): Promise<readonly SnapshotMark[]>
  remove(group: GroupId, mark: SnapshotMark): Promise<void>
}

export interface GroupLimits {
  /** Commands that wait for the next entry. */
  readonly pendingCommandsMax: number
  readonly pendingBytesMax: number
  /** What one entry holds. */
  readonly batchCommandsMax: number
  readonly batchBytesMax: number
  /** What is applied before others get a turn. */
  readonly applyBytesMax: number
  readonly readsWaitingMax: number
  /** A snapshot is taken when this many entries were applied since the last one. */
  readonly snapshotEntries: number
  /** Or when what was applied since is this much: it is what a restart has to read again. */
  readonly snapshotLogBytes: number
  /** Entries kept behind a snapshot for followers that are a little late. */
  readonly trailingEntries: number
  /** What is written and sent of a snapshot at a time. */
  readonly snapshotChunkBytes: number
  /** Chunks of a snapshot that may be on their way to a follower. */
  readonly snapshotWindow: number
  /** A chunk that is not answered for this long is sent again; five times, then it failed. */
  readonly snapshotResendTicks: number
}

export const GROUP_LIMITS: GroupLimits = {
  pendingCommandsMax: 65_536,
  pendingBytesMax: 64 * 1024 * 1024,
  batchCommandsMax: 4096,
  // The largest value with its key fits.
  batchBytesMax: 2 * 1024 * 1024,
  applyBytesMax: 1024 * 1024,
  readsWaitingMax: 65_536,
  snapshotEntries: 10_000,
  snapshotLogBytes: 256 * 1024 * 1024,
  trailingEntries: 1000,
  snapshotChunkBytes: 256 * 1024,
  snapshotWindow: 4,
  snapshotResendTicks: 20,
}

/** Rare moments that a run should reach; the simulator counts them. */
export type GroupMark =
  | 'becameLeader'
  | 'lostLeadership'
  | 'snapshotTaken'
  | 'snapshotSent'
  | 'snapshotInstalled'
  | 'snapshotTransferFailed'
  | 'snapshotUseless'
  | 'snapshotPostponed'
  | 'logCut'
  | 'entriesLoaded'
  | 'entriesReplaced'
  | 'repaired'
  | 'membershipApplied'
  | 'removed'
  | 'overloaded'
  | 'applySliced'

export interface GroupParts {
  readonly id: GroupId
  readonly node: NodeId
  readonly log: WriteAheadLog
  readonly snapshots: Snapshots
  readonly store: Store
  readonly limits: GroupLimits
  /** Puts a message into the node's envelope for its receiver; it leaves at the end of the turn. */
  readonly send: (message: PeerMessage) => void
  /** Asks for a `drain` at the end of the turn. */
  readonly wake: () => void
  /** Something failed that this node cannot survive: it must stop and recover by a restart. */
  readonly onFatal: (error: unknown) => void
  /** Told of every entry applied; null in production. */
  readonly observer: GroupObserver | null
}

export interface GroupObserver {
  mark(mark: GroupMark): void
  applied(entry: Entry, results: readonly Result[], store: Store): void
  restored(mark: SnapshotMark, store: Store): void
}
