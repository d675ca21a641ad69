import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import {
  type Cluster,
  EtcdClient,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'

const LIMIT = { timeout: 120_000 }
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

function clientsOf(cluster: Cluster): readonly EtcdClient[] {
  return cluster.urls.map((url) => new EtcdClient(url))
}

/** By its place in the list; members have ids of 64 bits. */
async function leaderOf(clients: readonly EtcdClient[]): Promise<number> {
  const statuses = await Promise.all(clients.map((client) => client.status()))
  const at = statuses.findIndex(({ header, leader }) => header?.memberId === leader)
  assert.ok(at >= 0, 'there is a leader')
  return at
}

test(
  'three processes go on when the one that leads is killed, and lose nothing',
  LIMIT,
  async (t) => {
    const cluster = await startCluster({
      name: 'processes',
      command: serverCommand(),
      environment: UNHURRIED,
    })
    t.after(() => cluster.stop())
    const clients = clientsOf(cluster)
    t.after(() => {
      for (const client of clients) client.close()
    })
    const [first] = clients
    assert.ok(first !== undefined)
    await first.put({ key: encode('a'), value: encode('1') })

    const leader = await leaderOf(clients)
    const killed = cluster.members[leader]
    const others = clients.filter((_, i) => i !== leader)
    assert.ok(killed !== undefined)
    await killed.kill()
    for (const [i, client] of others.entries()) {
      await client.putUntilTaken({ key: encode(`b${i}`), value: encode('2') })
      const { kvs } = await client.range({ key: encode('a') })
      assert.equal(decode(kvs[0]?.value), '1')
    }

    killed.start()
    await killed.ready()
    const returned = new EtcdClient(killed.url)
    t.after(() => returned.close())
    const { kvs, header } = await returned.range({ key: encode('a'), rangeEnd: encode('c') })
    assert.deepEqual(
      kvs.map(({ key }) => decode(key)),
      ['a', 'b0', 'b1'],
    )
    const hashes = [returned, ...others].map(async (client) => {
      await client.range({ key: encode('a') })
      return (await client.hashKv(Number(header?.revision))).hash
    })
    assert.equal(new Set(await Promise.all(hashes)).size, 1)
  },
)

test('all of them come back with what they had, after an orderly stop', LIMIT, async (t) => {
  const cluster = await startCluster({
    name: 'processes',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  t.after(() => cluster.stop())
  const before = new EtcdClient(cluster.urls[0] ?? '')
  await before.put({ key: encode('a'), value: encode('1') })
  before.close()
  await Promise.all(cluster.members.map((member) => member.stop()))
  for (const member of cluster.members) member.start()
  await Promise.all(cluster.members.map((member) => member.ready()))
  const after = new EtcdClient(cluster.urls[2] ?? '')
  t.after(() => after.close())
  const { kvs } = await after.range({ key: encode('a') })
  assert.equal(decode(kvs[0]?.value), '1')
  assert.equal(Number(kvs[0]?.modRevision), 2)
})

test('a member whose directory is gone does not begin anew', LIMIT, async (t) => {
  const cluster = await startCluster({
    name: 'processes',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  t.after(() => cluster.stop())
  const [, , member] = cluster.members
  assert.ok(member !== undefined)
  await member.kill()
  rmSync(path.join(cluster.directory, member.name), { recursive: true })
  member.start()
  await assert.rejects(member.ready(), /member m3 has already been bootstrapped: m[12] knows it/)
  const client = new EtcdClient(cluster.urls[0] ?? '')
  t.after(() => client.close())
  await client.put({ key: encode('a'), value: encode('1') })
})
