/** So many calls in a window of time, counted together by all processes that use the same name. */

import { type Client, connect, type Lease } from 'quorate/client'

export interface Limit {
  readonly name: string
  readonly calls: number
  readonly windowMs: number
}

/** A counter whose process is gone is kept for so long at least. */
const TTL_MS_MIN = 5000

export class RateLimiter implements AsyncDisposable {
  readonly #db: Client
  readonly #limit: Limit
  readonly #lease: Lease
  readonly #wallMs: () => number
  #window = 0
  /** Counters of the window that this process has used. */
  readonly #used = new Set<string>()

  private constructor(db: Client, limit: Limit, more: { lease: Lease; wallMs: () => number }) {
    this.#db = db
    this.#limit = limit
    this.#lease = more.lease
    this.#wallMs = more.wallMs
  }

  static async open(db: Client, limit: Limit, wallMs = Date.now): Promise<RateLimiter> {
    // Counters go with whoever has counted last: a process that is killed leaves nothing behind.
    const lease = await db.lease({ ttlMs: Math.max(limit.windowMs, TTL_MS_MIN) })
    return new RateLimiter(db, limit, { lease, wallMs })
  }

  /** Whether one more call of `who` is within the limit. One round trip. */
  async allows(who: string): Promise<boolean> {
    const { name, calls, windowMs } = this.#limit
    const window = Math.floor(this.#wallMs() / windowMs)
    if (window !== this.#window) await this.#forget(window)
    const key = `limits/${name}/${who}/${window}`
    this.#used.add(key)
    return (await this.#db.incr(key, 1, { lease: this.#lease })) <= BigInt(calls)
  }

  /** A window is over: nobody asks for its counters any more. */
  async #forget(window: number): Promise<void> {
    const over = [...this.#used]
    this.#window = window
    this.#used.clear()
    await Promise.all(over.map((key) => this.#db.delete(key)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lease.revoke()
  }
}

if (import.meta.main) {
  await using db = await connect(process.env['QUORATE_ENDPOINTS'] ?? '127.0.0.1:8081')
  // Two processes with the same limit. For them time stands still, so that no window ends between
  // two calls, whenever this is run.
  const limit = { name: 'search', calls: 3, windowMs: 60_000 }
  const startedMs = Date.now()
  await using first = await RateLimiter.open(db, limit, () => startedMs)
  await using second = await RateLimiter.open(db, limit, () => startedMs)
  for (const [at, limiter] of [first, second, first, second, first].entries()) {
    const isAllowed = await limiter.allows('anna')
    console.log(`call ${at + 1} is ${isAllowed ? 'allowed' : 'refused'}`)
  }
}
