/**
 * What a replica is made of. Times are counted in ticks of whatever length the driver gives them.
 */

import { assert, type Chance } from '../base/index.ts'
import type {
  Configuration,
  EntryReader,
  GroupId,
  LogIndex,
  NodeId,
  RecoveredReplica,
  SnapshotMark,
} from './types.ts'

export interface RaftTuning {
  /** A follower that heard nothing for this long campaigns; the draw lies in [1, 2) times it. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
  /**
   * The same for whoever knows of no leader, because an election is going on or came to nothing;
   * more than `electionTicks` counts as that, and with every further election it doubles. A leader
   * that is only slow deserves patience, an election that two have split does not: this is as long
   * as winning one takes.
   */
  readonly retryTicks: number
  /** After a dropped connection to the leader: campaign within this many ticks. */
  readonly droppedTicks: number
  readonly appendBytesMax: number
  readonly inFlightBytesMax: number
  readonly inFlightCountMax: number
  /**
   * What a leader holds of its own entries: those that are not yet committed, durable on its own
   * disk and applied. Beyond it proposals are refused as OVERLOADED.
   */
  readonly unfinishedBytesMax: number
  /**
   * How far behind the log's end a new voter may be to count as one that is up to date: commits
   * may soon need it, and then wait until it has all of that.
   */
  readonly catchUpEntriesMax: number
  /** Read rounds under way at once; what is asked beyond waits for the next round. */
  readonly readRoundsMax: number
  /**
   * Reads without an answer, own and forwarded ones, whether they wait for a round or are in one;
   * all reads of a turn count as one. Beyond it own ones fail as OVERLOADED, and a follower's are
   * dropped: it asks again.
   */
  readonly readsWaitingMax: number
}

export const RAFT_TUNING: RaftTuning = {
  electionTicks: 10,
  retryTicks: 10,
  heartbeatTicks: 2,
  droppedTicks: 3,
  appendBytesMax: 1024 * 1024,
  inFlightBytesMax: 8 * 1024 * 1024,
  inFlightCountMax: 256,
  unfinishedBytesMax: 64 * 1024 * 1024,
  // One that keeps pace lacks what is in flight: 256 messages, most of them with an entry or two.
  catchUpEntriesMax: 1024,
  readRoundsMax: 32,
  readsWaitingMax: 65_536,
}

export interface RaftOptions {
  readonly id: NodeId
  readonly group: GroupId
  /** Which life of this node it is: higher than in any life before. */
  readonly incarnation: number
  readonly chance: Chance
  readonly tuning: RaftTuning
  readonly reader: EntryReader
  readonly recovered: RecoveredReplica
  /** The configuration under the log's first entry when no snapshot says it. */
  readonly initialConfiguration: Configuration
  /**
   * The snapshot from which the state was restored, when one was: it may lie above the log's base.
   */
  readonly restored: SnapshotMark | null
}

export function validateTuning(tuning: RaftTuning): void {
  assert(tuning.heartbeatTicks >= 1, 'heartbeats take at least one tick')
  assert(tuning.electionTicks > tuning.heartbeatTicks, 'an election waits for several heartbeats')
  assert(tuning.retryTicks >= 1, 'an election takes at least one tick')
  assert(tuning.droppedTicks >= 1, 'a campaign waits for at least one tick')
  assert(tuning.appendBytesMax > 0 && tuning.inFlightBytesMax > 0, 'something can be sent')
  assert(tuning.inFlightCountMax > 0 && tuning.readRoundsMax > 0, 'something can be under way')
  assert(tuning.catchUpEntriesMax >= 0, 'nobody is ahead of the leader')
}

/** A replica that has never written anything. */
export function emptyReplica(): RecoveredReplica {
  const first: LogIndex = 0
  return {
    hardState: { term: 0, vote: 0, commit: first, recovering: false },
    terms: [],
    last: first,
    snapshot: null,
    configurations: [],
  }
}
