import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Client, connect, type Leader } from '../../src/client/index.ts'
import { type Cluster, type Member, serverCommand, startCluster } from '../cluster/index.ts'
import { Portions } from './portions.ts'

const KILLS = 10
const WORKERS = 4
/** Enough that one holds it and others wait before, at, and after the kill. */
const LOCKS_PER_KILL = 40
/** Longer than any failover, and no longer than a few of them. */
const TTL_MS = 10_000
const CALL_MS_MAX = 20_000

let cluster: Cluster
let clients: readonly Client[]

before(async () => {
  cluster = await startCluster({ name: 'client-failover-locks', command: serverCommand() })
  const options = { endpoints: cluster.urls, timeoutMs: CALL_MS_MAX }
  clients = await Promise.all([connect(options), connect(options)])
})

after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await cluster.stop()
})

function client(number: number): Client {
  const found = clients[number % clients.length]
  assert.ok(found !== undefined)
  return found
}

async function leader(): Promise<Member> {
  for (;;) {
    for (const status of await client(0).cluster.status()) {
      const leads = status.isReachable && status.isLeader
      const found = cluster.members.find(({ url }) => url === `http://${status.endpoint}`)
      if (leads && found?.isRunning === true) return found
    }
  }
}

test('locks exclude each other, and leases live, through kills of the leader', async () => {
  const portions = new Portions(LOCKS_PER_KILL)
  let holders = 0
  let last = 0n
  let held = 0
  const work = async (db: Client): Promise<void> => {
    while (await portions.take()) {
      await using lock = await db.lock('failover', { ttlMs: TTL_MS })
      holders += 1
      assert.equal(holders, 1, 'one holds it')
      assert.ok(lock.fence > last, 'fences grow')
      last = lock.fence
      held += 1
      await db.put('protected', `${held}`)
      assert.equal(lock.lost.aborted, false)
      holders -= 1
    }
  }
  const lease = await client(0).lease({ ttlMs: TTL_MS })
  const term = await client(1).elect('ruler', { value: '0' })
  const told: string[] = []
  const begun = Promise.withResolvers<void>()
  const observing = (async (): Promise<void> => {
    for await (const one of client(0).observe('ruler') as AsyncIterable<Leader | null>) {
      told.push(one?.value ?? 'nobody')
      begun.resolve()
      if (one?.value === 'the last') break
    }
  })()
  // What is proclaimed before it has begun, it does not see.
  await Promise.race([begun.promise, observing])
  const workers = Array.from({ length: WORKERS }, (_, at) => work(client(at)))
  for (let kill = 1; kill <= KILLS; kill++) {
    const victim = await leader()
    portions.handOut()
    await client(0).get('protected')
    assert.ok(portions.left > 0, 'all workers are at work when it is killed')
    await victim.kill()
    victim.start()
    const before = held
    await term.proclaim(`${kill}`)
    await victim.ready()
    portions.handOut()
    // Locks go from one to the next.
    while (held === before) await client(0).get('protected')
  }
  portions.end()
  await Promise.all(workers)
  await term.proclaim('the last')
  await observing
  assert.equal(lease.lost.aborted, false, 'a lease that is held outlives all leaders')
  assert.equal((await client(1).get('protected'))?.value, `${held}`)
  const numbers = Array.from({ length: KILLS + 1 }, (_, at) => `${at}`)
  assert.deepEqual(told, [...numbers, 'the last'], 'every proclamation is told, once')
  await term.resign()
  await lease.revoke()
  assert.deepEqual(await client(0).leases.list(), [], 'nobody leaves a lease behind')
})
