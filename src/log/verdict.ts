/**
 * What a reading of the log means: clean, a torn tail, or damage, and whether the node may start
 * with it (docs/format/log.md, "Recovery").
 */

import { KvError } from '../base/index.ts'
import type { GroupId, LogIndex, Term } from '../raft/index.ts'
import { segmentName } from './format.ts'
import type { LogReading } from './recovery.ts'
import type { Damage } from './scan.ts'
import type { RecoveryReport, RecoveryVerdict } from './types.ts'

const NO_GROUPS: ReadonlySet<GroupId> = new Set()

/** What an operator takes as lost: see `quorate log truncate`. */
export interface Concession {
  /** The last entry that is kept of each of these groups. */
  readonly groups: ReadonlyMap<GroupId, LogIndex>
  /** Everything behind the place where the reading stopped, of all groups; null: nothing there. */
  readonly rest: GivenUpRest | null
  /** Certain to have no other voter: there is nobody to whom such a group can break a promise. */
  readonly isAlone: (group: GroupId) => boolean
}

export interface GivenUpRest {
  /** This node made no promise in a term above this one. */
  readonly maxTerm: Term
  /** Groups that are not alone lie behind the place. */
  readonly hasOthers: boolean
}

export interface Verdict {
  readonly kind: RecoveryVerdict
  /** Groups that lost something durable and must be repaired. */
  readonly lost: readonly GroupId[]
  readonly reason: string
  readonly segment: number | null
  readonly offset: number
}

export interface JudgeOptions {
  readonly directory: string
  readonly repairable: boolean
  readonly suspectTail: 'drop' | 'refuse'
  readonly concession: Concession | null
}

/** Settles every group of the reading. Fails with LOG_CORRUPT when the node must not start. */
export function judge(reading: LogReading, options: JudgeOptions): Verdict {
  const { replay, damages, tail } = reading
  const { concession, directory } = options
  const conceded = concession === null ? NO_GROUPS : concede(reading, concession)
  const settled = replay.settle()
  const spared = endRepairs(reading, conceded, concession)
  const lost = new Set([...settled, ...conceded].filter((group) => !spared.has(group)))
  const gap = replay.gapOpen && concession === null
  const verdict = verdictOf(reading, { lost: [...lost].sort((a, b) => a - b), gap })
  const refused = settled.filter((group) => !conceded.has(group) && !isNamed(group, concession))
  if ((refused.length > 0 || gap) && !options.repairable) {
    refuse({ ...verdict, lost: refused }, damages, directory)
  }
  if (tail.kind === 'torn' && tail.suspect && options.suspectTail === 'refuse') {
    refuse(verdict, damages, directory)
  }
  return verdict
}

function verdictOf(
  { damages, tail }: LogReading,
  { lost, gap }: { lost: readonly GroupId[]; gap: boolean },
): Verdict {
  const first = damages[0]
  if (lost.length > 0 || gap) {
    return {
      kind: 'damaged',
      lost,
      reason: first?.reason ?? 'entries that were durable are missing',
      segment: first?.segment ?? null,
      offset: first?.offset ?? 0,
    }
  }
  if (tail.kind === 'torn') {
    const { reason, offset } = tail
    return { kind: 'tornTail', lost, reason, segment: null, offset }
  }
  if (first === undefined) return { kind: 'clean', lost, reason: '', segment: null, offset: 0 }
  // Damage to what was replaced or cut since: worth knowing, but nothing is lost.
  const { segment, offset } = first
  return { kind: 'clean', lost, reason: `no longer needed: ${first.reason}`, segment, offset }
}

/** Returns the groups that gave something up. */
function concede(reading: LogReading, concession: Concession): ReadonlySet<GroupId> {
  const { replay } = reading
  if (concession.rest !== null) return concedeRest(reading, concession.rest, concession)
  const conceded = new Set<GroupId>()
  for (const [id, index] of concession.groups) {
    const group = replay.groups.get(id)
    if (group === undefined) throw new KvError('BAD_REQUEST', `the log has no group ${id}`)
    const { last, lastTerm } = group.index
    const problem = group.concede(index)
    if (problem !== null) throw new KvError('BAD_REQUEST', `group ${id}: ${problem}`)
    if (index < last || group.entriesDoubtful || group.promisesDoubtful) conceded.add(id)
    if (group.hardState.term >= lastTerm) continue
    // The entries that go are the only word of a term in which it may have voted.
    group.hardState = { ...group.hardState, term: lastTerm }
    group.promisesDoubtful = true
  }
  return conceded
}

/**
 * What is given up may have held any promise: it is treated like a gap, with the fence that goes
 * with it. With nothing left there is no group to say who votes, so the fence is there in any case.
 */
function concedeRest(
  { replay }: LogReading,
  { maxTerm, hasOthers }: GivenUpRest,
  { isAlone }: Concession,
): ReadonlySet<GroupId> {
  const ids = [...replay.groups.keys()]
  if (hasOthers || ids.length === 0 || !ids.every(isAlone)) {
    replay.gap()
    replay.batchEnded(maxTerm, { whole: false })
  }
  return new Set(ids)
}

/**
 * A group without other voters is whole with what is left of it. All others stay under repair
 * (docs/decision/0020). Returns the groups that are whole.
 */
function endRepairs(
  { replay }: LogReading,
  conceded: ReadonlySet<GroupId>,
  concession: Concession | null,
): ReadonlySet<GroupId> {
  const spared = new Set<GroupId>()
  for (const [id, group] of replay.groups) {
    if (concession === null || !(conceded.has(id) || isNamed(id, concession))) continue
    const alone = concession.isAlone(id)
    if (alone) spared.add(id)
    if (alone) group.hardState = { ...group.hardState, recovering: false }
    else if (conceded.has(id)) group.hardState = { ...group.hardState, recovering: true }
  }
  return spared
}

function isNamed(group: GroupId, concession: Concession | null): boolean {
  return concession?.groups.has(group) === true
}

function refuse(verdict: Verdict, damages: readonly Damage[], directory: string): never {
  const { segment, offset, reason, lost } = verdict
  const first = damages[0]
  const file = segment === null ? directory : `${directory}/${segmentName(segment)}`
  const entry = first?.index == null ? '' : `, entry ${first.index} of group ${first.group}`
  const groups =
    lost.length === 0 ? '' : ` Groups that lost entries or promises: ${lost.join(', ')}.`
  throw new KvError(
    'LOG_CORRUPT',
    `${file} at offset ${offset}${entry}: ${reason}.${groups} Nothing was changed. ` +
      `See "quorate log check ${directory}"; "quorate log truncate" accepts a loss.`,
  )
}

export function reportOf(
  reading: LogReading,
  { verdict, incarnation, directory }: { verdict: Verdict; incarnation: number; directory: string },
): RecoveryReport {
  const segment = verdict.segment ?? (verdict.kind === 'tornTail' ? reading.end.segment : null)
  return {
    verdict: verdict.kind,
    segments: reading.chain.chain.length,
    records: reading.records,
    bytes: reading.bytes,
    file: segment === null ? null : `${directory}/${segmentName(segment)}`,
    offset: verdict.offset,
    reason: verdict.reason,
    groups: verdict.lost,
    incarnation,
  }
}
