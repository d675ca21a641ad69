/** REST on three real processes: every route at the leader and at a follower, and what fails. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { badRequestFindings, EventReader } from '../../src/api/testing/index.ts'
import {
  type Cluster,
  EtcdClient,
  type Member,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'
import { RestClient, type Told } from './rest-client.ts'

const KV = '/api/v1/kv'
/** Far more than a failover takes. */
const WAIT_MS_MAX = 60_000

const closers: (() => void)[] = []
const context = { after: (work: () => void) => void closers.push(work) }
let cluster: Cluster
let clients: readonly RestClient[] = []

before(async () => {
  cluster = await startCluster({ name: 'rest', command: serverCommand(), environment: UNHURRIED })
  clients = cluster.members.map((member) => new RestClient(context, member))
})

after(async () => {
  for (const close of closers) close()
  await cluster.stop()
})

/** Asks until somebody says that he leads. */
async function leaderOf(among: readonly RestClient[]): Promise<RestClient> {
  for (const untilMs = performance.now() + WAIT_MS_MAX; performance.now() < untilMs; ) {
    for (const client of among) {
      const { json } = await client.do('GET', '/api/v1/cluster/status')
      if (json.isLeader) return client
    }
  }
  assert.fail('nobody leads')
}

/** The leader, and the others. */
async function roles(): Promise<{ readonly leader: RestClient; readonly others: RestClient[] }> {
  const leader = await leaderOf(clients)
  return { leader, others: clients.filter((client) => client !== leader) }
}

function member({ member: one }: RestClient): Member {
  return one
}

describe('every member', () => {
  it('refuses what makes no sense, and nothing changes', async () => {
    const { others } = await roles()
    const { findings, count } = await badRequestFindings((others[0] ?? assert.fail()).web)
    assert.deepEqual(findings, [])
    assert.ok(count >= 250)
  })

  it('answers every route, whether it leads or not', async () => {
    const { leader, others } = await roles()
    for (const client of [leader, others[0] ?? assert.fail()]) {
      await askEverything(client)
      // The node stands still meanwhile, and a leader that does so is one no longer.
      if (client !== leader)
        assert.ok((await client.do('GET', '/debug/pprof/heap')).json.nodes.length > 1000)
      const missing = new Set(await client.allOperations()).difference(await client.operations())
      assert.deepEqual([...missing], client === leader ? ['heapSnapshot'] : [])
    }
  })

  it('knows keys and values of any bytes', async () => {
    const values = [new Uint8Array(0), Uint8Array.from({ length: 256 }, (_, byte) => byte)]
    const keys = [
      '%00',
      '%FF%00%FF',
      '%2F',
      'a%2Fb',
      '%25',
      '%3Fx=1',
      '%C3%A9',
      '%F0%9F%98%80',
      '..a',
    ]
    for (const key of keys) {
      for (const body of values) {
        const [writer, reader] = [clients[0] ?? assert.fail(), clients[2] ?? assert.fail()]
        await writer.do('PUT', `${KV}/${key}`, { body })
        const { json } = await reader.do('GET', `${KV}/${key}`)
        const read = Buffer.from(json.value, json.encoding === 'text' ? 'utf8' : 'base64')
        assert.deepEqual(new Uint8Array(read), body, key)
        const plain = Buffer.from(json.key, json.keyEncoding === 'base64' ? 'base64' : 'utf8')
        assert.deepEqual(plain.toString('latin1'), unescape(key))
      }
      const etcd = new EtcdClient((clients[1] ?? assert.fail()).member.url)
      const { kvs } = await etcd.range({
        key: new Uint8Array(Buffer.from(unescape(key), 'latin1')),
      })
      etcd.close()
      assert.deepEqual(new Uint8Array(kvs[0]?.value ?? assert.fail()), values[1])
    }
  })

  it('reads what was written a moment ago through another one', async () => {
    for (let i = 0; i < 60; i++) {
      const [writer, reader] = [
        clients[i % 3] ?? assert.fail(),
        clients[(i + 1) % 3] ?? assert.fail(),
      ]
      await writer.do('PUT', `${KV}/moment`, { body: `${i}` })
      assert.equal((await reader.do('GET', `${KV}/moment?raw`)).text, `${i}`)
    }
  })

  it('sends to the leader whoever wants that', async () => {
    const { leader, others } = await roles()
    for (const other of others) {
      const told = await other.ask('PUT', `${KV}/redirected?redirect=1`, { body: 'x' })
      assert.equal(told.status, 307)
      const { location = '' } = told.headers
      assert.equal(location, `${leader.member.url}${KV}/redirected?redirect=1`)
      const { pathname, search } = new URL(location)
      await leader.do('PUT', pathname + search, { body: other.member.name })
      assert.equal((await other.do('GET', `${KV}/redirected?raw`)).text, other.member.name)
    }
  })

  it('lets a key live for its time', async () => {
    const [first, second] = [clients[0] ?? assert.fail(), clients[1] ?? assert.fail()]
    const reader = new EventReader(second.address, '/api/v1/watch?key=brief')
    await reader.open()
    await first.do('PUT', `${KV}/brief?ttl=500ms`, { body: 'x' })
    const told = await reader.until(2)
    reader.close()
    assert.deepEqual(
      told.map((event) => event.split(' ')[0]),
      ['put', 'delete'],
    )
    assert.equal((await first.ask('GET', `${KV}/brief`)).status, 404)
  })
})

