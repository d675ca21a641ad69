import { assert } from '../../src/base/index.ts'
import type { RegisterOperation } from './history.ts'
import {
  ABSENT,
  KEEPS,
  NEEDS_DIFFERENT,
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
 * operations are done, and the state) from which no way led on. Calls and returns stand in a doubly
 * linked list, so that taking an operation out and putting it back costs O(1), and what may come
 * next is what stands before the first return.
 *
 * The rest makes it fast on registers. None of it loses an order, because any order can be
 * rearranged into one that the search tries:
 *
 * 1. An operation that keeps the state and fits it now is taken at once: moved to the front of any
 *    order that works, it still fits, and nobody notices that it is gone from its old place.
 * 2. An unknown outcome is taken just in time (Lowe): only when the very next operation depends on
 *    the state it made. Taken anywhere else it can be left out, which it may be anyway.
 * 3. A state must not be left for good while somebody still has to see it: when what is left to do
 *    asks for a value that nothing left can write, this way is dead.
 * 4. Nobody asks for the value OTHER. Unless somebody asks for a value not to be there, a write of
 *    it fits right before any other write, so those that may come next go together with the next
 *    unconditional write.
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
/** A Map entry and a string's head, about. */
const BYTES_PER_MEMORY = 80

class RegisterSearch {
  readonly #problem: RegisterProblem
  readonly #budget: SearchBudget
  /** The list of calls and returns that are left; `2 * count` is its head. */
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #head: number
  /** Which operations are done, one bit each. */
  readonly #done: Uint32Array
  /** By unknown group: how many members are taken. */
  readonly #taken: Uint32Array
  /** By state: operations left that need it, and that lead to it. */
  readonly #askersLeft: Int32Array
  readonly #makersLeft: Int32Array
  /** By state: unknown outcomes left that would need it. */
  readonly #unknownAskersLeft: Int32Array
  /** Operations left that need the state to differ from something. */
  #negativeLeft = 0
  #state = ABSENT
  /** The last move was an unknown outcome whose new state nobody has seen yet. */
  #pending = false
  #left: number
  readonly #trail: number[] = []
  readonly #memory = new Set<string>()
  #memoryBytes = 0
  #steps = 0
  #keyUnits = new Uint16Array(256)

  constructor(problem: RegisterProblem, budget: SearchBudget) {
    this.#problem = problem
    this.#budget = budget
    const { count, events, unknowns, stateCount } = problem
    this.#head = 2 * count
    this.#next = new Int32Array(2 * count + 1)
    this.#previous = new Int32Array(2 * count + 1)
    let last = this.#head
    for (const event of events) {
      this.#next[last] = event
      this.#previous[event] = last
      last = event
    }
    this.#next[last] = this.#head
    this.#previous[this.#head] = last
    this.#done = new Uint32Array((count + 31) >>> 5)
    this.#taken = new Uint32Array(unknowns.length)
    this.#askersLeft = new Int32Array(stateCount)
    this.#makersLeft = new Int32Array(stateCount)
    this.#unknownAskersLeft = new Int32Array(stateCount)
    this.#left = count
    for (let i = 0; i < count; i++) this.#count(i, 1)
    for (const group of unknowns) this.#countUnknown(group, group.members.length)
  }

