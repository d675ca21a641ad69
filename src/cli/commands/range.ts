/** Which keys a command is about. */

import { KvError } from '../../base/index.ts'
import type { KeyRange } from '../../client/index.ts'
import { keyOf } from './show.ts'

interface RangeValues {
  readonly prefix: string | undefined
  readonly start: string | undefined
  readonly end: string | undefined
  readonly hex: boolean
}

/** Absent fields mean everything. */
export function rangeOf({ prefix, start, end, hex }: RangeValues): KeyRange {
  const hasBounds = start !== undefined || end !== undefined
  if (prefix !== undefined && hasBounds) {
    throw new KvError('BAD_REQUEST', '--prefix excludes --start and --end')
  }
  if (prefix !== undefined) return { prefix: keyOf(prefix, hex) }
  return {
    ...(start === undefined ? {} : { start: keyOf(start, hex) }),
    ...(end === undefined ? {} : { end: keyOf(end, hex) }),
  }
}
