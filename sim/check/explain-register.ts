import { assert } from '../../src/base/index.ts'
import { describeOperation, describeValue, type RegisterOperation, type Scalar } from './history.ts'
import { NEEDS_DIFFERENT, NEEDS_EQUAL, prepareRegister } from './register-problem.ts'
import { type SearchBudget, searchOrder } from './register-search.ts'

/**
 * Makes a violation readable. A history stays linearizable up to some answer and not beyond it: that
 * answer is found by halving. Then everything is left out without which there is still no order.
 */

export interface Explanation {
  readonly key: string
  /** The answer with which the last possible order disappeared. */
  readonly violating: RegisterOperation
  /** The fewest operations found that already contradict each other, `violating` among them. */
  readonly core: readonly RegisterOperation[]
  /** For a read: the values it could have returned instead; null when that was not found out. */
  readonly possible: readonly Scalar[] | null
  /** The last operations of one order of all that was answered before, as long as there is one. */
  readonly before: readonly RegisterOperation[]
  /** How many operations had been answered before. */
  readonly answeredBefore: number
}

const SHOWN_BEFORE = 8
const VALUES_TRIED_MAX = 32
const STEPS_PER_TRIAL = 200_000
const TRIALS_MAX = 2_000

/** The operations must all be on one key and have no order. */
export function explainViolation(
  operations: readonly RegisterOperation[],
  { budget }: { readonly budget: SearchBudget },
): Explanation {
  const search = new TrialSearch(budget)
  const completed = operations
    .filter(({ outcome }) => outcome === 'ok')
    .sort((left, right) => left.end - right.end)
  const violating = completed[firstBadAnswer(operations, completed, { search })]
  assert(violating !== undefined, 'without an answer nothing is violated')
  const prefix = prefixOf(operations, violating.end)
  const before = withoutAnswer(prefix, violating)
  const order = search.order(before)
  return {
    key: violating.key,
    violating,
    core: shrink(prefix, { search, keep: violating }),
    possible: violating.kind === 'read' ? possibleValues(before, { violating, search }) : null,
    before: order?.slice(-SHOWN_BEFORE) ?? [],
    answeredBefore: before.filter(({ outcome }) => outcome === 'ok').length,
  }
}

/** Searches under a budget of their own, so that explaining never takes much longer than judging. */
class TrialSearch {
  readonly #budget: SearchBudget
  #trials = 0

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

