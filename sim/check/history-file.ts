/** Histories as lines of JSON: docs/format/history.md. */

import {
  type History,
  type HistoryAction,
  HistoryError,
  type HistoryOperation,
  type Interval,
  type ListTransaction,
  type Outcome,
  type RegisterOperation,
} from './history.ts'
import { bad, type Fields, readAction, readFields } from './history-line.ts'

export interface HistoryLimits {
  readonly fileBytesMax: number
  readonly lineBytesMax: number
  readonly operationsMax: number
}

/**
 * An operation costs a few hundred bytes of heap and a file is read line by line, so a reader stays
 * below one GiB. A line has room for a transaction that reads lists of 100,000 elements in all.
 */
export const HISTORY_LIMITS: HistoryLimits = {
  fileBytesMax: 536_870_912,
  lineBytesMax: 1_048_576,
  operationsMax: 1_000_000,
}

interface OpenOperation {
  readonly fields: Fields
  readonly action: HistoryAction
  readonly start: number
}

/** Takes the lines of a history one by one. Throws `HistoryError` with the number of a bad line. */
export class HistoryParser {
  readonly #limits: HistoryLimits
  readonly #registers: RegisterOperation[] = []
  readonly #transactions: ListTransaction[] = []
  /** By process, which has at most one operation under way. */
  readonly #open = new Map<number | string, OpenOperation>()
  #line = 0
  /** Whether lines carry times; the first line decides for all. */
  #timed: boolean | null = null

  constructor(limits: HistoryLimits = HISTORY_LIMITS) {
    this.#limits = limits
  }

  line(text: string): void {
    this.#line += 1
    if (text.length > this.#limits.lineBytesMax) {
      throw new HistoryError('TOO_LARGE', 'the line is too long', { line: this.#line })
    }
    if (text.trim() === '') return
    const fields = readFields(text, this.#line)
    if (fields.type === 'invoke') this.#invoke(fields)
    else if (fields.start !== null) this.#whole(fields, fields.type)
    else this.#complete(fields, fields.type)
  }

  /** An operation that never completed has an unknown outcome. */
  finish(): History {
    for (const { action, fields, start } of this.#open.values()) {
      const process = fields.process as number | string
      this.#add(action, { process, start, end: Number.POSITIVE_INFINITY, outcome: 'info' })
    }
    this.#open.clear()
    return { registers: this.#registers, transactions: this.#transactions }
  }

  #invoke(fields: Fields): void {
    const { line, process } = fields
    if (process === null) bad(line, 'an invoke line must have a "process"', undefined)
    if (fields.start !== null || fields.end !== null) {
      bad(line, 'an invoke line must have a "time"', 'start or end')
    }
    const open = this.#open.get(process)
    if (open !== undefined) {
      bad(line, `the process must first end what it began in line ${open.fields.line}`, process)
    }
    const action = readAction(fields, 'info')
    this.#open.set(process, { fields, action, start: this.#time(fields) })
  }

  #complete(fields: Fields, outcome: Outcome): void {
    const { line, process } = fields
    if (process === null) bad(line, 'a completion must have a "process"', undefined)
    const open = this.#open.get(process)
    if (open === undefined) bad(line, 'the process must have begun an operation', process)
    const began = open.fields
    if (fields.f !== null && fields.f !== began.f) bad(line, `"f" must be ${began.f}`, fields.f)
    if (fields.key !== null && fields.key !== began.key) {
      bad(line, `"key" must be that of line ${began.line}`, fields.key)
    }
    const end = this.#time(fields)
    if (end < open.start) bad(line, `the end must not lie before line ${began.line}`, end)
    this.#open.delete(process)
    const action = completedAction(open, fields, outcome)
    this.#add(action, { process, start: open.start, end: endOf(outcome, end), outcome })
  }

  #whole(fields: Fields, outcome: Outcome): void {
    const { line, start, end } = fields
    this.#agree(true, line)
    if (start === null || fields.time !== null) {
      bad(line, 'a record must have a "start" and an "end"', 'time')
    }
    if (end === null && outcome !== 'info') bad(line, '"end" must be a number', null)
    if (end !== null && end < start) bad(line, 'the end must not lie before the start', end)
    const interval = { start, end: endOf(outcome, end ?? start), outcome }
    this.#add(readAction(fields, outcome), {
      process: fields.process ?? `line ${line}`,
      ...interval,
    })
  }

  #add(action: HistoryAction, interval: Interval): void {
    const count = this.#registers.length + this.#transactions.length
    if (count >= this.#limits.operationsMax) {
      throw new HistoryError('TOO_LARGE', 'the history has too many operations', {
        line: this.#line,
      })
    }
    if (action.kind === 'transaction') this.#transactions.push({ ...action, ...interval })
    else this.#registers.push({ ...action, ...interval })
  }

  #time({ line, time }: Fields): number {
    this.#agree(time !== null, line)
    return time ?? line
  }

  #agree(timed: boolean, line: number): void {
    if (this.#timed !== null && this.#timed !== timed) {
      bad(line, 'either every line must have a time or none', timed ? 'a time' : undefined)
    }
    this.#timed = timed
  }
}

