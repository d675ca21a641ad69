import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type NodeConfig, readNodeFile, settingOf } from './index.ts'

const WHOLE = `
name: m1
data:
  directory: /var/lib/quorate
  logDirectory: /var/log-disk/quorate
engine: lmdb
client:
  listen: [http://127.0.0.1:8081, "https://127.0.0.1:8081"]
  advertise: http://db1.example:8081
  keepaliveInterval: 30s
  corsOrigins: [https://a.example]
  tls:
    certificate: /etc/quorate/client.crt
    key: /etc/quorate/client.key
    authority: /etc/quorate/clients.crt
    requireCertificate: true
peer:
  listen: http://127.0.0.1:9001
metrics:
  listen: http://127.0.0.1:9100
cluster:
  token: staging
  members:
    m1: http://127.0.0.1:9001
    m2: [http://127.0.0.1:9002, http://10.0.0.2:9002]
raft:
  heartbeat: 50ms
  election: 500ms
limits:
  quota: 8GiB
  request: 1MiB
  logSegment: 32MiB
  transactionOperations: 512
compaction:
  mode: revision
  retention: 5000
watch:
  progressInterval: 1m
logging:
  level: warn
  outputs: [stderr]
`

function configOf(text: string): NodeConfig {
  const outcome = readNodeFile(text)
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  return outcome.config
}

function mistakesOf(text: string): readonly string[] {
  const outcome = readNodeFile(text)
  assert.equal(outcome.kind, 'wrong', text)
  return outcome.mistakes
}

