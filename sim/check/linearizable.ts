import { assert } from '../../src/base/index.ts'
import { type Explanation, explainViolation } from './explain-register.ts'
import type { RegisterOperation } from './history.ts'
import { searchRegister } from './search-register.ts'

/**
 * Black-box linearizability of registers: only what clients saw. A history of many registers is
 * linearizable if and only if that of each register is (Herlihy and Wing, 1990, theorem 1), so
 * every key is searched on its own.
 */

export interface LinearizableOptions {
  /** Configurations to look at per key. */
  readonly stepsMax?: number
  /** Bytes, estimated, for what one key's search remembers. */
  readonly memoryBytesMax?: number
  /** Becomes true when time is up; checked often. */
  readonly expired?: () => boolean
}

export type LinearizableVerdict =
  | { readonly kind: 'linearizable'; readonly keys: number; readonly steps: number }
  | {
      readonly kind: 'notLinearizable'
      readonly explanation: Explanation
      readonly steps: number
    }
  | {
      readonly kind: 'inconclusive'
      readonly key: string
      readonly reason: 'steps' | 'memory' | 'time'
      readonly steps: number
    }

/** A key of ten thousand operations takes some ten thousand steps when all is well. */
const STEPS_MAX = 20_000_000
/** One key at a time is searched, and its memory is dropped before the next. */
const MEMORY_BYTES_MAX = 402_653_184

/** One key without an order is enough for the verdict, even where another could not be decided. */
export function checkLinearizable(
  operations: readonly RegisterOperation[],
  options: LinearizableOptions = {},
): LinearizableVerdict {
  const budget = {
    stepsMax: options.stepsMax ?? STEPS_MAX,
    memoryBytesMax: options.memoryBytesMax ?? MEMORY_BYTES_MAX,
    expired: options.expired ?? (() => false),
  }
  const byKey = Map.groupBy(operations, ({ key }) => key)
  let undecided: LinearizableVerdict | null = null
  let steps = 0
  for (const [key, group] of byKey) {
    const result = searchRegister(group, budget)
    steps += result.steps
    if (result.kind === 'none') {
      const explanation = explainViolation(group, { budget })
      assert(explanation.key === key, 'the explanation is about the key that failed')
      return { kind: 'notLinearizable', explanation, steps }
    }
    if (result.kind === 'gaveUp') {
      undecided ??= { kind: 'inconclusive', key, reason: result.reason, steps: 0 }
    }
  }
  if (undecided !== null) return { ...undecided, steps }
  return { kind: 'linearizable', keys: byKey.size, steps }
}
