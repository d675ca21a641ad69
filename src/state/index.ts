/**
 * state: what a committed command means, in etcd's data model. Pure and synchronous: bytes of
 * entries in, results out; what takes long, or needs records that are not in memory, stops after a
 * turn and says what it waits for.
 *
 * Invariants: the same entries in the same order give the same state, results and hash on every
 * replica, however its turns fell and whatever was in memory; every change has one store-wide
 * revision of its own (a transaction one for all its writes), and revisions never decrease or
 * repeat; a command that is refused has changed nothing; nothing a client sends can make it throw.
 * Not here: storage on disk, who may do what, how a command came to be committed.
 *
 * ```
 * entry ─► state-machine ─► command-runner ─► put, delete, txn, lease, … ─► key-space ─► changes
 *                │                                    │                       │  │
 * read ──────────┴─► state-read ─► range-answer, …    └──► answer-writer   keys  leases  records
 * ```
 */

export type { Alarm } from './alarms.ts'
export { BatchReader, NO_ORIGIN, type Origin, packBatch, packCommand } from './commands.ts'
export { FORESEEN_MAX, FORESEEN_MIN } from './foresight.ts'
export { checkGuarded } from './guarded-command.ts'
export { COMMAND, type CommandKind, READ, type ReadKind } from './kinds.ts'
export { STATE_LIMITS, type StateLimits } from './limits.ts'
export type { MetaWriting } from './meta-format.ts'
export { faultOfIncrement as checkIncrement, faultOfTtl as checkTtl } from './other-commands.ts'
export { PutFields } from './put-fields.ts'
export {
  checkDeleteRange,
  checkPut,
  checkRange,
  checkTxn,
  isReadOnly,
} from './request-checks.ts'
export {
  type ApplyStep,
  type ReadSource,
  StateMachine,
  type StateMachineParts,
} from './state-machine.ts'
export type { ReadStep, StateRead } from './state-read.ts'
export type {
  Change,
  ChangeSink,
  CommandResult,
  Done,
  Failed,
  LoadedRecords,
  RecordStore,
  RevisionList,
} from './types.ts'
export {
  type HistoryRecord,
  type HistoryRequest,
  type KeyVersions,
  NO_WATCH_ID,
  type RecordChange,
  WATCH_LIMITS,
  type WatchBatch,
  type WatchedState,
  WatchHub,
  type WatchLimits,
  type WatchNotice,
  type WatchRefusal,
  type WatchSink,
  type WatchSpec,
  type WatchStream,
  type WatchTarget,
} from './watch/index.ts'
