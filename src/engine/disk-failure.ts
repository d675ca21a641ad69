import { KvError } from '../base/index.ts'
import { DiskError } from '../io/index.ts'

/** What a disk refused an engine, as a row of the error table; anything else as it is. */
export function asKvError(error: unknown): unknown {
  if (!(error instanceof DiskError)) return error
  const code = error.code === 'full' ? 'DISK_FULL' : 'DISK_FAILED'
  return new KvError(code, `engine: ${error.message}`, { cause: error })
}

export async function translated<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    throw asKvError(error)
  }
}
