/** Time between two looks at something. */

import type { Machine } from '../command-parts.ts'

interface Pausing {
  readonly machine: Machine
  readonly signal: AbortSignal
}

/** Also over when the signal is aborted, of which nothing is kept: pauses follow one another. */
export function pause(ms: number, { machine, signal }: Pausing): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const timer = machine.clock.after(ms, stop)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
}
