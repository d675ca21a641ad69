/**
 * `npm run compare`: does the same to a cluster of etcd and to one of Quorate, with `etcdctl`, with
 * `curl`, and with random requests, and shows where they answer differently.
 *
 *   npm run compare                     all of it
 *   npm run compare -- --only etcdctl   or curl, or random
 *   npm run compare -- --slow           and `check perf`, which takes a minute
 *   npm run compare -- --requests N     so many random ones; 5,000 when absent
 *   npm run compare -- --seed N         which random ones; 1 when absent
 *   npm run compare -- --self           etcd with itself: are the steps and rules right?
 */

import path from 'node:path'
import { parseArgs } from 'node:util'
import { withClusters } from './clusters.ts'
import { compare, differenceText } from './compare.ts'
import { CURL_STEPS } from './curl-steps.ts'
import { ETCDCTL_STEPS, SLOW_STEPS } from './etcdctl-steps.ts'
import { compareRandom } from './random.ts'
import type { Step } from './step.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    slow: { type: 'boolean', default: false },
    self: { type: 'boolean', default: false },
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
})
const own = path.join(import.meta.dirname, '../../bin/etcd')
const other = values.self
  ? { name: 'etcd-too', command: ['etcd'] }
  : { name: 'quorate', command: [own] }
const parts = [
  { name: 'etcdctl', steps: values.slow ? [...ETCDCTL_STEPS, ...SLOW_STEPS] : ETCDCTL_STEPS },
  { name: 'curl', steps: CURL_STEPS },
]
let differing = 0
for (const { name, steps } of parts) {
  if (values.only !== undefined && values.only !== name) continue
  differing += await comparePart(name, steps)
}
if ((values.only ?? 'random') === 'random') differing += await compareRequests()
process.exitCode = differing === 0 ? 0 : 1

function comparePart(name: string, steps: readonly Step[]): Promise<number> {
  return withClusters(other, async (clusters) => {
    const { compared, differences, newer } = await compare({ clusters, steps, onStep })
    for (const one of differences) tell(differenceText(one, clusters))
    for (const text of newer) tell(`as etcd 3.6 answers: ${text}`)
    tell(`${name}: ${compared} compared, ${differences.length} differ`)
    return differences.length
  })
}

function compareRequests(): Promise<number> {
  const [seed, requests] = [Number(values.seed), Number(values.requests)]
  return withClusters(other, async (clusters) => {
    const { difference, answered } = await compareRandom({ clusters, seed, requests, onStep })
    if (difference !== null) tell(`seed ${seed}, ${differenceText(difference, clusters)}`)
    else tell(`random: ${requests} compared, seed ${seed}, ${answered} answered, none differs`)
    return difference === null ? 0 : 1
  })
}

function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write('\u001b[2K\r')
  console.log(text)
}

function onStep(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\u001b[2K\r${step.slice(0, 78)}`)
}
