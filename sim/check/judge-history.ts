import { type Explanation, explanationLines } from './explain-register.ts'
import type { History } from './history.ts'
import { checkLinearizable, type LinearizableVerdict } from './linearizable.ts'
import { checkListAppend, listViolationLines } from './list-append.ts'
import type { ListViolation } from './list-orders.ts'

/** The verdict on a whole history: its registers, and its transactions on lists if it has any. */
export interface HistoryReport {
  readonly verdict: 'linearizable' | 'not linearizable' | 'inconclusive'
  readonly operations: number
  readonly keys: number
  readonly transactions: number
  readonly steps: number
  /** Where the search gave up, when the verdict is `inconclusive`. */
  readonly undecided: { readonly key: string; readonly reason: string } | null
  readonly explanation: Explanation | null
  readonly violations: readonly ListViolation[]
}

export interface JudgeOptions {
  /** Becomes true when time is up. */
  readonly expired: () => boolean
}

export function judgeHistory(history: History, { expired }: JudgeOptions): HistoryReport {
  const { registers, transactions } = history
  const verdict = checkLinearizable(registers, { expired })
  const { violations } = checkListAppend(transactions)
  return {
    verdict: overall(verdict, violations),
    operations: registers.length,
    keys: new Set(registers.map(({ key }) => key)).size,
    transactions: transactions.length,
    steps: verdict.steps,
    undecided:
      verdict.kind === 'inconclusive' ? { key: verdict.key, reason: verdict.reason } : null,
    explanation: verdict.kind === 'notLinearizable' ? verdict.explanation : null,
    violations,
  }
}

function overall(
  verdict: LinearizableVerdict,
  violations: readonly ListViolation[],
): HistoryReport['verdict'] {
  if (verdict.kind === 'notLinearizable' || violations.length > 0) return 'not linearizable'
  return verdict.kind
}

/** For people. The first line is the verdict and nothing else. */
export function reportLines(report: HistoryReport): string[] {
  const lines: string[] = [report.verdict]
  const { operations, keys, transactions, undecided, explanation, violations } = report
  if (operations > 0) lines.push(`${operations} operations on ${keys} registers`)
  if (transactions > 0) lines.push(`${transactions} transactions on lists`)
  if (undecided !== null) {
    lines.push(`gave up on key ${JSON.stringify(undecided.key)}: out of ${undecided.reason}`)
  }
  if (explanation !== null) lines.push('', ...explanationLines(explanation))
  for (const violation of violations) lines.push('', ...listViolationLines(violation))
  if (report.verdict === 'linearizable' && transactions > 0) {
    lines.push('(what transactions read proves no contradiction; it need not prove every one)')
  }
  return lines
}
