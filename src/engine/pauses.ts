import type { Clock, Timer } from '../io/index.ts'

/** Waits that end when their owner does. */
export class Pauses {
  readonly #clock: Clock
  readonly #waiting = new Map<Timer, (reached: boolean) => void>()
  #stopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get stopped(): boolean {
    return this.#stopped
  }

  nowMs(): number {
    return this.#clock.monotonicMs()
  }

  /** False when it was ended before its time. */
  pause(delayMs: number): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = this.#clock.after(delayMs, () => {
        this.#waiting.delete(timer)
        resolve(true)
      })
      this.#waiting.set(timer, resolve)
    })
  }

  /** Idempotent. Every pause ends now, and later ones at once. */
  stop(): void {
    this.#stopped = true
    for (const [timer, resolve] of this.#waiting) {
      timer.cancel()
      resolve(false)
    }
    this.#waiting.clear()
  }
}
