/**
 * What a program sees of the client: plain interfaces, so that a test can put its own in their
 * place. Errors are in errors.ts, codecs in codecs.ts, the parts of transactions in operations.ts.
 */

import type { Codec } from './codecs.ts'
import type { QuorateError } from './errors.ts'
import type {
  BatchOperation,
  Comparison,
  PutOptions,
  ResultsOf,
  TxnOperation,
} from './operations.ts'

/** A text stands for its bytes in UTF-8. A key has 1 to 1,024 bytes. */
export type Key = string | Uint8Array

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up: it fails with the reason of the signal. A write may still take effect. */
  readonly signal?: AbortSignal
  /** The whole call with all its attempts; that of the client when absent. */
  readonly timeoutMs?: number
}

/** A key with what it holds. */
export interface Entry<Value = string> {
  /** As text. Bytes that are no UTF-8 become U+FFFD in it: use `keyBytes` for binary keys. */
  readonly key: string
  /** As it is. */
  readonly keyBytes: Uint8Array
  /** What the codec has made of it. */
  readonly value: Value
  /** The revision of the store at which this value was put: what `ifRevision` compares with. */
  readonly revision: number
  /** The revision at which the key came to be. */
  readonly createRevision: number
  /** Puts since the key came to be, beginning with 1. */
  readonly version: number
  /** The lease that the key goes with; `0n` for none. */
  readonly lease: bigint
}

/** An entry of which the value was not asked for. */
export type KeyEntry = Omit<Entry, 'value'>

/** Which keys: all that begin with a prefix, or from a first one to before an end. */
export interface KeyRange {
  /** All keys that begin so; an empty one is all keys. */
  readonly prefix?: Key
  /** The first key; absent: from the beginning. */
  readonly start?: Key
  /** The first key that is not meant any more; absent: to the end. */
  readonly end?: Key
}

/** How a read is done. */
export interface ReadOptions extends CallOptions {
  /** As it was at this revision; now when absent. */
  readonly revision?: number
  /**
   * Whatever the node that is asked knows, without asking the others: faster, answered even
   * without a majority, and possibly out of date. Reads are linearizable when it is absent.
   */
  readonly stale?: boolean
}

/** How one key is read. */
export interface GetOptions<Value> extends ReadOptions {
  /** For this one call, in place of the client's. */
  readonly codec?: Codec<Value>
}

/** Which entries are listed, and how. */
export interface ListOptions extends ReadOptions, KeyRange {
  /** No more than so many entries. */
  readonly limit?: number
  /** Entries without values, which are not even sent. */
  readonly keysOnly?: boolean
  /** From the last key to the first. */
  readonly reverse?: boolean
  /** Entries that are asked for at a time. Chosen by their size when absent. */
  readonly pageSize?: number
}

/** A piece of a listing. */
export interface Page<Item> {
  /** In order; at least one. */
  readonly entries: readonly Item[]
  /** The revision of the store that the whole listing shows. */
  readonly revision: number
}

/**
 * A range of entries, read while it is iterated, all at the revision of the first page. Nothing is
 * asked before the iteration begins; an iteration that is left early asks for nothing more. Each
 * iteration begins anew.
 */
export interface Listing<Item> extends AsyncIterable<Item> {
  /** All entries in one list; for ranges that are known to fit in memory. */
  all(): Promise<Item[]>
  /** As they come: fewer turns of the event loop than one by one. */
  pages(): AsyncIterable<Page<Item>>
}

/** What came of a put. */
export interface PutResult<Value = string> {
  /** The revision of the store that this write made. */
  readonly revision: number
  /** What was there before, when it was asked for; null: nothing. */
  readonly previous?: Entry<Value> | null
}

/** How a key is deleted. */
export interface DeleteOptions extends CallOptions {
  /** Only when the key was last put at this revision; else the call fails: `CONDITION_FAILED`. */
  readonly ifRevision?: number
  /** Answer with what was there before. */
  readonly previous?: boolean
}

/** What came of a delete. */
export interface DeleteResult<Value = string> {
  /** Whether the key was there. */
  readonly deleted: boolean
  /** The revision of the store afterwards. */
  readonly revision: number
  /** What was there before, when it was asked for; null: nothing. */
  readonly previous?: Entry<Value> | null
}

