import { readFileSync } from 'node:fs'
import { runCommand } from '../cli/index.ts'
import { createNodeChance, createNodeClock, createNodeDisk } from '../io/index.ts'
import { runCluster } from './run-cluster.ts'
import { runNode } from './run-node.ts'
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
    runNode,
    runCluster,
  })
}
