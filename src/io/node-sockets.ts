import net from 'node:net'
import {
  type Address,
  type Listener,
  type Socket,
  SocketError,
  type SocketErrorCode,
  type Sockets,
} from './types.ts'

export function createNodeSockets(): Sockets {
  return new NodeSockets()
}

class NodeSockets implements Sockets {
  listen(address: Address, onSocket: (socket: Socket) => void): Promise<Listener> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
      onSocket(new NodeSocket(socket, remote))
    })
    return new Promise((resolve, reject) => {
      // Stays for good: once listening, an error is a connection that could not be accepted (out
      // of descriptors, or gone already), which is the other side's loss and told to it.
      server.on('error', (cause) => {
        reject(toSocketError(cause, { operation: 'listen', address }))
      })
      server.listen({ host: address.host, port: address.port }, () => {
        const { port } = server.address() as net.AddressInfo
        resolve(new NodeListener(server, { host: address.host, port }))
      })
    })
  }

  connect(address: Address): Socket {
    const { host, port } = address
    return new NodeSocket(net.connect({ host, port, allowHalfOpen: true, noDelay: true }), address)
  }
}

class NodeListener implements Listener {
  readonly address: Address
  readonly #server: net.Server

  constructor(server: net.Server, address: Address) {
    this.#server = server
    this.address = address
  }

  close(): Promise<void> {
    // Its own callback waits for all open sockets to end; the address is free at once.
    this.#server.close()
    return Promise.resolve()
  }
}

class NodeSocket implements Socket {
  readonly remote: Address
  onDrain: (() => void) | null = null
  onEnd: (() => void) | null = null
  onClose: ((error: Error | null) => void) | null = null

  readonly #socket: net.Socket
  #onData: ((bytes: Uint8Array) => void) | null = null
  #paused = false
  #error: SocketError | null = null
  /** We ended or destroyed: nothing more goes out. */
  #ended = false
  #destroyed = false

  constructor(socket: net.Socket, remote: Address) {
    this.#socket = socket
    this.remote = remote
    socket.on('data', (bytes) => {
      if (!this.#destroyed) this.#onData?.(bytes as Buffer)
    })
    socket.pause()
    socket.on('drain', () => {
      if (!this.#ended) this.onDrain?.()
    })
    socket.on('end', () => {
      if (!this.#destroyed) this.onEnd?.()
    })
    socket.on('error', (cause) => {
      this.#error = toSocketError(cause, { operation: 'connection', address: remote })
    })
    socket.on('close', () => {
      this.#ended = true
      this.onClose?.(this.#destroyed ? null : this.#error)
    })
  }

  get onData(): ((bytes: Uint8Array) => void) | null {
    return this.#onData
  }

  set onData(callback: ((bytes: Uint8Array) => void) | null) {
    this.#onData = callback
    this.#flow()
  }

  write(bytes: Uint8Array): boolean {
    return this.#ended ? false : this.#socket.write(bytes)
  }

  end(): void {
    this.#ended = true
    this.#socket.end()
  }

  destroy(): void {
    this.#ended = true
    this.#destroyed = true
    this.#socket.destroy()
  }

  pause(): void {
    this.#paused = true
    this.#flow()
  }

  resume(): void {
    this.#paused = false
    this.#flow()
  }

  #flow(): void {
    if (this.#paused || this.#onData === null) this.#socket.pause()
    else this.#socket.resume()
  }
}

function codeOf(cause: NodeJS.ErrnoException): SocketErrorCode {
  switch (cause.code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return 'reset'
    case 'ETIMEDOUT':
      return 'timedOut'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unreachable'
    case 'EADDRINUSE':
      return 'addressInUse'
    default:
      return 'io'
  }
}

function toSocketError(
  cause: Error,
  { operation, address }: { operation: string; address: Address },
): SocketError {
  return new SocketError(codeOf(cause), { operation, address, cause })
}
