/**
 * What a node was told shows from outside: three processes that were each told in another way, by a
 * file, by variables and by flags.
 */

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import tls from 'node:tls'
import { SETTING_NAMES, settingOf } from '../../src/cli/config/index.ts'
import { EtcdClient } from '../cluster/index.ts'
import type { Program } from '../processes/program.ts'
import { createScene, ORIGIN, type Place, type Scene, startNode, WAYS } from './scene.ts'

const LIMIT = { timeout: 120_000 }
const READY = /ready to serve client requests/
const SEGMENT_BYTES = 16 * 2 ** 20
/** What the nodes have for what was read; one of them has an engine without that. */
const CACHES = { file: `${3 * 2 ** 20}`, variables: undefined, flags: `${4 * 2 ** 30}` }
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

function ask(options: https.RequestOptions, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request } = options.protocol === 'https:' ? https : http
    const sent = request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += piece
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function gateway({ plainPort: port }: Place, method: string, body: object): Promise<Answer> {
  return ask({ port, path: `/v3/${method}`, method: 'POST' }, JSON.stringify(body))
}

interface Running {
  readonly scene: Scene
  readonly programs: readonly Program[]
  readonly clients: readonly EtcdClient[]
}

async function start(t: TestContext): Promise<Running> {
  const scene = await createScene(t)
  const programs = scene.places.map((place) => startNode(t, scene, place))
  await Promise.all(programs.map((program) => program.until(READY)))
  const clients = scene.places.map(({ plainPort }) => {
    return new EtcdClient(`http://127.0.0.1:${plainPort}`)
  })
  t.after(() => {
    for (const client of clients) client.close()
  })
  return { scene, programs, clients }
}

test('three nodes do what a file, variables and flags say', LIMIT, async (t) => {
  const running = await start(t)
  const { scene } = running
  await t.test('every setting is taken as it was said', () => showsSettings(running))
  await t.test('names, tokens and URLs are what the cluster knows', () => showsMembers(running))
  await t.test('data and log lie where they were put, of the size that was said', () => {
    for (const { way, directory } of scene.places) {
      const identity = readFileSync(path.join(directory, 'identity.json'), 'utf8')
      assert.match(identity, way === 'variables' ? /"memory"/ : /"bitcask"/)
      assert.ok(!existsSync(path.join(directory, 'log')), 'the log is elsewhere')
      const log = path.join(scene.directory, `${way}-log`)
      const sizes = readdirSync(log).map((name) => statSync(path.join(log, name)).size)
      assert.equal(Math.max(...sizes), SEGMENT_BYTES)
    }
  })
  for (const [i, place] of scene.places.entries()) {
    const { way } = place
    const client = running.clients[i]
    const program = running.programs[i]
    assert.ok(client !== undefined && program !== undefined)
    await t.test(`${way}: clients over TLS show a certificate, and speak TLS 1.3`, () =>
      tlsIsAsked(scene, place.securePort),
    )
    await t.test(`${way}: nodes show one, too`, () => tlsIsAsked(scene, place.peerPort, 'nodes'))
    await t.test(`${way}: pages of one origin may read answers`, () => originIsAllowed(place))
    await t.test(`${way}: metrics have an address of their own`, () => metricsAreApart(place))
    await t.test(`${way}: a silent client is asked whether it is there`, () => isPinged(place))
    await t.test(`${way}: a watcher hears how far it is`, () => hearsProgress(client))
    await t.test(`${way}: requests and transactions have bounds`, () => hasBounds(place, client))
    await t.test(`${way}: events change their level while it runs`, () =>
      changesLevel(place, program),
    )
  }
  await t.test('history that is older than a second is dropped', () => forgets(running))
  await t.test('a start that contradicts the first one is refused', (inner) =>
    refuses(inner, running),
  )
  await t.test('the quota is the end of writes', () => fillsUp(running))
  const ends = await Promise.all(running.programs.map((program) => program.stop()))
  assert.deepEqual(ends, [0, 0, 0])
})

