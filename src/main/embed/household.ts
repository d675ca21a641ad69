/** Everything that embedded nodes have in common, from the first port to the last file. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { KvError } from '../../base/index.ts'
import { type NodeConfig, readIdentity } from '../../cli/config/index.ts'
import type { Client } from '../../client/index.ts'
import { createNodeDisk, createNodeSockets, type Disk, type Sockets } from '../../io/index.ts'
import { EventLog } from '../event-log.ts'
import { HeldPort, heldSockets } from './held-port.ts'
import { HostedNode, type Site } from './hosted-node.ts'
import { configOf, levelOf, lineTaker, type NodePlace } from './options.ts'
import type { EmbedOptions, LocalConnectOptions } from './types.ts'
import { unsyncedDisk } from './unsynced-disk.ts'

/** Ten times what it takes on a machine that has much else to do. */
const READY_MS_MAX = 30_000
const POLL_MS = 2

export interface HouseholdWish {
  readonly options: EmbedOptions
  readonly nodes: number
  /** One node that is all there is, with a directory and a port that may be named. */
  readonly isAlone: boolean
  readonly port: number
}

export class Household implements Site {
  readonly directory: string
  readonly #wish: HouseholdWish
  readonly #disk: Disk
  readonly #sockets: Sockets
  readonly #ports: HeldPort[] = []
  readonly #clients = new Set<AsyncDisposable>()
  #nodes: readonly HostedNode[] = []
  #closing: Promise<void> | null = null

  private constructor(wish: HouseholdWish, directory: string) {
    const { durable = wish.options.directory !== undefined } = wish.options
    const disk = createNodeDisk()
    this.#wish = wish
    this.#sockets = createNodeSockets()
    this.#disk = durable ? disk : unsyncedDisk(disk)
    this.directory = directory
  }

  /** Every node serves when it resolves; nothing is left of it when it fails. */
  static async open(wish: HouseholdWish): Promise<Household> {
    const { directory } = wish.options
    const place =
      directory === undefined
        ? mkdtempSync(path.join(tmpdir(), 'quorate-embedded-'))
        : path.resolve(directory)
    const household = new Household(wish, place)
    try {
      await household.#open()
      return household
    } catch (error) {
      // Why it did not start is what has to be heard.
      await household.close().catch(() => {})
      throw error
    }
  }

  get nodes(): readonly HostedNode[] {
    return this.#nodes
  }

  get isClosed(): boolean {
    return this.#closing !== null
  }

  async connect<Value>(
    endpoints: readonly string[],
    { codec, ...options }: LocalConnectOptions<Value>,
  ): Promise<Client<Value>> {
    if (this.isClosed) throw stopped()
    // Whoever brings another client need not load ours.
    const { connect } = await import('../../client/index.ts')
    const client = await connect({ ...options, endpoints })
    // All of it may have been stopped meanwhile, and then nobody else would close this one.
    if (this.isClosed) {
      await client.close()
      throw stopped()
    }
    this.#clients.add(client)
    // Without a codec values are texts, and so `Value` is one.
    return codec === undefined ? (client as unknown as Client<Value>) : client.withCodec(codec)
  }

  /** Clients, nodes, ports and the directory, whatever fails on the way. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const clients = [...this.#clients].map((client) => client[Symbol.asyncDispose]())
    const ends = await Promise.allSettled(clients)
    const left = this.#nodes.map((node) => node.leave({ handsOver: false }))
    ends.push(...(await Promise.allSettled(left)))
    ends.push(...(await Promise.allSettled(this.#ports.map((port) => port.close()))))
    if (this.#wish.options.directory === undefined) {
      rmSync(this.directory, { recursive: true, force: true })
    }
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  async #open(): Promise<void> {
    const places = await this.#findPlaces()
    const configs = places.map((place) => configOf(place, { places, ...this.#wish }))
    await this.#checkDirectories(places)
    const surroundings = { disk: this.#disk, sockets: heldSockets(this.#sockets, this.#ports) }
    this.#nodes = configs.map((config) => this.#createNode(config, surroundings))
    const starts = await Promise.allSettled(this.#nodes.map((node) => node.start()))
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    await this.#getReady()
  }

  async #findPlaces(): Promise<readonly NodePlace[]> {
    const { nodes, isAlone, port } = this.#wish
    const places: NodePlace[] = []
    for (let number = 1; number <= nodes; number++) {
      const name = `node-${number}`
      const client = await this.#hold(port)
      const peer = await this.#hold(0)
      const directory = isAlone ? this.directory : path.join(this.directory, name)
      places.push({ name, directory, client, peer })
    }
    return places
  }

  async #hold(port: number) {
    const held = await HeldPort.open(this.#sockets, port)
    this.#ports.push(held)
    return held.address
  }

  /** What some have promised the others rely on: a cluster is there as a whole, or not yet. */
  async #checkDirectories(places: readonly NodePlace[]): Promise<void> {
    await this.#disk.makeDirectory(this.directory)
    const found = await Promise.all(
      places.map(({ directory }) => readIdentity(this.#disk, directory)),
    )
    const missing = places.filter((_, i) => found[i] === null)
    if (missing.length === 0 || missing.length === places.length) return
    const names = missing.map(({ name }) => name).join(' and ')
    throw new KvError(
      'LOG_MISSING',
      `${this.directory} holds a cluster without the data of ${names}: ` +
        'bring its directory back, or remove all of it to begin anew',
    )
  }

  #createNode(
    config: NodeConfig,
    surroundings: { readonly disk: Disk; readonly sockets: Sockets },
  ): HostedNode {
    const { options, isAlone } = this.#wish
    const { log, onFailure = () => {} } = options
    const { name } = config
    const events = new EventLog({
      level: levelOf(log),
      wallMs: () => Date.now(),
      sinks: [{ isPretty: false, isColoured: false, write: lineTaker(log, name) }],
    })
    return new HostedNode({
      config,
      events,
      surroundings,
      isAlone,
      site: this,
      onFailure: (error) => onFailure(error, name),
    })
  }

  /** The first asks for leadership at once: in a new cluster nobody else would win either. */
  async #getReady(): Promise<void> {
    const lives = this.#nodes.flatMap(({ life }) => (life === null ? [] : [life]))
    const [first] = lives
    const atMs = performance.now() + READY_MS_MAX
    const late = Promise.withResolvers<false>()
    const timer = setTimeout(() => late.resolve(false), READY_MS_MAX)
    try {
      while (first?.campaign() === false && performance.now() < atMs) await pause(POLL_MS)
      const all = Promise.all(lives.map((life) => life.ready()))
      const ready = await Promise.race([all.then((each) => each.every(Boolean)), late.promise])
      if (ready) return
    } finally {
      clearTimeout(timer)
    }
    const failed = this.#nodes.find(({ failure }) => failure !== null)
    if (failed !== undefined) throw failed.failure
    throw new KvError(
      'NO_LEADER',
      `the nodes did not agree on a leader in ${READY_MS_MAX / 1000} seconds: start them with ` +
        'log: "info" to see why',
    )
  }
}

function stopped(): KvError {
  return new KvError('STOPPED', 'there is nothing to connect to any more')
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}
