/** The same commands and requests to a cluster of etcd and to one of Quorate: see `main.ts`. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { serverCommand } from '../cluster/index.ts'
import { withClusters } from './clusters.ts'
import { compare, differenceText } from './compare.ts'
import { CURL_STEPS } from './curl-steps.ts'
import { ETCDCTL_STEPS } from './etcdctl-steps.ts'
import { normal } from './normal.ts'
import { compareRandom } from './random.ts'
import type { Step } from './step.ts'

const OURS = { name: 'quorate', command: serverCommand() }
const RANDOM_REQUESTS = 1000

/** How each is asked whether it is there. */
const ASKS = { etcd: '--version', etcdctl: 'version', curl: '--version' }

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
  if (!areInstalled(context, ['etcd', 'etcdctl', 'curl'])) return
  // At the same time, because both wait most of it.
  await Promise.all([ETCDCTL_STEPS, CURL_STEPS].map(compareBoth))
})

test('random requests are answered as by etcd', async (context) => {
  if (!areInstalled(context, ['etcd'])) return
  await withClusters(OURS, async (clusters) => {
    const requests = RANDOM_REQUESTS
    const { answered, difference } = await compareRandom({ clusters, seed: 1, requests })
    assert.equal(difference, null)
    assert.ok(answered > requests / 2, 'requests that are refused say little')
  })
})

function areInstalled(context: TestContext, programs: readonly (keyof typeof ASKS)[]): boolean {
  const missing = programs.filter((one) => spawnSync(one, [ASKS[one]]).error !== undefined)
  for (const one of missing) {
    context.diagnostic(`NOT RUN: ${one} is not installed, so nothing was compared`)
  }
  return missing.length === 0
}

function compareBoth(steps: readonly Step[]): Promise<void> {
  return withClusters(OURS, async (clusters) => {
    const { differences, compared } = await compare({ clusters, steps })
    const texts = differences.map((one) => differenceText(one, clusters))
    assert.deepEqual(texts, [])
    assert.ok(compared > 60, 'a comparison that covers little says little')
  })
}
