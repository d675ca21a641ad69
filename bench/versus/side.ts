/** One of those that are compared: a cluster of three processes, and the process that asks it. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Cluster, EtcdClient, startCluster } from '../../test/cluster/index.ts'
import { memoryOf, type ProcessMemory } from '../figures.ts'
import { measureH2load, type Place } from './h2load.ts'
import { type Load, type Task, VALUE_BYTES } from './load.ts'
import { pause, type Timing } from './meter.ts'
import type { Answer, FillOrder, Measured, Order } from './order.ts'
import { measureWrk } from './wrk.ts'

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url))
/** etcd refuses writes beyond 2 GiB unless it is told otherwise. */
const QUOTA_BYTES = 8 * 1024 ** 3
/** What is under way in the background after a load should not count for the next. */
export const REST_MS = 300
/** Our own client asks here for the first time: it is measured once what it runs is compiled. */
const NATIVE_WARM_TIMES = 4
const LEADER_LOOK_MS = 50
const LEADER_LOOKS_MAX = 200

export interface SideOptions {
  readonly name: string
  readonly command: readonly string[]
  readonly flags?: readonly string[]
  /** Programs of others that ask; null: this machine does not have it. */
  readonly programs: { readonly h2load: string | null; readonly wrk: string | null }
}

export class Side {
  readonly name: string
  readonly #programs: SideOptions['programs']
  readonly #cluster: Cluster
  readonly #generator: ChildProcess
  #keys = 0
  #leader = ''
  #followers: readonly string[] = []

  static async open(options: SideOptions): Promise<Side> {
    const { name, command, flags = [] } = options
    const cluster = await startCluster({
      name: `bench-${name}`,
      command,
      flags: ['--quota-backend-bytes', String(QUOTA_BYTES), ...flags],
    })
    const side = new Side(options, cluster)
    try {
      await side.#noticeLeader()
      return side
    } catch (error) {
      await side.stop()
      throw error
    }
  }

  private constructor({ name, programs }: SideOptions, cluster: Cluster) {
    this.name = name
    this.#programs = programs
    this.#cluster = cluster
    this.#generator = fork(GENERATOR)
  }

  /** Loads are asked for among the first so many keys. */
  set keys(keys: number) {
    this.#keys = keys
  }

  /** Puts what is missing for so many keys. */
  async fill(keys: number): Promise<void> {
    const from = this.#keys
    this.#keys = keys
    const urls = [this.#leader]
    const order: FillOrder = { ...this.#order(), kind: 'fill', from, valueBytes: VALUE_BYTES, urls }
    await this.#carryOut(order)
  }

  async measure(task: Task, timing: Timing): Promise<Measured> {
    // A leader that a load has cost its office is not what the load asks for any more.
    await this.#noticeLeader()
    const measured = await this.#run(task, timing)
    await pause(REST_MS)
    return measured
  }

  async #run(task: Task, timing: Timing): Promise<Measured> {
    const { urls } = this.#cluster
    const common = { ...this.#order(), ...timing }
    switch (task.kind) {
      case 'load': {
        const { load } = task
        return await this.#carryOut({ ...common, kind: 'load', load, urls: this.#urlsFor(load) })
      }
      case 'fanOut':
        return await this.#carryOut({ ...common, kind: 'fanOut', watchers: task.watchers, urls })
      case 'native': {
        const { inFlight } = task
        const valueBytes = VALUE_BYTES
        const warmMs = timing.warmMs * NATIVE_WARM_TIMES
        const order = { ...common, warmMs, kind: 'native', inFlight, valueBytes, urls } as const
        return await this.#carryOut(order)
      }
      case 'h2load': {
        const place = this.#place()
        return await measureH2load(present(this.#programs.h2load), { ...task, place, timing })
      }
      case 'rest': {
        const rest = { ...task, keys: this.#keys }
        return await measureWrk(present(this.#programs.wrk), { rest, place: this.#place(), timing })
      }
    }
  }

  /** One load that goes on; `heard` is told of each part. */
  async soak(
    load: Load,
    {
      times,
      timing,
      heard,
    }: {
      readonly times: number
      readonly timing: Timing
      readonly heard: (measured: Measured) => void
    },
  ): Promise<void> {
    const order: Order = { ...this.#order(), ...timing, kind: 'soak', load, times, urls: [] }
    await this.#carryOut({ ...order, urls: this.#urlsFor(load) }, heard)
  }

  #urlsFor({ through = 'leader' }: Load): readonly string[] {
    if (through === 'leader') return [this.#leader]
    return through === 'all' ? this.#cluster.urls : this.#followers.slice(0, 1)
  }

  #place(): Place {
    return { url: this.#leader, pids: this.#pids() }
  }

  memory(): readonly ProcessMemory[] {
    return this.#pids().map(memoryOf)
  }

  async term(): Promise<number> {
    const client = new EtcdClient(this.#leader)
    try {
      return (await client.status()).raftTerm
    } finally {
      client.close()
    }
  }

  lastWords(): string {
    return this.#cluster.lastWords()
  }

  async stop(): Promise<void> {
    if (this.#generator.connected) this.#generator.disconnect()
    await this.#cluster.stop()
  }

  #pids(): readonly number[] {
    return this.#cluster.members.map(({ pid }) => pid)
  }

  #order() {
    return { pids: this.#pids(), keys: this.#keys, warmMs: 0, measureMs: 0 }
  }

  async #noticeLeader(): Promise<void> {
    this.#leader = await leaderOf(this.#cluster)
    this.#followers = this.#cluster.urls.filter((url) => url !== this.#leader)
  }

  async #carryOut(order: Order, heard: (part: Measured) => void = () => {}): Promise<Measured> {
    const over = new AbortController()
    const { signal } = over
    const gone = once(this.#generator, 'exit', { signal }).then(() => {
      throw new Error(`the generator has ended while it measured ${this.name}`)
    })
    gone.catch(() => {})
    const ended = this.#ended(signal, heard)
    this.#generator.send(order)
    try {
      return await Promise.race([ended, gone])
    } finally {
      over.abort()
    }
  }

  #ended(signal: AbortSignal, heard: (part: Measured) => void): Promise<Measured> {
    return new Promise((resolve, reject) => {
      const hear = (answer: Answer): void => {
        if (answer.kind === 'part') heard(answer.measured)
        else if (answer.kind === 'failed') reject(new Error(answer.text))
        // Nobody looks at what an order tells that measures nothing.
        else resolve(answer.measured as Measured)
      }
      this.#generator.on('message', hear)
      signal.addEventListener('abort', () => this.#generator.off('message', hear), { once: true })
    })
  }
}

function present(program: string | null): string {
  if (program === null) throw new Error('what this machine does not have is not asked to measure')
  return program
}

/** Its URL. A cluster that has just begun may need a moment to have one. */
async function leaderOf(cluster: Cluster): Promise<string> {
  const clients = cluster.urls.map((url) => new EtcdClient(url))
  try {
    for (let look = 0; look < LEADER_LOOKS_MAX; look++) {
      const found = await Promise.all(clients.map((client) => client.status()))
      const at = found.findIndex(({ leader, header }) => leader === header?.memberId)
      if (at >= 0) return cluster.urls[at] as string
      await pause(LEADER_LOOK_MS)
    }
  } finally {
    for (const client of clients) client.close()
  }
  throw new Error('the cluster has no leader')
}