describe('a configuration file of ours', () => {
  it('says everything there is to say', () => {
    const config = configOf(WHOLE)
    assert.equal(config.engine, 'lmdb')
    assert.equal(config.logDirectory, '/var/log-disk/quorate')
    assert.equal(config.client.listen.length, 2)
    assert.deepEqual(config.client.advertise, ['http://db1.example:8081'])
    assert.equal(config.client.tls?.authority, '/etc/quorate/clients.crt')
    assert.equal(config.keepaliveMs, 30_000)
    assert.equal(config.metrics[0]?.address.port, 9100)
    assert.deepEqual(
      config.cluster.members.map(({ name, peerUrls }) => [name, peerUrls.length]),
      [
        ['m1', 1],
        ['m2', 2],
      ],
    )
    const times = { heartbeatTicks: 5, electionTicks: 50, retryTicks: 10 }
    const rest = { droppedTicks: 3, pingMs: 200 }
    assert.deepEqual(config.timing, { tickMs: 10, ...times, ...rest })
    assert.equal(config.quotaBytes, 8 * 2 ** 30)
    assert.equal(config.requestBytesMax, 2 ** 20)
    assert.equal(config.logSegmentBytes, 32 * 2 ** 20)
    assert.equal(config.transactionOperationsMax, 512)
    assert.deepEqual(config.compaction, { kind: 'revision', retention: 5000 })
    assert.equal(config.watchProgressMs, 60_000)
    assert.equal(config.logging.level, 'warn')
  })

  it('needs no more than a directory for a cluster of one', () => {
    const config = configOf('data: { directory: /d }')
    assert.equal(config.name, 'default')
    assert.equal(config.cluster.members.length, 1)
    assert.deepEqual(config.client.advertise, ['http://localhost:2379'])
  })

  it('gives memory only to the engine that has use for it', () => {
    const nothing = 'data: { directory: /d }'
    const text = `${nothing}\nlimits: { readCache: 1GiB }`
    assert.equal(configOf(text).readCacheBytes, 2 ** 30)
    for (const engine of ['memory', 'lmdb']) {
      assert.deepEqual(mistakesOf(`${text}\nengine: ${engine}`), [
        'limits.readCache (line 2) is "1GiB": it takes the engine bitcask, the only one that has ' +
          'this cache',
      ])
      const config = configOf(`${nothing}\nengine: ${engine}`)
      assert.equal(settingOf('limits.readCache').of(config), null)
    }
  })

  it('says what clients are told where they cannot be told what is listened on', () => {
    const text = 'data: { directory: /d }\nclient: { listen: "http://0.0.0.0:2379"'
    assert.match(mistakesOf(`${text} }`)[0] ?? '', /^client\.advertise is missing: .*any address/)
    configOf(`${text}, advertise: "http://db1.example:2379" }`)
    const [nowhere = ''] = mistakesOf(`${text}, advertise: "http://0.0.0.0:2379" }`)
    assert.match(
      nowhere,
      /^client\.advertise \(line 2\) is .*: it takes what clients can connect to/,
    )
  })

  it('is told all its mistakes at once, each with its place and what would be right', () => {
    const mistakes = mistakesOf(`name: "a,b"
engine: rocksdb
clinet:
  listen: http://127.0.0.1:1
client:
  listen: http://example.org:1
limits:
  transactionOperations: 0
`)
    assert.deepEqual(mistakes, [
      'name (line 1) is "a,b": it takes a name of at most 256 bytes without a comma or "=", ' +
        'such as m1',
      'data.directory is missing: it takes the directory in which this node keeps everything, ' +
        'such as /var/lib/quorate',
      'engine (line 2) is "rocksdb": it takes bitcask, memory or lmdb',
      'client.listen (line 6) is "http://example.org:1": it takes addresses to listen on (http, ' +
        'https or unix; numbers instead of a name; a port), separated by commas, such as ' +
        'http://127.0.0.1:2379',
      'limits.transactionOperations (line 8) is "0": it takes a whole number from 1 to 10000, ' +
        'such as 512',
      'clinet.listen (line 4) is "http://127.0.0.1:1", and there is no such setting; ' +
        'client.listen is meant?',
    ])
  })

  it('that is no YAML, or no map, or says a thing twice, is refused with the line', () => {
    assert.match(mistakesOf('name: [a')[0] ?? '', /^line 1: /)
    const [twice = '', ...others] = mistakesOf('name: a\nengine: rocksdb\nname: b')
    assert.match(twice, /^line 3: .*unique/)
    assert.deepEqual(
      others.map((line) => line.split(' ')[0]),
      ['data.directory', 'engine'],
      'and hides nothing else that is wrong',
    )
    assert.match(mistakesOf('- a')[0] ?? '', /names and values/)
    assert.match(mistakesOf('')[0] ?? '', /names and values/)
  })

  it('may name a setting with dots, though not once more', () => {
    const { client } = configOf('data.directory: /d\nclient.listen: http://127.0.0.1:1')
    assert.equal(client.listen[0]?.text, 'http://127.0.0.1:1')
    assert.deepEqual(mistakesOf('data: { directory: /d }\nname: m1\ndata.directory: /e'), [
      'data.directory (line 3): it is said twice, also in line 1',
    ])
    assert.match(mistakesOf('data.directroy: /d')[1] ?? '', /^data.directroy \(line 1\)/)
  })

  it('is told of a map as a map, with an example that fits into the file', () => {
    const members = 'cluster: { members: { m1: "http://10.0.0.1" } }'
    assert.deepEqual(mistakesOf(`name: m1\ndata: { directory: /d }\n${members}`), [
      'cluster.members (line 3) is {"m1":"http://10.0.0.1"}: it takes the members with their ' +
        'URLs, no URL twice, such as { m1: "http://10.0.0.1:2380", m2: "http://10.0.0.2:2380", ' +
        'm3: "http://10.0.0.3:2380" }',
    ])
  })

  it('wants a unit behind every time', () => {
    const mistakes = mistakesOf(`data: { directory: /d }
raft: { heartbeat: 100, election: 1000 }
compaction: { retention: 2 }
watch: { progressInterval: 60 }
`)
    assert.deepEqual(
      mistakes.map((line) => line.replace(/ \(line \d\)/, '')),
      [
        'raft.heartbeat is "100": it takes a duration with its unit, such as 100ms',
        'raft.election is "1000": it takes a duration with its unit, such as 1s',
        'compaction.retention is "2": it takes a duration with its unit, such as 2h',
        'watch.progressInterval is "60": it takes a duration of at least 100ms, such as 1m',
      ],
    )
  })

  it('cannot be blown up by aliases', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (let i = 0; i < 9; i++) {
      const from = String.fromCharCode(97 + i)
      const to = String.fromCharCode(98 + i)
      const nine = Array.from({ length: 9 }, () => `*${from}`).join(', ')
      lines.push(`${to}: &${to} [${nine}]`)
    }
    assert.match(mistakesOf(lines.join('\n'))[0] ?? '', /alias/i)
  })
})
