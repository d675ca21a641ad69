/** One node inside this program, from one life to the next. */

import { KvError } from '../../base/index.ts'
import type { NodeConfig } from '../../cli/index.ts'
import type { Client } from '../../client/index.ts'
import { DATA_GROUP } from '../../server/index.ts'
import type { EventLog } from '../event-log.ts'
import { type NodeSurroundings, type RunningNode, startNode } from '../running-node.ts'
import type { LocalConnectOptions, LocalNode } from './types.ts'

export interface HostedNodeParts {
  readonly config: NodeConfig
  readonly events: EventLog
  readonly surroundings: Pick<NodeSurroundings, 'disk' | 'sockets'>
  readonly onFailure: (error: unknown) => void
  /** What it belongs to: its ports, its directory, its clients. */
  readonly site: Site
  /** This node is all there is: whoever stops it stops all of that. */
  readonly isAlone: boolean
}

export interface Site {
  readonly isClosed: boolean
  connect<Value>(
    endpoints: readonly string[],
    options: LocalConnectOptions<Value>,
  ): Promise<Client<Value>>
  close(): Promise<void>
}

export class HostedNode implements LocalNode {
  readonly name: string
  readonly endpoint: string
  readonly url: string
  readonly directory: string
  readonly #parts: HostedNodeParts
  #running: RunningNode | null = null
  #failure: unknown = null
  /** What was asked for is done one after the other. */
  #last: Promise<void> = Promise.resolve()

  constructor(parts: HostedNodeParts) {
    const { name, client, dataDirectory } = parts.config
    const [url = ''] = client.advertise
    this.name = name
    this.url = url
    this.endpoint = url.replace(/^https?:\/\//, '')
    this.directory = dataDirectory
    this.#parts = parts
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  get failure(): unknown {
    return this.#failure
  }

  get isLeader(): boolean {
    return this.#running?.node.group(DATA_GROUP).raft.role === 'leader'
  }

  /** The term it is in; 0 when it does not run. */
  get term(): number {
    return this.#running?.node.term(DATA_GROUP) ?? 0
  }

  /** For whoever put it together. */
  get life(): RunningNode | null {
    return this.#running
  }

  connect<Value>(options: LocalConnectOptions<Value> = {}): Promise<Client<Value>> {
    return this.#parts.site.connect([this.endpoint], options)
  }

  start(): Promise<void> {
    return this.#next(() => this.#start())
  }

  stop(): Promise<void> {
    const { site, isAlone } = this.#parts
    return isAlone ? site.close() : this.leave({ handsOver: true })
  }

  kill(): Promise<void> {
    return this.#next(() => this.#end((life) => life.abandon()))
  }

  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#end((life) => life.stop())
      await this.#start()
    })
  }

  /** As `stop`, for whoever also stops what belongs to it. */
  leave(how: { readonly handsOver: boolean }): Promise<void> {
    return this.#next(() => this.#end((life) => life.stop(how)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    // Whoever asked hears of a failure; whoever comes next only waits for the end.
    this.#last = done.catch(() => {})
    return done
  }

  async #start(): Promise<void> {
    if (this.#running !== null) return
    const { config, events, surroundings, site } = this.#parts
    if (site.isClosed) {
      throw new KvError('STOPPED', `all of ${this.name} has been stopped: start another one`)
    }
    this.#failure = null
    let life: RunningNode | null = null
    let early: { readonly error: unknown } | null = null
    const onFatal = (error: unknown): void => {
      if (life === null) early = { error }
      else this.#fail(error, life)
    }
    life = await startNode(config, { events, onFatal, ...surroundings })
    this.#running = life
    const { error = null } = (early as { readonly error: unknown } | null) ?? {}
    if (error === null) return
    await this.#end((one) => one.abandon())
    throw error
  }

  async #end(how: (life: RunningNode) => Promise<void>): Promise<void> {
    const life = this.#running
    if (life === null) return
    this.#running = null
    await how(life)
  }

  /** It must not answer anybody any more; that this is so nobody has to wait for. */
  #fail(error: unknown, life: RunningNode): void {
    if (this.#running !== life) return
    this.#failure = error
    const text = error instanceof Error ? error.message : String(error)
    this.#parts.events.error('this node cannot go on', { error: text })
    this.kill().catch((cause: unknown) => {
      this.#parts.events.error('its log was not closed in order', { error: String(cause) })
    })
    // Outside of whatever has failed: what this throws is the program's own matter.
    setImmediate(() => this.#parts.onFailure(error))
  }
}
