/** How long somebody waits: until it is aborted, its time is up, or it makes no sense any more. */

import type { Clock, Timer } from '../../io/index.ts'
import { QuorateError } from '../errors.ts'
import type { CallOptions } from '../types.ts'

export class Patience {
  readonly #ended = new AbortController()
  readonly #signals: readonly AbortSignal[]
  readonly #timer: Timer | null
  readonly #onAbort = (event: Event): void => {
    this.#ended.abort((event.target as AbortSignal).reason)
  }

  constructor(clock: Clock, options: CallOptions, others: readonly AbortSignal[]) {
    const { signal, timeoutMs } = options
    this.#signals = signal === undefined ? others : [signal, ...others]
    for (const each of this.#signals) {
      if (each.aborted) this.#ended.abort(each.reason)
      else each.addEventListener('abort', this.#onAbort, { once: true })
    }
    this.#timer =
      timeoutMs === undefined
        ? null
        : clock.after(timeoutMs, () => {
            const text = `others were still in front after ${timeoutMs} ms`
            this.#ended.abort(new QuorateError('TIMED_OUT', text, { retry: 'later' }))
          })
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Idempotent. */
  end(): void {
    this.#timer?.cancel()
    for (const each of this.#signals) each.removeEventListener('abort', this.#onAbort)
  }
}
