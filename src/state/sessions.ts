/**
 * Who asks twice gets the first answer again. A session numbers its commands; the results of the
 * latest of them are kept, and what is older than those is refused, for nobody knows any more
 * whether it took effect (Ongaro's thesis §6.3).
 */

import { assert } from '../base/index.ts'
import type { StateLimits } from './limits.ts'
import type { CommandResult } from './types.ts'

/** What a result takes besides its body. */
const RESULT_OVERHEAD_BYTES = 64

export interface KnownResult {
  readonly sequence: number
  readonly result: CommandResult
}

export interface SessionImage {
  readonly id: number
  readonly lastUsedMs: number
  readonly forgotten: number
  readonly results: readonly KnownResult[]
}

export class Session {
  readonly id: number
  readonly #limits: StateLimits
  lastUsedMs: number
  /** Results up to this sequence are not known any more. */
  #forgotten: number
  /** Ascending by sequence; all above `#forgotten`. */
  readonly #results: KnownResult[] = []
  #bytes = 0

  constructor(image: SessionImage, limits: StateLimits) {
    this.id = image.id
    this.#limits = limits
    this.lastUsedMs = image.lastUsedMs
    this.#forgotten = image.forgotten
    for (const known of image.results) this.remember(known.sequence, known.result)
  }

  image(): SessionImage {
    const { id, lastUsedMs } = this
    return { id, lastUsedMs, forgotten: this.#forgotten, results: this.#results }
  }

  /** `new`: it was never applied. `forgotten`: it may have been. */
  find(sequence: number): CommandResult | 'new' | 'forgotten' {
    if (sequence <= this.#forgotten) return 'forgotten'
    const known = this.#results[this.#placeOf(sequence) - 1]
    return known?.sequence === sequence ? known.result : 'new'
  }

  remember(sequence: number, result: CommandResult): void {
    assert(sequence > this.#forgotten, 'what was forgotten is not applied again')
    this.#results.splice(this.#placeOf(sequence), 0, { sequence, result })
    this.#bytes += bytesOf(result)
    const { sessionResultsMax, sessionBytesMax } = this.#limits
    while (this.#results.length > sessionResultsMax || this.#bytes > sessionBytesMax) {
      const oldest = this.#results.shift()
      assert(oldest !== undefined, 'what takes room is there')
      this.#bytes -= bytesOf(oldest.result)
      this.#forgotten = oldest.sequence
    }
  }

  /** Behind all sequences up to the given one. Most are the newest: searched from the end. */
  #placeOf(sequence: number): number {
    let place = this.#results.length
    while (place > 0 && (this.#results[place - 1] as KnownResult).sequence > sequence) place -= 1
    return place
  }
}

function bytesOf(result: CommandResult): number {
  return RESULT_OVERHEAD_BYTES + (result.kind === 'done' ? result.body.length : 0)
}

export class SessionTable {
  readonly #limits: StateLimits
  /** From the one that was used longest ago to the one that was used last. */
  readonly #sessions = new Map<number, Session>()
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
    this.#sessions.set(image.id, new Session(image, this.#limits))
    return image.id
  }

  /** Idempotent. */
  close(id: number): void {
    this.#sessions.delete(id)
  }

  /** The session, now used last; null when it is unknown or was closed. */
  use(id: number, clockMs: number): Session | null {
    const session = this.#sessions.get(id)
    if (session === undefined) return null
    session.lastUsedMs = clockMs
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    return session
  }

  /** From the one that was used longest ago to the one that was used last. */
  images(): SessionImage[] {
    return Array.from(this.#sessions.values(), (session) => session.image())
  }

  /** Sessions come back in the order of `images`. */
  restore(image: SessionImage): void {
    assert(image.id <= this.#lastId && !this.#sessions.has(image.id), 'a session has its own id')
    this.#sessions.set(image.id, new Session(image, this.#limits))
  }
}
