/**
 * Every flag of every command, given to real processes. The last test fails for a flag that is
 * added without one. The cluster speaks TLS and asks for certificates: a connection comes about
 * only with what the flags for it say.
 */

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it, test } from 'node:test'
import { ETCD_FLAGS } from '../../src/cli/config/index.ts'
import { createAuthority } from '../../src/io/contract/index.ts'
import {
  type Cluster,
  freePorts,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'
import { FlagRecord } from './flag-record.ts'
import { type Ended, jsonLines, Running, type Shown } from './quorate.ts'

const authority = createAuthority('the authority of this test')
const server = authority.issue({ commonNames: ['node'], names: ['DNS:node.example'] })
const own = authority.issue({ commonNames: ['client'] })
const BOLD = '\u001b[1m'
const GREEN = '\u001b[32m'
const DIM = '\u001b[2m'
const STARTS_MAX = 20

const record = new FlagRecord()
let directory: string
let cluster: Cluster

function place(name: string): string {
  return path.join(directory, name)
}

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'quorate-cli-flags-'))
  for (const [name, content] of [
    ['ca.pem', authority.certificate],
    ['cert.pem', server.certificate],
    ['key.pem', server.key],
    ['own.pem', own.certificate],
    ['own-key.pem', own.key],
  ] as const) {
    writeFileSync(place(name), content)
  }
  const files = ['--cert-file', place('cert.pem'), '--key-file', place('key.pem')]
  const clients = ['--trusted-ca-file', place('ca.pem'), '--client-cert-auth']
  const flags = [...files, ...clients]
  const command = serverCommand()
  cluster = await startCluster({
    ...{ name: 'cli-flags', command, scheme: 'https', flags },
    environment: UNHURRIED,
  })
})

after(async () => {
  await cluster?.stop()
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
})

/** All that says where the cluster is and how to speak to it, and to be coloured. */
function connection(): readonly string[] {
  return [
    ...['--endpoints', cluster.urls.map((url) => new URL(url).host).join(','), '--tls'],
    ...['--cacert', place('ca.pem'), '--cert', place('own.pem'), '--key', place('own-key.pem')],
    ...['--server-name', 'node.example', '--timeout', '20s', '--color', 'always'],
  ]
}

function started(words: readonly string[]): Running {
  const end = words.indexOf('--')
  const before = end < 0 ? words : words.slice(0, end)
  return new Running([...before, ...connection(), ...words.slice(before.length)], {})
}

interface Expected {
  readonly status?: number
  readonly input?: string
}

/** A command of the cluster. */
async function run(words: readonly string[], expected: Expected = {}): Promise<Ended> {
  return local([...words, ...connection()], expected)
}

/** A command of this machine. */
async function local(words: readonly string[], { status = 0, input }: Expected = {}) {
  const ended = await new Running(words, input === undefined ? {} : { input }).end()
  assert.equal(ended.status, status, `${words.join(' ')}\n${ended.out}${ended.err}`)
  record.note(words)
  return ended
}

async function json(words: readonly string[], expected: Expected = {}): Promise<Shown> {
  const { out } = await run([...words, '--json'], expected)
  return JSON.parse(out)
}

const LIMIT = { timeout: 120_000 }

