import type { CallList } from './call-list.ts'
import { KEEPS, NEEDS_DIFFERENT, NEEDS_EQUAL, type RegisterProblem } from './register-problem.ts'

/** No operation, and more than one. */
export const NONE = -1
export const SEVERAL = -2

/** What the operations that may come next ask for, by state. Filled anew by each `look`. */
export class Neighbourhood {
  readonly #problem: RegisterProblem
  #looks = 0
  /** The look in which what stands under a state was written; older means empty. */
  readonly #seenIn: Float64Array
  readonly #askers: Int32Array
  readonly #ends: Float64Array
  readonly #successors: Int32Array
  /** Operations up to this one, if they are left, may come next. */
  #reach = 0
  #denied = false

  constructor(problem: RegisterProblem) {
    this.#problem = problem
    this.#seenIn = new Float64Array(problem.stateCount)
    this.#askers = new Int32Array(problem.stateCount)
    this.#ends = new Float64Array(problem.stateCount)
    this.#successors = new Int32Array(problem.stateCount)
  }

  look(list: CallList, state: number): void {
    const { count, needs, from, callsBefore } = this.#problem
    this.#looks += 1
    this.#denied = false
    let entry = list.first
    for (; entry < count; entry = list.after(entry)) {
      if (needs[entry] === NEEDS_EQUAL) this.#addAsker(entry)
      else if (needs[entry] === NEEDS_DIFFERENT && from[entry] === state) this.#denied = true
    }
    this.#reach = list.left === 0 ? 0 : (callsBefore[entry - count] as number)
  }

  /** Someone denies the state there was at the look, and so has to wait for another. */
  get denied(): boolean {
    return this.#denied
  }

  /** Whether the operation, which is left, may come next. */
  holds(operation: number): boolean {
    return operation < this.#reach
  }

  askers(state: number): number {
    return this.#seenIn[state] === this.#looks ? (this.#askers[state] as number) : 0
  }

  /** The first end of those that ask for the state. */
  end(state: number): number {
    return this.#seenIn[state] === this.#looks
      ? (this.#ends[state] as number)
      : Number.POSITIVE_INFINITY
  }

  /** The one that asks for the state and writes another: an operation, NONE or SEVERAL. */
  successor(state: number): number {
    return this.#seenIn[state] === this.#looks ? (this.#successors[state] as number) : NONE
  }

  #addAsker(operation: number): void {
    const { from, to, operations } = this.#problem
    const state = from[operation] as number
    if (this.#seenIn[state] !== this.#looks) {
      this.#seenIn[state] = this.#looks
      this.#askers[state] = 0
      this.#ends[state] = Number.POSITIVE_INFINITY
      this.#successors[state] = NONE
    }
    this.#askers[state] = (this.#askers[state] as number) + 1
    const end = operations[operation]?.end as number
    if (end < (this.#ends[state] as number)) this.#ends[state] = end
    if (to[operation] === KEEPS) return
    this.#successors[state] = this.#successors[state] === NONE ? operation : SEVERAL
  }
}