/** How the keys of a prefix are deleted. */
export interface DeletePrefixOptions extends CallOptions {
  /** With an empty prefix, which is refused without it: every key of the store. */
  readonly all?: boolean
}

/** What came of the delete of a prefix. */
export interface DeletePrefixResult {
  /** How many keys were there. */
  readonly deleted: number
  /** The revision of the store afterwards. */
  readonly revision: number
}

/** How a counter is added to. */
export interface IncrOptions extends CallOptions {
  /** What is added to when the key is absent; 0 when this is. */
  readonly initial?: bigint | number
  /** The key goes with this lease; absent: it keeps the one it has. */
  readonly lease?: LeaseId
}

/** Of one operation of a batch. */
export type BatchResult<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly error: QuorateError }

/**
 * Conditions and what depends on them, carried out as one change: all of it or nothing, at one
 * revision, with nothing in between.
 *
 * ```ts
 * const result = await db
 *   .txn()
 *   .if(compare.revision('account/1', '=', entry.revision))
 *   .then(put('account/1', '90'), put('account/2', '110'))
 *   .else(get('account/1'))
 *   .commit()
 * if (!result.succeeded) console.log('now it is', result.results[0]?.value)
 * ```
 */
export interface Txn<
  Value,
  Then extends readonly TxnOperation<Value>[] = readonly [],
  Else extends readonly TxnOperation<Value>[] = readonly [],
> {
  /** All of them must hold; none: they do. To be called once. */
  if(...conditions: readonly Comparison<Value>[]): Txn<Value, Then, Else>
  /** Done when all conditions hold. To be called once. */
  then<const Operations extends readonly TxnOperation<Value>[]>(
    ...operations: Operations
  ): Txn<Value, Operations, Else>
  /** Done otherwise. To be called once. */
  else<const Operations extends readonly TxnOperation<Value>[]>(
    ...operations: Operations
  ): Txn<Value, Then, Operations>
  /** Sends it. Nothing happens before. */
  commit(options?: CallOptions): Promise<TxnResult<Value, Then, Else>>
}

/** What came of a transaction: `succeeded` tells which of its two parts was done. */
export type TxnResult<
  Value,
  Then extends readonly TxnOperation<Value>[],
  Else extends readonly TxnOperation<Value>[],
> =
  | {
      /** The conditions held: these are the results of `then`, in its order. */
      readonly succeeded: true
      readonly revision: number
      readonly results: ResultsOf<Value, Then>
    }
  | {
      /** They did not: these are the results of `else`. */
      readonly succeeded: false
      readonly revision: number
      readonly results: ResultsOf<Value, Else>
    }

/** What is watched, and from when on. Without a key or a range: everything. */
export interface WatchOptions extends KeyRange {
  /** One key; else `prefix`, or `start` and `end`; without any of them all keys. */
  readonly key?: Key
  /** Begin with the events of this revision; absent: with what happens from now on. */
  readonly from?: number
  /** With what was there before each event. */
  readonly previous?: boolean
  /** Events of one type alone. */
  readonly only?: 'put' | 'delete'
  /** Ends the watch; the iteration ends as if there were no more events. */
  readonly signal?: AbortSignal
}

/** One change of one key. All changes of a transaction have the same revision. */
export type WatchEvent<Value = string> =
  | {
      readonly type: 'put'
      readonly key: string
      readonly keyBytes: Uint8Array
      readonly revision: number
      readonly entry: Entry<Value>
      /** When it was asked for; null: the key is new. */
      readonly previous?: Entry<Value> | null
    }
  | {
      readonly type: 'delete'
      readonly key: string
      readonly keyBytes: Uint8Array
      readonly revision: number
      /** When it was asked for. */
      readonly previous?: Entry<Value> | null
    }

/**
 * Events in the order of their revisions, without gap or repeat, whatever happens to nodes and
 * connections meanwhile. The iteration fails with `COMPACTED` when the history that it needs is
 * gone. It ends quietly when its `signal` is aborted, or it or the client is closed.
 */
export interface Watch<Value = string> extends AsyncIterable<WatchEvent<Value>>, AsyncDisposable {
  /**
   * Settles when the watch is established, with the revision of the store then: every change after
   * it is going to be told.
   */
  readonly ready: Promise<number>
  /**
   * Every event up to this revision was handed out: a program that starts anew goes on with
   * `from: revision + 1`.
   */
  readonly revision: number
  /** Ends it. Idempotent. */
  close(): void
}

