/**
 * The order of all keys: a B+tree (Bayer and McCreight, 1972) whose leaves hold slots and whose
 * inner nodes hold, for each child, its first slot and how many of its keys are there now. So a
 * range finds its start and its count in O(log n), however many keys lie in it.
 *
 *     leaf    one column:     slot | DEAD when the newest version is a tombstone
 *     inner   three columns:  child, first slot of the child, live keys below the child
 *
 * Invariants: an inner node has a child, a leaf a slot unless it is the root; the first slot of a
 * child is exactly its smallest, so no node refers to a key that is gone. Keys are compared where
 * they stand, in their blocks: copies in the tree would cost more than the misses they save.
 */

import { assert } from '../../base/index.ts'
import type { KeyBlocks } from './key-blocks.ts'
import type { PagePool } from './pages.ts'
import { KeyProbe } from './probe.ts'
import { Slabs } from './slabs.ts'
import { type NodeId, TreeNodes } from './tree-nodes.ts'
import { TreePath } from './tree-path.ts'
import { type KeySlot, NO_SLOT } from './types.ts'

const DEAD = 1 << 31
const SLOT = ~DEAD

/** Columns of an inner node. */
const CHILD = 0
const FIRST = 1
const LIVE = 2

export class OrderTree {
  readonly #keys: KeyBlocks
  readonly #leaves: TreeNodes
  readonly #inners: TreeNodes
  readonly #path = new TreePath()
  readonly #probe = new KeyProbe()
  #root: NodeId
  /** Levels of inner nodes; 0: the root is a leaf. */
  #height = 0
  #live = 0
  /** Where the last search ended: the first entry that is not below what was looked for. */
  #leaf: NodeId = 0
  #at = 0
  /** The slot that was added last: next to it, a leaf is split for more of the same. */
  #added: KeySlot = NO_SLOT
  /**
   * Where the last slot that was handed out in order stood, or 0. Checked before it is believed.
   */
  #hintLeaf: NodeId = 0
  #hintAt = 0

  constructor(pages: PagePool, keys: KeyBlocks, nodeEntriesMax: number) {
    assert(nodeEntriesMax >= 4, 'a node has room for four at least')
    const slabs = new Slabs(pages)
    this.#keys = keys
    this.#leaves = new TreeNodes(pages, slabs, { columns: 1, entriesMax: nodeEntriesMax })
    this.#inners = new TreeNodes(pages, slabs, { columns: 3, entriesMax: nodeEntriesMax })
    this.#root = this.#leaves.take()
  }

  /** Keys whose newest version is no tombstone. */
  get live(): number {
    return this.#live
  }

  /** The first slot whose key is not below the probe. */
  first(probe: KeyProbe): KeySlot {
    this.#seek(probe)
    return this.#handOut()
  }

  next(slot: KeySlot): KeySlot {
    if (this.#isHinted(slot) && this.#hintAt + 1 < this.#leaves.count(this.#hintLeaf)) {
      this.#hintAt += 1
      return this.#slotAt(this.#hintLeaf, this.#hintAt)
    }
    this.#find(slot)
    this.#at += 1
    return this.#handOut()
  }

  /** How many keys that are there now are below the probe. */
  rank(probe: KeyProbe): number {
    this.#seek(probe)
    let rank = 0
    for (let level = 0; level < this.#height; level++) {
      const node = this.#path.node(level)
      const words = this.#inners.page(node)
      const start = this.#inners.columnStart(node, LIVE)
      const end = start + this.#path.entry(level)
      for (let word = start; word < end; word++) rank += words[word] as number
    }
    return rank + this.#liveInLeaf(this.#leaf, this.#at)
  }

  /** `probe` is the key of the slot, which is not in the tree yet. */
  add(slot: KeySlot, probe: KeyProbe, live: boolean): void {
    assert(slot > 0, 'a slot is a positive number')
    this.#seek(probe)
    const leaf = this.#leaf
    const at = this.#at
    const entry = live ? slot : slot | DEAD
    let sibling: NodeId = 0
    if (this.#leaves.isFull(leaf)) {
      sibling = this.#splitLeaf(leaf, at, entry)
    } else {
      this.#leaves.open(leaf, at)
      this.#leaves.set(leaf, 0, at, entry)
    }
    this.#added = slot
    const change = live ? 1 : 0
    this.#live += change
    this.#rise(sibling, change)
  }

