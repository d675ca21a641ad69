import type { Clock, Timer } from '../../io/index.ts'

/** Time that passes only when it is told to; `soon` is as soon as the running code is done. */
export class ManualClock implements Clock {
  #nowMs = 0
  #timers: { dueMs: number; callback: () => void }[] = []

  monotonicMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.#nowMs
  }

  soon(callback: () => void): void {
    queueMicrotask(callback)
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  /** Runs what is due, and gives what it set off the time to end. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs)
    this.#timers = this.#timers.filter(({ dueMs }) => dueMs > this.#nowMs)
    for (const { callback } of due) callback()
    await settle()
  }
}

/** Until nothing is left to do that needs no time. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
