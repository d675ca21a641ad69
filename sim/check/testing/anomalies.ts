/**
 * Breaks an honest run in exactly one way, and only hands out the result when a few operations of
 * it prove that no order can explain it. All values are written once, so the proofs are short:
 * `w0` wrote v and ended before `w` began, `w` wrote something else and ended before `r` began, and
 * `r` still saw v.
 */

import { type Chance, KvError } from '../../../src/base/index.ts'
import { COMMAND, type CommandResult } from '../../../src/state/index.ts'
import { etcd, etcdKv } from '../../../src/wire/index.ts'
import type { HistoryOperation, RegisterOperation, Scalar } from '../history.ts'
import { type RecordedOperation, toHistory } from '../recorded.ts'
import { asciiBytes, bytesText } from '../requests.ts'
import { answerAnyway, execute, type Plan, type PlannedOperation, type Run } from './generate.ts'

export type AnomalyKind =
  | 'staleRead'
  | 'futureRead'
  | 'valueFromNowhere'
  | 'lostUpdate'
  | 'reorderedWrites'
  | 'duplicateEffect'
  | 'failedWriteSeen'
  | 'casSucceedsWrongly'
  | 'casFailsWrongly'
  | 'deleteFindsNothing'

export const ANOMALIES: readonly AnomalyKind[] = [
  'staleRead',
  'futureRead',
  'valueFromNowhere',
  'lostUpdate',
  'reorderedWrites',
  'duplicateEffect',
  'failedWriteSeen',
  'casSucceedsWrongly',
  'casFailsWrongly',
  'deleteFindsNothing',
]

const TRIES = 60

/** Null when this plan offers no place for such an anomaly. */
export function injectAnomaly(chance: Chance, plan: Plan, kind: AnomalyKind): Run | null {
  const honest = execute(plan)
  for (let i = 0; i < TRIES; i++) {
    const broken = attempt(chance, { plan, honest, kind })
    if (broken !== null) return broken
  }
  return null
}

interface Attempt {
  readonly plan: Plan
  readonly honest: Run
  readonly kind: AnomalyKind
}

function attempt(chance: Chance, { plan, honest, kind }: Attempt): Run | null {
  switch (kind) {
    case 'staleRead':
      return changeRead(chance, honest, { from: 'past' })
    case 'futureRead':
      return changeRead(chance, honest, { from: 'future' })
    case 'valueFromNowhere':
      return changeRead(chance, honest, { from: 'nowhere' })
    case 'lostUpdate':
    case 'reorderedWrites':
    case 'duplicateEffect':
    case 'failedWriteSeen':
      return changeOrder(chance, { plan, honest, kind })
    case 'casSucceedsWrongly':
      return turnCas(chance, honest, { succeeds: true })
    case 'casFailsWrongly':
      return turnCas(chance, honest, { succeeds: false })
    case 'deleteFindsNothing':
      return turnDelete(chance, honest)
  }
}

function pick<T>(chance: Chance, items: readonly T[]): T | undefined {
  return items[chance.below(items.length)]
}

function replace(run: Run, place: number, change: Partial<RecordedOperation>): Run {
  const operations = run.operations.slice()
  operations[place] = { ...(operations[place] as RecordedOperation), ...change }
  return { operations, committed: run.committed }
}

function places(run: Run, wanted: (operation: RecordedOperation) => boolean): number[] {
  return [...run.operations.keys()].filter((place) => wanted(operationAt(run, place)))
}

function operationAt(run: Run, place: number): RecordedOperation {
  const operation = run.operations[place]
  if (operation === undefined) throw new KvError('BAD_REQUEST', 'there is no such operation')
  return operation
}

function isAnsweredRead({ ask, outcome }: RecordedOperation): boolean {
  return ask.kind === 'read' && outcome === 'ok'
}

/** The same answer with another body. */
function reworded(answer: CommandResult | null, body: Uint8Array): CommandResult {
  return { kind: 'done', revision: answer?.revision ?? 0, body }
}

/** Gives a read the answer of another read of its key that lies clearly before or after it. */
function changeRead(
  chance: Chance,
  run: Run,
  { from }: { from: 'past' | 'future' | 'nowhere' },
): Run | null {
  const place = pick(chance, places(run, isAnsweredRead))
  if (place === undefined) return null
  const read = operationAt(run, place)
  if (from === 'nowhere') {
    const pair = etcdKv.KeyValue.create({
      key: asciiBytes(keyOf(read)),
      value: asciiBytes('nobody wrote this'),
      createRevision: 2,
      modRevision: 2,
      version: 1,
    })
    const response = etcd.RangeResponse.create({ kvs: [pair], count: 1 })
    const answer = reworded(read.answer, etcd.RangeResponse.encodeBytes(response))
    return replace(run, place, { answer })
  }
  const donors = places(run, (other) => {
    if (!isAnsweredRead(other) || keyOf(other) !== keyOf(read)) return false
    return from === 'past' ? other.endUs < read.startUs : other.startUs > read.endUs
  })
  const donor = pick(chance, donors)
  if (donor === undefined) return null
  const broken = replace(run, place, { answer: operationAt(run, donor).answer })
  return isProvenBroken(broken) ? broken : null
}

function keyOf({ ask }: RecordedOperation): string {
  return ask.kind === 'read' ? bytesText(etcd.RangeRequest.decodeBytes(ask.body).key) : ''
}

type OrderAnomaly = 'lostUpdate' | 'reorderedWrites' | 'duplicateEffect' | 'failedWriteSeen'

