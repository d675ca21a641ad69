/**
 * The log of a node that does not run: what it holds and what is damaged. Used by the `quorate log`
 * commands; works on damaged directories.
 */

import { KvError } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import type { EntryKind, GroupId, LogIndex, RecoveredReplica } from '../raft/index.ts'
import { ENTRY_KINDS } from './batch.ts'
import { segmentName, TYPE_ENTRY } from './format.ts'
import { asLogError, recoveredOf } from './open.ts'
import { type LogReading, readLog } from './recovery.ts'
import type { ScannedRecord, ScanSink } from './scan.ts'
import { type LogDirectory, readDirectory } from './segment-chain.ts'
import type { SegmentHeader } from './segment-header.ts'
import type { LogIdentity, RecoveryReport } from './types.ts'
import { judge, reportOf } from './verdict.ts'

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

export function lastHeader({ segments }: LogDirectory): SegmentHeader | null {
  return segments.findLast(({ header }) => header !== null)?.header ?? null
}

function damagesOf({ damages }: LogReading, directory: string): LogDamage[] {
  return damages.map(({ segment, ...damage }) => ({
    file: `${directory}/${segmentName(segment)}`,
    ...damage,
  }))
}

export function observer(directory: string, onRecord: (record: InspectedRecord) => void) {
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
