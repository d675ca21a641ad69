import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import {
  ETCD_FLAGS,
  type EtcdWish,
  etcdConfig,
  type NodeConfig,
  readEtcdArguments,
  readEtcdFile,
  TIMING_PROFILES,
} from './index.ts'

type Variables = Readonly<Record<string, string>>

function wishOf(words: readonly string[], variables: Variables = {}): EtcdWish {
  return readEtcdArguments(words, variables)
}

function configOf(words: readonly string[], variables: Variables = {}): NodeConfig {
  const wish = wishOf(words, variables)
  assert.equal(wish.kind, 'run', JSON.stringify(wish))
  const outcome = etcdConfig(wish.given)
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  return outcome.config
}

function mistakesOf(words: readonly string[], variables: Variables = {}): readonly string[] {
  const wish = wishOf(words, variables)
  assert.equal(wish.kind, 'run', JSON.stringify(wish))
  const outcome = etcdConfig(wish.given)
  assert.equal(outcome.kind, 'wrong', words.join(' '))
  return outcome.mistakes
}

/** As section 12 of the checklist of etcd's surface lists them. */
const LISTED = `name data-dir wal-dir listen-client-urls advertise-client-urls listen-peer-urls
  initial-advertise-peer-urls initial-cluster initial-cluster-token initial-cluster-state
  snapshot-count heartbeat-interval election-timeout quota-backend-bytes max-txn-ops
  max-request-bytes max-concurrent-streams strict-reconfig-check force-new-cluster
  listen-metrics-urls auth-token auth-token-ttl bcrypt-cost auto-compaction-mode
  auto-compaction-retention cert-file key-file trusted-ca-file client-cert-auth client-crl-file
  auto-tls peer-cert-file peer-key-file peer-trusted-ca-file peer-client-cert-auth peer-auto-tls
  cipher-suites tls-min-version grpc-keepalive-min-time grpc-keepalive-interval
  grpc-keepalive-timeout experimental-initial-corrupt-check experimental-corrupt-check-time
  experimental-enable-lease-checkpoint experimental-watch-progress-notify-interval
  watch-progress-notify-interval feature-gates enable-v2 logger log-level log-outputs
  enable-pprof config-file`.split(/\s+/)

