import fs from 'node:fs'
import net from 'node:net'
import { type Gauge, NodeSocket, toSocketError } from './node-socket.ts'
import { createTlsClient, createTlsServer } from './node-tls.ts'
import type { TlsClient, TlsClientOptions, TlsServer, TlsServerOptions } from './tls-types.ts'
import type { Address, Listener, ListenOptions, Socket, Sockets } from './types.ts'

/** As large as a read of Node's own, so that a busy connection needs no more calls. */
const READ_BYTES = 64 * 1024

export function createNodeSockets(): Sockets {
  return new NodeSockets()
}

class NodeSockets implements Sockets {
  /**
   * What connected sockets are read into, all of them: a read ends before the next begins. Without
   * it each read allocates 64 KiB and copies what came. Accepted sockets cannot have it, for a
   * server of Node makes its sockets itself and passes no such option on.
   */
  readonly #readBuffer = new Uint8Array(READ_BYTES)

  async listen(
    address: Address,
    onSocket: (socket: Socket) => void,
    { connectionsMax = Number.POSITIVE_INFINITY }: ListenOptions = {},
  ): Promise<Listener> {
    const path = localPath(address)
    if (path !== null) await removeAbandoned(path)
    const gauge: Gauge = { open: 0 }
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      if (gauge.open >= connectionsMax) {
        socket.destroy()
        return
      }
      gauge.open += 1
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
      onSocket(new NodeSocket(socket, { remote, gauge }))
    })
    return new Promise((resolve, reject) => {
      // Stays for good: once listening, an error is a connection that could not be accepted (out
      // of descriptors, or gone already), which is the other side's loss and told to it.
      server.on('error', (cause) => {
        reject(toSocketError(cause, { operation: 'listen', address }))
      })
      server.listen(placeOf(address), () => {
        const bound = server.address() as net.AddressInfo | string
        const port = typeof bound === 'string' ? 0 : bound.port
        resolve(new NodeListener(server, { address: { host: address.host, port }, gauge }))
      })
    })
  }

  connect(address: Address): Socket {
    const onread = {
      buffer: this.#readBuffer,
      callback: (count: number, buffer: Uint8Array) => connected.receive(buffer.subarray(0, count)),
    }
    const socket = net.connect({
      ...placeOf(address),
      allowHalfOpen: true,
      noDelay: true,
      onread,
    })
    const connected = new NodeSocket(socket, { remote: address })
    return connected
  }

  tlsServer(options: TlsServerOptions): TlsServer {
    return createTlsServer(options)
  }

  tlsClient(options: TlsClientOptions): TlsClient {
    return createTlsClient(options)
  }
}

/** Of a socket of this machine; null for an address of the network. */
function localPath({ host }: Address): string | null {
  return host.startsWith('unix:') ? host.slice('unix:'.length) : null
}

function placeOf(address: Address): { path: string } | { host: string; port: number } {
  const path = localPath(address)
  return path === null ? { host: address.host, port: address.port } : { path }
}

/** Who was killed has left its socket behind, which nobody else could listen on. */
async function removeAbandoned(path: string): Promise<void> {
  const isAbandoned = await new Promise<boolean>((resolve) => {
    const probe = net.connect({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
  if (isAbandoned) fs.rmSync(path, { force: true })
}

class NodeListener implements Listener {
  readonly address: Address
  readonly #server: net.Server
  readonly #gauge: Gauge

  constructor(server: net.Server, { address, gauge }: { address: Address; gauge: Gauge }) {
    this.#server = server
    this.#gauge = gauge
    this.address = address
  }

  get connections(): number {
    return this.#gauge.open
  }

  close(): Promise<void> {
    // Its own callback waits for all open sockets to end; the address is free at once.
    this.#server.close()
    return Promise.resolve()
  }
}
