/**
 * Ids of events. The last event of a revision has the revision as its id; those before it, within a
 * transaction, have their place behind it: `7.1`, `7.2`, …, `7`. So whoever knows the last id he
 * saw knows exactly what comes next.
 */

import { KvError } from '../../base/index.ts'

const ID = /^(\d{1,16})(?:\.(\d{1,9}))?$/

export interface ResumePoint {
  /** The first revision that is wanted. */
  readonly revision: number
  /** So many of its events were seen. */
  readonly seen: number
}

export function eventId(revision: number, place: number, isLast: boolean): string {
  return isLast ? String(revision) : `${revision}.${place}`
}

/** What comes after the event. */
export function resumeAfter(name: string, id: string): ResumePoint {
  const [, digits = '', place] = ID.exec(id) ?? []
  const revision = Number(digits)
  const isGood = digits !== '' && Number.isSafeInteger(revision + 1)
  if (!isGood || (place !== undefined && (revision < 1 || Number(place) < 1))) {
    throw new KvError('PARAMETER_INVALID', `${name} is no id of an event, such as 7 or 7.1`)
  }
  return place === undefined
    ? { revision: revision + 1, seen: 0 }
    : { revision, seen: Number(place) }
}
