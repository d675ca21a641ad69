import { assert } from '../../src/base/index.ts'
import { findCycles } from './cycles.ts'
import { describeOperation, type ListTransaction } from './history.ts'
import { buildGraph, type Edge, type ListGraph, type Reason } from './list-graph.ts'
import { inferOrders, type ListViolation, VIOLATIONS_MAX } from './list-orders.ts'

/**
 * Strict serializability of transactions that read and append to lists, black box, after Elle
 * (Kingsbury and Alvaro, 2020). It is sound: what it reports cannot be explained. It is not
 * complete: some histories that no order explains have no cycle among what the reads prove.
 */

export interface ListVerdict {
  readonly kind: 'consistent' | 'violated'
  readonly violations: readonly ListViolation[]
  readonly transactions: number
}

/** Throws `HistoryError` when an element is appended to a key twice. */
export function checkListAppend(transactions: readonly ListTransaction[]): ListVerdict {
  const orders = inferOrders(transactions)
  const violations = [...orders.violations]
  // Contradictory reads leave no order in which a cycle would mean anything.
  if (violations.every(({ kind }) => kind === 'lostAppend' || kind === 'internal')) {
    const graph = buildGraph(orders)
    const limit = VIOLATIONS_MAX - violations.length
    for (const cycle of findCycles(graph, limit)) violations.push(describeCycle(graph, cycle))
  }
  const kind = violations.length === 0 ? 'consistent' : 'violated'
  return { kind, violations, transactions: transactions.length }
}

interface Link {
  readonly from: ListTransaction
  readonly to: ListTransaction
  readonly reason: Reason
}

function describeCycle(graph: ListGraph, cycle: readonly Edge[]): ListViolation {
  const links = linksOf(graph, cycle)
  const lines = [`${cycleName(links)}: each of ${links.length} transactions precedes the next`]
  for (const [place, { from, reason }] of links.entries()) {
    const next = ((place + 1) % links.length) + 1
    lines.push(`  T${place + 1} ${describeOperation(from)}`)
    lines.push(`    before T${next}: ${describeReason(reason)}`)
  }
  const transactions = links.map(({ from }) => from)
  return { kind: 'cycle', text: lines.join('\n'), transactions }
}

/** Joins the edges over helpers: the way into the first helper says why. */
function linksOf({ transactions }: ListGraph, cycle: readonly Edge[]): Link[] {
  const links: Link[] = []
  let begun: { from: ListTransaction; reason: Reason } | null = null
  for (const { from, to, reason } of cycle) {
    const transaction = transactions[from]
    if (transaction !== undefined) begun = { from: transaction, reason }
    assert(begun !== null, 'a cycle begins at a transaction')
    const target = transactions[to]
    if (target !== undefined) links.push({ ...begun, to: target })
  }
  return links
}

/** Adya's names: G0 only writes, G1c no reads before writes, G-single one such, G2 several. */
function cycleName(links: readonly Link[]): string {
  const readsBefore = links.filter(({ reason }) => reason.kind === 'rw' || reason.kind === 'unread')
  const hasRead = links.some(({ reason }) => reason.kind === 'wr')
  const timed = links.some(({ reason }) => reason.kind === 'realTime')
  const name =
    readsBefore.length > 1 ? 'G2' : readsBefore.length === 1 ? 'G-single' : hasRead ? 'G1c' : 'G0'
  return timed ? `${name} with real time` : name
}

function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'ww':
      return `in ${reason.key}, ${reason.element} stands right before its ${reason.next}`
    case 'wr':
      return `it saw ${reason.element} in ${reason.key}`
    case 'rw':
      return `this one did not see its ${reason.element} in ${reason.key}`
    case 'unread':
      return `what it appended to ${reason.key} is in no list that was read, so behind them all`
    case 'realTime':
      return 'this one had ended before it began'
  }
}

/** For people, one violation in a line or a few. */
export function listViolationLines({ kind, text, transactions }: ListViolation): string[] {
  const lines = [`${kind}: ${text}`]
  if (kind === 'cycle') return lines
  return [...lines, ...transactions.map((transaction) => `  ${describeOperation(transaction)}`)]
}
