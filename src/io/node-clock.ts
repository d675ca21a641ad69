import { assert } from '../base/index.ts'
import type { Clock, Timer } from './types.ts'

/** Looked up once: the global name is an accessor, and called each time. */
const { performance } = globalThis

/** Node fires a longer timeout at once, so longer waits are made of several. */
const TIMEOUT_MS_MAX = 0x7fffffff

export function createNodeClock(): Clock {
  return new NodeClock()
}

class NodeClock implements Clock {
  monotonicMs(): number {
    return performance.now()
  }

  wallMs(): number {
    return Date.now()
  }

  after(delayMs: number, callback: () => void): Timer {
    assert(delayMs >= 0, 'a delay is not negative')
    return new NodeTimer(delayMs, callback)
  }

  soon(callback: () => void): void {
    setImmediate(callback)
  }
}

class NodeTimer implements Timer {
  readonly #startMs = performance.now()
  readonly #delayMs: number
  readonly #callback: () => void
  #handle: NodeJS.Timeout

  constructor(delayMs: number, callback: () => void) {
    this.#delayMs = delayMs
    this.#callback = callback
    this.#handle = this.#arm()
  }

  cancel(): void {
    clearTimeout(this.#handle)
  }

  #arm(): NodeJS.Timeout {
    const waitMs = Math.ceil(this.#delayMs - (performance.now() - this.#startMs))
    return setTimeout(this.#fire, Math.min(Math.max(waitMs, 0), TIMEOUT_MS_MAX))
  }

  // Node rounds timeouts to its loop's millisecond and may be early by a fraction of one; waiting
  // for a lease must never be.
  readonly #fire = (): void => {
    if (performance.now() - this.#startMs < this.#delayMs) this.#handle = this.#arm()
    else this.#callback()
  }
}
