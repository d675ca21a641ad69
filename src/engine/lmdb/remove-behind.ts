import type { Clock } from '../../io/index.ts'
import { encodeKey, type Revision } from './format.ts'
import type { LmdbFile } from './library.ts'
import type { LmdbLimits } from './limits.ts'

/** What was written behind the checkpoint is no part of it, and in the way of what comes next. */
export async function removeBehind(
  file: LmdbFile,
  last: Revision | null,
  { clock, limits }: { clock: Clock; limits: LmdbLimits },
): Promise<void> {
  const after = last === null ? null : encodeKey(last.main, last.sub)
  for (;;) {
    const rows = file.rows(after, limits.sliceRecords)
    if (rows.length === 0) return
    const removes = rows.map(({ key }) => key)
    await file.commit({ puts: [], removes, checkpoint: null })
    await new Promise<void>((resolve) => clock.soon(resolve))
  }
}
