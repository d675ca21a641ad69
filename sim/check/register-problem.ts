import { assert } from '../../src/base/index.ts'
import type { RegisterOperation, Scalar } from './history.ts'
import { forgetIdleDenials, OverwriteTimes } from './register-denials.ts'

/**
 * The operations on one key, prepared for the search: values become small numbers, every operation
 * becomes a condition on the state and a new state, and what cannot matter is left out.
 */

/** State of a key that is not there. */
export const ABSENT = 0
/**
 * All values that no operation asks about. No operation can tell them apart, so that they need not
 * be told apart here either.
 */
export const OTHER = 1

/** What an operation demands of the state it meets, compared with its `from`. */
export const NEEDS_NOTHING = 0
export const NEEDS_EQUAL = 1
export const NEEDS_DIFFERENT = 2

/** Leaves the state as it is. */
export const KEEPS = -1

/** Completed operations in the order of their starts; each index is one operation. */
export interface RegisterProblem {
  readonly count: number
  readonly operations: readonly RegisterOperation[]
  readonly needs: Uint8Array
  readonly from: Int32Array
  /** The new state, or KEEPS. */
  readonly to: Int32Array
  /** Operations with the same number need and do the same. */
  readonly effects: Int32Array
  readonly effectCount: number
  readonly unknowns: readonly UnknownGroup[]
  /** Calls (index i) and returns (count + i) in the order of time. */
  readonly events: Int32Array
  /** How many calls stand before the return of operation i in `events`. */
  readonly callsBefore: Int32Array
  readonly stateCount: number
  /** Operations that need the state to differ from a value, by start. */
  readonly denials: Int32Array
  readonly overwrites: OverwriteTimes
}

/**
 * Operations of unknown outcome that would all do the same. They differ only in when they began, so
 * they may be taken in that order without missing anything.
 */
export interface UnknownGroup {
  readonly needs: number
  readonly from: number
  readonly to: number
  readonly effect: number
  readonly starts: Float64Array
  readonly members: readonly RegisterOperation[]
}

class ValueTable {
  readonly #ids = new Map<Scalar, number>([[null, ABSENT]])

  get size(): number {
    return this.#ids.size + 1
  }

  add(value: Scalar): void {
    if (!this.#ids.has(value)) this.#ids.set(value, this.#ids.size + 1)
  }

  id(value: Scalar): number {
    return this.#ids.get(value) ?? OTHER
  }
}

/** The operations must all be on one key. */
export function prepareRegister(history: readonly RegisterOperation[]): RegisterProblem {
  const overwrites = new OverwriteTimes(history)
  const operations = forgetIdleDenials(history, overwrites)
  const values = askedValues(operations)
  const completed = operations
    .filter((operation) => operation.outcome === 'ok')
    .sort((left, right) => left.start - right.start)
  const count = completed.length
  const needs = new Uint8Array(count)
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  const effects = new Int32Array(count)
  const table = new EffectTable()
  for (const [i, operation] of completed.entries()) {
    const effect = effectOf(operation, values)
    needs[i] = effect.needs
    from[i] = effect.from
    to[i] = effect.to
    effects[i] = table.id(effect)
  }
  const denials = Int32Array.from(needs.keys()).filter((i) => needs[i] === NEEDS_DIFFERENT)
  return {
    count,
    operations: completed,
    needs,
    from,
    to,
    effects,
    unknowns: groupUnknowns(operations, values, { hasDenials: denials.length > 0, table }),
    effectCount: table.size,
    ...orderEvents(completed),
    stateCount: values.size,
    denials,
    overwrites,
  }
}

/** Every value that some operation compares with, so that the state must be known to hold it. */
function askedValues(operations: readonly RegisterOperation[]): ValueTable {
  const values = new ValueTable()
  for (const operation of operations) {
    if (operation.outcome === 'fail') continue
    if (operation.kind === 'cas') values.add(operation.from)
    if (operation.kind === 'read' && operation.outcome === 'ok') values.add(operation.value)
  }
  return values
}

interface Effect {
  readonly needs: number
  readonly from: number
  readonly to: number
}

class EffectTable {
  readonly #ids = new Map<string, number>()