/** A lease by its number, or the lease itself. */
export type LeaseId = bigint | { readonly id: bigint }

/** What is asked of a lease. */
export interface LeaseOptions extends CallOptions {
  /**
   * Keys that go with the lease are deleted so long after its holder was last heard of: at least
   * 1,000, rounded up to whole seconds. For one key `ttlMs` of its put is more exact.
   */
  readonly ttlMs: number
}

/** Kept alive by this client until it is revoked, or lost. Its disposal revokes it. */
export interface Lease extends AsyncDisposable {
  readonly id: bigint
  /** What the cluster granted, which may be more than what was asked for. */
  readonly ttlMs: number
  /** Aborted when the lease has, or may have, run out: what depends on it must stop. */
  readonly lost: AbortSignal
  /**
   * How long it certainly still lives: counted from when its last renewal was sent, so that what a
   * program does within this time is done in time. 0 when it is lost.
   */
  readonly remainingMs: number
  /** Ends it, and deletes the keys that go with it. Idempotent. */
  revoke(options?: CallOptions): Promise<void>
}

/**
 * How long a lease lasts, told in whole seconds. That of a key with a `ttlMs` of its own ends to
 * the millisecond all the same.
 */
export interface LeaseTimeToLive {
  readonly id: bigint
  /** What was granted, rounded up. */
  readonly grantedTtlMs: number
  /** What is left of it, rounded down: 0 in its last second; less than 0: there is none. */
  readonly ttlMs: number
  /** The keys that go with it, when they were asked for. */
  readonly keys: readonly Uint8Array[]
}