describe('commands', { concurrency: 4 }, () => {
  it('put', LIMIT, async () => {
    writeFileSync(place('value'), 'from a file')
    const words = ['put', 'p/a', '--file', place('value'), '--ttl', '60', '--if-absent']
    const first = await json([...words, '--previous'])
    assert.deepEqual([first['key'], first['previous']], ['p/a', null])
    await run(words, { status: 4 })
    const { lease } = await json(['lease', 'grant', '60s'])
    const change = ['put', 'p/a', 'next', '--lease', `${lease}`]
    await run([...change, '--if-revision', `${first.revision}`])
    await run([...change, '--if-revision', `${first.revision}`], { status: 4 })
    assert.equal((await json(['get', 'p/a']))['lease'], lease)
    const { out } = await run(['put', '702f62', '6869', '--hex'])
    assert.ok(out.includes(`${DIM}(revision`), out)
    assert.equal((await run(['get', 'p/b'])).out, 'hi')
  })

  it('get', LIMIT, async () => {
    const { revision } = await json(['put', 'g/a', 'old'])
    await run(['put', 'g/a', 'new'])
    assert.equal((await run(['get', 'g/a', '--revision', `${revision}`])).out, 'old')
    assert.match((await run(['get', '672f61', '--hex'])).out, /^6e6577\n?$/)
    for (const flag of ['--long', '-l']) {
      const { out } = await run(['get', 'g/a', flag])
      assert.ok(out.includes(`${DIM}revision`) && /\b2\b/.test(out), out)
    }
    const stale = ['get', 'g/a', '--stale', '--revision', `${revision}`, '--json']
    // Whichever node is asked may not have heard of it yet.
    let told = await started(stale).end()
    while (told.status !== 0) {
      assert.match(told.err, /REVISION_FUTURE/)
      told = await started(stale).end()
    }
    record.note(stale)
    const { value, version } = JSON.parse(told.out)
    assert.deepEqual([value, version], ['old', 1])
  })

  it('incr', LIMIT, async () => {
    assert.match((await run(['incr', '692f61', '3', '--hex'])).out, /^3\n$/)
    assert.deepEqual(await json(['incr', 'i/a']), { key: 'i/a', value: '4' })
  })

  it('list', LIMIT, async () => {
    const { revision } = await json(['put', 'l/a', '1'])
    for (const key of ['l/b', 'l/c']) await run(['put', key, '1'])
    const names = async (...words: string[]): Promise<string> =>
      (await run(['list', ...words])).out.replaceAll('\n', ' ')
    assert.equal(await names('--prefix', 'l/', '--keys-only', '--reverse'), 'l/c l/b l/a ')
    assert.equal(await names('--start', 'l/b', '--end', 'l/c', '-k'), 'l/b ')
    assert.equal(await names('--prefix', 'l/', '-r', '-k', '--limit', '1'), 'l/c ')
    assert.equal(await names('--prefix', 'l/', '--count'), '3 ')
    assert.equal(await names('--prefix', 'l/', '-k', '--revision', `${revision}`), 'l/a ')
    assert.equal(await names('--prefix', '6c2f61', '--hex'), '6c2f61\t31 ')
    for (const flag of ['--long', '-l']) assert.match(await names('l/a', flag), /\t1 B\t/)
    assert.deepEqual(jsonLines((await run(['list', 'l/b', '--json', '--keys-only'])).out).length, 1)
  })

  it('watch', LIMIT, async () => {
    const { revision } = await json(['put', 'w/a', '1'])
    await run(['put', 'w/b', '1'])
    await run(['put', 'w/a', '2'])
    const from = ['--from', `${revision}`]
    const range = ['--start', 'w/a', '--end', 'w/b', '--previous', '--limit', '2']
    const { out } = await run(['watch', ...range, ...from])
    assert.match(out, /^\d+\tput\tw\/a\t1\t\n\d+\tput\tw\/a\t2\t1\n$/)
    const hex = await run(['watch', '--prefix', '772f62', '--hex', '--limit', '1', ...from])
    assert.match(hex.out, /\t772f62\t31\n$/)
    const [event] = jsonLines((await run(['watch', 'w/b', '--json', '--limit', '1', ...from])).out)
    assert.equal((event as Shown)['key'], 'w/b')
  })

  it('txn', LIMIT, async () => {
    writeFileSync(place('a.txn'), 'if\nmissing t/a\nthen\nput t/a 1\n')
    const { out } = await run(['txn', '--file', place('a.txn')])
    assert.ok(out.includes(GREEN), out)
    const { succeeded } = await json(['txn', '--file', place('a.txn')], { status: 4 })
    assert.equal(succeeded, false)
  })

  it('lease', LIMIT, async () => {
    assert.equal((await run(['lease', 'grant', '60s', '--id', 'aa1'])).out, 'aa1\n')
    assert.equal((await json(['lease', 'grant', '60s', '--id', 'aa2']))['lease'], 'aa2')
    await run(['put', 'leased', 'x', '--lease', 'aa1'])
    const once = await json(['lease', 'keepalive', 'aa1', '--once'])
    assert.equal(once['ttlMs'], 60_000)
    assert.deepEqual((await json(['lease', 'ttl', 'aa1', '--keys']))['keys'], [{ key: 'leased' }])
    assert.ok((await json(['lease', 'list']))['leases']?.toString().includes('aa2'))
    assert.deepEqual(await json(['lease', 'revoke', 'aa2']), { lease: 'aa2', revoked: true })
  })

  it('lock', LIMIT, async () => {
    const words = ['lock', 'k', '--json', '--ttl', '10s', '--wait', '30s']
    const holder = started(words)
    await holder.until(/\n/)
    const late = started(['lock', 'k', '--wait', '200ms', '--', 'true'])
    assert.equal((await late.end()).status, 4)
    holder.child.kill('SIGINT')
    const { status, out, err } = await holder.end()
    assert.equal(status, 130, err)
    assert.equal(JSON.parse(out).name, 'k')
    record.note([...words, ...connection()])
  })

  it('status, members and doctor', LIMIT, async () => {
    assert.ok((await run(['status'])).out.includes(`${BOLD}NODE`))
    assert.equal((await run(['status', '--json'])).out.match(/"isReachable":true/g)?.length, 3)
    assert.ok((await run(['members'])).out.includes(`${BOLD}NAME`))
    assert.equal((await run(['members', '--json'])).out.match(/"name"/g)?.length, 3)
    const data = path.join(cluster.directory, 'm1')
    const { healthy, findings } = await json(['doctor', '--data', data])
    assert.equal(healthy, true, JSON.stringify(findings))
    assert.ok(JSON.stringify(findings).includes('a node runs here'))
    assert.ok((await run(['doctor'])).out.includes(GREEN))
  })

  it('bench', LIMIT, async () => {
    const load = ['--clients', '2', '--pipeline', '4', '--seconds', '1', '--warmup', '10ms']
    const data = ['--value', '64B', '--keys', '50', '--mix', 'mixed', '--prefix', 'b/']
    const told = await json(['bench', ...load, ...data])
    assert.deepEqual([told['clients'], told['pipeline'], told['valueBytes']], [2, 4, 64])
    assert.deepEqual(told['failures'], {})
  })
})

