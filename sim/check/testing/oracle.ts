/**
 * Linearizability by its definition, for histories of a few operations: every order that respects
 * real time is tried, with no cleverness that could be wrong. It shares no code with the checker.
 */

import type { ListTransaction, RegisterOperation, Scalar } from '../history.ts'

export function hasOrder(operations: readonly RegisterOperation[]): boolean {
  const possible = operations.filter(({ outcome }) => outcome !== 'fail')
  return tryAll(possible, null)
}

function tryAll(left: readonly RegisterOperation[], state: Scalar): boolean {
  if (left.every(({ outcome }) => outcome === 'info')) return true
  return left.some((operation, place) => {
    if (left.some((other) => other.end < operation.start)) return false
    const after = apply(operation, state)
    if (after === undefined) return false
    return tryAll([...left.slice(0, place), ...left.slice(place + 1)], after)
  })
}

/**
 * The same for up to 30 operations: it remembers which were done in which state without success,
 * and does nothing else to be fast.
 */
export function hasOrderRemembering(operations: readonly RegisterOperation[]): boolean {
  const possible = operations.filter(({ outcome }) => outcome !== 'fail')
  const failed = new Set<string>()
  const search = (done: number, state: Scalar): boolean => {
    const left = possible.filter((_, place) => (done & (1 << place)) === 0)
    if (left.every(({ outcome }) => outcome === 'info')) return true
    const name = `${done} ${JSON.stringify(state)}`
    if (failed.has(name)) return false
    failed.add(name)
    const firstEnd = Math.min(...left.map(({ end }) => end))
    return possible.some((operation, place) => {
      if ((done & (1 << place)) !== 0 || operation.start > firstEnd) return false
      const after = apply(operation, state)
      return after !== undefined && search(done | (1 << place), after)
    })
  }
  return search(0, null)
}

/** The state after the operation, or undefined when its answer does not fit the state before. */
function apply(operation: RegisterOperation, state: Scalar): Scalar | undefined {
  const known = operation.outcome === 'ok'
  switch (operation.kind) {
    case 'read':
      return !known || operation.value === state ? state : undefined
    case 'write':
      return operation.value
    case 'cas': {
      const applies = operation.from === state
      if (known && applies !== operation.applied) return undefined
      return applies ? operation.to : state
    }
    case 'delete':
      if (known && operation.found !== null && operation.found !== (state !== null)) {
        return undefined
      }
      return null
  }
}

type Lists = ReadonlyMap<string, readonly number[]>

/** The same for transactions on lists: strict serializability by its definition. */
export function hasListOrder(transactions: readonly ListTransaction[]): boolean {
  return tryAllLists(
    transactions.filter(({ outcome }) => outcome !== 'fail'),
    new Map(),
  )
}

function tryAllLists(left: readonly ListTransaction[], lists: Lists): boolean {
  if (left.every(({ outcome }) => outcome === 'info')) return true
  return left.some((transaction, place) => {
    if (left.some((other) => other.end < transaction.start)) return false
    const after = applySteps(transaction, lists)
    return after !== null && tryAllLists([...left.slice(0, place), ...left.slice(place + 1)], after)
  })
}

function applySteps({ steps, outcome }: ListTransaction, lists: Lists): Lists | null {
  const after = new Map(lists)
  for (const step of steps) {
    const list = after.get(step.key) ?? []
    if (step.kind === 'append') after.set(step.key, [...list, step.element])
    else if (outcome === 'ok' && JSON.stringify(step.list ?? []) !== JSON.stringify(list)) {
      return null
    }
  }
  return after
}
