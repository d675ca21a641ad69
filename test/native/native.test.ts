/** The native API of three real processes. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { badOperationFindings } from '../../src/api/testing/index.ts'
import { etcd, native, state } from '../../src/wire/index.ts'
import { type Cluster, serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'
import { NotDone, PipelineClient, type Place, type What } from './pipeline-client.ts'

const UTF8 = new TextEncoder()
const ATTEMPTS_MAX = 10
const { NEVER } = native.FailureRetry

function keyOf(text: string): Uint8Array {
  return UTF8.encode(text)
}

function putOf(key: string, value: string): Extract<What, { kind: 'put' }> {
  const fields = { key: keyOf(key), value: keyOf(value) }
  return { kind: 'put', value: etcd.PutRequest.create(fields) }
}

function rangeOf(key: string): Extract<What, { kind: 'range' }> {
  return { kind: 'range', value: etcd.RangeRequest.create({ key: keyOf(key) }) }
}

function incrementOf(key: string): Extract<What, { kind: 'increment' }> {
  const fields = { key: keyOf(key), delta: 1n }
  return { kind: 'increment', value: state.IncrementRequest.create(fields) }
}

/** What every member is asked, with the leader's hint checked on the way. */
async function everyKind(client: PipelineClient, name: string): Promise<void> {
  const key = keyOf(`${name}/key`)
  const put = await client.done(putOf(`${name}/key`, 'one'))
  assert.ok((put.header?.revision ?? 0) > 0)
  const range = await client.done(rangeOf(`${name}/key`))
  assert.deepEqual(range.kvs[0]?.value, keyOf('one'))
  const increments = [1, 2].map(() => client.done(incrementOf(`${name}/count`)))
  const counts = (await Promise.all(increments)).map(({ value }) => value)
  assert.deepEqual(counts.toSorted(), [1n, 2n])
  const withTtl = { put: etcd.PutRequest.create({ key: keyOf(`${name}/brief`) }), ttlMs: 60_000 }
  await client.done({ kind: 'putWithTtl', value: withTtl })
  const looked = await client.done({ kind: 'txn', value: txnOf([rangeIn(`${name}/brief`)]) })
  assert.equal(looked.responses[0]?.response?.kind, 'responseRange')
  const putIn = { kind: 'requestPut', value: etcd.PutRequest.create({ key }) } as const
  const changed = await client.done({ kind: 'txn', value: txnOf([{ request: putIn }]) })
  assert.equal(changed.responses[0]?.response?.kind, 'responsePut')
  await leases(client, name)
  const deleted = await client.done({
    kind: 'deleteRange',
    value: etcd.DeleteRangeRequest.create({ key, prevKv: true }),
  })
  assert.deepEqual([deleted.deleted, deleted.prevKvs.length], [1, 1])
  const revision = deleted.header?.revision ?? 0
  await client.done({ kind: 'compact', value: { revision, physical: false } })
  const again = await client.ask({ kind: 'compact', value: { revision, physical: false } })
  assert.deepEqual([again?.failure?.code, again?.failure?.retry], ['COMPACTED', NEVER])
}

function rangeIn(key: string): etcd.RequestOp {
  return { request: { kind: 'requestRange', value: etcd.RangeRequest.create({ key: keyOf(key) }) } }
}

function txnOf(success: etcd.RequestOp[]): etcd.TxnRequest {
  return etcd.TxnRequest.create({ success })
}

async function leases(client: PipelineClient, name: string): Promise<void> {
  const { ID } = await client.done({ kind: 'leaseGrant', value: { TTL: 60, ID: 0n } })
  const put = etcd.PutRequest.create({ key: keyOf(`${name}/leased`), lease: ID })
  await client.done({ kind: 'put', value: put })
  assert.equal((await client.done({ kind: 'leaseKeepAlive', value: { ID } })).TTL, 60)
  const left = await client.done({ kind: 'leaseTimeToLive', value: { ID, keys: true } })
  assert.deepEqual(left.keys, [keyOf(`${name}/leased`)])
  const all = await client.done({ kind: 'leaseLeases', value: {} })
  assert.ok(all.leases.some((lease) => lease.ID === ID))
  await client.done({ kind: 'leaseRevoke', value: { ID } })
  assert.equal((await client.done(rangeOf(`${name}/leased`))).count, 0)
}

