import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Client, connect } from '../../src/client/index.ts'
import { type Cluster, type Member, serverCommand, startCluster } from '../cluster/index.ts'

const ROUNDS = 2
/** Such a node is noticed within a few seconds; without anybody who does, never. */
const TTL_MS = 10_000
const CALL_MS_MAX = 30_000

let cluster: Cluster
let db: Client
let frozen: Member | null = null

before(async () => {
  cluster = await startCluster({ name: 'client-frozen', command: serverCommand() })
  db = await connect({ endpoints: cluster.urls, timeoutMs: CALL_MS_MAX })
})

after(async () => {
  if (frozen !== null) process.kill(frozen.pid, 'SIGCONT')
  await db.close()
  await cluster.stop()
})

async function leader(): Promise<Member> {
  for (;;) {
    for (const status of await db.cluster.status()) {
      const leads = status.isReachable && status.isLeader
      const found = cluster.members.find(({ url }) => url === `http://${status.endpoint}`)
      if (leads && found !== undefined) return found
    }
  }
}

test('nothing waits for a frozen leader, whose connections stand and say nothing', async () => {
  const lease = await db.lease({ ttlMs: TTL_MS })
  const lock = await db.lock('frozen', { ttlMs: TTL_MS })
  const watch = db.watch({ key: 'frozen/key' })
  await watch.ready
  const events = watch[Symbol.asyncIterator]()
  for (let round = 0; round < ROUNDS; round++) {
    frozen = await leader()
    process.kill(frozen.pid, 'SIGSTOP')
    const { revision } = await db.put('frozen/key', `${round}`)
    const { value: event } = await events.next()
    assert.equal(event?.revision, revision)
    assert.ok(lease.remainingMs > 0 && lock.remainingMs > 0)
    process.kill(frozen.pid, 'SIGCONT')
    frozen = null
  }
  assert.equal(lease.lost.aborted, false)
  await lock.release()
  await lease.revoke()
  watch.close()
})
