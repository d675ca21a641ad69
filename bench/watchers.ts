/**
 * Many watchers (`npm run bench:watchers`): 1,000 connections with a watcher each and a steady load
 * of puts. Every watcher must see every event in order; the load is measured with and without them.
 *
 *   --watchers N   1,000 when absent
 *   --rate N       puts a second; 200 when absent
 *   --seconds N    of each part; 10 when absent
 */

import { parseArgs } from 'node:util'
import { EtcdClient, serverCommand, startCluster } from '../test/cluster/index.ts'
import { machine, percentile } from './figures.ts'
import { PutPump } from './put-pump.ts'

const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    value: { type: 'string', default: '256' },
  },
})
const watcherCount = Number(values.watchers)
const perSecond = Number(values.rate)
const puts = perSecond * Number(values.seconds)
const SEEN_MS_MAX = 60_000

/** Sees the events of one watcher, which come in order and each once. */
class Witness {
  events = 0
  problem: string | null = null
  lastRevision = 0

  see(revision: number): void {
    if (revision <= this.lastRevision) {
      this.problem ??= `revision ${revision} after ${this.lastRevision}`
    }
    this.lastRevision = revision
    this.events += 1
  }
}

const cluster = await startCluster({ name: 'watchers', command: serverCommand() })
const clients: EtcdClient[] = []
const witnesses: Witness[] = []
try {
  console.log(machine())
  const alone = await load()
  console.log(`without watchers: ${alone.text}`)
  await watch()
  const together = await load()
  console.log(`with ${watcherCount} watchers: ${together.text}`)
  await seen(puts)
  const problems = witnesses.flatMap(({ problem }) => (problem === null ? [] : [problem]))
  const ratio = together.p99Ms / alone.p99Ms
  console.log(
    `${witnesses.length} watchers saw ${puts} events each, in order; ` +
      `${problems.length} problems; ` +
      `p99 ${ratio.toFixed(2)} times`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  for (const client of clients) client.close()
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

/** From what comes after now; the first second of the load warms up and counts as well. */
async function watch(): Promise<void> {
  const [first] = cluster.urls
  const reader = new EtcdClient(first as string)
  const { header } = await reader.range({ key: Buffer.from('-') })
  reader.close()
  const startRevision = (header?.revision ?? 0) + 1
  const created: Promise<void>[] = []
  for (let i = 0; i < watcherCount; i++) {
    const client = new EtcdClient(cluster.urls[i % cluster.urls.length] as string)
    const witness = new Witness()
    clients.push(client)
    witnesses.push(witness)
    created.push(
      new Promise((resolve) => {
        const key = Buffer.from('watched/')
        client.watch(
          { key, rangeEnd: Buffer.from('watched0'), startRevision },
          {
            response: (response) => {
              if (response.created) resolve()
              for (const { kv } of response.events) witness.see(kv?.modRevision ?? 0)
            },
            ended: (failure) => {
              witness.problem ??= `ended: ${failure.message}`
            },
          },
        )
      }),
    )
  }
  await Promise.all(created)
}

async function seen(count: number): Promise<void> {
  const giveUpMs = performance.now() + SEEN_MS_MAX
  const expected = count + perSecond
  while (witnesses.some(({ events }) => events < expected)) {
    if (performance.now() > giveUpMs) {
      const fewest = Math.min(...witnesses.map(({ events }) => events))
      throw new Error(`a watcher saw only ${fewest} of ${expected} events`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