  run(): SearchResult {
    if (this.#isHopeless()) return { kind: 'none', steps: 0 }
    const frames: Frame[] = []
    let entered = this.#enter(frames)
    while (entered !== 'finished') {
      const reason = this.#exhausted()
      if (reason !== null) return { kind: 'gaveUp', reason, steps: this.#steps }
      const frame = frames.at(-1)
      if (frame === undefined) return { kind: 'none', steps: this.#steps }
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

  #isDeadEnd(state: number): boolean {
    return at(this.#askersLeft, state) > 0 && at(this.#makersLeft, state) === 0
  }

  #exhausted(): 'steps' | 'memory' | 'time' | null {
    if (this.#steps >= this.#budget.stepsMax) return 'steps'
    if (this.#memoryBytes >= this.#budget.memoryBytesMax) return 'memory'
    const look = this.#steps % STEPS_PER_CLOCK_LOOK === 0
    return look && this.#budget.expired() ? 'time' : null
  }

  /** Arrives in a new configuration; a frame is pushed when it is worth going on from. */
  #enter(frames: Frame[]): 'finished' | 'goOn' {
    this.#steps += 1
    this.#takeWhatKeepsTheState()
    if (this.#left === 0) return 'finished'
    if (!this.#remember()) return 'goOn'
    const moves = this.#moves()
    const mark = this.#trail.length
    if (moves.length > 0) {
      frames.push({ state: this.#state, pending: this.#pending, mark, moves, next: 0 })
    }
    return 'goOn'
  }

  /** Rule 1. */
  #takeWhatKeepsTheState(): void {
    const { count, to } = this.#problem
    let entry = at(this.#next, this.#head)
    while (entry < count) {
      const before = at(this.#previous, entry)
      if (at(to, entry) === KEEPS && this.#fits(entry)) {
        this.#take(entry)
        this.#pending = false
        entry = at(this.#next, before)
      } else entry = at(this.#next, entry)
    }
  }

  #fits(operation: number): boolean {
    return fits(
      this.#state,
      this.#problem.needs[operation] as number,
      at(this.#problem.from, operation),
    )
  }

  /** All that may come next, what has to be done soonest first. */
  #moves(): number[] {
    const { count, needs, to, operations } = this.#problem
    const moves: number[] = []
    let otherOffered = false
    let entry = at(this.#next, this.#head)
    for (; entry < count; entry = at(this.#next, entry)) {
      const target = at(to, entry)
      if (target === KEEPS || !this.#fits(entry)) continue
      if (needs[entry] === NEEDS_NOTHING) {
        if (this.#pending) continue
        if (this.#goesAlong(entry)) {
          if (otherOffered) continue
          otherOffered = true
        }
      }
      moves.push(entry)
    }
    const soonest = operations[entry - count] as RegisterOperation
    const end = (move: number) => (operations[move] as RegisterOperation).end
    moves.sort((left, right) => end(left) - end(right))
    this.#addUnknowns(moves, soonest.end)
    return moves
  }

  /** Rule 2. */
  #addUnknowns(moves: number[], latestStart: number): void {
    for (const [g, group] of this.#problem.unknowns.entries()) {
      const start = group.starts[at(this.#taken, g)]
      if (start === undefined || start > latestStart || group.to === this.#state) continue
      if (!fits(this.#state, group.needs, group.from)) continue
      if (this.#pending && group.needs === NEEDS_NOTHING) continue
      if (this.#isAwaited(group.to)) moves.push(-1 - g)
    }
  }

  #isAwaited(state: number): boolean {
    if (this.#negativeLeft > 0 || at(this.#askersLeft, state) > 0) return true
    return at(this.#unknownAskersLeft, state) > 0
  }

  /** Rule 4. */
  #goesAlong(operation: number): boolean {
    const { hasNegative, needs, to } = this.#problem
    return !hasNegative && needs[operation] === NEEDS_NOTHING && at(to, operation) === OTHER
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
    if (!this.#problem.hasNegative && this.#problem.needs[move] === NEEDS_NOTHING) {
      this.#takeThoseThatGoAlong(move)
    }
    this.#take(move)
    this.#state = at(this.#problem.to, move)
    this.#pending = false
    return this.#state === before || !this.#isDeadEnd(before)
  }

  #takeThoseThatGoAlong(move: number): void {
    let entry = at(this.#next, this.#head)
    while (entry < this.#problem.count) {
      const before = at(this.#previous, entry)
      if (entry !== move && this.#goesAlong(entry)) {
        this.#take(entry)
        entry = at(this.#next, before)
      } else entry = at(this.#next, entry)
    }
  }

  #take(operation: number): void {
    this.#trail.push(operation)
    this.#unlink(operation)
    this.#unlink(this.#problem.count + operation)
    const word = operation >>> 5
    this.#done[word] = at(this.#done, word) | (1 << (operation & 31))
    this.#count(operation, -1)
    this.#left -= 1
  }

  #undo({ mark, state, pending }: Frame): void {
    while (this.#trail.length > mark) {
      const move = this.#trail.pop() as number
      if (move >= 0) this.#putBack(move)
      else {
        const group = this.#problem.unknowns[-1 - move] as UnknownGroup
        this.#taken[-1 - move] = at(this.#taken, -1 - move) - 1
        this.#countUnknown(group, 1)
      }
    }
    this.#state = state
    this.#pending = pending
  }

  #putBack(operation: number): void {
    // In the reverse order of taking out: only then do the neighbours still know their places.
    this.#link(this.#problem.count + operation)
    this.#link(operation)
    const word = operation >>> 5
    this.#done[word] = at(this.#done, word) & ~(1 << (operation & 31))
    this.#count(operation, 1)
    this.#left += 1
  }

  #count(operation: number, change: number): void {
    const { needs, from, to } = this.#problem
    if (needs[operation] === NEEDS_EQUAL) bump(this.#askersLeft, at(from, operation), change)
    if (needs[operation] === NEEDS_DIFFERENT) this.#negativeLeft += change
    const target = at(to, operation)
    if (target !== KEEPS) bump(this.#makersLeft, target, change)
  }

  #countUnknown({ needs, from, to }: UnknownGroup, change: number): void {
    bump(this.#makersLeft, to, change)
    if (needs === NEEDS_EQUAL) bump(this.#unknownAskersLeft, from, change)
  }

  #unlink(entry: number): void {
    const before = at(this.#previous, entry)
    const after = at(this.#next, entry)
    this.#next[before] = after
    this.#previous[after] = before
  }

  #link(entry: number): void {
    this.#next[at(this.#previous, entry)] = entry
    this.#previous[at(this.#next, entry)] = entry
  }

  /** False when the search was here before. */
  #remember(): boolean {
    const key = this.#key()
    const known = this.#memory.size
    this.#memory.add(key)
    if (this.#memory.size === known) return false
    this.#memoryBytes += BYTES_PER_MEMORY + 2 * key.length
    return true
  }

  /**
   * The configuration as a short string: the state, and which operations are done. Before the first
   * one that is left all are done, and none is done that is called after the first return that is
   * left, so only the bits between the two are needed.
   */
  #key(): string {
    const { count, callsBefore, unknowns } = this.#problem
    const first = at(this.#next, this.#head)
    let entry = first
    while (entry < count) entry = at(this.#next, entry)
    const lastWord = (at(callsBefore, entry - count) - 1) >>> 5
    const words = lastWord - (first >>> 5) + 1
    assert(words > 0, 'the first operation left is called before the first return')
    const units = this.#roomForKey(8 + 2 * words + 4 * unknowns.length)
    let length = pushUnits(units, 0, this.#state * 2 + (this.#pending ? 1 : 0))
    length = pushUnits(units, length, first)
    length = pushUnits(units, length, words)
    for (let word = first >>> 5; word <= lastWord; word++) {
      length = pushUnits(units, length, at(this.#done, word))
    }
    for (let g = 0; g < unknowns.length; g++) {
      if (at(this.#taken, g) === 0) continue
      length = pushUnits(units, length, g)
      length = pushUnits(units, length, at(this.#taken, g))
    }
    return unitsText(units, length)
  }

  #roomForKey(length: number): Uint16Array {
    if (this.#keyUnits.length < length) this.#keyUnits = new Uint16Array(2 * length)
    return this.#keyUnits
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

function pushUnits(units: Uint16Array, length: number, value: number): number {
  units[length] = value & 0xffff
  units[length + 1] = value >>> 16
  return length + 2
}

/** In pieces: a call takes only so many arguments. */
function unitsText(units: Uint16Array, length: number): string {
  let text = ''
  for (let start = 0; start < length; start += 4096) {
    const piece = units.subarray(start, Math.min(length, start + 4096))
    text += String.fromCharCode.apply(null, piece as unknown as number[])
  }
  return text
}
