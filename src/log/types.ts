/**
 * The write-ahead log as its users see it. One log serves all groups of a node: everything that is
 * appended while one sync runs goes to disk together with the next.
 */

import type { Chance, DataChecksums } from '../base/index.ts'
import type { Clock, Disk } from '../io/index.ts'
import type {
  Entry,
  GroupId,
  HardState,
  LogIndex,
  RecoveredReplica,
  SnapshotMark,
} from '../raft/index.ts'

/** One group's share of a batch: durable as a whole or not at all. */
export interface LogWrite {
  readonly group: GroupId
  readonly hardState: HardState | null
  /** The first index may lie at or below the group's last: the suffix from there is replaced. */
  readonly entries: readonly Entry[]
  /** The group's log restarts behind this mark (a snapshot was installed). */
  readonly snapshot: SnapshotMark | null
  /** Called once the batch is durable, in the order of `append`. Never called after a failure. */
  readonly done: () => void
}

export interface LogIdentity {
  readonly clusterId: number
  readonly nodeId: number
}

export interface LogLimits {
  readonly segmentBytes: number
  /** At most this much goes into one write; what waits beyond it goes with the next. */
  readonly batchBytesMax: number
  /** Entry data kept in memory for replication and apply, all groups together. */
  readonly cacheBytesMax: number
  /** Extra wait before a write to gather more, for slow disks. 0: never wait. */
  readonly groupCommitWindowMs: number
  /** How many cut segments are kept for reuse. */
  readonly recycledSegmentsMax: number
  /** With more full segments than this, groups are asked to let go; the default is in `base`. */
  readonly fullSegmentsMax?: number
  /** Batches begin at multiples of this power of two; see LOG_ALIGNMENT_BYTES, the default. */
  readonly alignmentBytes?: number
}

export interface LogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly directory: string
  readonly identity: LogIdentity
  readonly limits: LogLimits
  /**
   * A write or sync failed: the log is poisoned, nothing further becomes durable. The owner ends
   * the node; a restart verifies and rewrites the tail before it trusts it.
   */
  readonly onFatal: (error: Error) => void
  /** True when other replicas hold this node's groups: damage is repaired from them. */
  readonly repairable: boolean
  /**
   * True for a node that never had a log. Otherwise (the default) an empty or missing directory is
   * refused with LOG_MISSING: a lost log is never a silent start.
   */
  readonly create?: boolean
  /** What to do with a last batch that is complete but damaged; 'drop' when absent. */
  readonly suspectTail?: 'drop' | 'refuse'
  /**
   * Called with true when the disk has no room for further segments: the log goes on in its spare,
   * and the node should shed writes. Called with false when there is room again.
   */
  readonly onSpace?: (full: boolean) => void
  /** Told after every batch that became durable how long that took, for those who measure. */
  readonly onDurable?: (durationMs: number) => void
  /**
   * Where the salts of segments come from: in a node it must be one nobody can foresee, so that no
   * client can send bytes that would pass for records.
   */
  readonly chance: Chance
  /** Those of the node, which may know that of an entry's data; its own when absent. */
  readonly checksums?: DataChecksums
}

export type RecoveryVerdict =
  /** Nothing was wrong. */
  | 'clean'
  /**
   * The last batch is not whole and nothing shows that it was durable: cut off, a copy kept. A
   * crash in the middle of the write leaves this, and so does damage in the moment before the
   * evidence of the batch, or the next one, is on disk (docs/decision/0010).
   */
  | 'tornTail'
  /** Durable data is damaged: the groups concerned start `recovering`. */
  | 'damaged'

export interface RecoveryReport {
  readonly verdict: RecoveryVerdict
  readonly segments: number
  readonly records: number
  readonly bytes: number
  /** File and offset of the first bad record, when there was one. */
  readonly file: string | null
  readonly offset: number
  /** Why the first bad record is bad, and which row of the recovery table decided. */
  readonly reason: string
  /** Groups that lost something durable. */
  readonly groups: readonly GroupId[]
  /** The number of this life of the node, one higher at each open. */
  readonly incarnation: number
}

export interface OpenedLog {
  readonly log: WriteAheadLog
  readonly groups: ReadonlyMap<GroupId, RecoveredReplica>
  readonly report: RecoveryReport
  /**
   * Damage may have hidden groups that nobody remembers. When not null, a group that is not in
   * `groups` must begin from this hard state, unless it is certain that it is new.
   */
  readonly hidden?: HardState | null
}

export interface WriteAheadLog {
  /** Those of long data of entries. */
  readonly checksums: DataChecksums
  append(write: LogWrite): void
  /** From memory; null when `from` is not cached. At least one entry even if over `bytesMax`. */
  read(group: GroupId, from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | null
  /** From memory or disk, verified; fails with LOG_CORRUPT rather than return a damaged entry. */
  load(group: GroupId, from: LogIndex, to: LogIndex, bytesMax: number): Promise<readonly Entry[]>
  /**
   * Nobody will soon ask for the group's entries up to there: they need not be kept in memory. They
   * can still be loaded. Only takes note; a hint, that may be given often.
   */
  release(group: GroupId, through: LogIndex): void
  /** Entries up to the mark are covered by a durable snapshot and no longer needed. */
  cut(group: GroupId, mark: SnapshotMark): void
  /**
   * The log is longer than it should be, and the group's entries up to there keep its oldest
   * segment: they should be cut soon. 0: nothing is asked of the group.
   */
  overdue(group: GroupId): LogIndex
  /** Forgets a group that left this node. */
  dropGroup(group: GroupId): void
  /** Waits for what was appended, seals the segment, closes. Idempotent. */
  close(): Promise<void>
}
