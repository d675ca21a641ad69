/** The same commands and requests to a cluster of etcd and to one of Quorate: see `main.ts`. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'
import { compare, differenceText } from './compare.ts'
import { CURL_STEPS } from './curl-steps.ts'
import { ETCDCTL_STEPS } from './etcdctl-steps.ts'
import { Side } from './side.ts'

test('etcdctl and curl find no difference to etcd but what a newer etcd does', async (context) => {
  for (const [program, word] of [
    ['etcd', '--version'],
    ['etcdctl', 'version'],
    ['curl', '--version'],
  ] as const) {
    if (spawnSync(program, [word]).error === undefined) continue
    context.diagnostic(`NOT RUN: ${program} is not installed, so nothing was compared`)
    return
  }
  // A cluster for each: leases that a part leaves behind end at times of their own.
  for (const steps of [ETCDCTL_STEPS, CURL_STEPS]) {
    const sides: Side[] = []
    try {
      sides.push(new Side(await startCluster({ name: 'etcd', command: ['etcd'] })))
      const own = { name: 'quorate', command: serverCommand(), environment: UNHURRIED }
      sides.push(new Side(await startCluster(own)))
      const [left, right] = sides as [Side, Side]
      const { differences, compared } = await compare({ left, right, steps })
      const texts = differences.map((one) => differenceText(one, [left.name, right.name]))
      assert.deepEqual(texts, [])
      assert.ok(compared > 60, 'a comparison that covers little says little')
    } finally {
      for (const side of sides) await side.close()
    }
  }
})
