/**
 * A cluster as a store for Keyv: `new Keyv({ store: new QuorateKeyv(db) })`.
 *
 * ```ts
 * import Keyv from 'keyv'
 * import { connect } from 'quorate/client'
 * import { QuorateKeyv } from 'quorate/keyv'
 *
 * await using db = await connect()
 * const cache = new Keyv({ store: new QuorateKeyv(db, { prefix: 'cache/' }), namespace: 'pages' })
 * await cache.set('/', '<html>', 60_000)
 * ```
 *
 * What has a time to live is removed by the cluster when it is over, also where nobody asks for it.
 */

import { text } from '../codecs.ts'
import { QuorateError } from '../errors.ts'
import { keyAfter, keyBytesOf } from '../keys.ts'
import { del, get } from '../operations.ts'
import type { Client } from '../types.ts'

export interface QuorateKeyvOptions {
  /** All keys of the store begin with it in the cluster; `keyv/` when absent. */
  readonly prefix?: string
}

/** What Keyv wants to know of a store, and writes to. */
export interface QuorateKeyvFacts {
  /** Keyv iterates only over stores of kinds that it knows by name. */
  readonly dialect: 'etcd'
  readonly url: string
  readonly prefix: string
  [setting: string]: unknown
}

export interface QuorateKeyvEntry {
  readonly key: string
  readonly value: unknown
  readonly ttl?: number | undefined
}

type ErrorListener = (error: unknown) => void

/** Keys of one transaction: what the store takes. */
const KEYS_MAX = 128

export class QuorateKeyv {
  /** Set by Keyv: keys begin with it and a colon. */
  namespace: string | undefined
  readonly opts: QuorateKeyvFacts
  readonly #store: Client<string>
  readonly #prefix: string
  readonly #listeners: ErrorListener[] = []

  /** The client stays open when the store is disconnected. */
  constructor(client: Client<unknown>, { prefix = 'keyv/' }: QuorateKeyvOptions = {}) {
    if (prefix === '') throw new QuorateError('BAD_REQUEST', 'the prefix of a store is not empty')
    this.#store = client.withCodec(text)
    this.#prefix = prefix
    this.opts = { dialect: 'etcd', url: '', prefix }
  }

  /** Keyv tells of failed reads only if the store does; it listens for `error`. */
  on(event: string, listener: ErrorListener): this {
    if (event === 'error') this.#listeners.push(listener)
    return this
  }

  async get(key: string): Promise<string | undefined> {
    try {
      return (await this.#store.get(this.#keyOf(key)))?.value
    } catch (error) {
      for (const listener of this.#listeners) listener(error)
      throw error
    }
  }

  /** As of one time, as far as one transaction goes. */
  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const values: (string | undefined)[] = []
    for (const some of pieces(keys)) {
      const operations = some.map((key) => get(this.#keyOf(key)))
      const { results } = await this.#store
        .txn()
        .then(...operations)
        .commit()
      values.push(...results.map((entry) => entry?.value))
    }
    return values
  }

  /** A time to live of 0, or none, is for ever. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    if (typeof value !== 'string') {
      throw new QuorateError(
        'BAD_REQUEST',
        'Keyv has to serialize values, which it does by default',
      )
    }
    const options = ttl === undefined || ttl <= 0 ? {} : { ttlMs: Math.ceil(ttl) }
    await this.#store.put(this.#keyOf(key), value, options)
    return true
  }

  setMany(entries: readonly QuorateKeyvEntry[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)))
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#store.delete(this.#keyOf(key))).deleted
  }

  /** Whether any of them was there. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    let isAny = false
    for (const some of pieces([...new Set(keys)])) {
      const { results } = await this.#store
        .txn()
        .then(...some.map((key) => del(this.#keyOf(key))))
        .commit()
      isAny ||= results.some(({ deleted }) => deleted)
    }
    return isAny
  }

  async has(key: string): Promise<boolean> {
    const start = keyBytesOf(this.#keyOf(key))
    return (await this.#store.count({ start, end: keyAfter(start) })) > 0
  }

  hasMany(keys: readonly string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)))
  }

  /** All keys of the namespace, as one change; without one all keys of the store. */
  async clear(): Promise<void> {
    await this.#store.deletePrefix(this.#keyOf(prefixOf(this.namespace)))
  }

  /** Names with values, as of when it began. */
  async *iterator(namespace?: string): AsyncGenerator<[string, string], void> {
    const prefix = this.#keyOf(prefixOf(namespace))
    for await (const { key, value } of this.#store.list({ prefix })) {
      yield [key.slice(this.#prefix.length), value]
    }
  }

  /** Nothing to do: the client belongs to whoever made it. */
  async disconnect(): Promise<void> {}

  #keyOf(key: string): string {
    return this.#prefix + key
  }
}

function prefixOf(namespace: string | undefined): string {
  return namespace === undefined || namespace === '' ? '' : `${namespace}:`
}

function* pieces(keys: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < keys.length; at += KEYS_MAX) yield keys.slice(at, at + KEYS_MAX)
}
