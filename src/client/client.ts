/** The client as programs see it: the calls of `Client`, each a wish that the core sees through. */

import { ClusterView } from './cluster.ts'
import { type Codec, checkCodec, text } from './codecs.ts'
import type { Core } from './core.ts'
import { entryOf, keyEntryOf } from './entries.ts'
import { QuorateError, traced, withCaller } from './errors.ts'
import { isNothing, rangeOf, rangeToDelete } from './keys.ts'
import { LeaseKeeper } from './lease/index.ts'
import { LeasesById } from './leases.ts'
import { PagedListing } from './listing.ts'
import { leaderOf, observeLeader, runForElection, takeLock } from './lock/index.ts'
import {
  type BatchOperation,
  del,
  incr,
  type PutOptions,
  put as putOperation,
  type ResultsOf,
} from './operations.ts'
import { checkOptions } from './option-names.ts'
import type { Wish } from './pending.ts'
import { deletePrefixWish, deleteWish, getWish, incrWish, pageWish, putWish } from './requests.ts'
import { TxnBuilder } from './txn.ts'
import type {
  BatchResult,
  CallOptions,
  Client,
  Cluster,
  DeleteOptions,
  DeletePrefixOptions,
  DeletePrefixResult,
  DeleteResult,
  ElectOptions,
  Entry,
  GetOptions,
  IncrOptions,
  Key,
  KeyEntry,
  KeyRange,
  Leader,
  Lease,
  LeaseOptions,
  Leases,
  Listing,
  ListOptions,
  Lock,
  LockOptions,
  PutResult,
  ReadOptions,
  Term,
  Txn,
  Watch,
  WatchOptions,
} from './types.ts'
import { openWatch, WatchHub } from './watch/index.ts'
import { OPERATION_ADVICE, shownOperation } from './words.ts'

/** What all views of one client share. */
export interface Shared {
  readonly link: Core
  readonly leases: LeaseKeeper
  readonly watches: WatchHub
}

/** Over a core that connects by itself. */
export function clientOver(core: Core): Client<string> {
  const shared = { link: core, leases: new LeaseKeeper(core), watches: new WatchHub(core) }
  return new QuorateClient(shared, text)
}

export class QuorateClient<Value> implements Client<Value> {
  readonly #shared: Shared
  readonly #core: Core
  readonly #codec: Codec<Value>
  readonly cluster: Cluster
  readonly leases: Leases

