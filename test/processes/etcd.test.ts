/** `bin/etcd` in the place of an etcd: as it is started, configured and stopped. */

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import tls from 'node:tls'
import { createAuthority } from '../../src/io/contract/index.ts'
import { EtcdClient, freePorts } from '../cluster/index.ts'
import { ETCD, Program, temporaryDirectory } from './program.ts'

const LIMIT = { timeout: 120_000 }
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
/** Small files, so that a first start has little to write. */
const SMALL = { ETCD_QUORATE_LOG_SEGMENT: '16MiB' }
const LOOPBACK = 'http://127.0.0.1:0'
const READY = /ready to serve client requests/

/** Where a node that may choose its port has been put. */
function addressOf({ printed }: Program): string {
  return /"listen-client":"([^",]+)/.exec(printed)?.[1] ?? ''
}

/** Alone, on ports of its choice. */
function words(data: string, more: readonly string[] = []): readonly string[] {
  return [
    ...[ETCD, '--data-dir', data, `--listen-peer-urls=${LOOPBACK}`],
    ...['--listen-client-urls', LOOPBACK, '--advertise-client-urls', LOOPBACK],
    ...more,
  ]
}

async function ready(t: TestContext, command: readonly string[], cwd?: string): Promise<Program> {
  const options = { environment: SMALL, ...(cwd !== undefined && { cwd }) }
  const program = new Program(t, command, options)
  await program.until(READY)
  return program
}

