import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { createNodeChance } from '../../src/io/index.ts'

/**
 * Below those that the system gives to whoever asks for any port: between the moment when one was
 * found free and the moment when it is used, only another cluster could take it.
 */
const PORT_MIN = 10_000
const PORTS = 20_000
const ATTEMPTS_MAX = 200

/** All held at once, so that they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const chance = createNodeChance()
  const held = new Map<number, Server>()
  for (let attempt = 0; held.size < count && attempt < ATTEMPTS_MAX; attempt++) {
    const port = PORT_MIN + chance.below(PORTS)
    const server = held.has(port) ? null : await listen(port)
    if (server !== null) held.set(port, server)
  }
  for (const server of held.values()) {
    server.close()
    await once(server, 'close')
  }
  return [...held.keys()]
}

/** Null when somebody else has it. */
async function listen(port: number): Promise<Server | null> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return null
  }
}