describe('flags of etcd', () => {
  it('are all known', () => {
    assert.deepEqual(
      LISTED.filter((name) => !ETCD_FLAGS.has(name)),
      [],
    )
  })

  it('mean without a word what they mean to etcd', () => {
    const config = configOf([])
    assert.equal(config.name, 'default')
    assert.equal(config.dataDirectory, path.resolve('default.etcd'))
    assert.deepEqual(config.client.listen[0]?.address, { host: '127.0.0.1', port: 2379 })
    assert.deepEqual(config.client.advertise, ['http://localhost:2379'])
    assert.deepEqual(config.peer.listen[0]?.address, { host: '127.0.0.1', port: 2380 })
    assert.equal(config.cluster.token, 'etcd-cluster')
    assert.deepEqual(
      config.cluster.members.map(({ name, peerUrls }) => [name, peerUrls[0]?.text]),
      [['default', 'http://localhost:2380']],
    )
    assert.equal(config.engine, 'bitcask')
    assert.deepEqual(config.compaction, { kind: 'off' })
    assert.deepEqual(config.client.corsOrigins, ['*'])
  })

  it('are taken with one dash or two, with a space or an equals sign', () => {
    for (const words of [
      ['--name', 'm1'],
      ['-name', 'm1'],
      ['--name=m1'],
      ['-name=m1'],
      ['--name=m2', '--name=m1'],
    ]) {
      assert.equal(configOf(words).name, 'm1', words.join(' '))
    }
    assert.equal(configOf(['--initial-cluster-token=a=b']).cluster.token, 'a=b')
  })

  it('tell in lines of JSON, as programs expect, unless another form is named', () => {
    assert.equal(configOf([]).logging.format, 'json')
    assert.equal(configOf(['--log-format=console']).logging.format, 'pretty')
    assert.equal(configOf(['--log-level=panic']).logging.level, 'error')
    assert.match(mistakesOf(['--log-format=xml'])[0] ?? '', /^--log-format is "xml": it takes auto/)
  })

  it('of ours choose an engine, files of the log and a profile', () => {
    const own = ['--quorate-engine=memory', '--quorate-log-segment=32MiB', '--quorate-profile=wan']
    const { engine, logSegmentBytes, profile, timing } = configOf(own)
    assert.deepEqual([engine, logSegmentBytes, profile], ['memory', 32 * 2 ** 20, 'wan'])
    assert.deepEqual(timing, TIMING_PROFILES.wan)
    assert.equal(configOf(['--quorate-read-cache=1GiB']).readCacheBytes, 2 ** 30)
    // A time that is given brings that of etcd with it, as without a profile.
    assert.equal(configOf([...own, '--election-timeout=4000']).timing.heartbeatTicks, 10)
  })

  it('that are true or false take no second word', () => {
    const tls = ['--cert-file=a', '--key-file=b', '--trusted-ca-file=c']
    assert.equal(configOf([...tls, '--client-cert-auth']).client.tls?.requireCertificate, true)
    const off = configOf([...tls, '--client-cert-auth=false'])
    assert.equal(off.client.tls?.requireCertificate, false)
    assert.equal(wishOf(['--client-cert-auth', 'true']).kind, 'wrong')
  })

  it('come from the environment as well, though not twice', () => {
    const variables = {
      ETCD_NAME: 'm7',
      ETCD_DATA_DIR: '/d',
      OTHER: 'x',
      ETCD_QUOTA_BACKEND_BYTES: '',
    }
    const config = configOf([], variables)
    assert.equal(config.name, 'm7')
    assert.equal(config.dataDirectory, '/d')
    const both = wishOf(['--name', 'm1'], { ETCD_NAME: 'm7' })
    assert.deepEqual(both, {
      kind: 'wrong',
      text: 'ETCD_NAME is set and --name is given: unset one of them',
    })
    assert.deepEqual(mistakesOf([], { ETCD_MAX_TXN_OPS: 'many' }), [
      'ETCD_MAX_TXN_OPS is "many": it takes a whole number from 1 to 10000, such as 512',
    ])
  })

  it('that nobody knows are refused, with what may be meant', () => {
    assert.deepEqual(wishOf(['--nmae', 'a']), {
      kind: 'wrong',
      text: 'flag provided but not defined: -nmae; --name is meant?',
    })
    assert.deepEqual(wishOf(['--something-else-altogether']), {
      kind: 'wrong',
      text: 'flag provided but not defined: -something-else-altogether',
    })
    assert.deepEqual(wishOf(['serve']), { kind: 'wrong', text: '"serve" is not a valid flag' })
    assert.deepEqual(wishOf(['--name']), { kind: 'wrong', text: 'flag needs an argument: -name' })
  })

  it('are refused by name for what is not done, and taken where they ask for nothing', () => {
    for (const [words, reason] of [
      [['--force-new-cluster'], /^--force-new-cluster is "true", .* changes of members/],
      [['--auto-tls'], /--cert-file and --key-file/],
      [['--client-crl-file', 'a.crl'], /is "a\.crl", .* not enforced/],
      [['--auth-token', 'jwt,sign-method=RS256'], /users and roles/],
      [['--enable-v2'], /etcd v2/],
      [['--discovery-srv', 'example.org'], /--initial-cluster/],
      [['--proxy', 'on'], /etcd v2/],
    ] as const) {
      assert.match(mistakesOf(words).join(), reason)
    }
    configOf([
      '--force-new-cluster=false',
      '--auth-token=simple',
      '--enable-v2=false',
      '--proxy=off',
    ])
    configOf(['--client-crl-file=', '--cipher-suites', '', '--tls-min-version=TLS1.2'])
  })

  it('that change nothing here are still read', () => {
    configOf(['--snapshot-count=10000', '--logger=zap', '--strict-reconfig-check=false'])
    configOf(['--feature-gates=InitialCorruptCheck=true', '--grpc-keepalive-min-time', '5s'])
    assert.deepEqual(mistakesOf(['--snapshot-count=x', '--pre-vote=maybe']), [
      '--snapshot-count is "x": it takes a whole number',
      '--pre-vote is "maybe": it takes true or false',
    ])
  })

  it('show the version, or help, whatever else is said', () => {
    assert.equal(wishOf(['--version']).kind, 'version')
    assert.equal(wishOf(['--name', 'a', '-h']).kind, 'help')
    assert.equal(wishOf(['--help']).kind, 'help')
  })
})

