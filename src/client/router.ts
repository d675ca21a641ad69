/**
 * Which node to ask: the leader where it is known, else one that works. It holds at most one
 * connection to each node, opened when it is needed; those that are open stay open, so that another
 * node is at hand when one fails.
 */

import type { Timer } from '../io/index.ts'
import type { CallEnd } from '../rpc/index.ts'
import { Connection, type Surroundings } from './connection.ts'
import { parseEndpoint } from './endpoints.ts'
import { QuorateError } from './errors.ts'
import { isForeign, reasonOf } from './failures.ts'
import { type ClientLimits, pauseMs } from './limits.ts'
import { Node } from './node.ts'
import type { MemberFacts } from './scout.ts'

/** Until a place is tried again where something else answered. */
const FOREIGN_MS = 10_000
const FOREIGN_TEXT =
  'what answers there takes no requests of clients: it looks like the port for other nodes, or ' +
  'another program'
const LOST_ADVICE =
  'Start the nodes that cannot be reached, or repair the network to them; then try again.'

export interface RouterListener {
  /** Connections or the leader are others than before. */
  routesChanged(): void
  /** A connection stands where there was none at all for a while, or never. */
  cameBack(): void
  /** A connection stands: ask who is there. */
  connected(node: Node): void
  /** The node that leads is none of those that are known. */
  leaderUnknown(): void
  /** Somebody waits for a connection. */
  readonly isBusy: boolean
}

export class Router {
  readonly #surroundings: Surroundings
  readonly #limits: ClientLimits
  readonly #listener: RouterListener
  #nodes: Node[]
  /** Of whoever answered first; all others must be of the same. */
  #clusterId = 0n
  #leaderId = 0n
  #leaderSinceMs = 0
  /** Where everything goes while nobody knows who leads. */
  #current: Node | null = null
  #timer: Timer | null = null
  /** When to look again, as far as the present look has found out. */
  #againMs = Number.POSITIVE_INFINITY
  #hasChanged = false
  #isWoken = false
  #isClosed = false

  constructor(
    surroundings: Surroundings,
    limits: ClientLimits,
    { nodes, listener }: { readonly nodes: readonly Node[]; readonly listener: RouterListener },
  ) {
    this.#surroundings = surroundings
    this.#limits = limits
    this.#nodes = [...nodes]
    this.#listener = listener
  }

  get nodes(): readonly Node[] {
    return this.#nodes
  }

  get leaderId(): bigint {
    return this.#leaderId
  }

