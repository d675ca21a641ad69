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
import { Side } from './side.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    slow: { type: 'boolean', default: false },
    self: { type: 'boolean', default: false },
  },
})
const own = path.join(import.meta.dirname, '../../bin/etcd')
const left = new Side(await startCluster({ name: 'etcd', command: ['etcd'] }))
const right = new Side(
  await startCluster(
    values.self ? { name: 'etcd-too', command: ['etcd'] } : { name: 'quorate', command: [own] },
  ),
)
try {
  const parts = [
    { name: 'etcdctl', steps: values.slow ? [...ETCDCTL_STEPS, ...SLOW_STEPS] : ETCDCTL_STEPS },
    { name: 'curl', steps: CURL_STEPS },
  ]
  let differing = 0
  for (const { name, steps } of parts) {
    if (values.only !== undefined && values.only !== name) continue
    const onStep = (step: string): void => {
      if (process.stderr.isTTY) process.stderr.write(`\u001b[2K\r${step.slice(0, 78)}`)
    }
    const { compared, differences, newer } = await compare({ left, right, steps, onStep })
    if (process.stderr.isTTY) process.stderr.write('\u001b[2K\r')
    for (const one of differences) console.log(differenceText(one, [left.name, right.name]))
    for (const text of newer) console.log(`as etcd 3.6 answers: ${text}`)
    console.log(`${name}: ${compared} compared, ${differences.length} differ`)
    differing += differences.length
  }
  process.exitCode = differing === 0 ? 0 : 1
} finally {
  await Promise.all([left.close(), right.close()])
}