/** With no more than these words. */
function plain(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Running(words, { environment }).end()
}

/** Of what comes to nothing however long it is tried. */
const IN_VAIN = ['--timeout', '3s'] as const

describe('TLS', { concurrency: 4 }, () => {
  const files = () => ['--cacert', place('ca.pem'), '--cert', place('own.pem'), ...key()]
  const key = () => ['--key', place('own-key.pem')]

  it('is spoken where an endpoint says so, without a flag for it', async () => {
    const name = ['--server-name', 'node.example']
    const words = ['put', 'secret', 'x', '--endpoints', cluster.urls.join(','), ...files(), ...name]
    const { status, err } = await plain(words)
    assert.equal(status, 0, err)
  })

  it('is what variables say, too', async () => {
    await run(['put', 'said', 'x'])
    const { status, out, err } = await plain(['get', 'said'], {
      QUORATE_ENDPOINTS: cluster.urls.map((url) => new URL(url).host).join(','),
      QUORATE_CACERT: place('ca.pem'),
      QUORATE_CERT: place('own.pem'),
      QUORATE_KEY: place('own-key.pem'),
      QUORATE_SERVER_NAME: 'node.example',
      QUORATE_TLS: '1',
    })
    assert.deepEqual([status, out], [0, 'x'], err)
  })

  it('ends where a node does not prove who it is', async () => {
    const endpoints = ['--endpoints', new URL(cluster.urls[0] ?? '').host]
    const system = await plain(['get', 'secret', ...endpoints, '--tls', ...IN_VAIN])
    assert.equal(system.status, 5)
    const named = await plain(['get', 'secret', ...endpoints, ...files(), ...IN_VAIN])
    assert.equal(named.status, 5)
    assert.match(named.err, /tls|certificate/i)
  })

  it('says of files that they are no certificates', async () => {
    writeFileSync(place('no.pem'), 'nothing')
    const words = ['get', 'secret', '--endpoints', cluster.urls.join(',')]
    const { status, err } = await plain([...words, '--cacert', place('no.pem'), ...IN_VAIN])
    assert.ok(status !== 0 && status !== null)
    assert.doesNotMatch(err, /\n {4}at /, 'no stack')
  })
})

test('del', LIMIT, async () => {
  const { revision } = await json(['put', 'd/a', '1'])
  for (const key of ['d/b', 'd/c', 'd/d']) await run(['put', key, '1'])
  await run(['del', 'd/a', '--if-revision', `${revision + 100}`], { status: 4 })
  assert.equal((await json(['del', 'd/a', '--if-revision', `${revision}`]))['deleted'], 1)
  assert.match((await run(['del', '642f62', '--hex'])).out, /deleted 1 key/)
  assert.match((await run(['del', '--prefix', 'd/'])).out, /deleted 2 keys/)
  await run(['del', '--all'])
  assert.equal((await run(['list', '--count'])).out, '0\n')
})