  constructor(shared: Shared, codec: Codec<Value>) {
    this.#shared = shared
    this.#core = shared.link
    this.#codec = codec
    this.cluster = new ClusterView(this.#core)
    this.leases = new LeasesById(this.#core)
  }

  get<Other = Value>(key: Key, options: GetOptions<Other> = {}): Promise<Entry<Other> | null> {
    return this.#core.attempt(() => {
      checkOptions('get', options)
      // Without a codec of its own the call has the values of the client.
      const { codec = this.#codec as unknown as Codec<Other> } = options
      if (options.codec !== undefined) checkCodec(codec)
      return getWish({ kind: 'get', key }, options, codec)
    }, options)
  }

  put(key: Key, value: Value, options: PutOptions & CallOptions = {}): Promise<PutResult<Value>> {
    const call = this.#core.attempt(
      () => putWish(putOperation(key, value, options), this.#codec),
      options,
    )
    return isConditional(options) ? traced(call) : call
  }

  delete(key: Key, options: DeleteOptions = {}): Promise<DeleteResult<Value>> {
    const call = this.#core.attempt(() => deleteWish(del(key, options), this.#codec), options)
    return isConditional(options) ? traced(call) : call
  }

  deletePrefix(prefix: Key, options: DeletePrefixOptions = {}): Promise<DeletePrefixResult> {
    return this.#core.attempt(() => {
      checkOptions('deletePrefix', options)
      return deletePrefixWish(rangeToDelete(prefix, options))
    }, options)
  }

  incr(key: Key, delta: bigint | number = 1, options: IncrOptions = {}): Promise<bigint> {
    return this.#core.attempt(() => incrWish(incr(key, delta, options)), options)
  }

  list(options: ListOptions & { readonly keysOnly: true }): Listing<KeyEntry>
  list(options?: ListOptions): Listing<Entry<Value>>
  list(options: ListOptions = {}): Listing<KeyEntry> | Listing<Entry<Value>> {
    checkOptions('list', options)
    if (options.keysOnly === true) return new PagedListing(this.#core, options, keyEntryOf)
    return new PagedListing(this.#core, options, (kv) => entryOf(kv, this.#codec))
  }

  count(options: ReadOptions & KeyRange = {}): Promise<number> {
    return this.#core.attempt(() => {
      checkOptions('count', options)
      const range = rangeOf(options)
      const { revision, stale } = options
      const page = { range, revision, stale, limit: 0, countOnly: true }
      // The store would read a range that ends before it begins as another one.
      return pageWish(page, ({ count }) => (isNothing(range) ? 0 : count))
    }, options)
  }

  txn(): Txn<Value> {
    return new TxnBuilder(this.#core, this.#codec)
  }

  async batch<const Operations extends readonly BatchOperation<Value>[]>(
    operations: Operations,
    options: CallOptions = {},
  ): Promise<{ [At in keyof Operations]: BatchResult<ResultsOf<Value, Operations>[At]> }> {
    if (!Array.isArray(operations)) notAList(operations)
    checkOptions('batch', options)
    const results = operations.map(async (operation): Promise<BatchResult<unknown>> => {
      try {
        const value = await this.#core.attempt(() => this.#wishOf(operation), options)
        return { ok: true, value }
      } catch (error) {
        withCaller(error)
        if (error instanceof QuorateError) return { ok: false, error }
        throw error
      }
    })
    return (await Promise.all(results)) as {
      [At in keyof Operations]: BatchResult<ResultsOf<Value, Operations>[At]>
    }
  }

  #wishOf(operation: BatchOperation<Value>): Wish<unknown> {
    if (typeof operation !== 'object' || operation === null) return notInBatch(operation)
    switch (operation.kind) {
      case 'put':
        return putWish(operation, this.#codec)
      case 'get':
        return getWish(operation, {}, this.#codec)
      case 'delete':
        return deleteWish(operation, this.#codec)
      case 'incr':
        return incrWish(operation)
      default:
        return notInBatch(operation)
    }
  }

  watch(options: WatchOptions): Watch<Value> {
    checkOptions('watch', options)
    return openWatch(this.#shared.watches, options, this.#codec)
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    checkOptions('lease', options)
    return await traced(this.#shared.leases.grant(options))
  }

  async lock(name: string, options: LockOptions = {}): Promise<Lock> {
    checkOptions('lock', options)
    return await traced(takeLock(this.#shared, name, options))
  }

  async elect(name: string, options: ElectOptions<Value>): Promise<Term<Value>> {
    checkOptions('elect', options)
    const candidacy = { ...options, name, codec: this.#codec }
    return await traced(runForElection(this.#shared, candidacy))
  }

  async leader(name: string, options: CallOptions = {}): Promise<Leader<Value> | null> {
    checkOptions('leader', options)
    return await leaderOf(this.#core, { name, codec: this.#codec }, options)
  }

  observe(
    name: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<Leader<Value> | null> {
    checkOptions('observe', options)
    return observeLeader(this.#shared, { name, codec: this.#codec, signal: options.signal })
  }

  withCodec<Other>(codec: Codec<Other>): Client<Other> {
    checkCodec(codec)
    return new QuorateClient(this.#shared, codec)
  }

  close(): Promise<void> {
    return this.#core.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#core.close()
  }
}

/** Who asks so has to expect that it fails, and wants to know which call it was. */
function isConditional(options: Pick<PutOptions, 'ifRevision' | 'ifAbsent'>): boolean {
  return options?.ifRevision !== undefined || options?.ifAbsent === true
}

function notInBatch(operation: unknown): never {
  const text = `a batch is made of put, get, del and incr, not of ${shownOperation(operation)}`
  throw new QuorateError('BAD_REQUEST', text, { advice: OPERATION_ADVICE })
}

function notAList(operations: unknown): never {
  const text = `a batch takes one list, [put(…), get(…)], not ${shownOperation(operations)}`
  throw new QuorateError('BAD_REQUEST', text)
}