  get size(): number {
    return this.#ids.size
  }

  id({ needs, from, to }: Effect): number {
    const name = `${needs} ${from} ${to}`
    const id = this.#ids.get(name) ?? this.#ids.size
    this.#ids.set(name, id)
    return id
  }
}

function effectOf(operation: RegisterOperation, values: ValueTable): Effect {
  switch (operation.kind) {
    case 'read':
      return { needs: NEEDS_EQUAL, from: values.id(operation.value), to: KEEPS }
    case 'write':
      return { needs: NEEDS_NOTHING, from: ABSENT, to: values.id(operation.value) }
    case 'cas': {
      const from = values.id(operation.from)
      if (!operation.applied) return { needs: NEEDS_DIFFERENT, from, to: KEEPS }
      // Compared as values: two values may share one number, but never with one that was asked for.
      const keeps = operation.from === operation.to
      return { needs: NEEDS_EQUAL, from, to: keeps ? KEEPS : values.id(operation.to) }
    }
    case 'delete':
      if (operation.found === null) return { needs: NEEDS_NOTHING, from: ABSENT, to: ABSENT }
      if (operation.found) return { needs: NEEDS_DIFFERENT, from: ABSENT, to: ABSENT }
      return { needs: NEEDS_EQUAL, from: ABSENT, to: KEEPS }
  }
}

/** An unknown outcome is only worth a thought when it could change the state to what is asked. */
function groupUnknowns(
  operations: readonly RegisterOperation[],
  values: ValueTable,
  { hasDenials, table }: { readonly hasDenials: boolean; readonly table: EffectTable },
): UnknownGroup[] {
  const groups = new Map<number, { action: Effect; members: RegisterOperation[] }>()
  for (const operation of operations) {
    if (operation.outcome !== 'info' || operation.kind === 'read') continue
    const action = unknownEffect(operation, values)
    if (action.to === KEEPS || (action.to === OTHER && !hasDenials)) continue
    const effect = table.id(action)
    const group = groups.get(effect) ?? { action, members: [] }
    group.members.push(operation)
    groups.set(effect, group)
  }
  return [...groups].map(([effect, { action, members }]) => {
    members.sort((left, right) => left.start - right.start)
    const starts = Float64Array.from(members, ({ start }) => start)
    return { ...action, effect, members, starts }
  })
}

/** What it does if it takes effect at all; where it would find nothing to do it may be left out. */
function unknownEffect(operation: RegisterOperation, values: ValueTable): Effect {
  if (operation.kind === 'cas') return effectOf({ ...operation, applied: true }, values)
  if (operation.kind === 'delete') return effectOf({ ...operation, found: null }, values)
  return effectOf(operation, values)
}

/**
 * At one instant calls come before returns: whoever touches is concurrent.
 */
function orderEvents(
  completed: readonly RegisterOperation[],
): Pick<RegisterProblem, 'events' | 'callsBefore'> {
  const count = completed.length
  const byEnd = Int32Array.from(completed.keys())
  byEnd.sort((left, right) => endAt(completed, left) - endAt(completed, right))
  const events = new Int32Array(2 * count)
  const callsBefore = new Int32Array(count)
  let calls = 0
  for (const [returns, ending] of byEnd.entries()) {
    const end = endAt(completed, ending)
    while (calls < count && (completed[calls] as RegisterOperation).start <= end) {
      events[calls + returns] = calls
      calls += 1
    }
    assert(calls > ending, 'an operation is called before it returns')
    events[calls + returns] = count + ending
    callsBefore[ending] = calls
  }
  return { events, callsBefore }
}

function endAt(completed: readonly RegisterOperation[], index: number): number {
  return (completed[index] as RegisterOperation).end
}