function showsSettings({ scene, programs }: Running): void {
  for (const [i, { way, settings, events }] of scene.places.entries()) {
    const printed = programs[i]?.output ?? ''
    // On both outputs that were named, and on no other.
    assert.equal(readFileSync(events, 'utf8').slice(0, 2000), printed.slice(0, 2000))
    assert.equal(programs[i]?.printed, printed, 'nothing is on the error output')
    if (way === 'flags') {
      assert.match(printed, /^\d\d:\d\d:\d\d\.\d{3} info {2}starting/)
      assert.match(printed, / debug configuration .* raft\.election=4s /)
      continue
    }
    const lines = printed.split('\n').filter((line) => line !== '')
    const told = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'configuration')
    for (const name of SETTING_NAMES) {
      const { kind } = settingOf(name)
      const text = settings[name] ?? ''
      const shown = told[name]
      const again = typeof shown === 'object' && !Array.isArray(shown) ? shown : String(shown)
      assert.deepEqual(kind.parse(again), kind.parse(text), `${name}: ${JSON.stringify(shown)}`)
    }
  }
}

async function showsMembers({ scene }: Running): Promise<void> {
  for (const place of scene.places) {
    const { text } = await gateway(place, 'cluster/member/list', { linearizable: true })
    const { members } = JSON.parse(text)
    assert.equal(members.length, WAYS.length)
    for (const { way, settings } of scene.places) {
      const member = members.find(({ name }: { name: string }) => name === way)
      assert.deepEqual(member.peerURLs, [settings['peer.advertise']])
      assert.equal(member.clientURLs.join(), settings['client.advertise'])
    }
  }
}

async function tlsIsAsked(scene: Scene, port: number, by = 'clients'): Promise<void> {
  const { authority: ca, certificate: cert, key } = scene
  const shake = (options: tls.ConnectionOptions): Promise<string> =>
    new Promise((resolve) => {
      const own = { host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] }
      const socket = tls.connect({ ...own, ...options })
      // A server of TLS 1.3 refuses after the client believes that it is connected.
      socket.once('error', (error) => resolve(error.message))
      socket.once('close', () => resolve('closed'))
      socket.once('data', () => {
        resolve('served')
        socket.destroy()
      })
      socket.once('secureConnect', () => {
        // The preface of HTTP/2 and empty settings: whoever is served hears settings.
        socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
        socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
      })
    })
  assert.equal(await shake({ cert, key }), 'served')
  assert.notEqual(await shake({}), 'served', `${by} without a certificate are refused`)
  assert.notEqual(await shake({ cert, key, maxVersion: 'TLSv1.2' }), 'served', 'TLS 1.2 is')
}

async function originIsAllowed({ plainPort: port }: Place): Promise<void> {
  const from = (origin: string): Promise<Answer> =>
    ask({ port, path: '/health', headers: { origin } })
  assert.equal((await from(ORIGIN)).headers['access-control-allow-origin'], ORIGIN)
  const { headers } = await from('https://elsewhere.example')
  assert.notEqual(headers['access-control-allow-origin'], 'https://elsewhere.example')
  assert.notEqual(headers['access-control-allow-origin'], '*')
}

async function metricsAreApart({ metricsPort: port, way }: Place): Promise<void> {
  const { text } = await ask({ port, path: '/metrics' })
  assert.match(text, /etcd_server_has_leader 1/)
  const cache = /^quorate_engine_cache_max_bytes (.*)$/m.exec(text)?.[1]
  assert.equal(cache, CACHES[way])
  const { status } = await ask({ port, path: '/v3/kv/range', method: 'POST' }, '{"key":"YQ=="}')
  assert.equal(status, 404)
}

