/**
 * How fast the machine itself is at this moment: where processors are shared, the same machine may
 * give twice as much in another hour, and a figure in requests a second says nothing without it.
 */

import { median } from './summary.ts'

const ADDITIONS = 100_000_000
/** 64 MiB, more than a processor has of it in its caches. */
const PLACES = 2 ** 24
const ACCESSES = 1_000_000
const TIMES = 5

export interface Speed {
  readonly additionsMs: number
  readonly accessNanos: number
}

export function measureSpeed(): Speed {
  const places = circle(PLACES)
  const additions: number[] = []
  const accesses: number[] = []
  let at = 0
  for (let time = 0; time < TIMES; time++) {
    const startMs = performance.now()
    // The sum has a say in where to go on, so that no compiler may leave it out.
    const from = at ^ (add() & 1)
    const addedMs = performance.now()
    at = follow(places, from)
    additions.push(addedMs - startMs)
    accesses.push(((performance.now() - addedMs) / ACCESSES) * 1e6)
  }
  return { additionsMs: median(additions), accessNanos: median(accesses) }
}

export function speedText({ additionsMs, accessNanos }: Speed): string {
  const additions = `${ADDITIONS / 1e6} million additions in ${additionsMs.toFixed(0)} ms`
  return `${additions}, a place in memory in ${accessNanos.toFixed(0)} ns`
}

/**
 * Each place names another one, all of them in one circle, in an order that no processor foresees:
 * a linear congruential generator of full period (Hull and Dobell, 1962). `count` is a power of 2.
 */
export function circle(count: number): Int32Array {
  const places = new Int32Array(count)
  for (let place = 0; place < count; place++) {
    places[place] = (Math.imul(place, 1_664_525) + 1_013_904_223) & (count - 1)
  }
  return places
}

function add(): number {
  let sum = 0
  for (let number = 0; number < ADDITIONS; number++) sum = (sum + number) | 0
  return sum
}

function follow(places: Int32Array, from: number): number {
  let at = from
  for (let left = ACCESSES; left > 0; left--) at = places[at] as number
  return at
}
