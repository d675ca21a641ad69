/**
 * Many watchers (`npm run bench:watchers`): 1,000 connections with a watcher each and a steady load
 * of puts. Every watcher must see every event in order; the load is measured with and without them.
 *
 *   --watchers N   1,000 when absent
 *   --rate N       puts a second; 20 when absent, which is 20,000 events a second
 *   --seconds N    of each part; 10 when absent
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EtcdClient, serverCommand, startCluster } from '../test/cluster/index.ts'
import { machine, percentile } from './figures.ts'
import { PutPump } from './put-pump.ts'
import type { Sighting, WatchOrder } from './watching.ts'

const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    value: { type: 'string', default: '256' },
  },
})
const watchers = Number(values.watchers)
const perSecond = Number(values.rate)
const puts = perSecond * Number(values.seconds)

const cluster = await startCluster({ name: 'watchers', command: serverCommand() })
const child = fork(fileURLToPath(new URL('./watching.ts', import.meta.url)))
try {
  console.log(machine())
  const alone = await load()
  console.log(`without watchers: ${alone.text}`)
  const order: WatchOrder = { urls: cluster.urls, watchers, startRevision: await nextRevision() }
  child.send(order)
  await once(child, 'message')
  const together = await load()
  console.log(`with ${watchers} watchers: ${together.text}`)
  // The second that warms up is seen as well.
  child.send(puts + perSecond)
  const [{ problems, fewest }] = (await once(child, 'message')) as [Sighting]
  const ratio = together.p99Ms / alone.p99Ms
  console.log(
    `${watchers} watchers saw at least ${fewest} of ${puts + perSecond} events each, in order; ` +
      `${problems.length} problems; p99 ${ratio.toFixed(2)} times`,
  )
  process.exitCode = problems.length === 0 && fewest === puts + perSecond ? 0 : 1
} finally {
  child.disconnect()
  await cluster.stop()
}

async function load(): Promise<{ readonly text: string; readonly p99Ms: number }> {
  const pump = new PutPump({
    urls: cluster.urls,
    connections: 3,
    inFlight: 100,
    keyOf: (n) => Buffer.from(`watched/${n % 1000}`),
    valueBytes: Number(values.value),
    perSecond,
  })
  await pump.run(perSecond)
  await pump.run(puts, { keepsLatencies: true })
  pump.close()
  for (const [text, count] of pump.failures) console.log(`failed: ${count} x ${text}`)
  const p99Ms = percentile(pump.latenciesMs, 0.99)
  const p50Ms = percentile(pump.latenciesMs, 0.5)
  return { p99Ms, text: `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms` }
}

/** What comes after now. */
async function nextRevision(): Promise<number> {
  const reader = new EtcdClient(cluster.urls[0] as string)
  try {
    const { header } = await reader.range({ key: Buffer.from('-') })
    return (header?.revision ?? 0) + 1
  } finally {
    reader.close()
  }
}
