import type { RegisterOperation } from './history.ts'
import { forgetDenials } from './register-denials.ts'
import { prepareRegister } from './register-problem.ts'
import { type SearchBudget, type SearchResult, searchOrder } from './register-search.ts'

/** A history that has an order mostly shows it in about as many steps as it has operations. */
const FIRST_STEPS_PER_OPERATION = 4
const FIRST_STEPS_MIN = 1000

/**
 * Searches the operations, all on one key, for an order. Proving that there is none can take long
 * where many denials hold the search back; leaving them out first mostly settles it quickly.
 */
export function searchRegister(
  operations: readonly RegisterOperation[],
  budget: SearchBudget,
): SearchResult {
  // A search looks at the clock only now and then, which many short ones would never reach.
  if (budget.expired()) return { kind: 'gaveUp', reason: 'time', steps: 0 }
  const problem = prepareRegister(operations)
  if (problem.denials.length === 0) return searchOrder(problem, budget)
  const wanted = FIRST_STEPS_MIN + FIRST_STEPS_PER_OPERATION * problem.count
  const stepsMax = Math.min(budget.stepsMax, wanted)
  const first = searchOrder(problem, { ...budget, stepsMax })
  if (first.kind !== 'gaveUp' || first.reason !== 'steps') return first
  const relaxed = searchOrder(prepareRegister(forgetDenials(operations)), budget)
  if (relaxed.kind === 'none') return addSteps(relaxed, first.steps)
  return addSteps(searchOrder(problem, budget), first.steps + relaxed.steps)
}

function addSteps(result: SearchResult, steps: number): SearchResult {
  return { ...result, steps: result.steps + steps }
}
