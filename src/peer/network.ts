/**
 * The way to all other nodes, over `rpc`. Each node dials every other one and keeps that stream up;
 * what it has to say goes over the stream that it has dialled.
 *
 * Why a stream for each direction and not one for both: nobody has to agree on who dials, so that
 * after a cut or a restart each side comes back by itself, and two that dial at once are no special
 * case. Heavy traffic always leaves on the client's side of a connection, which never stops to read
 * because it cannot write (`rpc/http2`), so that answers and pings come in whatever waits to go
 * out. And streams of a pair fail one by one. One stream for both would save a socket and a ping.
 *
 * What that means when something fails:
 *
 * - *A process dies*: its machine ends or resets both streams; the others are told at once.
 * - *It starts again*: it dials everybody; who is dialled answers over that stream, and dials back
 *   without waiting for the end of its pause.
 * - *A machine dies, or a way is cut, in one direction or in both*: nobody is told anything, and
 *   silence shows it after a second (`lane.ts`). A connection cannot live with one direction only.
 * - *A machine comes back before that*: its greeting, of a later life, ends what was there before.
 *
 * Invariants: an envelope is given to one stream at most once, so none is ever doubled; those of
 * one stream arrive in order; what is damaged ends its stream and reaches nobody. Nothing is sent
 * again: consensus repeats what it needs.
 */

import {
  assert,
  DataChecksums,
  PEER_CLOSE_MS_MAX,
  PEER_HANDSHAKE_MS_MAX,
  PEER_KEEPALIVE_MS,
  PEER_PIECE_BYTES,
} from '../base/index.ts'
import type { Address, Clock, Timer } from '../io/index.ts'
import type { NodeId } from '../raft/index.ts'
import { type ConnectionHandler, openPort, type Port, RpcServer } from '../rpc/index.ts'
import { type DialParts, dial, peerMethods } from './calls.ts'
import { Counters } from './counters.ts'
import type { Envelope } from './envelope.ts'
import type { Hello } from './greeting.ts'
import { Lane, type LaneEnd, type LaneHost, type LaneOptions, type Self } from './lane.ts'
import { PEER_LIMITS } from './limits.ts'
import { Link } from './link.ts'
import type { MemberRules } from './member-check.ts'
import { packEnvelope } from './parcel.ts'
import type {
  LaneKind,
  PeerLimits,
  PeerNetwork,
  PeerNetworkOptions,
  PeerStatistics,
} from './types.ts'

/** With room for greetings. */
const MESSAGE_BYTES_MAX = 2 * PEER_PIECE_BYTES
const PROTOCOLS = ['h2']

/** Nobody here speaks HTTP/1.1. */
const NO_HTTP1: ConnectionHandler = {
  accept: (socket) => socket.destroy(),
  leave: () => Promise.resolve(),
  destroy: () => {},
}

/** Nothing happens before `open`. */
export function createPeerNetwork(options: PeerNetworkOptions): PeerNetwork {
  return new Network(options)
}

class Network implements PeerNetwork, LaneHost {
  readonly clock: Clock
  readonly limits: PeerLimits
  readonly rules: MemberRules
  readonly checksums: DataChecksums
  readonly #options: PeerNetworkOptions
  readonly #dialParts: DialParts
  readonly #server: RpcServer
  readonly #links = new Map<NodeId, Link>()
  /** Every stream that is not over. */
  readonly #lanes = new Set<Lane>()
  /** Connections that we have dialled and not given up, their streams over or not. */
  #dialled = 0
  #whenNoneDialled: (() => void) | null = null
  #peers: ReadonlyMap<NodeId, readonly Address[]>
  #self: Self
  #port: Port | null = null
  #timer: Timer | null = null
  #state: 'new' | 'opening' | 'open' | 'closed' = 'new'
  #closing: Promise<void> | null = null