test('version', LIMIT, async () => {
  assert.match(JSON.parse((await local(['version', '--json'])).out).quorate, /^\d/)
})

test('config and node', LIMIT, async () => {
  const file = place('n.yaml')
  const name = ['--name', 'n1']
  await local(['config', 'init', '--config', file, ...name])
  await local(['config', 'init', '--config', file, ...name], { status: 1 })
  await local(['config', 'init', '--config', file, '--force', '--name', 'n2'])
  const { out } = await local(['config', 'show', '--config', file, '--json'])
  assert.equal(JSON.parse(out).settings.name.value, 'n2')
  const checked = await local(['node', '--config', file, '--check', '--json'])
  assert.equal(JSON.parse(checked.out).right, true)
})

const READY = /^Ready after|"kind":"ready"/m

/** Ports in a row that nobody has; somebody may take one at any time, and then others are tried. */
async function cluster3(words: readonly string[]): Promise<Running> {
  for (let tries = 0; tries < STARTS_MAX; tries++) {
    const [client = 0, peer = 0] = await freePorts(2, 3)
    const all = [...words, '--client-port', `${client}`, '--peer-port', `${peer}`]
    const running = new Running(all, {})
    await running.until(/^Ready after|"kind":"ready"|is taken|too close/m)
    if (READY.test(running.out)) {
      record.note(all)
      return running
    }
    await running.end()
  }
  throw new assert.AssertionError({ message: 'there were free ports in a row' })
}

/** As both commands for clusters on this machine have it. */
const WISH = ['--nodes', '3', '--engine', 'bitcask', '--profile', 'fast', '--fresh'] as const

test('start, and the log of a node that it leaves', LIMIT, async () => {
  const data = place('kept')
  const running = await cluster3(['start', ...WISH, '--data', data])
  const [, endpoints = ''] = /etcdctl --endpoints (\S+)/.exec(running.out) ?? []
  for (const key of ['a', 'b', 'c']) {
    await local(['put', key, 'x', '--endpoints', endpoints, '--timeout', '20s'])
  }
  // The node that answers this has all of them itself.
  const [first = ''] = endpoints.split(',')
  await local(['get', 'c', '--endpoints', first, '--timeout', '20s'])
  running.child.kill('SIGINT')
  assert.equal((await running.end()).status, 0)
  assert.match(running.out, /^Quorate: 3 nodes with the engine bitcask/)
  assert.deepEqual(
    readdirSync(data).filter((name) => name.endsWith('.yaml')),
    ['node-1.yaml', 'node-2.yaml', 'node-3.yaml'],
  )
  const log = path.join(data, 'node-1/log')
  const { verdict, groups } = JSON.parse((await local(['log', 'check', log, '--json'])).out)
  assert.equal(verdict, 'clean')
  const { group, last } = groups.at(-1)
  const dump = await local(['log', 'dump', log, '--group', `${group}`, '--data', '--json'])
  const records = jsonLines(dump.out) as readonly Readonly<Record<string, unknown>>[]
  assert.ok(records.length > 0 && records.every((one) => one['group'] === group))
  assert.ok(records.some(({ data: bytes }) => typeof bytes === 'string'))
  const { file, offset } =
    records.findLast((one) => one['type'] === 'entry' && one['index'] === last) ?? {}
  const segment = Number(path.basename(`${file}`, '.log'))
  const other = place('other-log')
  cpSync(log, other, { recursive: true })
  const at = ['log', 'truncate', log, '--at', `${group}:${last - 1}`]
  assert.match((await local(at, { status: 1 })).out, /nothing was changed/)
  const done = JSON.parse((await local([...at, '--yes', '--alone', '--json'])).out)
  assert.equal(done.verdict, 'clean')
  const fromHere = ['log', 'truncate', other, '--at-offset', `${segment}:${offset}`]
  await local([...fromHere, '--yes'])
  for (const one of [log, other]) {
    const left = JSON.parse((await local(['log', 'check', one, '--json'])).out).groups.at(-1)
    assert.ok(left.last < last, JSON.stringify(left))
  }
})

