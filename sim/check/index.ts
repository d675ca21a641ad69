/**
 * check: judges what clients saw of a run.
 *
 * Three checkers that share nothing but the history: `checkRevisionOrder` replays the committed log
 * and believes it (white box), leases with it; `checkLinearizable` searches an order of the
 * operations on each register, `checkListAppend` a cycle among transactions on lists (both black
 * box). `checkWatches` holds what watches were told against what the replay says happened.
 * `judgeHistory` runs the black-box ones on a history that was read from a file
 * (docs/format/history.md).
 *
 * Invariants: a violation that is reported is one, whatever was left out to find it fast; an
 * outcome that nobody knows stays possible to the end; who runs out of budget says so and decides
 * nothing.
 */
export { type Explanation, explanationLines } from './explain-register.ts'
export {
  describeOperation,
  type History,
  HistoryError,
  type HistoryOperation,
  type ListStep,
  type ListTransaction,
  type Outcome,
  type RegisterOperation,
  type Scalar,
} from './history.ts'
export {
  formatOperation,
  HISTORY_LIMITS,
  type HistoryLimits,
  HistoryParser,
  parseHistory,
} from './history-file.ts'
export { type HistoryReport, judgeHistory, reportLines } from './judge-history.ts'
export { LineSplitter } from './line-splitter.ts'
export {
  checkLinearizable,
  type LinearizableOptions,
  type LinearizableVerdict,
} from './linearizable.ts'
export { checkListAppend, type ListVerdict, listViolationLines } from './list-append.ts'
export type { ListViolation, ListViolationKind } from './list-orders.ts'
export { copyOf, Model, type StoreEvent, type Version, versionOf } from './model.ts'
export { type RecordedOperation, toHistory } from './recorded.ts'
export {
  type Ask,
  alarmAsk,
  asciiBytes,
  behindPrefix,
  bytesText,
  compactAsk,
  compareAndPutAsk,
  compareOf,
  deleteAsk,
  grantAsk,
  guardedAsk,
  incrementAsk,
  type KnownList,
  keepAliveAsk,
  type ListWish,
  leasesAsk,
  listAsk,
  listOf,
  openSessionAsk,
  putAsk,
  putOp,
  putWithTtlAsk,
  type ReadAsk,
  rangeAsk,
  rangeOp,
  readTxnAsk,
  revokeAsk,
  type Seen,
  tagged,
  timeToLiveAsk,
  txnAsk,
  txnOp,
  type WriteAsk,
  withoutGuards,
} from './requests.ts'
export {
  type CommittedEntry,
  checkRevisionOrder,
  type LoggedCommand,
  type RevisionOrderInput,
  type RevisionOrderVerdict,
  type RevisionViolation,
  type RevisionViolationKind,
} from './revision-order.ts'
export {
  checkWatches,
  type RecordedWatch,
  type SeenEvent,
  type WatchItem,
} from './watch-check.ts'
