import { readFileSync } from 'node:fs'
import { runCommand } from '../cli/index.ts'
import { createNodeChance, createNodeClock, createNodeDisk } from '../io/index.ts'
import { restartAsNode } from './node-process.ts'
import { ETCD_VERSION, ownVersion } from './version.ts'

/** The `quorate` command with everything it does things with. Resolves with the exit status. */
export function quorate(words: readonly string[]): Promise<number> {
  return runCommand(words, {
    disk: createNodeDisk(),
    clock: createNodeClock(),
    chance: createNodeChance(),
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    environment: process.env,
    readText: (path) => readFileSync(path, 'utf8'),
    versions: {
      own: ownVersion(),
      etcd: ETCD_VERSION,
      runtime: `Node.js ${process.version}`,
      platform: `${process.platform}/${process.arch}`,
    },
    // Loaded when it is wanted: a node consists of some hundred files, and a word of help of few.
    runNode: async (config, remarks) => {
      restartAsNode()
      return (await import('./run-node.ts')).runNode(config, remarks)
    },
    runCluster: async (wish) => (await import('./run-cluster.ts')).runCluster(wish),
  })
}