/** One request at least to each route, with an effect that is looked at. */
async function askEverything(client: RestClient): Promise<void> {
  const place = client.member.name
  const key = `${KV}/everything/${place}`
  const put = await client.do('PUT', `${key}?previous`, { body: '1' })
  const { json } = await client.do('GET', key)
  assert.deepEqual([json.value, json.revision], ['1', put.json.revision])
  assert.equal((await client.do('GET', `${key}?consistency=stale&raw`)).text, '1')
  assert.equal((await client.do('POST', `${key}/incr?by=4`)).json.value, '5')
  assert.equal((await client.do('GET', `${key}?revision=${put.json.revision}`)).json.value, '1')
  const ifMatch = { 'If-Match': `"${put.json.revision}"` }
  assert.equal((await client.ask('DELETE', key, { headers: ifMatch })).status, 412)
  assert.equal((await client.do('DELETE', key)).json.deleted, 1)
  const operations = Array.from({ length: 5 }, (_, i) => {
    return { op: 'put', key: `everything/${place}/${i}`, value: '' }
  })
  const batch = await client.do('POST', '/api/v1/batch', { body: JSON.stringify({ operations }) })
  assert.equal(batch.json.results.length, 5)
  const page = `${KV}?prefix=everything/${place}/&limit=3`
  const { entries, cursor } = (await client.do('GET', page)).json
  const rest = (await client.do('GET', `${page}&cursor=${cursor}`)).json
  assert.deepEqual([entries.length, rest.entries.length, rest.cursor], [3, 2, undefined])
  const removed = await client.do('DELETE', `${KV}?prefix=everything/${place}/`)
  assert.equal(removed.json.deleted, 5)
  const condition = { key: `everything/${place}`, exists: false }
  const txn = JSON.stringify({ if: [condition], else: [{ op: 'delete', prefix: '' }] })
  assert.equal((await client.do('POST', '/api/v1/txn', { body: txn })).json.succeeded, true)
  await askLeases(client)
  await askNode(client)
  client.asked.add('GET /api/v1/watch')
  const reader = new EventReader(client.address, `/api/v1/watch?prefix=everything/${place}&from=1`)
  const [first = ''] = await reader.until(1)
  reader.close()
  assert.equal(first, `put everything/${place} ${put.json.revision}`)
}

