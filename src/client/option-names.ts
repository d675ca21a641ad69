/**
 * Types are gone when a program runs: a condition that is misspelt would be one that nobody checks,
 * and a text in the place of a range would be all keys. So names are looked at.
 */

import { QuorateError } from './errors.ts'

const CALL = ['signal', 'timeoutMs']
const READ = [...CALL, 'revision', 'stale']
const RANGE = ['prefix', 'start', 'end']

const NAMES = {
  connect: ['endpoints', 'tls', 'codec', 'timeoutMs', 'signal', 'discover', 'inFlightMax'],
  get: [...READ, 'codec'],
  put: [...CALL, 'lease', 'ttlMs', 'ifRevision', 'ifAbsent', 'previous', 'keepLease'],
  delete: [...CALL, 'ifRevision', 'previous'],
  deletePrefix: [...CALL, 'all'],
  incr: [...CALL, 'initial', 'lease'],
  list: [...READ, ...RANGE, 'limit', 'keysOnly', 'reverse', 'pageSize'],
  count: [...READ, ...RANGE],
  batch: CALL,
  commit: CALL,
  watch: [...RANGE, 'key', 'from', 'previous', 'only', 'signal'],
  lease: [...CALL, 'ttlMs'],
  lock: [...CALL, 'ttlMs'],
  elect: [...CALL, 'value', 'ttlMs'],
  leader: CALL,
  observe: ['signal'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type MethodName = keyof typeof NAMES

/** Fails with `BAD_REQUEST` for what is no option of the method. */
export function checkOptions(method: MethodName, options: object): void {
  if (typeof options !== 'object' || options === null) {
    const given = options === null ? 'null' : `a ${typeof options}`
    throw new QuorateError('BAD_REQUEST', `${method} takes options as an object, not ${given}`)
  }
  const names: readonly string[] = NAMES[method]
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name)) continue
    const text = `${method} has no option ${JSON.stringify(name)}; it has ${names.join(', ')}`
    throw new QuorateError('BAD_REQUEST', text)
  }
}
