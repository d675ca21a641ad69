/** A program is tested against a real cluster, and against the loss of its leader. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCluster, startNode } from 'quorate'
import { Visits } from './visits.ts'

test('every visit counts', async () => {
  await using node = await startNode()
  const visits = new Visits(await node.connect())
  assert.equal(await visits.count('home'), 1n)
  assert.equal(await visits.count('home'), 2n)
})

test('of many who come at once one is the first', async () => {
  await using node = await startNode()
  const visits = new Visits(await node.connect())
  const all = ['anna', 'bert', 'cleo'].map((visitor) => visits.isFirst('home', visitor))
  assert.deepEqual((await Promise.all(all)).filter(Boolean), [true])
})

test('no visit is lost or counted twice when the leader dies', async () => {
  await using cluster = await startCluster()
  const visits = new Visits(await cluster.connect())
  const all = Array.from({ length: 20 }, () => visits.count('home'))
  await (await cluster.leader()).kill()
  await Promise.all(all)
  assert.equal(await visits.count('home'), 21n)
})
