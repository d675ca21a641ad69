import { assert, type Chance } from '../../src/base/index.ts'
import {
  type Address,
  type Listener,
  type Socket,
  SocketError,
  type Sockets,
} from '../../src/io/index.ts'
import type { Span } from './disk-config.ts'
import type { Life, LifeEnd } from './life.ts'
import type { Direction } from './network-config.ts'
import { Endpoint, type EndpointOptions, type Packet } from './socket-endpoint.ts'
import { simulateTlsClient, simulateTlsServer } from './socket-tls.ts'
import type { World } from './world.ts'

export const SOCKET_FAULT_KINDS = ['reset', 'held', 'refused', 'timedOut'] as const

export type SocketFaultKind = (typeof SOCKET_FAULT_KINDS)[number]

export interface SocketConditions {
  readonly delayUs: Span
  /** Per piece that leaves: the connection breaks. 0 unless said otherwise. */
  readonly reset: number
  /** Per piece: it is cut at a random place. */
  readonly fragment: number
  readonly bytesPerSecond: number
  /** A connection that does not stand after so long has failed. */
  readonly connectMs: number
}

export const SOCKET_CONDITIONS: SocketConditions = {
  delayUs: [50, 300],
  reset: 0,
  fragment: 0.3,
  bytesPerSecond: 1_250_000_000,
  connectMs: 10_000,
}

export interface SimulatedSocketsOptions {
  readonly world: World
  readonly conditions?: Partial<SocketConditions>
  readonly onFault?: (kind: SocketFaultKind, direction: Direction) => void
}

interface Listening {
  readonly address: Address
  readonly life: Life
  readonly onSocket: (socket: Socket) => void
  readonly connectionsMax: number
  /** Accepted and not closed. */
  connections: number
}

type ListenRequest = Pick<Listening, 'address' | 'life' | 'onSocket' | 'connectionsMax'>

const FIRST_FREE_PORT = 49_152

/**
 * Byte streams between simulated hosts. Reliable and in order, as TCP is: a cut holds bytes back
 * until it is healed. A killed process ends its connections, a machine without power is silent, and
 * one that is back resets connections it does not know.
 */
export class SimulatedSockets {
  readonly #world: World
  readonly #chance: Chance
  readonly #options: SimulatedSocketsOptions
  readonly #listening = new Map<string, Listening>()
  readonly #nextPorts = new Map<string, number>()
  readonly #withoutPower = new Set<string>()
  readonly #endpoints = new Map<Life, Set<Endpoint>>()
  /** Held packets by direction; a direction that is here is cut. */
  readonly #cuts = new Map<string, (() => void)[]>()
  #conditions: SocketConditions

  constructor(options: SimulatedSocketsOptions) {
    this.#options = options
    this.#world = options.world
    this.#chance = options.world.chance('sockets')
    this.#conditions = { ...SOCKET_CONDITIONS, ...options.conditions }
  }

  /** The sockets of one life of a process on this host. */
  socketsFor(host: string, life: Life): Sockets {
    this.#withoutPower.delete(host)
    this.#endpoints.set(life, new Set())
    life.onEnd((end) => this.#processEnded(host, life, end))
    return {
      listen: (address, onSocket, { connectionsMax = Number.POSITIVE_INFINITY } = {}) =>
        this.#listen(host, { address, life, onSocket, connectionsMax }),
      connect: (address) => this.#connect(host, life, address),
      tlsServer: (options) => {
        const accept = simulateTlsServer(this.#world, options)
        return {
          accept: (socket, firstBytes, listener) => {
            assert(socket instanceof Endpoint, 'the sockets of one kind belong together')
            accept(socket, firstBytes, listener)
          },
        }
      },
      tlsClient: (options) => {
        const secure = simulateTlsClient(this.#world, options)
        return { connect: (address) => secure(this.#connect(host, life, address)) }
      },
    }
  }

  setConditions(conditions: Partial<SocketConditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions }
  }

  /** One way only: bytes wait until `heal`. */
  cut(...directions: readonly Direction[]): void {
    for (const { from, to } of directions) {
      const key = keyOf(from, to)
      if (!this.#cuts.has(key)) this.#cuts.set(key, [])
    }
  }

  heal(): void {
    const held = [...this.#cuts.values()].flat()
    this.#cuts.clear()
    // In the order they were held, which keeps each stream in order.
    for (const packet of held) packet()
  }

  #listen(host: string, request: ListenRequest): Promise<Listener> {
    const { address, life } = request
    if (life.ended) return life.never()
    assert(address.host === host, 'a process listens on its own host')
    const port = address.port === 0 ? this.#freePort(host) : address.port
    const key = keyOf(host, port)
    const taken = this.#listening.get(key)
    const refused = taken !== undefined && !taken.life.ended
    const bound = { host, port }
    const listening = { ...request, address: bound, connections: 0 }
    if (!refused) this.#listening.set(key, listening)
    return new Promise((resolve, reject) => {
      this.#world.schedule(10, life, () => {
        if (refused) reject(new SocketError('addressInUse', { operation: 'listen', address }))
        else resolve(this.#listener(key, listening))
      })
    })
  }

  #listener(key: string, mine: Listening): Listener {
    const { address, life } = mine
    return {
      address,
      get connections() {
        return mine.connections
      },
      close: () => {
        if (life.ended) return life.never()
        if (this.#listening.get(key) === mine) this.#listening.delete(key)
        return new Promise((resolve) => {
          this.#world.schedule(10, life, resolve)
        })
      },
    }
  }

  #connect(host: string, life: Life, address: Address): Endpoint {
    const local = { host, port: this.#freePort(host) }
    const client = this.#endpoint(life, address, { established: false })
    let server: Endpoint | null = null
    const outward = this.#stream(host, address.host)
    const back = this.#stream(address.host, host)
    client.plug({
      send: (packet) => outward(packet, () => server),
      breaks: () => this.#breaks(host, address.host),
    })
    // Packets that run ahead of the connection have nowhere to go yet; none is sent before.
    this.#carry({ from: host, to: address.host }, () => {
      const listening = this.#listening.get(keyOf(address.host, address.port))
      if (this.#withoutPower.has(address.host)) return
      if (listening === undefined || listening.life.ended) {
        this.#note('refused', { from: host, to: address.host })
        this.#carry({ from: address.host, to: host }, () => client.fail('refused'))
        return
      }
      const accepted = this.#accept(listening, local)
      server = accepted
      accepted.plug({
        send: (packet) => back(packet, () => client),
        breaks: () => this.#breaks(address.host, host),
      })
      back({ kind: 'established' }, () => client)
      if (listening.connections > listening.connectionsMax) accepted.destroy()
      else listening.life.deliver(() => listening.onSocket(accepted))
    })
    this.#world.schedule(this.#conditions.connectMs * 1000, life, () => {
      if (server !== null || client.closed) return
      this.#note('timedOut', { from: host, to: address.host })
      client.fail('timedOut')
    })
    return client
  }

  #accept(listening: Listening, remote: Address): Endpoint {
    listening.connections += 1
    const onClosed = (): void => {
      listening.connections -= 1
    }
    return this.#endpoint(listening.life, remote, { established: true, onClosed })
  }

