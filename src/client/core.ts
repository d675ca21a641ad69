/**
 * One client from its first connection to its end: what carries operations, calls and streams to
 * the nodes, for everything that the client offers.
 */

import type { Chance } from '../base/index.ts'
import { type CallEnd, type CallReceiver, type ClientCall, Metadata } from '../rpc/index.ts'
import { type etcd, type MethodDescription, native } from '../wire/index.ts'
import type { Surroundings } from './connection.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Endpoints } from './endpoints.ts'
import { clientClosed, QuorateError } from './errors.ts'
import { failureOfEnd } from './failures.ts'
import { type ClientLimits, pauseMs } from './limits.ts'
import type { Link, LinkOptions, LinkStream } from './link.ts'
import { Node } from './node.ts'
import type { NativeOperation, NativeResult, Wish } from './pending.ts'
import { Router, type RouterListener } from './router.ts'
import { Scout } from './scout.ts'
import type { CallOptions } from './types.ts'
import { callOnce } from './unary-call.ts'

export interface CoreOptions {
  readonly endpoints: Endpoints
  readonly discovers: boolean
  readonly limits: ClientLimits
}

export interface UnaryOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** At the leader alone, where it is known. */
  readonly atLeader?: boolean
}

/** How often a call that is for the leader waits for who that is. */
const LEADER_WAITS_MAX = 8

/** Streams want a node that knows a leader: one that is cut off hears of nothing. */
const WITH_LEADER = { metadata: Metadata.of(['hasleader', 'true']) }

export class Core implements RouterListener, Link {
  readonly clock: Link['clock']
  readonly chance: Link['chance']
  readonly limits: ClientLimits
  readonly hashing: Surroundings['hashing']
  readonly #router: Router
  readonly #scout: Scout
  readonly #dispatcher: Dispatcher
  readonly #closing = new AbortController()
  /** Whoever waits for a connection. */
  readonly #waiting = new Set<() => void>()

