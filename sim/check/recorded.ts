/**
 * Operations as the simulator's clients record them, with everything the answers carried, and the
 * two black-box views of them: registers for the linearizability search, lists for the cycle
 * search.
 */

import { assert, unreachable } from '../../src/base/index.ts'
import {
  type Command,
  type CompareAndPutCommand,
  type CompareAndPutResult,
  type DeleteResult,
  decodeList,
  type Expectation,
  keyText,
  type Result,
  type Stored,
  type TransactionCommand,
  type TransactionResult,
} from '../../src/state/index.ts'
import {
  type History,
  HistoryError,
  type Interval,
  type ListStep,
  type ListTransaction,
  type Outcome,
  type RegisterAction,
  type RegisterOperation,
  type Scalar,
} from './history.ts'

export type RecordedRequest =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'read'; readonly key: string }

export interface RecordedOperation {
  readonly process: number
  readonly request: RecordedRequest
  readonly startUs: number
  /** Infinity when the outcome is `info`. */
  readonly endUs: number
  readonly outcome: Outcome
  /** A command's answer and the entry it came from, when the outcome is `ok`. */
  readonly result: Result | null
  readonly index: number
  /** A read's answer and the revision of the store that gave it, when the outcome is `ok`. */
  readonly stored: Stored | null
  readonly revision: number
}

const encoder = new TextEncoder()

/** The key of a read in the form in which stores and commands name it. */
export function readKey(key: string): string {
  return keyText(encoder.encode(key))
}

/**
 * What the clients saw, without revisions. A key that is ever appended to holds a list, every other
 * one a register; a key that is used as both cannot be judged.
 */
export function toHistory(operations: readonly RecordedOperation[]): History {
  const lists = listKeys(operations)
  const registers: RegisterOperation[] = []
  const transactions: ListTransaction[] = []
  for (const operation of operations) {
    const interval = intervalOf(operation)
    if (isListOperation(operation, lists)) {
      const steps = listSteps(operation, interval.outcome)
      transactions.push({ kind: 'transaction', steps, ...interval })
    } else {
      const action = registerAction(operation, interval.outcome)
      if (action === null) continue
      if (lists.has(action.key)) {
        throw new HistoryError('BAD_REQUEST', 'a key is used as a register and as a list')
      }
      registers.push({ ...action, ...interval })
    }
  }
  return { registers, transactions }
}

/** A command that was answered with a refusal certainly had no effect. */
function intervalOf({ process, startUs, endUs, outcome, result }: RecordedOperation): Interval {
  const refused = outcome === 'ok' && result?.kind === 'failed'
  const end = outcome === 'info' ? Number.POSITIVE_INFINITY : endUs
  return { process, start: startUs, end, outcome: refused ? 'fail' : outcome }
}

function listKeys(operations: readonly RecordedOperation[]): Set<string> {
  const keys = new Set<string>()
  for (const { request } of operations) {
    if (request.kind !== 'command') continue
    const { command } = request
    if (command.kind === 'append') keys.add(keyText(command.key))
    if (command.kind !== 'transaction') continue
    for (const operation of command.operations) keys.add(keyText(operation.key))
  }
  return keys
}

function isListOperation({ request }: RecordedOperation, lists: ReadonlySet<string>): boolean {
  if (request.kind === 'read') return lists.has(readKey(request.key))
  return request.command.kind === 'append' || request.command.kind === 'transaction'
}

function listSteps(operation: RecordedOperation, outcome: Outcome): ListStep[] {
  const { request, result, stored } = operation
  if (request.kind === 'read') {
    const list = outcome === 'ok' ? listOf(stored) : null
    return [{ kind: 'read', key: readKey(request.key), list }]
  }
  const { command } = request
  if (command.kind === 'append') {
    return [{ kind: 'append', key: keyText(command.key), element: command.element }]
  }
  assert(command.kind === 'transaction', 'a list operation is a read, an append or a transaction')
  return transactionSteps(command, outcome === 'ok' ? (result as TransactionResult) : null)
}

function transactionSteps(
  command: TransactionCommand,
  result: TransactionResult | null,
): ListStep[] {
  let reads = 0
  return command.operations.map((operation) => {
    const key = keyText(operation.key)
    if (operation.kind === 'append') return { kind: 'append', key, element: operation.element }
    const list = result === null ? null : (result.reads[reads] ?? null)
    reads += 1
    return { kind: 'read', key, list }
  })
}

function listOf(stored: Stored | null): readonly number[] {
  if (stored === null) return []
  const list = decodeList(stored.value)
  if (list === null)
    throw new HistoryError('BAD_REQUEST', 'a list key held a value that is no list')
  return list
}

/** Null when clients that do not know revisions could learn nothing from it. */
function registerAction(operation: RecordedOperation, outcome: Outcome): RegisterAction | null {
  const { request, result, stored } = operation
  if (request.kind === 'read') {
    const value = stored === null ? null : valueText(stored.value)
    return { kind: 'read', key: readKey(request.key), value }
  }
  const { command } = request
  switch (command.kind) {
    case 'put':
      return { kind: 'write', key: keyText(command.key), value: valueText(command.value) }
    case 'delete': {
      const found = outcome === 'ok' ? (result as DeleteResult).deleted : null
      return { kind: 'delete', key: keyText(command.key), found }
    }
    case 'compareAndPut': {
      const applied = outcome !== 'ok' || (result as CompareAndPutResult).succeeded
      return compareAction(command, { applied })
    }
    case 'append':
    case 'transaction':
      return null
    default:
      return unreachable(command)
  }
}

/**
 * A register has no revisions. One that was compared and found right wrote the value, which is all
 * that can be said without them; one that was found wrong says nothing.
 */
function compareAction(
  command: CompareAndPutCommand,
  { applied }: { readonly applied: boolean },
): RegisterAction | null {
  const key = keyText(command.key)
  const to = valueText(command.value)
  if (command.expected.kind === 'revision') {
    return applied ? { kind: 'write', key, value: to } : null
  }
  return { kind: 'cas', key, from: expectedText(command.expected), to, applied }
}

function expectedText(expected: Exclude<Expectation, { readonly kind: 'revision' }>): Scalar {
  return expected.kind === 'absent' ? null : valueText(expected.value)
}

/** One character per byte: short texts stay readable, and different bytes stay different. */
function valueText(value: Uint8Array): string {
  return keyText(value)
}
