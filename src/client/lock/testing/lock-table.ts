/** As much of a store as locks and elections need, with its history. */

import assert from 'node:assert/strict'
import type { Clock } from '../../../io/index.ts'
import { etcd, etcdKv } from '../../../wire/index.ts'
import { QuorateError } from '../../errors.ts'
import type { LinkOptions } from '../../link.ts'
import type { ModelCalls, ModelStore } from '../../watch/testing/index.ts'

const TEXT = new TextDecoder()
const { CREATE, MOD } = etcd.CompareCompareTarget
const { DESCEND } = etcd.RangeRequestSortOrder

type Pairs = ReadonlyMap<string, etcdKv.KeyValue>

interface Lease {
  readonly seconds: number
  /** Counts renewals, so that an old timer does not end a renewed lease. */
  renewals: number
}

export class LockTable implements ModelCalls {
  readonly #clock: Clock
  readonly #store: ModelStore
  readonly #leases = new Map<bigint, Lease>()
  readonly #past = new Map<number, Pairs>([[1, new Map()]])
  #pairs: Pairs = new Map()
  /** Every transaction is carried out so often; only the last answer arrives. */
  attempts = 1
  /** Renewals are not heard. */
  isDeaf = false

  constructor(clock: Clock, store: ModelStore) {
    this.#clock = clock
    this.#store = store
  }

  get keys(): readonly string[] {
    return [...this.#pairs.keys()]
  }

  get leases(): readonly bigint[] {
    return [...this.#leases.keys()]
  }

  async grantLease({ ID, TTL }: etcd.LeaseGrantRequest): Promise<etcd.LeaseGrantResponse> {
    await this.#travel()
    this.#leases.set(ID, { seconds: TTL, renewals: 0 })
    this.#expireLater(ID)
    return etcd.LeaseGrantResponse.create({ ID, TTL })
  }

  async revokeLease({ ID }: etcd.LeaseRevokeRequest): Promise<void> {
    await this.#travel()
    if (!this.#leases.has(ID)) throw new QuorateError('LEASE_NOT_FOUND', 'no such lease')
    this.#end(ID)
  }

  /** The seconds it has again; 0 when it is gone. */
  renew(id: bigint): number | null {
    if (this.isDeaf) return null
    const lease = this.#leases.get(id)
    if (lease === undefined) return 0
    lease.renewals += 1
    this.#expireLater(id)
    return lease.seconds
  }

  /** As somebody does it by hand. */
  delete(key: string): void {
    this.#commit((pairs) => pairs.delete(key))
    this.#store.write({ key, value: null })
  }

  compact(): void {
    this.#store.compact(this.#store.revision)
  }

  async range(request: etcd.RangeRequest, options: LinkOptions): Promise<etcd.RangeResponse> {
    await this.#travel()
    options.signal?.throwIfAborted()
    const { revision } = request
    if (revision !== 0 && revision < this.#store.compactRevision) {
      throw new QuorateError('COMPACTED', 'too old')
    }
    const pairs = revision === 0 ? this.#pairs : this.#past.get(revision)
    assert.ok(pairs !== undefined, 'a revision that there was')
    const header = etcd.ResponseHeader.create({ revision: this.#store.revision })
    return etcd.RangeResponse.create({ header, kvs: found(pairs, request) })
  }

  async txn(request: etcd.TxnRequest, options: LinkOptions): Promise<etcd.TxnResponse> {
    let answer = null
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      await this.#travel()
      options.signal?.throwIfAborted()
      answer = this.#txn(request)
    }
    assert.ok(answer !== null)
    return answer
  }

  #txn({ compare, success, failure }: etcd.TxnRequest): etcd.TxnResponse {
    const succeeded = compare.every((one) => this.#holds(one))
    const responses = (succeeded ? success : failure).map(({ request }) => {
      if (request?.kind === 'requestPut') {
        this.#put(request.value)
        const value = etcd.PutResponse.create()
        return { response: { kind: 'responsePut', value } as const }
      }
      assert.ok(request?.kind === 'requestRange')
      const kvs = found(this.#pairs, request.value)
      const value = etcd.RangeResponse.create({ kvs })
      return { response: { kind: 'responseRange', value } as const }
    })
    const header = etcd.ResponseHeader.create({ revision: this.#store.revision })
    return etcd.TxnResponse.create({ header, succeeded, responses })
  }

  #holds({ key, target, targetUnion }: etcd.Compare): boolean {
    const pair = this.#pairs.get(TEXT.decode(key))
    if (target === CREATE) return targetUnion?.value === (pair?.createRevision ?? 0)
    assert.equal(target, MOD)
    return targetUnion?.value === (pair?.modRevision ?? 0)
  }

  #put({ key, value, lease }: etcd.PutRequest): void {
    if (!this.#leases.has(lease)) throw new QuorateError('LEASE_NOT_FOUND', 'no such lease')
    const name = TEXT.decode(key)
    const revision = this.#store.revision + 1
    const createRevision = this.#pairs.get(name)?.createRevision ?? revision
    const pair = { key, value, lease, createRevision, modRevision: revision }
    this.#commit((pairs) => pairs.set(name, etcdKv.KeyValue.create(pair)))
    this.#store.write({ key: name, value: TEXT.decode(value) })
  }

  #commit(change: (pairs: Map<string, etcdKv.KeyValue>) => unknown): void {
    const pairs = new Map(this.#pairs)
    change(pairs)
    this.#pairs = pairs
    this.#past.set(this.#store.revision + 1, pairs)
  }

  #expireLater(id: bigint): void {
    const lease = this.#leases.get(id)
    assert.ok(lease !== undefined)
    const { renewals, seconds } = lease
    this.#clock.after(seconds * 1000, () => {
      if (this.#leases.get(id) === lease && lease.renewals === renewals) this.#end(id)
    })
  }

  #end(id: bigint): void {
    this.#leases.delete(id)
    const gone = [...this.#pairs].filter(([, { lease }]) => lease === id).map(([key]) => key)
    if (gone.length === 0) return
    this.#commit((pairs) => gone.forEach((key) => void pairs.delete(key)))
    this.#store.write(...gone.map((key) => ({ key, value: null })))
  }

  /** There, and back again. */
  #travel(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(1, resolve))
  }
}

function found(pairs: Pairs, request: etcd.RangeRequest): etcdKv.KeyValue[] {
  const [first, end] = [TEXT.decode(request.key), TEXT.decode(request.rangeEnd)]
  const inside = (key: string): boolean => (end === '' ? key === first : key >= first && key < end)
  const createdMax = request.maxCreateRevision || Number.POSITIVE_INFINITY
  const kvs = [...pairs]
    .filter(([key, { createRevision }]) => inside(key) && createRevision <= createdMax)
    .map(([, pair]) => pair)
    .sort((a, b) => a.createRevision - b.createRevision)
  if (request.sortOrder === DESCEND) kvs.reverse()
  return request.limit > 0 ? kvs.slice(0, request.limit) : kvs
}