  constructor(surroundings: Surroundings, { endpoints, discovers, limits }: CoreOptions) {
    this.clock = surroundings.clock
    this.chance = surroundings.chance
    this.limits = limits
    this.hashing = surroundings.hashing
    const nodes = endpoints.addresses.map((address) => new Node(address, true))
    shuffle(nodes, this.chance)
    this.#router = new Router(surroundings, limits, { nodes, listener: this })
    this.#scout = new Scout({ clock: this.clock, limits, discovers }, this.#router)
    this.#dispatcher = new Dispatcher(surroundings, limits, this.#router)
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  get nodes(): readonly Node[] {
    return this.#router.nodes
  }

  // What the router asks and tells.

  get isBusy(): boolean {
    return this.#dispatcher.isBusy || this.#waiting.size > 0
  }

  routesChanged(): void {
    this.#dispatcher.wake()
    for (const waiting of [...this.#waiting]) waiting()
  }

  cameBack(): void {
    this.#dispatcher.startAnew()
  }

  connected(node: Node): void {
    void this.#scout.connected(node)
  }

  leaderUnknown(): void {
    void this.#scout.refresh()
  }

  // Operations.

  execute<Result>(wish: Wish<Result>, options: CallOptions = {}): Promise<Result> {
    if (this.closed.aborted) return Promise.reject(this.closed.reason)
    return this.#dispatcher.execute(wish, options)
  }

  /** The same where making the wish may fail, which is a rejection, too. */
  attempt<Result>(make: () => Wish<Result>, options: CallOptions): Promise<Result> {
    try {
      return this.execute(make(), options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  range(request: etcd.RangeRequest, options: LinkOptions): Promise<etcd.RangeResponse> {
    return this.#link({ kind: 'range', value: request }, options)
  }

  txn(request: etcd.TxnRequest, options: LinkOptions): Promise<etcd.TxnResponse> {
    return this.#link({ kind: 'txn', value: request }, options)
  }

  grantLease(
    request: etcd.LeaseGrantRequest,
    options: LinkOptions,
  ): Promise<etcd.LeaseGrantResponse> {
    return this.#link({ kind: 'leaseGrant', value: request }, options)
  }

  revokeLease(
    request: etcd.LeaseRevokeRequest,
    options: LinkOptions,
  ): Promise<etcd.LeaseRevokeResponse> {
    return this.#link({ kind: 'leaseRevoke', value: request }, options)
  }

  #link<Kind extends NativeOperation['kind']>(
    operation: Extract<NativeOperation, { readonly kind: Kind }>,
    { signal, timeoutMs }: LinkOptions,
  ): Promise<ResultValue<Kind>> {
    const wish: Wish<ResultValue<Kind>> = {
      operation,
      isWrite: operation.kind !== 'range',
      isHeavy: true,
      read: (result) => own(result).value as ResultValue<Kind>,
    }
    return this.execute(wish, {
      ...(signal !== undefined && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    })
  }

  // Calls of other services.

  /** At any node that works; tried again elsewhere as long as there is time. */
  async unary<Request, Response>(
    method: MethodDescription<Request, Response>,
    request: Request,
    { signal, timeoutMs = this.limits.timeoutMs, atLeader = false }: UnaryOptions = {},
  ): Promise<Response> {
    const dueMs = this.clock.monotonicMs() + timeoutMs
    for (let failures = 0; ; failures++) {
      const node = await this.ready(dueMs, signal)
      if (atLeader && !this.#router.isLeader(node) && failures < LEADER_WAITS_MAX) {
        await this.pause(this.limits.retryMsMax / 4)
        continue
      }
      const leftMs = Math.max(1, dueMs - this.clock.monotonicMs())
      const connection = node.connection as NonNullable<typeof node.connection>
      const outcome = await callOnce(connection, method, { request, timeoutMs: leftMs, signal })
      if (outcome.kind === 'answered') return outcome.response
      this.#throwIfOver(signal)
      const { end } = outcome
      const error = failureOfEnd(end, node.name)
      const isWorthIt = end.unprocessed || error.retry !== 'never'
      const waitMs = this.pauseMs(failures)
      if (!isWorthIt || this.clock.monotonicMs() + waitMs >= dueMs) throw error
      this.#router.blame(node)
      await this.pause(waitMs)
    }
  }

  /** A node that is connected. Fails with `UNREACHABLE` when there is none in time. */
  async ready(dueMs: number, signal?: AbortSignal): Promise<Node> {
    for (;;) {
      this.#throwIfOver(signal)
      const node = this.#router.best()
      if (node !== null) return node
      const leftMs = dueMs - this.clock.monotonicMs()
      if (leftMs <= 0) throw this.#router.unreachable()
      await this.#routesChange(leftMs, signal)
    }
  }

  /** The node of that name, connected. Fails with `UNREACHABLE` as soon as an attempt fails. */
  async readyAt(name: string, dueMs: number, signal?: AbortSignal): Promise<Node> {
    const node = this.#router.nodes.find((one) => one.name === name)
    if (node === undefined) {
      throw new QuorateError('BAD_REQUEST', `${name} is no endpoint that this client knows`)
    }
    const { failures } = node
    for (;;) {
      this.#throwIfOver(signal)
      if (node.isReady) return node
      const nowMs = this.clock.monotonicMs()
      const leftMs = dueMs - nowMs
      if (leftMs <= 0 || node.failures > failures || node.isHopeless(nowMs)) {
        throw this.#router.unreachable([node])
      }
      this.#router.want(node)
      await this.#routesChange(leftMs, signal)
    }
  }

  /** Nodes that the user has not named are known by then, if there is anybody who can tell. */
  async acquaint(dueMs: number, signal?: AbortSignal): Promise<void> {
    try {
      await this.#scout.refresh(await this.ready(dueMs, signal))
    } catch (error) {
      if (!(error instanceof QuorateError) || error.code !== 'UNREACHABLE') throw error
    }
  }

  /** The first connection. Fails sooner than in time when nobody is there at all. */
  async connect(timeoutMs: number): Promise<void> {
    const dueMs = this.clock.monotonicMs() + timeoutMs
    const { connectRoundsMax } = this.limits
    for (;;) {
      this.#throwIfOver(undefined)
      const leftMs = dueMs - this.clock.monotonicMs()
      const { nodes, roundsFailed, isHopeless } = this.#router
      // What is connected may be another program: it has to say who it is, while there is time.
      const isThere = nodes.some(({ isReady, isScouted }) => isReady && isScouted)
      if (isThere || (leftMs <= 0 && this.#router.best() !== null)) return
      if (leftMs <= 0 || roundsFailed >= connectRoundsMax || isHopeless) {
        throw this.#router.unreachable()
      }
      await this.#routesChange(leftMs, undefined)
    }
  }

  /** Settles when something changes, or after so long. */
  #routesChange(leftMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel()
        this.#waiting.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = this.clock.after(leftMs, done)
      this.#waiting.add(done)
      signal?.addEventListener('abort', done, { once: true })
      this.#router.wake()
    })
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted()
    this.closed.throwIfAborted()
  }

  pauseMs(failures: number): number {
    const { retryMsMin: min, retryMsMax: max } = this.limits
    return pauseMs(failures, { min, max, chance: this.chance })
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve)
    })
  }

  // Streams.

  stream(path: string, receiver: CallReceiver): LinkStream {
    return new RoutedStream(path, receiver, {
      router: this.#router,
      wait: (routesChanged) => {
        this.#waiting.add(routesChanged)
        this.#router.wake()
      },
      stopWaiting: (routesChanged) => this.#waiting.delete(routesChanged),
    })
  }

  // The end.

  /** Gives sessions back, fails what is under way, and closes the connections. Idempotent. */
  async close(): Promise<void> {
    if (this.closed.aborted) return
    const reason = clientClosed()
    const farewells = this.#dispatcher.sessionIds.map((id) => this.#closeSession(id))
    this.#closing.abort(reason)
    if (this.#router.best() !== null) await Promise.allSettled(farewells)
    this.#dispatcher.close(reason)
    this.routesChanged()
    this.#router.close()
    await Promise.allSettled(farewells)
  }

  async #closeSession(id: number): Promise<void> {
    const wish: Wish<null> = {
      operation: { kind: 'closeSession', value: { id } },
      ...{ isWrite: false, isHeavy: false },
      read: () => null,
    }
    await this.execute(wish, { timeoutMs: this.limits.farewellMs })
  }
}

export type ResultValue<Kind extends NativeOperation['kind']> = Extract<
  NativeResult,
  { readonly kind: Kind }
>['value']

/** With bytes of its own: what came over the network is overwritten by what comes next. */
function own(result: NativeResult): NativeResult {
  const whole = native.Result.create({ result })
  const copy = native.Result.decodeBytes(native.Result.encodeBytes(whole)).result
  return copy ?? result
}

function shuffle(nodes: Node[], chance: Chance): void {
  for (let last = nodes.length - 1; last > 0; last--) {
    const at = chance.below(last + 1)
    const [one, other] = [nodes[last] as Node, nodes[at] as Node]
    nodes[last] = other
    nodes[at] = one
  }
}

interface Routes {
  readonly router: Router
  wait(routesChanged: () => void): void
  stopWaiting(routesChanged: () => void): void
}

/** A stream that begins as soon as there is a node for it. */
class RoutedStream implements LinkStream, CallReceiver {
  readonly #path: string
  readonly #receiver: CallReceiver
  readonly #routes: Routes
  #node: Node | null = null
  #call: ClientCall | null = null
  #isOver = false

  constructor(path: string, receiver: CallReceiver, routes: Routes) {
    this.#path = path
    this.#receiver = receiver
    this.#routes = routes
    this.#begin()
  }

  write(bytes: Uint8Array): boolean {
    return this.#call?.write(bytes, 0, bytes.length, false) ?? false
  }

  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#routes.stopWaiting(this.#begin)
    this.#call?.cancel()
  }

  abandon(): void {
    if (!this.#isOver && this.#node !== null) this.#routes.router.blame(this.#node)
    this.cancel()
  }

  readonly #begin = (): void => {
    const node = this.#routes.router.best()
    if (node === null) {
      this.#routes.wait(this.#begin)
      return
    }
    this.#routes.stopWaiting(this.#begin)
    this.#node = node
    this.#call = node.connection?.stream(this.#path, this, WITH_LEADER) ?? null
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    if (!this.#isOver) this.#receiver.message(bytes, offset, length)
  }

  writable(): void {
    if (!this.#isOver) this.#receiver.writable()
  }

  ended(end: CallEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#node !== null) this.#routes.router.blame(this.#node)
    this.#receiver.ended(end)
  }
}
