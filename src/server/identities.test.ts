import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterIdOf, memberIdOf } from './identities.ts'

test('clusters and members have ids of 64 bits, never 0, that are the same everywhere', () => {
  const seen = new Set<bigint>()
  for (let cluster = 0; cluster < 20; cluster++) {
    seen.add(clusterIdOf(cluster))
    for (let node = 1; node <= 50; node++) seen.add(memberIdOf(cluster, node))
  }
  assert.equal(seen.size, 20 * 51)
  for (const id of seen) assert.ok(id > 0n && id < 2n ** 64n)
  // They stand in alarms and in what clients keep: they are for ever.
  assert.equal(clusterIdOf(1).toString(16), 'e220a8397b1dcdaf')
  assert.equal(memberIdOf(1, 1).toString(16), 'a706dd2f4d197e6f')
})
