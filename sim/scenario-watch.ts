/** A watch of a scenario, at one node; judged at the end like that of any client. */

import { assert } from '../src/base/index.ts'
import type { NodeId } from '../src/raft/index.ts'
import type {
  WatchBatch,
  WatchNotice,
  WatchSink,
  WatchStream,
  WatchTarget,
} from '../src/state/index.ts'
import { asciiBytes, type WatchItem } from './check/index.ts'
import { GROUP } from './scenario-node.ts'
import type { Simulation } from './simulation.ts'
import { seenEvents, type Watching } from './watch-client.ts'

export interface WatchWish {
  readonly key: string
  readonly rangeEnd?: string
  /** 0: from now on. */
  readonly start?: number
  readonly prevKv?: boolean
  readonly fragment?: boolean
}

export class ScenarioWatch implements WatchSink {
  /** How many answers it takes before it must be told to go on. */
  room = Number.POSITIVE_INFINITY
  readonly notices: WatchNotice[] = []
  readonly #simulation: Simulation
  readonly #stream: WatchStream
  readonly #watchings = new Map<bigint, Watching>()
  #lastId = 0n

  constructor(simulation: Simulation, id: NodeId) {
    this.#simulation = simulation
    const node = simulation.machine(id).node
    assert(node !== null, 'a scenario watches at a node that runs')
    this.#stream = node.watchHub(GROUP).openStream(this)
  }

  /** Another watch on the same stream; its number. */
  add({ key, rangeEnd = '', start = 0, prevKv = false, fragment = false }: WatchWish): bigint {
    this.#lastId += 1n
    const watchId = this.#lastId
    const watching: Watching = {
      group: GROUP,
      key,
      rangeEnd,
      startRevision: start,
      filters: [],
      prevKv,
      createdRevision: null,
      items: [],
      isComplete: false,
    }
    this.#watchings.set(watchId, watching)
    this.#simulation.watchings.push(watching)
    this.#stream.create({
      key: asciiBytes(key),
      rangeEnd: asciiBytes(rangeEnd),
      startRevision: start,
      progressNotify: false,
      filters: [],
      prevKv,
      watchId,
      fragment,
    })
    return watchId
  }

  get isWritable(): boolean {
    return this.room > 0
  }

  /** Takes so many more answers. */
  read(room = Number.POSITIVE_INFINITY): void {
    this.room = room
    if (room > 0) this.#stream.writable()
  }

  progress(): void {
    this.#stream.progress()
  }

  notice(notice: WatchNotice): void {
    this.notices.push(notice)
    switch (notice.kind) {
      case 'created':
        this.#watching(notice.watchId).createdRevision = notice.revision
        break
      case 'progress':
        for (const watching of this.#watchings.values()) {
          watching.items.push({ kind: 'progress', revision: notice.revision })
        }
        break
      case 'compacted': {
        const { compactRevision, watchId } = notice
        this.#watching(watchId).items.push({ kind: 'compacted', compactRevision })
        break
      }
      case 'refused':
      case 'canceled':
        break
    }
  }

  events({ id }: WatchTarget, { revision, fragment, events }: WatchBatch): void {
    this.room -= 1
    this.#watching(id).items.push({
      kind: 'events',
      revision,
      fragment,
      events: seenEvents(events),
    })
  }

  items(id = 1n): readonly WatchItem[] {
    return this.#watching(id).items
  }

  /** Short texts of all events of a watch: `5 x=new`, `6 x gone`. */
  told(id = 1n): string[] {
    return this.items(id).flatMap((item) => {
      if (item.kind !== 'events') return []
      return item.events.map(({ key, isDelete, now }) =>
        isDelete ? `${now.modRevision} ${key} gone` : `${now.modRevision} ${key}=${now.value}`,
      )
    })
  }

  /** From here on everything must have come. */
  mustBeComplete(): void {
    for (const watching of this.#watchings.values()) watching.isComplete = true
  }

  #watching(id: bigint): Watching {
    const watching = this.#watchings.get(id)
    assert(watching !== undefined, 'a watch that the scenario has created')
    return watching
  }
}
