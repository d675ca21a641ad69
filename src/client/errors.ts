/** How calls fail: one kind of error, decided by its code. */

import { ERRORS, type ErrorCode, type Retry } from '../base/index.ts'
import { adviceOf } from './advice.ts'

export interface QuorateErrorOptions {
  /** That of the code when absent. */
  readonly retry?: Retry
  readonly advice?: string
  readonly oldestRevision?: number
  readonly cause?: unknown
}

/**
 * What a call fails with, unless its signal was aborted: then it fails with the signal's reason.
 * Decide by `code` (docs/reference/errors.md) or by `retry`; the text is for people.
 */
export class QuorateError extends Error {
  override readonly name = 'QuorateError'
  readonly code: ErrorCode
  /**
   * What may be done with the same call: `never`: it would fail again. `later`: nothing happened,
   * try again after a pause. `unknown-outcome`: a write that may have taken effect, or may still.
   * It tells of this very call, and so may differ from what the table says of the code.
   */
  readonly retry: Retry
  /** What to do, in a sentence. */
  readonly advice: string
  /** Of `COMPACTED`: the oldest revision that can still be read or watched, when it is known. */
  readonly oldestRevision: number | null

  constructor(code: ErrorCode, text: string, options: QuorateErrorOptions = {}) {
    super(text, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retry = options.retry ?? ERRORS[code].retry
    this.advice = options.advice ?? adviceOf(code, this.retry)
    this.oldestRevision = options.oldestRevision ?? null
    // Whoever prints an error sees it only where it says something.
    const enumerable = this.oldestRevision !== null
    Object.defineProperty(this, 'oldestRevision', { enumerable })
  }
}

/**
 * The failure of a call with a stack that leads to who waits for it: the answer came in a turn of
 * the event loop that knows nothing of that. Costs an async function for each call, so plain gets,
 * puts and increments do without.
 */
export async function traced<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call
  } catch (error) {
    throw withCaller(error)
  }
}

/** To be called in an async function that its caller awaits. */
export function withCaller(error: unknown): unknown {
  if (error instanceof QuorateError) Error.captureStackTrace(error, withCaller)
  return error
}

export function clientClosed(): QuorateError {
  return new QuorateError('CLIENT_CLOSED', 'the client is closed')
}
