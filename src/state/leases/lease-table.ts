/** All leases of a store: how long they last, and which keys go with them. */

import { assert, writeUint64 } from '../../base/index.ts'
import { Float64Column } from './columns.ts'
import { Deadlines } from './deadlines.ts'
import { KeyLists } from './key-lists.ts'
import { LeaseIds } from './lease-ids.ts'
import { ascendingPlaces } from './order.ts'

/** A lease as long as it lasts; from 1 on. Afterwards another lease may get the number. */
export type LeaseSlot = number

const NO_LEASE: LeaseSlot = 0
/** Looked at in one slice: a millisecond. */
const GATHERED = 32_768

/** Below this all ids are those of leases that nobody asked for by name; see `anonymousId`. */
const ANONYMOUS_END = -(2n ** 63n) + 2n ** 53n

/** Of the lease that a put with a time to live brings along; the revision is the put's. */
export function anonymousId(revision: number): bigint {
  assert(Number.isSafeInteger(revision) && revision > 0, 'a revision is a natural number')
  return -(2n ** 63n) + BigInt(revision)
}

/** Such a lease is not listed and ends with its last key. Nobody may grant one by that id. */
export function isAnonymous(id: bigint): boolean {
  return id < ANONYMOUS_END
}

export class LeaseTable {
  readonly #ids: LeaseIds
  readonly #ttlMs = new Float64Column()
  readonly #deadlines = new Deadlines()
  readonly #keys = new KeyLists()
  /** Numbers that were given back. */
  readonly #free: LeaseSlot[] = []
  #lastSlot = 0
  #anonymous = 0

  constructor(seed: number) {
    this.#ids = new LeaseIds(seed)
  }

  /** With those that are not listed. */
  get size(): number {
    return this.#ids.size
  }

  get listed(): number {
    return this.#ids.size - this.#anonymous
  }

  get nextDeadlineMs(): number {
    return this.#deadlines.nextMs
  }

  /** 0: there is none. */
  find(id: bigint): LeaseSlot {
    return id === 0n ? NO_LEASE : this.#ids.find(id)
  }

  grant(id: bigint, ttlMs: number, deadlineMs: number): LeaseSlot {
    assert(id !== 0n && ttlMs > 0, 'a lease has an id and lasts for a time')
    let lease = this.#free.pop()
    if (lease === undefined) {
      this.#lastSlot += 1
      lease = this.#lastSlot
    }
    this.#ids.add(id, lease)
    this.#ttlMs.set(lease, ttlMs)
    this.#deadlines.set(lease, deadlineMs)
    if (isAnonymous(id)) this.#anonymous += 1
    return lease
  }

  renew(lease: LeaseSlot, deadlineMs: number): void {
    assert(deadlineMs >= this.#deadlines.deadlineMs(lease), 'a renewal never shortens a lease')
    this.#deadlines.set(lease, deadlineMs)
  }

  /** Its keys must have left it. */
  end(lease: LeaseSlot): void {
    assert(this.#keys.length(lease) === 0, 'a lease ends without keys')
    if (isAnonymous(this.#ids.id(lease))) this.#anonymous -= 1
    this.#ids.remove(lease)
    this.#deadlines.delete(lease)
    this.#free.push(lease)
  }

  id(lease: LeaseSlot): bigint {
    return this.#ids.id(lease)
  }

  ttlMs(lease: LeaseSlot): number {
    return this.#ttlMs.get(lease)
  }

  deadlineMs(lease: LeaseSlot): number {
    return this.#deadlines.deadlineMs(lease)
  }

  keyCount(lease: LeaseSlot): number {
    return this.#keys.length(lease)
  }

  /** In no particular order. */
  keys(lease: LeaseSlot): number[] {
    return this.#keys.keys(lease)
  }

  attach(lease: LeaseSlot, key: number): void {
    assert(this.#ids.id(lease) !== 0n, 'keys go with leases that are there')
    this.#keys.add(lease, key)
  }

  /** The last key takes an anonymous lease with it. */
  detach(lease: LeaseSlot, key: number): void {
    this.#keys.remove(lease, key)
    const isOver = this.#keys.length(lease) === 0 && isAnonymous(this.#ids.id(lease))
    if (isOver) this.end(lease)
  }

  /** Ids of leases whose time is over at `nowMs`, at most so many. */
  due(nowMs: number, max: number): bigint[] {
    return this.#deadlines.due(nowMs, max).map((lease) => this.#ids.id(lease))
  }

  /**
   * All of them, ascending by id, in slices: it yields now and then, and nothing may change before
   * it has ended.
   */
  *ascending(): Generator<undefined, Uint32Array> {
    const slots = new Uint32Array(this.size)
    const low = new Int32Array(this.size)
    const high = new Int32Array(this.size)
    let count = 0
    for (let lease = 1; lease <= this.#lastSlot; lease++) {
      if (lease % GATHERED === 0) yield
      if (!this.#deadlines.has(lease)) continue
      slots[count] = lease
      low[count] = this.#ids.low(lease)
      high[count] = this.#ids.high(lease)
      count += 1
    }
    assert(count === slots.length, 'every lease has a deadline')
    const places = yield* ascendingPlaces({ low, high })
    return places.map((place) => slots[place] as number)
  }

  /** Writes the id, the time to live and the deadline: 24 bytes. */
  write(lease: LeaseSlot, view: DataView, at: number): void {
    view.setInt32(at, this.#ids.low(lease), true)
    view.setInt32(at + 4, this.#ids.high(lease), true)
    writeUint64(view, at + 8, this.#ttlMs.get(lease))
    writeUint64(view, at + 16, this.#deadlines.deadlineMs(lease))
  }

  /** All of them, ascending. */
  ids(): BigInt64Array {
    const ids = new BigInt64Array(this.size)
    let count = 0
    for (let lease = 1; lease <= this.#lastSlot; lease++) {
      if (!this.#deadlines.has(lease)) continue
      ids[count] = this.#ids.id(lease)
      count += 1
    }
    assert(count === ids.length, 'every lease has a deadline')
    return ids.sort()
  }
}
