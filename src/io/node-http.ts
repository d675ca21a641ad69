import type http from 'node:http'
import { assert } from '../base/index.ts'
import { NodeSocket } from './node-socket.ts'
import type { Socket } from './types.ts'

/** Where accepted sockets go on that speak HTTP/1.1. */
export interface HttpDoor {
  /** `firstBytes` is everything that was read of the socket so far. The socket is gone after it. */
  accept(socket: Socket, firstBytes: Uint8Array): void
  /** Finishes the requests that are under way. Settles when all sockets are closed. */
  leave(): Promise<void>
  /** Drops all sockets now. Idempotent. */
  destroy(): void
}

/** The server must not listen itself. It is closed when the door is left. */
export function createHttpDoor(server: http.Server): HttpDoor {
  return new NodeHttpDoor(server)
}

class NodeHttpDoor implements HttpDoor {
  readonly #server: http.Server
  readonly #sockets = new Set<NodeSocket>()
  #leaving: PromiseWithResolvers<void> | null = null

  constructor(server: http.Server) {
    assert(!server.listening, 'a server behind a door does not listen itself')
    this.#server = server
    // What Node does when a server listens: it begins to watch over slow requests and idle sockets.
    server.emit('listening')
  }

  accept(socket: Socket, firstBytes: Uint8Array): void {
    assert(socket instanceof NodeSocket, 'a server of Node takes sockets of Node')
    // It may have broken while nobody looked.
    if (this.#leaving !== null || socket.isOver) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.onClose = () => this.#closed(socket)
    const inner = socket.handOver(firstBytes)
    this.#server.emit('connection', inner)
    inner.resume()
  }

  leave(): Promise<void> {
    if (this.#leaving === null) {
      this.#leaving = Promise.withResolvers<void>()
      // A socket whose last answer is sent after this does not stay to wait for another request.
      this.#server.keepAliveTimeout = 1
      this.#server.keepAliveTimeoutBuffer = 0
      this.#server.close()
      this.#leaveIfEmpty()
    }
    return this.#leaving.promise
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #closed(socket: NodeSocket): void {
    this.#sockets.delete(socket)
    this.#leaveIfEmpty()
  }

  #leaveIfEmpty(): void {
    if (this.#sockets.size === 0) this.#leaving?.resolve()
  }
}
