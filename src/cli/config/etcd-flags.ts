/**
 * The flags of etcd, of 3.4 to 3.7, and what becomes of each here. Whoever starts an `etcd` must be
 * able to start Quorate in its place, and nobody may be left believing that something is done that
 * is not: a flag whose effect could be missed is refused by name until its step comes.
 */

export type FlagKind = 'text' | 'boolean' | 'integer' | 'duration'

export type FlagFate =
  /** It is the setting of this name. */
  | { readonly kind: 'setting'; readonly setting: string }
  /** Taken and without effect: why nobody misses it. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** Only these values, which ask for nothing, are taken. */
  | { readonly kind: 'refused'; readonly neutral: readonly string[]; readonly why: string }

export interface EtcdFlag {
  readonly name: string
  readonly kind: FlagKind
  readonly fate: FlagFate
}

function setting(name: string, to: string, kind: FlagKind = 'text'): EtcdFlag {
  return { name, kind, fate: { kind: 'setting', setting: to } }
}

function ignored(kind: FlagKind, why: string, names: readonly string[]): readonly EtcdFlag[] {
  return names.map((name) => ({ name, kind, fate: { kind: 'ignored', why } }))
}

function refused(kind: FlagKind, why: string, names: readonly string[]): readonly EtcdFlag[] {
  const neutral = kind === 'boolean' ? ['false', 'False', 'FALSE', 'f', 'F', '0'] : ['']
  return names.map((name) => ({ name, kind, fate: { kind: 'refused', neutral, why } }))
}

/** A text of which a few values ask for nothing. */
function refusedBut(name: string, neutral: readonly string[], why: string): EtcdFlag {
  return { name, kind: 'text', fate: { kind: 'refused', neutral, why } }
}

const OWN_STORAGE = 'it tunes the storage of etcd; that of Quorate looks after itself'
const OWN_TRANSPORT = 'it tunes the transport of etcd; that of Quorate has bounds of its own'
const ALWAYS_SAFE = 'Quorate always does the safe thing here'
const NO_AUTH_YET = 'it tunes logging in, which comes later'
const LATER_TLS = 'it is not enforced yet, and must not be believed to be'
const LATER_MEMBERS = 'it comes with changes of members'
const NO_DISCOVERY = 'name the members with --initial-cluster instead'
const NO_TRACING = 'there is no tracing yet'
const NO_V2 = 'the API of etcd v2 is not offered'
const OWN_LOGGING = 'Quorate tells what it does in its own way'

/** Ours, for whoever starts Quorate as an etcd. */
const OWN_FLAGS: readonly EtcdFlag[] = [
  setting('quorate-engine', 'engine'),
  setting('quorate-log-segment', 'limits.logSegment'),
  setting('quorate-profile', 'raft.profile'),
  setting('quorate-read-cache', 'limits.readCache'),
]

const SETTINGS: readonly EtcdFlag[] = [
  setting('name', 'name'),
  setting('data-dir', 'data.directory'),
  setting('wal-dir', 'data.logDirectory'),
  setting('listen-client-urls', 'client.listen'),
  setting('listen-client-http-urls', 'client.listenAlso'),
  setting('advertise-client-urls', 'client.advertise'),
  setting('listen-peer-urls', 'peer.listen'),
  setting('initial-advertise-peer-urls', 'peer.advertise'),
  setting('initial-cluster', 'cluster.members'),
  setting('initial-cluster-token', 'cluster.token'),
  setting('initial-cluster-state', 'cluster.state'),
  setting('heartbeat-interval', 'raft.heartbeat'),
  setting('election-timeout', 'raft.election'),
  setting('quota-backend-bytes', 'limits.quota'),
  setting('max-txn-ops', 'limits.transactionOperations'),
  setting('max-request-bytes', 'limits.request'),
  setting('listen-metrics-urls', 'metrics.listen'),
  setting('auto-compaction-mode', 'compaction.mode'),
  setting('auto-compaction-retention', 'compaction.retention'),
  setting('cert-file', 'client.tls.certificate'),
  setting('key-file', 'client.tls.key'),
  setting('trusted-ca-file', 'client.tls.authority'),
  setting('client-cert-auth', 'client.tls.requireCertificate', 'boolean'),
  setting('peer-cert-file', 'peer.tls.certificate'),
  setting('peer-key-file', 'peer.tls.key'),
  setting('peer-trusted-ca-file', 'peer.tls.authority'),
  setting('peer-client-cert-auth', 'peer.tls.requireCertificate', 'boolean'),
  setting('tls-min-version', 'tls.versionMin'),
  setting('cors', 'client.corsOrigins'),
  setting('grpc-keepalive-interval', 'client.keepaliveInterval'),
  setting('watch-progress-notify-interval', 'watch.progressInterval'),
  setting('experimental-watch-progress-notify-interval', 'watch.progressInterval'),
  setting('log-level', 'logging.level'),
  setting('log-outputs', 'logging.outputs'),
  setting('log-format', 'logging.format'),
]