async function askLeases(client: RestClient): Promise<void> {
  const { id } = (await client.do('POST', '/api/v1/leases?ttl=1h')).json
  await client.do('PUT', `${KV}/leased?lease=${id}`, { body: '' })
  const lease = (await client.do('GET', `/api/v1/leases/${id}?keys`)).json
  assert.deepEqual([lease.keys, lease.grantedTtl], [['leased'], 3600])
  assert.equal((await client.do('POST', `/api/v1/leases/${id}/keepalive`)).json.ttl, 3600)
  assert.ok((await client.do('GET', '/api/v1/leases')).json.leases.includes(id))
  await client.do('DELETE', `/api/v1/leases/${id}`)
  assert.equal((await client.ask('GET', `${KV}/leased`)).status, 404)
}

async function askNode(client: RestClient): Promise<void> {
  const status = (await client.do('GET', '/api/v1/cluster/status')).json
  const { nodes } = (await client.do('GET', '/api/v1/cluster/nodes')).json
  assert.deepEqual((await client.do('GET', '/api/v1/cluster/members')).json, { nodes })
  assert.deepEqual(
    nodes.map(({ name }: { name: string }) => name),
    cluster.members.map(({ name }) => name),
  )
  const leader = nodes.find(({ isLeader }: { isLeader: boolean }) => isLeader)
  assert.equal(leader.id, status.leader)
  assert.deepEqual((await client.do('GET', '/ready')).json, { ready: true })
  assert.match((await client.do('GET', '/health')).text, /true/)
  const metrics = (await client.do('GET', '/metrics')).text
  assert.match(metrics, /^quorate_api_request_seconds_count\{door="rest"\} [1-9]/m)
  assert.match(metrics, /^quorate_event_loop_delay_seconds_count [1-9]/m)
  assert.match(metrics, /^quorate_log_sync_seconds_count [1-9]/m)
  assert.match(metrics, /^quorate_memory_bytes\{kind="array_buffers"\} [1-9]/m)
  assert.equal((await client.do('GET', '/debug/log-level')).json.level, 'info')
  await client.do('PUT', '/debug/log-level', { body: 'debug' })
  const back = await client.do('PUT', '/debug/log-level', { body: '{"level":"info"}' })
  assert.deepEqual(back.json, { level: 'info' })
  const profile = (await client.do('GET', '/debug/pprof/profile?seconds=1')).json
  assert.ok(profile.nodes.length > 0)
  assert.match((await client.do('GET', '/api')).text, /^<!doctype html>/)
}

/** The answer of whichever member gives one; members that are gone are passed over. */
async function untilAnswered(
  among: readonly RestClient[],
  ask: (client: RestClient) => Promise<Told>,
): Promise<Told> {
  const untilMs = performance.now() + WAIT_MS_MAX
  for (let attempt = 0; performance.now() < untilMs; attempt++) {
    const client = among[attempt % among.length] ?? assert.fail()
    try {
      const told = await ask(client)
      if (told.status === 200) return told
      assert.ok(told.status === 503 || told.status === 504, told.text)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
    }
  }
  assert.fail('nobody answers')
}

