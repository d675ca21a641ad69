/**
 * state: what a committed command means. Pure and synchronous: bytes of entries in, results out.
 *
 * Invariants: the same entries in the same order give the same state, results and hash on every
 * replica; every change has one store-wide revision of its own (a transaction one for all its
 * writes), and revisions never decrease or repeat; nothing a client sends can make it throw.
 * Not here: storage on disk, who may do what, how a command came to be committed.
 */

export type { Alarm } from './alarms.ts'
export { type BatchFault, decodeBatch, encodeBatch } from './batch.ts'
export { keyBytes, keyText } from './bytes.ts'
export {
  type AppendCommand,
  type Command,
  type CompareAndPutCommand,
  type DeleteCommand,
  decodeCommand,
  type Expectation,
  encodeCommand,
  type ListOperation,
  type PutCommand,
  type Refusal,
  type TransactionCommand,
} from './command.ts'
export { BatchReader, NO_ORIGIN, type Origin, packBatch, packCommand } from './commands.ts'
export { COMMAND, type CommandKind, READ, type ReadKind } from './kinds.ts'
export { STATE_LIMITS, type StateLimits } from './limits.ts'
export { appendElement, decodeList } from './list.ts'
export { PutFields } from './put-fields.ts'
export type { Stored } from './record.ts'
export {
  checkDeleteRange,
  checkPut,
  checkRange,
  checkTxn,
  isReadOnly,
} from './request-checks.ts'
export type {
  AppendResult,
  CompareAndPutResult,
  DeleteResult,
  FailedResult,
  PutResult,
  Result,
  TransactionResult,
} from './result.ts'
export { SNAPSHOT_CHUNK_BYTES } from './snapshot.ts'
export {
  type ApplyStep,
  type ReadSource,
  StateMachine,
  type StateMachineParts,
} from './state-machine.ts'
export type { ReadStep, StateRead } from './state-read.ts'
export { FIRST_REVISION, Store } from './store.ts'
export type {
  Change,
  ChangeSink,
  CommandResult,
  Done,
  Failed,
  LoadedRecords,
  Missing,
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
