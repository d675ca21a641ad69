/**
 * What whoever uses the client can do. The error table speaks to all, also to those who have
 * headers and sessions of their own, and who cannot know whether a read failed or a write.
 */

import { ERRORS, type ErrorCode, type Retry } from '../base/index.ts'

/** A write that has, or may have, left. */
const OPEN =
  'It may have taken effect, or may yet: look before you ask again, or ask under a condition ' +
  'that holds once, as ifRevision and ifAbsent are.'
/** What did nothing, for want of an answer. */
const LATER =
  'Ask again after a pause. If it lasts, see whether a majority of the nodes is up and can reach ' +
  'each other.'
/** What certainly did nothing, for a reason that can be set right. */
const THEN = 'Nothing was changed; ask again then.'

const OWN: Partial<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'Correct what the text names.',
  TOO_LARGE:
    'Shorten a key that is too long; split a value or a transaction that is; ask for less at a ' +
    'time where it is the answer.',
  SESSION_EXPIRED: 'Look whether it was carried out before you ask again.',
  SESSIONS_TOO_MANY: 'Share one client within a program, and close those that are not needed.',
}
/** Which of them depends on what is known of the operation. */
const BY_OUTCOME: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['TIMED_OUT', 'LEADERSHIP_LOST'])

export function adviceOf(code: ErrorCode, retry: Retry): string {
  if (BY_OUTCOME.has(code)) return retry === 'unknown-outcome' ? OPEN : LATER
  const isOpen = retry === 'unknown-outcome' && ERRORS[code].retry !== retry
  return isOpen ? OPEN : (OWN[code] ?? ERRORS[code].advice)
}

/** Where a node says what to set right first; undefined: it does not. */
export function adviceAfter(repair: string, retry: Retry): string | undefined {
  if (repair === '') return undefined
  return `${repair} ${retry === 'unknown-outcome' ? OPEN : THEN}`
}

/** Without what was said of a write that may have taken effect; undefined: that was all. */
export function adviceWithoutEffect(advice: string): string | undefined {
  return advice.replace(OPEN, '').trimEnd() || undefined
}
