import { KvError } from '../../base/index.ts'
import type { Client } from '../../client/index.ts'
import type { HostedNode } from './hosted-node.ts'
import { Household, pause } from './household.ts'
import { checkOptions, checkRuntime } from './options.ts'
import type { LocalCluster, LocalClusterOptions, LocalConnectOptions, LocalNode } from './types.ts'

const NODES = 3
/** Ten times what an election takes. */
const LEADER_MS_MAX = 10_000
const POLL_MS = 5

class HostedCluster implements LocalCluster {
  readonly #household: Household

  constructor(household: Household) {
    this.#household = household
  }

  get nodes(): readonly HostedNode[] {
    return this.#household.nodes
  }

  get endpoints(): readonly string[] {
    return this.nodes.map(({ endpoint }) => endpoint)
  }

  get directory(): string {
    return this.#household.directory
  }

  connect<Value>(options: LocalConnectOptions<Value> = {}): Promise<Client<Value>> {
    return this.#household.connect(this.endpoints, options)
  }

  async leader(): Promise<LocalNode> {
    const endMs = performance.now() + LEADER_MS_MAX
    for (;;) {
      const [leader] = this.nodes
        .filter(({ isLeader }) => isLeader)
        .sort((one, other) => other.term - one.term)
      if (leader !== undefined) return leader
      if (this.#household.isClosed) throw new KvError('STOPPED', 'this cluster has stopped')
      if (performance.now() > endMs) {
        const running = this.nodes.filter(({ isRunning }) => isRunning).length
        throw new KvError('NO_LEADER', `no leader with ${running} of ${this.nodes.length} nodes`)
      }
      await pause(POLL_MS)
    }
  }

  stop(): Promise<void> {
    return this.#household.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/**
 * A cluster of three nodes, or as many as are asked for, inside this program. All of them serve
 * when it resolves.
 *
 * ```ts
 * await using cluster = await startCluster()
 * const db = await cluster.connect()
 * await db.put('greeting', 'hello')
 * ```
 */
export async function startCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  checkRuntime()
  checkOptions(options, 'nodes')
  const { nodes = NODES } = options
  return new HostedCluster(await Household.open({ options, nodes, isAlone: false, port: 0 }))
}
