/** The way to the other nodes, over as many addresses as the configuration names. */

import type { NodeConfig, PlannedMember } from '../cli/index.ts'
import type { Address, Listener, Sockets } from '../io/index.ts'

/** What other nodes dial. */
export function peerAddresses(
  members: readonly PlannedMember[],
): ReadonlyMap<number, readonly Address[]> {
  return new Map(members.map(({ id, peerUrls }) => [id, peerUrls.map(({ address }) => address)]))
}

/**
 * Sockets whose `listen` opens all addresses of the peer URLs, not only the first one that it is
 * asked for.
 */
export function listeningOnAll(sockets: Sockets, { listen }: NodeConfig['peer']): Sockets {
  const [first, ...others] = listen.map(({ address }) => address)
  if (others.length === 0) return sockets
  return {
    listen: async (address, onSocket, options) => {
      const listeners = [await sockets.listen(first ?? address, onSocket, options)]
      try {
        for (const other of others) {
          listeners.push(await sockets.listen(other, onSocket, options))
        }
      } catch (error) {
        await Promise.all(listeners.map((listener) => listener.close()))
        throw error
      }
      return allOf(listeners)
    },
    connect: (address) => sockets.connect(address),
    tlsServer: (options) => sockets.tlsServer(options),
    tlsClient: (options) => sockets.tlsClient(options),
  }
}

function allOf(listeners: readonly [Listener, ...Listener[]] | readonly Listener[]): Listener {
  const [first] = listeners
  return {
    address: first?.address ?? { host: '', port: 0 },
    get connections() {
      return listeners.reduce((sum, listener) => sum + listener.connections, 0)
    },
    close: async () => {
      await Promise.all(listeners.map((listener) => listener.close()))
    },
  }
}
