/** The same commands and requests to a cluster of etcd and to one of Quorate: see `main.ts`. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { serverCommand, startCluster } from '../cluster/index.ts'
import { compare, differenceText } from './compare.ts'
import { CURL_STEPS } from './curl-steps.ts'
import { ETCDCTL_STEPS } from './etcdctl-steps.ts'
import { normal } from './normal.ts'
import { Side, STEADY } from './side.ts'
import type { Step } from './step.ts'

test('ids are taken out, whatever was drawn for them', () => {
  for (const id of ['8e9e05c52164694d', '14ea2258a2dcc29', '4ea2258a2dcc2', 'ea2258a2dcc2']) {
    assert.equal(normal(`lease ${id} granted with TTL(3s)`), 'lease <id> granted with TTL(3s)')
    assert.equal(normal(`"ID" : ${BigInt(`0x${id}`)}`), '"ID" : <id>')
  }
  for (const hash of [7, 999_999_999, 2 ** 32 - 1]) {
    assert.equal(normal(`{"hash":${hash},"revision":"14"}`), '{"hash":<size>,"revision":"14"}')
  }
})

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
  // At the same time, because both wait most of it.
  await Promise.all([ETCDCTL_STEPS, CURL_STEPS].map(compareBoth))
})

/** A cluster for each part: leases that one leaves behind end at times of their own. */
async function compareBoth(steps: readonly Step[]): Promise<void> {
  const sides: Side[] = []
  try {
    for (const [name, command] of [
      ['etcd', ['etcd']],
      ['quorate', serverCommand()],
    ] as const) {
      sides.push(new Side(await startCluster({ name, command, environment: STEADY })))
    }
    const [left, right] = sides as [Side, Side]
    const { differences, compared } = await compare({ left, right, steps })
    const texts = differences.map((one) => differenceText(one, [left.name, right.name]))
    assert.deepEqual(texts, [])
    assert.ok(compared > 60, 'a comparison that covers little says little')
  } finally {
    for (const side of sides) await side.close()
  }
}
