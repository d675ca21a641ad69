import assert from 'node:assert/strict'
import http from 'node:http'
import type { TestContext } from 'node:test'
import {
  type Address,
  createHttpDoor,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
  type Gzip,
  type Socket,
  type TlsClientOptions,
  type TlsServerOptions,
} from '../../../io/index.ts'
import {
  type ChannelState,
  type Method,
  openPort,
  type PortTls,
  RpcChannel,
  RpcServer,
} from '../../index.ts'

/** Our own server and client on real sockets, closed with the test that asked for them. */

export const HOST = '127.0.0.1'

/** Only a test that fails waits this long. */
export const PATIENCE_MS = 10_000

const clock = createNodeClock()
const gzip = createNodeGzip()
const sockets = createNodeSockets()

export interface GzipCount {
  deflated: number
  inflated: number
}

function countingGzip(count: GzipCount): Gzip {
  return {
    deflate: (bytes) => {
      count.deflated += 1
      return gzip.deflate(bytes)
    },
    inflate: (bytes, options) => {
      count.inflated += 1
      return gzip.inflate(bytes, options)
    },
  }
}

export interface OwnServer {
  readonly server: RpcServer
  readonly address: Address
  readonly port: number
  /** Connections with HTTP/2 that were accepted so far. */
  readonly accepted: readonly Socket[]
  /** Messages that came, and left, compressed. */
  readonly gzip: GzipCount
}

export interface ServeOptions {
  readonly methods: readonly Method[]
  readonly messageBytesMax?: number
  readonly tls?: Pick<TlsServerOptions, 'identity'>
}

/** Behind the one port: TLS is taken besides plain HTTP/2. A fault in a handler fails the test. */
export async function serve(context: TestContext, options: ServeOptions): Promise<OwnServer> {
  const { tls, ...rest } = options
  const faults: unknown[] = []
  const accepted: Socket[] = []
  const count: GzipCount = { deflated: 0, inflated: 0 }
  const server = new RpcServer({
    ...rest,
    clock,
    gzip: countingGzip(count),
    onFault: (error) => faults.push(error),
  })
  const accept = (socket: Socket, firstBytes: Uint8Array): void => {
    accepted.push(socket)
    server.accept(socket, firstBytes)
  }
  const port = await openPort({
    sockets,
    clock,
    address: { host: HOST, port: 0 },
    http2: { accept, leave: () => server.leave(), destroy: () => server.destroy() },
    http1: createHttpDoor(http.createServer((_, response) => response.end('HTTP/1.1'))),
    tls: tls === undefined ? null : secured(tls),
  })
  context.after(async () => {
    const closed = port.close()
    port.destroy()
    await closed
    assert.deepEqual(faults, [])
  })
  const { address } = port
  return { server, address, port: address.port, accepted, gzip: count }
}

function secured({ identity }: Pick<TlsServerOptions, 'identity'>): PortTls {
  const protocols = ['h2', 'http/1.1']
  const options = { identity, protocols, clients: null, handshakeMsMax: PATIENCE_MS }
  return { plaintext: 'accepted', server: sockets.tlsServer(options) }
}

export interface OpenOptions {
  readonly messageBytesMax?: number
  readonly keepaliveMs?: number
  readonly tls?: Pick<TlsClientOptions, 'authority'>
  readonly onState?: (state: ChannelState) => void
}

export function open(context: TestContext, port: number, options: OpenOptions = {}): RpcChannel {
  const { tls, ...rest } = options
  const faults: unknown[] = []
  const connect = tls === undefined ? sockets : tlsDialler(tls)
  const channel = new RpcChannel({
    ...rest,
    clock,
    gzip,
    chance: createNodeChance(),
    endpoints: [{ host: HOST, port }],
    connect: (endpoint) => connect.connect(endpoint),
    scheme: tls === undefined ? 'http' : 'https',
    onFault: (error) => faults.push(error),
  })
  context.after(() => {
    channel.close()
    assert.deepEqual(faults, [])
  })
  return channel
}

function tlsDialler({ authority }: Pick<TlsClientOptions, 'authority'>) {
  return sockets.tlsClient({
    authority,
    serverName: null,
    identity: null,
    protocols: ['h2'],
    connectMsMax: PATIENCE_MS,
  })
}

/** Looks again after each turn until it holds. */
export function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUpMs = clock.monotonicMs() + PATIENCE_MS
    const look = (): void => {
      if (holds()) resolve()
      else if (clock.monotonicMs() > giveUpMs)
        reject(new assert.AssertionError({ message: `never: ${holds}` }))
      else clock.after(1, look)
    }
    look()
  })
}
