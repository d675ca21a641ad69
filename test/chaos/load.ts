/** Writers that put keys of their own, each key once, and remember what was acknowledged. */

import { setTimeout as pause } from 'node:timers/promises'
import { EtcdClient, Failure } from '../cluster/index.ts'

/** Longer than an election, shorter than anybody wants to wait for the next round. */
const PUT_MS_MAX = 3000
/** After a failure: a member that is not there refuses at once, thousands of times a second. */
const RETRY_MS = 5

export type Outcome = 'acknowledged' | 'refused' | 'unknown'

export class Load {
  /** Each key that somebody asked to put, and what is known of it. */
  readonly keys = new Map<string, Outcome>()
  readonly #clients: readonly EtcdClient[]
  readonly #writers: Promise<void>[] = []
  #running = true
  #acknowledged = 0
  #waiting: { readonly at: number; readonly resolve: () => void }[] = []

  constructor(urls: readonly string[], writers: number) {
    this.#clients = urls.map((url) => new EtcdClient(url))
    for (let writer = 0; writer < writers; writer++) this.#writers.push(this.#write(writer))
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Until so many more puts were acknowledged. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.#acknowledged + count, resolve })
    })
  }

  async stop(): Promise<void> {
    this.#running = false
    await Promise.all(this.#writers)
    for (const client of this.#clients) client.close()
  }

  async #write(writer: number): Promise<void> {
    let member = writer % this.#clients.length
    for (let n = 0; this.#running; n++) {
      const key = keyOf(writer, n)
      this.keys.set(key, 'unknown')
      const client = this.#clients[member] as EtcdClient
      const outcome = await this.#put(client, key)
      this.keys.set(key, outcome)
      if (outcome === 'acknowledged') this.#acknowledge()
      else {
        member = (member + 1) % this.#clients.length
        await pause(RETRY_MS)
      }
    }
  }

  async #put(client: EtcdClient, key: string): Promise<Outcome> {
    try {
      await client.put({ key: Buffer.from(key), value: Buffer.from(valueFor(key)) }, PUT_MS_MAX)
      return 'acknowledged'
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return error.unprocessed ? 'refused' : 'unknown'
    }
  }

  #acknowledge(): void {
    this.#acknowledged += 1
    for (const { at, resolve } of this.#waiting) if (this.#acknowledged >= at) resolve()
    this.#waiting = this.#waiting.filter(({ at }) => this.#acknowledged < at)
  }
}

export const PREFIX = 'chaos/'

function keyOf(writer: number, n: number): string {
  return `${PREFIX}${writer}/${n}`
}

export function valueFor(key: string): string {
  return `value of ${key}`
}
