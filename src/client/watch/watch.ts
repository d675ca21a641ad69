/** A watch as a program sees it: events with values of its own, and an end. */

import { assert } from '../../base/index.ts'
import { etcdKv } from '../../wire/index.ts'
import type { Entry, Watch, WatchEvent } from '../types.ts'
import type { WatchHub } from './watch-hub.ts'
import type { Watcher, WatchSpec } from './watcher.ts'

const { DELETE } = etcdKv.EventEventType
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export interface WatchWishes<Value> {
  readonly spec: WatchSpec
  readonly from: number | null
  readonly signal: AbortSignal | undefined
  /** Throws what the reader is told when the value cannot be read. */
  readonly entryOf: (kv: etcdKv.KeyValue) => Entry<Value>
}

export function openWatch<Value>(hub: WatchHub, wishes: WatchWishes<Value>): Watch<Value> {
  return new EventWatch(hub.open(wishes.spec, wishes.from), wishes)
}

class EventWatch<Value> implements Watch<Value>, AsyncIterator<WatchEvent<Value>> {
  readonly #watcher: Watcher
  readonly #wishes: WatchWishes<Value>
  readonly #onAbort = (): void => this.close()

  constructor(watcher: Watcher, wishes: WatchWishes<Value>) {
    this.#watcher = watcher
    this.#wishes = wishes
    const { signal } = wishes
    if (signal?.aborted === true) this.close()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get ready(): Promise<number> {
    return this.#watcher.established
  }

  get revision(): number {
    return this.#watcher.revision
  }

  /** There is one reader; who iterates twice goes on where the first has stopped. */
  [Symbol.asyncIterator](): AsyncIterator<WatchEvent<Value>> {
    return this
  }

  async next(): Promise<IteratorResult<WatchEvent<Value>>> {
    try {
      const event = await this.#watcher.next()
      if (event !== null) return { done: false, value: this.#eventOf(event) }
    } catch (error) {
      // After an event that cannot be read it would be a gap to go on.
      this.close()
      throw error
    }
    this.close()
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<WatchEvent<Value>>> {
    this.close()
    return { done: true, value: undefined }
  }

  close(): void {
    this.#wishes.signal?.removeEventListener('abort', this.#onAbort)
    this.#watcher.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #eventOf({ type, kv, prevKv }: etcdKv.Event): WatchEvent<Value> {
    const { spec, entryOf } = this.#wishes
    assert(kv !== null, 'an event is about a key')
    const common = { key: UTF8.decode(kv.key), keyBytes: kv.key, revision: kv.modRevision }
    const before = prevKv === null ? null : entryOf(prevKv)
    const previous = spec.previous ? { previous: before } : {}
    if (type === DELETE) return { type: 'delete', ...common, ...previous }
    return { type: 'put', ...common, entry: entryOf(kv), ...previous }
  }
}
