/**
 * Requests as nobody would write them: few keys, revisions around the newest and the compacted
 * ones, every option, and transactions in transactions.
 *
 * Left out is what etcd 3.4 itself does otherwise than etcd 3.6: sort orders that there are none
 * of, and watches from below revision 0. A range in a transaction asks for no revision that is
 * refused, for etcd 3.4 moves keys from lease to lease before it finds that out; and no put there
 * refers to what the transaction may delete, for that ends all members of an etcd. No lease ends by
 * itself, which no two servers do at the same moment.
 */

import type { Chance } from '../../src/base/index.ts'
import { etcd, type MethodDescription } from '../../src/wire/index.ts'

/** Six: of more that are equal in what they are sorted by, the order in etcd is chance. */
const KEYS = ['\0', 'a', 'ab', 'b', 'b\0', '\xff\xff'].map(bytesOf)
const NO_BYTES = bytesOf('')
/** As the end of a range: all from its beginning on. */
const TO_THE_END = bytesOf('\0')
const VALUES = ['', 'v1', 'v2', 'v3', '\0\xff'].map(bytesOf)
const LEASES = [1n, 2n, 3n, 77n, -5n]
const TTL_SECONDS = [1000, 5000]
const TTL_SECONDS_TOO_MANY = 9_000_000_001
/** How keys are compared, and what of them, also by sorts. */
const RESULTS = [0, 1, 2, 3]
const TARGETS = [0, 1, 2, 3, 4]
const OPERATIONS_MAX = 3
const NESTED_MAX = 3

const { KV, Lease } = etcd

export interface Asked<Request = unknown, Response = unknown> {
  readonly method: MethodDescription<Request, Response>
  readonly request: Request
}

/** Of a transaction: whether there are deletes in it, and in how many others it is. */
interface Shape {
  readonly deletes: boolean
  readonly depth: number
}

export class RandomRequests {
  readonly #chance: Chance
  /** The newest revision, as far as is known. */
  head = 1

  constructor(chance: Chance) {
    this.#chance = chance
  }

