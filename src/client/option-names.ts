/**
 * Types are gone when a program runs: a condition that is misspelt would be one that nobody checks,
 * and a text in the place of a range would be all keys. So names are looked at.
 */

import { QuorateError } from './errors.ts'
import { shown } from './words.ts'

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
  lock: [...CALL, 'ttlMs', 'onWait'],
  elect: [...CALL, 'value', 'ttlMs'],
  leader: CALL,
  observe: ['signal'],
  'leases.grant': [...CALL, 'ttlMs', 'id'],
  'leases.keepAlive': CALL,
  'leases.timeToLive': [...CALL, 'keys'],
  'leases.revoke': CALL,
  'leases.list': CALL,
} as const satisfies Readonly<Record<string, readonly string[]>>

/** What is meant by those who look for it there. */
const HINTS: Readonly<Record<string, string>> = {
  'incr ttlMs':
    'Give it a lease: db.incr(key, 1, { lease: await db.leases.grant({ ttlMs }) }); or put the ' +
    'key with ttlMs and ifAbsent first, for it keeps the time that it has.',
  'put ttl': 'Write ttlMs, in milliseconds.',
}

export type MethodName = keyof typeof NAMES

/** Fails with `BAD_REQUEST` for what is no option of the method. */
export function checkOptions(method: MethodName, options: object): void {
  if (typeof options !== 'object' || options === null) {
    const text = `${method} takes options as an object, not ${shown(options)}`
    throw new QuorateError('BAD_REQUEST', text)
  }
  const names: readonly string[] = NAMES[method]
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (names.includes(name)) {
      const fault = name === 'signal' ? signalFault(value) : null
      if (fault !== null) throw fault
      continue
    }
    const text = `${method} has no option ${JSON.stringify(name)}; it has ${names.join(', ')}`
    const advice = HINTS[`${method} ${name}`]
    throw new QuorateError('BAD_REQUEST', text, advice === undefined ? {} : { advice })
  }
}

/** A signal of another realm, or of a package, does as well. */
export function signalFault(signal: unknown): QuorateError | null {
  if (signal === undefined || signal === null) return null
  if (typeof (signal as Partial<AbortSignal>).addEventListener === 'function') return null
  const advice = 'Pass the signal of an AbortController, and not the controller itself.'
  const text = `signal is an AbortSignal, not ${shown(signal)}`
  return new QuorateError('BAD_REQUEST', text, { advice })
}
