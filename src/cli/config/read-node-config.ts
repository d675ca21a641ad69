/**
 * What a configuration means. Flags of etcd and files of ours name the same settings, so that there
 * is one place that knows what each of them may be and what it is when nobody says.
 */

import { resolve } from 'node:path'
import { LOG_SEGMENT_BYTES } from '../../base/index.ts'
import { ENGINE_NAMES, type LogLevel, type NodeConfig } from './node-config.ts'
import { readCluster } from './read-cluster.ts'
import { readClientPlace, readPeerPlace } from './read-places.ts'
import { readCompaction, readTiming } from './read-times.ts'
import type { SettingReader } from './setting-reader.ts'

/** Whose ways a configuration follows where they differ: those of etcd, or our own. */
export type Manner = 'etcd' | 'own'

const NAME_DEFAULT = 'default'
const NAME_BYTES_MAX = 256

const MIB = 2 ** 20
/** As in etcd; it is also the largest that a batch of the log has room for. */
const REQUEST_BYTES = 1.5 * MIB
const REQUEST_BYTES_MIN = 1024
/** A segment has room for several batches of the log; above a gigabyte, files are unwieldy. */
const LOG_SEGMENT = { min: 16 * MIB, max: 1024 * MIB }
const TRANSACTION_OPERATIONS = 128
/** Ten thousand are as much as a request of the largest size can hold. */
const TRANSACTION_OPERATIONS_MAX = 10_000
const WATCH_PROGRESS_MS = 600_000
const WATCH_PROGRESS_MS_MIN = 100
const KEEPALIVE_MS = 60_000
const ANY_BYTES = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }
const LEVELS: readonly LogLevel[] = [
  ...(['debug', 'info', 'warn', 'error'] as const),
  ...(['dpanic', 'panic', 'fatal'] as const),
]

/** Null when the reader has noted a mistake. */
export function readNodeConfig(read: SettingReader, manner: Manner): NodeConfig | null {
  const name = nodeName(read)
  const peer = readPeerPlace(read)
  const cluster = readCluster(read, { name, ...peer })
  const own = cluster.members.find((member) => member.name === name)
  const config: NodeConfig = {
    name,
    ...directories(read, { name, manner }),
    engine: read.choice('engine', 'bitcask', ENGINE_NAMES),
    client: readClientPlace(read, manner),
    peer: {
      listen: peer.listen,
      advertise: own?.peerUrls.map(({ text }) => text) ?? [],
      tls: peer.tls,
    },
    metrics: read.listenUrls('metrics.listen', []),
    cluster,
    timing: readTiming(read),
    quotaBytes: read.bytes('limits.quota', 0, ANY_BYTES),
    compaction: readCompaction(read),
    requestBytesMax: read.bytes('limits.request', REQUEST_BYTES, {
      min: REQUEST_BYTES_MIN,
      max: REQUEST_BYTES,
    }),
    logSegmentBytes: read.bytes('limits.logSegment', LOG_SEGMENT_BYTES, LOG_SEGMENT),
    transactionOperationsMax: read.integer('limits.transactionOperations', TRANSACTION_OPERATIONS, {
      min: 1,
      max: TRANSACTION_OPERATIONS_MAX,
    }),
    watchProgressMs: watchProgress(read),
    keepaliveMs: read.duration('client.keepaliveInterval', KEEPALIVE_MS),
    logging: {
      level: read.choice('logging.level', 'info', LEVELS),
      outputs: read.list('logging.outputs'),
    },
  }
  read.complainOfUnknown()
  return read.problems.length === 0 ? config : null
}

function nodeName(read: SettingReader): string {
  const name = read.text('name', NAME_DEFAULT)
  if (name === '' || Buffer.byteLength(name) > NAME_BYTES_MAX || /[=,]/.test(name)) {
    read.complain('name', `a name of at most ${NAME_BYTES_MAX} bytes without a comma or "="`)
  }
  return name
}

function directories(
  read: SettingReader,
  { name, manner }: { readonly name: string; readonly manner: Manner },
): Pick<NodeConfig, 'dataDirectory' | 'logDirectory'> {
  const written = read.path('data.directory')
  if (written === null && manner === 'own') {
    read.complain('data.directory', 'the directory in which this node keeps everything')
  }
  const dataDirectory = written ?? resolve(`${name}.etcd`)
  const logDirectory = read.path('data.logDirectory')
  if (logDirectory !== null && `${dataDirectory}/`.startsWith(`${logDirectory}/`)) {
    read.complain('data.logDirectory', 'a directory that does not hold the one of the data')
  }
  return { dataDirectory, logDirectory }
}

function watchProgress(read: SettingReader): number {
  const intervalMs = read.duration('watch.progressInterval', WATCH_PROGRESS_MS)
  if (intervalMs < WATCH_PROGRESS_MS_MIN) {
    read.complain('watch.progressInterval', `a duration of at least ${WATCH_PROGRESS_MS_MIN}ms`)
  }
  return intervalMs
}