  next(): Asked {
    const share = this.#chance.below(100)
    if (share < 30) return asked(KV.methods.put, this.#put(true))
    if (share < 55) return asked(KV.methods.range, this.#range(this.#revision()))
    if (share < 65) return asked(KV.methods.deleteRange, this.#delete())
    if (share < 90) {
      const deletes = this.#chance.happens(0.5)
      return asked(KV.methods.txn, this.#txn({ deletes, depth: 0 }))
    }
    if (share < 92) return asked(KV.methods.compact, this.#compaction())
    return this.#nextOfLease(share)
  }

  /** Of all keys from one on. */
  watch(): etcd.WatchCreateRequest {
    return etcd.WatchCreateRequest.create({
      key: this.#pick(KEYS),
      rangeEnd: TO_THE_END,
      startRevision: this.#pick([
        1,
        Math.max(1, this.head - 20),
        1 + this.#chance.below(this.head),
      ]),
      prevKv: this.#chance.happens(0.5),
      filters: this.#pick([[], [], [0], [1]]),
    })
  }

  #nextOfLease(share: number): Asked {
    if (share < 94) return asked(Lease.methods.leaseGrant, this.#grant())
    if (share < 95) {
      const request = etcd.LeaseRevokeRequest.create({ ID: this.#lease() })
      return asked(Lease.methods.leaseRevoke, request)
    }
    if (share === 99) return asked(Lease.methods.leaseLeases, etcd.LeaseLeasesRequest.create())
    const request = etcd.LeaseTimeToLiveRequest.create({
      ID: this.#lease(),
      keys: this.#chance.happens(0.7),
    })
    return asked(Lease.methods.leaseTimeToLive, request)
  }

  #put(refers: boolean): etcd.PutRequest {
    return etcd.PutRequest.create({
      key: this.#key(),
      value: this.#pick(VALUES),
      lease: this.#chance.happens(0.5) ? this.#lease() : 0n,
      prevKv: this.#chance.happens(0.3),
      ignoreValue: refers && this.#chance.happens(0.1),
      ignoreLease: refers && this.#chance.happens(0.1),
    })
  }

  #range(revision: number): etcd.RangeRequest {
    const bound = (): number => (this.#chance.happens(0.1) ? this.#revision() : 0)
    return etcd.RangeRequest.create({
      key: this.#key(),
      rangeEnd: this.#end(),
      limit: this.#pick([0, 0, 0, 1, 2, 3, 100, -1]),
      revision,
      sortOrder: this.#pick([0, 0, 1, 2]),
      sortTarget: this.#pick(TARGETS),
      serializable: this.#chance.happens(0.3),
      keysOnly: this.#chance.happens(0.15),
      countOnly: this.#chance.happens(0.1),
      minModRevision: bound(),
      maxModRevision: bound(),
      minCreateRevision: bound(),
      maxCreateRevision: bound(),
    })
  }

  #delete(): etcd.DeleteRangeRequest {
    return etcd.DeleteRangeRequest.create({
      key: this.#key(),
      rangeEnd: this.#chance.happens(0.3) ? this.#end() : NO_BYTES,
      prevKv: this.#chance.happens(0.4),
    })
  }

  #txn(shape: Shape): etcd.TxnRequest {
    const many = <T>(max: number, one: () => T): T[] =>
      Array.from({ length: this.#chance.below(max + 1) }, one)
    return etcd.TxnRequest.create({
      compare: many(2, () => this.#compare()),
      success: many(OPERATIONS_MAX, () => this.#operation(shape)),
      failure: many(OPERATIONS_MAX, () => this.#operation(shape)),
    })
  }

  #operation({ deletes, depth }: Shape): etcd.RequestOp {
    const share = this.#chance.below(100)
    if (share === 0) return etcd.RequestOp.create()
    if (share < 40) return operation({ kind: 'requestPut', value: this.#put(!deletes) })
    if (share < 60 && deletes) {
      return operation({ kind: 'requestDeleteRange', value: this.#delete() })
    }
    if (share < 90 || depth === NESTED_MAX) {
      const value = this.#range(this.#chance.happens(0.3) ? this.head : 0)
      return operation({ kind: 'requestRange', value })
    }
    return operation({ kind: 'requestTxn', value: this.#txn({ deletes, depth: depth + 1 }) })
  }

  /** What it compares with is nearly always what it names. */
  #compare(): etcd.Compare {
    const target = this.#pick(TARGETS)
    const named = this.#chance.happens(0.05) ? this.#pick(TARGETS) : target
    return etcd.Compare.create({
      result: this.#pick(RESULTS),
      target,
      key: this.#key(),
      targetUnion: this.#chance.happens(0.05) ? null : this.#compared(named),
      rangeEnd: this.#chance.happens(0.2) ? this.#end() : NO_BYTES,
    })
  }

  #compared(target: number): etcd.CompareTargetUnion {
    if (target === 0) return { kind: 'version', value: this.#chance.below(4) }
    if (target === 1) return { kind: 'createRevision', value: this.#revision() }
    if (target === 2) return { kind: 'modRevision', value: this.#revision() }
    if (target === 3) return { kind: 'value', value: this.#pick(VALUES) }
    return { kind: 'lease', value: this.#lease() }
  }

  #compaction(): etcd.CompactionRequest {
    return etcd.CompactionRequest.create({
      revision: this.#pick([this.#revision(), this.head - 20, this.head - 50, 0]),
      physical: this.#chance.happens(0.3),
    })
  }

  #grant(): etcd.LeaseGrantRequest {
    const isTooLong = this.#chance.happens(0.05)
    return etcd.LeaseGrantRequest.create({
      ID: this.#pick(LEASES),
      TTL: isTooLong ? TTL_SECONDS_TOO_MANY : this.#pick(TTL_SECONDS),
    })
  }

  /** Sometimes none. */
  #lease(): bigint {
    return this.#chance.happens(0.1) ? 0n : this.#pick(LEASES)
  }

  /** Sometimes empty, which is no key. */
  #key(): Uint8Array {
    return this.#chance.happens(0.03) ? NO_BYTES : this.#pick(KEYS)
  }

  #end(): Uint8Array {
    return this.#pick([NO_BYTES, NO_BYTES, TO_THE_END, this.#key(), this.#key()])
  }

  /** 0 is none in particular. */
  #revision(): number {
    const { head } = this
    const before = this.#chance.below(head + 1)
    return this.#pick([0, 0, 0, 1, head, head - 1, head - 5, head + 1, before, before, -1])
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#chance.below(from.length)] as T
  }
}

function asked<Request, Response>(
  method: MethodDescription<Request, Response>,
  request: Request,
): Asked {
  return { method, request } as Asked
}

function operation(request: etcd.RequestOpRequest): etcd.RequestOp {
  return etcd.RequestOp.create({ request })
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
