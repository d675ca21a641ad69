/** Comparing runs of octets, and hashes that make most comparisons unnecessary. */

import { assert } from '../../base/index.ts'

/** 2^32 divided by the golden ratio: multiplying by it spreads every bit upwards (Knuth, 6.4). */
const SPREAD = 0x9e3779b1

/** Whether `bytes` holds `kept` at `start`, where at least as many octets are left. */
export function sameOctets(kept: Uint8Array, bytes: Uint8Array, start: number): boolean {
  assert(start + kept.length <= bytes.length, 'octets that exist are compared')
  const length = kept.length
  for (let at = 0; at < length; at++) {
    if (kept[at] !== bytes[start + at]) return false
  }
  return true
}

/** All octets count: in a header block one index is often the only difference. */
export function hashOctets(bytes: Uint8Array, start: number, end: number): number {
  assert(end <= bytes.length, 'octets that exist are hashed')
  let hash = end - start
  let at = start
  for (const stop = end - 3; at < stop; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    const high = ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ low ^ high, SPREAD)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), SPREAD)
  return hash ^ (hash >>> 15)
}

export function copyOctets(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start)
  for (let at = start; at < end; at++) copy[at - start] = bytes[at] as number
  return copy
}
