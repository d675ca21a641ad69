/** One thread of `npm run fuzz:rpc`. */

import { parentPort, workerData } from 'node:worker_threads'
import { createNodeClock } from '../../../../io/index.ts'
import { FuzzFailure, fuzz } from './fuzz.ts'

export interface FuzzMessage {
  /** The session that came to its end last. */
  readonly seed: number
  readonly frames: number
  readonly answered: number
  readonly sessions: number
  readonly calls: number
  readonly done: boolean
  readonly failure: string | null
}

const TELL_MS = 500

const clock = createNodeClock()
let toldMs = clock.monotonicMs()
let so = { seed: 0, frames: 0, answered: 0, sessions: 0, calls: 0 }

function tell(done: boolean, failure: string | null): void {
  const message: FuzzMessage = { ...so, done, failure }
  parentPort?.postMessage(message)
  toldMs = clock.monotonicMs()
}

const { seed, step, frames } = workerData as { seed: number; step: number; frames: number }
try {
  await fuzz({
    seed,
    step,
    frames,
    onSession: (at, report) => {
      so = {
        seed: at,
        frames: so.frames + report.frames,
        answered: so.answered + report.answered,
        sessions: so.sessions + 1,
        calls: so.calls + report.calls,
      }
      if (clock.monotonicMs() - toldMs > TELL_MS) tell(false, null)
    },
  })
  tell(true, null)
} catch (error) {
  if (error instanceof FuzzFailure) so = { ...so, seed: error.seed }
  tell(true, error instanceof Error ? error.message : String(error))
}
