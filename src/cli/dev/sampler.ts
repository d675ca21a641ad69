/** Looks at a cluster again and again, and keeps what the view shows. */

import type { EndpointStatus, NodeStatus } from '../../client/index.ts'
import type { LocalCluster } from '../command-parts.ts'
import type { Store } from '../commands/connection.ts'
import type { NodeView } from './view.ts'

/** As many as the widest terminal shows. */
const SAMPLES_MAX = 400
const EVENTS_MAX = 200
/** Files are counted not at each look: there may be many. */
const DISK_LOOKS = 10
const LOOK_MS_MAX = 1000

export class Sampler {
  readonly #cluster: LocalCluster
  readonly #nowMs: () => number
  readonly #disk = new Map<number, number>()
  readonly #states = new Map<number, string>()
  #looks = 0
  #leader: string | null = null
  #revisionAt: { readonly revision: number; readonly ms: number } | null = null
  nodes: readonly NodeView[] = []
  writesPerSecond: number[] = []
  readMs: number | null = null
  events: string[] = []
  /** Told of each, as it happens. */
  onEvent: (text: string) => void = () => {}

  constructor(cluster: LocalCluster, nowMs: () => number) {
    this.#cluster = cluster
    this.#nowMs = nowMs
  }

  get revision(): number | null {
    return this.#revisionAt?.revision ?? null
  }

  say(text: string): void {
    this.events.push(text)
    if (this.events.length > EVENTS_MAX) this.events.shift()
    this.onEvent(text)
  }

  /** Never fails: what cannot be had is not shown. Without a store only processes are looked at. */
  async look(store: Store | null): Promise<void> {
    const [reached, readMs] = await Promise.all([
      store === null ? [] : reachedNodes(store),
      store === null ? null : this.#read(store),
    ])
    this.readMs = readMs
    const end = Math.max(0, ...reached.map(({ index }) => index))
    const isCountingDisk = this.#looks % DISK_LOOKS === 0
    this.#looks += 1
    this.nodes = this.#cluster.nodes.map((node) => {
      if (isCountingDisk) this.#disk.set(node.number, node.diskBytes())
      const status = reached.find(({ endpoint }) => endpoint.endsWith(node.endpoint)) ?? null
      return {
        number: node.number,
        endpoint: node.endpoint,
        state: node.state(),
        endText: node.endText(),
        isLeader: status?.isLeader ?? false,
        term: status?.term ?? null,
        index: status?.index ?? null,
        behind: status === null ? null : Math.max(0, end - status.appliedIndex),
        memoryBytes: node.memoryBytes(),
        diskBytes: this.#disk.get(node.number) ?? 0,
      }
    })
    this.#count(Math.max(-1, ...reached.map(({ revision }) => revision)))
    this.#tellChanges()
  }

  async #read(store: Store): Promise<number | null> {
    const beganMs = this.#nowMs()
    try {
      await store.get('quorate', { timeoutMs: LOOK_MS_MAX })
      return this.#nowMs() - beganMs
    } catch {
      // Nobody leads for now; the view says so.
      return null
    }
  }

  #count(revision: number): void {
    if (revision < 0) return
    const ms = this.#nowMs()
    const before = this.#revisionAt
    this.#revisionAt = { revision, ms }
    if (before === null) return
    const seconds = Math.max(0.001, (ms - before.ms) / 1000)
    this.writesPerSecond.push(Math.max(0, revision - before.revision) / seconds)
    if (this.writesPerSecond.length > SAMPLES_MAX) this.writesPerSecond.shift()
  }

  #tellChanges(): void {
    for (const { number, state, endText } of this.nodes) {
      const before = this.#states.get(number)
      this.#states.set(number, state)
      if (before === undefined || before === state) continue
      if (state === 'stopped') this.say(`node ${number} has ended: ${endText}`)
      else if (state === 'ready') this.say(`node ${number} is ready`)
    }
    const leader = this.nodes.find(({ isLeader }) => isLeader)
    if (leader === undefined) return
    const text = `node ${leader.number} leads in term ${leader.term}`
    if (text !== this.#leader) this.say(text)
    this.#leader = text
  }
}

async function reachedNodes(store: Store): Promise<readonly NodeStatus[]> {
  let nodes: readonly EndpointStatus[] = []
  try {
    nodes = await store.cluster.status({ timeoutMs: LOOK_MS_MAX })
  } catch {
    // None of them answers for now; the view says so.
  }
  return nodes.filter((node) => node.isReachable)
}
