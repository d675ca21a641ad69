/**
 * Watches of the node's own, for calls that wait for keys of others: locks and elections. They are
 * watchers of the hub like those of clients, and count among them.
 */

import { copyOf, KvError } from '../../base/index.ts'
import type {
  WatchBatch,
  WatchNotice,
  WatchSink,
  WatchStream,
  WatchTarget,
} from '../../state/index.ts'
import { etcd, type etcdKv } from '../../wire/index.ts'
import type { Door } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import type { Presence } from './presence.ts'

export type InnerEvent =
  /** The revision is that of the answer, which may hold more events. */
  | { readonly kind: 'put'; readonly kv: etcdKv.KeyValue; readonly revision: number }
  | { readonly kind: 'deleted'; readonly revision: number }
  /** What happened is not known any more: it was compacted away. */
  | { readonly kind: 'lost' }

interface WatchedKeys {
  readonly key: Uint8Array
  readonly rangeEnd?: Uint8Array
  readonly startRevision: number
}

/** Beyond so many events that nobody has taken, the hub waits. */
const EVENTS_WAITING_MAX = 64

export class InnerWatches {
  readonly #door: Pick<Door, 'node'>

  constructor(door: Pick<Door, 'node'>) {
    this.#door = door
  }

  /** Whoever opens it closes it. */
  open(keys: WatchedKeys, presence: Presence): InnerWatch {
    const { node } = this.#door
    const watch = new InnerWatch(presence)
    watch.begin(node.watchHub(node.defaultGroup).openStream(watch), keys)
    return watch
  }
}

export class InnerWatch implements WatchSink {
  readonly #presence: Presence
  readonly #events: InnerEvent[] = []
  #stream: WatchStream | null = null
  #refused = false
  #wake: (() => void) | null = null
  #forgetPresence: () => void = () => {}

  constructor(presence: Presence) {
    this.#presence = presence
  }

  begin(stream: WatchStream, keys: WatchedKeys): void {
    this.#stream = stream
    this.#forgetPresence = this.#presence.onLeave(() => this.#told())
    stream.create(etcd.WatchCreateRequest.create(keys))
  }

  /** The next event; null when nobody waits any more. Fails when the node has too many watches. */
  async next(): Promise<InnerEvent | null> {
    while (!this.#presence.isGone) {
      const event = this.#events.shift()
      if (event !== undefined) {
        if (this.#events.length === 0) this.#stream?.writable()
        return event
      }
      if (this.#refused) throw new KvError('OVERLOADED', ETCD_ERRORS.tooManyWatches.text)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return null
  }

  /** Also when it is not known, or nobody waits: whoever asks looks at the keys again. */
  async untilDeleted(): Promise<void> {
    try {
      for (;;) {
        const event = await this.next()
        if (event === null || event.kind !== 'put') return
      }
    } finally {
      this.close()
    }
  }

  /** Idempotent. */
  close(): void {
    this.#stream?.close()
    this.#stream = null
    this.#forgetPresence()
    this.#events.length = 0
  }

  get isWritable(): boolean {
    return this.#events.length < EVENTS_WAITING_MAX
  }

  notice(notice: WatchNotice): void {
    if (notice.kind === 'compacted') this.#events.push({ kind: 'lost' })
    else if (notice.kind === 'refused') this.#refused = true
    else return
    this.#told()
  }

  events(_: WatchTarget, { revision, events }: WatchBatch): void {
    // A copy: the events outlive the call.
    const own = copyOf(events, 0, events.length)
    for (const { type, kv } of etcd.WatchResponse.decode(own, 0, own.length).events) {
      if (type === 1) this.#events.push({ kind: 'deleted', revision })
      else if (kv !== null) this.#events.push({ kind: 'put', kv, revision })
    }
    this.#told()
  }

  #told(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