describe('the native API of a cluster', { concurrency: false }, () => {
  let cluster: Cluster
  let clients: PipelineClient[] = []

  before(async () => {
    cluster = await startCluster({
      name: 'native',
      command: serverCommand(),
      environment: UNHURRIED,
    })
  })

  after(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await cluster.stop()
  })

  it('refuses what makes no sense, and nothing has changed', async (context) => {
    const { hostname: host, port } = new URL(cluster.urls[1] ?? assert.fail())
    const { findings, count } = await badOperationFindings(context, { host, port: Number(port) })
    assert.deepEqual(findings, [])
    assert.ok(count >= 200)
    clients = await Promise.all(cluster.urls.map((url) => PipelineClient.open(url)))
  })

  it('does everything it can through every member, whoever leads', async () => {
    for (const [at, client] of clients.entries()) await everyKind(client, `m${at}`)
  })

  it('says who leads, the same at every member', async () => {
    await inOneTerm(async () => {
      const headers = await Promise.all(
        clients.map(async (client) => (await client.done(putOf('who', 'leads'))).header),
      )
      const [{ leader } = assert.fail()] = clients
      const told = clients.map((client) => client.leader)
      return {
        headers,
        check: () => {
          assert.deepEqual(told, [leader, leader, leader])
          assert.ok(headers.some((header) => header?.memberId === leader))
        },
      }
    })
  })

  it('carries out what one stream sends in its order, while one member leads', async () => {
    for (const client of clients) {
      await inOneTerm(async () => {
        const all = Array.from({ length: 5000 }, (_, n) => client.done(putOf('order', `${n}`)))
        const headers = (await Promise.all(all)).map(({ header }) => header)
        const { kvs } = await client.done(rangeOf('order'))
        const check = () => {
          const revisions = headers.map((header) => header?.revision ?? 0)
          assert.ok(revisions.every((revision, n) => n === 0 || revision > (revisions[n - 1] ?? 0)))
          assert.deepEqual(kvs[0]?.value, keyOf('4999'))
        }
        return { headers, check }
      })
    }
  })

  it('counts once what is sent again, at whatever member', async () => {
    const [first = assert.fail()] = clients
    const { id: session } = await first.done({ kind: 'openSession', value: {} })
    for (let sequence = 1; sequence <= 20; sequence++) {
      const told = clients.map((client) => client.done(incrementOf('once'), { session, sequence }))
      const values = (await Promise.all(told)).map(({ value }) => value)
      assert.deepEqual(values, Array(3).fill(BigInt(sequence)))
    }
    await first.done({ kind: 'closeSession', value: { id: session } })
  })

  it('counts exactly while leaders are killed, when what is open is sent again', async () => {
    const [writers, each, kills] = [4, 100, 3]
    const live = new Map(clients.entries())
    const progress = new Progress()
    let killed = 0
    const elsewhere = (at: number): number => {
      const next = (at + 1) % clients.length
      return live.has(next) ? next : elsewhere(next)
    }
    const countOnce = async (place: Place, from: number): Promise<void> => {
      for (let at = live.has(from) ? from : elsewhere(from); ; at = elsewhere(at)) {
        const outcome = await live.get(at)?.ask(incrementOf('exact'), place)
        if (outcome?.result?.kind === 'increment') return progress.more()
        // Whatever was told of this attempt: an earlier one may be open still.
        assert.notEqual(outcome?.failure?.retry, NEVER, `${outcome?.failure?.code}`)
        assert.notEqual(outcome?.failure?.code, 'SESSION_EXPIRED')
        progress.repeated += 1
      }
    }
    const write = async (writer: number): Promise<void> => {
      const client = live.get(writer % 3) ?? assert.fail()
      const { id: session } = await client.done({ kind: 'openSession', value: {} })
      // Whatever is killed, writes are open then.
      for (let round = 0; killed < kills; round++) {
        const sequences = Array.from({ length: each }, (_, n) => round * each + n + 1)
        await Promise.all(
          sequences.map((sequence) => countOnce({ session, sequence }, (writer + sequence) % 3)),
        )
      }
    }
    const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    while (killed < kills) {
      await progress.reached(progress.count + writers * each)
      const leader = await leaderOf([...live])
      const member = cluster.members[leader] ?? assert.fail()
      live.delete(leader)
      await member.kill()
      killed += 1
      member.start()
      await member.ready()
      const again = await PipelineClient.open(member.url)
      clients[leader] = again
      live.set(leader, again)
    }
    await all
    for (const client of clients) {
      const { kvs } = await client.done(rangeOf('exact'))
      assert.deepEqual(kvs[0]?.value, keyOf(`${progress.count}`))
    }
    assert.ok(progress.repeated > 0, 'something had to be sent again')
  })

  async function leaderOf(members: readonly (readonly [number, PipelineClient])[]) {
    for (let left = ATTEMPTS_MAX; left > 0; left--) {
      for (const [at, client] of members) {
        const result = (await client.ask(putOf('who', 'leads')))?.result
        if (result?.kind === 'put' && result.value.header?.memberId === client.leader) return at
      }
    }
    return assert.fail('somebody leads')
  }
})

interface Attempt {
  readonly headers: readonly (etcd.ResponseHeader | null | undefined)[]
  readonly check: () => void
}

/** On a busy machine a leader may fall by itself: then what was seen says nothing. */
async function inOneTerm(attempt: () => Promise<Attempt>): Promise<void> {
  for (let left = ATTEMPTS_MAX; ; left--) {
    try {
      const { headers, check } = await attempt()
      if (new Set(headers.map((header) => header?.raftTerm)).size === 1) return check()
      assert.ok(left > 0, 'one leader stays for a while')
    } catch (error) {
      if (left === 0 || !(error instanceof NotDone)) throw error
    }
  }
}

/** How many writes were acknowledged. */
class Progress {
  repeated = 0
  count = 0
  #waiting: { readonly at: number; readonly resolve: () => void } | null = null

  more(): void {
    this.count += 1
    if (this.#waiting !== null && this.count >= this.#waiting.at) this.#waiting.resolve()
  }

  async reached(at: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { at, resolve }
    if (this.count >= at) return
    await promise
  }
}
