import { HistoryError, type ListTransaction } from './history.ts'

/**
 * What the reads of appended lists say about the order of writes (Kingsbury and Alvaro, "Elle",
 * 2020, §4). A list keeps every write in its order, so the longest one that was read tells the
 * order of a key's writes, and every other one must be the beginning of it.
 */

export type ListViolationKind =
  /** A transaction contradicts itself. */
  | 'internal'
  | 'duplicateElement'
  | 'neverAppended'
  /** A read saw what a transaction appended that certainly failed. */
  | 'abortedRead'
  | 'incompatibleOrder'
  /** An acknowledged append is missing from a read that began later, and from all others. */
  | 'lostAppend'
  | 'cycle'

export interface ListViolation {
  readonly kind: ListViolationKind
  readonly text: string
  readonly transactions: readonly ListTransaction[]
}

/** The first read of a key in a transaction, without what the transaction had appended itself. */
export interface ExternalRead {
  readonly transaction: ListTransaction
  readonly length: number
}

/** All that is known about one key. */
export interface KeyOrder {
  readonly key: string
  /** By element: who appended it. */
  readonly writers: Map<number, ListTransaction>
  /** The longest list that was read, and by whom. */
  longest: readonly number[]
  longestReader: ListTransaction | null
  readonly reads: ExternalRead[]
  /** The read that began last. */
  lastReader: ListTransaction | null
}

export interface ListOrders {
  readonly keys: ReadonlyMap<string, KeyOrder>
  /** Acknowledged, or seen by somebody. */
  readonly committed: ReadonlySet<ListTransaction>
  readonly violations: readonly ListViolation[]
}

export function inferOrders(transactions: readonly ListTransaction[]): ListOrders {
  const orders = new OrderInference()
  for (const transaction of transactions) orders.addAppends(transaction)
  const completed = transactions.filter(({ outcome }) => outcome === 'ok')
  for (const transaction of completed) orders.addReads(transaction)
  for (const transaction of completed) orders.compareReads(transaction)
  orders.checkOrders()
  const committed = orders.committed(completed)
  orders.checkLost(completed)
  return { keys: orders.keys, committed, violations: orders.violations }
}

class OrderInference {
  readonly keys = new Map<string, KeyOrder>()
  readonly violations: ListViolation[] = []

  addAppends(transaction: ListTransaction): void {
    for (const step of transaction.steps) {
      const { writers } = this.#key(step.key)
      if (step.kind === 'read') continue
      if (writers.has(step.element)) {
        const text = `${step.element} is appended to ${step.key} twice: elements must be unique`
        throw new HistoryError('BAD_REQUEST', text)
      }
      writers.set(step.element, transaction)
    }
  }

  addReads(transaction: ListTransaction): void {
    for (const [key, view] of this.#replay(transaction)) {
      if (view.external === null) continue
      const order = this.#key(key)
      order.reads.push({ transaction, length: view.external.length })
      if (order.lastReader === null || transaction.start > order.lastReader.start) {
        order.lastReader = transaction
      }
    }
    for (const step of transaction.steps) {
      if (step.kind === 'append' || step.list === null) continue
      const order = this.#key(step.key)
      if (order.longestReader !== null && step.list.length <= order.longest.length) continue
      order.longest = step.list
      order.longestReader = transaction
    }
  }

