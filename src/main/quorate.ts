import { readFileSync, writeFileSync } from 'node:fs'
import { runCommand } from '../cli/index.ts'
import { interruptionOf, outputOf, runProgram, standardInput } from './terminal.ts'
import { ETCD_VERSION, ownVersion } from './version.ts'

/** The `quorate` command with everything it does things with. Resolves with the exit status. */
export function quorate(words: readonly string[]): Promise<number> {
  const output = outputOf(process.stdout)
  const errors = outputOf(process.stderr)
  return runCommand(words, {
    print: (line) => output.write(`${line}\n`),
    complain: (line) => errors.write(`${line}\n`),
    output,
    errors,
    input: standardInput(),
    environment: process.env,
    readText: (path) => readFileSync(path, 'utf8'),
    readBytes: (path) => readFileSync(path),
    writeText: (path, text, { replace }) => {
      writeFileSync(path, text, { flag: replace ? 'w' : 'wx', mode: 0o600 })
    },
    versions: {
      own: ownVersion(),
      etcd: ETCD_VERSION,
      runtime: `Node.js ${process.version}`,
      platform: `${process.platform}/${process.arch}`,
    },
    machine: async () => (await import('./machine.ts')).createMachine(),
    interruption: interruptionOf(),
    runProgram,
    // Loaded when it is wanted: a node consists of some hundred files, and a word of help of few.
    runNode: async (config, remarks) => {
      const { restartAsNode } = await import('./node-process.ts')
      restartAsNode()
      return (await import('./run-node.ts')).runNode(config, remarks)
    },
    runCluster: async (wish) => (await import('./run-cluster.ts')).runCluster(wish),
    openCluster: async (wish) => (await import('./dev-cluster.ts')).openCluster(wish),
  })
}
