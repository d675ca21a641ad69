/**
 * `npm run compare`: does the same to a cluster of etcd and to one of Quorate, with `etcdctl` and
 * with `curl`, and shows where they answer differently.
 *
 *   npm run compare                     all of it
 *   npm run compare -- --only etcdctl   or curl
 *   npm run compare -- --slow           and `check perf`, which takes a minute
 *   npm run compare -- --self           etcd with itself: are the steps and rules right?
 */

import path from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from '../cluster/index.ts'
import { compare, differenceText } from './compare.ts'
import { CURL_STEPS } from './curl-steps.ts'
import { ETCDCTL_STEPS, SLOW_STEPS } from './etcdctl-steps.ts'
import { Side, STEADY } from './side.ts'
import type { Step } from './step.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    slow: { type: 'boolean', default: false },
    self: { type: 'boolean', default: false },
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
process.exitCode = differing === 0 ? 0 : 1

/**
 * With a cluster of its own on either side: leases that a part leaves end at times of their own.
 */
async function comparePart(name: string, steps: readonly Step[]): Promise<number> {
  const sides: Side[] = []
  try {
    for (const one of [{ name: 'etcd', command: ['etcd'] }, other]) {
      sides.push(new Side(await startCluster({ ...one, environment: STEADY })))
    }
    const [left, right] = sides as [Side, Side]
    const { compared, differences, newer } = await compare({ left, right, steps, onStep })
    if (process.stderr.isTTY) process.stderr.write('\u001b[2K\r')
    for (const one of differences) console.log(differenceText(one, [left.name, right.name]))
    for (const text of newer) console.log(`as etcd 3.6 answers: ${text}`)
    console.log(`${name}: ${compared} compared, ${differences.length} differ`)
    return differences.length
  } finally {
    for (const side of sides) await side.close()
  }
}

function onStep(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\u001b[2K\r${step.slice(0, 78)}`)
}
