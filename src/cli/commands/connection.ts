/** A cluster, as the options of every command name it. */

import { KvError } from '../../base/index.ts'
import type { Client, ConnectOptions, TlsOptions } from '../../client/index.ts'
import type { CommandParts, Machine } from '../command-parts.ts'
import { fileText } from '../failure-text.ts'
import type { ValuesOf } from '../framework/index.ts'
import type { CONNECTION } from '../specs/shared.ts'
import { look } from './look.ts'
import { isUnavailable } from './outcome.ts'
import { OutOfReach, reachOf } from './reach.ts'

export type ConnectionValues = ValuesOf<typeof CONNECTION>
export type Store = Client<Uint8Array>

const HOST = '127.0.0.1'
/** Of `quorate dev` and `npm start`. */
const OWN_PORTS = [8081, 8082, 8083] as const
/** Of an etcd, and of what stands in for one. */
const ETCD_PORT = 2379

/** Whatever comes of the work, the connections are closed behind it. */
export async function withStore(
  values: ConnectionValues,
  parts: CommandParts,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const store = await openStore(values, parts)
  try {
    return await work(store)
  } catch (error) {
    throw await withReach(error, store)
  } finally {
    await store.close()
  }
}

/** A node that is there says so in a few milliseconds; nobody waits for more than an answer. */
const LOOK_MS_MAX = 1000

/** The same failure, with who answers when it may be that too few do. */
export async function withReach(error: unknown, store: Store): Promise<unknown> {
  if (!isUnavailable(error)) return error
  try {
    return new OutOfReach(error, reachOf(await look(store, { timeoutMs: LOOK_MS_MAX })))
  } catch {
    // The failure itself matters more than why nothing can be added to it.
    return error
  }
}

export async function openStore(
  values: ConnectionValues,
  parts: CommandParts,
  more: ConnectOptions<Uint8Array> = {},
): Promise<Store> {
  const options = connectOptions(values, parts)
  const [{ connect, bytes }, endpoints] = await Promise.all([
    import('../../client/index.ts'),
    endpointsOf(values, parts),
  ])
  return connect({ ...options, endpoints, codec: bytes, ...more })
}

function connectOptions(values: ConnectionValues, parts: CommandParts): ConnectOptions<Uint8Array> {
  const { timeout, tls, cacert, cert, key, serverName } = values
  if ((cert === undefined) !== (key === undefined)) {
    throw new KvError('BAD_REQUEST', '--cert and --key need each other')
  }
  const files: TlsOptions = {
    ...(cacert === undefined ? {} : { authority: pem(cacert, '--cacert', parts) }),
    ...(cert === undefined ? {} : { certificate: pem(cert, '--cert', parts) }),
    ...(key === undefined ? {} : { key: pem(key, '--key', parts) }),
    ...(serverName === undefined ? {} : { serverName }),
  }
  const wanted = Object.keys(files).length > 0 ? { tls: files } : tls ? { tls: true } : {}
  return { timeoutMs: timeout, ...wanted }
}

function pem(path: string, option: string, { readBytes }: CommandParts): Uint8Array {
  try {
    return readBytes(path)
  } catch (error) {
    throw new KvError('BAD_REQUEST', `${option} ${path} cannot be read: ${fileText(error)}`)
  }
}

/** What is said, or what is found on this machine. */
export async function endpointsOf(
  { endpoints }: Pick<ConnectionValues, 'endpoints'>,
  parts: CommandParts,
): Promise<readonly string[]> {
  if (endpoints !== undefined) return checked(endpoints)
  const machine = await parts.machine()
  const own = await listening(machine, OWN_PORTS)
  // Never both: they would be two clusters.
  const found = own.length > 0 ? own : await listening(machine, [ETCD_PORT])
  if (found.length > 0) return found
  throw new KvError(
    'UNREACHABLE',
    `no node listens at ${HOST}:8081 to 8083 or ${HOST}:${ETCD_PORT}. Start a cluster with ` +
      '"quorate dev", or name one with --endpoints or the variable QUORATE_ENDPOINTS',
  )
}

async function listening(machine: Machine, ports: readonly number[]): Promise<readonly string[]> {
  const answers = await Promise.all(ports.map((port) => machine.listens(HOST, port)))
  return ports.filter((_, at) => answers[at]).map((port) => `${HOST}:${port}`)
}

const ENDPOINT = /^(https?:\/\/)?([\w.-]+|\[[\da-fA-F:.%]+\]):(\d{1,5})\/?$/
const ENDPOINTS_MAX = 64

/** Here, because a mistyped endpoint is wrong usage and no node that is away. */
function checked(text: string): readonly string[] {
  const list = text.split(',').map((one) => one.trim())
  const wrong = list.find((one) => {
    const port = Number(ENDPOINT.exec(one)?.[3] ?? 0)
    return port < 1 || port > 65_535
  })
  if (wrong !== undefined) {
    const shown = JSON.stringify(wrong)
    throw new KvError(
      'BAD_REQUEST',
      `--endpoints takes host:port, with commas between several, such as 127.0.0.1:8081; ` +
        `${shown} is none`,
    )
  }
  if (list.length > ENDPOINTS_MAX) {
    throw new KvError('BAD_REQUEST', `--endpoints takes at most ${ENDPOINTS_MAX} of them`)
  }
  return list
}