function endOf(outcome: Outcome, end: number): number {
  return outcome === 'info' ? Number.POSITIVE_INFINITY : end
}

/** What was invoked with what the completion adds; the completion may not say something else. */
function completedAction(open: OpenOperation, fields: Fields, outcome: Outcome): HistoryAction {
  if (outcome !== 'ok') return open.action
  const began = open.fields
  const reads = began.f === 'read' || began.f === 'txn'
  const value = reads || fields.value !== undefined ? fields.value : began.value
  const action = readAction({ ...fields, f: began.f, key: began.key, value }, 'ok')
  if (!sameRequest(open.action, action)) {
    bad(fields.line, `"value" must be that of line ${began.line}`, fields.value)
  }
  return action
}

function sameRequest(asked: HistoryAction, done: HistoryAction): boolean {
  if (asked.kind === 'write') return done.kind === 'write' && asked.value === done.value
  if (asked.kind === 'cas') {
    return done.kind === 'cas' && asked.from === done.from && asked.to === done.to
  }
  if (asked.kind !== 'transaction' || done.kind !== 'transaction') return asked.kind === done.kind
  return (
    asked.steps.length === done.steps.length &&
    asked.steps.every((step, place) => {
      const other = done.steps[place]
      if (other === undefined || step.kind !== other.kind || step.key !== other.key) return false
      return step.kind === 'read' || (other.kind === 'append' && step.element === other.element)
    })
  )
}

export function parseHistory(
  lines: Iterable<string>,
  limits: HistoryLimits = HISTORY_LIMITS,
): History {
  const parser = new HistoryParser(limits)
  for (const line of lines) parser.line(line)
  return parser.finish()
}

/** The operation as one record of a history file, without a line end. */
export function formatOperation(operation: HistoryOperation): string {
  const { process, start, outcome } = operation
  const end = outcome === 'info' ? null : operation.end
  return JSON.stringify({ process, type: outcome, ...formatAction(operation), start, end })
}

function formatAction(operation: HistoryOperation): object {
  switch (operation.kind) {
    case 'read': {
      const value = operation.outcome === 'ok' ? { value: operation.value } : {}
      return { f: 'read', key: operation.key, ...value }
    }
    case 'write':
      return { f: 'write', key: operation.key, value: operation.value }
    case 'cas': {
      const { key, from, to, applied } = operation
      return { f: 'cas', key, value: [from, to], applied }
    }
    case 'delete':
      return { f: 'delete', key: operation.key, found: operation.found }
    case 'transaction': {
      const value = operation.steps.map((step) =>
        step.kind === 'read' ? ['r', step.key, step.list] : ['append', step.key, step.element],
      )
      return { f: 'txn', value }
    }
  }
}
