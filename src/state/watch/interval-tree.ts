/**
 * Ranges of keys, to find all that contain a key: an AVL tree ordered by (from, to) in which every
 * node knows how far the ranges below it reach (Cormen et al., "Introduction to Algorithms",
 * section 14.3). Finding k of n ranges takes O(min(n, k log n)), adding and removing one O(log n).
 * A sorted list would find as fast but costs O(n) whenever a watcher comes or goes.
 */

import { assert } from '../../base/index.ts'
import type { Interest } from './interest.ts'
import { compareBytes, type KeySpan } from './key-span.ts'

interface TreeNode {
  interest: Interest
  left: TreeNode | null
  right: TreeNode | null
  height: number
  /** The farthest end of the ranges from here down; null: one goes to the end of all keys. */
  reach: Uint8Array | null
}

export class IntervalTree {
  #root: TreeNode | null = null

  find(from: Uint8Array, to: Uint8Array | null): Interest | null {
    let node = this.#root
    while (node !== null) {
      const order = compareRange(from, to, node.interest)
      if (order === 0) return node.interest
      node = order < 0 ? node.left : node.right
    }
    return null
  }

  add(interest: Interest): void {
    assert(!interest.isExact, 'a tree holds ranges')
    this.#root = insert(this.#root, interest)
  }

  remove(interest: Interest): void {
    assert(this.find(interest.from, interest.to) === interest, 'what is removed is there')
    this.#root = remove(this.#root, interest)
  }

  /** Appends all ranges that contain the key, ordered. */
  collect(key: KeySpan, into: Interest[]): void {
    collect(this.#root, key, into)
  }
}

function collect(node: TreeNode | null, key: KeySpan, into: Interest[]): void {
  if (node === null || (node.reach !== null && key.compare(node.reach) >= 0)) return
  collect(node.left, key, into)
  const { interest } = node
  // Everything to the right begins later still.
  if (key.compare(interest.from) < 0) return
  if (interest.to === null || key.compare(interest.to) < 0) into.push(interest)
  collect(node.right, key, into)
}

function compareRange(from: Uint8Array, to: Uint8Array | null, other: Interest): number {
  return compareBytes(from, other.from) || compareEnds(to, other.to)
}

/** Null is behind every key. */
function compareEnds(left: Uint8Array | null, right: Uint8Array | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null)
  return compareBytes(left, right)
}

function insert(node: TreeNode | null, interest: Interest): TreeNode {
  if (node === null) return { interest, left: null, right: null, height: 1, reach: interest.to }
  const order = compareRange(interest.from, interest.to, node.interest)
  assert(order !== 0, 'a range is added once')
  if (order < 0) node.left = insert(node.left, interest)
  else node.right = insert(node.right, interest)
  return balanced(node)
}

function remove(node: TreeNode | null, interest: Interest): TreeNode | null {
  assert(node !== null, 'what is removed is found')
  const order = compareRange(interest.from, interest.to, node.interest)
  if (order < 0) node.left = remove(node.left, interest)
  else if (order > 0) node.right = remove(node.right, interest)
  else {
    if (node.left === null) return node.right
    if (node.right === null) return node.left
    // Its place goes to the next one in order.
    const next = leftmost(node.right)
    node.right = remove(node.right, next)
    node.interest = next
  }
  return balanced(node)
}

function leftmost(node: TreeNode): Interest {
  let at = node
  while (at.left !== null) at = at.left
  return at.interest
}

/**
 * After a change below: the height and reach of the node, and its children of nearly one height.
 */
function balanced(node: TreeNode): TreeNode {
  refresh(node)
  const slope = heightOf(node.left) - heightOf(node.right)
  assert(Math.abs(slope) <= 2, 'one change tips a tree by one')
  if (slope > 1) {
    const left = node.left as TreeNode
    if (heightOf(left.left) < heightOf(left.right)) node.left = rotatedLeft(left)
    return rotatedRight(node)
  }
  if (slope < -1) {
    const right = node.right as TreeNode
    if (heightOf(right.right) < heightOf(right.left)) node.right = rotatedRight(right)
    return rotatedLeft(node)
  }
  return node
}

function rotatedRight(node: TreeNode): TreeNode {
  const top = node.left as TreeNode
  node.left = top.right
  top.right = node
  refresh(node)
  refresh(top)
  return top
}

function rotatedLeft(node: TreeNode): TreeNode {
  const top = node.right as TreeNode
  node.right = top.left
  top.left = node
  refresh(node)
  refresh(top)
  return top
}

function refresh(node: TreeNode): void {
  const { left, right } = node
  node.height = Math.max(heightOf(left), heightOf(right)) + 1
  let reach = node.interest.to
  if (left !== null && compareEnds(left.reach, reach) > 0) reach = left.reach
  if (right !== null && compareEnds(right.reach, reach) > 0) reach = right.reach
  node.reach = reach
}

function heightOf(node: TreeNode | null): number {
  return node === null ? 0 : node.height
}
