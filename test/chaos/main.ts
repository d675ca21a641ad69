/**
 * `npm run chaos`: three processes under load, killed with `kill -9` round by round, and one of
 * them with a disk that has rotted; in the end nothing that was acknowledged may be lost, nothing
 * done twice, and all members hold the same.
 *
 *   npm run chaos                    20 rounds
 *   npm run chaos -- --rounds 200
 *   npm run chaos -- --writers 64
 */

import { parseArgs } from 'node:util'
import { createNodeChance } from '../../src/io/index.ts'
import { serverCommand, startCluster } from '../cluster/index.ts'
import { runChaos } from './rounds.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    writers: { type: 'string', default: '32' },
  },
})
const chance = createNodeChance()
const cluster = await startCluster({ name: 'chaos', command: serverCommand() })
try {
  const { acknowledged, found, problems } = await runChaos({
    cluster,
    rounds: Number(values.rounds),
    writers: Number(values.writers),
    chance: () => chance.below(1000) / 1000,
    onRot: (places) => console.log(`rotten: ${places.join(', ')}`),
    onRound: (round, kind, puts) => {
      console.log(`round ${round + 1}: killed ${kind}; ${puts} puts acknowledged so far`)
    },
  })
  for (const problem of problems.slice(0, 50)) console.log(problem)
  console.log(
    `${acknowledged} puts acknowledged, ${found} keys found, ${problems.length} problems` +
      (problems.length === 0 ? '; all members hold the same' : ''),
  )
  process.exitCode = problems.length === 0 ? 0 : 1
} catch (error) {
  console.log(cluster.lastWords())
  throw error
} finally {
  await cluster.stop()
}
