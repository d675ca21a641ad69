/**
 * Giving up what cannot be had back: `quorate log truncate`. What is given up is copied first, to
 * `truncated-…` beside the segments.
 *
 * Invariant: giving up entries never gives up promises. A group that lost something stays under
 * repair, and fenced, unless it is certain that no other node votes in it (docs/decision/0020).
 */

import { assert, type Chance, KvError, LOG_READ_BYTES } from '../base/index.ts'
import { type Clock, type Disk, DiskError, type DiskFile } from '../io/index.ts'
import type { GroupId, LogIndex, NodeId, Term } from '../raft/index.ts'
import { type Place, SEGMENT_HEADER_BYTES, segmentName } from './format.ts'
import { type InspectedRecord, lastHeader, observer } from './inspect.ts'
import { LOG_LIMITS } from './limits.ts'
import { writeNewFile } from './new-file.ts'
import { asLogError, openLogWith } from './open.ts'
import { PatientFile, type ReadableFile } from './patient-file.ts'
import { type LogReading, type ReadOptions, readLog } from './recovery.ts'
import { type LogDirectory, readDirectory } from './segment-chain.ts'
import type { SegmentHeader } from './segment-header.ts'
import type { RecoveryReport } from './types.ts'
import { type Concession, judge } from './verdict.ts'
import { readFully } from './window.ts'

export interface TruncateOptions {
  readonly disk: Disk
  readonly directory: string
  /** The last entry that is kept of each of these groups. */
  readonly groups: ReadonlyMap<GroupId, LogIndex>
  /** Everything of all groups from this place on is given up. */
  readonly from: Place | null
  /**
   * The operator vouches that no other node votes in the groups concerned. Otherwise that counts
   * as certain only where a snapshot says so and no later configuration is in the log.
   */
  readonly isAlone: boolean
}

export interface TruncatedGroup {
  readonly group: GroupId
  /** How far it can be read now; null when nothing is known of it behind the place. */
  readonly lastBefore: LogIndex | null
  /** Null when nothing would be left of it. */
  readonly lastAfter: LogIndex | null
  readonly recovering: boolean
}

export interface Truncation {
  readonly groups: readonly TruncatedGroup[]
  /** Any other group would start under repair with this term; null: it would start as new. */
  readonly hiddenTerm: Term | null
}

/** What a truncation would do; fails as it would fail. Changes nothing. */
export async function previewTruncation(options: TruncateOptions): Promise<Truncation> {
  return (await examine(options)).truncation
}

/** Gives up entries for good. Damage that is not named stays a reason to refuse. */
export async function truncateLog(
  options: TruncateOptions & { readonly clock: Clock; readonly chance: Chance },
): Promise<RecoveryReport> {
  const { disk, clock, chance, directory, from } = options
  const { header, concession, held, found } = await examine(options)
  const { clusterId, nodeId, alignment } = header
  try {
    const opened = await openLogWith(
      {
        disk,
        clock,
        chance,
        directory,
        identity: { clusterId, nodeId },
        limits: { ...LOG_LIMITS, segmentBytes: smallestSize(found), alignmentBytes: alignment },
        repairable: false,
        onFatal: () => {
          // Nothing is appended: a failure shows when the log is closed or opened again.
        },
      },
      {
        concession,
        stopAt: from,
        beforeChange: async (foundNow, reading) => {
          refuseIfChanged(found, { now: foundNow, directory })
          await copySegments(options, { reading, held })
        },
      },
    )
    await opened.log.close()
    return opened.report
  } catch (error) {
    throw asLogError(error, directory)
  }
}

interface Examined {
  readonly found: LogDirectory
  readonly header: SegmentHeader
  readonly concession: Concession
  /** The first segment of what is given up; infinite when only damaged records are. */
  readonly held: number
  readonly truncation: Truncation
}

/** Under the lock, so that no running node appends meanwhile. */
async function examine(options: TruncateOptions): Promise<Examined> {
  const { disk, directory } = options
  try {
    const lock = await disk.lock(directory)
    try {
      return await examineLocked(options)
    } finally {
      await lock.release()
    }
  } catch (error) {
    throw asLogError(error, directory)
  }
}

