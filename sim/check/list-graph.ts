import type { ListTransaction } from './history.ts'
import type { KeyOrder, ListOrders } from './list-orders.ts'

/**
 * Which transaction must come before which (Adya's dependencies, and real time), as a graph with a
 * number of edges that is linear in the history. Where "each of these before each of those" would
 * be quadratic, helper nodes stand in between; they are not transactions, only ways between them.
 */

export type Reason =
  /** The later one appended next behind the earlier one's element. */
  | { readonly kind: 'ww'; readonly key: string; readonly element: number; readonly next: number }
  /** The later one read what the earlier one appended. */
  | { readonly kind: 'wr'; readonly key: string; readonly element: number }
  /** The earlier one did not read what the later one appended. */
  | { readonly kind: 'rw'; readonly key: string; readonly element: number }
  /** The later one's element is in nobody's list, so it comes behind all that are. */
  | { readonly kind: 'unread'; readonly key: string }
  /** The earlier one had ended before the later one began. */
  | { readonly kind: 'realTime' }

export interface Edge {
  readonly from: number
  readonly to: number
  readonly reason: Reason
}

export interface ListGraph {
  /** Nodes below this number are transactions, the others helpers. */
  readonly transactions: readonly ListTransaction[]
  readonly nodeCount: number
  /** Sorted by `from`; those of node i stand from `first[i]` up to `first[i + 1]`. */
  readonly edges: readonly Edge[]
  readonly first: Int32Array
}

export function buildGraph({ keys, committed }: ListOrders): ListGraph {
  const builder = new GraphBuilder([...committed])
  for (const order of keys.values()) builder.addKey(order)
  builder.addRealTime()
  return builder.finish()
}

const REAL_TIME: Reason = { kind: 'realTime' }

class GraphBuilder {
  readonly #transactions: readonly ListTransaction[]
  readonly #nodes: ReadonlyMap<ListTransaction, number>
  readonly #edges: Edge[] = []
  #nodeCount: number

  constructor(transactions: readonly ListTransaction[]) {
    this.#transactions = transactions
    this.#nodes = new Map(transactions.map((transaction, node) => [transaction, node]))
    this.#nodeCount = transactions.length
  }

  addKey(order: KeyOrder): void {
    const { key, longest, writers, reads } = order
    const writerOf = (place: number) => {
      const element = longest[place]
      return element === undefined ? undefined : this.#node(writers.get(element))
    }
    for (let place = 0; place + 1 < longest.length; place++) {
      const [element, next] = [longest[place] as number, longest[place + 1] as number]
      this.#add(writerOf(place), writerOf(place + 1), { kind: 'ww', key, element, next })
    }
    const last: (number | undefined)[] = [writerOf(longest.length - 1)]
    for (const { transaction, length } of reads) {
      const reader = this.#node(transaction)
      const seen = longest[length - 1]
      if (seen !== undefined) {
        this.#add(writerOf(length - 1), reader, { kind: 'wr', key, element: seen })
      }
      const missed = longest[length]
      if (missed === undefined) last.push(reader)
      else this.#add(reader, writerOf(length), { kind: 'rw', key, element: missed })
    }
    this.#addUnread(order, last)
  }

  /**
   * Acknowledged elements that nobody read come behind the longest list, in an unknown order: after
   * whoever wrote its last element, and after whoever read all of it. A transaction may be on both
   * sides, but does not come before itself: so it skips its own place in two chains of helpers, one
   * that leads to all further places and one that leads to all earlier ones.
   */
  #addUnread({ key, longest, writers }: KeyOrder, before: readonly (number | undefined)[]): void {
    const read = new Set(longest)
    const unread = new Set<number>()
    for (const [element, transaction] of writers) {
      const node = read.has(element) ? undefined : this.#node(transaction)
      if (node !== undefined) unread.add(node)
    }
    if (unread.size === 0) return
    const targets = [...unread]
    const reason: Reason = { kind: 'unread', key }
    const up = this.#helpers(targets.length)
    const down = this.#helpers(targets.length)
    const places = new Map<number, number>()
    for (const [place, node] of targets.entries()) {
      places.set(node, place)
      this.#add(up + place, node, reason)
      this.#add(down + place, node, reason)
      if (place > 0) this.#add(down + place, down + place - 1, reason)
      if (place + 1 < targets.length) this.#add(up + place, up + place + 1, reason)
    }
    for (const node of before) {
      const own = node === undefined ? undefined : places.get(node)
      if (own === undefined) this.#add(node, up, reason)
      else {
        if (own + 1 < targets.length) this.#add(node, up + own + 1, reason)
        if (own > 0) this.#add(node, down + own - 1, reason)
      }
    }
  }

  /**
   * One helper for each end, in a chain: a transaction leads to the helper of its end, and the last
   * helper before its start leads to it.
   */
  addRealTime(): void {
    const ended = this.#transactions
      .map((transaction, node) => ({ node, end: transaction.end }))
      .filter(({ end }) => end !== Number.POSITIVE_INFINITY)
      .sort((left, right) => left.end - right.end)
    const helper = this.#helpers(ended.length)
    for (const [place, { node }] of ended.entries()) {
      this.#add(node, helper + place, REAL_TIME)
      if (place > 0) this.#add(helper + place - 1, helper + place, REAL_TIME)
    }
    const started = this.#transactions
      .map((transaction, node) => ({ node, start: transaction.start }))
      .sort((left, right) => left.start - right.start)
    let before = 0
    for (const { node, start } of started) {
      while (before < ended.length && (ended[before]?.end as number) < start) before += 1
      if (before > 0) this.#add(helper + before - 1, node, REAL_TIME)
    }
  }

  finish(): ListGraph {
    const edges = this.#edges.sort((left, right) => left.from - right.from)
    const first = new Int32Array(this.#nodeCount + 1)
    for (const { from } of edges) first[from + 1] = (first[from + 1] as number) + 1
    for (let node = 0; node < this.#nodeCount; node++) {
      first[node + 1] = (first[node + 1] as number) + (first[node] as number)
    }
    return { transactions: this.#transactions, nodeCount: this.#nodeCount, edges, first }
  }

  #node(transaction: ListTransaction | undefined): number | undefined {
    return transaction === undefined ? undefined : this.#nodes.get(transaction)
  }

  #helpers(count: number): number {
    const first = this.#nodeCount
    this.#nodeCount += count
    return first
  }

  #add(from: number | undefined, to: number | undefined, reason: Reason): void {
    if (from === undefined || to === undefined || from === to) return
    this.#edges.push({ from, to, reason })
  }
}
