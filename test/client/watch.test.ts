import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Client, connect, json, put, type Watch } from '../../src/client/index.ts'
import { type Cluster, serverCommand, startCluster } from '../cluster/index.ts'

let cluster: Cluster
let db: Client
/** At another node, so that nothing but the cluster connects the two. */
let other: Client

before(async () => {
  cluster = await startCluster({ name: 'client-watches', command: serverCommand() })
  db = await connect({ endpoints: cluster.urls })
  other = await connect({ endpoints: [cluster.urls[1] ?? ''], discover: false })
})

after(async () => {
  await db.close()
  await other.close()
  await cluster.stop()
})

/** So many events, as `key=value`. */
async function read(watch: Watch, count: number): Promise<string[]> {
  const lines: string[] = []
  if (count === 0) return lines
  const iterator = watch[Symbol.asyncIterator]()
  while (lines.length < count) {
    const { done, value: event } = await iterator.next()
    if (done === true) break
    lines.push(event.type === 'put' ? `${event.key}=${event.entry.value}` : `${event.key} deleted`)
  }
  return lines
}

test('a watch of a key tells of its puts and deletes, whoever makes them', async () => {
  await db.put('key', 'before')
  const watch = other.watch({ key: 'key' })
  const revision = await watch.ready
  const { revision: first } = await db.put('key', '1')
  await db.put('key2', 'not this one')
  await other.delete('key')
  assert.ok(first > revision)
  assert.deepEqual(await read(watch, 2), ['key=1', 'key deleted'])
  watch.close()
  assert.deepEqual(await read(watch, 1), [])
})

test('an event says all about the entry', async () => {
  await using watch = db.watch({ key: 'all', previous: true })
  await watch.ready
  const { revision } = await db.put('all', 'one')
  const { revision: second } = await db.put('all', 'two')
  await db.delete('all')
  const iterator = watch[Symbol.asyncIterator]()
  const [created, changed, deleted] = [
    (await iterator.next()).value,
    (await iterator.next()).value,
    (await iterator.next()).value,
  ]
  assert.deepEqual(created, {
    ...{ type: 'put', key: 'all', keyBytes: new TextEncoder().encode('all'), revision },
    entry: await db.get('all', { revision }),
    previous: null,
  })
  assert.equal(changed.entry.createRevision, revision)
  assert.equal(changed.entry.version, 2)
  assert.deepEqual(changed.previous, created.entry)
  assert.equal(deleted.type, 'delete')
  assert.ok(deleted.revision > second)
  assert.equal(deleted.previous.value, 'two')
})

test('a watch of a prefix, of a range, and of everything', async () => {
  const watches = [
    db.watch({ prefix: 'p/' }),
    db.watch({ start: 'p/b', end: 'p/d' }),
    db.watch({ start: 'p/' }),
    db.watch({}),
  ]
  await Promise.all(watches.map((watch) => watch.ready))
  for (const name of ['a', 'b', 'c', 'd']) await db.put(`p/${name}`, name)
  const told = await Promise.all([4, 2, 4, 4].map((count, at) => read(watches[at] as Watch, count)))
  const all = ['p/a=a', 'p/b=b', 'p/c=c', 'p/d=d']
  assert.deepEqual(told, [all, ['p/b=b', 'p/c=c'], all, all])
  for (const watch of watches) watch.close()
})

test('a watch of puts alone, or of deletes alone', async () => {
  await using puts = db.watch({ prefix: 'o/', only: 'put' })
  await using deletes = db.watch({ prefix: 'o/', only: 'delete' })
  await Promise.all([puts.ready, deletes.ready])
  await db.put('o/1', 'x')
  await db.delete('o/1')
  await db.put('o/2', 'x')
  await db.delete('o/2')
  assert.deepEqual(await read(puts, 2), ['o/1=x', 'o/2=x'])
  assert.deepEqual(await read(deletes, 2), ['o/1 deleted', 'o/2 deleted'])
})

test('a list and a watch from behind it miss nothing and repeat nothing', async () => {
  await db.put('l/1', 'x')
  const pages = db.list({ prefix: 'l/' }).pages()[Symbol.asyncIterator]()
  const { value: page } = await pages.next()
  await db.put('l/2', 'x')
  const watch = other.watch({ prefix: 'l/', from: page.revision + 1 })
  assert.deepEqual(await read(watch, 1), ['l/2=x'])
  assert.equal(watch.revision, (await db.get('l/2'))?.revision)
  watch.close()
})

