/**
 * A denial says that a value was not there: a cas that found another one, a delete that found
 * something (so the key was not absent). Denials keep the search from leaving writes out of account
 * that nobody read. Most say nothing: the value was long overwritten, or not yet written.
 */

import type { RegisterOperation, Scalar } from './history.ts'

/** When the next write that is entirely later than a given time has certainly happened. */
export class OverwriteTimes {
  readonly #starts: Float64Array
  /** The earliest end of those from this place on. */
  readonly #endMin: Float64Array

  constructor(operations: readonly RegisterOperation[]) {
    const writers = operations
      .filter((operation) => operation.outcome === 'ok' && valueMade(operation) !== undefined)
      .sort((left, right) => left.start - right.start)
    this.#starts = Float64Array.from(writers, ({ start }) => start)
    this.#endMin = Float64Array.from(writers, ({ end }) => end)
    for (let place = writers.length - 2; place >= 0; place--) {
      const later = this.#endMin[place + 1] as number
      if (later < (this.#endMin[place] as number)) this.#endMin[place] = later
    }
  }

  /**
   * The earliest end of a write that began after `time`: whatever was written up to `time` is
   * overwritten for whoever begins after that end. Infinity when there is none.
   */
  after(time: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] as number) > time) high = middle
      else low = middle + 1
    }
    return this.#endMin[low] ?? Number.POSITIVE_INFINITY
  }
}

/** The value that the operation leaves behind if it takes effect; undefined when it leaves none. */
export function valueMade(operation: RegisterOperation): Scalar | undefined {
  if (operation.outcome === 'fail') return undefined
  const known = operation.outcome === 'ok'
  switch (operation.kind) {
    case 'read':
      return undefined
    case 'write':
      return operation.value
    case 'cas':
      if (known && (!operation.applied || operation.from === operation.to)) return undefined
      return operation.to
    case 'delete':
      return known && operation.found === false ? undefined : null
  }
}

/** The value that the operation says was not there; undefined when it denies none. */
function valueDenied(operation: RegisterOperation): Scalar | undefined {
  if (operation.outcome !== 'ok') return undefined
  if (operation.kind === 'cas') return operation.applied ? undefined : operation.from
  return operation.kind === 'delete' && operation.found === true ? null : undefined
}

interface Presence {
  /** The value cannot have been there before. */
  readonly start: number
  /** Whoever begins later meets another one, as far as this maker goes. */
  readonly overwritten: number
}

/**
 * Leaves out the denials that hold in every order, and those of deletes are not mentioned again.
 */
export function forgetIdleDenials(
  operations: readonly RegisterOperation[],
  overwrites: OverwriteTimes,
): readonly RegisterOperation[] {
  if (!hasDenials(operations)) return operations
  const presences = new Map<Scalar, Presence[]>()
  const before = Number.NEGATIVE_INFINITY
  presences.set(null, [{ start: before, overwritten: overwrites.after(before) }])
  for (const operation of operations) {
    const made = valueMade(operation)
    if (made === undefined) continue
    const { start, end } = operation
    const presence = { start, overwritten: overwrites.after(end) }
    const known = presences.get(made)
    if (known === undefined) presences.set(made, [presence])
    else known.push(presence)
  }
  return operations.flatMap((operation) => {
    const denied = valueDenied(operation)
    if (denied === undefined) return [operation]
    const possible = (presences.get(denied) ?? []).some(
      ({ start, overwritten }) => start <= operation.end && overwritten >= operation.start,
    )
    if (possible) return [operation]
    return operation.kind === 'delete' ? [{ ...operation, found: null }] : []
  })
}

/** Leaves out every denial. What has no order even so has none at all, and that shows quickly. */
export function forgetDenials(operations: readonly RegisterOperation[]): RegisterOperation[] {
  return operations.flatMap((operation) => {
    if (valueDenied(operation) === undefined) return [operation]
    return operation.kind === 'delete' ? [{ ...operation, found: null }] : []
  })
}

export function hasDenials(operations: readonly RegisterOperation[]): boolean {
  return operations.some((operation) => valueDenied(operation) !== undefined)
}