  setLive(slot: KeySlot, live: boolean): void {
    this.#find(slot)
    const entry = this.#leaves.get(this.#leaf, 0, this.#at)
    assert(entry < 0 === live, 'a key comes or goes')
    this.#leaves.set(this.#leaf, 0, this.#at, live ? slot : slot | DEAD)
    const change = live ? 1 : -1
    this.#live += change
    for (let level = 0; level < this.#height; level++) this.#addLive(level, change)
  }

  /** Its newest version is a tombstone. */
  remove(slot: KeySlot): void {
    this.#find(slot)
    assert(this.#leaves.get(this.#leaf, 0, this.#at) < 0, 'only a deleted key leaves the order')
    this.#leaves.close(this.#leaf, this.#at)
    if (this.#added === slot) this.#added = NO_SLOT
    for (let level = this.#height - 1; level >= 0; level--) this.#settle(level)
    this.#lower()
  }

  // --- searching ---

  /** Leaves the way in the path, and where the search ended in `#leaf` and `#at`. */
  #seek(probe: KeyProbe): void {
    let node = this.#root
    for (let level = 0; level < this.#height; level++) {
      const entry = this.#childFor(node, probe)
      this.#path.set(level, node, entry)
      node = this.#inners.get(node, CHILD, entry)
    }
    this.#leaf = node
    this.#at = this.#lowerBound(node, probe)
  }

  /** The last child whose first key is not above the probe, or the first one. */
  #childFor(node: NodeId, probe: KeyProbe): number {
    const keys = this.#keys
    const words = this.#inners.page(node)
    const start = this.#inners.columnStart(node, FIRST)
    let low = 1
    let high = this.#inners.count(node)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys.compare(words[start + middle] as number, probe) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #lowerBound(leaf: NodeId, probe: KeyProbe): number {
    const keys = this.#keys
    const words = this.#leaves.page(leaf)
    const start = this.#leaves.columnStart(leaf, 0)
    let low = 0
    let high = this.#leaves.count(leaf)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys.compare((words[start + middle] as number) & SLOT, probe) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #find(slot: KeySlot): void {
    this.#keys.load(slot, this.#probe)
    this.#seek(this.#probe)
    assert(this.#at < this.#leaves.count(this.#leaf), 'a slot has its place in the order')
    assert(this.#slotAt(this.#leaf, this.#at) === slot, 'a slot has its place in the order')
  }

  #slotAt(leaf: NodeId, at: number): KeySlot {
    return this.#leaves.get(leaf, 0, at) & SLOT
  }

  /** A slot stands in one place of one leaf, so whoever finds it at the hint has found it. */
  #isHinted(slot: KeySlot): boolean {
    if (this.#hintLeaf === 0 || this.#hintAt >= this.#leaves.count(this.#hintLeaf)) return false
    return this.#slotAt(this.#hintLeaf, this.#hintAt) === slot
  }

  /** The slot where the search ended, which may be in the next leaf. */
  #handOut(): KeySlot {
    if (this.#at === this.#leaves.count(this.#leaf) && !this.#stepRight()) return NO_SLOT
    this.#hintLeaf = this.#leaf
    this.#hintAt = this.#at
    return this.#slotAt(this.#leaf, this.#at)
  }

  #stepRight(): boolean {
    let level = this.#height - 1
    while (
      level >= 0 &&
      this.#path.entry(level) + 1 === this.#inners.count(this.#path.node(level))
    ) {
      level -= 1
    }
    if (level < 0) return false
    let node = this.#path.node(level)
    let entry = this.#path.entry(level) + 1
    for (; level < this.#height; level++, entry = 0) {
      this.#path.set(level, node, entry)
      node = this.#inners.get(node, CHILD, entry)
    }
    this.#leaf = node
    this.#at = 0
    return true
  }

  #liveInLeaf(leaf: NodeId, end: number): number {
    const words = this.#leaves.page(leaf)
    const start = this.#leaves.columnStart(leaf, 0)
    let live = 0
    for (let word = start; word < start + end; word++) {
      if ((words[word] as number) > 0) live += 1
    }
    return live
  }

  // --- growing ---

  /**
   * Keys that come in order leave full leaves behind them: next to the key that was added last, a
   * leaf is split where the new one goes, and elsewhere in the middle. (Splitting at the end of any
   * leaf would leave leaves of one key behind for keys that come in descending order.)
   */
  #splitLeaf(leaf: NodeId, at: number, entry: number): NodeId {
    const leaves = this.#leaves
    const ascends = at > 0 && this.#slotAt(leaf, at - 1) === this.#added
    const descends = at < leaves.entriesMax && this.#slotAt(leaf, at) === this.#added
    const cut = ascends || descends ? at : leaves.entriesMax >>> 1
    const sibling = leaves.split(leaf, cut)
    const goesLeft = at < cut || (at === cut && cut < leaves.entriesMax)
    const target = goesLeft ? leaf : sibling
    const position = goesLeft ? at : at - cut
    leaves.open(target, position)
    leaves.set(target, 0, position, entry)
    return sibling
  }

