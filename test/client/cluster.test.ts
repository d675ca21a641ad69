import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { bytes, type Client, connect, QuorateError } from '../../src/client/index.ts'
import {
  type Cluster,
  freePorts,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'

/** Less than the ten seconds that calls take when nobody says otherwise. */
const SOON_MS = 8000
/** The checksum at the end of a snapshot. */
const SHA256_BYTES = 32

let cluster: Cluster
let db: Client

before(async () => {
  cluster = await startCluster({
    name: 'client-cluster',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  db = await connect(cluster.urls)
})

after(async () => {
  await db.close()
  await cluster.stop()
})

function failsWith(code: string, retry?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof QuorateError, String(error))
    assert.equal(error.code, code, error.message)
    if (retry !== undefined) assert.equal(error.retry, retry)
    return true
  }
}

describe('the nodes', () => {
  test('members are told, by any node', async () => {
    for (const options of [{}, { stale: true }]) {
      const members = await db.cluster.members(options)
      const names = members.map(({ name }) => name).sort()
      assert.deepEqual(names, ['m1', 'm2', 'm3'])
      const urls = members.flatMap(({ clientUrls }) => clientUrls).sort()
      assert.deepEqual(urls, [...cluster.urls].sort())
      for (const { peerUrls, isLearner, id } of members) {
        assert.ok(peerUrls.length === 1 && !isLearner && id > 0n)
      }
    }
  })

  test('the status of every node is told, also to who has named one of them', async () => {
    await db.put('a', '1')
    const one = await connect(cluster.urls[1] as string)
    const statuses = await one.cluster.status()
    await one.close()
    assert.equal(statuses.length, 3)
    const leaders = statuses.filter((status) => status.isReachable && status.isLeader)
    assert.equal(leaders.length, 1)
    for (const status of statuses) {
      assert.ok(status.isReachable)
      assert.ok(cluster.urls.includes(`http://${status.endpoint}`))
      assert.match(status.version, /^\d+\.\d+\.\d+/)
      assert.ok(status.revision >= 1 && status.term >= 1 && status.sizeBytes > 0)
      assert.deepEqual(status.problems, [])
      assert.ok(status.latencyMs >= 0)
    }
  })

  test('leadership is handed over', async () => {
    const statuses = await db.cluster.status()
    const [other] = statuses.filter((status) => status.isReachable && !status.isLeader)
    assert.ok(other?.isReachable)
    await db.cluster.moveLeader(other.id)
    const now = await db.cluster.status()
    const leader = now.find((status) => status.isReachable && status.isLeader)
    assert.ok(leader?.isReachable && leader.id === other.id)
    await assert.rejects(db.cluster.moveLeader(4711n), failsWith('BAD_REQUEST'))
  })

  test('there are no alarms', async () => {
    assert.deepEqual(await db.cluster.alarms(), [])
    const { id } = (await db.cluster.members())[0] as { id: bigint }
    await db.cluster.disarm({ member: id, kind: 'noSpace' })
  })
})

describe('history and copies', () => {
  test('what is compacted away cannot be read any more', async () => {
    const { revision } = await db.put('compacted', '1')
    const later = await db.put('compacted', '2')
    await db.cluster.compact(later.revision)
    await db.cluster.compact(later.revision + 0, { physical: true }).catch(failsWith('COMPACTED'))
    await assert.rejects(db.get('compacted', { revision }), failsWith('COMPACTED'))
    assert.equal((await db.get('compacted'))?.value, '2')
    await assert.rejects(db.cluster.compact(1_000_000), failsWith('REVISION_FUTURE'))
  })

  test('a snapshot comes piece by piece, with its checksum at the end', async () => {
    await db.withCodec(bytes).put('large', new Uint8Array(1_500_000).fill(7))
    for (const endpoint of [undefined, ...cluster.urls.map((url) => new URL(url).host)]) {
      const snapshot = db.cluster.snapshot(endpoint === undefined ? {} : { endpoint })
      const pieces: Uint8Array[] = []
      for await (const piece of snapshot) {
        pieces.push(piece)
        assert.ok(snapshot.sizeBytes >= piece.length)
      }
      const whole = Buffer.concat(pieces)
      const sum = createHash('sha256').update(whole.subarray(0, -SHA256_BYTES)).digest()
      assert.deepEqual(whole.subarray(-SHA256_BYTES), sum)
      assert.equal(snapshot.sizeBytes, whole.length)
    }
  })

  test('who leaves a snapshot ends it, and a signal ends it with its reason', async () => {
    for await (const piece of db.cluster.snapshot()) {
      assert.ok(piece.length > 0)
      break
    }
    const controller = new AbortController()
    const reading = async (): Promise<void> => {
      for await (const _ of db.cluster.snapshot({ signal: controller.signal })) {
        controller.abort(new RangeError('enough'))
      }
    }
    await assert.rejects(reading(), RangeError)
    const unknown = db.cluster.snapshot({ endpoint: '10.9.9.9:1' })
    await assert.rejects(async () => {
      for await (const _ of unknown) assert.fail('nobody is there')
    }, failsWith('BAD_REQUEST'))
  })
})

describe('leases by their numbers', () => {
  test('granted, kept alive, told of, listed and revoked', async () => {
    const { id, ttlMs } = await db.leases.grant({ ttlMs: 60_000 })
    assert.equal(ttlMs, 60_000)
    await db.put('leased', 'x', { lease: id })
    const told = await db.leases.timeToLive(id, { keys: true })
    assert.equal(told.grantedTtlMs, 60_000)
    assert.ok(told.ttlMs > 50_000 && told.ttlMs <= 60_000)
    assert.deepEqual(told.keys, [new TextEncoder().encode('leased')])
    assert.equal((await db.leases.keepAlive(id)).ttlMs, 60_000)
    assert.ok((await db.leases.list()).includes(id))
    await db.leases.revoke(id)
    assert.equal(await db.get('leased'), null)
    await assert.rejects(db.leases.revoke(id), failsWith('LEASE_NOT_FOUND'))
    await assert.rejects(db.leases.keepAlive(id), failsWith('LEASE_NOT_FOUND'))
    assert.ok((await db.leases.timeToLive(id)).ttlMs < 0)
  })

  test('with a number of one’s own', async () => {
    const granted = await db.leases.grant({ ttlMs: 60_000, id: 1234n })
    assert.equal(granted.id, 1234n)
    await assert.rejects(db.leases.grant({ ttlMs: 60_000, id: 1234n }), failsWith('LEASE_EXISTS'))
    await db.leases.revoke(1234n)
    await assert.rejects(db.leases.grant({ ttlMs: 0 }), failsWith('BAD_REQUEST'))
  })
})

describe('time and signals', () => {
  test('every call fails with the reason of its signal', async () => {
    const reason = new RangeError('never mind')
    const signal = AbortSignal.abort(reason)
    const calls: readonly (() => Promise<unknown>)[] = [
      () => db.get('a', { signal }),
      () => db.put('a', '1', { signal }),
      () => db.delete('a', { signal }),
      () => db.deletePrefix('a', { signal }),
      () => db.incr('a', 1, { signal }),
      () => db.count({ signal }),
      () => db.list({ signal }).all(),
      () => db.txn().commit({ signal }),
      () => db.leases.grant({ ttlMs: 5000, signal }),
      () => db.leases.list({ signal }),
      () => db.cluster.members({ signal }),
      () => db.cluster.status({ signal }),
      () => db.cluster.compact(1, { signal }),
      () => db.cluster.alarms({ signal }),
      () => db.cluster.moveLeader(1n, { signal }),
      () => connect({ endpoints: cluster.urls, signal }),
    ]
    for (const call of calls) await assert.rejects(call, (error) => error === reason)
  })

  test('without a majority calls wait as long as they may, and no longer', async () => {
    const [first, second, third] = cluster.members
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    await db.put('before', '1')
    // It answers by itself below, and may not have heard of that yet.
    const own = await connect({ endpoints: first.url, discover: false })
    assert.equal((await own.get('before'))?.value, '1')
    await own.close()
    await second.kill()
    await third.kill()
    const timeoutMs = 400
    const startMs = performance.now()
    const ends = await Promise.allSettled([
      db.put('a', '2', { timeoutMs }),
      db.get('a', { timeoutMs }),
      db.cluster.members({ timeoutMs }),
    ])
    assert.ok(performance.now() - startMs < SOON_MS)
    for (const end of ends) assert.ok(end.status === 'rejected')
    assert.equal((await db.get('before', { stale: true }))?.value, '1', 'what a node knows is told')
    const statuses = await db.cluster.status()
    const silent = statuses.filter(({ isReachable }) => !isReachable)
    assert.equal(silent.length, 2)
    for (const status of silent) {
      assert.ok(!status.isReachable && failsWith('UNREACHABLE', 'later')(status.error))
    }
    // Who connects finds the one that is there.
    const other = await connect(cluster.urls)
    await other.close()
    second.start()
    third.start()
    await Promise.all([second.ready(), third.ready()])
    await db.put('after', '1')
  })
})

describe('connecting', () => {
  test('where nobody listens it fails soon, and says so', async () => {
    const [port] = await freePorts(1)
    const startMs = performance.now()
    await assert.rejects(connect(`127.0.0.1:${port}`), (error: unknown) => {
      failsWith('UNREACHABLE', 'later')(error)
      assert.match(String(error), /no node answers at 127\.0\.0\.1:\d+ \(refused\)/)
      return true
    })
    assert.ok(performance.now() - startMs < SOON_MS)
  })

  test('at the port for other nodes it fails at once, and says what that looks like', async () => {
    const peers = (await db.cluster.members()).flatMap(({ peerUrls }) => peerUrls)
    const startMs = performance.now()
    await assert.rejects(connect(peers), (error: unknown) => {
      failsWith('UNREACHABLE', 'later')(error)
      assert.match(String(error), /it looks like the port for other nodes/)
      return true
    })
    assert.ok(performance.now() - startMs < SOON_MS)
  })

  test('one of several endpoints is enough', async () => {
    const ports = await freePorts(2)
    const endpoints = [...ports.map((port) => `127.0.0.1:${port}`), ...cluster.urls.slice(0, 1)]
    const client = await connect({ endpoints, timeoutMs: 5000 })
    assert.equal(typeof (await client.incr('connected')), 'bigint')
    await client.close()
  })

  test('a signal closes the client, and so does its disposal', async () => {
    const controller = new AbortController()
    const client = await connect({ endpoints: cluster.urls, signal: controller.signal })
    await client.put('a', '1')
    controller.abort()
    await assert.rejects(client.get('a'), failsWith('CLIENT_CLOSED', 'never'))
    const other = await connect(cluster.urls)
    await other[Symbol.asyncDispose]()
    await other.close()
    await assert.rejects(other.cluster.members(), failsWith('CLIENT_CLOSED'))
  })

  test('what is no endpoint is refused with an example', async () => {
    const wrong = [
      '',
      'localhost',
      'localhost:0',
      'localhost:99999',
      'ftp://a:1',
      'http://a:1,https://b:1',
    ]
    for (const endpoints of wrong) {
      await assert.rejects(connect({ endpoints }), failsWith('BAD_REQUEST'))
    }
    await assert.rejects(connect({ endpoints: 'a:1', timeoutMs: -1 }), failsWith('BAD_REQUEST'))
    await assert.rejects(connect({ endpoints: 'a:1', inFlightMax: 0 }), failsWith('BAD_REQUEST'))
    const half = { endpoints: 'https://a:1', tls: { certificate: 'x' } }
    await assert.rejects(connect(half), failsWith('BAD_REQUEST'))
  })

  test('more than may be under way waits in the client', async () => {
    const client = await connect({ endpoints: cluster.urls, inFlightMax: 8 })
    const values = await Promise.all(Array.from({ length: 500 }, () => client.incr('pressure')))
    assert.equal(new Set(values).size, 500)
    assert.equal((await client.get('pressure'))?.value, '500')
    await client.close()
  })
})
