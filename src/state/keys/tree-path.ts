/** The way from the root to a leaf: in each inner node the entry that was taken. */

import { assert } from '../../base/index.ts'
import type { NodeId } from './tree-nodes.ts'

/** A node has at least a handful of children when it is split, so no tree gets that high. */
const LEVELS_MAX = 32

export class TreePath {
  readonly #nodes = new Int32Array(LEVELS_MAX)
  readonly #entries = new Int32Array(LEVELS_MAX)

  node(level: number): NodeId {
    return this.#nodes[level] as number
  }

  entry(level: number): number {
    return this.#entries[level] as number
  }

  set(level: number, node: NodeId, entry: number): void {
    assert(level >= 0 && level < LEVELS_MAX, 'a tree has few levels')
    this.#nodes[level] = node
    this.#entries[level] = entry
  }
}
