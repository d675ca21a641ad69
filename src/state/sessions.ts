/**
 * Who asks twice gets the first answer again. A session numbers its commands; the results of the
 * latest of them are kept, and what is older than those is refused, for nobody knows any more
 * whether it took effect (Ongaro's thesis §6.3).
 */

import { assert } from '../base/index.ts'
import { type KnownResult, KnownResults } from './known-results.ts'
import type { StateLimits } from './limits.ts'
import type { CommandResult } from './types.ts'

export interface SessionImage {
  readonly id: number
  readonly lastUsedMs: number
  readonly forgotten: number
  /** Ascending by sequence. */
  readonly results: readonly KnownResult[]
}

export class Session implements SessionImage {
  readonly id: number
  readonly #limits: StateLimits
  lastUsedMs: number
  /** Results up to this sequence are not known any more. */
  #forgotten: number
  /** All above `#forgotten`. */
  readonly #results = new KnownResults()

  constructor(image: SessionImage, limits: StateLimits) {
    this.id = image.id
    this.#limits = limits
    this.lastUsedMs = image.lastUsedMs
    this.#forgotten = image.forgotten
    for (const known of image.results) this.remember(known.sequence, known.result)
  }

  get forgotten(): number {
    return this.#forgotten
  }

  /** Made when it is asked for. */
  get results(): readonly KnownResult[] {
    return [...this.#results]
  }

  /** `new`: it was never applied. `forgotten`: it may have been. */
  find(sequence: number): CommandResult | 'new' | 'forgotten' {
    if (sequence <= this.#forgotten) return 'forgotten'
    return this.#results.find(sequence) ?? 'new'
  }

  remember(sequence: number, result: CommandResult): void {
    assert(sequence > this.#forgotten, 'what was forgotten is not applied again')
    const results = this.#results
    results.add(sequence, result)
    const { sessionResultsMax, sessionBytesMax } = this.#limits
    while (results.length > sessionResultsMax || results.bytes > sessionBytesMax) {
      this.#forgotten = results.shift()
    }
  }
}

export class SessionTable {
  readonly #limits: StateLimits
  /** From the one that was used longest ago to the one that was used last. */
  readonly #sessions = new Map<number, Session>()
  /** Of commands that come together, many are of one session. */
  #usedLast: Session | null = null
  #lastId: number

  constructor(limits: StateLimits, lastId = 0) {
    this.#limits = limits
    this.#lastId = lastId
  }

  get lastId(): number {
    return this.#lastId
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Null when there are too many that are in use. */
  open(clockMs: number): number | null {
    const { sessionsMax, sessionIdleMsMin } = this.#limits
    if (this.#sessions.size >= sessionsMax) {
      const [oldest] = this.#sessions.values()
      assert(oldest !== undefined, 'a table that is full has sessions')
      if (clockMs - oldest.lastUsedMs < sessionIdleMsMin) return null
      this.#sessions.delete(oldest.id)
    }
    this.#lastId += 1
    const image = { id: this.#lastId, lastUsedMs: clockMs, forgotten: 0, results: [] }
    this.#add(image)
    return image.id
  }

  /** Idempotent. */
  close(id: number): void {
    this.#sessions.delete(id)
    this.#usedLast = null
  }

  /** The session, now used last; null when it is unknown or was closed. */
  use(id: number, clockMs: number): Session | null {
    const last = this.#usedLast
    const session = last?.id === id ? last : this.#sessions.get(id)
    if (session === undefined) return null
    session.lastUsedMs = clockMs
    if (session === last) return session
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    this.#usedLast = session
    return session
  }

  /** From the one that was used longest ago to the one that was used last; of now. */
  images(): readonly SessionImage[] {
    return [...this.#sessions.values()]
  }

  /** Sessions come back in the order of `images`. */
  restore(image: SessionImage): void {
    assert(image.id <= this.#lastId && !this.#sessions.has(image.id), 'a session has its own id')
    this.#add(image)
  }

  #add(image: SessionImage): void {
    this.#sessions.set(image.id, new Session(image, this.#limits))
    // It stands behind the one that was used last.
    this.#usedLast = null
  }
}