test('dev', LIMIT, async () => {
  const words = ['dev', ...WISH, '--data', place('dev'), '--plain', '--color', 'always']
  for (const more of [[], ['--json']]) {
    const running = await cluster3([...words, ...more])
    running.child.kill('SIGINT')
    const { status, out } = await running.end()
    assert.equal(status, 0)
    if (more.length === 0) assert.match(out, /^Quorate: 3 nodes with the engine bitcask/)
    else assert.ok(jsonLines(out).every((line) => typeof (line as Shown)['kind'] === 'string'))
  }
})

/** Of flags that are settings; each is given a value that can be told from the usual one. */
function etcdSettings([client, also, peer, metrics]: readonly number[]): Readonly<
  Record<string, string>
> {
  const clients = `https://127.0.0.1:${client}`
  const peers = `https://127.0.0.1:${peer}`
  const tls = (side: string) => ({
    [`${side}cert-file`]: place('cert.pem'),
    [`${side}key-file`]: place('key.pem'),
    [`${side}trusted-ca-file`]: place('ca.pem'),
    [`${side}client-cert-auth`]: 'true',
  })
  return {
    ...{ name: 'm9', 'data-dir': place('etcd-data'), 'wal-dir': place('etcd-wal') },
    ...{ 'listen-client-urls': clients, 'advertise-client-urls': clients },
    ...{ 'listen-peer-urls': peers, 'initial-advertise-peer-urls': peers },
    'listen-client-http-urls': `https://127.0.0.1:${also}`,
    'listen-metrics-urls': `http://127.0.0.1:${metrics}`,
    ...{ 'initial-cluster': `m9=${peers}`, 'initial-cluster-token': 'flags' },
    ...{ 'initial-cluster-state': 'new', ...tls(''), ...tls('peer-'), 'tls-min-version': 'TLS1.3' },
    ...{ 'heartbeat-interval': '90', 'election-timeout': '900', 'quorate-profile': 'fast' },
    ...{ 'quota-backend-bytes': '99999999', 'max-request-bytes': '999999', 'max-txn-ops': '99' },
    ...{ 'auto-compaction-mode': 'periodic', 'auto-compaction-retention': '9h' },
    ...{ 'watch-progress-notify-interval': '9s', 'grpc-keepalive-interval': '9m' },
    'experimental-watch-progress-notify-interval': '9s',
    ...{ cors: 'https://console.example', 'log-level': 'debug', 'log-format': 'json' },
    ...{ 'log-outputs': 'stderr', 'quorate-engine': 'bitcask', 'quorate-log-segment': '33554432' },
    'quorate-read-cache': '2097152',
  }
}

const ANY_VALUES = { text: 'any', boolean: 'true', integer: '1', duration: '1s' } as const

test('etcd takes every flag of an etcd', LIMIT, async () => {
  const settings = etcdSettings(await freePorts(4))
  // They end it, or stand for all others.
  const whole = ['version', 'config-file']
  const flags = [...ETCD_FLAGS.values()].filter(({ name }) => !whole.includes(name))
  const words = flags.map(({ name, kind, fate }) => {
    if (fate.kind === 'refused') return `--${name}=${fate.neutral[0] ?? ''}`
    if (fate.kind === 'ignored') return `--${name}=${ANY_VALUES[kind]}`
    const value = settings[name]
    assert.ok(value !== undefined, `--${name} is a setting, and needs a value here`)
    return `--${name}=${value}`
  })
  const running = new Running(['etcd', ...words], {})
  await running.until(/ready to serve client requests/)
  running.child.kill('SIGTERM')
  const { status, err } = await running.end()
  assert.equal(status, 0, err)
  const told = jsonLines(err).find((line) => (line as Shown)['msg'] === 'configuration') as Shown
  for (const [flag, value] of Object.entries(settings)) {
    const fate = ETCD_FLAGS.get(flag)?.fate
    assert.ok(fate?.kind === 'setting' && fate.setting in told, flag)
    assert.ok(told[fate.setting] !== undefined && value !== '', flag)
  }
  const { 'raft.election': election, 'limits.transactionOperations': operations } = told
  assert.deepEqual([told['name'], election, operations], ['m9', '900ms', 99])
})

test('every flag of every command was given to a process', () => {
  assert.deepEqual(record.missing(), [])
})