test('changes of one transaction come together, in order', async () => {
  await using watch = db.watch({ prefix: 't/' })
  await watch.ready
  const names = Array.from({ length: 1000 }, (_, at) => `t/${String(at).padStart(4, '0')}`)
  const { revision } = await db
    .txn()
    .then(...names.map((name) => put(name, 'x')))
    .commit()
  assert.deepEqual(
    await read(watch, names.length),
    names.map((name) => `${name}=x`),
  )
  assert.equal(watch.revision, revision)
})

test('values have the codec of the client', async () => {
  const settings = db.withCodec(json<{ readonly level: number }>())
  await using watch = settings.watch({ key: 'settings' })
  await watch.ready
  await settings.put('settings', { level: 3 })
  await db.put('settings', 'no JSON')
  const iterator = watch[Symbol.asyncIterator]()
  assert.deepEqual((await iterator.next()).value.entry.value, { level: 3 })
  await assert.rejects(iterator.next(), { code: 'VALUE_UNREADABLE' })
  assert.equal((await iterator.next()).done, true)
})

test('a loop that is left, and a signal, end a watch', async () => {
  const controller = new AbortController()
  await db.put('e', '0')
  const { revision = 0 } = (await db.get('e')) ?? {}
  for await (const event of db.watch({ key: 'e', from: revision })) {
    assert.equal(event.revision, revision)
    break
  }
  const watch = db.watch({ key: 'e', signal: controller.signal })
  await watch.ready
  const reading = read(watch, 1)
  controller.abort()
  assert.deepEqual(await reading, [])
})

test('a thousand watches of one client, each told what is its own', async () => {
  const watches = Array.from({ length: 1000 }, (_, at) => db.watch({ key: `many/${at}` }))
  await Promise.all(watches.map((watch) => watch.ready))
  await Promise.all(watches.map((_, at) => other.put(`many/${at}`, String(at))))
  for (const [at, watch] of watches.entries()) {
    assert.deepEqual(await read(watch, 1), [`many/${at}=${at}`])
    watch.close()
  }
})

test('a reader that pauses is told everything all the same', async () => {
  await using watch = db.watch({ prefix: 's/' })
  await watch.ready
  // Far more than waits for a reader: 20 MB.
  const value = 'x'.repeat(100_000)
  for (let at = 0; at < 200; at += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => other.put(`s/${at + i}`, value)))
  }
  const seen = new Set(await read(watch, 200))
  assert.equal(seen.size, 200)
  await other.put('s/now', 'x')
  assert.deepEqual(await read(watch, 1), ['s/now=x'])
})

test('what is compacted away is told, with where to begin instead', async () => {
  const { revision: old } = await db.put('c', '1')
  const { revision } = await db.put('c', '2')
  await db.cluster.compact(revision)
  await assert.rejects(read(db.watch({ key: 'c', from: old }), 1), {
    ...{ code: 'COMPACTED', retry: 'never', oldestRevision: revision },
  })
  assert.deepEqual(await read(db.watch({ key: 'c', from: revision }), 1), ['c=2'])
})

for (const [what, options] of Object.entries({
  'a key beside a prefix': { key: 'a', prefix: 'b' },
  'an empty key': { key: '' },
  'a range in which nothing lies': { start: 'b', end: 'a' },
  'a revision that there never was': { key: 'a', from: 0 },
})) {
  test(`${what} is refused`, () => {
    assert.throws(() => db.watch(options), { name: 'QuorateError', retry: 'never' })
  })
}

test('a closed client ends its watches, as if it had closed each of them', async () => {
  const short = await connect({ endpoints: cluster.urls })
  const watch = short.watch({ prefix: 'x' })
  await watch.ready
  const next = watch[Symbol.asyncIterator]().next()
  const leader = short.observe('x')[Symbol.asyncIterator]()
  assert.equal((await leader.next()).value, null)
  const nextLeader = leader.next()
  await short.close()
  const ended = { done: true, value: undefined }
  assert.deepEqual(await Promise.all([next, nextLeader]), [ended, ended])
  const late = short.watch({ prefix: 'x' })[Symbol.asyncIterator]()
  await assert.rejects(late.next(), { code: 'CLIENT_CLOSED' })
})
