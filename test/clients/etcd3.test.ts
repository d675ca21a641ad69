/** `etcd3`, the client of etcd for Node.js, against three real processes. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Etcd3 } from 'etcd3'
import { type Cluster, serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'

/** etcd3 may keep its process for so long after a lock was released. */
const HELD_SECONDS = 5

let cluster: Cluster
let client: Etcd3

before(async () => {
  cluster = await startCluster({ name: 'etcd3', command: serverCommand(), environment: UNHURRIED })
  client = new Etcd3({ hosts: [...cluster.urls] })
})
after(async () => {
  client?.close()
  await cluster?.stop()
})

test('what was put comes back, as text, as bytes, as JSON, and goes when deleted', async () => {
  await client.put('kv/text').value('words')
  await client.put('kv/bytes').value(Buffer.from([0, 255, 128]))
  await client.put('kv/json').value(JSON.stringify({ n: 1 }))
  assert.equal(await client.get('kv/text').string(), 'words')
  assert.deepEqual(await client.get('kv/bytes').buffer(), Buffer.from([0, 255, 128]))
  assert.deepEqual(await client.get('kv/json').json(), { n: 1 })
  assert.equal(await client.get('kv/none').string(), null)
  assert.equal(await client.get('kv/text').exists(), true)
  const { deleted } = await client.delete().key('kv/text')
  assert.equal(deleted, '1')
  assert.equal(await client.get('kv/text').exists(), false)
})

test('a prefix is listed, sorted, limited, counted and deleted', async () => {
  for (const name of ['c', 'a', 'b']) await client.put(`list/${name}`).value(name)
  const all = client.getAll().prefix('list/')
  assert.deepEqual(await all.strings(), { 'list/a': 'a', 'list/b': 'b', 'list/c': 'c' })
  const down = await client.getAll().prefix('list/').sort('Key', 'Descend').limit(2).keys()
  assert.deepEqual(down, ['list/c', 'list/b'])
  const byAge = await client.getAll().prefix('list/').sort('Create', 'Ascend').keys()
  assert.deepEqual(byAge, ['list/c', 'list/a', 'list/b'])
  assert.equal(await client.getAll().prefix('list/').count(), 3)
  const { deleted } = await client.delete().prefix('list/')
  assert.equal(deleted, '3')
})

test('an old revision is read until it is compacted away', async () => {
  const { header } = await client.put('old').value('first')
  await client.put('old').value('second')
  assert.equal(await client.get('old').revision(header.revision).string(), 'first')
  const now = (await client.get('old').exec()).header.revision
  await client.kv.compact({ revision: now })
  await assert.rejects(client.get('old').revision(header.revision).string(), /compacted/)
})

test('a namespace sees its own keys only', async () => {
  const own = client.namespace('tenant/')
  await own.put('key').value('value')
  await client.put('key').value('outside')
  assert.equal(await own.get('key').string(), 'value')
  assert.equal(await client.get('tenant/key').string(), 'value')
  assert.deepEqual(await own.getAll().strings(), { key: 'value' })
  await own.delete().all()
  assert.equal(await client.get('key').string(), 'outside')
})

test('a transaction does one thing or the other', async () => {
  await client.put('txn').value('1')
  const first = await client
    .if('txn', 'Value', '==', '1')
    .then(client.put('txn').value('2'))
    .else(client.get('txn'))
    .commit()
  const second = await client
    .if('txn', 'Value', '==', '1')
    .then(client.put('txn').value('3'))
    .else(client.get('txn'))
    .commit()
  assert.deepEqual([first.succeeded, second.succeeded], [true, false])
  assert.equal(await client.get('txn').string(), '2')
})

test('keys go with their lease, and a lease that is kept alive stays', async () => {
  const lease = client.lease(60)
  const id = await lease.grant()
  await lease.put('leased').value('for a while')
  const told = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true })
  assert.deepEqual(
    told.keys.map((key) => key.toString()),
    ['leased'],
  )
  await lease.keepaliveOnce()
  assert.equal(await client.get('leased').string(), 'for a while')
  await lease.revoke()
  assert.equal(await client.get('leased').string(), null)
})

