/**
 * Makes a client of the real parts: clock, chance and sockets of this process. It is the only place
 * in this folder that does.
 */

import {
  type Address,
  createNodeChance,
  createNodeClock,
  createNodeGzip,
  createNodeHashing,
  createNodeSockets,
  runtimeVersion,
  type Socket,
} from '../io/index.ts'
import { clientOver } from './client.ts'
import { type Codec, checkCodec, text } from './codecs.ts'
import type { Surroundings } from './connection.ts'
import { Core } from './core.ts'
import { DEFAULT_ENDPOINTS, parseEndpoints } from './endpoints.ts'
import { QuorateError } from './errors.ts'
import { CLIENT_LIMITS, type ClientLimits } from './limits.ts'
import { checkOptions } from './option-names.ts'
import type { Client, ConnectOptions, Pem, TlsOptions } from './types.ts'
import { shown } from './words.ts'

const ENCODER = new TextEncoder()
/** Older ones lack what streams of watches and leases are made of. */
const RUNTIME_MAJOR_MIN = 22
/** By ALPN: gRPC is HTTP/2. */
const PROTOCOLS = ['h2']

/**
 * Connects to a cluster: `connect('10.0.0.1:8081,10.0.0.2:8081')`. It resolves when one node has
 * answered, and fails with `UNREACHABLE` when none does. To connect again is never needed: the
 * client does so by itself, at whichever node works.
 *
 * ```ts
 * await using db = await connect()
 * await db.put('greeting', 'hello')
 * const entry = await db.get('greeting')
 * ```
 */
export async function connect<Value = string>(
  given: string | readonly string[] | ConnectOptions<Value> = {},
): Promise<Client<Value>> {
  const isList = typeof given === 'string' || Array.isArray(given)
  const options = (isList ? { endpoints: given } : given) as ConnectOptions<Value>
  checkRuntime()
  checkOptions('connect', options)
  // Without a codec values are texts.
  const { signal, codec = text as unknown as Codec<Value> } = options
  checkCodec(codec)
  signal?.throwIfAborted()
  const limits = limitsOf(options)
  const endpoints = parseEndpoints(options.endpoints ?? DEFAULT_ENDPOINTS)
  const isSecure = endpoints.isSecure || (options.tls !== undefined && options.tls !== false)
  const surroundings = realSurroundings(isSecure, options.tls, limits)
  const core = new Core(surroundings, {
    endpoints,
    discovers: options.discover !== false,
    limits,
  })
  const abort = (): void => {
    void core.close()
  }
  signal?.addEventListener('abort', abort, { once: true })
  core.closed.addEventListener('abort', () => signal?.removeEventListener('abort', abort))
  try {
    await core.connect(limits.timeoutMs)
  } catch (error) {
    await core.close()
    signal?.throwIfAborted()
    // It leads to who connects, and not into the client.
    if (error instanceof Error) Error.captureStackTrace(error, connect)
    throw error
  }
  return clientOver(core).withCodec(codec)
}

/** At once and in a sentence, and not by a lease that is lost without a word. */
export function checkRuntime(version: string = runtimeVersion()): void {
  if (Number.parseInt(version, 10) >= RUNTIME_MAJOR_MIN) return
  const text = `the client needs Node.js ${RUNTIME_MAJOR_MIN} or newer, and this is ${version}`
  const advice = `Install Node.js ${RUNTIME_MAJOR_MIN} or newer.`
  throw new QuorateError('BAD_REQUEST', text, { advice })
}

function limitsOf({
  timeoutMs,
  inFlightMax,
}: Pick<ConnectOptions, 'timeoutMs' | 'inFlightMax'>): ClientLimits {
  if (timeoutMs !== undefined && (typeof timeoutMs !== 'number' || !(timeoutMs > 0))) {
    const text = `timeoutMs is a number above 0, not ${shown(timeoutMs)}`
    throw new QuorateError('BAD_REQUEST', text)
  }
  if (inFlightMax !== undefined && !(Number.isSafeInteger(inFlightMax) && inFlightMax > 0)) {
    throw new QuorateError(
      'BAD_REQUEST',
      `inFlightMax is a whole number, not ${shown(inFlightMax)}`,
    )
  }
  return {
    ...CLIENT_LIMITS,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(inFlightMax !== undefined && { inFlightMax }),
  }
}

function realSurroundings(
  isSecure: boolean,
  tls: TlsOptions | boolean | undefined,
  { connectMsMax }: ClientLimits,
): Surroundings {
  return {
    clock: createNodeClock(),
    chance: createNodeChance(),
    gzip: createNodeGzip(),
    hashing: createNodeHashing(),
    connect: isSecure ? secureSockets(tls, connectMsMax) : plainSockets(),
    isSecure,
    // A mistake of ours ends the process, as an assertion does everywhere else.
    onFault: (error) => {
      throw error
    },
  }
}

function plainSockets(): (address: Address) => Socket {
  const sockets = createNodeSockets()
  return (address) => sockets.connect(address)
}

function secureSockets(
  tls: TlsOptions | boolean | undefined,
  connectMsMax: number,
): (address: Address) => Socket {
  const { authority, certificate, key, serverName } = typeof tls === 'object' ? tls : {}
  if ((certificate === undefined) !== (key === undefined)) {
    throw new QuorateError('BAD_REQUEST', 'tls.certificate and tls.key come together')
  }
  const client = createNodeSockets().tlsClient({
    authority: authority === undefined ? null : pemOf(authority),
    serverName: serverName ?? null,
    identity:
      certificate === undefined || key === undefined
        ? null
        : { certificate: pemOf(certificate), key: pemOf(key) },
    protocols: PROTOCOLS,
    connectMsMax,
  })
  return (address) => client.connect(address)
}

function pemOf(given: Pem): Uint8Array {
  return typeof given === 'string' ? ENCODER.encode(given) : given
}