async function isPinged({ plainPort }: Place): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${plainPort}`)
  try {
    await new Promise<void>((resolve, reject) => {
      session.once('ping', () => resolve())
      session.once('error', reject)
      session.once('close', () => reject(new Error('the session ended without a ping')))
    })
  } finally {
    session.destroy()
  }
}

async function hearsProgress(client: EtcdClient): Promise<void> {
  const progress = Promise.withResolvers<void>()
  const call = client.watch(
    { key: encode('never'), progressNotify: true },
    {
      response: ({ created, events }) => {
        if (!created && events.length === 0) progress.resolve()
      },
    },
  )
  await progress.promise
  call.cancel()
}

async function hasBounds(place: Place, client: EtcdClient): Promise<void> {
  const key = encode('bounds')
  await client.put({ key, value: new Uint8Array(60 * 1024) })
  const large = client.put({ key, value: new Uint8Array(65 * 1024) })
  await assert.rejects(large, { message: 'etcdserver: request is too large' })
  const put = (name: string): object => ({ request_put: { key: btoa(name), value: '' } })
  const two = await gateway(place, 'kv/txn', { success: [put('t1'), put('t2')] })
  assert.equal(two.status, 200, two.text)
  const three = await gateway(place, 'kv/txn', { success: ['t1', 't2', 't3'].map(put) })
  assert.equal(three.status, 400)
  assert.match(three.text, /too many operations in txn request/)
}

async function changesLevel({ plainPort: port }: Place, program: Program): Promise<void> {
  const at = { port, path: '/debug/log-level' }
  const told = (from: string, to: string, reason: string): RegExp =>
    new RegExp(
      `"from":"${from}","to":"${to}","reason":"${reason}|from=${from} to=${to} reason="${reason}`,
    )
  const put = async (level: string): Promise<Answer> => ask({ ...at, method: 'PUT' }, level)
  assert.equal(JSON.parse((await ask(at)).text).level, 'debug')
  const { status, text } = await put('warn')
  assert.equal(status, 200, text)
  assert.equal(JSON.parse((await ask(at)).text).level, 'warn')
  await program.until(told('debug', 'warn', 'asked over HTTP'))
  program.child.kill('SIGUSR2')
  await program.until(told('warn', 'debug', 'received SIGUSR2'))
  program.child.kill('SIGUSR2')
  // What was configured is everything already: the signal then asks for less.
  await program.until(told('debug', 'info', 'received SIGUSR2'))
  const { status: refused, text: why } = await put('loud')
  assert.equal(refused, 400, why)
  assert.match(why, /debug, info, warn, error/)
}

async function forgets({ clients: [client] }: Running): Promise<void> {
  assert.ok(client !== undefined)
  const key = encode('history')
  const { header } = await client.put({ key, value: encode('first') })
  const revision = header?.revision ?? 0
  for (;;) {
    await client.put({ key, value: encode('later') })
    const error = await client.range({ key, revision: Number(revision) }).then(
      () => null,
      (failure: unknown) => failure,
    )
    if (error === null) continue
    assert.match(String(error), /required revision has been compacted/)
    return
  }
}

/** The node that was told by flags is stopped, and started in ways that contradict its data. */
async function refuses(t: TestContext, running: Running): Promise<void> {
  const { scene, programs } = running
  const place = scene.places.find(({ way }) => way === 'flags')
  const program = programs.at(-1)
  assert.ok(place !== undefined && program !== undefined)
  assert.equal(await program.stop(), 0)
  for (const [more, reason] of [
    [{ 'cluster.token': 'another' }, /belongs to the cluster "test-config", not to "another"/],
    [{ engine: 'memory', 'limits.readCache': '' }, /with the engine bitcask, not memory/],
    [{ 'data.directory': `${place.directory}-new`, 'cluster.state': 'existing' }, /cannot join/],
  ] as const) {
    const settings = { ...place.settings, ...more, 'logging.outputs': 'stderr' }
    const refused = startNode(t, scene, { way: 'flags', settings })
    assert.equal(await refused.end(), 1)
    assert.match(refused.printed, reason)
  }
  const { settings } = place
  const again = startNode(t, scene, {
    way: 'flags',
    settings: { ...settings, 'cluster.state': 'existing' },
  })
  await again.until(READY)
  assert.equal(await again.stop(), 0)
}

async function fillsUp({ clients: [client] }: Running): Promise<void> {
  assert.ok(client !== undefined)
  const value = new Uint8Array(60 * 1024)
  for (let i = 0; i < 200; i++) {
    const error = await client.put({ key: encode(`fill/${i}`), value }).then(
      () => null,
      (failure: unknown) => failure,
    )
    if (error === null) continue
    assert.match(String(error), /database space exceeded/)
    return
  }
  assert.fail('12 MB were taken by a quota of 4 MiB')
}