async function examineLocked(options: TruncateOptions): Promise<Examined> {
  const { disk, directory, groups, from, isAlone } = options
  const found = await readDirectory(disk, directory)
  const header = lastHeader(found)
  if (header === null) throw new KvError('LOG_MISSING', `no segment in ${directory} is readable`)
  const { nodeId } = header
  const base = { disk, directory: found, nodeId, cacheBytesMax: 0 }
  const [whole, wasAlone] = await readWithVoters({ ...base, stopAt: null })
  if (from !== null) checkPlace(whole, from)
  const segments = lastInSegments(whole)
  const judging = { directory, suspectTail: 'drop' } as const
  judge(whole, { ...judging, repairable: true, concession: null })
  const maxTerm = highestPromise(whole)
  const [kept, staysAlone] = await readWithVoters({ ...base, stopAt: from })
  const rest = from === null ? null : { maxTerm, hasOthers: !isAlone && hasOthers(whole, wasAlone) }
  const concession: Concession = {
    groups,
    rest,
    // The configuration of before the place is in force again.
    isAlone: (id) => isAlone || (wasAlone.has(id) && staysAlone.has(id)),
  }
  judge(kept, { ...judging, repairable: false, concession })
  const held = Math.min(firstGivenUp(segments, kept), from?.segment ?? Number.POSITIVE_INFINITY)
  return { found, header, concession, held, truncation: difference(whole, kept) }
}

/** The second: groups in which certainly no other node votes. */
async function readWithVoters(
  options: ReadOptions,
): Promise<[reading: LogReading, alone: ReadonlySet<GroupId>]> {
  const reconfigured = new Map<GroupId, LogIndex>()
  const observe = observer('', (record) => noteConfiguration(reconfigured, record))
  const reading = await readLog({ ...options, observe })
  return [reading, knownAlone(reading, { nodeId: options.nodeId, reconfigured })]
}

function noteConfiguration(
  reconfigured: Map<GroupId, LogIndex>,
  { group, kind, index }: InspectedRecord,
): void {
  if (kind !== 'configuration') return
  reconfigured.set(group, Math.max(index, reconfigured.get(group) ?? 0))
}

/**
 * Groups of which a snapshot names this node as the only voter, and nothing behind it changed or
 * may have changed that: no configuration, damaged or replaced ones included, and nothing missing
 * that could have been one, also not what a group under repair has lost before. Asked before the
 * groups are settled, while they show their doubts.
 */
function knownAlone(
  { replay }: LogReading,
  parts: { readonly nodeId: NodeId; readonly reconfigured: ReadonlyMap<GroupId, LogIndex> },
): ReadonlySet<GroupId> {
  const known = new Set<GroupId>()
  for (const [id, { index, hardState, entriesDoubtful }] of replay.groups) {
    if (index.mark === null || (parts.reconfigured.get(id) ?? 0) > index.markIndex) continue
    if (entriesDoubtful || index.missing > 0 || hardState.commit > index.last) continue
    if (hardState.recovering) continue
    const { voters, outgoing } = index.mark.configuration
    if (outgoing.length === 0 && voters.every((voter) => voter === parts.nodeId)) known.add(id)
  }
  return known
}

/** Groups of which nothing can be read may be any. */
function hasOthers({ replay }: LogReading, alone: ReadonlySet<GroupId>): boolean {
  return replay.hiddenTerm !== null || [...replay.groups.keys()].some((id) => !alone.has(id))
}

/** No group made a promise in a higher term, also not in what is damaged. */
function highestPromise({ replay }: LogReading): Term {
  let term = Math.max(replay.maxTerm, replay.hiddenTerm ?? 0)
  for (const { hardState } of replay.groups.values()) term = Math.max(term, hardState.term)
  return term
}

/** A place that is not in the log would give up something else than the operator looked at. */
function checkPlace({ chain: { chain }, end }: LogReading, { segment, offset }: Place): void {
  const position = chain.findIndex(({ number }) => number === segment)
  const file = chain[position]
  if (file === undefined) {
    const numbers = chain.map(({ number }) => number)
    const range = `${Math.min(...numbers)} to ${Math.max(...numbers)}`
    throw new KvError('BAD_REQUEST', `segment ${segment} is not in the log, only ${range} are`)
  }
  const next = chain[position + 1]
  const written = next === undefined ? end.offset : (next.header?.previous.offset ?? file.size)
  // Of a segment whose header is damaged nothing can be read, and so nothing be kept.
  const readable = file.header === null ? 0 : Math.min(written, file.size)
  const last = Math.max(SEGMENT_HEADER_BYTES, readable)
  if (offset >= SEGMENT_HEADER_BYTES && offset <= last) return
  throw new KvError(
    'BAD_REQUEST',
    `segment ${segment} has no record at offset ${offset}: ` +
      `it holds them from ${SEGMENT_HEADER_BYTES} to ${last}`,
  )
}

