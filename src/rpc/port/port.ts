import {
  RPC_PORT_CONNECTIONS_MAX,
  RPC_PORT_UNDECIDED_MAX,
  RPC_PORT_UNDECIDED_MS_MAX,
} from '../../base/index.ts'
import type { Address, Clock, Listener, Socket, Sockets } from '../../io/index.ts'
import { type Choice, FirstBytesReader } from './first-bytes-reader.ts'
import type { ConnectionHandler, Port, PortLimits } from './types.ts'
import { type Guest, WaitingRoom } from './waiting-room.ts'

export interface PortOptions {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly address: Address
  readonly http2: ConnectionHandler
  readonly http1: ConnectionHandler
  readonly limits?: Partial<PortLimits>
}

const LIMITS: PortLimits = {
  connectionsMax: RPC_PORT_CONNECTIONS_MAX,
  undecidedMax: RPC_PORT_UNDECIDED_MAX,
  undecidedMsMax: RPC_PORT_UNDECIDED_MS_MAX,
}

/** Fails as `listen` does. */
export async function openPort(options: PortOptions): Promise<Port> {
  const { sockets, address } = options
  const { connectionsMax } = { ...LIMITS, ...options.limits }
  const acceptor = new Acceptor(options)
  const listener = await sockets.listen(address, (socket) => acceptor.accept(socket), {
    connectionsMax,
  })
  return new OpenPort(listener, { acceptor, handlers: [options.http2, options.http1] })
}

/** Finds out who should have a socket, and gives it to them. */
class Acceptor {
  readonly #options: PortOptions
  readonly #waiting: WaitingRoom
  #closed = false

  constructor(options: PortOptions) {
    const { undecidedMax, undecidedMsMax } = { ...LIMITS, ...options.limits }
    this.#options = options
    this.#waiting = new WaitingRoom({
      clock: options.clock,
      guestsMax: undecidedMax,
      waitMsMax: undecidedMsMax,
    })
  }

  get undecided(): number {
    return this.#waiting.size
  }

  accept(socket: Socket): void {
    if (this.#closed) {
      socket.destroy()
      return
    }
    const guest: Guest = { turnOut: () => socket.destroy() }
    this.#waiting.enter(guest)
    new FirstBytesReader(socket, {
      gone: () => this.#waiting.leave(guest),
      chosen: (choice, firstBytes) => {
        this.#waiting.leave(guest)
        this.#give(socket, choice, firstBytes)
      },
    })
  }

  close(): void {
    this.#closed = true
    this.#waiting.clear()
  }

  #give(socket: Socket, choice: Choice, firstBytes: Uint8Array): void {
    switch (choice) {
      case 'http2':
        this.#options.http2.take(socket, firstBytes)
        break
      case 'http1':
        this.#options.http1.take(socket, firstBytes)
        break
      case 'tls':
        socket.destroy()
        break
    }
  }
}

interface OpenPortOptions {
  readonly acceptor: Acceptor
  readonly handlers: readonly ConnectionHandler[]
}

class OpenPort implements Port {
  readonly #listener: Listener
  readonly #acceptor: Acceptor
  readonly #handlers: readonly ConnectionHandler[]
  #closing: Promise<void> | null = null

  constructor(listener: Listener, { acceptor, handlers }: OpenPortOptions) {
    this.#listener = listener
    this.#acceptor = acceptor
    this.#handlers = handlers
  }

  get address(): Address {
    return this.#listener.address
  }

  get connections(): number {
    return this.#listener.connections
  }

  get undecided(): number {
    return this.#acceptor.undecided
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  destroy(): void {
    this.#acceptor.close()
    for (const handler of this.#handlers) handler.destroy()
  }

  async #close(): Promise<void> {
    const stopped = this.#listener.close()
    this.#acceptor.close()
    await Promise.all([stopped, ...this.#handlers.map((handler) => handler.close())])
  }
}
