import assert from 'node:assert/strict'
import { after, before, describe, it, test } from 'node:test'
import { type Client, connect, json, type Leader } from '../../src/client/index.ts'
import { type Cluster, serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'

/** Of leases that are held: they outlive a machine that stands still for a second or two. */
const TTL_MS = 3000

let cluster: Cluster
let db: Client
let other: Client

before(async () => {
  cluster = await startCluster({
    name: 'client-locks',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  db = await connect({ endpoints: cluster.urls })
  other = await connect({ endpoints: [cluster.urls[2] ?? ''], discover: false })
})

after(async () => {
  await db.close()
  await other.close()
  await cluster.stop()
})

/** Resolves with a function that resolves when something happened to a key since then. */
async function nextOf(only: 'put' | 'delete', prefix: string): Promise<() => Promise<void>> {
  const watch = other.watch({ prefix, only })
  await watch.ready
  return async () => {
    for await (const _event of watch) return
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

// Leases.

// At the same time, because they wait for leases to end.
describe('leases that end, or not', { concurrency: true }, () => {
  it('a lease keeps its keys longer than its time to live, until it is revoked', async () => {
    const lease = await db.lease({ ttlMs: TTL_MS })
    assert.equal(lease.ttlMs, TTL_MS)
    await db.put('leased', 'x', { lease })
    assert.equal((await db.get('leased'))?.lease, lease.id)
    // Another lease, which nobody renews, shows that more than its time has passed.
    const gone = await nextOf('delete', 'unrenewed/')
    const { id } = await db.leases.grant({ ttlMs: TTL_MS + 1000 })
    await db.put('unrenewed/a', 'x', { lease: id })
    await gone()
    assert.equal(lease.lost.aborted, false)
    assert.equal((await db.get('leased'))?.value, 'x')
    await lease.revoke()
    await lease.revoke()
    assert.equal(await db.get('leased'), null)
    assert.equal(lease.lost.aborted, false)
  })

  it('a lease that somebody else revokes is lost', async () => {
    const lease = await db.lease({ ttlMs: TTL_MS })
    await other.leases.revoke(lease.id)
    await aborted(lease.lost)
    assert.equal(lease.lost.reason.code, 'LEASE_NOT_FOUND')
    await lease.revoke()
  })

  it('the leases of a closed client are lost, and end by themselves', async () => {
    const short = await connect({ endpoints: cluster.urls })
    const lease = await short.lease({ ttlMs: TTL_MS })
    await short.put('short/a', 'x', { lease })
    const gone = await nextOf('delete', 'short/')
    await short.close()
    assert.ok(lease.lost.aborted)
    await gone()
  })

  it('a client that is closed gives up waiting, and what it held is lost', async () => {
    const short = await connect({ endpoints: cluster.urls })
    const held = await short.lock('closing', { ttlMs: TTL_MS })
    const nextPut = await nextOf('put', 'closing/')
    const waiting = assert.rejects(short.lock('closing', { ttlMs: TTL_MS }), {
      code: 'CLIENT_CLOSED',
    })
    await nextPut()
    await short.close()
    await waiting
    assert.equal(held.lost.reason.code, 'CLIENT_CLOSED')
    await held[Symbol.asyncDispose]()
    // Both leases run out.
    const next = await other.lock('closing')
    await next.release()
  })
})

test('a disposed lease is revoked', async () => {
  {
    await using lease = await db.lease({ ttlMs: 60_000 })
    await db.put('disposed', 'x', { lease })
  }
  assert.equal(await db.get('disposed'), null)
})

test('what is no time to live is refused', async () => {
  await assert.rejects(db.lease({ ttlMs: 0 }), { code: 'BAD_REQUEST' })
  await assert.rejects(db.lease({ ttlMs: 1e16 }), { retry: 'never' })
})

// Locks.

test('a lock is held by one client at a time', async () => {
  const lock = await db.lock('one')
  const waiting = other.lock('one')
  await assert.rejects(other.lock('one', { timeoutMs: 300 }), {
    ...{ code: 'TIMED_OUT', retry: 'later' },
    message: '"one" could not be taken in 300 ms: others are still in front',
  })
  assert.equal((await db.get(lock.key))?.lease, lock.lease)
  await lock.release()
  const next = await waiting
  assert.ok(next.fence > lock.fence)
  assert.equal(next.name, 'one')
  await next[Symbol.asyncDispose]()
  assert.equal(await db.count({ prefix: 'one/' }), 0)
})

test('a lock counts what it protects', async () => {
  const work = async (client: Client): Promise<void> => {
    for (let at = 0; at < 15; at++) {
      await using lock = await client.lock('counting')
      const count = Number((await client.get('count'))?.value ?? 0)
      assert.equal(lock.lost.aborted, false)
      await client.put('count', String(count + 1))
    }
  }
  await Promise.all([work(db), work(other), work(db), work(other)])
  assert.equal((await db.get('count'))?.value, '60')
})

test('whoever gives up waiting for a lock leaves nothing behind', async () => {
  await using _lock = await db.lock('busy')
  const controller = new AbortController()
  const nextPut = await nextOf('put', 'busy/')
  const waiting = other.lock('busy', { signal: controller.signal })
  const outcome = assert.rejects(waiting, { name: 'AbortError' })
  await nextPut()
  controller.abort()
  await outcome
  assert.equal(await db.count({ prefix: 'busy/' }), 1)
})

test('a lock whose key or lease is taken away is lost', async () => {
  const one = await db.lock('taken')
  await other.delete(one.key)
  await aborted(one.lost)
  await one.release()
  const two = await db.lock('taken', { ttlMs: TTL_MS })
  await other.leases.revoke(two.lease)
  await aborted(two.lost)
})

test("etcd's Lock service and this client wait for each other", async () => {
  const ask = async (method: string, body: object): Promise<{ readonly key: string }> => {
    const url = `${cluster.urls[0]}/v3/lock/${method}`
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
    return (await answer.json()) as { readonly key: string }
  }
  const lock = await db.lock('shared')
  const nextPut = await nextOf('put', 'shared/')
  const asked = ask('lock', { name: btoa('shared') })
  await nextPut()
  assert.equal(await db.count({ prefix: 'shared/' }), 2)
  await lock.release()
  const { key } = await asked
  await assert.rejects(other.lock('shared', { timeoutMs: 300 }), { code: 'TIMED_OUT' })
  await ask('unlock', { key })
  await using next = await other.lock('shared')
  assert.equal(next.lost.aborted, false)
})

test('a lock has a name', async () => {
  await assert.rejects(db.lock(''), { code: 'KEY_EMPTY' })
  await assert.rejects(db.elect('', { value: 'x' }), { code: 'KEY_EMPTY' })
  await assert.rejects(db.lock('x'.repeat(1100)), { retry: 'never' })
  await assert.rejects(db.lock(7 as unknown as string), { code: 'BAD_REQUEST' })
  for (const timeoutMs of [-1, Number.NaN]) {
    await assert.rejects(db.lock('times', { timeoutMs }), { code: 'BAD_REQUEST' })
  }
  await assert.rejects(db.lock('times', { ttlMs: 0 }), { code: 'BAD_REQUEST' })
  await assert.rejects(db.elect('values', { value: 7 as unknown as string }), {
    code: 'BAD_REQUEST',
  })
  assert.deepEqual(await db.count({ prefix: 'times' }), 0)
})

// Elections.

test('one leads, tells what it is, and another one comes after it', async () => {
  assert.equal(await other.leader('e'), null)
  const term = await db.elect('e', { value: 'node 1' })
  const waiting = other.elect('e', { value: 'node 2' })
  assert.deepEqual(await other.leader('e'), {
    ...{ key: term.key, value: 'node 1', fence: term.fence },
  })
  await term.proclaim('node 1, busy')
  assert.equal((await other.leader('e'))?.value, 'node 1, busy')
  await term.resign()
  await using next = await waiting
  assert.ok(next.fence > term.fence)
  assert.equal((await db.leader('e'))?.value, 'node 2')
  await assert.rejects(term.proclaim('still here'), { code: 'LEASE_NOT_FOUND' })
})

test('an observer is told of every leader', async () => {
  const told: (string | null)[] = []
  const observing = (async (): Promise<void> => {
    for await (const leader of other.observe('watched')) {
      told.push(leader?.value ?? null)
      if (leader?.value === 'the last') break
    }
  })()
  while (told.length === 0) await db.leader('watched')
  for (const value of ['a', 'b']) {
    await using term = await db.elect('watched', { value })
    await term.proclaim(`${value} again`)
  }
  await using _last = await db.elect('watched', { value: 'the last' })
  await observing
  assert.deepEqual(told, [null, 'a', 'a again', null, 'b', 'b again', null, 'the last'])
})

test('a signal ends a candidacy and an observation', async () => {
  const controller = new AbortController()
  await using _term = await db.elect('s', { value: 'first' })
  const candidacy = other.elect('s', { value: 'second', signal: controller.signal })
  const outcome = assert.rejects(candidacy, { name: 'AbortError' })
  const seen: (Leader | null)[] = []
  for await (const leader of other.observe('s', { signal: controller.signal })) {
    seen.push(leader)
    controller.abort()
  }
  await outcome
  assert.equal(seen.length, 1)
  assert.equal(await db.count({ prefix: 's/' }), 1)
})

test('what a leader tells has the codec of the client', async () => {
  const typed = db.withCodec(json<{ readonly port: number }>())
  await using term = await typed.elect('typed', { value: { port: 1 } })
  await term.proclaim({ port: 2 })
  assert.deepEqual((await typed.leader('typed'))?.value, { port: 2 })
  for await (const leader of typed.observe('typed')) {
    assert.deepEqual(leader?.value, { port: 2 })
    break
  }
})
