import {
  RPC_PORT_CONNECTIONS_MAX,
  RPC_PORT_UNDECIDED_MAX,
  RPC_PORT_UNDECIDED_MS_MAX,
} from '../../base/index.ts'
import type { Address, Clock, Listener, Socket, Sockets } from '../../io/index.ts'
import { type Choice, FirstBytesReader } from './first-bytes-reader.ts'
import type { ConnectionHandler, Port, PortLimits, PortTls } from './types.ts'
import { type Guest, WaitingRoom } from './waiting-room.ts'

export interface PortOptions {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly address: Address
  readonly http2: ConnectionHandler
  readonly http1: ConnectionHandler
  /** Null: plain connections only. */
  readonly tls: PortTls | null
  readonly limits?: Partial<PortLimits>
}

const LIMITS: PortLimits = {
  connectionsMax: RPC_PORT_CONNECTIONS_MAX,
  undecidedMax: RPC_PORT_UNDECIDED_MAX,
  undecidedMsMax: RPC_PORT_UNDECIDED_MS_MAX,
}

/** By ALPN; without it the first bytes inside decide. */
const CHOICES: Readonly<Record<string, Choice>> = { h2: 'http2', 'http/1.1': 'http1' }

const NOTHING = new Uint8Array(0)

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
    this.#read(socket, guest)
  }

  close(): void {
    this.#closed = true
    this.#waiting.clear()
  }

  /** The guest stays in the room, handshake and all, until somebody takes the socket. */
  #read(socket: Socket, guest: Guest): void {
    new FirstBytesReader(socket, {
      gone: () => this.#waiting.leave(guest),
      chosen: (choice, firstBytes) => {
        if (choice === 'tls' && this.#options.tls !== null && socket.tls === null) {
          this.#secure(socket, firstBytes, guest)
          return
        }
        this.#waiting.leave(guest)
        this.#give(socket, choice, firstBytes)
      },
    })
  }

  #secure(socket: Socket, firstBytes: Uint8Array, guest: Guest): void {
    this.#options.tls?.server.accept(socket, firstBytes, {
      onFailed: () => this.#waiting.leave(guest),
      onSecured: (secured) => {
        const choice = CHOICES[secured.tls?.protocol ?? '']
        if (choice === undefined) {
          this.#read(secured, guest)
          return
        }
        this.#waiting.leave(guest)
        this.#give(secured, choice, NOTHING)
      },
    })
  }

  #give(socket: Socket, choice: Choice, firstBytes: Uint8Array): void {
    const { tls, http2, http1 } = this.#options
    const plain = tls !== null && socket.tls === null
    if (choice === 'tls' || (plain && tls.plaintext === 'refused')) socket.destroy()
    else if (choice === 'http2') http2.accept(socket, firstBytes)
    else http1.accept(socket, firstBytes)
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
    await Promise.all([stopped, ...this.#handlers.map((handler) => handler.leave())])
  }
}
