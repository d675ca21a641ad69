/** `Observe` of etcd's Election service: every leader and everything it tells, from now on. */

import { copyOf, KvError } from '../../base/index.ts'
import { type Method, type ServerCall, STATUS, type StreamHandler } from '../../rpc/index.ts'
import { etcdElection, type etcdKv } from '../../wire/index.ts'
import { fail, failLater } from './answer.ts'
import { type Door, streaming } from './door.ts'
import { ETCD_ERRORS } from './errors.ts'
import type { InnerWatches } from './inner-watch.ts'
import { Presence } from './presence.ts'
import { firstOf, prefixOf } from './queue-keys.ts'
import { Steps } from './steps.ts'

const { observe } = etcdElection.Election.methods

/** All streams of the node, which end when it leaves. */
export class ObserveService {
  readonly method: Method
  readonly #observers = new Set<Observer>()

  constructor(door: Door, watches: InnerWatches) {
    const forget = (observer: Observer): void => void this.#observers.delete(observer)
    this.method = streaming(door, observe.path, (call) => {
      const observer = new Observer({ door, watches, call, forget })
      this.#observers.add(observer)
      return observer
    })
  }

  leave(): void {
    for (const observer of [...this.#observers]) observer.leave()
  }
}

interface ObserverParts {
  readonly door: Door
  readonly watches: InnerWatches
  readonly call: ServerCall
  readonly forget: (observer: Observer) => void
}

/** A leader's key, and the revision at which it held what it holds. */
interface Told {
  readonly kv: etcdKv.KeyValue
  readonly revision: number
}

class Observer implements StreamHandler {
  readonly #parts: ObserverParts
  readonly #steps: Steps
  readonly #presence = new Presence()
  #begun = false
  #mayWrite = true
  #onWritable: (() => void) | null = null

  constructor(parts: ObserverParts) {
    this.#parts = parts
    this.#steps = new Steps(parts.door)
    this.#presence.onLeave(() => this.writable())
  }

  message(bytes: Uint8Array, offset: number, length: number): void {
    const own = copyOf(bytes, offset, offset + length)
    const { name } = observe.request.decode(own, 0, length)
    if (this.#begun) return
    this.#begun = true
    void this.#run(prefixOf(name))
  }

  ended(): void {
    if (!this.#begun) this.#parts.call.end()
  }

  writable(): void {
    this.#mayWrite = true
    const onWritable = this.#onWritable
    this.#onWritable = null
    onWritable?.()
  }

  cancelled(): void {
    this.#parts.forget(this)
    this.#presence.leave()
  }

  leave(): void {
    this.cancelled()
    fail(this.#parts.call, ETCD_ERRORS.stopped)
  }

  async #run(prefix: Uint8Array): Promise<void> {
    try {
      while (!this.#presence.isGone) await this.#observe(prefix)
    } catch (error) {
      const { call, door } = this.#parts
      if (error instanceof KvError) call.fail(STATUS.UNKNOWN, error.message)
      else failLater(door, call, error)
    } finally {
      this.#parts.forget(this)
    }
  }

  /** From one leader to its end, or to where its trace is lost. */
  async #observe(prefix: Uint8Array): Promise<void> {
    const range = firstOf(prefix)
    const { revision, response } = await this.#steps.range(range)
    const [kv] = response.kvs
    const first =
      kv === undefined
        ? await this.#firstPut({ key: prefix, rangeEnd: range.rangeEnd, revision })
        : { kv, revision }
    if (first === null) return
    await this.#tell(first)
    await this.#follow(first)
  }

  /** Null when it was not seen: whoever asks looks again. */
  async #firstPut(from: {
    readonly key: Uint8Array
    readonly rangeEnd: Uint8Array
    readonly revision: number
  }): Promise<Told | null> {
    const { key, rangeEnd } = from
    const keys = { key, rangeEnd, startRevision: from.revision + 1 }
    const watch = this.#parts.watches.open(keys, this.#presence)
    try {
      for (;;) {
        const event = await watch.next()
        if (event === null || event.kind === 'lost') return null
        if (event.kind === 'put') return { kv: event.kv, revision: event.kv.modRevision }
      }
    } finally {
      watch.close()
    }
  }

  async #follow({ kv, revision }: Told): Promise<void> {
    const keys = { key: kv.key, startRevision: revision + 1 }
    const watch = this.#parts.watches.open(keys, this.#presence)
    try {
      for (;;) {
        const event = await watch.next()
        if (event?.kind !== 'put') return
        await this.#tell(event)
      }
    } finally {
      watch.close()
    }
  }

  async #tell({ kv, revision }: Told): Promise<void> {
    const { door, call } = this.#parts
    const header = door.answers.header(door.node.defaultGroup, revision)
    const bytes = observe.response.encodeBytes({ header, kv })
    if (call.isOver) return
    this.#mayWrite = call.write(bytes, 0, bytes.length)
    if (this.#mayWrite || this.#presence.isGone) return
    await new Promise<void>((resolve) => {
      this.#onWritable = resolve
    })
  }
}
