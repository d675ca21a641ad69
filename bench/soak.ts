/**
 * Full write load for a while (`npm run bench:soak`): no election may happen, memory must settle,
 * and the last minute must be as fast as the first.
 *
 *   --minutes N   10 when absent
 *   --keys N      keys that are written over and over; 1,000,000 when absent
 */

import { parseArgs } from 'node:util'
import { EtcdClient, serverCommand, startCluster } from '../test/cluster/index.ts'
import { machine, memoryOf, percentile } from './figures.ts'
import { PutPump } from './put-pump.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    keys: { type: 'string', default: '1000000' },
  },
})
const minutes = Number(values.minutes)
const keys = Number(values.keys)
const VALUE_BYTES = 256
const MINUTE_MS = 60_000
/** Between two looks at the clock. */
const BATCH = 20_000

// History goes as it would in production, or it alone would fill memory and disk.
const flags = ['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '1m']
const cluster = await startCluster({ name: 'soak', command: serverCommand(), flags })
try {
  console.log(machine())
  const termBefore = await term()
  const pump = new PutPump({
    urls: cluster.urls,
    connections: 10,
    inFlight: 100,
    keyOf: (n) => Buffer.from(`soak/${String((n * 7919) % keys).padStart(12, '0')}`),
    valueBytes: VALUE_BYTES,
  })
  for (let minute = 1; minute <= minutes; minute++) {
    const [startMs, before] = [performance.now(), pump.answered]
    pump.latenciesMs.length = 0
    while (performance.now() - startMs < MINUTE_MS) await pump.run(BATCH, { keepsLatencies: true })
    const perSecond = ((pump.answered - before) / (performance.now() - startMs)) * 1000
    const p99Ms = percentile(pump.latenciesMs, 0.99)
    console.log(
      `minute ${minute}: ${perSecond.toFixed(0)} puts/s, p99 ${p99Ms.toFixed(1)} ms, ` +
        `${memoryText()}, term ${await term()}`,
    )
  }
  pump.close()
  for (const [text, count] of pump.failures) console.log(`failed: ${count} x ${text}`)
  const termAfter = await term()
  console.log(`term ${termBefore} before, ${termAfter} after: ${termAfter - termBefore} elections`)
  process.exitCode = termAfter === termBefore && pump.failures.size === 0 ? 0 : 1
} finally {
  await cluster.stop()
}

async function term(): Promise<number> {
  const client = new EtcdClient(cluster.urls[0] as string)
  try {
    return (await client.status()).raftTerm
  } finally {
    client.close()
  }
}

function memoryText(): string {
  const texts = cluster.members.map(({ pid }) => memoryOf(pid).residentMiB.toFixed(0))
  return `resident MiB ${texts.join(' ')}`
}
