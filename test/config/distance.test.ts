/** Members far apart: what the profile `wan` is for. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cluster, EtcdClient, serverCommand, startCluster } from '../cluster/index.ts'

const LIMIT = { timeout: 120_000 }
const DELAY_MS = 100
const PUT_MS_MAX = 20_000
const key = Buffer.from('far')

/** Which of them leads, and since which term. */
async function leaderAt(
  cluster: Cluster,
  clients: readonly EtcdClient[],
): Promise<{ readonly leads: number; readonly term: number }> {
  const statuses = await Promise.all(clients.map((client) => client.status()))
  const leads = statuses.findIndex(({ header, leader }) => header?.memberId === leader)
  assert.ok(leads >= 0, cluster.lastWords())
  return { leads, term: statuses[leads]?.raftTerm ?? 0 }
}

test('members that are 200 ms apart elect again when the leader is killed', LIMIT, async (t) => {
  const flags = ['--quorate-profile', 'wan', '--quorate-log-segment', '16MiB']
  const cluster = await startCluster({
    ...{ name: 'distance', command: serverCommand() },
    ...{ flags, delayMs: DELAY_MS },
  })
  t.after(() => cluster.stop())
  const clients = cluster.urls.map((url) => new EtcdClient(url))
  t.after(() => {
    for (const client of clients) client.close()
  })
  const { leads, term } = await leaderAt(cluster, clients)
  const beganMs = performance.now()
  await clients[leads]?.put({ key }, PUT_MS_MAX)
  const tookMs = performance.now() - beganMs
  assert.ok(tookMs > 2 * DELAY_MS - 10, `a majority is that far away: ${tookMs} ms`)

  await cluster.members[leads]?.kill()
  const left = clients.filter((_, at) => at !== leads)
  await Promise.all(left.map((client) => client.putUntilTaken({ key })))
  const after = await left[0]?.status()
  assert.ok((after?.raftTerm ?? 0) > term, 'another one was elected')
})