  #run(operations: readonly RegisterOperation[]): ReturnType<typeof searchOrder> | null {
    this.#trials += 1
    if (this.#trials > TRIALS_MAX || this.#budget.expired()) return null
    return searchOrder(prepareRegister(operations), this.#budget)
  }
}

/** The place, by end, of the first answer up to which there is no order. */
function firstBadAnswer(
  operations: readonly RegisterOperation[],
  completed: readonly RegisterOperation[],
  { search }: { readonly search: TrialSearch },
): number {
  let low = 0
  let high = completed.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    const end = completed[middle]?.end as number
    if (search.fails(prefixOf(operations, end))) high = middle
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

/** The prefix in which the answer itself has not come yet. */
function withoutAnswer(
  prefix: readonly RegisterOperation[],
  violating: RegisterOperation,
): RegisterOperation[] {
  return prefix.map((operation) => (operation === violating ? forget(operation) : operation))
}

/** Leaves out pieces, large ones first, as long as what remains still has no order. */
function shrink(
  prefix: readonly RegisterOperation[],
  { search, keep }: { readonly search: TrialSearch; readonly keep: RegisterOperation },
): readonly RegisterOperation[] {
  let core = prefix.filter(({ kind, outcome }) => kind !== 'read' || outcome === 'ok')
  for (let size = Math.ceil(core.length / 2); size >= 1; size = Math.floor(size / 2)) {
    let left = true
    while (left) {
      left = false
      for (let start = core.length - size; start > -size; start -= size) {
        const smaller = without(core, Math.max(0, start), { end: start + size, keep })
        if (smaller.length === core.length || !mayLeaveOut(core, smaller)) continue
        if (!search.fails(smaller)) continue
        core = smaller
        left = true
      }
    }
  }
  return core.sort((one, other) => one.start - other.start)
}

function without(
  core: readonly RegisterOperation[],
  start: number,
  { end, keep }: { readonly end: number; readonly keep: RegisterOperation },
): RegisterOperation[] {
  return core.filter((operation, place) => place < start || place >= end || operation === keep)
}

/**
 * Whether any order of `core` would also be one of `smaller`, so that no order of `smaller` proves
 * that there is none of `core`. That holds when nobody in `smaller` asks for a state that only those
 * left out can make.
 */
function mayLeaveOut(
  core: readonly RegisterOperation[],
  smaller: readonly RegisterOperation[],
): boolean {
  const kept = new Set(smaller)
  const asked = askedBy(smaller)
  return core.every((operation) => {
    if (kept.has(operation)) return true
    const made = valueMade(operation)
    return made === undefined || (asked !== 'anything' && !asked.has(made))
  })
}

/** `anything`: somebody asks for a value not to be there, so every other one matters. */
function askedBy(operations: readonly RegisterOperation[]): Set<Scalar> | 'anything' {
  const asked = new Set<Scalar>()
  const { needs, operations: completed, unknowns } = prepareRegister(operations)
  for (const [i, operation] of completed.entries()) {
    if (needs[i] === NEEDS_DIFFERENT) return 'anything'
    if (needs[i] !== NEEDS_EQUAL) continue
    if (operation.kind === 'read') asked.add(operation.value)
    else asked.add(operation.kind === 'cas' ? operation.from : null)
  }
  for (const { members } of unknowns) {
    for (const member of members) if (member.kind === 'cas') asked.add(member.from)
  }
  return asked
}

/** The value that the operation leaves behind; undefined when it leaves none of its own. */
function valueMade(operation: RegisterOperation): Scalar | undefined {
  switch (operation.kind) {
    case 'read':
      return undefined
    case 'write':
      return operation.value
    case 'cas':
      return operation.outcome === 'ok' && !operation.applied ? undefined : operation.to
    case 'delete':
      return operation.outcome === 'ok' && operation.found === false ? undefined : null
  }
}

/** What the read could have returned, tried value by value; null when too many had to be tried. */
function possibleValues(
  before: readonly RegisterOperation[],
  { violating, search }: { readonly violating: RegisterOperation; readonly search: TrialSearch },
): Scalar[] | null {
  const candidates = new Set<Scalar>([null])
  for (const operation of before) {
    const made = valueMade(operation)
    if (made !== undefined) candidates.add(made)
  }
  // The newest are the likeliest.
  const tried = [...candidates].reverse()
  if (tried.length > VALUES_TRIED_MAX) tried.length = VALUES_TRIED_MAX
  const possible = tried.filter(
    (value) => search.order([...before, { ...violating, kind: 'read', value }]) !== null,
  )
  return possible.length > 0 ? possible : null
}

/** For people, one line each. */
export function explanationLines(explanation: Explanation): string[] {
  const { key, violating, core, possible, before, answeredBefore } = explanation
  const lines = [
    `key ${JSON.stringify(key)}: no order of its operations explains every answer`,
    `up to here (${answeredBefore} answers) there is one, with this answer there is none:`,
    `  ${describeOperation(violating)}`,
  ]
  if (possible !== null) {
    lines.push(`at that point it could have read: ${possible.map(describeValue).join(', ')}`)
  }
  if (core.length > 1) {
    lines.push('these operations alone already contradict each other:')
    for (const operation of core) lines.push(`  ${describeOperation(operation)}`)
  }
  if (before.length > 0) {
    lines.push('the last of an order of all that was answered before:')
    for (const operation of before) lines.push(`  ${describeOperation(operation)}`)
  }
  return lines
}
