/**
 * Huffman decoding by whole octets. The decoder is a machine: a state is a node inside the code
 * tree, an octet leads to the next one and yields up to two symbols on the way (the shortest code
 * has five bits, so a third never fits).
 *
 *     a step:  | second symbol : 8 | first symbol : 8 | : 5 | EOS : 1 | count : 2 | state : 8 |
 *
 * 256 states and 256 octets make 256 KiB of table, of which real text touches some tens. Halves of
 * octets would need 16 KiB; measured, they take a third more time.
 */

import { assert } from '../../base/index.ts'
import { HUFFMAN_BITS, HUFFMAN_CODES, HUFFMAN_EOS, HUFFMAN_SYMBOLS } from './huffman-code.ts'

const STATES = HUFFMAN_SYMBOLS - 1
export const STEP_STATE_MASK = 0xff
export const STEP_COUNT_SHIFT = 8
export const STEP_COUNT_MASK = 3
export const STEP_EOS_FLAG = 1 << 10
export const STEP_FIRST_SHIFT = 16
export const STEP_SECOND_SHIFT = 24

/**
 * Padding is fewer than eight ones (RFC 7541 §5.2). The first states are the root and the nodes
 * that 1 to 7 ones lead to from there: a string may end in these, and in no other.
 */
export const STEP_STATE_AT_END_MAX = 7

const COUNT_BITS = STEP_COUNT_MASK << STEP_COUNT_SHIFT
const FIRST_BITS = 0xff << STEP_FIRST_SHIFT

/** Of a symbol in the tree; below it are inner nodes. */
const LEAF = 1 << 16

/** The step for state and octet stands at `(state << 8) | octet`. State 0 is the beginning. */
export const HUFFMAN_STEPS: Readonly<Int32Array> = buildSteps()

/** Text never takes more than this: the shortest code has five bits. */
export function huffmanTextMax(length: number): number {
  return Math.floor((length * 8) / 5)
}

/** Where a bit leads: an inner node, or `LEAF + symbol`. Two entries a node. */
function buildTree(): Int32Array {
  const children = new Int32Array(2 * STATES)
  let nodes = 1
  const grow = (symbol: number): void => {
    const code = HUFFMAN_CODES[symbol] as number
    let node = 0
    for (let bit = (HUFFMAN_BITS[symbol] as number) - 1; bit > 0; bit--) {
      const slot = 2 * node + ((code >> bit) & 1)
      if (children[slot] === 0) {
        children[slot] = nodes
        nodes += 1
      }
      node = children[slot] as number
    }
    children[2 * node + (code & 1)] = LEAF + symbol
  }
  // EOS first: it consists of ones, and thus numbers the nodes of the padding from 1 on.
  for (let symbol = HUFFMAN_EOS; symbol >= 0; symbol--) grow(symbol)
  assert(nodes === STATES, 'a complete code has as many inner nodes as symbols but one')
  return children
}

/** Two half steps make a step: half a million walks through the tree would delay every start. */
function buildSteps(): Int32Array {
  const halves = buildHalfSteps()
  const steps = new Int32Array(STATES << 8)
  for (let at = 0; at < steps.length; at++) {
    const high = halves[at >> 4] as number
    const low = halves[((high & STEP_STATE_MASK) << 4) | (at & 0xf)] as number
    steps[at] = joined(high, low)
  }
  return steps
}

function joined(high: number, low: number): number {
  const symbols =
    high & COUNT_BITS ? (high & FIRST_BITS) | ((low & FIRST_BITS) << 8) : low & FIRST_BITS
  const count = (high & COUNT_BITS) + (low & COUNT_BITS)
  return symbols | count | ((high | low) & STEP_EOS_FLAG) | (low & STEP_STATE_MASK)
}

/** The step for state and four bits stands at `(state << 4) | bits`. It ends one code at most. */
function buildHalfSteps(): Int32Array {
  const children = buildTree()
  const halves = new Int32Array(STATES << 4)
  for (let at = 0; at < halves.length; at++) halves[at] = buildHalfStep(children, at)
  return halves
}

function buildHalfStep(children: Int32Array, at: number): number {
  let node = at >> 4
  let ended = 0
  for (let bit = 3; bit >= 0; bit--) {
    node = children[2 * node + ((at >> bit) & 1)] as number
    if (node < LEAF) continue
    const symbol = node - LEAF
    assert(ended === 0, 'four bits end at most one code')
    ended = (1 << STEP_COUNT_SHIFT) | ((symbol & 0xff) << STEP_FIRST_SHIFT)
    if (symbol === HUFFMAN_EOS) ended |= STEP_EOS_FLAG
    node = 0
  }
  return ended | node
}
