/** Everything that must be refused, asked of a member of a cluster of three real processes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badInputFindings } from '../../src/api/testing/index.ts'
import { serverCommand, startCluster, UNHURRIED } from '../cluster/index.ts'

test('what makes no sense is refused by any member, and changes nothing', async (context) => {
  const cluster = await startCluster({
    name: 'bad-inputs',
    command: serverCommand(),
    environment: UNHURRIED,
  })
  context.after(() => cluster.stop())
  const [url] = cluster.urls
  assert.ok(url !== undefined)
  const { hostname: host, port } = new URL(url)
  const { findings, counts } = await badInputFindings(context, { host, port: Number(port) })
  assert.deepEqual(findings, [])
  assert.ok(counts.grpc >= 150 && counts.json >= 150)
})
