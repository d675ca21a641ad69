import { KvError } from '../../src/base/index.ts'

/**
 * What clients saw of a run: operations with the interval in which they happened. This is all the
 * black-box checkers look at; docs/format/history.md describes the same as a file.
 */

/**
 * `ok`: it happened and was answered as said. `fail`: it certainly never happened. `info`: nobody
 * knows; it may take effect at any time after its start, or never.
 */
export type Outcome = 'ok' | 'fail' | 'info'

export interface Interval {
  readonly process: number | string
  /**
   * Any clock that never runs backwards. A comes before B only if A.end < B.start: operations that
   * touch at one instant count as concurrent.
   */
  readonly start: number
  /** Infinity when the outcome is `info`. */
  readonly end: number
  readonly outcome: Outcome
}

/** A register's value; null stands for a key that is not there. */
export type Scalar = string | number | boolean | null

export interface ReadAction {
  readonly kind: 'read'
  readonly key: string
  /** What was read; means nothing unless the outcome is `ok`. */
  readonly value: Scalar
}

export interface WriteAction {
  readonly kind: 'write'
  readonly key: string
  readonly value: Scalar
}

export interface CasAction {
  readonly kind: 'cas'
  readonly key: string
  readonly from: Scalar
  readonly to: Scalar
  /** With outcome `ok`: whether it wrote, or found another value than `from` and did not. */
  readonly applied: boolean
}

export interface DeleteAction {
  readonly kind: 'delete'
  readonly key: string
  /** With outcome `ok`: whether there was something to delete; null when it was not said. */
  readonly found: boolean | null
}

export type RegisterAction = ReadAction | WriteAction | CasAction | DeleteAction
export type RegisterOperation = RegisterAction & Interval

export type ListStep =
  | { readonly kind: 'append'; readonly key: string; readonly element: number }
  /** `list` is null when the transaction's outcome is not `ok`. */
  | { readonly kind: 'read'; readonly key: string; readonly list: readonly number[] | null }

/** Reads and appends that take effect together, in order, and see each other. */
export interface TransactionAction {
  readonly kind: 'transaction'
  readonly steps: readonly ListStep[]
}

export type ListTransaction = TransactionAction & Interval
export type HistoryAction = RegisterAction | TransactionAction
export type HistoryOperation = RegisterOperation | ListTransaction

export interface History {
  readonly registers: readonly RegisterOperation[]
  readonly transactions: readonly ListTransaction[]
}

/** A history that cannot be judged because it is not one; `line` is 0 when no line is to blame. */
export class HistoryError extends KvError {
  readonly line: number

  constructor(
    code: 'BAD_REQUEST' | 'TOO_LARGE',
    text: string,
    { line = 0, cause }: { readonly line?: number; readonly cause?: unknown } = {},
  ) {
    const options = cause === undefined ? undefined : { cause }
    super(code, line === 0 ? text : `line ${line}: ${text}`, options)
    this.line = line
  }
}

/** One operation in a line, for people. */
export function describeOperation(operation: HistoryOperation): string {
  const unknown = operation.outcome === 'info' ? ' (outcome unknown)' : ''
  const end = operation.end === Number.POSITIVE_INFINITY ? '...' : String(operation.end)
  const interval = `[${operation.start} .. ${end}]`
  return `${interval} process ${operation.process}: ${describeAction(operation)}${unknown}`
}

function describeAction(operation: HistoryOperation): string {
  switch (operation.kind) {
    case 'read':
      return `read ${describeValue(operation.value)}`
    case 'write':
      return `write ${describeValue(operation.value)}`
    case 'cas': {
      const change = `cas ${describeValue(operation.from)} -> ${describeValue(operation.to)}`
      return operation.outcome === 'ok' && !operation.applied ? `${change}, found another` : change
    }
    case 'delete':
      if (operation.outcome !== 'ok' || operation.found === null) return 'delete'
      return operation.found ? 'delete, found something' : 'delete, found nothing'
    case 'transaction':
      return operation.steps.map(describeStep).join(', ')
  }
}

function describeStep(step: ListStep): string {
  if (step.kind === 'append') return `append ${step.element} to ${step.key}`
  return `read ${step.key}${step.list === null ? '' : ` = [${step.list.join(' ')}]`}`
}

/** Long values are cut: an explanation must stay readable. */
export function describeValue(value: Scalar): string {
  if (value === null) return 'absent'
  const text = JSON.stringify(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