  constructor(options: PeerNetworkOptions) {
    const { clock, gzip, identity } = options
    this.#options = options
    this.clock = clock
    this.limits = { ...PEER_LIMITS, ...options.limits }
    this.rules = options.rules
    this.checksums = options.checksums ?? new DataChecksums()
    this.#peers = options.peers
    this.#self = { ...identity, incarnation: 0 }
    this.#dialParts = this.#createDialParts()
    this.#server = new RpcServer({
      clock,
      gzip,
      methods: [...peerMethods((kind) => this.#accepted(kind)), ...(options.methods ?? [])],
      messageBytesMax: MESSAGE_BYTES_MAX,
      keepaliveMs: PEER_KEEPALIVE_MS,
      onFault: this.#failed,
    })
  }

  #createDialParts(): DialParts {
    const { clock, chance, gzip, sockets, tls } = this.#options
    const limits = { protocols: PROTOCOLS, connectMsMax: PEER_HANDSHAKE_MS_MAX }
    const secure = tls === null ? null : sockets.tlsClient({ ...tls.client, ...limits })
    return {
      clock,
      chance,
      gzip,
      connect: (address) => (secure ?? sockets).connect(address),
      scheme: tls === null ? 'http' : 'https',
      messageBytesMax: MESSAGE_BYTES_MAX,
      lingerMs: PEER_CLOSE_MS_MAX,
      onClosed: () => this.#undialled(),
      onFault: this.#failed,
    }
  }

  async open({ incarnation }: { incarnation: number }): Promise<void> {
    assert(this.#state === 'new', 'a network is opened once')
    this.#state = 'opening'
    this.#self = { ...this.#self, incarnation }
    const port = await this.#listen()
    this.#port = port
    if (this.#isClosed) {
      await this.#closePort(port)
      return
    }
    this.#state = 'open'
    this.setPeers(this.#peers)
    this.#scheduleTick()
  }

  #listen(): Promise<Port> {
    const { sockets, clock, listen, tls } = this.#options
    const { connectionsMax } = this.limits
    const limits = { protocols: PROTOCOLS, handshakeMsMax: PEER_HANDSHAKE_MS_MAX }
    const server = tls === null ? null : sockets.tlsServer({ ...tls.server, ...limits })
    return openPort({
      sockets,
      clock,
      address: listen,
      http2: this.#server,
      http1: NO_HTTP1,
      tls: server === null ? null : { server, plaintext: 'refused' },
      limits: { connectionsMax },
    })
  }

  get #isOpen(): boolean {
    return this.#state === 'open'
  }

  get #isClosed(): boolean {
    return this.#state === 'closed'
  }

  get self(): Self {
    return this.#self
  }

  get address(): Address | null {
    return this.#port?.address ?? null
  }

  setPeers(peers: ReadonlyMap<NodeId, readonly Address[]>): void {
    this.#peers = peers
    if (!this.#isOpen) return
    for (const [peer, addresses] of peers) {
      if (peer !== this.#self.nodeId) this.#link(peer).setAddresses(addresses)
    }
    for (const link of [...this.#links.values()]) {
      if (peers.has(link.peer)) continue
      link.setAddresses([])
      this.#forget(link)
    }
  }

  statistics(): readonly PeerStatistics[] {
    return [...this.#links.values()].map((link) => link.statistics())
  }

  isConnected(peer: NodeId): boolean {
    return this.#links.get(peer)?.isUp === true
  }

  canSend(peer: NodeId): boolean {
    const link = this.#links.get(peer)
    return link?.isUp === true && link.queuedBytes < this.limits.queueBytesMax / 2
  }

  send(envelope: Envelope): void {
    assert(envelope.from === this.#self.nodeId, 'a node speaks for itself')
    const link = this.#links.get(envelope.to)
    if (link === undefined || !this.#isOpen) return
    packEnvelope(envelope, this, link)
    link.flush()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#state = 'closed'
    this.#timer?.cancel()
    for (const link of this.#links.values()) link.stop()
    for (const lane of [...this.#lanes]) lane.close()
    const undialled = this.#noneDialled()
    if (this.#port !== null) await this.#closePort(this.#port)
    await undialled
  }

  async #closePort(port: Port): Promise<void> {
    const timer = this.clock.after(PEER_CLOSE_MS_MAX, () => port.destroy())
    await port.close()
    timer.cancel()
  }

  /** They give up by themselves, after a while. */
  #noneDialled(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenNoneDialled = resolve
      if (this.#dialled === 0) resolve()
    })
  }

  #undialled(): void {
    this.#dialled -= 1
    assert(this.#dialled >= 0, 'a connection is given up once')
    if (this.#dialled === 0) this.#whenNoneDialled?.()
  }

  #link(peer: NodeId): Link {
    const known = this.#links.get(peer)
    if (known !== undefined) return known
    const { clock, limits } = this
    const { chance, onFault } = this.#options
    const link = new Link(peer, {
      clock,
      limits,
      chance: chance.fork(`peer ${peer}`),
      dial: (options, address) => this.#dial(options, address),
      onFault,
    })
    this.#links.set(peer, link)
    return link
  }

  /** A stranger is remembered as long as it has a stream. */
  #forget(link: Link): void {
    if (link.isEmpty && !this.#peers.has(link.peer)) this.#links.delete(link.peer)
  }

  #dial(options: LaneOptions, address: Address): Lane {
    const lane = new Lane(this, options)
    this.#lanes.add(lane)
    this.#dialled += 1
    dial(lane, address, this.#dialParts)
    return lane
  }

  #accepted(kind: LaneKind): Lane {
    const lane = new Lane(this, { kind, role: 'accepted', peer: 0, counters: new Counters() })
    this.#lanes.add(lane)
    return lane
  }

  // What lanes tell.

  greeted(lane: Lane, hello: Hello): string {
    const text = this.#refusal(hello)
    if (text !== '') return text
    const link = this.#link(hello.from)
    lane.peer = link.peer
    lane.counters = link.counters
    link.accept(lane)
    return ''
  }

  #refusal({ clusterId, from, to, incarnation }: Hello): string {
    const { self } = this
    if (clusterId !== self.clusterId) {
      return `node ${from} is of cluster ${clusterId}, this is cluster ${self.clusterId}`
    }
    if (to !== self.nodeId) return `node ${to} is looked for, this is node ${self.nodeId}`
    if (from === self.nodeId) return `this is node ${from} itself, or two nodes have that id`
    const life = this.#links.get(from)?.life ?? 0
    if (incarnation >= life) return ''
    return `life ${incarnation} of node ${from} is over, its life ${life} was here`
  }

  up(lane: Lane): void {
    this.#links.get(lane.peer)?.up(lane)
  }

  received(envelope: Envelope): void {
    if (this.#isOpen) this.#guarded(() => this.#options.onEnvelope(envelope))
  }

  roundTrip({ peer }: Lane, roundTripMs: number): void {
    this.#guarded(() => this.#options.onRoundTrip?.(peer, roundTripMs))
  }

  ended(lane: Lane, end: LaneEnd): void {
    this.#lanes.delete(lane)
    const { peer } = lane
    this.#report(peer, end)
    const link = this.#links.get(peer)
    if (link === undefined) return
    const tells = link.ended(lane, end)
    if (!this.#isOpen) return
    this.#forget(link)
    if (tells) this.#guarded(() => this.#options.onPeerDropped(peer))
  }

  #report(peer: NodeId, end: LaneEnd): void {
    const { onFault } = this.#options
    if (end.kind === 'damaged') onFault({ kind: 'damaged', peer, text: end.text })
    else if (end.kind === 'refused') onFault({ kind: 'refused', peer, by: 'peer', text: end.text })
    else if (end.kind === 'refusing') onFault({ kind: 'refused', peer, by: 'us', text: end.text })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #failed = (error: unknown): void => {
    this.#options.onFault({ kind: 'failed', error })
  }

  #scheduleTick(): void {
    this.#timer = this.clock.after(this.limits.pingMs, () => {
      for (const lane of [...this.#lanes]) lane.tick()
      if (this.#isOpen) this.#scheduleTick()
    })
  }
}