describe('when a leader is killed', () => {
  it('a request with an idempotency key happens once, with one answer', async () => {
    const { leader, others } = await roles()
    const total = 200
    const ask = (client: RestClient, i: number): Promise<Told> =>
      client.ask('POST', `${KV}/exactly/incr`, { headers: { 'Idempotency-Key': `once ${i}` } })
    const answers: string[] = []
    let killed: Promise<void> | null = null
    const worker = async (first: number): Promise<void> => {
      for (let i = first; i < total; i += 8) {
        // The leader as long as it is there: some of its answers are lost with it.
        const told = await untilAnswered([leader, ...others], (client) => ask(client, i))
        answers[i] = told.text
        if (i >= total / 3) killed ??= member(leader).kill()
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, first) => worker(first)))
    await killed
    const { json } = await (others[1] ?? assert.fail()).do('GET', `${KV}/exactly`)
    assert.equal(json.value, `${total}`)
    assert.equal(new Set(answers.map((text) => JSON.parse(text).value)).size, total)
    for (const client of others) {
      for (let i = 0; i < total; i += 7) assert.equal((await ask(client, i)).text, answers[i])
    }
    member(leader).start()
    await member(leader).ready()
    for (let i = 0; i < total; i += 7) assert.equal((await ask(leader, i)).text, answers[i])
    const other = { headers: { 'Idempotency-Key': 'once 0' } }
    const refused = await leader.ask('POST', `${KV}/exactly/incr?by=2`, other)
    assert.equal(refused.json.error.code, 'IDEMPOTENCY_MISMATCH')
    assert.equal((await leader.do('GET', `${KV}/exactly?raw`)).text, `${total}`)
  })

  it('a watch goes on at another member, without gap or repetition', async () => {
    const { leader, others } = await roles()
    const [one, two] = [others[0] ?? assert.fail(), others[1] ?? assert.fail()]
    const seen: string[] = []
    let lastId = ''
    let isOver = false
    const watchers = [leader, one, leader, two, one]
    let reader = new EventReader(leader.address, '/api/v1/watch?prefix=w/')
    await reader.open()
    const start = (await one.do('GET', '/api/v1/cluster/status')).json.revision
    const follow = async (): Promise<void> => {
      for (let life = 1; !isOver; life++) {
        await reader.until(Number.POSITIVE_INFINITY)
        seen.push(...reader.told.filter((event) => !event.startsWith('error')))
        if (reader.lastId !== '') lastId = reader.lastId
        const next = watchers[life % watchers.length] ?? one
        const headers = { 'Last-Event-ID': lastId }
        reader = new EventReader(next.address, '/api/v1/watch?prefix=w/', headers)
      }
    }
    const following = follow()
    for (let i = 0; i < 120; i++) {
      const keys = Array.from({ length: 1 + (i % 4) }, (_, at) => `w/${i}/${at}`)
      const operations = keys.map((key) => ({ op: 'put', key, value: '' }))
      // biome-ignore lint/suspicious/noThenProperty: it is data.
      const body = JSON.stringify({ then: operations })
      const headers = { 'Idempotency-Key': `watched ${i}` }
      const among = [one, two]
      await untilAnswered(among, (client) => client.ask('POST', '/api/v1/txn', { body, headers }))
      if (i === 40) await member(leader).kill()
      // Readers come and go in the middle of things, too.
      if (i % 15 === 14) reader.close()
    }
    member(leader).start()
    await member(leader).ready()
    const all = new EventReader(two.address, `/api/v1/watch?prefix=w/&after=${start}`)
    const wanted = await all.until(300)
    all.close()
    while (seen.length + reader.messages.length < wanted.length) {
      if (reader.isOver) await new Promise((resolve) => setImmediate(resolve))
      else await Promise.race([reader.until(1), reader.until(wanted.length - seen.length)])
      await new Promise((resolve) => setImmediate(resolve))
    }
    isOver = true
    reader.close()
    await following
    assert.deepEqual(seen, wanted)
    assert.equal(new Set(seen).size, 300)
  })
})

describe('when all of them are killed', () => {
  it('what an idempotency key stands for is known afterwards', async () => {
    const [one, two] = [clients[0] ?? assert.fail(), clients[1] ?? assert.fail()]
    const asked = { headers: { 'Idempotency-Key': 'outlives' } }
    const first = await one.do('POST', `${KV}/outlives/incr?by=7`, asked)
    await Promise.all(cluster.members.map((each) => each.kill()))
    for (const each of cluster.members) each.start()
    await Promise.all(cluster.members.map((each) => each.ready()))
    const again = await untilAnswered([two], (client) =>
      client.ask('POST', `${KV}/outlives/incr?by=7`, asked),
    )
    assert.equal(again.text, first.text)
    assert.equal((await one.do('GET', `${KV}/outlives?raw`)).text, '7')
  })
})
