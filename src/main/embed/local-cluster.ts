import { KvError } from '../../base/index.ts'
import { Household, pause } from './household.ts'
import type { LocalNode } from './local-node.ts'
import { checkOptions, type EmbedOptions } from './options.ts'

const NODES = 3
/** Ten times what an election takes. */
const LEADER_MS_MAX = 10_000
const POLL_MS = 5

export interface LocalClusterOptions extends EmbedOptions {
  /** Three when absent. */
  readonly nodes?: number
}

/** A cluster inside this program. */
export class LocalCluster {
  readonly #household: Household

  constructor(household: Household) {
    this.#household = household
  }

  /** Of which each can be stopped, killed and started again by itself. */
  get nodes(): readonly LocalNode[] {
    return this.#household.nodes
  }

  /** `HOST:PORT` of every node, whether it runs or not. */
  get endpoints(): readonly string[] {
    return this.nodes.map(({ endpoint }) => endpoint)
  }

  get directory(): string {
    return this.#household.directory
  }

  /** The node that leads, as soon as there is one; fails with `NO_LEADER` after ten seconds. */
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

  /** All nodes, and what belongs to them. Idempotent. */
  stop(): Promise<void> {
    return this.#household.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/**
 * A cluster of three nodes, or as many as are asked for, inside this program. All of them serve when
 * it resolves.
 *
 * ```ts
 * await using cluster = await startCluster()
 * const db = await cluster.connect()
 * await db.put('greeting', 'hello')
 * ```
 */
export async function startCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  checkOptions(options, 'nodes')
  const { nodes = NODES } = options
  return new LocalCluster(await Household.open({ options, nodes, isAlone: false, port: 0 }))
}