  /** Replays a transaction against what it read itself. */
  #replay(transaction: ListTransaction): Map<string, KeyView> {
    const views = new Map<string, KeyView>()
    for (const step of transaction.steps) {
      const view = views.get(step.key) ?? { external: null, appended: [] }
      views.set(step.key, view)
      if (step.kind === 'append') view.appended.push(step.element)
      else if (step.list !== null) this.#replayRead(transaction, view, step.list)
    }
    return views
  }

  #replayRead(transaction: ListTransaction, view: KeyView, list: readonly number[]): void {
    const own = view.appended
    const base = list.length - own.length
    const ends = base >= 0 && own.every((element, place) => list[base + place] === element)
    const before = view.external
    const grows = before === null || (before.length === base && isPrefix(before, list))
    if (!ends || !grows) {
      const text = 'a transaction reads something else than it read and appended itself'
      this.#report('internal', text, [transaction])
    }
    if (before === null) view.external = list.slice(0, Math.max(0, base))
  }

  compareReads(transaction: ListTransaction): void {
    for (const step of transaction.steps) {
      if (step.kind === 'append' || step.list === null) continue
      const { longest, longestReader } = this.#key(step.key)
      if (isPrefix(step.list, longest)) continue
      const text = `two reads of ${step.key} contradict each other about the order of its elements`
      this.#report('incompatibleOrder', text, [transaction, longestReader as ListTransaction])
      this.#checkList(step.key, step.list, transaction)
    }
  }

  checkOrders(): void {
    for (const { key, longest, longestReader } of this.keys.values()) {
      if (longestReader !== null) this.#checkList(key, longest, longestReader)
    }
  }

  /**
   * Every element of a list that was read must have been appended, once, by someone who may have.
   */
  #checkList(key: string, list: readonly number[], reader: ListTransaction): void {
    const { writers } = this.#key(key)
    const seen = new Set<number>()
    let previous: { writer: ListTransaction; element: number } | null = null
    for (const element of list) {
      const writer = writers.get(element)
      if (seen.has(element)) {
        const text = `${element} stands in ${key} more than once`
        this.#report('duplicateElement', text, writer ? [writer, reader] : [reader])
      } else if (writer === undefined) {
        this.#report('neverAppended', `nobody appended ${element} to ${key}`, [reader])
      } else if (writer.outcome === 'fail') {
        const text = `${element} in ${key} comes from a transaction that failed`
        this.#report('abortedRead', text, [writer, reader])
      } else if (
        previous?.writer === writer &&
        !inOrder(writer, key, [previous.element, element])
      ) {
        const text = `${previous.element} and ${element} in ${key} were appended in the other order`
        this.#report('incompatibleOrder', text, [writer, reader])
      }
      seen.add(element)
      previous = writer === undefined ? null : { writer, element }
    }
  }

  committed(completed: readonly ListTransaction[]): Set<ListTransaction> {
    const committed = new Set(completed)
    for (const { longest, writers } of this.keys.values()) {
      for (const element of longest) {
        const writer = writers.get(element)
        if (writer !== undefined) committed.add(writer)
      }
    }
    return committed
  }

  checkLost(completed: readonly ListTransaction[]): void {
    const seen = new Map<string, Set<number>>()
    for (const [key, { longest }] of this.keys) seen.set(key, new Set(longest))
    for (const transaction of completed) {
      for (const step of transaction.steps) {
        if (step.kind === 'read' || seen.get(step.key)?.has(step.element) === true) continue
        const { lastReader } = this.#key(step.key)
        if (lastReader === null || lastReader.start <= transaction.end) continue
        const text = `${step.element} was appended to ${step.key}, and no later read has it`
        this.#report('lostAppend', text, [transaction, lastReader])
      }
    }
  }

  #key(key: string): KeyOrder {
    const known = this.keys.get(key)
    if (known !== undefined) return known
    const order: KeyOrder = {
      key,
      writers: new Map(),
      longest: [],
      longestReader: null,
      reads: [],
      lastReader: null,
    }
    this.keys.set(key, order)
    return order
  }

  #report(kind: ListViolationKind, text: string, transactions: readonly ListTransaction[]): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ kind, text, transactions })
  }
}

export const VIOLATIONS_MAX = 20

interface KeyView {
  /** What the first read says was there before the transaction. */
  external: readonly number[] | null
  readonly appended: number[]
}

function isPrefix(short: readonly number[], long: readonly number[]): boolean {
  return short.length <= long.length && short.every((element, place) => long[place] === element)
}

/** Of two elements that one transaction appended to a key: whether it did so in this order. */
function inOrder(
  writer: ListTransaction,
  key: string,
  [first, second]: readonly [number, number],
): boolean {
  const place = (element: number) =>
    writer.steps.findIndex(
      (step) => step.kind === 'append' && step.key === key && step.element === element,
    )
  return place(first) < place(second)
}
