/** Linearizable reads that wait: first for the leader's word at which index, then for the state. */

import { assert, type ErrorCode } from '../base/index.ts'
import type { LogIndex, ReadGrant } from '../raft/index.ts'
import type { Store } from '../state/index.ts'
import type { ReadWaiter } from './types.ts'

interface Granted {
  readonly index: LogIndex
  readonly waiters: readonly ReadWaiter[]
}

export class Readers {
  #asked = new Map<number, ReadWaiter[]>()
  #granted: Granted[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  ask(id: number, waiter: ReadWaiter): void {
    const waiters = this.#asked.get(id)
    if (waiters === undefined) this.#asked.set(id, [waiter])
    else waiters.push(waiter)
    this.#count += 1
  }

  grant({ id, index }: ReadGrant): void {
    const waiters = this.#asked.get(id)
    assert(waiters !== undefined, 'only what was asked is granted')
    this.#asked.delete(id)
    this.#granted.push({ index, waiters })
  }

  fail(id: number, code: ErrorCode): void {
    const waiters = this.#asked.get(id) ?? []
    this.#asked.delete(id)
    this.#count -= waiters.length
    for (const waiter of waiters) waiter.settleRead({ kind: 'refused', code })
  }

  failAll(code: ErrorCode): void {
    for (const id of [...this.#asked.keys()]) this.fail(id, code)
    const granted = this.#granted
    this.#granted = []
    for (const { waiters } of granted) {
      this.#count -= waiters.length
      for (const waiter of waiters) waiter.settleRead({ kind: 'refused', code })
    }
  }

  /** Serves what the state has caught up with. */
  serve(store: Store): void {
    if (this.#granted.length === 0) return
    const granted = this.#granted
    this.#granted = []
    for (const one of granted) {
      if (one.index > store.appliedIndex) {
        this.#granted.push(one)
        continue
      }
      const { waiters } = one
      this.#count -= waiters.length
      for (const waiter of waiters) {
        waiter.settleRead({ kind: 'ready', store, index: store.appliedIndex })
      }
    }
    assert(this.#count >= 0, 'no more reads are served than were asked')
  }
}
