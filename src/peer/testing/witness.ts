import assert from 'node:assert/strict'
import type { Clock, Socket, Sockets, Timer } from '../../io/index.ts'

/** Passes everything on, and knows which timers and sockets are still there. */
export class Witness {
  readonly clock: Clock
  readonly sockets: Sockets
  /** Everything that was written, in order. */
  readonly written: { readonly socket: Socket; readonly bytes: number }[] = []
  readonly #timers = new Set<object>()
  readonly #sockets = new Set<Socket>()

  constructor(clock: Clock, sockets: Sockets) {
    this.clock = {
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.wallMs(),
      soon: (callback) => clock.soon(callback),
      after: (delayMs, callback) => this.#after(clock, delayMs, callback),
    }
    this.sockets = {
      listen: (address, onSocket, options) =>
        sockets.listen(address, (socket) => onSocket(this.#watch(socket)), options),
      connect: (address) => this.#watch(sockets.connect(address)),
      tlsServer: (options) => sockets.tlsServer(options),
      tlsClient: (options) => {
        const client = sockets.tlsClient(options)
        return { connect: (address) => this.#watch(client.connect(address)) }
      },
    }
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Those that were neither ended nor destroyed here, nor have closed. */
  get openSockets(): number {
    return this.#sockets.size
  }

  get writtenBytes(): number {
    return this.written.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  assertNothingLeft(): void {
    assert.equal(this.timers, 0, 'timers are left')
    assert.equal(this.openSockets, 0, 'sockets are left')
  }

  #after(clock: Clock, delayMs: number, callback: () => void): Timer {
    const key = {}
    this.#timers.add(key)
    const timer = clock.after(delayMs, () => {
      this.#timers.delete(key)
      callback()
    })
    return {
      cancel: () => {
        this.#timers.delete(key)
        timer.cancel()
      },
    }
  }

  /** Methods in place: simulated TLS wants the very objects that its sockets made. */
  #watch(socket: Socket): Socket {
    const [write, end, destroy] = [
      socket.write.bind(socket),
      socket.end.bind(socket),
      socket.destroy.bind(socket),
    ]
    this.#sockets.add(socket)
    let onClose = socket.onClose
    Object.defineProperty(socket, 'onClose', {
      get: () => (error: Error | null) => {
        this.#sockets.delete(socket)
        onClose?.(error)
      },
      set: (callback: Socket['onClose']) => {
        onClose = callback
      },
    })
    socket.write = (bytes) => {
      this.written.push({ socket, bytes: bytes.length })
      return write(bytes)
    }
    socket.end = () => {
      this.#sockets.delete(socket)
      end()
    }
    socket.destroy = () => {
      this.#sockets.delete(socket)
      destroy()
    }
    return socket
  }
}