type LastInSegments = ReadonlyMap<GroupId, ReadonlyMap<number, LogIndex>>

/** Each group's last entry in each segment. Asked before damage hides what lies behind it. */
function lastInSegments({ replay }: LogReading): LastInSegments {
  const found = new Map<GroupId, Map<number, LogIndex>>()
  for (const [id, { index }] of replay.groups) {
    const lasts = new Map<number, LogIndex>()
    const { positions } = index
    for (let at = positions.first; at <= index.last; at++) lasts.set(positions.segmentOf(at), at)
    found.set(id, lasts)
  }
  return found
}

/** The first segment with an entry that is given up; what it stood on may be what has gone. */
function firstGivenUp(before: LastInSegments, { replay }: LogReading): number {
  let first = Number.POSITIVE_INFINITY
  for (const [id, segments] of before) {
    const kept = replay.groups.get(id)?.index.last ?? 0
    for (const [number, last] of segments) if (last > kept) first = Math.min(first, number)
  }
  return first
}

function difference(whole: LogReading, kept: LogReading): Truncation {
  const before = whole.replay.groups
  const after = kept.replay.groups
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b)
  const hiddenTerm = kept.replay.hiddenTerm
  const groups = ids.map((group): TruncatedGroup => {
    const left = after.get(group)
    const recovering = left === undefined ? hiddenTerm !== null : left.hardState.recovering
    const lastBefore = before.get(group)?.index.last ?? null
    return { group, lastBefore, lastAfter: left?.index.last ?? null, recovering }
  })
  return { groups, hiddenTerm }
}

/** What the node was configured with; segments that were trimmed or made for one batch differ. */
function smallestSize({ segments }: LogDirectory): number {
  const sizes = segments.map(({ header }) => header?.size ?? Number.POSITIVE_INFINITY)
  return Math.min(...sizes)
}

/** Every start of a node begins a segment: with the same ones nobody has made promises since. */
function refuseIfChanged(
  before: LogDirectory,
  { now, directory }: { now: LogDirectory; directory: string },
): void {
  const numbers = now.segments.map(({ number }) => number)
  const same = before.segments.every(({ number }, at) => number === numbers[at])
  if (same && numbers.length === before.segments.length) return
  throw new KvError(
    'LOG_LOCKED',
    `a node has used ${directory} in the meantime; nothing was changed: look at it once more`,
  )
}

async function copySegments(
  { disk, directory }: TruncateOptions,
  { reading, held }: { reading: LogReading; held: number },
): Promise<void> {
  const { chain, remains } = reading.chain
  const first = Math.min(held, ...reading.damaged)
  for (const { path, number } of [...chain, ...remains]) {
    if (number < first) continue
    const copy = `${directory}/truncated-${reading.incarnation}-${segmentName(number)}.copy`
    await copyFile(disk, { from: path, to: copy })
  }
  await disk.syncDirectory(directory)
}

/** Replaces what an interrupted attempt left. */
async function copyFile(disk: Disk, { from, to }: { from: string; to: string }): Promise<void> {
  assert(from !== to, 'a copy has a name of its own')
  try {
    await disk.remove(to)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'notFound') throw error
  }
  const source = await disk.open(from, { mode: 'read' })
  try {
    // What cannot be read is zeros in the copy.
    const patient = new PatientFile(source, from)
    await writeNewFile(disk, to, (target) => copyBytes(patient, target))
  } finally {
    await source.close()
  }
}

async function copyBytes(source: ReadableFile, target: DiskFile): Promise<void> {
  const bytes = new Uint8Array(LOG_READ_BYTES)
  for (let position = 0; ; ) {
    const length = await readFully(source, { target: bytes, length: bytes.length, position })
    if (length === 0) break
    await target.write(bytes, 0, length, position)
    position += length
  }
  await target.sync()
}
