/** All watches of a node over HTTP, and what ends them. */

import { KvError } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'
import type { NodeService } from '../../server/index.ts'
import type { Failure } from './failure.ts'
import type { RestCall } from './rest-call.ts'
import { ToldEvents } from './told-events.ts'
import { WatchCall } from './watch-call.ts'

/** A node that knows no leader for so long tells nothing new: whoever watches goes to another. */
const NO_LEADER_MS_MAX = 3000

export class Watching {
  readonly #clock: Clock
  readonly #watches = new Set<WatchCall>()
  readonly #told = new ToldEvents()
  readonly #unsubscribe: () => void
  /** Runs while there is no leader. */
  #timer: Timer | null = null
  #isLeaving = false

  constructor({ node, clock }: { readonly node: NodeService; readonly clock: Clock }) {
    this.#clock = clock
    this.#unsubscribe = node.onLeader(node.defaultGroup, (hasLeader) => this.#changed(hasLeader))
    this.#changed(node.hasLeader(node.defaultGroup))
  }

  get count(): number {
    return this.#watches.size
  }

  begin(call: RestCall): void {
    if (this.#isLeaving) throw new KvError('STOPPED', 'this node is shutting down')
    const watch = new WatchCall(call, {
      told: this.#told,
      ended: (over) => {
        this.#watches.delete(over)
        if (this.#watches.size === 0) this.#told.forget()
      },
    })
    if (call.exchange.method === 'HEAD') {
      watch.describe()
      return
    }
    this.#watches.add(watch)
    watch.begin()
  }

  /** Idempotent. */
  leave(): void {
    this.#isLeaving = true
    this.#unsubscribe()
    this.#timer?.cancel()
    this.#endAll({ code: 'STOPPED' })
  }

  #changed(hasLeader: boolean): void {
    if (hasLeader) {
      this.#timer?.cancel()
      this.#timer = null
    } else {
      this.#timer ??= this.#clock.after(NO_LEADER_MS_MAX, () => {
        this.#timer = null
        this.#endAll({ code: 'NO_LEADER' })
      })
    }
  }

  #endAll(failure: Failure): void {
    for (const watch of [...this.#watches]) watch.leave(failure)
  }
}
