/** Everything between this node and one other: a route for each kind of messages. */

import { assert, type Chance } from '../base/index.ts'
import type { Address, Clock } from '../io/index.ts'
import type { NodeId } from '../raft/index.ts'
import { Counters } from './counters.ts'
import type { PeerMessage } from './envelope.ts'
import type { Lane, LaneEnd, LaneOptions } from './lane.ts'
import type { Parcel, ParcelSink } from './parcel.ts'
import { Route } from './route.ts'
import type { LaneKind, PeerFault, PeerLimits, PeerStatistics } from './types.ts'

export interface LinkParts {
  readonly clock: Clock
  readonly chance: Chance
  readonly limits: PeerLimits
  readonly dial: (options: LaneOptions, address: Address) => Lane
  readonly onFault: (fault: PeerFault) => void
}

export class Link implements ParcelSink {
  readonly peer: NodeId
  readonly counters = new Counters()
  readonly #parts: LinkParts
  readonly #routes: Readonly<Record<LaneKind, Route>>
  /** The latest life of the peer that has greeted us. */
  #life = 0
  /** Something is at stake that a loss would take: told of once, until there is more. */
  #armed = false

  constructor(peer: NodeId, parts: LinkParts) {
    assert(peer > 0, 'a peer has an id')
    this.peer = peer
    this.#parts = parts
    const { counters } = this
    const routeOf = (kind: LaneKind): Route =>
      new Route(kind, {
        ...parts,
        counters,
        dial: (address) => parts.dial({ kind, role: 'dialled', peer, counters }, address),
      })
    this.#routes = { messages: routeOf('messages'), bulk: routeOf('bulk') }
  }

  get life(): number {
    return this.#life
  }

  get isUp(): boolean {
    return this.#routes.messages.isUp
  }

  get isEmpty(): boolean {
    return this.#routes.messages.isEmpty && this.#routes.bulk.isEmpty
  }

  /** Of messages: what is bulk waits for nobody's answer. */
  get queuedBytes(): number {
    return this.#routes.messages.queuedBytes
  }

  setAddresses(addresses: readonly Address[]): void {
    this.#routes.messages.setAddresses(addresses)
    this.#routes.bulk.setAddresses(addresses)
  }

  parcel(kind: LaneKind, parcel: Parcel): void {
    const route = this.#routes[kind]
    // Whoever waits for an answer to it must hear of the next loss, whatever was told before.
    if (kind === 'messages' && route.isUp) this.#armed = true
    route.send(parcel)
  }

  tooLarge({ kind }: PeerMessage, bytes: number): void {
    this.counters.messagesDropped += 1
    const text = `a message (${kind}) of ${bytes} bytes; no envelope holds it`
    this.#parts.onFault({ kind: 'tooLarge', peer: this.peer, text })
  }

  flush(): void {
    this.#routes.messages.flush()
  }

  accept(lane: Lane): void {
    this.#routes[lane.kind].accept(lane)
  }

  up(lane: Lane): void {
    this.#noteLife(lane.life)
    if (lane.kind === 'messages') {
      this.#armed = true
      this.counters.connects += 1
    }
    this.#routes[lane.kind].up(lane)
  }

  /**
   * Whether the loss is one to tell of: one word for all streams that a dead peer leaves behind,
   * and another one if something was sent, or a stream came up, between two of them.
   */
  ended(lane: Lane, end: LaneEnd): boolean {
    const tells = lane.wasUp && lane.kind === 'messages' && this.#armed
    if (tells) this.#armed = false
    this.#routes[lane.kind].ended(lane, end)
    return tells
  }

  stop(): void {
    for (const route of Object.values(this.#routes)) {
      route.stop()
      for (const lane of route.lanes) lane.close()
    }
  }

  statistics(): PeerStatistics {
    const { peer, isUp, queuedBytes, counters } = this
    return { peer, connected: isUp, queuedBytes, ...counters }
  }

  /** A machine that lost its power and is back: what we had with its life before is gone. */
  #noteLife(life: number): void {
    if (life <= this.#life) return
    this.#life = life
    for (const route of Object.values(this.#routes)) {
      for (const lane of route.lanes) {
        if (lane.isUp && lane.life < life) lane.lose('a later life of the peer is here')
      }
    }
  }
}
