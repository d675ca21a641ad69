import assert from 'node:assert/strict'
import { createNodeClock } from '../../../../io/index.ts'

/**
 * Only a case that fails waits this long; nothing here waits in order to see that nothing comes.
 */
const DEADLINE_MS = 20_000

/** The promise, or a failure in the words of `missing` when it takes too long. */
export async function within<T>(promise: Promise<T>, missing: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = createNodeClock().after(DEADLINE_MS, () => {
    late.reject(new assert.AssertionError({ message: missing() }))
  })
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    timer.cancel()
  }
}
