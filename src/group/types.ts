/** What a group is made of, and what it tells those who asked. */

import type { ErrorCode } from '../base/index.ts'
import type { Engine, EngineFactory } from '../engine/index.ts'
import type { Clock } from '../io/index.ts'
import type { WriteAheadLog } from '../log/index.ts'
import type { PeerMessage } from '../peer/index.ts'
import type { Entry, GroupId, LogIndex, NodeId, SnapshotMark } from '../raft/index.ts'
import type { CommandResult, Done, ReadKind, StateLimits, StateMachine } from '../state/index.ts'

export type Outcome =
  | { readonly kind: 'applied'; readonly index: LogIndex; readonly result: CommandResult }
  /** It did not take effect and never will. */
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** Nobody knows: it may take effect later, or never. */
  | { readonly kind: 'unknown'; readonly code: ErrorCode }

/** Waits for one command. An object rather than a closure, so that a door can pool them. */
export interface Waiter {
  settle(outcome: Outcome): void
  /** He waits for another node, which answers once it has applied the entry itself. */
  readonly isElsewhere?: boolean
}

export type ReadIndexOutcome =
  /** The state holds everything that was complete when it was asked; it has applied `index`. */
  | { readonly kind: 'ready'; readonly index: LogIndex }
  | { readonly kind: 'refused'; readonly code: ErrorCode }

export interface ReadIndexWaiter {
  settleReadIndex(outcome: ReadIndexOutcome): void
}

export interface ReadRequest {
  readonly kind: ReadKind
  /** Kept until the read has ended: must not change. */
  readonly body: Uint8Array
  /** Whatever this node knows, without asking the others. */
  readonly serializable: boolean
  /** Hand out a long answer in pieces of about this size; 0: in one. */
  readonly pieceBytes?: number
}

export type ReadOutcome =
  /** The body is a view that is valid during the call only. */
  | { readonly kind: 'done'; readonly result: Done }
  /**
   * An answer in pieces: more follow after this one, which is a response message of its own. The
   * next one comes once `next` was called, during that call or later. The body is a view that is
   * valid during the call only.
   */
  | {
      readonly kind: 'piece'
      /** That all pieces are of, unless the request names one. */
      readonly revision: number
      readonly body: Uint8Array
      readonly next: () => void
    }
  | { readonly kind: 'refused'; readonly revision: number; readonly code: ErrorCode }