/** Leases by their numbers, for whoever looks after them from outside; nothing is kept alive. */
export interface Leases {
  /** With a number of the cluster's choice unless one is given. */
  grant(options: LeaseOptions & { readonly id?: bigint }): Promise<LeaseTimeToLive>
  /** Once; the lease has its whole time again. Fails with `LEASE_NOT_FOUND`. */
  keepAlive(id: bigint, options?: CallOptions): Promise<LeaseTimeToLive>
  /** What is left of it, and, if asked, the keys that go with it. */
  timeToLive(
    id: bigint,
    options?: CallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLive>
  /** Ends it, and deletes the keys that go with it. Fails with `LEASE_NOT_FOUND`. */
  revoke(id: bigint, options?: CallOptions): Promise<void>
  /** All that there are. */
  list(options?: CallOptions): Promise<readonly bigint[]>
}

/** With `timeoutMs` it waits no longer than that; without it, as long as it takes. */
export interface LockOptions extends CallOptions {
  /** The lock is free again so long after its holder was last heard of; 15 seconds when absent. */
  readonly ttlMs?: number
  /** Called once, as soon as the cluster has said that others are in front. */
  readonly onWait?: () => void
}

/** Held until it is released, or lost. Its disposal releases it. */
export interface Lock extends AsyncDisposable {
  readonly name: string
  /** The key that stands for it while it is held. */
  readonly key: string
  /** It is lost with this lease. */
  readonly lease: bigint
  /**
   * Grows with every holder: whatever the lock protects should refuse a smaller one than it has
   * seen, for no lock can stop a holder that has not noticed yet that it lost it.
   */
  readonly fence: bigint
  /** Aborted when the lock is, or may be, lost: what it protects must be left alone. */
  readonly lost: AbortSignal
  /** How long it is certainly still held, see `Lease.remainingMs`. */
  readonly remainingMs: number
  /** Idempotent. */
  release(options?: CallOptions): Promise<void>
}

/** With `timeoutMs` it waits no longer than that; without it, as long as it takes. */
export interface ElectOptions<Value> extends CallOptions {
  /** What this candidate tells those who ask who leads. */
  readonly value: Value
  /** Another one takes over so long after this one was last heard of; 15 seconds when absent. */
  readonly ttlMs?: number
}

/** A time in office, until it is resigned from, or lost. Its disposal resigns. */
export interface Term<Value = string> extends AsyncDisposable {
  readonly name: string
  readonly key: string
  /** Grows with every leader, see `Lock.fence`. */
  readonly fence: bigint
  /** Aborted when another may lead by now. */
  readonly lost: AbortSignal
  /** How long nobody else can lead for certain, see `Lease.remainingMs`. */
  readonly remainingMs: number
  /** Tells something else from now on. */
  proclaim(value: Value, options?: CallOptions): Promise<void>
  /** Idempotent. */
  resign(options?: CallOptions): Promise<void>
}

/** Who leads. */
export interface Leader<Value = string> {
  readonly key: string
  readonly value: Value
  readonly fence: bigint
}

/** A node as the cluster agrees on it. */
export interface Member {
  readonly id: bigint
  /** Empty until it has said its name. */
  readonly name: string
  /** Where clients reach it. */
  readonly clientUrls: readonly string[]
  /** Where the other nodes reach it. */
  readonly peerUrls: readonly string[]
  /** It takes everything and votes on nothing. */
  readonly isLearner: boolean
}

/** What one node says of itself. */
export interface NodeStatus {
  readonly endpoint: string
  readonly id: bigint
  /** Of etcd’s, whose behaviour it offers. */
  readonly version: string
  readonly isLeader: boolean
  readonly isLearner: boolean
  /** Who leads as far as it knows; `0n`: nobody. */
  readonly leader: bigint
  readonly term: number
  /** How far its log goes, and how far it is applied. */
  readonly index: number
  readonly appliedIndex: number
  /** Up to where it knows the store. */
  readonly revision: number
  /** Of its files, and what of them is in use. */
  readonly sizeBytes: number
  readonly usedBytes: number
  /** What is wrong with it, in its own words. */
  readonly problems: readonly string[]
  /** How long the answer took. */
  readonly latencyMs: number
}

/** Of each endpoint: what its node says, or why it said nothing. */
export type EndpointStatus =
  | (NodeStatus & { readonly isReachable: true })
  | {
      readonly isReachable: false
      readonly endpoint: string
      readonly error: QuorateError
    }

/** How history is cut. */
export interface CompactOptions extends CallOptions {
  /** Answer when the space is free, not only when history is cut. */
  readonly physical?: boolean
}

/** What is copied. */
export interface SnapshotOptions {
  /** Of which node; any when absent. */
  readonly endpoint?: string
  readonly signal?: AbortSignal
}

/**
 * A copy of a node's whole store while it arrives: `for await` gives its bytes in order. Its last
 * 32 bytes are the SHA-256 of all before them, which is compared: the iteration fails with
 * `SNAPSHOT_CORRUPT` when it does not fit.
 */
export interface Snapshot extends AsyncIterable<Uint8Array> {
  /** Of the file; known once the first piece has come, 0 before. */
  readonly sizeBytes: number
}

/** What is wrong with a member for everybody, until it is disarmed. */
export interface Alarm {
  readonly member: bigint
  readonly kind: 'noSpace' | 'corrupt' | 'other'
}

/** The nodes behind the store. */
export interface Cluster {
  /** As the cluster agrees on them; `stale`: as one node knows them. */
  members(options?: CallOptions & { readonly stale?: boolean }): Promise<readonly Member[]>
  /** Of every node that is known; a node that does not answer is in the list, too. */
  status(options?: CallOptions): Promise<readonly EndpointStatus[]>
  /** Forgets what lies before the revision: it cannot be read or watched any more. */
  compact(revision: number, options?: CompactOptions): Promise<void>
  /** A copy of the store. */
  snapshot(options?: SnapshotOptions): Snapshot
  /** Asks the leader to hand over to this member. */
  moveLeader(to: bigint, options?: CallOptions): Promise<void>
  /** Those that are raised. */
  alarms(options?: CallOptions): Promise<readonly Alarm[]>
  /** Ends an alarm, once its cause is gone. */
  disarm(alarm: Alarm, options?: CallOptions): Promise<void>
}

/** PEM, as bytes or as text. */
export type Pem = Uint8Array | string

/** Whom to trust, and how to be trusted. */
export interface TlsOptions {
  /** Signs the certificates of the nodes; absent: whom the system trusts. */
  readonly authority?: Pem
  /** What this client shows, for nodes that want to know. */
  readonly certificate?: Pem
  /** That of the certificate. */
  readonly key?: Pem
  /** The name that the certificates of the nodes bear, when it is not that of the endpoint. */
  readonly serverName?: string
}

/** Where the cluster is, and how to speak to it. */
export interface ConnectOptions<Value = string> {
  /**
   * `host:port`, or `http://host:port` and `https://host:port`; several in a list or separated by
   * commas. One that answers is enough: it tells of the others. The nodes of `quorate dev` when
   * absent.
   */
  readonly endpoints?: string | readonly string[]
  /** TLS without more; `https://` endpoints imply it. */
  readonly tls?: TlsOptions | boolean
  /** What values are; texts when absent. */
  readonly codec?: Codec<Value>
  /**
   * How long a call may take with all its attempts, unless it says so itself; 10,000 when absent.
   */
  readonly timeoutMs?: number
  /** Closes the client; while it connects, gives that up. */
  readonly signal?: AbortSignal
  /**
   * False: only the given endpoints are used, where what the nodes call themselves cannot be
   * reached from here.
   */
  readonly discover?: boolean
  /** Operations that are sent and not answered; more wait in this process. 4,096 when absent. */
  readonly inFlightMax?: number
}

/**
 * A cluster. Everything is pipelined: operations that are begun without waiting for each other
 * travel together. Rely on no order among those: a failover may turn them around. What is begun
 * after another was answered sees what that one did.
 *
 * A write takes effect exactly once, however often it had to be sent. When that cannot be known in
 * the time there is, the error says so: its `retry` is `unknown-outcome`.
 */
export interface Client<Value = string> extends AsyncDisposable {
  /** What the key holds; null when it is absent. */
  get<Other = Value>(key: Key, options?: GetOptions<Other>): Promise<Entry<Other> | null>
  /** Fails with `CONDITION_FAILED` when a condition of the options does not hold. */
  put(key: Key, value: Value, options?: PutOptions & CallOptions): Promise<PutResult<Value>>
  /** Fails with `CONDITION_FAILED` when a condition of the options does not hold. */
  delete(key: Key, options?: DeleteOptions): Promise<DeleteResult<Value>>
  /** All keys that begin so, as one change. An empty prefix is refused without `all`. */
  deletePrefix(prefix: Key, options?: DeletePrefixOptions): Promise<DeletePrefixResult>
  /** Adds to the number that the key holds in decimal digits, and gives what it is then. */
  incr(key: Key, delta?: bigint | number, options?: IncrOptions): Promise<bigint>
  /** A range, read page by page while it is iterated; all of it shows one revision. */
  list(options: ListOptions & { readonly keysOnly: true }): Listing<KeyEntry>
  list(options?: ListOptions): Listing<Entry<Value>>
  /** How many keys there are in a range. */
  count(options?: ReadOptions & KeyRange): Promise<number>
  /** Begins a transaction; its `commit` sends it. */
  txn(): Txn<Value>
  /**
   * Sent together, and not atomic: each takes effect or fails by itself. Where the first failure
   * should be the failure of all, `Promise.all` over single calls travels just as fast.
   */
  batch<const Operations extends readonly BatchOperation<Value>[]>(
    operations: Operations,
    options?: CallOptions,
  ): Promise<{ [At in keyof Operations]: BatchResult<ResultsOf<Value, Operations>[At]> }>
  /** Changes as they happen, or from a revision on; `watch({})` tells those of all keys. */
  watch(options: WatchOptions): Watch<Value>
  /** A lease that this client keeps alive. */
  lease(options: LeaseOptions): Promise<Lease>
  /** Leases by their numbers. */
  readonly leases: Leases
  /** Waits until it holds the lock. */
  lock(name: string, options?: LockOptions): Promise<Lock>
  /** Waits until this client leads. */
  elect(name: string, options: ElectOptions<Value>): Promise<Term<Value>>
  /** Who leads now; null: nobody. */
  leader(name: string, options?: CallOptions): Promise<Leader<Value> | null>
  /** Who leads, now and whenever that changes; null: nobody. */
  observe(
    name: string,
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<Leader<Value> | null>
  /** The nodes behind the store. */
  readonly cluster: Cluster
  /** The same client with other values. Closing one closes both. */
  withCodec<Other>(codec: Codec<Other>): Client<Other>
  /** What is under way fails, watches end, leases of this client run out. Idempotent. */
  close(): Promise<void>
}
