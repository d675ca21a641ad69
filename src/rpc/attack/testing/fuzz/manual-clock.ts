import type { Clock, Timer } from '../../../../io/index.ts'

interface Due {
  readonly dueMs: number
  callback: (() => void) | null
}

/** Time that passes when the fuzzer says so. */
export class ManualClock implements Clock {
  #nowMs = 1
  #timers: Due[] = []
  #soon: (() => void)[] = []

  monotonicMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): Timer {
    const due: Due = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.push(due)
    return {
      cancel: () => {
        due.callback = null
      },
    }
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
  }

  /** The end of a turn of the event loop. */
  turn(): void {
    while (this.#soon.length > 0) {
      const callbacks = this.#soon
      this.#soon = []
      for (const callback of callbacks) callback()
    }
  }

  pass(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs
    for (;;) {
      this.#timers = this.#timers.filter(({ callback }) => callback !== null)
      const next = this.#timers.reduce<Due | null>(
        (first, due) => (first === null || due.dueMs < first.dueMs ? due : first),
        null,
      )
      if (next === null || next.dueMs > untilMs) break
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      const { callback } = next
      next.callback = null
      callback?.()
      this.turn()
    }
    this.#nowMs = untilMs
  }
}