function changeOrder(
  chance: Chance,
  { plan, honest, kind }: { plan: Plan; honest: Run; kind: OrderAnomaly },
): Run | null {
  const order = editOrder(chance, plan, kind)
  if (order === null) return null
  const broken = answerAnyway(execute({ operations: plan.operations, order }), honest)
  return isProvenBroken(broken) ? broken : null
}

function editOrder(chance: Chance, plan: Plan, kind: OrderAnomaly): readonly number[] | null {
  const isPut = (place: number, outcome: string) => {
    const operation = plan.operations[place] as PlannedOperation
    const { ask } = operation
    return operation.outcome === outcome && ask.kind === 'write' && ask.command === COMMAND.put
  }
  const at = chance.below(plan.order.length)
  const later = at + 1 + chance.below(Math.max(1, plan.order.length - at))
  if (kind === 'failedWriteSeen') {
    const failed = [...plan.operations.keys()].filter((place) => isPut(place, 'fail'))
    const place = pick(chance, failed)
    return place === undefined ? null : plan.order.toSpliced(at, 0, place)
  }
  const place = plan.order[at] as number
  if (!isPut(place, 'ok')) return null
  if (kind === 'lostUpdate') return plan.order.toSpliced(at, 1)
  if (kind === 'duplicateEffect') return plan.order.toSpliced(later, 0, place)
  // Reordered: it takes effect later than it may.
  return plan.order.toSpliced(later, 0, place).toSpliced(at, 1)
}

/** The body of the answer, if it is one to this command. */
function bodyOf({ ask, answer, outcome }: RecordedOperation, command: number): Uint8Array | null {
  if (ask.kind === 'read' || ask.command !== command || outcome !== 'ok') return null
  return answer?.kind === 'done' ? answer.body : null
}

function turnCas(chance: Chance, run: Run, { succeeds }: { succeeds: boolean }): Run | null {
  const candidates = places(run, (operation) => {
    const body = bodyOf(operation, COMMAND.txn)
    return body !== null && etcd.TxnResponse.decodeBytes(body).succeeded !== succeeds
  })
  const place = pick(chance, candidates)
  if (place === undefined) return null
  // Without what it read then, which would give it away.
  const body = etcd.TxnResponse.encodeBytes(etcd.TxnResponse.create({ succeeded: succeeds }))
  const { answer } = operationAt(run, place)
  const broken = replace(run, place, { answer: reworded(answer, body) })
  return isProvenBroken(broken) ? broken : null
}

function turnDelete(chance: Chance, run: Run): Run | null {
  const candidates = places(run, (operation) => {
    const body = bodyOf(operation, COMMAND.deleteRange)
    return body !== null && etcd.DeleteRangeResponse.decodeBytes(body).deleted > 0
  })
  const place = pick(chance, candidates)
  if (place === undefined) return null
  const { answer } = operationAt(run, place)
  const broken = replace(run, place, { answer: reworded(answer, new Uint8Array(0)) })
  return isProvenBroken(broken) ? broken : null
}

/** Whether a handful of the operations contradict each other whatever the others did. */
export function isProvenBroken(run: Run): boolean {
  const byKey = Map.groupBy(toHistory(run.operations).registers, ({ key }) => key)
  return [...byKey.values()].some((operations) =>
    operations.some((one) => isBroken(one, operations)),
  )
}

function isBroken(one: RegisterOperation, all: readonly RegisterOperation[]): boolean {
  if (one.outcome !== 'ok') return false
  const seen = valueSeen(one)
  if (seen !== undefined && seen !== null) {
    const makers = all.filter((other) => other !== one && valueMade(other) === seen)
    if (makers.every((maker) => isBefore(one, maker))) return true
    return makers.length === 1 && all.some((other) => isBetween(other, makers[0], one))
  }
  // It says that the value it compared with, or any value, was not there; but it must have been.
  const denied = one.kind === 'cas' && !one.applied && one.from !== null ? one.from : undefined
  const deniesAll = one.kind === 'delete' && one.found === false
  if (denied === undefined && !deniesAll) return false
  return all.some((maker) => {
    const made = valueMade(maker)
    if (!isBefore(maker, one) || made === undefined || made === null) return false
    if (denied !== undefined && made !== denied) return false
    return all.every((other) => {
      if (other === maker || other === one || other.outcome === 'fail') return true
      const leaves = deniesAll ? null : undefined
      if (leaves === null ? valueMade(other) !== null : valueMade(other) === undefined) return true
      return isBefore(other, maker) || isBefore(one, other)
    })
  })
}

/** `other` certainly overwrote what `maker` made, before `one` began. */
function isBetween(
  other: RegisterOperation,
  maker: RegisterOperation | undefined,
  one: RegisterOperation,
): boolean {
  if (maker === undefined || other.outcome !== 'ok' || other === maker) return false
  return valueMade(other) !== undefined && isBefore(maker, other) && isBefore(other, one)
}

function isBefore(left: HistoryOperation, right: HistoryOperation): boolean {
  return left.end < right.start
}

/** The value that must have been there. */
function valueSeen(operation: RegisterOperation): Scalar | undefined {
  if (operation.kind === 'read') return operation.value
  return operation.kind === 'cas' && operation.applied ? operation.from : undefined
}

/** The value it leaves behind if it takes effect; undefined when it certainly leaves none. */
function valueMade(operation: RegisterOperation): Scalar | undefined {
  if (operation.outcome === 'fail') return undefined
  switch (operation.kind) {
    case 'read':
      return undefined
    case 'write':
      return operation.value
    case 'cas':
      return operation.outcome === 'info' || operation.applied ? operation.to : undefined
    case 'delete':
      return operation.outcome === 'ok' && operation.found === false ? undefined : null
  }
}
