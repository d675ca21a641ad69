import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededChance } from '../../src/base/index.ts'
import { serverCommand, startCluster } from '../cluster/index.ts'
import { runChaos } from './rounds.ts'

test('kill -9 of the leader, one, most and all, and rot, lose and double nothing', async () => {
  const cluster = await startCluster({ name: 'chaos', command: serverCommand() })
  try {
    const chance = new SeededChance(1, 'chaos')
    const rotten: string[] = []
    const { acknowledged, problems } = await runChaos({
      cluster,
      rounds: 5,
      writers: 16,
      chance: () => chance.below(1000) / 1000,
      onRot: (places) => void rotten.push(...places),
    })
    assert.deepEqual(problems, [])
    assert.ok(acknowledged > 0, 'there was something to lose')
    assert.ok(rotten.length > 0, 'something has rotted')
  } finally {
    await cluster.stop()
  }
})
