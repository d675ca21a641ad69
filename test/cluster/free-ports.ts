import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createNodeChance } from '../../src/io/index.ts'

/** Below those that the system gives to whoever asks for any port. */
const PORT_MIN = 10_000
const PORTS = 20_000
const ATTEMPTS_MAX = 200

/**
 * So many ports that nobody has; each may be the first of more in a row, for whoever counts on.
 *
 * They are let go before they are used, and again whenever a member is killed. Test files that run
 * side by side must not take them from each other meanwhile, so the same port of UDP, which nobody
 * else wants, is held as the sign that one is given away, until this process ends.
 */
export async function freePorts(count: number, inARow = 1): Promise<readonly number[]> {
  const chance = createNodeChance()
  const found: number[] = []
  for (let attempt = 0; found.length < count && attempt < ATTEMPTS_MAX; attempt++) {
    const first = PORT_MIN + chance.below(PORTS)
    if (await takeRow(first, inARow)) found.push(first)
  }
  return found
}

async function takeRow(first: number, length: number): Promise<boolean> {
  for (let port = first; port < first + length; port++) {
    // Looking comes second: for a moment, whoever looks has the port.
    if (!(await giveAway(port)) || !(await isFree(port))) return false
  }
  return true
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** False when it was already, by whatever process. */
async function giveAway(port: number): Promise<boolean> {
  const sign = createSocket('udp4').unref()
  sign.bind({ port, address: '127.0.0.1', exclusive: true })
  try {
    await once(sign, 'listening')
    return true
  } catch {
    sign.close()
    return false
  }
}
