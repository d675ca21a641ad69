import { assert } from '../../src/base/index.ts'
import { describeOperation, describeValue, type RegisterOperation, type Scalar } from './history.ts'
import { forgetDenials, hasDenials, valueMade } from './register-denials.ts'
import type { SearchBudget, SearchResult } from './register-search.ts'
import { searchRegister } from './search-register.ts'

/**
 * Makes a violation readable. A history stays linearizable up to some answer and not beyond it:
 * that answer is found by halving. Then everything is left out without which there is still no
 * order.
 */

export interface Explanation {
  readonly key: string
  /** The answer with which the last possible order disappeared, as far as that could be found. */
  readonly violating: RegisterOperation
  /** The fewest operations found that already contradict each other, `violating` among them. */
  readonly core: readonly RegisterOperation[]
  /** For a read: values it could have returned instead; empty when none was found. */
  readonly possible: readonly Scalar[]
  /** An order of all that was answered before `violating`; null when none was found in time. */
  readonly before: readonly RegisterOperation[] | null
}

const VALUES_TRIED_MAX = 32
/** Explaining takes no longer than judging a large history. */
const STEPS_PER_TRIAL = 100_000
const STEPS_MAX = 3_000_000
const TRIALS_MAX = 3_000

/** The operations must all be on one key and have no order. */
export function explainViolation(
  operations: readonly RegisterOperation[],
  { budget }: { readonly budget: SearchBudget },
): Explanation {
  const trials = new Trials(budget)
  const completed = operations
    .filter(({ outcome }) => outcome === 'ok')
    .sort((left, right) => left.end - right.end)
  const violating = completed[firstBadAnswer(operations, completed, { trials })]
  assert(violating !== undefined, 'without an answer nothing is violated')
  const prefix = prefixOf(operations, violating.end)
  const before = prefix.map((operation) =>
    operation === violating ? forget(operation) : operation,
  )
  return {
    key: violating.key,
    violating,
    before: trials.order(before),
    possible: violating.kind === 'read' ? possibleValues(before, { violating, trials }) : [],
    core: smallestCore(prefix, { trials, keep: violating }),
  }
}

/** Searches with a common budget. When it is used up nothing is found any more. */
class Trials {
  readonly #budget: SearchBudget
  #count = 0
  #steps = 0

  constructor(budget: SearchBudget) {
    this.#budget = { ...budget, stepsMax: Math.min(budget.stepsMax, STEPS_PER_TRIAL) }
  }

  /** Whether there certainly is no order. */
  fails(operations: readonly RegisterOperation[]): boolean {
    return this.#run(operations)?.kind === 'none'
  }

  order(operations: readonly RegisterOperation[]): readonly RegisterOperation[] | null {
    const result = this.#run(operations)
    return result?.kind === 'found' ? result.order : null
  }

  #run(operations: readonly RegisterOperation[]): SearchResult | null {
    if (this.#count >= TRIALS_MAX || this.#steps >= STEPS_MAX || this.#budget.expired()) return null
    const result = searchRegister(operations, this.#budget)
    this.#count += 1
    this.#steps += result.steps + operations.length
    return result
  }
}

/** The place, by end, of the first answer up to which there is no order. */
function firstBadAnswer(
  operations: readonly RegisterOperation[],
  completed: readonly RegisterOperation[],
  { trials }: { readonly trials: Trials },
): number {
  let low = 0
  let high = completed.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    const end = completed[middle]?.end as number
    if (trials.fails(prefixOf(operations, end))) high = middle
    else low = middle + 1
  }
  return low
}

/** What had been seen at `time`: later answers are not known yet, later calls not made. */
function prefixOf(operations: readonly RegisterOperation[], time: number): RegisterOperation[] {
  return operations
    .filter(({ start, outcome }) => start <= time && outcome !== 'fail')
    .map((operation) => (operation.end <= time ? operation : forget(operation)))
}

function forget(operation: RegisterOperation): RegisterOperation {
  return { ...operation, outcome: 'info', end: Number.POSITIVE_INFINITY }
}

interface ShrinkParts {
  readonly trials: Trials
  readonly keep: RegisterOperation
}