  #endpoint(
    life: Life,
    remote: Address,
    more: Pick<EndpointOptions, 'established' | 'onClosed'>,
  ): Endpoint {
    const endpoint = new Endpoint({
      world: this.#world,
      life,
      chance: this.#chance,
      remote,
      fragment: this.#conditions.fragment,
      ...more,
    })
    const known = this.#endpoints.get(life)
    for (const other of known ?? []) if (other.closed) known?.delete(other)
    known?.add(endpoint)
    return endpoint
  }

  /** One direction of a connection: packets arrive one after the other. */
  #stream(from: string, to: string): (packet: Packet, target: () => Endpoint | null) => void {
    let lastArrivalUs = 0
    return (packet, target) => {
      const bytes = packet.kind === 'data' ? packet.bytes.length : 40
      const transferUs = (bytes / this.#conditions.bytesPerSecond) * 1e6
      const soonestUs = this.#world.nowUs + this.#drawDelay() + Math.ceil(transferUs)
      lastArrivalUs = Math.max(soonestUs, lastArrivalUs + 1)
      this.#carry({ from, to }, () => this.#arrive(to, packet, target()), lastArrivalUs)
    }
  }

  #arrive(host: string, packet: Packet, target: Endpoint | null): void {
    if (!this.#withoutPower.has(host)) target?.arrive(packet)
  }

  #carry(direction: Direction, packet: () => void, arrivalUs?: number): void {
    const delayUs = arrivalUs === undefined ? this.#drawDelay() : arrivalUs - this.#world.nowUs
    this.#world.schedule(delayUs, null, () => {
      const held = this.#cuts.get(keyOf(direction.from, direction.to))
      if (held === undefined) {
        packet()
        return
      }
      this.#note('held', direction)
      held.push(packet)
    })
  }

  #breaks(from: string, to: string): boolean {
    const { reset } = this.#conditions
    if (reset === 0 || !this.#chance.happens(reset)) return false
    this.#note('reset', { from, to })
    return true
  }

  #processEnded(host: string, life: Life, end: LifeEnd): void {
    if (end === 'powerLost') this.#withoutPower.add(host)
    for (const [key, listening] of this.#listening) {
      if (listening.life === life) this.#listening.delete(key)
    }
    if (end === 'killed') for (const one of this.#endpoints.get(life) ?? []) one.processKilled()
    this.#endpoints.delete(life)
  }

  #freePort(host: string): number {
    const port = this.#nextPorts.get(host) ?? FIRST_FREE_PORT
    this.#nextPorts.set(host, port + 1)
    return this.#listening.has(keyOf(host, port)) ? this.#freePort(host) : port
  }

  #drawDelay(): number {
    const [min, max] = this.#conditions.delayUs
    return min + this.#chance.below(max - min + 1)
  }

  #note(kind: SocketFaultKind, direction: Direction): void {
    this.#options.onFault?.(kind, direction)
  }
}

function keyOf(first: string, second: string | number): string {
  return `${first}\n${second}`
}