/** As a browser or a health check asks, over any kind of connection. */
function get(options: https.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const { get: ask } = options.ca === undefined ? http : https
    const request = ask({ path: '/version', agent: false, ...options }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}

test('through links and from any directory it says what it is, and runs', LIMIT, async (t) => {
  const cwd = temporaryDirectory(t)
  mkdirSync(path.join(cwd, 'bin'))
  symlinkSync(ETCD, path.join(cwd, 'bin/inner'))
  symlinkSync('inner', path.join(cwd, 'bin/etcd'))
  const command = path.join(cwd, 'bin/etcd')
  const version = new Program(t, [command, '--version'], { cwd })
  assert.equal(await version.end(), 0)
  assert.match(version.output, /^etcd Version: 3\.\d+\.\d+\n/)

  const started = await ready(t, [command, ...words('relative').slice(1)], cwd)
  for (const line of [
    /"msg":"published local member to cluster through raft"/,
    /"msg":"enabled capabilities for version 3\.6"/,
    /"msg":"ready to serve client requests"/,
  ]) {
    assert.match(started.printed, line)
  }
  assert.equal(started.output, '', 'events go to the error output')
  assert.ok(existsSync(path.join(cwd, 'relative/identity.json')))
  assert.equal(await started.stop(), 0)
  assert.match(started.printed, /"msg":"stopped"/)
})

test(
  'what nobody can read is refused with status 2, what makes no sense with 1',
  LIMIT,
  async (t) => {
    const cwd = temporaryDirectory(t)
    for (const [flags, status, reason] of [
      [['--bogus'], 2, /^flag provided but not defined: -bogus/],
      [['--heartbeat-interval', '100', '--election-timeout', '200'], 1, /at least 5 heartbeats/],
      [['--force-new-cluster'], 1, /--force-new-cluster .* changes of members/],
      [['--initial-cluster-state', 'existing'], 1, /cannot join a running cluster yet/],
      [['--config-file', 'nowhere.yml'], 1, /nowhere\.yml is wrong:\n {2}it cannot be read/],
      [['--log-outputs', 'no/where'], 1, /^quorate: events cannot be written to no\/where: ENOENT/],
      [['--cert-file', 'no.crt', '--key-file', 'no.key'], 1, /no\.crt cannot be read/],
    ] as const) {
      const program = new Program(t, [ETCD, '--data-dir', 'd', ...flags], { cwd })
      assert.equal(await program.end(), status, flags.join(' '))
      assert.match(program.printed, reason)
      assert.doesNotMatch(program.printed, /\n {4}at /, 'no stack trace')
    }
  },
)

test(
  'data is there again with its log elsewhere, and belongs to one node only',
  LIMIT,
  async (t) => {
    const directory = temporaryDirectory(t)
    const data = path.join(directory, 'data')
    const log = ['--wal-dir', path.join(directory, 'log')]
    const first = await ready(t, words(data, log))
    const client = new EtcdClient(`http://${addressOf(first)}`)
    await client.put({ key: encode('a'), value: encode('1') })
    client.close()
    // Another one on the same directory would write over what this one writes.
    const beside = new Program(t, words(data, log), { environment: SMALL })
    assert.equal(await beside.end(), 1)
    assert.match(beside.printed, /in use by/)
    await first.kill()

    const second = await ready(t, words(data, log))
    const again = new EtcdClient(`http://${addressOf(second)}`)
    t.after(() => again.close())
    const { kvs } = await again.range({ key: encode('a') })
    assert.equal(kvs.length, 1)
    assert.equal(await second.stop('SIGINT'), 0)

    for (const [more, reason] of [
      [[...log, '--name', 'other'], /belongs to the node default, not to other/],
      [[...log, '--quorate-engine', 'memory'], /with the engine bitcask, not memory/],
      [['--wal-dir', path.join(directory, 'lost')], /there is no log in/],
    ] as const) {
      const program = new Program(t, words(data, more), { environment: SMALL })
      assert.equal(await program.end(), 1, more.join(' '))
      assert.match(program.printed, reason)
    }
  },
)

test('variables and files of etcd say what flags say', LIMIT, async (t) => {
  const directory = temporaryDirectory(t)
  const environment = {
    ...SMALL,
    ETCD_NAME: 'from-variables',
    ETCD_DATA_DIR: path.join(directory, 'a'),
    ETCD_LISTEN_CLIENT_URLS: LOOPBACK,
    ETCD_ADVERTISE_CLIENT_URLS: LOOPBACK,
    ETCD_LISTEN_PEER_URLS: LOOPBACK,
    ETCD_WHATEVER: '1',
  }
  const told = new Program(t, [ETCD], { environment })
  await told.until(READY)
  assert.match(told.printed, /"name":"from-variables"/)
  assert.match(told.printed, /unrecognized environment variable ETCD_WHATEVER/)
  await told.kill()

  const file = path.join(directory, 'etcd.yml')
  writeFileSync(
    file,
    [
      'name: from-file',
      `data-dir: ${path.join(directory, 'b')}`,
      `listen-client-urls: ${LOOPBACK}`,
      `advertise-client-urls: ${LOOPBACK}`,
      `listen-peer-urls: ${LOOPBACK}`,
      'log-outputs: [stdout]',
      'quorate-log-segment: 16MiB',
    ].join('\n'),
  )
  const written = await ready(t, [ETCD, '--name=ignored', '--config-file', file])
  assert.match(written.output, /"name":"from-file"/)
})

test('one port speaks with and without TLS, and there are others beside it', LIMIT, async (t) => {
  const directory = temporaryDirectory(t)
  const authority = createAuthority('test')
  const server = authority.issue({ commonNames: ['server'], names: ['IP Address:127.0.0.1'] })
  const own = authority.issue({ commonNames: ['client'] })
  const files = { ca: authority.certificate, crt: server.certificate, key: server.key }
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(path.join(directory, name), bytes)
  }
  const socket = path.join(directory, 'socket')
  const [port = 0] = await freePorts(1)
  const both = `http://127.0.0.1:${port},https://127.0.0.1:${port},unix://${socket}`
  const started = await ready(t, [
    ...[ETCD, '--data-dir', path.join(directory, 'd'), `--listen-peer-urls=${LOOPBACK}`],
    ...['--listen-client-urls', both, '--advertise-client-urls', both],
    ...['--cert-file', path.join(directory, 'crt'), '--key-file', path.join(directory, 'key')],
    ...['--trusted-ca-file', path.join(directory, 'ca'), '--client-cert-auth'],
    '--tls-min-version=TLS1.3',
    ...['--listen-metrics-urls', LOOPBACK],
  ])
  assert.match(await get({ port, host: '127.0.0.1' }), /etcdserver/)
  assert.match(await get({ socketPath: socket }), /etcdserver/)

  const secure = { host: '127.0.0.1', port, ca: Buffer.from(authority.certificate) }
  const shown = { cert: Buffer.from(own.certificate), key: Buffer.from(own.key) }
  assert.match(await get({ ...secure, ...shown }), /etcdserver/)
  await assert.rejects(get(secure), 'a client without a certificate is refused')
  await assert.rejects(get({ ...secure, ...shown, maxVersion: 'TLSv1.2' }), 'an old protocol is')

  const listens = /"listen-client":"([^"]+)"/.exec(started.printed)?.[1]?.split(',') ?? []
  const metrics = new URL(`http://${listens.at(-1)}`)
  const at = { host: metrics.hostname, port: metrics.port }
  assert.match(await get({ ...at, path: '/metrics' }), /etcd_server_has_leader 1/)
  assert.doesNotMatch(await get({ ...at, path: '/v3/kv/range' }), /header/)
  assert.equal(await started.stop(), 0)
  assert.ok(!existsSync(socket))
})

