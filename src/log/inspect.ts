/**
 * The log of a node that does not run: what it holds, what is damaged, and giving up what cannot be
 * had back. Used by the `quorate log` commands; works on damaged directories.
 */

import { KvError, LOG_READ_BYTES } from '../base/index.ts'
import { type Clock, type Disk, DiskError } from '../io/index.ts'
import type { EntryKind, GroupId, LogIndex, RecoveredReplica } from '../raft/index.ts'
import { ENTRY_KINDS } from './batch.ts'
import { type Place, segmentName, TYPE_ENTRY } from './format.ts'
import { LOG_LIMITS } from './limits.ts'
import { asLogError, openLogWith, recoveredOf } from './open.ts'
import { type LogReading, readLog } from './recovery.ts'
import type { ScannedRecord, ScanSink } from './scan.ts'
import { type LogDirectory, readDirectory } from './segment-chain.ts'
import type { SegmentHeader } from './segment-header.ts'
import type { LogIdentity, RecoveryReport } from './types.ts'
import { judge, reportOf } from './verdict.ts'
import { readFully } from './window.ts'

export interface LogDamage {
  readonly file: string
  readonly offset: number
  readonly reason: string
  /** Null when it is not known what was there. */
  readonly group: GroupId | null
  readonly index: LogIndex | null
}

export interface LogInspection {
  /** Null when no segment can be read. */
  readonly identity: LogIdentity | null
  /** What a node with peers would start with. */
  readonly report: RecoveryReport
  readonly groups: ReadonlyMap<GroupId, RecoveredReplica>
  readonly damages: readonly LogDamage[]
}

export type InspectedType =
  | 'entry'
  | 'hardState'
  | 'snapshotMark'
  | 'groupDropped'
  | 'groupState'
  | 'fence'

const TYPES: readonly InspectedType[] = [
  'entry',
  'hardState',
  'snapshotMark',
  'groupDropped',
  'groupState',
  'fence',
]

export interface InspectedRecord {
  readonly file: string
  readonly offset: number
  readonly batch: number
  readonly type: InspectedType
  readonly group: GroupId
  readonly index: LogIndex
  readonly term: number
  /** Of entries only. */
  readonly kind: EntryKind | null
  readonly bytes: number
  readonly damaged: boolean
  /** Null when damaged or very large. */
  readonly data: Uint8Array | null
}

export interface InspectOptions {
  readonly disk: Disk
  readonly directory: string
  /** Sees every record of the log, oldest first. */
  readonly onRecord?: (record: InspectedRecord) => void
}

/** Reads everything and changes nothing. */
export async function inspectLog(options: InspectOptions): Promise<LogInspection> {
  const { disk, directory } = options
  try {
    const lock = await disk.lock(directory)
    try {
      return await inspect(options)
    } finally {
      await lock.release()
    }
  } catch (error) {
    throw asLogError(error, directory)
  }
}

async function inspect({ disk, directory, onRecord }: InspectOptions): Promise<LogInspection> {
  const found = await readDirectory(disk, directory)
  if (found.segments.length === 0) {
    throw new KvError('LOG_MISSING', `there is no log in ${directory}`)
  }
  const header = lastHeader(found)
  const reading = await readLog({
    disk,
    directory: found,
    nodeId: header?.nodeId ?? 0,
    cacheBytesMax: 0,
    stopAt: null,
    ...(onRecord === undefined ? {} : { observe: observer(directory, onRecord) }),
  })
  const judging = { directory, repairable: true, suspectTail: 'drop', concession: null } as const
  const verdict = judge(reading, judging)
  return {
    identity: header === null ? null : { clusterId: header.clusterId, nodeId: header.nodeId },
    report: reportOf(reading, { verdict, incarnation: reading.incarnation, directory }),
    groups: recoveredOf(reading.replay.groups),
    damages: damagesOf(reading, directory),
  }
}

function lastHeader({ segments }: LogDirectory): SegmentHeader | null {
  return segments.findLast(({ header }) => header !== null)?.header ?? null
}

function damagesOf({ damages }: LogReading, directory: string): LogDamage[] {
  return damages.map(({ segment, ...damage }) => ({
    file: `${directory}/${segmentName(segment)}`,
    ...damage,
  }))
}

function observer(directory: string, onRecord: (record: InspectedRecord) => void) {
  return (sink: ScanSink): ScanSink => ({
    wantsData: () => true,
    record: (record) => {
      onRecord(inspected(record, directory))
      sink.record(record)
    },
    batchEnded: (maxTerm, options) => sink.batchEnded(maxTerm, options),
    gap: () => sink.gap(),
    committed: (group) => sink.committed(group),
  })
}

