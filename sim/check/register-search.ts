import { assert } from '../../src/base/index.ts'
import { CallList } from './call-list.ts'
import { ConfigurationMemory } from './configuration-memory.ts'
import type { RegisterOperation } from './history.ts'
import { Neighbourhood, NONE, SEVERAL } from './neighbourhood.ts'
import {
  ABSENT,
  KEEPS,
  NEEDS_EQUAL,
  NEEDS_NOTHING,
  OTHER,
  type RegisterProblem,
  type UnknownGroup,
} from './register-problem.ts'

/**
 * Is there an order of the operations on one register that respects real time and explains every
 * answer? The search of Wing and Gong (1993): take any operation that no other one precedes, try
 * it next, go back when nothing fits. Lowe (2017) adds the memory of configurations (which
 * operations are done, and the state) from which no way led on.
 *
 * The rest makes it fast on registers. None of it loses an order, because any order can be
 * rearranged into one that the search tries:
 *
 * 1. An operation that keeps the state and fits it now is taken at once: moved to the front of any
 *    order that works, it still fits, and nobody notices that it is gone from its old place.
 * 2. An unknown outcome is taken just in time (Lowe): only when the very next operation could not
 *    have come without it. Taken anywhere else it can be left out, which it may be anyway.
 * 3. A state must not be left for good while somebody still has to see it: when what is left to do
 *    asks for a value that nothing left can write, this way is dead.
 * 4. A write together with all that still ask for its value, when all of them may come next, is a
 *    closed group. It fits right before any unconditional write, which hides it from everybody
 *    else, so that is where it goes. At its old place nobody misses it, unless a denial there is
 *    true only thanks to it: while one may be near, the group is not moved.
 * 5. Of those that may come next and do the same, the one that has to be done soonest comes first,
 *    an unknown outcome last: two of them may always change places.
 */

export interface SearchBudget {
  /** Configurations to look at. */
  readonly stepsMax: number
  /** Estimated bytes of the memory of configurations. */
  readonly memoryBytesMax: number
  /** Asked every thousand steps; true ends the search. */
  readonly expired: () => boolean
}

export type SearchResult =
  | { readonly kind: 'found'; readonly order: readonly RegisterOperation[]; readonly steps: number }
  | { readonly kind: 'none'; readonly steps: number }
  | {
      readonly kind: 'gaveUp'
      readonly reason: 'steps' | 'memory' | 'time'
      readonly steps: number
    }

export function searchOrder(problem: RegisterProblem, budget: SearchBudget): SearchResult {
  return new RegisterSearch(problem, budget).run()
}

/** A configuration and the ways to go on from it. */
interface Frame {
  readonly state: number
  readonly pending: boolean
  /** How long the trail was here: going back means undoing what is above. */
  readonly mark: number
  /** An operation i as i, the next member of the unknown group g as -1 - g. */
  readonly moves: readonly number[]
  next: number
}

const STEPS_PER_CLOCK_LOOK = 1024

class RegisterSearch {
  readonly #problem: RegisterProblem
  readonly #budget: SearchBudget
  readonly #list: CallList
  /** By unknown group: how many members are taken. */
  readonly #taken: Uint32Array
  /** By state: operations left that need it, those of unknown outcome apart. */
  readonly #askersLeft: Int32Array
  readonly #unknownAskersLeft: Int32Array
  /** By state: operations left that lead to it. */
  readonly #makersLeft: Int32Array
  #state = ABSENT
  /** The last move was an unknown outcome whose new state nobody has seen yet. */
  #pending = false
  readonly #trail: number[] = []
  readonly #memory = new ConfigurationMemory()
  #steps = 0
  /** What stands before the first return, gathered anew where it is needed. */
  readonly #near: Neighbourhood
  /** By effect: the step in which it was offered last. */
  readonly #offered: Float64Array