test(
  'nodes speak TLS with each other, and with nobody who shows no certificate',
  LIMIT,
  async (t) => {
    const directory = temporaryDirectory(t)
    const authority = createAuthority('nodes')
    const issued = authority.issue({ commonNames: ['node'], names: ['IP Address:127.0.0.1'] })
    writeFileSync(path.join(directory, 'ca'), authority.certificate)
    writeFileSync(path.join(directory, 'crt'), issued.certificate)
    writeFileSync(path.join(directory, 'key'), issued.key)
    const ports = await freePorts(3)
    const members = ports.map((port, i) => `m${i}=https://127.0.0.1:${port}`)
    const programs = ports.map((port, i) => {
      const url = `https://127.0.0.1:${port}`
      const flags = [
        ...['--name', `m${i}`, '--data-dir', path.join(directory, `m${i}`)],
        ...['--listen-client-urls', LOOPBACK, '--advertise-client-urls', LOOPBACK],
        ...['--listen-peer-urls', url, '--initial-advertise-peer-urls', url],
        ...['--initial-cluster', members.join(',')],
        ...['--peer-cert-file', path.join(directory, 'crt')],
        ...['--peer-key-file', path.join(directory, 'key')],
        ...['--peer-trusted-ca-file', path.join(directory, 'ca'), '--peer-client-cert-auth'],
      ]
      return new Program(t, [ETCD, ...flags], { environment: SMALL })
    })
    await Promise.all(programs.map((program) => program.until(READY)))
    const stranger = tls.connect({ port: ports[0], host: '127.0.0.1', rejectUnauthorized: false })
    const refused = await new Promise<string>((resolve) => {
      stranger.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      stranger.once('close', () => resolve('closed'))
      stranger.resume()
    })
    assert.notEqual(refused, '')
    assert.deepEqual(await Promise.all(programs.map((program) => program.stop())), [0, 0, 0])
  },
)

test('a log that cannot be written is told of in one line, with status 1', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  // No file may become larger than 8 blocks, so that no log finds room.
  const limited = ['sh', '-c', 'ulimit -f 8 && exec "$0" "$@"', ...words(data)]
  const program = new Program(t, limited, { environment: SMALL })
  assert.equal(await program.end(), 1, program.printed)
  assert.match(program.printed, /"error":"the log in .* could not be opened: .*EFBIG/)
  assert.doesNotMatch(program.printed, /\n {4}at /)
  assert.ok(!existsSync(path.join(data, 'identity.json')))
})

test('a watcher hears how far it is as often as the flag says', LIMIT, async (t) => {
  const flag = ['--experimental-watch-progress-notify-interval', '100ms']
  const started = await ready(t, words(path.join(temporaryDirectory(t), 'data'), flag))
  const client = new EtcdClient(`http://${addressOf(started)}`)
  t.after(() => client.close())
  const progress = Promise.withResolvers<boolean>()
  client.watch(
    { key: encode('a'), progressNotify: true },
    {
      response: ({ created, events }) => {
        if (!created) progress.resolve(events.length === 0)
      },
    },
  )
  assert.equal(await progress.promise, true)
})

test('a disk that fails ends the node, and what was acknowledged is there', LIMIT, async (t) => {
  const data = path.join(temporaryDirectory(t), 'data')
  // Files of the log fit below the limit of 17 MB, a file of the engine does not for long.
  const limited = ['sh', '-c', 'ulimit -f 34000 && exec "$0" "$@"', ...words(data)]
  const failing = await ready(t, limited)
  const client = new EtcdClient(`http://${addressOf(failing)}`)
  const value = new Uint8Array(1_000_000)
  let acknowledged = 0
  const writing = (async () => {
    for (;;) {
      await client.put({ key: encode(`k${acknowledged}`), value })
      acknowledged += 1
    }
  })()
  await assert.rejects(writing)
  client.close()
  assert.equal(await failing.end(), 1)
  assert.match(failing.printed, /"error":"engine: cannot write .*EFBIG/)
  assert.doesNotMatch(failing.printed, /\n {4}at /)

  const repaired = await ready(t, words(data))
  const again = new EtcdClient(`http://${addressOf(repaired)}`)
  t.after(() => again.close())
  const { count } = await again.range({
    key: encode('k'),
    rangeEnd: encode('l'),
    countOnly: true,
  })
  assert.ok(acknowledged > 0 && Number(count) >= acknowledged, `${count} of ${acknowledged}`)
})
