/** The ports that clients come to: one for each address, whatever is spoken on it. */

import type { ClientDoors } from '../api/index.ts'
import { KvError } from '../base/index.ts'
import type { NodeConfig } from '../cli/index.ts'
import { type Address, type Clock, SocketError, type Sockets } from '../io/index.ts'
import { type ConnectionHandler, openPort, type Port, type PortTls } from '../rpc/index.ts'
import { clientTls } from './tls-files.ts'

export interface ClientPortParts {
  readonly sockets: Sockets
  readonly clock: Clock
  readonly config: Pick<NodeConfig, 'client' | 'metrics'>
}

export interface ClientPorts {
  readonly connections: number
  readonly addresses: readonly Address[]
  /** Nobody new; who is there is served to the end of what is under way. Idempotent. */
  close(): Promise<void>
  destroy(): void
}

/** What is spoken on one address: several URLs may name it. */
interface Place {
  readonly address: Address
  isPlain: boolean
  isSecure: boolean
}

/** Nobody speaks HTTP/2 to what shows only metrics. */
const NO_HTTP2: ConnectionHandler = {
  accept: (socket) => socket.destroy(),
  leave: () => Promise.resolve(),
  destroy: () => {},
}

/** Either all are open when it resolves, or none. */
export async function openClientPorts(
  doors: ClientDoors,
  parts: ClientPortParts,
): Promise<ClientPorts> {
  const { client, metrics } = parts.config
  const server = client.tls === null ? null : clientTls(client.tls, parts.sockets)
  const tlsOf = ({ isPlain, isSecure }: Place): PortTls | null =>
    server === null || !isSecure ? null : { server, plaintext: isPlain ? 'accepted' : 'refused' }
  const shared = { http2: shareable(doors.http2), http1: shareable(doors.http1) }
  const ports: Port[] = []
  const opened: ClientPorts = {
    get connections() {
      return ports.reduce((sum, port) => sum + port.connections, 0)
    },
    get addresses() {
      return ports.map(({ address }) => address)
    },
    close: async () => {
      await Promise.all(ports.map((port) => port.close()))
    },
    destroy: () => {
      for (const port of ports) port.destroy()
    },
  }
  const open = async (place: Place, handlers: Pick<ClientDoors, 'http1'> & typeof shared) => {
    const { sockets, clock } = parts
    const { address } = place
    ports.push(await openPort({ sockets, clock, address, tls: tlsOf(place), ...handlers }))
  }
  try {
    for (const place of placesOf(client.listen)) await open(place, shared)
    for (const place of placesOf(metrics)) {
      await open(place, { http2: NO_HTTP2, http1: doors.openMonitoring() })
    }
  } catch (error) {
    opened.destroy()
    await opened.close()
    throw asListenError(error)
  }
  return opened
}

function placesOf(urls: NodeConfig['metrics']): readonly Place[] {
  const places: Place[] = []
  for (const { address, isSecure } of urls) {
    const { host, port } = address
    const known = port === 0 && host !== '' && !host.startsWith('unix:') ? undefined : find()
    const place = known ?? { address, isPlain: false, isSecure: false }
    if (known === undefined) places.push(place)
    if (isSecure) place.isSecure = true
    else place.isPlain = true
    function find(): Place | undefined {
      return places.find((one) => one.address.host === host && one.address.port === port)
    }
  }
  return places
}

/** Behind several ports: each of them lets it leave, and all wait for the same end. */
function shareable(handler: ConnectionHandler): ConnectionHandler {
  let leaving: Promise<void> | null = null
  return {
    accept: (socket, firstBytes) => handler.accept(socket, firstBytes),
    leave: () => {
      leaving ??= handler.leave()
      return leaving
    },
    destroy: () => handler.destroy(),
  }
}

/** Which address it was, and what to do. */
export function asListenError(error: unknown): unknown {
  if (!(error instanceof SocketError) || error.operation !== 'listen') return error
  const { host, port } = error.address
  const place = host.startsWith('unix:') ? host : `${host}:${port}`
  const text =
    error.code === 'addressInUse'
      ? `${place} is in use by another process: stop that one, or listen elsewhere`
      : `cannot listen on ${place}`
  return new KvError('BAD_REQUEST', text, { cause: error })
}