/** Hears of one read: pieces first, if it asked for them, then exactly one other outcome. */
export interface ReadWaiter {
  settleRead(outcome: ReadOutcome): void
  /**
   * Asked between two slices of a long read: nobody waits any more, so that it just ends, without
   * another word. Whoever takes pieces must have it: a read waits for `next` until it is gone.
   */
  readonly isGone?: boolean
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
  /** Commands in entries that were proposed here and are not applied yet. */
  readonly unappliedCommandsMax: number
  readonly unappliedBytesMax: number
  /** What one entry holds. */
  readonly batchCommandsMax: number
  readonly batchBytesMax: number
  /** What is applied before others get a turn. */
  readonly applyBytesMax: number
  /** Reads, and questions for the read index, that wait for their index or for their turn. */
  readonly readsWaitingMax: number
  /** Reads that have begun and are not over: in several turns, or in pieces somebody fetches. */
  readonly readsPausedMax: number
  /** Those of them for which records are being loaded at once; the others wait for their turn. */
  readonly readLoadsMax: number
  /** Steps of reads in one turn; each is bounded by itself. */
  readonly readStepsMax: number
  /** No further step is begun in a turn that has spent so much on reads. */
  readonly readTurnMs: number
  /** Keys that are looked at at a time to give back what was compacted; more if many came anew. */
  readonly compactKeysMax: number
  /** And how long those who write have their turn then. */
  readonly compactPauseMs: number
  /** What handing out events may take of a turn, in steps of about a microsecond. */
  readonly watchStepsMax: number
  /** From so many streams on, what is new is handed out only this long after it was applied. */
  readonly watchCrowd: number
  readonly watchPauseMs: number
  /** A watcher that asked for it hears so often how far it is; absent: as often as in etcd. */
  readonly watchProgressMs?: number
  /** Recent events that are kept for those who watch; by default as in `WATCH_LIMITS`. */
  readonly watchRingBytesMax?: number
  /** The leader tells the time at least so often while there are leases. */
  readonly stampMs: number
  /** Followers may hear so much later of what is committed if that spares them a message. */
  readonly commitWordMs: number
  /** A checkpoint is due when this many entries were applied since the last one. */
  readonly checkpointEntries: number
  /** Or when what was applied since is this much: it is what a restart has to read again. */
  readonly checkpointLogBytes: number
  /** Or when it is this long ago and anything was applied since. */
  readonly checkpointMs: number
  /** What is written in one turn of the state besides its records, which is made anew each time. */
  readonly checkpointSliceBytes: number
  /** Entries kept behind a checkpoint for followers that are a little late. */
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
  // Half a second at the highest rate there may be (etcd: 5,000 entries, whatever is in them).
  unappliedCommandsMax: 131_072,
  unappliedBytesMax: 64 * 1024 * 1024,
  batchCommandsMax: 4096,
  // The largest command fits.
  batchBytesMax: 2 * 1024 * 1024,
  // Some milliseconds.
  applyBytesMax: 256 * 1024,
  readsWaitingMax: 65_536,
  // Each may hold some megabytes of records while it is under way.
  readsPausedMax: 1024,
  readLoadsMax: 64,
  readStepsMax: 1024,
  readTurnMs: 5,
  // Less than a tenth of a processor, and as many a second as in etcd.
  compactKeysMax: 100,
  compactPauseMs: 1,
  watchStepsMax: 500,
  // A hundred sockets are a millisecond or two of a processor, on both sides together.
  watchCrowd: 100,
  watchPauseMs: 2,
  // A quarter of a second at the highest rate. Who pauses longer is told from the disk.
  watchRingBytesMax: 8 * 1024 * 1024,
  // A new leader gives each lease at most so much more than it had.
  stampMs: 2000,
  commitWordMs: 1,
  checkpointEntries: 10_000,
  // What a restart applies again in a second; as often as a segment of the log is full.
  checkpointLogBytes: 64 * 1024 * 1024,
  checkpointMs: 60_000,
  // Some milliseconds. 200,000 leases are five megabytes: forty turns, in which nothing is applied.
  checkpointSliceBytes: 128 * 1024,
  trailingEntries: 1000,
  snapshotChunkBytes: 256 * 1024,
  snapshotWindow: 4,
  snapshotResendTicks: 20,
}

/** Rare moments that a run should reach; the simulator counts them. */
export type GroupMark =
  | 'becameLeader'
  | 'lostLeadership'
  /** A checkpoint of the engine is durable. */
  | 'checkpointed'
  /** The state took more than a turn to be written. */
  | 'checkpointSliced'
  /** There was no room for one; it is tried again. */
  | 'checkpointPostponed'
  /** A snapshot file for followers is durable. */
  | 'snapshotWritten'
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
  | 'applyPausedForRecords'
  | 'applyPausedForRoom'
  /** What is applied is not durable in the own log yet, and a checkpoint is due. */
  | 'applyPausedForLog'
  /** The leader proposed an entry only to tell the time. */
  | 'stamped'
  /** A read went on after a load, in another turn, or from its beginning in a new state. */
  | 'readPaused'
  | 'readRestarted'

export interface GroupParts {
  readonly id: GroupId
  readonly node: NodeId
  readonly log: WriteAheadLog
  readonly snapshots: Snapshots
  readonly clock: Clock
  /** As `beginReplica` brought them; the group closes the engine, in `close`. */
  readonly machine: StateMachine
  readonly engine: Engine
  /** Of this group's directory: for the engine that a snapshot of the leader is put into. */
  readonly engines: EngineFactory
  readonly stateLimits: StateLimits
  /** Spreads what clients choose over hash chains; from the node's chance, never in a result. */
  readonly seed: number
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

/**
 * What the parts of a group work with. Without the state and engine that it began with: they may be
 * replaced, and nothing must keep the old ones.
 */
export type GroupContext = Omit<GroupParts, 'machine' | 'engine'>

export interface GroupObserver {
  mark(mark: GroupMark): void
  /** `results`: of an entry of commands, one for each; valid during the call only. */
  applied(entry: Entry, results: readonly CommandResult[], machine: StateMachine): void
  /** The state was replaced by a snapshot of the leader. Not told of the state of a start. */
  restored(mark: SnapshotMark, machine: StateMachine): void
}
