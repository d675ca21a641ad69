import { attackClient } from './client-sessions.ts'
import { attackServer, type SessionReport } from './sessions.ts'

/** Half of the seeds attack the client, in every thread: these take every other seed. */
export function attackOne(seed: number): Promise<SessionReport> {
  return Math.floor(seed / 2) % 2 === 0 ? attackServer(seed) : attackClient(seed)
}

export interface FuzzOptions {
  /** Sessions have this seed, the next one, and so on. */
  readonly seed: number
  readonly frames: number
  readonly step?: number
  readonly onSession?: (seed: number, report: SessionReport) => void
}

/** A session that failed. Its seed alone replays it. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'
  readonly seed: number

  constructor(seed: number, cause: unknown) {
    super(`the session of seed ${seed} failed: ${(cause as Error)?.stack ?? cause}`, { cause })
    this.seed = seed
  }
}

/** Sessions one after the other until that many frames have been taken in. */
export async function fuzz(options: FuzzOptions): Promise<SessionReport & { sessions: number }> {
  const { step = 1, onSession } = options
  let { seed } = options
  let [frames, answered, calls, sessions] = [0, 0, 0, 0]
  for (; frames < options.frames; seed += step) {
    try {
      const report = await attackOne(seed)
      frames += report.frames
      answered += report.answered
      calls += report.calls
      sessions += 1
      onSession?.(seed, report)
    } catch (error) {
      throw new FuzzFailure(seed, error)
    }
  }
  return { frames, answered, calls, sessions }
}
