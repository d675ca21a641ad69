import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as assertInvariant } from '../../base/index.ts'
import { HostedNode } from './hosted-node.ts'
import { startCluster } from './index.ts'

test('a node that fails stops by itself and is told of; all else goes on', async () => {
  const told: [string, string][] = []
  const failed = Promise.withResolvers<void>()
  await using cluster = await startCluster({
    onFailure: (error, name) => {
      told.push([name, String(error)])
      failed.resolve()
    },
  })
  const leader = await cluster.leader()
  assert.ok(leader instanceof HostedNode && leader.life !== null)
  // What every part of a node does when an invariant of its own is broken.
  const { raft } = leader.life.node.group(2)
  Object.defineProperty(raft, 'tick', {
    value: () => {
      throw new Error('an invariant does not hold')
    },
  })
  await failed.promise
  assert.deepEqual(told, [[leader.name, 'Error: an invariant does not hold']])
  assert.ok(!leader.isRunning)
  assert.match(String(leader.failure), /an invariant does not hold/)
  assert.notEqual((await cluster.leader()).name, leader.name)
  await leader.start()
  assert.equal(leader.failure, null)
})

test('a request that finds an invariant broken ends its node, and not the program', async () => {
  const failed = Promise.withResolvers<unknown>()
  await using cluster = await startCluster({ onFailure: failed.resolve })
  const [node] = cluster.nodes
  assert.ok(node instanceof HostedNode && node.life !== null)
  Object.defineProperty(node.life.node, 'read', {
    value: () => {
      assertInvariant(false, 'a read is answered')
    },
  })
  const db = await cluster.connect()
  await db.put('key', 'value')
  const asked = await fetch(`${node.url}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: btoa('key') }),
  }).catch((error: unknown) => error)
  assert.ok(asked instanceof Error || (asked as Response).status === 500)
  assert.match(String(await failed.promise), /a read is answered/)
  assert.ok(!node.isRunning)
  assert.equal((await db.get('key'))?.value, 'value')
})

const TURNS_MAX = 20_000

/** What a client is told that was asked for so many turns before the end; null: there is none. */
async function toldAfter(turns: number): Promise<unknown> {
  const cluster = await startCluster({ nodes: 1 })
  const connecting = cluster.connect().catch(() => null)
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
  await cluster.stop()
  const client = await connecting
  return client === null ? null : client.get('key').then(String, ({ code }) => code)
}

test('a client that connects while everything is stopped is not left', async () => {
  const told = new Set<unknown>()
  // After how many turns a client has connected depends on what else the machine does.
  for (let turns = 0; turns < 16 || told.size < 2; turns += Math.ceil((turns + 1) / 16)) {
    assert.ok(turns < TURNS_MAX, [...told].join())
    told.add(await toldAfter(turns))
  }
  assert.deepEqual(told, new Set([null, 'CLIENT_CLOSED']))
})
