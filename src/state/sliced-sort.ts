/** A stable merge sort that takes turns: a million keys take longer than anybody should wait. */

import { assert } from '../base/index.ts'
import type { Steps, Work } from './work.ts'

/** A comparison, in keys looked at. */
const COMPARISON_COST = 0.2

/** The numbers from 0 to below `length`, ordered; equal ones stay in the order of the numbers. */
export function* sortedPositions(
  length: number,
  compare: (a: number, b: number) => number,
  work: Work,
): Steps<Uint32Array> {
  let source = new Uint32Array(length)
  for (let i = 0; i < length; i++) source[i] = i
  let target = new Uint32Array(length)
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += width * 2) {
      const runs = { start, middle: Math.min(start + width, length), width, compare }
      yield* merge(source, target, { ...runs, work })
    }
    const merged = target
    target = source
    source = merged
  }
  return source
}

interface Runs {
  readonly start: number
  readonly middle: number
  readonly width: number
  readonly compare: (a: number, b: number) => number
  readonly work: Work
}

function* merge(source: Uint32Array, target: Uint32Array, runs: Runs): Steps<void> {
  const { start, middle, width, compare, work } = runs
  const end = Math.min(middle + width, source.length)
  assert(start < middle && middle <= end, 'a merge is of two neighbours')
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const [a, b] = [source[left] as number, source[right] as number]
    const takesLeft = left < middle && (right >= end || compare(a, b) <= 0)
    if (takesLeft) left += 1
    else right += 1
    target[at] = takesLeft ? a : b
    work.spend(COMPARISON_COST)
    if (work.isTurnOver) yield 'sliced'
  }
}
