/**
 * Every setting of a node, once: files, variables, flags, mistakes, `quorate config` and the
 * reference are all made from this table. What several settings mean together stands in the
 * `read-` files beside it.
 */

import { LOG_SEGMENT_BYTES, READ_CACHE_BYTES_MAX, READ_CACHE_BYTES_MIN } from '../../base/index.ts'
import {
  BOOLEAN,
  bytes,
  bytesText,
  choice,
  DIRECTORY,
  duration,
  durationText,
  FILE,
  integer,
  type Kind,
  LISTEN_URLS,
  MEMBER_URLS,
  MEMBERS,
  milliseconds,
  NAME,
  TEXT,
  WORDS,
} from './kinds.ts'
import {
  ENGINE_NAMES,
  LOG_FORMATS,
  LOG_LEVELS,
  type NodeConfig,
  type TlsFiles,
} from './node-config.ts'
import { PROFILE_NAMES } from './profiles.ts'
import type { MemberUrl } from './urls.ts'

const MIB = 2 ** 20
/** As in etcd; it is also the largest that a batch of the log has room for. */
const REQUEST_BYTES = 1.5 * MIB
const REQUEST_BYTES_MIN = 1024
/** A segment has room for several batches of the log; above a gigabyte, files are unwieldy. */
const LOG_SEGMENT = { min: 16 * MIB, max: 1024 * MIB }
/** Ten thousand are as much as a request of the largest size can hold. */
const TRANSACTION_OPERATIONS_MAX = 10_000
const ANY_BYTES = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }
/** The bound of etcd. */
const RAFT_MS = { min: 1, max: 50_000 }
const LEVEL_ALIASES = { dpanic: 'error', panic: 'error', fatal: 'error' } as const

/** What holds in the end, as it would be written in a file; null: nothing. */
export type Shown = string | number | boolean | readonly string[] | ShownMap | null
type ShownMap = Readonly<Record<string, readonly string[]>>

export interface Setting<T> {
  readonly kind: Kind<T>
  /** What it is when nobody says. */
  readonly fallback: T
  /** The same as it would be written; empty: nothing, and `defaultNote` says what that means. */
  readonly defaultText: string
  readonly defaultNote: string
  /** Something that is right, as text. */
  readonly example: string
  readonly about: string
  readonly isRequired: boolean
  readonly of: (config: NodeConfig) => Shown
}

interface Described {
  readonly default?: string
  readonly defaultNote?: string
  readonly example: string
  readonly about: string
  readonly isRequired?: true
  readonly of: (config: NodeConfig) => Shown
}

function setting<T>(kind: Kind<T>, described: Described): Setting<T> {
  const { default: defaultText = '', defaultNote = '', isRequired = false } = described
  const { example, about, of } = described
  const fallback = defaultText === '' ? kind.empty : (kind.parse(defaultText) ?? kind.empty)
  return { kind, fallback, defaultText, defaultNote, example, about, isRequired, of }
}

type Side = 'client' | 'peer'

function tlsFile(side: Side, file: 'certificate' | 'key' | 'authority', about: string) {
  const ending = file === 'key' ? 'key' : 'crt'
  const example = `/etc/quorate/${file === 'authority' ? `${side}s` : side}.${ending}`
  return setting(FILE, {
    ...{ example, about, defaultNote: 'none' },
    of: (config) => config[side].tls?.[file] ?? null,
  })
}

function requireCertificate(side: Side, about: string) {
  const of = (config: NodeConfig): boolean => config[side].tls?.requireCertificate ?? false
  return setting(BOOLEAN, { default: 'false', example: 'true', about, of })
}

function texts(urls: readonly MemberUrl[]): readonly string[] {
  return urls.map(({ text }) => text)
}