/** Denials stand in the way of leaving out writes; mostly the contradiction does not need them. */
function smallestCore(
  prefix: readonly RegisterOperation[],
  { trials, keep }: ShrinkParts,
): readonly RegisterOperation[] {
  const relaxed = forgetDenials(prefix)
  const core = relaxed.includes(keep) && trials.fails(relaxed) ? relaxed : prefix
  return shrink(core, { trials, keep }).toSorted((one, other) => one.start - other.start)
}

/** Leaves out pieces, large ones first, as long as what remains still has no order. */
function shrink(
  operations: readonly RegisterOperation[],
  { trials, keep }: ShrinkParts,
): readonly RegisterOperation[] {
  let core = operations
  let before: number
  do {
    before = core.length
    let superfluous = mayBeLeftOut(core, keep)
    for (let size = superfluous.length; size >= 1; size = Math.floor(size / 2)) {
      const needed: RegisterOperation[] = []
      for (let start = 0; start < superfluous.length; start += size) {
        const piece = superfluous.slice(start, start + size)
        const left = new Set(piece)
        const smaller = core.filter((operation) => !left.has(operation))
        if (trials.fails(smaller)) core = smaller
        else needed.push(...piece)
      }
      superfluous = needed
    }
  } while (core.length < before)
  return core
}

/**
 * Those that can be left out so that every order of the rest and them is also one of the rest
 * alone: then, if the rest has no order, the whole had none. That is so for whoever writes nothing,
 * and for a write of which nobody asks for the value, as long as nobody denies anything.
 */
function mayBeLeftOut(
  core: readonly RegisterOperation[],
  keep: RegisterOperation,
): RegisterOperation[] {
  const onlyReads = hasDenials(core)
  const asked = new Set<Scalar | undefined>(core.map(valueAsked))
  return core.filter((operation) => {
    if (operation === keep) return false
    const made = valueMade(operation)
    return made === undefined || (!onlyReads && !asked.has(made))
  })
}

function valueAsked(operation: RegisterOperation): Scalar | undefined {
  if (operation.kind === 'cas') return operation.from
  if (operation.outcome !== 'ok') return undefined
  if (operation.kind === 'read') return operation.value
  return operation.kind === 'delete' && operation.found === false ? null : undefined
}

/** Tries values that were written, the newest first. */
function possibleValues(
  before: readonly RegisterOperation[],
  { violating, trials }: { readonly violating: RegisterOperation; readonly trials: Trials },
): Scalar[] {
  const candidates = new Set<Scalar>()
  for (const operation of before.toSorted((left, right) => right.start - left.start)) {
    const made = valueMade(operation)
    if (made !== undefined) candidates.add(made)
  }
  candidates.add(null)
  return [...candidates].slice(0, VALUES_TRIED_MAX).filter((value) => {
    return trials.order([...before, { ...violating, kind: 'read', value }]) !== null
  })
}

const SHOWN_BEFORE = 8
const SHOWN_CORE_MAX = 16

/** For people, one line each. */
export function explanationLines(explanation: Explanation): string[] {
  const { key, violating, core, possible, before } = explanation
  const lines = [`key ${JSON.stringify(key)}: no order of its operations explains every answer.`]
  lines.push(
    before === null
      ? 'There is none up to this answer:'
      : 'With this answer the last order is gone:',
    `  ${describeOperation(violating)}`,
  )
  if (possible.length > 0) {
    lines.push(`It could have read ${possible.map(describeValue).join(' or ')}.`)
  }
  if (core.length > 1) {
    lines.push('These operations alone contradict each other:')
    lines.push(...shown(core, SHOWN_CORE_MAX))
  }
  if (before !== null && before.length > 0) {
    lines.push(`An order of the ${before.length} operations before it ends with:`)
    lines.push(
      ...before.slice(-SHOWN_BEFORE).map((operation) => `  ${describeOperation(operation)}`),
    )
  }
  return lines
}

/** The last ones are the likeliest to matter. */
function shown(operations: readonly RegisterOperation[], limit: number): string[] {
  const lines = operations.slice(-limit).map((operation) => `  ${describeOperation(operation)}`)
  const more = operations.length - lines.length
  return more > 0 ? [`  (${more} earlier ones)`, ...lines] : lines
}