function inspected(record: ScannedRecord, directory: string): InspectedRecord {
  const { segment, offset, batch, type, group, index, term, payloadBytes, damaged } = record
  return {
    file: `${directory}/${segmentName(segment)}`,
    ...{ offset, batch, group, index, term, damaged },
    type: TYPES[type - 1] ?? 'entry',
    kind: type === TYPE_ENTRY ? (ENTRY_KINDS[record.kind] ?? null) : null,
    bytes: payloadBytes,
    data: record.payload,
  }
}

export interface TruncateOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly directory: string
  /** The last entry that is kept of each of these groups. */
  readonly groups: ReadonlyMap<GroupId, LogIndex>
  /** Everything of all groups from this record on is given up. */
  readonly from: Place | null
}

/**
 * Gives up entries for good and leaves a log that a single node starts with. What is given up is
 * copied first, to `truncated-…` beside the segments. Damage that is not named stays a reason to
 * refuse.
 */
export async function truncateLog(options: TruncateOptions): Promise<RecoveryReport> {
  const { disk, clock, directory, groups, from } = options
  try {
    const found = await readDirectory(disk, directory)
    const header = lastHeader(found)
    if (header === null) throw new KvError('LOG_MISSING', `no segment in ${directory} is readable`)
    const { clusterId, nodeId, alignment } = header
    const held = await placesGivenUp(options, found)
    const opened = await openLogWith(
      {
        disk,
        clock,
        directory,
        identity: { clusterId, nodeId },
        limits: { ...LOG_LIMITS, segmentBytes: smallestSize(found), alignmentBytes: alignment },
        repairable: false,
        onFatal: () => {
          // Nothing is appended: a failure shows when the log is closed or opened again.
        },
      },
      {
        concession: { groups, everything: from !== null },
        stopAt: from,
        beforeChange: (_, reading) => copySegments(options, { reading, held }),
      },
    )
    await opened.log.close()
    return opened.report
  } catch (error) {
    throw asLogError(error, directory)
  }
}

/** What the node was configured with; segments that were trimmed or made for one batch differ. */
function smallestSize({ segments }: LogDirectory): number {
  const sizes = segments.map(({ header }) => header?.size ?? Number.POSITIVE_INFINITY)
  return Math.min(...sizes)
}

/** The first segment of what is given up, or null when only damaged records are. */
async function placesGivenUp(
  { disk, groups, from }: TruncateOptions,
  found: LogDirectory,
): Promise<number | null> {
  if (from !== null) return from.segment
  const reading = await readLog({
    disk,
    directory: found,
    nodeId: 0,
    cacheBytesMax: 0,
    stopAt: null,
  })
  let first: number | null = null
  for (const [id, kept] of groups) {
    const positions = reading.replay.groups.get(id)?.index.positions
    if (positions?.has(kept + 1) !== true) continue
    first = Math.min(first ?? Number.POSITIVE_INFINITY, positions.segmentOf(kept + 1))
  }
  return first
}

async function copySegments(
  { disk, directory }: TruncateOptions,
  { reading, held }: { reading: LogReading; held: number | null },
): Promise<void> {
  const { chain, remains } = reading.chain
  const damaged = reading.damages.map(({ segment }) => segment)
  const first = Math.min(held ?? Number.POSITIVE_INFINITY, ...damaged)
  for (const { path, number } of [...chain, ...remains]) {
    if (number < first) continue
    const copy = `${directory}/truncated-${reading.incarnation}-${segmentName(number)}.copy`
    await copyFile(disk, { from: path, to: copy })
  }
  await disk.syncDirectory(directory)
}

/** Replaces what an interrupted attempt left. */
async function copyFile(disk: Disk, { from, to }: { from: string; to: string }): Promise<void> {
  try {
    await disk.remove(to)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'notFound') throw error
  }
  const source = await disk.open(from, { mode: 'read' })
  const target = await disk.open(to, { mode: 'create' })
  const bytes = new Uint8Array(LOG_READ_BYTES)
  for (let position = 0; ; ) {
    const length = await readFully(source, { target: bytes, length: bytes.length, position })
    if (length === 0) break
    await target.write(bytes, 0, length, position)
    position += length
  }
  await target.sync()
  await target.close()
  await source.close()
}