export const SETTINGS = {
  name: setting(NAME, {
    default: 'default',
    example: 'm1',
    about: 'Of this node; one of the names under `cluster.members`.',
    of: ({ name }) => name,
  }),
  engine: setting(choice(ENGINE_NAMES), {
    default: 'bitcask',
    example: 'bitcask',
    about: 'What keeps the data, beside the log. It cannot be changed later.',
    of: ({ engine }) => engine,
  }),
  'data.directory': setting(DIRECTORY, {
    isRequired: true,
    example: '/var/lib/quorate',
    about: 'Where this node keeps everything.',
    of: ({ dataDirectory }) => dataDirectory,
  }),
  'data.logDirectory': setting(DIRECTORY, {
    defaultNote: '`log` in the data directory',
    example: '/mnt/log-disk/quorate',
    about: 'Where the write-ahead log is, for a disk of its own.',
    of: ({ logDirectory }) => logDirectory,
  }),
  'client.listen': setting(LISTEN_URLS, {
    default: 'http://localhost:2379',
    example: 'http://127.0.0.1:2379',
    about:
      'Addresses for clients, each with `http`, `https`, or `unix://PATH`. One address may be ' +
      'named with both: it then speaks both.',
    of: ({ client }) =>
      texts(client.listen.slice(0, client.listen.length - client.listenAlso.length)),
  }),
  'client.listenAlso': setting(LISTEN_URLS, {
    defaultNote: 'none',
    example: 'http://127.0.0.1:8080',
    about: 'More of them.',
    of: ({ client }) => texts(client.listenAlso),
  }),
  'client.advertise': setting(MEMBER_URLS, {
    defaultNote: 'as `client.listen`',
    example: 'http://db1.example:2379',
    about: 'What clients are told; has to be there where any address (`0.0.0.0`) is listened on.',
    of: ({ client }) => client.advertise,
  }),
  'client.tls.certificate': tlsFile('client', 'certificate', 'For `https`; a file in PEM form.'),
  'client.tls.key': tlsFile('client', 'key', 'Of the certificate; a file in PEM form.'),
  'client.tls.authority': tlsFile(
    'client',
    'authority',
    'Who signs certificates of clients: one that is shown and not signed by it is refused.',
  ),
  'client.tls.requireCertificate': requireCertificate(
    'client',
    'Clients over TLS without a certificate are refused.',
  ),
  'client.corsOrigins': setting(WORDS, {
    default: '*',
    example: 'https://console.example',
    about: 'Pages that may read answers over HTTP.',
    of: ({ client }) => client.corsOrigins,
  }),
  'client.keepaliveInterval': setting(duration(), {
    default: '1m',
    example: '30s',
    about: 'Silence after which a client is asked whether it is still there; `0`: never.',
    of: ({ keepaliveMs }) => durationText(keepaliveMs),
  }),
  'peer.listen': setting(LISTEN_URLS, {
    default: 'http://localhost:2380',
    example: 'http://127.0.0.1:2380',
    about: 'Addresses for other nodes, all with `http` or all with `https`.',
    of: ({ peer }) => texts(peer.listen),
  }),
  'peer.advertise': setting(MEMBER_URLS, {
    defaultNote: 'as among the members',
    example: 'http://db1.example:2380',
    about: 'What other nodes are told; has to agree with `cluster.members`.',
    of: ({ peer }) => peer.advertise,
  }),
  'peer.tls.certificate': tlsFile(
    'peer',
    'certificate',
    'For `https`; a node shows other nodes the certificate that it serves with.',
  ),
  'peer.tls.key': tlsFile('peer', 'key', 'Of the certificate; a file in PEM form.'),
  'peer.tls.authority': tlsFile('peer', 'authority', 'Who signs certificates of other nodes.'),
  'peer.tls.requireCertificate': requireCertificate(
    'peer',
    'Nodes without a certificate are refused.',
  ),
  'tls.versionMin': setting(choice(['TLS1.2', 'TLS1.3']), {
    default: 'TLS1.2',
    example: 'TLS1.3',
    about: 'Of the protocol, for clients and nodes.',
    of: ({ client, peer }) => versionOf(client.tls ?? peer.tls),
  }),
  'metrics.listen': setting(LISTEN_URLS, {
    defaultNote: 'none',
    example: 'http://127.0.0.1:9100',
    about: 'Addresses that show only metrics, health and version.',
    of: ({ metrics }) => texts(metrics),
  }),
  'cluster.members': setting(MEMBERS, {
    defaultNote: 'this node alone',
    example: 'm1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380,m3=http://10.0.0.3:2380',
    about: 'Names with URLs: the members of a new cluster. In a file a map of names to URLs.',
    of: ({ cluster }) => {
      return Object.fromEntries(cluster.members.map((one) => [one.name, texts(one.peerUrls)]))
    },
  }),
  'cluster.token': setting(TEXT, {
    default: 'etcd-cluster',
    example: 'production',
    about: 'Tells clusters apart whose members look the same.',
    of: ({ cluster }) => cluster.token,
  }),
  'cluster.state': setting(choice(['new', 'existing']), {
    default: 'new',
    example: 'new',
    about: '`existing` is refused on a first start, until members can be added.',
    of: ({ cluster }) => cluster.state,
  }),
  'raft.profile': setting(choice(PROFILE_NAMES), {
    default: 'standard',
    example: 'wan',
    about:
      'How quickly the cluster acts on silence: `fast` for machines with processors of their own ' +
      'in one room, `standard` for a region, `wan` for regions. The same on all nodes.',
    of: ({ profile }) => profile,
  }),
  'raft.heartbeat': setting(milliseconds(RAFT_MS), {
    defaultNote: 'that of the profile: 20ms (`fast`), 50ms, 300ms (`wan`)',
    example: '100ms',
    about:
      'How often a leader says that it is there: at least as long as the longest way there and ' +
      'back. The same on all nodes.',
    of: ({ timing }) => durationText(timing.heartbeatTicks * timing.tickMs),
  }),
  'raft.election': setting(milliseconds(RAFT_MS), {
    defaultNote: 'that of the profile: 150ms (`fast`), 500ms, 3s (`wan`)',
    example: '1s',
    about:
      'Silence after which another leader is elected; at least five heartbeats. When the ' +
      'process of a leader dies, its connections tell at once, whatever stands here. The same ' +
      'on all nodes.',
    of: ({ timing }) => durationText(timing.electionTicks * timing.tickMs),
  }),
  'limits.quota': setting(bytes(ANY_BYTES), {
    default: '64GiB',
    example: '8GiB',
    about:
      'Of the data of a node; beyond it writes are refused with the alarm NOSPACE. Negative: no ' +
      'bound.',
    of: ({ quotaBytes }) => bytesText(quotaBytes),
  }),
  'limits.request': setting(bytes({ min: REQUEST_BYTES_MIN, max: REQUEST_BYTES }), {
    default: bytesText(REQUEST_BYTES),
    example: '1MiB',
    about: 'The largest request. The same on all nodes.',
    of: ({ requestBytesMax }) => bytesText(requestBytesMax),
  }),
  'limits.transactionOperations': setting(integer({ min: 1, max: TRANSACTION_OPERATIONS_MAX }), {
    default: '128',
    example: '512',
    about: 'Of one transaction. The same on all nodes.',
    of: ({ transactionOperationsMax }) => transactionOperationsMax,
  }),
  'limits.logSegment': setting(bytes(LOG_SEGMENT), {
    default: bytesText(LOG_SEGMENT_BYTES),
    example: '32MiB',
    about: 'A file of the write-ahead log; three are written at the first start.',
    of: ({ logSegmentBytes }) => bytesText(logSegmentBytes),
  }),
  'limits.readCache': setting(bytes({ min: READ_CACHE_BYTES_MIN, max: READ_CACHE_BYTES_MAX }), {
    defaultNote: 'a sixteenth of the memory, from `16MiB` to `1GiB`',
    example: '256MiB',
    about:
      'Memory of the engine `bitcask` for what was read from disk, taken as it fills. Other ' +
      'engines have no such cache, and with them it is refused.',
    of: ({ readCacheBytes }) => (readCacheBytes === null ? null : bytesText(readCacheBytes)),
  }),
  'compaction.mode': setting(choice(['periodic', 'revision']), {
    default: 'periodic',
    example: 'revision',
    about: 'Whether history is kept for a time, or for a number of revisions.',
    of: ({ compaction }) => (compaction.kind === 'revision' ? 'revision' : 'periodic'),
  }),
  'compaction.retention': setting(TEXT, {
    default: '0',
    example: '1h',
    about:
      'History older than this is dropped: a duration, with the mode `revision` a number of ' +
      'revisions. `0`: never.',
    of: ({ compaction }) => {
      if (compaction.kind === 'revision') return String(compaction.retention)
      return compaction.kind === 'off' ? '0' : durationText(compaction.retentionMs)
    },
  }),
  'watch.progressInterval': setting(duration('100ms'), {
    default: '10m',
    example: '1m',
    about: 'How often a watcher that asked for it hears how far it is.',
    of: ({ watchProgressMs }) => durationText(watchProgressMs),
  }),
  'logging.level': setting(choice(LOG_LEVELS, LEVEL_ALIASES), {
    default: 'info',
    example: 'debug',
    about:
      'What is told of. A node that runs changes it on the signal SIGUSR2 (to `debug`, and back) ' +
      'and by `PUT /debug/log-level`.',
    of: ({ logging }) => logging.level,
  }),
  'logging.format': setting(choice(LOG_FORMATS, { console: 'pretty' }), {
    default: 'auto',
    example: 'json',
    about: 'A line of JSON for each event, or text for people; `auto`: text on a terminal.',
    of: ({ logging }) => logging.format,
  }),
  'logging.outputs': setting(WORDS, {
    default: 'stderr',
    example: 'stderr,/var/log/quorate.log',
    about: '`stderr`, `stdout`, or files.',
    of: ({ logging }) => logging.outputs,
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

function versionOf(tls: TlsFiles | null): string {
  return tls?.versionMin ?? 'TLS1.2'
}

export type SettingName = keyof typeof SETTINGS

export type SettingValue<Name extends SettingName> =
  (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

export function settingOf(name: SettingName): Setting<unknown> {
  return SETTINGS[name]
}

/** What the first word of a name has in common, for whoever reads a file. */
export const SECTIONS: Readonly<Record<string, string>> = {
  data: 'Where a node keeps what it has.',
  client: 'Where clients come to.',
  peer: 'Where other nodes come to.',
  tls: 'For clients and nodes.',
  metrics: 'For whoever watches the node.',
  cluster: 'Who belongs together. Read at the first start; later only to find the others.',
  raft: 'How quickly silence is acted on.',
  limits: 'Bounds, so that nothing grows without end.',
  compaction: 'How long history is kept.',
  watch: 'For those who watch keys.',
  logging: 'What the node tells whoever runs it.',
}

/** `--client-tls-require-certificate` for `client.tls.requireCertificate`. */
export function flagOf(name: SettingName): string {
  return `--${dashed(name)}`
}

/** `QUORATE_CLIENT_TLS_REQUIRE_CERTIFICATE` for the same. */
export function variableOf(name: SettingName): string {
  return `QUORATE_${dashed(name).replaceAll('-', '_').toUpperCase()}`
}

function dashed(name: string): string {
  return name.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
