/**
 * What a configuration means. Flags of etcd and files of ours name the same settings, so that there
 * is one place that knows what each of them may be and what it is when nobody says.
 */

import { resolve } from 'node:path'
import type { NodeConfig } from './node-config.ts'
import { readCluster } from './read-cluster.ts'
import { readClientPlace, readPeerPlace } from './read-places.ts'
import { readCompaction, readTiming } from './read-times.ts'
import type { SettingReader } from './setting-reader.ts'
import { SETTINGS } from './settings.ts'

/** Whose ways a configuration follows where they differ: those of etcd, or our own. */
export type Manner = 'etcd' | 'own'

/** Null when the reader has noted a mistake. */
export function readNodeConfig(read: SettingReader, manner: Manner): NodeConfig | null {
  const name = read.get('name')
  const peer = readPeerPlace(read)
  const cluster = readCluster(read, { name, ...peer })
  const own = cluster.members.find((member) => member.name === name)
  const config: NodeConfig = {
    name,
    ...directories(read, { name, manner }),
    engine: read.get('engine'),
    client: readClientPlace(read, manner),
    peer: {
      listen: peer.listen,
      advertise: own?.peerUrls.map(({ text }) => text) ?? [],
      tls: peer.tls,
    },
    metrics: read.get('metrics.listen'),
    cluster,
    profile: read.get('raft.profile'),
    timing: readTiming(read, manner),
    // As in etcd, none at all means the usual.
    quotaBytes: read.get('limits.quota') || SETTINGS['limits.quota'].fallback,
    compaction: readCompaction(read, manner),
    requestBytesMax: read.get('limits.request'),
    logSegmentBytes: read.get('limits.logSegment'),
    readCacheBytes: readCacheBytes(read),
    transactionOperationsMax: read.get('limits.transactionOperations'),
    watchProgressMs: read.get('watch.progressInterval'),
    keepaliveMs: read.get('client.keepaliveInterval'),
    logging: {
      level: read.get('logging.level'),
      format: read.get('logging.format'),
      outputs: read.get('logging.outputs'),
    },
  }
  read.complainOfUnknown()
  return read.problems.length === 0 ? config : null
}

/** Nobody is left to believe that another engine has such a cache. */
function readCacheBytes(read: SettingReader): number | null {
  if (!read.has('limits.readCache')) return null
  if (read.get('engine') !== 'bitcask') {
    const wanted = 'the engine bitcask, the only one that has this cache'
    read.complain('limits.readCache', wanted, null)
  }
  return read.get('limits.readCache')
}

function directories(
  read: SettingReader,
  { name, manner }: { readonly name: string; readonly manner: Manner },
): Pick<NodeConfig, 'dataDirectory' | 'logDirectory'> {
  const written = read.get('data.directory')
  if (written === null && manner === 'own') {
    read.complain('data.directory', 'the directory in which this node keeps everything')
  }
  const dataDirectory = written ?? resolve(`${name}.etcd`)
  const logDirectory = read.get('data.logDirectory')
  if (logDirectory !== null && holds(logDirectory, dataDirectory)) {
    read.complain('data.logDirectory', 'a directory that does not hold the one of the data')
  }
  return { dataDirectory, logDirectory }
}

function holds(outer: string, inner: string): boolean {
  return `${inner}/`.startsWith(outer.endsWith('/') ? outer : `${outer}/`)
}