describe('the members of a new cluster', () => {
  const three = 'm1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380,m3=http://10.0.0.3:2380'

  it('are named with their URLs, several for one if need be', () => {
    const words = ['--name=m2', `--initial-cluster=${three},m2=http://10.0.1.2:2380`]
    const { cluster, peer } = configOf(words)
    assert.deepEqual(
      cluster.members.map(({ name, peerUrls }) => [name, peerUrls.length]),
      [
        ['m1', 1],
        ['m2', 2],
        ['m3', 1],
      ],
    )
    assert.deepEqual(peer.advertise, ['http://10.0.0.2:2380', 'http://10.0.1.2:2380'])
    assert.ok(cluster.isExplicit)
  })

  it('have this node among them, where it says it is', () => {
    assert.match(mistakesOf(['--name=m9', `--initial-cluster=${three}`])[0] ?? '', /m1, m2, m3/)
    const words = [
      ...['--name=m1', `--initial-cluster=${three}`],
      '--initial-advertise-peer-urls=http://10.0.0.9:2380',
    ]
    assert.match(
      mistakesOf(words)[0] ?? '',
      /it takes what is said of m1 .*http:\/\/10\.0\.0\.1:2380/,
    )
  })

  it('are refused when one URL belongs to two, or is none', () => {
    for (const text of [
      'm1=http://a:1,m2=http://a:1',
      'm1=a:1',
      'm1',
      '',
      'm1=http://a',
      '=http://a:1',
    ]) {
      const words = ['--name=m1', '--initial-cluster', text || ',']
      assert.match(mistakesOf(words)[0] ?? '', /^--initial-cluster is /, text)
    }
  })
})

describe('listeners', () => {
  it('are addresses, several of them, plain and with TLS', () => {
    const urls = 'http://127.0.0.1:1,https://[::1]:2,unix://a.sock:3'
    const { client } = configOf([
      ...[`--listen-client-urls=${urls}`, '--advertise-client-urls=http://db.example:1'],
      ...['--cert-file=c', '--key-file=k'],
    ])
    assert.deepEqual(
      client.listen.map(({ isSecure, address }) => [isSecure, address.host, address.port]),
      [
        [false, '127.0.0.1', 1],
        [true, '::1', 2],
        [false, `unix:${path.resolve('a.sock:3')}`, 0],
      ],
    )
    assert.deepEqual(client.advertise, ['http://db.example:1'])
  })

  it('on a name, without a port, or with a path are refused', () => {
    for (const url of [
      'http://db.example:1',
      'http://127.0.0.1',
      'http://127.0.0.1:1/a',
      '127.0.0.1:1',
    ]) {
      const words = [`--listen-client-urls=${url}`, '--advertise-client-urls=http://a:1']
      assert.match(mistakesOf(words)[0] ?? '', /^--listen-client-urls is .*addresses to listen on/)
    }
  })

  it('that are named want to be advertised, too', () => {
    const [mistake = ''] = mistakesOf(['--listen-client-urls=http://127.0.0.1:1'])
    assert.match(mistake, /^--advertise-client-urls is missing/)
  })

  it('with TLS want a certificate, and a certificate its key', () => {
    const https = [
      '--listen-client-urls=https://127.0.0.1:1',
      '--advertise-client-urls=https://a:1',
    ]
    assert.match(mistakesOf(https)[0] ?? '', /^--cert-file is missing/)
    assert.match(mistakesOf(['--peer-cert-file=c'])[0] ?? '', /^--peer-key-file is missing/)
    assert.match(mistakesOf(['--client-cert-auth'])[0] ?? '', /^--trusted-ca-file is missing/)
  })
})

