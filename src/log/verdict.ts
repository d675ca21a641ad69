/**
 * What a reading of the log means: clean, a torn tail, or damage, and whether the node may start
 * with it (docs/format/log.md, "Recovery").
 */

import { assert, KvError } from '../base/index.ts'
import type { GroupId, LogIndex } from '../raft/index.ts'
import { segmentName } from './format.ts'
import type { LogReading } from './recovery.ts'
import type { Damage } from './scan.ts'
import type { RecoveryReport, RecoveryVerdict } from './types.ts'

/** What an operator takes as lost: see `quorate log truncate`. */
export interface Concession {
  /** The last entry that is kept of each of these groups. */
  readonly groups: ReadonlyMap<GroupId, LogIndex>
  /** Whatever else is lost is accepted, too. */
  readonly everything: boolean
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
  if (options.concession !== null) concede(reading, options.concession)
  const settled = replay.settle()
  const lost = settled.filter((group) => !isConceded(group, options.concession))
  for (const group of settled) if (!lost.includes(group)) endRepair(reading, group)
  const gap = replay.gapOpen && options.concession === null
  const verdict = verdictOf(reading, { lost, gap })
  if (verdict.kind === 'damaged' && !options.repairable) refuse(verdict, damages, options.directory)
  if (tail.kind === 'torn' && tail.suspect && options.suspectTail === 'refuse') {
    refuse(verdict, damages, options.directory)
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

function concede({ replay }: LogReading, { groups }: Concession): void {
  for (const [id, index] of groups) {
    const group = replay.groups.get(id)
    if (group === undefined) throw new KvError('BAD_REQUEST', `the log has no group ${id}`)
    const problem = group.concede(index)
    if (problem !== null) throw new KvError('BAD_REQUEST', `group ${id}: ${problem}`)
  }
}

function isConceded(group: GroupId, concession: Concession | null): boolean {
  return concession !== null && (concession.everything || concession.groups.has(group))
}

function endRepair({ replay }: LogReading, id: GroupId): void {
  const group = replay.groups.get(id)
  assert(group !== undefined, 'a settled group exists')
  group.hardState = { ...group.hardState, recovering: false }
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
