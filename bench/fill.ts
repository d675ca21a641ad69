/**
 * A large store (`npm run bench:fill -- --keys 2000000`): how fast it fills, what memory members
 * take, how a follower that was down catches up while writes go on, and how long a restart takes.
 *
 *   --keys N      keys of 16 to 32 bytes; 2,000,000 when absent
 *   --value N     bytes of a value; 256 when absent
 */

import { parseArgs } from 'node:util'
import { leaderOf } from '../test/chaos/rounds.ts'
import {
  type Cluster,
  EtcdClient,
  type Member,
  serverCommand,
  startCluster,
} from '../test/cluster/index.ts'
import { machine, memoryOf, pausesOf, percentile } from './figures.ts'
import { PutPump } from './put-pump.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '2000000' },
    value: { type: 'string', default: '256' },
    directory: { type: 'string' },
  },
})
const keys = Number(values.keys)
const valueBytes = Number(values.value)
const CONNECTIONS = 10
const IN_FLIGHT = 100
/** What is written while a follower is down, and while it catches up, of all keys. */
const MEANWHILE_SHARE = 0.25
const LOOK_MS = 100
const CATCH_UP_MS_MAX = 300_000
/** Ten million keys are read in half a minute. */
const START_MS_MAX = 120_000
/** All that is stored is read for it. */
const HASH_MS_MAX = 120_000

const cluster = await startCluster({
  name: 'fill',
  command: serverCommand(),
  ...(values.directory === undefined ? {} : { directory: values.directory }),
})
try {
  console.log(machine())
  await fill(cluster)
} catch (error) {
  console.log(cluster.lastWords())
  throw error
} finally {
  await cluster.stop()
}

async function fill(cluster: Cluster): Promise<void> {
  const pump = pumpOf(cluster.urls, keyOf)
  await timed(
    `fill with ${keys} keys of 16 to 32 bytes, values of ${valueBytes} bytes`,
    async () => {
      const step = Math.ceil(keys / 10)
      for (let done = 0; done < keys; done += step) {
        const [count, startMs] = [Math.min(step, keys - done), performance.now()]
        await pump.run(count)
        const perSecond = (count / (performance.now() - startMs)) * 1000
        console.log(`  ${done + count} keys, ${perSecond.toFixed(0)}/s, ${memoryText(cluster)}`)
      }
    },
  )
  report(pump)
  await tellPauses(cluster)
  const leader = await leaderOf(cluster)
  const [follower, other] = cluster.members.filter((member) => member !== leader)
  if (follower === undefined || other === undefined) throw new Error('three members have followers')
  await catchUp(cluster, follower, [leader.url, other.url])
  await restart(other)
  console.log(`  ${memoryText(cluster)}`)
  await tellPauses(cluster)
  await agree(cluster)
}

function pumpOf(urls: readonly string[], key: (n: number) => Uint8Array): PutPump {
  return new PutPump({
    urls,
    connections: CONNECTIONS,
    inFlight: IN_FLIGHT,
    keyOf: key,
    valueBytes,
  })
}

/** A follower is down while others are written to, and comes back while they go on. */
async function catchUp(cluster: Cluster, follower: Member, urls: readonly string[]): Promise<void> {
  const meanwhile = Math.ceil(keys * MEANWHILE_SHARE)
  // Written over: the keys stay as many.
  const pump = pumpOf(urls, (n) => keyOf((n * 7919) % keys))
  await follower.kill()
  await timed(`${meanwhile} puts while a follower is down`, () => pump.run(meanwhile))
  follower.start()
  await timed('the follower is ready again', () => follower.ready(START_MS_MAX))
  const going = pump.run(meanwhile)
  await timed('the follower has caught up, while writes go on', () => untilEqual(cluster, follower))
  await going
  report(pump)
}

async function untilEqual(cluster: Cluster, follower: Member): Promise<void> {
  const own = new EtcdClient(follower.url)
  const leaders = new EtcdClient((await leaderOf(cluster)).url)
  const giveUpMs = performance.now() + CATCH_UP_MS_MAX
  try {
    for (;;) {
      // A member that puts a snapshot in place answers when it is there.
      const here = await own.status(CATCH_UP_MS_MAX)
      const there = await leaders.status()
      if (there.raftAppliedIndex - here.raftAppliedIndex < 100) return
      if (performance.now() > giveUpMs) throw new Error('the follower does not catch up')
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  } finally {
    own.close()
    leaders.close()
  }
}

async function restart(member: Member): Promise<void> {
  await member.kill()
  member.start()
  await timed('a member that was killed serves again', () => member.ready(START_MS_MAX))
}

async function agree({ members }: Cluster): Promise<void> {
  const hashes: string[] = []
  let revision = 0
  for (const { url } of members) {
    const client = new EtcdClient(url)
    try {
      const read = await client.range({ key: Buffer.from('-') })
      revision = revision === 0 ? (read.header?.revision ?? 0) : revision
      hashes.push(String((await client.hashKv(revision, HASH_MS_MAX)).hash))
    } finally {
      client.close()
    }
  }
  console.log(`hashes at revision ${revision}: ${hashes.join(', ')}`)
  if (new Set(hashes).size !== 1) throw new Error('the members differ')
}

function report(pump: PutPump): void {
  pump.close()
  for (const [text, count] of pump.failures) console.log(`  failed: ${count} x ${text}`)
  if (pump.latenciesMs.length > 0) {
    console.log(`  p99 ${percentile(pump.latenciesMs, 0.99).toFixed(1)} ms`)
  }
}

function memoryText({ members }: Cluster): string {
  const texts = members.map(({ name, pid }) => {
    const { residentMiB, peakMiB } = memoryOf(pid)
    return `${name} ${residentMiB.toFixed(0)} (peak ${peakMiB.toFixed(0)})`
  })
  return `resident MiB: ${texts.join(', ')}`
}

/** Where others want the processors, waiting for one counts as part of a pause. */
async function tellPauses({ members }: Cluster): Promise<void> {
  for (const { name, url } of members) {
    const pauses = await pausesOf(url)
    if (pauses === null) continue
    const { count, over20Ms, longestMs } = pauses
    const longest = `the longest ${longestMs.toFixed(1)} ms, ${over20Ms} above 20 ms`
    console.log(`  ${name} paused ${count} times to collect memory: ${longest}`)
  }
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const startMs = performance.now()
  await work()
  console.log(`${what}: ${((performance.now() - startMs) / 1000).toFixed(2)} s`)
}

/** Spread over the whole key space, the same for the same number. */
function keyOf(n: number): Uint8Array {
  const spread = ((n * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')
  return Buffer.from(`key/${spread}/${n.toString(16).padStart(8, '0')}`.padEnd(16 + (n % 17), '.'))
}
