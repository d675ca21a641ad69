/** How long somebody waits: until it is aborted, its time is up, or it makes no sense any more. */

import { shownKey } from '../../base/index.ts'
import type { Clock, Timer } from '../../io/index.ts'
import { QuorateError } from '../errors.ts'
import type { CallOptions } from '../types.ts'

export interface Patient extends CallOptions {
  /** Of the line. */
  readonly name: string
  /** Called when somebody is in front, once. */
  readonly onWait: () => void
}

export class Patience {
  readonly #name: string
  readonly #onWait: () => void
  readonly #ended = new AbortController()
  readonly #signals: readonly AbortSignal[]
  readonly #timer: Timer | null
  readonly #onAbort = (event: Event): void => {
    this.#ended.abort((event.target as AbortSignal).reason)
  }

  #hasSeenOthers = false

  constructor(clock: Clock, options: Patient, others: readonly AbortSignal[]) {
    const { name, signal, timeoutMs, onWait } = options
    this.#name = name
    this.#onWait = onWait
    this.#signals = signal === undefined ? others : [signal, ...others]
    for (const each of this.#signals) {
      if (each.aborted) this.#ended.abort(each.reason)
      else each.addEventListener('abort', this.#onAbort, { once: true })
    }
    this.#timer =
      timeoutMs === undefined
        ? null
        : clock.after(timeoutMs, () => this.#ended.abort(this.#outOfTime(timeoutMs)))
  }

  /** There is somebody in front: the cluster has said so. */
  othersAreInFront(): void {
    if (this.#hasSeenOthers) return
    this.#hasSeenOthers = true
    this.#onWait()
  }

  #outOfTime(timeoutMs: number): QuorateError {
    const why = this.#hasSeenOthers ? 'others are still in front' : 'the cluster has not answered'
    return notTaken(this.#name, `in ${timeoutMs} ms: ${why}`)
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

const ADVICE =
  'Nothing of it is left behind: ask again, or wait longer with a greater timeoutMs, or without ' +
  'one as long as it takes.'

export function notTaken(name: string, why: string, cause?: unknown): QuorateError {
  const text = `${shownKey(name)} could not be taken ${why}`
  return new QuorateError('TIMED_OUT', text, { retry: 'later', advice: ADVICE, cause })
}
