/**
 * A port of this machine that is held from before a node starts until nobody starts it any more.
 * The nodes of a cluster must know each other's ports before the first of them starts, and one that
 * is stopped for a while must find its own again: a port that was found free and let go could be
 * anybody's by then.
 */

import { KvError } from '../../base/index.ts'
import {
  type Address,
  type Listener,
  type ListenOptions,
  type Socket,
  SocketError,
  type Sockets,
} from '../../io/index.ts'

const HOST = '127.0.0.1'

export class HeldPort {
  readonly address: Address
  readonly #listener: Listener
  readonly #door: { onSocket: ((socket: Socket) => void) | null }

  private constructor(listener: Listener, door: { onSocket: ((socket: Socket) => void) | null }) {
    this.#listener = listener
    this.#door = door
    this.address = listener.address
  }

  /** Port 0 is any free one. */
  static async open(sockets: Sockets, port: number): Promise<HeldPort> {
    const door: { onSocket: ((socket: Socket) => void) | null } = { onSocket: null }
    const deliver = (socket: Socket): void => {
      // Nobody is behind it: who comes is turned away at once, which clients take for a node that
      // is down.
      if (door.onSocket === null) socket.destroy()
      else door.onSocket(socket)
    }
    try {
      return new HeldPort(await sockets.listen({ host: HOST, port }, deliver), door)
    } catch (cause) {
      if (!(cause instanceof SocketError) || cause.code !== 'addressInUse') throw cause
      const text = `port ${port} is in use: name another one, or none to get a free one`
      throw new KvError('BAD_REQUEST', text, { cause })
    }
  }

  /** As `Sockets.listen`, on the port that is held. */
  listen(onSocket: (socket: Socket) => void, { connectionsMax }: ListenOptions = {}): Listener {
    const { address } = this
    const door = this.#door
    if (door.onSocket !== null) {
      throw new SocketError('addressInUse', { operation: 'listen', address })
    }
    const listener = this.#listener
    const taker = (socket: Socket): void => {
      const isFull = connectionsMax !== undefined && listener.connections > connectionsMax
      if (isFull) socket.destroy()
      else onSocket(socket)
    }
    door.onSocket = taker
    return {
      address,
      get connections() {
        return listener.connections
      },
      close: async () => {
        if (door.onSocket === taker) door.onSocket = null
      },
    }
  }

  /** Now it is anybody's. Idempotent. */
  close(): Promise<void> {
    return this.#listener.close()
  }
}

/** The same sockets; to listen on a held port means to be behind it. */
export function heldSockets(sockets: Sockets, ports: readonly HeldPort[]): Sockets {
  return {
    listen: async (address, onSocket, options) => {
      const held = ports.find((port) => port.address.port === address.port)
      return held === undefined
        ? await sockets.listen(address, onSocket, options)
        : held.listen(onSocket, options)
    },
    connect: (address) => sockets.connect(address),
    tlsServer: (options) => sockets.tlsServer(options),
    tlsClient: (options) => sockets.tlsClient(options),
  }
}