test('a lease that nobody keeps alive ends, and takes its keys along', async () => {
  const watcher = await client.watch().key('short').create()
  const gone = once(watcher, 'delete')
  const beforeMs = performance.now()
  const lease = client.lease(3, { autoKeepAlive: false })
  await lease.put('short').value('lived')
  await gone
  assert.ok(performance.now() - beforeMs >= 3000, 'a lease lasts as long as it was granted for')
  assert.equal(await client.get('short').string(), null)
  await watcher.cancel()
})

test('a watcher hears of puts and deletes in order, with what was there before', async () => {
  const { header } = await client.put('watched').value('0')
  // Whichever member is asked may not have heard of it yet, and would tell of it, too.
  const from = String(BigInt(header.revision) + 1n)
  const watching = client.watch().key('watched').startRevision(from).withPreviousKV()
  const watcher = await watching.create()
  const heard: string[] = []
  const all = new Promise<void>((resolve) => {
    watcher.on('put', (kv, previous) => {
      heard.push(`put ${kv.value} was ${previous?.value}`)
    })
    watcher.on('delete', (_, previous) => {
      heard.push(`delete was ${previous?.value}`)
      resolve()
    })
  })
  await client.put('watched').value('1')
  await client.put('watched').value('2')
  await client.delete().key('watched')
  await all
  assert.deepEqual(heard, ['put 1 was 0', 'put 2 was 1', 'delete was 2'])
  await watcher.cancel()
})

test('a watcher of a prefix begins in the past and goes on', async () => {
  const { header } = await client.put('past/a').value('1')
  await client.put('past/b').value('2')
  const heard: string[] = []
  const three = new Promise<void>((resolve) => {
    const watcher = client.watch().prefix('past/').startRevision(header.revision).watcher()
    watcher.on('put', (kv) => {
      heard.push(`${kv.key}=${kv.value}`)
      if (heard.length < 3) return
      resolve(watcher.cancel())
    })
  })
  await client.put('past/c').value('3')
  await three
  assert.deepEqual(heard, ['past/a=1', 'past/b=2', 'past/c=3'])
})

test('a lock is held by one at a time', async () => {
  const other = new Etcd3({ hosts: [...cluster.urls] })
  try {
    const held = await client.lock('mutex').ttl(HELD_SECONDS).acquire()
    await assert.rejects(other.lock('mutex').ttl(HELD_SECONDS).acquire())
    await held.release()
    const taken = await other.lock('mutex').ttl(HELD_SECONDS).acquire()
    await taken.release()
  } finally {
    other.close()
  }
})

test('an election has one leader, who is followed by the next', async () => {
  const election = client.election('crown', HELD_SECONDS)
  const first = election.campaign('first')
  await first.wait()
  assert.equal(await election.leader(), 'first')
  const observer = await election.observe()
  const next = new Promise<void>((resolve) => {
    observer.on('change', (value) => {
      if (value === 'second') resolve()
    })
  })
  const second = election.campaign('second')
  await first.resign()
  await second.wait()
  await next
  assert.equal(await election.leader(), 'second')
  await observer.cancel()
  await second.resign()
})

test('software transactional memory: concurrent increments all count', async () => {
  await client.put('stm').value('0')
  const increment = (): Promise<unknown> =>
    client.stm({ retries: 50 }).transact(async (transaction) => {
      const value = Number(await transaction.get('stm').string())
      await transaction.put('stm').value(String(value + 1))
    })
  await Promise.all(Array.from({ length: 5 }, increment))
  assert.equal(await client.get('stm').string(), '5')
})

test('the status of a member is told', async () => {
  const { leader, version } = await client.maintenance.status()
  assert.notEqual(leader, '0')
  assert.match(version, /^3\.\d+\.\d+$/)
})
