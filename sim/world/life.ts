import { assert } from '../../src/base/index.ts'

/** How a life ended: the process was killed, or the machine lost its power. */
export type LifeEnd = 'killed' | 'powerLost'

/** Puts what a pause held back on the queue, before anything else that is due now. */
export type Reschedule = (life: Life, callbacks: readonly (() => void)[]) => void

/**
 * One run of a node's process: the fence that makes a crash a crash. Everything the world calls
 * back is called under a life. After its end no callback of it runs, no promise of it settles, so
 * no `finally` of it runs either, and what old code still asks of `io` is answered with silence.
 * A pause holds the callbacks back, in order, while the world moves on.
 */
export class Life {
  readonly name: string
  readonly #reschedule: Reschedule
  #ended = false
  #paused = false
  #held: (() => void)[] = []
  #endListeners: ((end: LifeEnd) => void)[] = []

  constructor(name: string, reschedule: Reschedule) {
    this.name = name
    this.#reschedule = reschedule
  }

  get ended(): boolean {
    return this.#ended
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Idempotent. The machine's parts (disk, network) learn of it in the order they asked. */
  end(end: LifeEnd = 'killed'): void {
    if (this.#ended) return
    this.#ended = true
    this.#held = []
    const listeners = this.#endListeners
    this.#endListeners = []
    for (const listener of listeners) listener(end)
  }

  pause(): void {
    assert(!this.#ended, 'a dead process is not paused')
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const held = this.#held
    this.#held = []
    if (!this.#ended) this.#reschedule(this, held)
  }

  /** Calls back now, later when paused, never when ended. For the world's parts, inside events. */
  deliver(callback: () => void): void {
    if (this.#ended) return
    if (this.#paused) this.#held.push(callback)
    else callback()
  }

  /** For the world's parts: what the machine does when this process ends. */
  onEnd(listener: (end: LifeEnd) => void): void {
    assert(!this.#ended, 'a dead process gets no new parts')
    this.#endListeners.push(listener)
  }

  /** What a call of a dead process gets. */
  never<T>(): Promise<T> {
    assert(this.#ended, 'only the dead wait for ever')
    return new Promise<T>(() => {})
  }
}