describe('times', () => {
  it('become ticks of ten milliseconds', () => {
    const own = {
      tickMs: 10,
      heartbeatTicks: 5,
      electionTicks: 50,
      retryTicks: 10,
      droppedTicks: 3,
      pingMs: 200,
    }
    assert.deepEqual(configOf([]).timing, own)
    const etcd = {
      tickMs: 10,
      heartbeatTicks: 10,
      electionTicks: 100,
      retryTicks: 20,
      droppedTicks: 3,
      pingMs: 200,
    }
    assert.deepEqual(configOf(['--heartbeat-interval=100']).timing, etcd)
    const quick = configOf(['--heartbeat-interval=5', '--election-timeout=50']).timing
    assert.deepEqual(quick, {
      ...own,
      ...{ tickMs: 5, heartbeatTicks: 1, electionTicks: 10, retryTicks: 2 },
    })
  })

  it('leave room for heartbeats before an election', () => {
    assert.deepEqual(mistakesOf(['--election-timeout=499']), [
      '--election-timeout is "499": it takes at least 5 heartbeats of 100ms, such as 500ms',
    ])
    assert.match(mistakesOf(['--heartbeat-interval=0'])[0] ?? '', /milliseconds from 1/)
  })

  it('of compaction are hours, durations or revisions', () => {
    const compaction = (...words: string[]) => configOf(words).compaction
    const HOUR_MS = 3_600_000
    assert.deepEqual(compaction('--auto-compaction-retention=2'), {
      kind: 'periodic',
      retentionMs: 2 * HOUR_MS,
    })
    assert.deepEqual(compaction('--auto-compaction-retention=1h30m'), {
      kind: 'periodic',
      retentionMs: 1.5 * HOUR_MS,
    })
    const revision = ['--auto-compaction-mode=revision', '--auto-compaction-retention=1000']
    assert.deepEqual(compaction(...revision), { kind: 'revision', retention: 1000 })
    mistakesOf(['--auto-compaction-mode=revision', '--auto-compaction-retention=1h'])
    mistakesOf(['--auto-compaction-retention=soon'])
  })
})

describe('a configuration file of etcd', () => {
  it('says what the flags say, in sections where etcd has them', () => {
    const outcome = readEtcdFile(`
name: m1
data-dir: /var/lib/m1
listen-client-urls: https://127.0.0.1:1
advertise-client-urls: https://127.0.0.1:1
initial-cluster: m1=http://localhost:2380
heartbeat-interval: 100
watch-progress-notify-interval: 5000000000
enable-pprof: false
log-outputs: [stderr]
client-transport-security:
  cert-file: c
  key-file: k
  client-cert-auth: true
  trusted-ca-file: a
peer-transport-security:
  cert-file: pc
  key-file: pk
`)
    assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
    const { config } = outcome
    assert.equal(config.dataDirectory, '/var/lib/m1')
    assert.equal(config.watchProgressMs, 5000)
    assert.equal(config.timing.heartbeatTicks, 10)
    assert.equal(config.client.tls?.requireCertificate, true)
    assert.equal(config.peer.tls?.certificate, path.resolve('pc'))
    assert.deepEqual(config.logging.outputs, ['stderr'])
  })

  it('names the line of a mistake, and tells of names that it does not know', () => {
    const wrong = readEtcdFile('name: m1\nmax-txn-ops: many\nforce-new-cluster: true\n')
    assert.equal(wrong.kind, 'wrong')
    assert.deepEqual(wrong.mistakes, [
      'force-new-cluster (line 3) is "true", which Quorate does not do: ' +
        'it comes with changes of members',
      'max-txn-ops (line 2) is "many": it takes a whole number from 1 to 10000, such as 512',
    ])
    const odd = readEtcdFile('name: m1\nwhatever: 3\n')
    assert.equal(odd.kind, 'read')
    assert.deepEqual(odd.remarks, ['unknown setting whatever in line 2'])
  })
})
