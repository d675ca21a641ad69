/**
 * Whether a transaction would put a key twice, or put a key that it deletes. As in etcd
 * (v3rpc/key.go, `checkIntervals`), down to what it lets through: only deletes that were seen
 * before a put count against it (those of its own level and of transactions before its own), and a
 * delete of all keys from one on (`range_end` of a zero byte) counts against no put.
 */

import { assert, type ErrorCode } from '../base/index.ts'
import type { etcd } from '../wire/index.ts'
import { compareBytes, keyText, successorOf } from './key-range.ts'

interface Writes {
  readonly puts: Map<string, Uint8Array>
  readonly deletes: Intervals
}

/** The code of a conflict in one branch of a transaction, or in what is nested in it. */
export function conflictOf(operations: readonly etcd.RequestOp[]): ErrorCode | null {
  let writers = 0
  for (const { request } of operations) {
    if (request?.kind === 'requestTxn') writers += 2
    else if (request?.kind !== 'requestRange') writers += 1
  }
  // One write alone cannot be in conflict with another.
  if (writers < 2) return null
  return writesOf(operations) === null ? 'TXN_DUPLICATE_KEY' : null
}

/** All that one branch may put and delete; null when there is a conflict. */
function writesOf(operations: readonly etcd.RequestOp[]): Writes | null {
  const puts = new Map<string, Uint8Array>()
  const deletes = new Intervals()
  for (const { request } of operations) {
    if (request?.kind !== 'requestDeleteRange') continue
    const { key, rangeEnd } = request.value
    deletes.add(key, rangeEnd.length === 0 ? successorOf(key) : rangeEnd)
  }
  const writes = { puts, deletes }
  for (const { request } of operations) {
    if (request?.kind === 'requestTxn' && !addNested(request.value, writes)) return null
  }
  for (const { request } of operations) {
    if (request?.kind !== 'requestPut') continue
    const { key } = request.value
    const text = keyText(key)
    if (puts.has(text) || deletes.has(key)) return null
    puts.set(text, key)
  }
  return writes
}

/** Only one of the two branches is taken, so both may put the same key. */
function addNested({ success, failure }: etcd.TxnRequest, { puts, deletes }: Writes): boolean {
  const then = writesOf(success)
  const otherwise = then === null ? null : writesOf(failure)
  if (then === null || otherwise === null) return false
  for (const [text, key] of then.puts) {
    if (puts.has(text) || deletes.has(key)) return false
  }
  for (const [text, key] of otherwise.puts) {
    if (puts.has(text) || deletes.has(key)) return false
  }
  for (const [text, key] of then.puts) puts.set(text, key)
  for (const [text, key] of otherwise.puts) puts.set(text, key)
  deletes.addAll(then.deletes)
  deletes.addAll(otherwise.deletes)
  return true
}

/** Ranges of keys, kept as few and in order. */
class Intervals {
  /** Ascending, apart from each other. Invariant: as many begins as ends. */
  readonly #begins: Uint8Array[] = []
  readonly #ends: Uint8Array[] = []

  add(begin: Uint8Array, end: Uint8Array): void {
    if (compareBytes(begin, end) >= 0) return
    // Those that touch the new one become one with it.
    let first = this.#endsBefore(begin)
    if (first > 0 && compareBytes(this.#ends[first - 1] as Uint8Array, begin) === 0) first -= 1
    let last = first
    let [low, high] = [begin, end]
    while (last < this.#begins.length) {
      const [otherBegin, otherEnd] = [this.#begins[last], this.#ends[last]]
      assert(otherBegin !== undefined && otherEnd !== undefined, 'an interval has both its ends')
      if (compareBytes(otherBegin, high) > 0) break
      if (compareBytes(otherBegin, low) < 0) low = otherBegin
      if (compareBytes(otherEnd, high) > 0) high = otherEnd
      last += 1
    }
    this.#begins.splice(first, last - first, low)
    this.#ends.splice(first, last - first, high)
  }

  addAll(others: Intervals): void {
    for (let i = 0; i < others.#begins.length; i++) {
      this.add(others.#begins[i] as Uint8Array, others.#ends[i] as Uint8Array)
    }
  }

  has(key: Uint8Array): boolean {
    const begin = this.#begins[this.#endsBefore(key)]
    return begin !== undefined && compareBytes(begin, key) <= 0
  }

  /** How many end at or before the key. */
  #endsBefore(key: Uint8Array): number {
    let [low, high] = [0, this.#ends.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareBytes(this.#ends[middle] as Uint8Array, key) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
