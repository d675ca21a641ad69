import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import {
  type Address,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeSockets,
  type Gzip,
  type Socket,
  type TlsClientOptions,
  type TlsServerOptions,
} from '../../../io/index.ts'
import { type ChannelState, type Method, RpcChannel, RpcServer } from '../../index.ts'

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
  /** Connections that were accepted so far. */
  readonly accepted: readonly Socket[]
  /** Messages that came, and left, compressed. */
  readonly gzip: GzipCount
}

export interface ServeOptions {
  readonly methods: readonly Method[]
  readonly messageBytesMax?: number
  /** Speaks TLS instead of plain HTTP/2. */
  readonly tls?: Pick<TlsServerOptions, 'identity'>
}

/** A fault in a handler, or a failed handshake, fails the test. */
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
  const accept = (socket: Socket): void => {
    accepted.push(socket)
    server.accept(socket)
  }
  const secured = tls === undefined ? null : tlsAcceptor(tls, { accept, faults })
  const listener = await sockets.listen({ host: HOST, port: 0 }, secured ?? accept)
  context.after(async () => {
    server.destroy()
    await listener.close()
    assert.deepEqual(faults, [])
  })
  const { address } = listener
  return { server, address, port: address.port, accepted, gzip: count }
}

/** The first record of a handshake is read here, as the one port does that also takes others. */
function tlsAcceptor(
  { identity }: Pick<TlsServerOptions, 'identity'>,
  { accept, faults }: { accept: (socket: Socket) => void; faults: unknown[] },
): (socket: Socket) => void {
  const tls = sockets.tlsServer({
    identity,
    protocols: ['h2'],
    clients: null,
    handshakeMsMax: PATIENCE_MS,
  })
  return (socket) => {
    socket.onData = (bytes) => {
      tls.accept(socket, bytes, {
        onSecured: accept,
        onFailed: (error) => faults.push(error),
      })
    }
  }
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
