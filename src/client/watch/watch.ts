/** A watch as a program sees it: events with values of its own, and an end. */

import { assert } from '../../base/index.ts'
import { etcdKv } from '../../wire/index.ts'
import type { Codec } from '../codecs.ts'
import { entryOf } from '../entries.ts'
import { QuorateError, withCaller } from '../errors.ts'
import { isNothing, keyBytesOf, NO_BYTES, rangeOf } from '../keys.ts'
import type { Watch, WatchEvent, WatchOptions } from '../types.ts'
import { shown } from '../words.ts'
import type { WatchHub } from './watch-hub.ts'
import type { Watcher, WatchSpec } from './watcher.ts'

const { DELETE } = etcdKv.EventEventType
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

export function openWatch<Value>(
  hub: WatchHub,
  options: WatchOptions,
  codec: Codec<Value>,
): Watch<Value> {
  const spec = specOf(options)
  const { from, signal } = options
  if (from !== undefined && !(Number.isSafeInteger(from) && from >= 1)) {
    throw new QuorateError(
      'BAD_REQUEST',
      `a watch begins from revision 1 or later, not ${shown(from)}`,
    )
  }
  const wishes = { spec, codec, signal, isTooLate: hub.isClosed }
  return new EventWatch(hub.open(spec, from ?? null), wishes)
}

function specOf(options: WatchOptions): WatchSpec {
  const { key, prefix, start, end, previous = false, only } = options
  const isOne = key !== undefined
  if (only !== undefined && only !== 'put' && only !== 'delete') {
    throw new QuorateError('BAD_REQUEST', `only is "put" or "delete", not ${shown(only)}`)
  }
  if (isOne && (prefix !== undefined || start !== undefined || end !== undefined)) {
    throw new QuorateError('BAD_REQUEST', 'a watch is of a key or of a range, not of both')
  }
  const range = isOne ? { key: keyBytesOf(key), rangeEnd: NO_BYTES } : rangeOf(options)
  if (isNothing(range)) {
    throw new QuorateError('BAD_REQUEST', 'no key lies in the range that is to be watched')
  }
  // Copies: what is watched is asked for again later.
  const own = { key: range.key.slice(), rangeEnd: range.rangeEnd.slice() }
  return { ...own, previous, puts: only !== 'delete', deletes: only !== 'put' }
}

interface Wishes<Value> {
  readonly spec: WatchSpec
  readonly codec: Codec<Value>
  readonly signal: AbortSignal | undefined
  /** The client was closed before it. */
  readonly isTooLate: boolean
}

class EventWatch<Value> implements Watch<Value>, AsyncIterator<WatchEvent<Value>> {
  readonly #watcher: Watcher
  readonly #wishes: Wishes<Value>
  readonly #onAbort = (): void => this.close()

  constructor(watcher: Watcher, wishes: Wishes<Value>) {
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
      const isEndOfClient = error instanceof QuorateError && error.code === 'CLIENT_CLOSED'
      // A program that closes its client ends its watches, as if it had closed each of them.
      if (!isEndOfClient || this.#wishes.isTooLate) throw withCaller(error)
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
    const { spec, codec } = this.#wishes
    assert(kv !== null, 'an event is about a key')
    const common = { key: UTF8.decode(kv.key), keyBytes: kv.key, revision: kv.modRevision }
    const before = prevKv === null ? null : entryOf(prevKv, codec)
    const previous = spec.previous ? { previous: before } : {}
    if (type === DELETE) return { type: 'delete', ...common, ...previous }
    return { type: 'put', ...common, entry: entryOf(kv, codec), ...previous }
  }
}
