/** Nodes that follow a script, and a client of theirs, in a simulated world. */

import assert from 'node:assert/strict'
import { gunzipSync, gzipSync } from 'node:zlib'
import { SimulatedClock, SimulatedSockets, World } from '../../../sim/world/index.ts'
import { type Clock, createNodeHashing } from '../../io/index.ts'
import type { Method } from '../../rpc/index.ts'
import { clientOver } from '../client.ts'
import { Core } from '../core.ts'
import { parseEndpoints } from '../endpoints.ts'
import { CLIENT_LIMITS, type ClientLimits } from '../limits.ts'
import type { Client } from '../types.ts'
import { PORT, ScriptedNode } from './scripted-node.ts'
import { ScriptedStore } from './scripted-store.ts'

/** At once, so that a run depends on its seed alone. */
const GZIP = {
  deflate: async (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
  inflate: async (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
}

const CLIENT_HOST = '10.0.1.1'

export interface SceneOptions {
  readonly seed?: number
  readonly nodes?: number
  readonly limits?: Partial<ClientLimits>
  readonly discovers?: boolean
  /** Which nodes the client is told of, beginning with 1; all when absent. */
  readonly given?: readonly number[]
  /** What nodes offer besides. */
  readonly methods?: readonly Method[]
}

export class Scene {
  readonly world: World
  readonly network: SimulatedSockets
  readonly store = new ScriptedStore()
  readonly nodes: readonly ScriptedNode[]
  readonly core: Core
  readonly db: Client
  readonly clock: Clock

  constructor(options: SceneOptions = {}) {
    const { seed = 1, nodes: count = 3, limits = {}, discovers = true, methods = [] } = options
    this.world = new World({ seed })
    this.network = new SimulatedSockets({ world: this.world })
    const machine = new SimulatedClock({ world: this.world, name: 'clock' })
    this.nodes = Array.from(
      { length: count },
      (_, at) =>
        new ScriptedNode({
          ...{ world: this.world, network: this.network, gzip: GZIP, store: this.store },
          host: `10.0.0.${at + 1}`,
          id: BigInt(at + 1),
          clockOf: (life) => machine.clockFor(life),
          members: () => this.nodes,
          methods,
        }),
    )
    const life = this.world.createLife('client')
    const sockets = this.network.socketsFor(CLIENT_HOST, life)
    this.clock = machine.clockFor(life)
    const given = options.given ?? this.nodes.map((_, at) => at + 1)
    const surroundings = {
      ...{ clock: this.clock, chance: this.world.chance('client'), gzip: GZIP, isSecure: false },
      hashing: createNodeHashing(),
      connect: (address: { readonly host: string; readonly port: number }) =>
        sockets.connect(address),
      onFault: (error: unknown) => {
        throw error
      },
    }
    this.core = new Core(surroundings, {
      endpoints: parseEndpoints(given.map((number) => `10.0.0.${number}:${PORT}`)),
      discovers,
      limits: { ...CLIENT_LIMITS, ...limits },
    })
    this.db = clientOver(this.core)
  }

  /** The n-th node, beginning with 1. */
  node(number: number): ScriptedNode {
    const node = this.nodes[number - 1]
    assert.ok(node !== undefined, 'a scene has that node')
    return node
  }

  /** All nodes say that this one leads; 0: nobody. */
  leads(number: number): void {
    for (const node of this.nodes) node.leader = BigInt(number)
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve)
    })
  }

  /** Asks until it holds. */
  async until(holds: () => boolean, what: string): Promise<void> {
    for (let attempt = 0; !holds(); attempt++) {
      assert.ok(attempt < 10_000, `it never came about that ${what}`)
      await this.pass(1)
    }
  }
}

/** Everything is up when the body begins, and the client is closed when it has ended. */
export async function play(
  options: SceneOptions,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const scene = new Scene(options)
  await scene.world.perform(async () => {
    for (const node of scene.nodes) await node.start()
    await body(scene)
    await scene.db.close()
  })
}
