/** One of the two that are compared: a cluster of three processes, and the process that asks it. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Cluster, EtcdClient, startCluster } from '../../test/cluster/index.ts'
import { memoryOf } from '../figures.ts'
import type { FanOut, Load } from './load.ts'
import type { FanOutOrder, FillOrder, Measured, Order } from './order.ts'

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url))
/** etcd refuses writes beyond 2 GiB unless it is told otherwise. */
const QUOTA_BYTES = 8 * 1024 ** 3
/** What is under way in the background after a load should not count for the next. */
const REST_MS = 300

export interface SideOptions {
  readonly name: string
  readonly command: readonly string[]
}

export interface Timing {
  readonly warmMs: number
  readonly measureMs: number
}

export class Side {
  readonly name: string
  readonly #cluster: Cluster
  readonly #generator: ChildProcess
  readonly #keys: number
  #leader: string
  #followers: readonly string[]

  static async open({ name, command }: SideOptions, keys: number): Promise<Side> {
    const flags = ['--quota-backend-bytes', String(QUOTA_BYTES)]
    const cluster = await startCluster({ name: `bench-${name}`, command, flags })
    try {
      const leader = await leaderOf(cluster)
      return new Side(name, { cluster, leader, keys })
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  private constructor(
    name: string,
    { cluster, leader, keys }: { cluster: Cluster; leader: string; keys: number },
  ) {
    this.name = name
    this.#cluster = cluster
    this.#keys = keys
    this.#leader = leader
    this.#followers = cluster.urls.filter((url) => url !== leader)
    this.#generator = fork(GENERATOR)
  }

  async fill(valueBytes: number): Promise<void> {
    const order: FillOrder = { ...this.#order(), kind: 'fill', valueBytes, urls: [this.#leader] }
    await this.#carryOut(order)
  }

  load(load: Load, timing: Timing): Promise<Measured> {
    const { through = 'leader' } = load
    const urls = {
      leader: [this.#leader],
      follower: this.#followers.slice(0, 1),
      all: this.#cluster.urls,
    }[through]
    const order: Order = { ...this.#order(), ...timing, kind: 'load', load, urls }
    return this.#measure(order)
  }

  fanOut({ watchers }: FanOut, timing: Timing): Promise<Measured> {
    const { urls } = this.#cluster
    const order: FanOutOrder = { ...this.#order(), ...timing, kind: 'fanOut', watchers, urls }
    return this.#measure(order)
  }

  /** Of the process that holds most of it. */
  residentMiB(): number {
    const sizes = this.#cluster.members.map(({ pid }) => memoryOf(pid).residentMiB)
    return Math.max(...sizes)
  }

  async stop(): Promise<void> {
    this.#generator.disconnect()
    await this.#cluster.stop()
  }

  #order() {
    const pids = this.#cluster.members.map(({ pid }) => pid)
    return { pids, keys: this.#keys, warmMs: 0, measureMs: 0 }
  }

  async #measure(order: Order | FanOutOrder): Promise<Measured> {
    // A leader that a load has cost its office is not what the load asks for any more.
    await this.#noticeLeader()
    const measured = await this.#carryOut(order)
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
    return measured as Measured
  }

  async #noticeLeader(): Promise<void> {
    this.#leader = await leaderOf(this.#cluster)
    this.#followers = this.#cluster.urls.filter((url) => url !== this.#leader)
  }

  async #carryOut(order: Order | FanOutOrder | FillOrder): Promise<Measured | null> {
    const over = new AbortController()
    const { signal } = over
    const gone = once(this.#generator, 'exit', { signal }).then(() => {
      throw new Error(`the generator has ended while it measured ${this.name}`)
    })
    const answered = once(this.#generator, 'message', { signal })
    this.#generator.send(order)
    try {
      const [answer] = (await Promise.race([answered, gone])) as [Measured | null]
      return answer
    } finally {
      gone.catch(() => {})
      over.abort()
    }
  }
}

/** Its URL. A cluster that has just begun may need a moment to have one. */
async function leaderOf(cluster: Cluster): Promise<string> {
  const clients = cluster.urls.map((url) => new EtcdClient(url))
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const found = await Promise.all(clients.map((client) => client.status()))
      const at = found.findIndex(({ leader, header }) => leader === header?.memberId)
      if (at >= 0) return cluster.urls[at] as string
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    for (const client of clients) client.close()
  }
  throw new Error('the cluster has no leader')
}
