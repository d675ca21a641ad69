/**
 * Nodes of a tree: a count, then columns of equal length, entry by entry in order. A node is a
 * block of a slab.
 *
 *     word 0                count
 *          1 + c * m + i    column c of entry i, where m is how many entries a node can have
 */

import { assert } from '../../base/index.ts'
import { PAGE_UNIT_BITS, PAGE_UNIT_MASK, type PagePool, type Place } from './pages.ts'
import type { Slabs } from './slabs.ts'

/** A node, by its place. */
export type NodeId = Place

export interface NodeShape {
  readonly columns: number
  readonly entriesMax: number
}

export class TreeNodes {
  readonly entriesMax: number
  readonly #columns: number
  readonly #units: number
  readonly #words: readonly Int32Array[]
  readonly #slabs: Slabs

  constructor(pages: PagePool, slabs: Slabs, { columns, entriesMax }: NodeShape) {
    assert(columns >= 1 && entriesMax >= 3, 'a node that is split has entries for two')
    this.entriesMax = entriesMax
    this.#columns = columns
    this.#units = (columns * entriesMax + 2) >>> 1
    this.#words = pages.words
    this.#slabs = slabs
  }

  take(): NodeId {
    const node = this.#slabs.take(this.#units)
    this.#setCount(node, 0)
    return node
  }

  give(node: NodeId): void {
    this.#slabs.give(node)
  }

  count(node: NodeId): number {
    return this.page(node)[wordOf(node)] as number
  }

  isFull(node: NodeId): boolean {
    return this.count(node) === this.entriesMax
  }

  get(node: NodeId, column: number, at: number): number {
    return this.page(node)[wordOf(node) + 1 + column * this.entriesMax + at] as number
  }

  set(node: NodeId, column: number, at: number, value: number): void {
    this.page(node)[wordOf(node) + 1 + column * this.entriesMax + at] = value
  }

  /** For loops over a column: its page, and the word of its first entry. */
  page(node: NodeId): Int32Array {
    return this.#words[node >>> PAGE_UNIT_BITS] as Int32Array
  }

  columnStart(node: NodeId, column: number): number {
    return wordOf(node) + 1 + column * this.entriesMax
  }

  /** Makes room for an entry, whose columns are yet to be set. */
  open(node: NodeId, at: number): void {
    const count = this.count(node)
    assert(
      count < this.entriesMax && at >= 0 && at <= count,
      'an entry is added where there is room',
    )
    const words = this.page(node)
    for (let column = 0; column < this.#columns; column++) {
      const start = this.columnStart(node, column)
      for (let word = start + count; word > start + at; word--) {
        words[word] = words[word - 1] as number
      }
    }
    this.#setCount(node, count + 1)
  }

  close(node: NodeId, at: number): void {
    const count = this.count(node)
    assert(at >= 0 && at < count, 'an entry that goes was there')
    const words = this.page(node)
    for (let column = 0; column < this.#columns; column++) {
      const start = this.columnStart(node, column)
      for (let word = start + at; word < start + count - 1; word++) {
        words[word] = words[word + 1] as number
      }
    }
    this.#setCount(node, count - 1)
  }

  /** A new node with the entries from `at` on, which are taken from the given one. */
  split(node: NodeId, at: number): NodeId {
    const count = this.count(node)
    assert(at >= 0 && at <= count, 'a node is split within its entries')
    const sibling = this.take()
    this.#transfer(node, sibling, at)
    this.#setCount(node, at)
    return sibling
  }

  /** Adds all entries of the second node to the first one and gives the second one back. */
  join(node: NodeId, sibling: NodeId): void {
    const together = this.count(node) + this.count(sibling)
    assert(together <= this.entriesMax && node !== sibling, 'nodes are joined when they fit one')
    this.#transfer(sibling, node, 0)
    this.give(sibling)
  }

  /** Copies the entries from `at` on behind those of the target. */
  #transfer(node: NodeId, target: NodeId, at: number): void {
    const moved = this.count(node) - at
    const behind = this.count(target)
    const source = this.page(node)
    const words = this.page(target)
    for (let column = 0; column < this.#columns; column++) {
      const from = this.columnStart(node, column) + at
      const to = this.columnStart(target, column) + behind
      for (let entry = 0; entry < moved; entry++) words[to + entry] = source[from + entry] as number
    }
    this.#setCount(target, behind + moved)
  }

  #setCount(node: NodeId, count: number): void {
    this.page(node)[wordOf(node)] = count
  }
}

/** Where a place begins, in words of its page. */
function wordOf(node: NodeId): number {
  return (node & PAGE_UNIT_MASK) << 1
}
