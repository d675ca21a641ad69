import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Client, connect } from '../../src/client/index.ts'
import { type Cluster, type Member, serverCommand, startCluster } from '../cluster/index.ts'
import { Portions } from './portions.ts'

const KILLS = 20
const WORKERS = 12
/** Enough that all workers have some under way before, at, and after the kill. */
const INCREMENTS_PER_KILL = 600
/** Far more than a failover and the start of a node take, on a busy machine. */
const CALL_MS_MAX = 20_000

let cluster: Cluster
let db: Client

before(async () => {
  cluster = await startCluster({ name: 'client-counter', command: serverCommand() })
  db = await connect({ endpoints: cluster.urls, timeoutMs: CALL_MS_MAX })
})

after(async () => {
  await db.close()
  await cluster.stop()
})

async function leader(): Promise<Member> {
  for (;;) {
    for (const status of await db.cluster.status()) {
      const leads = status.isReachable && status.isLeader
      const found = cluster.members.find(({ url }) => url === `http://${status.endpoint}`)
      if (leads && found?.isRunning === true) return found
    }
  }
}

test('a counter incremented through 20 kills of the leader ends exact', async () => {
  let acknowledged = 0n
  const portions = new Portions(INCREMENTS_PER_KILL)
  const values = new Set<bigint>()
  const increment = async (): Promise<void> => {
    const value = await db.incr('counter')
    assert.ok(!values.has(value), `${value} is told once`)
    values.add(value)
    acknowledged += 1n
  }
  const worker = async (): Promise<void> => {
    while (await portions.take()) await increment()
  }
  const workers = Array.from({ length: WORKERS }, worker)
  for (let kill = 1; kill <= KILLS; kill++) {
    const victim = await leader()
    portions.handOut()
    await increment()
    assert.ok(portions.left > 0, 'all workers are at work when it is killed')
    await victim.kill()
    victim.start()
    // Through the failover: everything that was under way, and more.
    await increment()
    await victim.ready()
  }
  portions.end()
  await Promise.all(workers)
  const entry = await db.get('counter')
  assert.equal(entry?.value, String(acknowledged), 'every increment took effect once')
  assert.equal(entry.version, Number(acknowledged), 'and none but those')
})
