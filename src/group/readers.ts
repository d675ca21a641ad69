/** Those who wait for the read index: for the leader's word which it is, then for the state. */

import { assert, type ErrorCode } from '../base/index.ts'
import type { LogIndex, ReadGrant } from '../raft/index.ts'
import type { ReadIndexWaiter } from './types.ts'

interface Granted {
  readonly index: LogIndex
  readonly waiters: readonly ReadIndexWaiter[]
}

export class Readers {
  #asked = new Map<number, ReadIndexWaiter[]>()
  #granted: Granted[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  ask(id: number, waiter: ReadIndexWaiter): void {
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
    this.#refuse(waiters, code)
  }

  failAll(code: ErrorCode): void {
    for (const id of [...this.#asked.keys()]) this.fail(id, code)
    const granted = this.#granted
    this.#granted = []
    for (const { waiters } of granted) this.#refuse(waiters, code)
  }

  /** Serves what the state has caught up with. */
  serve(appliedIndex: LogIndex): void {
    if (this.#granted.length === 0) return
    const granted = this.#granted
    this.#granted = []
    for (const one of granted) {
      if (one.index > appliedIndex) {
        this.#granted.push(one)
        continue
      }
      this.#count -= one.waiters.length
      for (const waiter of one.waiters)
        waiter.settleReadIndex({ kind: 'ready', index: appliedIndex })
    }
    assert(this.#count >= 0, 'no more reads are served than were asked')
  }

  #refuse(waiters: readonly ReadIndexWaiter[], code: ErrorCode): void {
    this.#count -= waiters.length
    for (const waiter of waiters) waiter.settleReadIndex({ kind: 'refused', code })
  }
}