  /** Tells the inner nodes on the path of a new entry, and of a new node beside the leaf. */
  #rise(newLeaf: NodeId, change: number): void {
    let sibling = newLeaf
    for (let level = this.#height - 1; level >= 0; level--) {
      const node = this.#path.node(level)
      const entry = this.#path.entry(level)
      const below = level + 1
      const child = this.#inners.get(node, CHILD, entry)
      this.#inners.set(node, FIRST, entry, this.#firstOf(child, below))
      if (sibling === 0) {
        this.#addLive(level, change)
      } else {
        this.#inners.set(node, LIVE, entry, this.#liveOf(child, below))
        sibling = this.#adopt(level, entry + 1, sibling)
      }
    }
    if (sibling !== 0) this.#heighten(sibling)
  }

  /** Adds a child to the node of that level; what is given back is its new sibling, or 0. */
  #adopt(level: number, at: number, child: NodeId): NodeId {
    const inners = this.#inners
    const node = this.#path.node(level)
    if (!inners.isFull(node)) {
      this.#insertChild(node, at, { child, level: level + 1 })
      return 0
    }
    const cut = inners.entriesMax >>> 1
    const sibling = inners.split(node, cut)
    if (at <= cut) this.#insertChild(node, at, { child, level: level + 1 })
    else this.#insertChild(sibling, at - cut, { child, level: level + 1 })
    return sibling
  }

  #heighten(sibling: NodeId): void {
    const old = this.#root
    const level = this.#height
    this.#root = this.#inners.take()
    // Levels are counted from the root, and the children of a new root are where it was before.
    this.#height = level + 1
    this.#insertChild(this.#root, 0, { child: old, level: 1 })
    this.#insertChild(this.#root, 1, { child: sibling, level: 1 })
  }

  #insertChild(node: NodeId, at: number, given: { child: NodeId; level: number }): void {
    const { child, level } = given
    this.#inners.open(node, at)
    this.#inners.set(node, CHILD, at, child)
    this.#inners.set(node, FIRST, at, this.#firstOf(child, level))
    this.#inners.set(node, LIVE, at, this.#liveOf(child, level))
  }

  #firstOf(node: NodeId, level: number): KeySlot {
    if (level === this.#height) return this.#slotAt(node, 0)
    return this.#inners.get(node, FIRST, 0)
  }

  #liveOf(node: NodeId, level: number): number {
    if (level === this.#height) return this.#liveInLeaf(node, this.#leaves.count(node))
    const words = this.#inners.page(node)
    const start = this.#inners.columnStart(node, LIVE)
    const end = start + this.#inners.count(node)
    let live = 0
    for (let word = start; word < end; word++) live += words[word] as number
    return live
  }

  #addLive(level: number, change: number): void {
    const node = this.#path.node(level)
    const entry = this.#path.entry(level)
    this.#inners.set(node, LIVE, entry, this.#inners.get(node, LIVE, entry) + change)
  }

  // --- shrinking ---

  /** After an entry left the child of that level: joins it with a neighbour, or takes it out. */
  #settle(level: number): void {
    const inners = this.#inners
    const node = this.#path.node(level)
    const entry = this.#path.entry(level)
    const children = level + 1 === this.#height ? this.#leaves : inners
    const child = inners.get(node, CHILD, entry)
    const count = children.count(child)
    let at = entry
    if (count <= children.entriesMax >>> 2) {
      if (this.#mayJoin(node, entry, children)) this.#join(node, entry, children)
      else if (entry > 0 && this.#mayJoin(node, entry - 1, children)) {
        at = entry - 1
        this.#join(node, at, children)
      } else if (count === 0) {
        this.#giveNode(child, children)
        inners.close(node, entry)
        return
      }
    }
    inners.set(node, FIRST, at, this.#firstOf(inners.get(node, CHILD, at), level + 1))
  }

  /** Leaves some room in the joined node, or it would soon be split again. */
  #mayJoin(node: NodeId, at: number, children: TreeNodes): boolean {
    if (at + 1 >= this.#inners.count(node)) return false
    const left = children.count(this.#inners.get(node, CHILD, at))
    const right = children.count(this.#inners.get(node, CHILD, at + 1))
    const max = children.entriesMax
    return left === 0 || right === 0 || left + right <= max - (max >>> 2)
  }

  #join(node: NodeId, at: number, children: TreeNodes): void {
    const inners = this.#inners
    const live = inners.get(node, LIVE, at) + inners.get(node, LIVE, at + 1)
    const gone = inners.get(node, CHILD, at + 1)
    if (this.#hintLeaf === gone) this.#hintLeaf = 0
    children.join(inners.get(node, CHILD, at), gone)
    inners.set(node, LIVE, at, live)
    inners.close(node, at + 1)
  }

  #giveNode(node: NodeId, nodes: TreeNodes): void {
    if (this.#hintLeaf === node) this.#hintLeaf = 0
    nodes.give(node)
  }

  /** A root with one child is not needed, and one without becomes an empty leaf. */
  #lower(): void {
    while (this.#height > 0 && this.#inners.count(this.#root) <= 1) {
      const old = this.#root
      const isEmpty = this.#inners.count(old) === 0
      this.#root = isEmpty ? this.#leaves.take() : this.#inners.get(old, CHILD, 0)
      this.#height = isEmpty ? 0 : this.#height - 1
      this.#inners.give(old)
    }
  }
}
