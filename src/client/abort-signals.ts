/**
 * Many calls may share one signal: it is listened to once, and not at all when none of them is
 * left, so that a signal that lives long holds nothing.
 */

/** What can be given up. */
export interface Abortable {
  aborted(reason: unknown): void
}

interface Watched {
  readonly calls: Set<Abortable>
  readonly listener: () => void
}

export class AbortSignals {
  readonly #watched = new Map<AbortSignal, Watched>()

  /** The signal is not aborted yet. */
  add(signal: AbortSignal, call: Abortable): void {
    const known = this.#watched.get(signal)
    if (known !== undefined) {
      known.calls.add(call)
      return
    }
    const calls = new Set([call])
    const listener = (): void => {
      this.#watched.delete(signal)
      for (const one of calls) one.aborted(signal.reason)
    }
    this.#watched.set(signal, { calls, listener })
    signal.addEventListener('abort', listener, { once: true })
  }

  /** Idempotent. */
  remove(signal: AbortSignal, call: Abortable): void {
    const known = this.#watched.get(signal)
    if (known === undefined) return
    known.calls.delete(call)
    if (known.calls.size > 0) return
    this.#watched.delete(signal)
    signal.removeEventListener('abort', known.listener)
  }
}