  /** Every node was tried in vain so often. */
  get roundsFailed(): number {
    return Math.min(...this.#nodes.map(({ failures }) => failures))
  }

  /** A node that is connected; null: wait until routes have changed. */
  best(): Node | null {
    const nowMs = this.#nowMs()
    const ready = this.#nodes.filter((node) => node.isReady)
    const usable = ready.filter((node) => node.isUsable(nowMs))
    const leader = usable.find((node) => this.isLeader(node))
    const current = usable.find((node) => node === this.#current)
    const [least] = ready.sort((one, other) => one.avoidUntilMs - other.avoidUntilMs)
    const chosen = leader ?? current ?? usable[0] ?? least ?? null
    this.#current = chosen ?? this.#current
    return chosen
  }

  isLeader({ memberId }: Node): boolean {
    return memberId !== 0n && memberId === this.#leaderId
  }

  /** What the node says. `0n` says nothing: what was known before is the better guess. */
  noteLeader(id: bigint, from: Node): void {
    if (id === 0n || id === this.#leaderId) return
    const nowMs = this.#nowMs()
    // Two that do not agree must not chase everything to and fro; a leader knows it best.
    const isFresh = nowMs - this.#leaderSinceMs < this.#limits.silentMsMin / 10
    if (isFresh && this.#leaderId !== 0n && from.memberId !== id) return
    this.#leaderId = id
    this.#leaderSinceMs = nowMs
    this.#hasChanged = true
    if (!this.#nodes.some(({ memberId }) => memberId === id)) this.#listener.leaderUnknown()
    this.wake()
  }

  /** A node that is connected did not do what nodes do: others are preferred for a while. */
  strike(node: Node): void {
    const { silentMsMin, silentMsMax } = this.#limits
    const avoidMs = Math.min(silentMsMax, silentMsMin * 2 ** Math.min(node.strikes, 8))
    node.strikes += 1
    node.avoidUntilMs = this.#nowMs() + avoidMs
    if (this.isLeader(node)) this.#leaderId = 0n
    this.#hasChanged = true
    this.wake()
  }

  /**
   * A call or a stream ended badly: a strike, unless its connection broke, which speaks for itself
   * and is told after the end of its calls.
   */
  blame(node: Node): void {
    const { connection } = node
    this.#surroundings.clock.soon(() => {
      if (connection?.state === 'ready' && node.connection === connection) this.strike(node)
    })
  }

  /** It answers. */
  praise(node: Node): void {
    node.strikes = 0
    node.avoidUntilMs = 0
  }

  /** Which member the node is, and of which cluster. */
  identify(
    node: Node,
    { memberId, clusterId }: { readonly memberId: bigint; readonly clusterId: bigint },
  ): void {
    if (this.#clusterId === 0n) this.#clusterId = clusterId
    if (clusterId !== this.#clusterId) {
      // What is written goes to one cluster, whatever else the endpoints lead to.
      this.#leave(node, { text: 'a node of another cluster', untilMs: Number.POSITIVE_INFINITY })
      return
    }
    node.memberId = memberId
    this.#scouted(node)
  }

  /** Whatever it may be: where it does not know what every node knows, it is left at once. */
  unidentified(node: Node, end: CallEnd): void {
    if (isForeign(end)) this.leaveForeign(node)
    else this.#scouted(node)
  }

  #scouted(node: Node): void {
    node.isScouted = true
    this.#hasChanged = true
    this.wake()
  }

  /** Something else answers there. It may be set right: it is tried again after a while. */
  leaveForeign(node: Node): void {
    this.#leave(node, { text: FOREIGN_TEXT, untilMs: this.#nowMs() + FOREIGN_MS })
  }

  /** Nowhere is a node that could be asked, as far as is known. */
  get isHopeless(): boolean {
    const nowMs = this.#nowMs()
    return this.#nodes.every((node) => node.isHopeless(nowMs))
  }

  #leave(node: Node, { text, untilMs }: { readonly text: string; readonly untilMs: number }): void {
    node.close()
    node.connection = null
    node.greeted = false
    node.isForeign = true
    node.notBeforeMs = untilMs
    node.error = new QuorateError('BAD_REQUEST', text)
    this.#hasChanged = true
    this.wake()
  }

  /** What the cluster says about its nodes: those that are new are added, those that went go. */
  learn(members: readonly MemberFacts[]): void {
    const known = new Map(this.#nodes.map((node) => [node.name, node]))
    const identified = new Set(this.#nodes.map(({ memberId }) => memberId))
    const wanted = new Set<Node>()
    for (const { id, clientUrls } of members) {
      const named = clientUrls.map((url) => nodeAt(url)).filter((node) => node !== null)
      const found = named.map(({ name }) => known.get(name)).filter((node) => node !== undefined)
      for (const node of found) {
        node.memberId = id
        wanted.add(node)
      }
      // One that is there under another name needs no second connection.
      const isThere = found.length > 0 || identified.has(id)
      const [added] = named
      if (isThere || added === undefined) continue
      added.memberId = id
      this.#nodes.push(added)
      wanted.add(added)
    }
    this.#forget((node) => node.isGiven || node.isReady || wanted.has(node))
    this.#hasChanged = true
    this.wake()
  }

  #forget(keeps: (node: Node) => boolean): void {
    const gone = this.#nodes.filter((node) => !keeps(node))
    this.#nodes = this.#nodes.filter(keeps)
    for (const node of gone) node.close()
  }

  /** Looks after connections soon: something has happened, or somebody needs one. */
  wake(): void {
    if (this.#isWoken || this.#isClosed) return
    this.#isWoken = true
    this.#surroundings.clock.soon(() => {
      this.#isWoken = false
      if (!this.#isClosed) this.#update()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    for (const node of this.#nodes) node.close()
  }

  /** It is to be connected to, whatever the others are like. */
  want(node: Node): void {
    node.isWanted = true
    this.wake()
  }

  /** Why nobody can be asked. */
  unreachable(nodes: readonly Node[] = this.#nodes): QuorateError {
    const places = nodes.map((node) => this.#placeOf(node)).sort()
    const text = `no node answers at ${places.join(', ')}`
    const cause = nodes.find(({ error }) => error !== null)?.error ?? undefined
    return new QuorateError('UNREACHABLE', text, { cause })
  }

  /** Why a call has had no answer until now. */
  standstill(): QuorateError {
    const node = this.best()
    return node === null ? this.unreachable() : this.silent(node)
  }

  /** Why a node that is connected owes answers for long: it can agree to nothing by itself. */
  silent(node: Node): QuorateError {
    const away = this.#nodes.filter(({ isReady, error, failures }) => {
      return !isReady && (error !== null || failures > 1)
    })
    const isLost = away.length * 2 >= this.#nodes.length
    const places = away.map((other) => this.#placeOf(other)).sort()
    const missing = places.length === 0 ? [] : [`${places.join(' and ')} cannot be reached`]
    const text = isLost
      ? `no majority of the ${this.#nodes.length} nodes answers: ${node.name} takes requests and ` +
        `does not answer them, ${places.join(' and ')} cannot be reached`
      : `${[`${node.name} takes requests and does not answer them`, ...missing].join(', ')}; ` +
        'it may have lost the other nodes'
    return new QuorateError('TIMED_OUT', text, { ...(isLost && { advice: LOST_ADVICE }) })
  }

  #placeOf({ name, error, failures }: Node): string {
    // One that has worked until now may close a connection; that says nothing.
    if (error === null && failures < 2) return name
    const { isSecure } = this.#surroundings
    return `${name} (${reasonOf(error, this.#clusterId === 0n ? isSecure : null)})`
  }

  #nowMs(): number {
    return this.#surroundings.clock.monotonicMs()
  }

  #update(): void {
    const nowMs = this.#nowMs()
    this.#againMs = Number.POSITIVE_INFINITY
    for (const node of this.#nodes) this.#settle(node, nowMs)
    for (const node of this.#nodes) {
      if (node.isWanted) this.#connectWhenAllowed(node, nowMs)
    }
    this.#connectToLeader(nowMs)
    const isServed = this.#nodes.some((node) => node.isUsable(nowMs))
    if (this.#listener.isBusy && !isServed) this.#connectToAny(nowMs)
    this.#timer?.cancel()
    this.#timer = null
    if (this.#againMs < Number.POSITIVE_INFINITY) {
      const waitMs = Math.max(this.#againMs - nowMs, 1)
      this.#timer = this.#surroundings.clock.after(waitMs, () => this.wake())
    }
    if (!this.#hasChanged) return
    this.#hasChanged = false
    this.#listener.routesChanged()
  }

  #lookAgainAt(ms: number): void {
    this.#againMs = Math.min(this.#againMs, ms)
  }

  /** Draws the conclusions from what became of a connection. */
  #settle(node: Node, nowMs: number): void {
    for (const connection of node.leaving) {
      if (connection.state === 'over') node.leaving.delete(connection)
    }
    const { connection } = node
    if (connection === null) return
    if (connection.state === 'ready' && !node.greeted) {
      node.greeted = true
      node.failures = 0
      node.error = null
      this.#hasChanged = true
      if (!this.#nodes.some((other) => other !== node && other.isReady)) this.#listener.cameBack()
      this.#listener.connected(node)
    } else if (connection.state === 'leaving' || connection.state === 'over') {
      if (connection.state === 'leaving') node.leaving.add(connection)
      node.error = connection.error
      this.#lost(node, nowMs)
    }
  }

  #lost(node: Node, nowMs: number): void {
    const { reconnectMsMin: min, reconnectMsMax: max } = this.#limits
    const { chance } = this.#surroundings
    // One that worked may be tried again soon, and others are tried before.
    node.notBeforeMs = nowMs + pauseMs(node.failures, { min, max, chance })
    node.failures += 1
    node.connection = null
    node.greeted = false
    this.#hasChanged = true
    if (this.isLeader(node)) this.#leaderId = 0n
  }

  #connectToLeader(nowMs: number): void {
    if (this.#leaderId === 0n) return
    const leader = this.#nodes.find((node) => this.isLeader(node))
    // Else it may be one of those whose names nobody knows.
    const wanted =
      leader === undefined ? this.#nodes.filter(({ memberId }) => memberId === 0n) : [leader]
    for (const node of wanted) this.#connectWhenAllowed(node, nowMs)
  }

  #connectWhenAllowed(node: Node, nowMs: number): void {
    if (node.connection !== null) return
    if (nowMs >= node.notBeforeMs) this.#connect(node)
    else this.#lookAgainAt(node.notBeforeMs)
  }

  /** The next node, when those that are being connected to take their time. */
  #connectToAny(nowMs: number): void {
    const { connectAloneMs } = this.#limits
    const started = this.#nodes.map(({ connection }) => connection).filter((one) => one !== null)
    const under = started.filter(({ state }) => state === 'connecting')
    const aloneUntilMs = Math.max(...under.map(({ startedMs }) => startedMs + connectAloneMs))
    if (aloneUntilMs > nowMs) {
      this.#lookAgainAt(aloneUntilMs)
      return
    }
    const free = this.#nodes.filter((node) => node.connection === null)
    const [next] = free
      .filter(({ notBeforeMs }) => nowMs >= notBeforeMs)
      .sort((one, other) => one.failures - other.failures)
    if (next !== undefined) {
      this.#connect(next)
      this.#lookAgainAt(nowMs + connectAloneMs)
    } else {
      for (const { notBeforeMs } of free) this.#lookAgainAt(notBeforeMs)
    }
  }

  #connect(node: Node): void {
    const { connectMsMax, keepaliveMs, messageBytesMax } = this.#limits
    node.isWanted = false
    node.isForeign = false
    node.isScouted = false
    node.connection = new Connection(
      this.#surroundings,
      { address: node.address, connectMsMax, keepaliveMs, messageBytesMax },
      { changed: () => this.wake() },
    )
  }
}

/** Null when it is none that this client understands, such as a socket of that machine. */
function nodeAt(url: string): Node | null {
  try {
    return new Node(parseEndpoint(url), false)
  } catch (error) {
    if (error instanceof QuorateError) return null
    throw error
  }
}
