/**
 * How long nobody can write after the leader was killed (`npm run bench:failover`): from `kill -9`
 * of the leader of three members until the first put that was sent afterwards is acknowledged.
 *
 *   npm run bench:failover                     50 trials
 *   npm run bench:failover -- --trials 10
 *   npm run bench:failover -- --profile fast   or standard, or wan: see docs/decision/0080
 *   npm run bench:failover -- --delay 150      what one member says takes so many ms to another
 *   npm run bench:failover -- --frozen         the leader stands still (SIGSTOP) instead: what a
 *                                              machine that vanishes looks like
 */

import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { leaderOf } from '../test/chaos/rounds.ts'
import { type Cluster, EtcdClient, serverCommand, startCluster } from '../test/cluster/index.ts'
import { machine, percentile } from './figures.ts'

/** Puts are sent this often to each member that is left. */
const EVERY_MS = 5
const PUT_MS_MAX = 10_000
/** Between two trials, so that the one that was killed has caught up. */
const REST_MS = 500

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '50' },
    profile: { type: 'string' },
    delay: { type: 'string', default: '0' },
    frozen: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const trials = Number(values.trials)
const { profile, frozen } = values
const delayMs = Number(values.delay)
const cluster = await startCluster({
  name: 'failover',
  command: serverCommand(),
  delayMs,
  // Another server than ours (`SERVER`) has no such flag.
  flags: profile === undefined ? [] : ['--quorate-profile', profile],
})
const tookMs: number[] = []
try {
  for (let trial = 0; trial < trials; trial++) {
    const ms = await failOver(cluster, trial)
    tookMs.push(ms)
    if (!values.json) console.log(`trial ${trial + 1}: ${ms.toFixed(1)} ms`)
  }
} finally {
  await cluster.stop()
}
const figures = {
  machine: machine(),
  profile: profile ?? 'standard',
  frozen,
  delayMs,
  trials,
  medianMs: percentile(tookMs, 0.5),
  p90Ms: percentile(tookMs, 0.9),
  p99Ms: percentile(tookMs, 0.99),
  maxMs: Math.max(...tookMs),
}
if (values.json) console.log(JSON.stringify(figures))
else {
  console.log(
    `${figures.machine}; profile ${figures.profile}, ${delayMs} ms away, ${trials} trials`,
  )
  console.log(
    `leader ${frozen ? 'frozen' : 'killed'} until a put was acknowledged: ` +
      `median ${figures.medianMs.toFixed(1)} ms, p90 ${figures.p90Ms.toFixed(1)} ms, ` +
      `p99 ${figures.p99Ms.toFixed(1)} ms, ` +
      `at most ${figures.maxMs.toFixed(1)} ms`,
  )
}

async function failOver(cluster: Cluster, trial: number): Promise<number> {
  const leader = await leaderOf(cluster)
  const others = cluster.members.filter((member) => member !== leader)
  const clients = others.map(({ url }) => new EtcdClient(url))
  try {
    // Connected, as clients are.
    for (const client of clients) await client.put({ key: Buffer.from('before') })
    if (frozen) process.kill(leader.pid, 'SIGSTOP')
    else await leader.kill()
    const killedMs = performance.now()
    await Promise.any(clients.map((client) => putUntilDone(client, trial)))
    const ms = performance.now() - killedMs
    if (frozen) await leader.kill()
    leader.start()
    await leader.ready()
    await pause(REST_MS)
    return ms
  } finally {
    for (const client of clients) client.close()
  }
}

/** Puts are sent one after the other, whatever became of those before: the first taken counts. */
function putUntilDone(client: EtcdClient, trial: number): Promise<void> {
  const key = Buffer.from(`trial/${trial}`)
  const giveUpMs = performance.now() + PUT_MS_MAX
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (performance.now() > giveUpMs) {
        clearInterval(timer)
        reject(new Error(`nothing was acknowledged for ${PUT_MS_MAX} ms`))
      }
      client.put({ key }, PUT_MS_MAX).then(
        () => {
          clearInterval(timer)
          resolve()
        },
        () => {},
      )
    }, EVERY_MS)
  })
}
