/**
 * What a process takes: after a burst, and while a snapshot comes that would not fit into it. Both
 * tests share three members whose heaps are small.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import {
  type Cluster,
  EtcdClient,
  type Member,
  serverCommand,
  startCluster,
  UNHURRIED,
} from '../cluster/index.ts'

const MIB = 1024 * 1024
const BURST_VALUE_BYTES = 64 * 1024
/** As many at once as one connection may have under way. */
const BURST = 100
const BURSTS = 12
/** More than the log keeps behind a checkpoint, and than 64 MiB of it, after which one is due. */
const BEHIND = 1600
const BEHIND_VALUE_BYTES = 128 * 1024
const CATCH_UP_MS_MAX = 60_000
/** Of which every moment is used, so that a machine at half the speed gives back half as fast. */
const SOON_MS_MAX = 20_000
const HEAP_MIB = 96
/** Above what a member takes with its caches full, and far below that and the whole state. */
const RESIDENT_MIB_MAX = 300

let cluster: Cluster
const clients = new Map<Member, EtcdClient>()

before(async () => {
  cluster = await startCluster({
    name: 'memory',
    command: serverCommand(),
    environment: { ...UNHURRIED, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
  })
  for (const member of cluster.members) clients.set(member, new EtcdClient(member.url))
})

after(async () => {
  for (const client of clients.values()) client.close()
  await cluster?.stop()
})

function clientOf(member: Member): EtcdClient {
  const client = clients.get(member)
  assert.ok(client !== undefined)
  return client
}

/** A member that leads, and one that does not. */
async function roles(): Promise<{ leader: Member; follower: Member }> {
  const [first] = cluster.members
  assert.ok(first !== undefined)
  const { leader: id } = await clientOf(first).status()
  let leader = first
  for (const member of cluster.members) {
    const { header } = await clientOf(member).status()
    if (header?.memberId === id) leader = member
  }
  const follower = cluster.members.find((member) => member !== leader)
  assert.ok(follower !== undefined)
  return { leader, follower }
}

function memory({ pid }: Member, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
}

/** Of bytes that nothing makes smaller. */
function value(n: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < bytes.length; at += 4) bytes[at] = (n * 31 + at * 7) % 251
  return bytes
}

/** All at once, to the member. */
async function burst(member: Member, count: number): Promise<void> {
  const client = clientOf(member)
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      client.put(
        { key: Buffer.from(`burst/${n}`), value: value(n, BURST_VALUE_BYTES) },
        CATCH_UP_MS_MAX,
      ),
    ),
  )
}

test('F-06 after a burst a member soon takes what it took before', async () => {
  const { leader } = await roles()
  // Caches are filled once, and stay so.
  for (let round = 0; round < 40; round++) await burst(leader, BURST / 20)
  const resident = memory(leader, 'VmRSS')
  for (let round = 0; round < BURSTS; round++) await burst(leader, BURST)
  const peak = memory(leader, 'VmHWM')
  assert.ok(peak < RESIDENT_MIB_MAX, `${peak} MiB at most`)
  let now = memory(leader, 'VmRSS')
  const giveUpMs = performance.now() + SOON_MS_MAX
  for (let n = 0; now > 1.5 * resident && performance.now() < giveUpMs; n++) {
    await clientOf(leader).put({ key: Buffer.from('quiet'), value: Buffer.from(`${n}`) })
    now = memory(leader, 'VmRSS')
  }
  assert.ok(now <= 1.5 * resident, `${now} MiB, ${resident} before`)
})

test('S-16 a snapshot larger than the heap comes in pieces, without an election', async () => {
  const { leader, follower } = await roles()
  const { raftTerm } = await clientOf(leader).status()
  await follower.kill()
  // One after the other: each is an entry.
  for (let n = 0; n < BEHIND; n++) {
    await clientOf(leader).put({
      key: Buffer.from(`behind/${n}`),
      value: value(n, BEHIND_VALUE_BYTES),
    })
  }
  follower.start()
  await follower.ready()
  const { raftAppliedIndex: goal, dbSizeInUse } = await clientOf(leader).status()
  assert.ok(dbSizeInUse > 2 * HEAP_MIB * MIB, `${dbSizeInUse} bytes of records`)
  const giveUpMs = performance.now() + CATCH_UP_MS_MAX
  for (let index = 0; index < goal; ) {
    assert.ok(performance.now() < giveUpMs, `it came to ${index} of ${goal}`)
    index = (await clientOf(follower).status(CATCH_UP_MS_MAX)).raftAppliedIndex
  }
  assert.match(follower.lastWords(), /a snapshot of the leader was installed/)
  for (const member of [leader, follower]) {
    const peak = memory(member, 'VmHWM')
    assert.ok(peak < RESIDENT_MIB_MAX, `${member.name}: ${peak} MiB at most`)
  }
  assert.equal((await clientOf(leader).status()).raftTerm, raftTerm)
  const revision = (await clientOf(leader).status()).header?.revision ?? 0
  const [hash, other] = [
    await clientOf(leader).hashKv(revision),
    await clientOf(follower).hashKv(revision),
  ]
  assert.equal(other.hash, hash.hash)
})
