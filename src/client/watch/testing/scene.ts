/** Nodes and one client in a simulated world. */

import { gunzipSync, gzipSync } from 'node:zlib'
import { SimulatedClock, SimulatedSockets, World } from '../../../../sim/world/index.ts'
import type { Chance } from '../../../base/index.ts'
import type { Clock } from '../../../io/index.ts'
import type { Method } from '../../../rpc/index.ts'
import { type Codec, text } from '../../codecs.ts'
import type { Watch, WatchOptions } from '../../types.ts'
import { openWatch, WATCH_LIMITS, WatchHub, type WatchLimits } from '../index.ts'
import { type ModelCalls, ModelLink } from './model-link.ts'
import { ModelNode } from './model-node.ts'
import { ModelStore } from './model-store.ts'

/** At once, so that a run depends on its seed alone. */
const GZIP = {
  deflate: async (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
  inflate: async (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
}

export interface SceneOptions {
  readonly seed?: number
  readonly nodes?: number
  readonly limits?: Partial<WatchLimits>
  /** What nodes offer besides watches. */
  readonly methods?: (node: { readonly host: string; readonly clock: Clock }) => readonly Method[]
  readonly calls?: (clock: Clock, store: ModelStore) => ModelCalls
}

export class Scene {
  readonly world: World
  readonly clock: Clock
  readonly chance: Chance
  readonly store = new ModelStore()
  readonly nodes: readonly ModelNode[]
  readonly link: ModelLink
  readonly hub: WatchHub

  constructor({ seed = 1, nodes = 3, limits = {}, methods, calls }: SceneOptions) {
    this.world = new World({ seed })
    const network = new SimulatedSockets({ world: this.world })
    const hosts = Array.from({ length: nodes }, (_, i) => `10.0.0.${i + 1}`)
    const machine = (host: string) => {
      const life = this.world.createLife(host)
      const clock = new SimulatedClock({ world: this.world, name: host }).clockFor(life)
      const sockets = network.socketsFor(host, life)
      return { clock, sockets, gzip: GZIP, chance: this.world.chance(host), store: this.store }
    }
    this.nodes = hosts.map((host) => {
      const parts = { ...machine(host), host }
      return new ModelNode({ ...parts, ...(methods && { methods: methods(parts) }) })
    })
    const own = machine('10.0.0.100')
    this.clock = own.clock
    this.chance = this.world.chance('test')
    this.link = new ModelLink({
      ...own,
      hosts,
      ...(calls && { calls: calls(own.clock, this.store) }),
    })
    this.hub = new WatchHub(this.link, { ...WATCH_LIMITS, ...limits })
  }

  /** The body in a world in which all nodes listen. */
  async run(body: () => Promise<void>): Promise<void> {
    await this.world.perform(async () => {
      for (const node of this.nodes) await node.listen()
      await body()
      this.link.close()
    })
  }

  watch(options: WatchOptions, codec: Codec<string> = text): Watch {
    return openWatch(this.hub, options, codec)
  }

  /** Lets the world go on for so long. */
  pass(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(milliseconds, resolve))
  }
}

/** So many events, as `revision key=value`. */
export async function read(watch: Watch, count: number): Promise<string[]> {
  const iterator = watch[Symbol.asyncIterator]()
  const lines: string[] = []
  while (lines.length < count) {
    const { done, value: event } = await iterator.next()
    if (done === true) break
    const value = event.type === 'put' ? event.entry.value : null
    lines.push(`${event.revision} ${event.key}=${value}`)
  }
  return lines
}
