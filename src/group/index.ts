/**
 * group: drives one raft group on one node, from a command to its answer.
 *
 * Invariants: nothing is answered before it is applied; entries are applied in order, each once;
 * the log is cut only below a durable snapshot.
 * Not here: which group a key belongs to (`server`), what a command means (`state`).
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
  type ReadOutcome,
  type ReadWaiter,
  type Snapshots,
  type SnapshotWriter,
  type Waiter,
} from './types.ts'