const IGNORED: readonly EtcdFlag[] = [
  ...ignored('integer', OWN_STORAGE, [
    ...['snapshot-count', 'snapshot-catchup-entries', 'experimental-snapshot-catch-up-entries'],
    ...['max-snapshots', 'max-wals', 'backend-batch-limit', 'compaction-batch-limit'],
    ...['experimental-compaction-batch-limit', 'bootstrap-defrag-threshold-megabytes'],
    'experimental-bootstrap-defrag-threshold-megabytes',
  ]),
  ...ignored('duration', OWN_STORAGE, [
    ...['backend-batch-interval', 'compaction-sleep-interval', 'compact-hash-check-time'],
    ...['experimental-compaction-sleep-interval', 'experimental-compact-hash-check-time'],
    ...['corrupt-check-time', 'experimental-corrupt-check-time'],
  ]),
  ...ignored('boolean', OWN_STORAGE, [
    ...['experimental-initial-corrupt-check', 'experimental-compact-hash-check-enabled'],
    'experimental-txn-mode-write-with-shared-buffer',
    'experimental-stop-grpc-service-on-defrag',
  ]),
  ...ignored('text', OWN_STORAGE, [
    ...['backend-bbolt-freelist-type', 'experimental-backend-bbolt-freelist-type'],
  ]),
  ...ignored('boolean', ALWAYS_SAFE, [
    ...['strict-reconfig-check', 'pre-vote', 'initial-election-tick-advance', 'unsafe-no-fsync'],
    ...['experimental-enable-lease-checkpoint', 'experimental-enable-lease-checkpoint-persist'],
    ...['peer-skip-client-san-verification', 'experimental-peer-skip-client-san-verification'],
  ]),
  ...ignored('text', ALWAYS_SAFE, ['feature-gates']),
  ...ignored('integer', OWN_TRANSPORT, ['max-concurrent-streams']),
  ...ignored('duration', OWN_TRANSPORT, [
    ...['grpc-keepalive-min-time', 'grpc-keepalive-timeout'],
    ...['raft-read-timeout', 'raft-write-timeout'],
  ]),
  ...ignored('boolean', OWN_TRANSPORT, ['socket-reuse-port', 'socket-reuse-address']),
  ...ignored('text', OWN_TRANSPORT, ['client-cert-file', 'client-key-file']),
  ...ignored('integer', NO_AUTH_YET, ['bcrypt-cost', 'auth-token-ttl']),
  ...ignored('text', OWN_LOGGING, [
    ...['logger', 'log-package-levels', 'log-rotation-config-json', 'metrics'],
  ]),
  ...ignored('boolean', OWN_LOGGING, ['debug', 'enable-pprof']),
  ...ignored('duration', OWN_LOGGING, [
    ...['warning-apply-duration', 'experimental-warning-apply-duration'],
    ...['warning-unary-request-duration', 'experimental-warning-unary-request-duration'],
    ...['downgrade-check-time', 'experimental-downgrade-check-time'],
    'experimental-wait-cluster-ready-timeout',
  ]),
  ...ignored('integer', LATER_MEMBERS, ['max-learners', 'experimental-max-learners']),
  ...ignored('integer', 'no certificate is made here', ['self-signed-cert-validity']),
  ...ignored('integer', NO_V2, [
    ...['proxy-failure-wait', 'proxy-refresh-interval', 'proxy-dial-timeout'],
    ...['proxy-write-timeout', 'proxy-read-timeout'],
  ]),
  ...ignored('text', NO_DISCOVERY, ['discovery-fallback']),
  ...ignored('duration', NO_DISCOVERY, [
    ...['discovery-dial-timeout', 'discovery-request-timeout'],
    ...['discovery-keepalive-time', 'discovery-keepalive-timeout'],
  ]),
  ...ignored('boolean', NO_DISCOVERY, [
    ...['discovery-insecure-transport', 'discovery-insecure-skip-tls-verify'],
  ]),
  ...ignored('text', NO_TRACING, [
    ...['distributed-tracing-address', 'distributed-tracing-service-name'],
    ...['distributed-tracing-instance-id', 'experimental-distributed-tracing-address'],
    ...['experimental-distributed-tracing-service-name'],
    ...['experimental-distributed-tracing-instance-id'],
  ]),
  ...ignored('integer', NO_TRACING, [
    ...['distributed-tracing-sampling-rate', 'experimental-distributed-tracing-sampling-rate'],
  ]),
]

