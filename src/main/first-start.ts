/** What is looked at before a node writes anything for the first time, so that nothing is left. */

import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { KvError } from '../base/index.ts'
import type { NodeConfig } from '../cli/index.ts'
import { DiskError, LOCK_FILE, type Sockets } from '../io/index.ts'
import { asListenError } from './client-ports.ts'
import type { EventLog } from './event-log.ts'

/** The one that is written to, the next one, and a spare for when the disk is full. */
const SEGMENTS_AT_START = 3
const MEBIBYTE = 1024 * 1024

/** Fails when somebody else listens where this node is to; a moment later that may be different. */
export async function checkPorts(
  { client, peer, metrics }: Pick<NodeConfig, 'client' | 'peer' | 'metrics'>,
  sockets: Sockets,
): Promise<void> {
  for (const { address } of [...client.listen, ...peer.listen, ...metrics]) {
    // A free one is picked later, and a socket of the file system is no port.
    if (address.port === 0) continue
    try {
      const listener = await sockets.listen(address, (socket) => socket.destroy())
      await listener.close()
    } catch (error) {
      throw asListenError(error)
    }
  }
}

/** Says it when the disk has less room than the log takes at once. */
export function tellRoom(
  { dataDirectory, logDirectory, logSegmentBytes }: NodeConfig,
  events: EventLog,
  freeBytesAt: (directory: string) => number | null = freeBytes,
): void {
  const directory = logDirectory ?? path.join(dataDirectory, 'log')
  const missing = Math.max(0, SEGMENTS_AT_START - filesIn(directory, logSegmentBytes))
  const free = freeBytesAt(directory)
  const needed = missing * logSegmentBytes
  if (free === null || free >= needed) return
  events.warn('the disk has less room than the log is about to take', {
    directory,
    'free-mib': Math.floor(free / MEBIBYTE),
    'needed-mib': Math.ceil(needed / MEBIBYTE),
    advice: 'make room, or set limits.logSegment to less',
  })
}

/** Those that are as long as the node makes them. */
function filesIn(directory: string, bytesMin: number): number {
  try {
    const sizes = readdirSync(directory).map((name) => statSync(path.join(directory, name)).size)
    return sizes.filter((bytes) => bytes >= bytesMin).length
  } catch {
    // There is no such directory yet, or whoever opens the log says what is wrong with it.
    return 0
  }
}

/** Of the nearest directory that there is. Null: that cannot be told. */
function freeBytes(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize
  } catch {
    const above = path.dirname(directory)
    return above === directory ? null : freeBytes(above)
  }
}

/** What is usually wrong with the directory of a node, and what to do. */
const DIRECTORY_TROUBLES: ReadonlyMap<string, string> = new Map([
  ['ENOTDIR', 'is a file, or lies in one'],
  ['EACCES', 'is not for the user that this node runs as: change its owner or its mode'],
  ['EPERM', 'is not for the user that this node runs as: change its owner or its mode'],
  ['EROFS', 'lies on a file system that is read-only: mount it for writing'],
])

/** The same failure, with what to do, when it is that the directory cannot be used. */
export function asDirectoryAdvice(error: unknown, directory: string): unknown {
  if (!(error instanceof DiskError)) return error
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const trouble = DIRECTORY_TROUBLES.get(code)
  if (trouble === undefined) return error
  const text = `the data directory ${directory} ${trouble}; data.directory names another one`
  return new KvError('DISK_FAILED', text, { cause: error })
}

/** The same failure, with what has the log and what to do, when it is that it is in use. */
export function asLockAdvice(error: unknown, directory: string): unknown {
  if (!(error instanceof KvError) || error.code !== 'LOG_LOCKED') return error
  const holder = holderOf(path.join(directory, LOCK_FILE))
  const who = holder === null ? 'another node' : `process ${holder}`
  return new KvError(
    'LOG_LOCKED',
    `${directory} is in use by ${who}: stop that first, or give this node a data directory of ` +
      'its own',
  )
}

/** Linux tells which process has locked a file. Null: it does not, or this is no Linux. */
function holderOf(file: string): number | null {
  try {
    const { ino } = statSync(file)
    const locks = readFileSync('/proc/locks', 'utf8').split('\n')
    const lock = locks.find((line) => line.includes(`:${ino} `))
    const pid = Number(/(\d+) \S+:\S+:\d+ /.exec(lock ?? '')?.[1] ?? 0)
    return pid > 0 ? pid : null
  } catch {
    return null
  }
}