  constructor(problem: RegisterProblem, budget: SearchBudget) {
    this.#problem = problem
    this.#budget = budget
    const { count, events, unknowns, stateCount } = problem
    this.#list = new CallList(count, events)
    this.#near = new Neighbourhood(problem)
    this.#taken = new Uint32Array(unknowns.length)
    this.#offered = new Float64Array(problem.effectCount)
    this.#askersLeft = new Int32Array(stateCount)
    this.#makersLeft = new Int32Array(stateCount)
    this.#unknownAskersLeft = new Int32Array(stateCount)
    for (let i = 0; i < count; i++) this.#count(i, 1)
    for (const group of unknowns) this.#countUnknown(group, group.members.length)
  }

  run(): SearchResult {
    if (this.#isHopeless()) return { kind: 'none', steps: 0 }
    const frames: Frame[] = []
    let entered = this.#enter(frames)
    while (entered !== 'finished') {
      const frame = frames.at(-1)
      if (frame === undefined) return { kind: 'none', steps: this.#steps }
      const reason = this.#exhausted()
      if (reason !== null) return { kind: 'gaveUp', reason, steps: this.#steps }
      this.#undo(frame)
      const move = frame.moves[frame.next]
      frame.next += 1
      if (move === undefined) frames.pop()
      else if (this.#advance(move)) entered = this.#enter(frames)
    }
    return { kind: 'found', order: this.#order(), steps: this.#steps }
  }

  /** Some value is asked for that is not there at first and that nothing writes. */
  #isHopeless(): boolean {
    for (let state = 0; state < this.#problem.stateCount; state++) {
      if (state !== ABSENT && this.#isDeadEnd(state)) return true
    }
    return false
  }

  /** Rule 3. */
  #isDeadEnd(state: number): boolean {
    return at(this.#askersLeft, state) > 0 && at(this.#makersLeft, state) === 0
  }

  #exhausted(): 'steps' | 'memory' | 'time' | null {
    if (this.#steps >= this.#budget.stepsMax) return 'steps'
    if (this.#memory.bytes >= this.#budget.memoryBytesMax) return 'memory'
    const look = this.#steps % STEPS_PER_CLOCK_LOOK === 0
    return look && this.#budget.expired() ? 'time' : null
  }

  /** Arrives in a new configuration; a frame is pushed when it is worth going on from. */
  #enter(frames: Frame[]): 'finished' | 'goOn' {
    this.#steps += 1
    this.#takeWhatKeepsTheState()
    if (this.#list.left === 0) return 'finished'
    if (!this.#remember()) return 'goOn'
    const moves = this.#moves()
    const mark = this.#trail.length
    if (moves.length > 0) {
      frames.push({ state: this.#state, pending: this.#pending, mark, moves, next: 0 })
    }
    return 'goOn'
  }

  /** False when the search was here before. */
  #remember(): boolean {
    return this.#memory.add({
      list: this.#list,
      callsBefore: this.#problem.callsBefore,
      taken: this.#taken,
      label: this.#state * 2 + (this.#pending ? 1 : 0),
    })
  }

  /** Rule 1. */
  #takeWhatKeepsTheState(): void {
    const { count, to } = this.#problem
    let entry = this.#list.first
    while (entry < count) {
      const before = this.#list.before(entry)
      if (at(to, entry) === KEEPS && this.#fits(entry)) {
        this.#take(entry)
        this.#pending = false
        entry = this.#list.after(before)
      } else entry = this.#list.after(entry)
    }
  }

  #fits(operation: number): boolean {
    const { needs, from } = this.#problem
    return fits(this.#state, needs[operation] as number, at(from, operation))
  }

  /** All that may come next, what has to be done soonest first. */
  #moves(): number[] {
    const { count, needs, to, operations, effects } = this.#problem
    const possible: number[] = []
    let entry = this.#list.first
    for (; entry < count; entry = this.#list.after(entry)) {
      if (at(to, entry) === KEEPS || !this.#fits(entry)) continue
      if (this.#pending && needs[entry] === NEEDS_NOTHING) continue
      possible.push(entry)
    }
    const end = (move: number) => (operations[move] as RegisterOperation).end
    possible.sort((left, right) => end(left) - end(right))
    this.#near.look(this.#list, this.#state)
    const moves = possible.filter((move) => this.#offer(at(effects, move)))
    const chosen = this.#withOneClosedGroup(moves)
    this.#addUnknowns(chosen, end(entry - count))
    return chosen
  }

  /** Rule 5: whether nothing of the same effect was offered in this step yet. */
  #offer(effect: number): boolean {
    if (this.#offered[effect] === this.#steps) return false
    this.#offered[effect] = this.#steps
    return true
  }

  /** Rule 4: they go together, and no one cares which of them comes last. */
  #withOneClosedGroup(moves: readonly number[]): number[] {
    let offered = false
    return moves.filter((move) => {
      if (!this.#isClosedGroup(move)) return true
      if (offered) return false
      offered = true
      return true
    })
  }

  /** Rule 2. */
  #addUnknowns(moves: number[], latestStart: number): void {
    const { unknowns } = this.#problem
    if (unknowns.length === 0) return
    const useful = unknowns.map((group, g) => {
      const start = group.starts[at(this.#taken, g)]
      return start !== undefined && start <= latestStart
    })
    for (const g of this.#wantedUnknowns(useful)) {
      const group = unknowns[g] as UnknownGroup
      if (group.to === this.#state || !fits(this.#state, group.needs, group.from)) continue
      if (this.#pending && group.needs === NEEDS_NOTHING) continue
      if (this.#offer(group.effect)) moves.push(-1 - g)
    }
  }

  /**
   * Those whose new state makes something possible that may come next and was not: an operation
   * that asks for it, a denial of the state there is now, or another unknown outcome that is
   * wanted.
   */
  #wantedUnknowns(useful: readonly boolean[]): number[] {
    const { unknowns } = this.#problem
    const wanted = new Set<number>()
    const states = new Set<number>()
    let size = -1
    while (size < wanted.size) {
      size = wanted.size
      for (const [g, group] of unknowns.entries()) {
        if (useful[g] !== true || wanted.has(g)) continue
        const asked = this.#near.askers(group.to) > 0 || states.has(group.to)
        if (!asked && !this.#near.denied) continue
        wanted.add(g)
        if (group.needs === NEEDS_EQUAL) states.add(group.from)
      }
    }
    return [...wanted]
  }

  /** Makes a move; false when it leads nowhere for certain. The caller undoes it either way. */
  #advance(move: number): boolean {
    const before = this.#state
    if (move < 0) {
      const group = this.#problem.unknowns[-1 - move] as UnknownGroup
      this.#trail.push(move)
      this.#taken[-1 - move] = at(this.#taken, -1 - move) + 1
      this.#countUnknown(group, -1)
      this.#state = group.to
      this.#pending = true
      return !this.#isDeadEnd(before)
    }
    if (this.#problem.needs[move] === NEEDS_NOTHING) this.#takeClosedGroups(move)
    this.#take(move)
    this.#state = at(this.#problem.to, move)
    this.#pending = false
    return this.#state === before || !this.#isDeadEnd(before)
  }

  /** Rule 4, before the unconditional write `move`. */
  #takeClosedGroups(move: number): void {
    let group = this.#findClosedGroup(move)
    while (group !== NONE) {
      for (let next = group; next !== NONE; next = this.#near.successor(this.#state)) {
        this.#take(next)
        this.#state = at(this.#problem.to, next)
        this.#takeWhatKeepsTheState()
      }
      group = this.#findClosedGroup(move)
    }
  }

  #findClosedGroup(except: number): number {
    this.#near.look(this.#list, this.#state)
    const { count } = this.#problem
    for (let entry = this.#list.first; entry < count; entry = this.#list.after(entry)) {
      if (entry !== except && this.#isClosedGroup(entry)) return entry
    }
    return NONE
  }

  /**
   * Whether the write, everybody who still asks for its value, and if one of them writes again
   * those who ask for that, and so on, may all come next and may be moved.
   */
  #isClosedGroup(write: number): boolean {
    const { needs, to, operations } = this.#problem
    if (needs[write] !== NEEDS_NOTHING) return false
    let { end } = operations[write] as RegisterOperation
    let last: number = write
    while (last !== NONE) {
      const state = at(to, last)
      if (state === OTHER) break
      // With another maker, or the same state now, nobody knows who belongs to whom.
      if (state === this.#state || at(this.#makersLeft, state) !== 1) return false
      if (at(this.#unknownAskersLeft, state) > 0) return false
      if (this.#near.askers(state) !== at(this.#askersLeft, state)) return false
      end = Math.min(end, this.#near.end(state))
      last = this.#near.successor(state)
      if (last === SEVERAL) return false
    }
    return !this.#isDenialNear(end)
  }

  /**
   * Whether a denial might be true only thanks to a group that was done at `end` or before. Not if
   * another write separates the two; not if it may come next itself, since then it moves with the
   * group; not if nothing can write what it denies.
   */
  #isDenialNear(end: number): boolean {
    const { denials, operations, overwrites, from, to } = this.#problem
    if (denials.length === 0) return false
    const separatedFrom = overwrites.after(end)
    for (let place = this.#firstDenialLeft(); place < denials.length; place++) {
      const denial = at(denials, place)
      if ((operations[denial] as RegisterOperation).start > separatedFrom) return false
      if (this.#list.isTaken(denial)) continue
      if (at(to, denial) === KEEPS && this.#near.holds(denial)) continue
      const denied = at(from, denial)
      if (denied === this.#state || at(this.#makersLeft, denied) > 0) return true
    }
    return false
  }

  /** Operations are numbered by start, so nothing before the first call that is left is left. */
  #firstDenialLeft(): number {
    const { denials } = this.#problem
    let low = 0
    let high = denials.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (at(denials, middle) >= this.#list.first) high = middle
      else low = middle + 1
    }
    return low
  }

  #take(operation: number): void {
    this.#trail.push(operation)
    this.#list.take(operation)
    this.#count(operation, -1)
  }

  #undo({ mark, state, pending }: Frame): void {
    while (this.#trail.length > mark) {
      const move = this.#trail.pop() as number
      if (move >= 0) {
        this.#list.putBack(move)
        this.#count(move, 1)
      } else {
        this.#taken[-1 - move] = at(this.#taken, -1 - move) - 1
        this.#countUnknown(this.#problem.unknowns[-1 - move] as UnknownGroup, 1)
      }
    }
    this.#state = state
    this.#pending = pending
  }

  #count(operation: number, change: number): void {
    const { needs, from, to } = this.#problem
    if (needs[operation] === NEEDS_EQUAL) bump(this.#askersLeft, at(from, operation), change)
    const target = at(to, operation)
    if (target !== KEEPS) bump(this.#makersLeft, target, change)
  }

  #countUnknown({ needs, from, to }: UnknownGroup, change: number): void {
    bump(this.#makersLeft, to, change)
    if (needs === NEEDS_EQUAL) bump(this.#unknownAskersLeft, from, change)
  }

  #order(): RegisterOperation[] {
    const taken = new Uint32Array(this.#taken.length)
    return this.#trail.map((move) => {
      if (move >= 0) return this.#problem.operations[move] as RegisterOperation
      const g = -1 - move
      const member = at(taken, g)
      taken[g] = member + 1
      return this.#problem.unknowns[g]?.members[member] as RegisterOperation
    })
  }
}

function fits(state: number, needs: number, from: number): boolean {
  if (needs === NEEDS_NOTHING) return true
  return needs === NEEDS_EQUAL ? state === from : state !== from
}

function at(numbers: Int32Array | Uint32Array, index: number): number {
  return numbers[index] as number
}

function bump(counts: Int32Array, index: number, change: number): void {
  counts[index] = at(counts, index) + change
  assert(at(counts, index) >= 0, 'what is counted was added before it is taken away')
}
