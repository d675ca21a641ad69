/** Settings that a running program hears of when they change, without asking again and again. */

import { type Client, connect, json } from 'quorate/client'

type Change = (name: string, value: unknown) => void

/** The settings below a prefix, as they are now. */
export class LiveConfig implements AsyncDisposable {
  readonly #values: Map<string, unknown>
  readonly #stop: AbortController
  readonly #following: Promise<void>

  private constructor(
    values: Map<string, unknown>,
    stop: AbortController,
    following: Promise<void>,
  ) {
    this.#values = values
    this.#stop = stop
    this.#following = following
  }

  /** Knows all of them when it resolves; `onChange` is called for each one that changes later. */
  static async open(
    client: Client<unknown>,
    prefix: string,
    onChange: Change,
  ): Promise<LiveConfig> {
    const db = client.withCodec(json())
    const stop = new AbortController()
    // The watch comes first: it tells everything after the revision that is read.
    const watch = db.watch({ prefix, signal: stop.signal })
    const revision = await watch.ready
    const values = new Map<string, unknown>()
    for await (const { key, value } of db.list({ prefix, revision })) {
      values.set(key.slice(prefix.length), value)
    }
    const follow = async (): Promise<void> => {
      for await (const event of watch) {
        const name = event.key.slice(prefix.length)
        const value = event.type === 'put' ? event.entry.value : undefined
        if (event.type === 'put') values.set(name, value)
        else values.delete(name)
        onChange(name, value)
      }
    }
    return new LiveConfig(values, stop, follow())
  }

  get(name: string): unknown {
    return this.#values.get(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#following
  }
}

if (import.meta.main) {
  const endpoints = process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081'
  await using db = await connect({ endpoints, codec: json() })
  await db.put('config/shop/currency', 'EUR')
  const changed = Promise.withResolvers<void>()
  await using config = await LiveConfig.open(db, 'config/shop/', (name, value) => {
    console.log(`${name} is now ${JSON.stringify(value)}`)
    changed.resolve()
  })
  console.log(`currency is ${JSON.stringify(config.get('currency'))}`)
  await db.put('config/shop/currency', 'CHF')
  await changed.promise
}