const REFUSED: readonly EtcdFlag[] = [
  ...refused('boolean', LATER_MEMBERS, ['force-new-cluster']),
  ...refused('boolean', 'give --cert-file and --key-file instead', ['auto-tls']),
  ...refused('boolean', 'give --peer-cert-file and --peer-key-file instead', ['peer-auto-tls']),
  ...refused('text', LATER_TLS, [
    ...['client-crl-file', 'client-cert-allowed-hostname', 'peer-crl-file'],
    ...['peer-cert-allowed-cn', 'peer-cert-allowed-hostname', 'cipher-suites'],
    ...['peer-client-cert-file', 'peer-client-key-file'],
  ]),
  refusedBut('tls-max-version', ['', 'TLS1.3'], LATER_TLS),
  refusedBut('host-whitelist', ['', '*'], LATER_TLS),
  refusedBut('auth-token', ['', 'simple'], 'other tokens come with users and roles'),
  refusedBut('v2-deprecation', ['', 'not-yet', 'write-only', 'gone'], NO_V2),
  refusedBut('proxy', ['', 'off'], NO_V2),
  ...refused('boolean', NO_V2, ['enable-v2']),
  ...refused('text', NO_V2, ['experimental-enable-v2v3']),
  ...refused('boolean', NO_TRACING, [
    ...['enable-distributed-tracing', 'experimental-enable-distributed-tracing'],
  ]),
  ...refused('boolean', 'memory is not locked here', ['memory-mlock', 'experimental-memory-mlock']),
  {
    name: 'enable-grpc-gateway',
    kind: 'boolean',
    fate: {
      kind: 'refused',
      neutral: ['true', 'True', 'TRUE', 't', 'T', '1'],
      why: 'JSON over HTTP is always served',
    },
  },
  ...refused('boolean', 'leave that to whatever keeps the events', ['enable-log-rotation']),
  ...refused('text', NO_DISCOVERY, [
    ...['discovery', 'discovery-proxy', 'discovery-srv', 'discovery-srv-name'],
    ...['discovery-token', 'discovery-endpoints', 'discovery-cert', 'discovery-key'],
    ...['discovery-cacert', 'discovery-user', 'discovery-password'],
  ]),
]

/** What decides about all others, and is read before them. */
const SPECIAL: readonly EtcdFlag[] = [
  { name: 'config-file', kind: 'text', fate: { kind: 'ignored', why: 'it is read before' } },
  { name: 'version', kind: 'boolean', fate: { kind: 'ignored', why: 'it is read before' } },
]

export const ETCD_FLAGS: ReadonlyMap<string, EtcdFlag> = new Map(
  [...SETTINGS, ...IGNORED, ...REFUSED, ...SPECIAL, ...OWN_FLAGS].map((flag) => [flag.name, flag]),
)

/** `--some-flag` is `ETCD_SOME_FLAG` in the environment. */
export function variableOf(flag: string): string {
  return `ETCD_${flag.toUpperCase().replaceAll('-', '_')}`
}
