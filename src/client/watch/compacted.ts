/** What a watch asks for and no server has any more. */

import { QuorateError } from '../errors.ts'

export function compacted(from: {
  readonly wanted: number
  readonly oldest: number
}): QuorateError {
  const { wanted, oldest } = from
  const text =
    `the changes at revision ${wanted} are compacted away, the oldest to watch is ${oldest}: ` +
    'read what there is now, and watch from its revision + 1'
  return new QuorateError('COMPACTED', text, { oldestRevision: oldest })
}
