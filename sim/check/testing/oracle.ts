/**
 * Linearizability by its definition, for histories of a few operations: every order that respects
 * real time is tried, with no cleverness that could be wrong. It shares no code with the checker.
 */

import type { RegisterOperation, Scalar } from '../history.ts'

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
