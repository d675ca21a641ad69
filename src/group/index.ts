/**
 * group: drives one raft group on one node, from a command to its answer.
 *
 * Invariants: nothing is answered before it is applied; entries are applied in order, each once;
 * the log is cut only below what the engine holds durably; an engine holds nothing durably that the
 * own log does not.
 * Not here: which group a key belongs to (`server`), what a command means (`state`), how records
 * are kept (`engine`).
 */
export { Group } from './group.ts'
export { type BeginOptions, beginReplica, type ReplicaStart } from './start.ts'
export {
  GROUP_LIMITS,
  type GroupLimits,
  type GroupMark,
  type GroupObserver,
  type GroupParts,
  type Outcome,
  type ReadIndexOutcome,
  type ReadIndexWaiter,
  type ReadOutcome,
  type ReadRequest,
  type ReadWaiter,
  type Snapshots,
  type SnapshotWriter,
  type Waiter,
} from './types.ts'
