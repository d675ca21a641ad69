/**
 * What a large run is expected to reach: every kind of fault and every rare state. A report names
 * what was not reached, because a test that never gets somewhere proves nothing about it.
 */

import type { GroupMark } from '../src/group/index.ts'
import { PATTERNS } from './faults.ts'
import { DISK_FAULT_KINDS, NETWORK_FAULT_KINDS } from './world/index.ts'

const RARE_STATES: readonly GroupMark[] = [
  'becameLeader',
  'lostLeadership',
  'checkpointed',
  'checkpointSliced',
  'checkpointPostponed',
  'snapshotWritten',
  'snapshotSent',
  'snapshotInstalled',
  'snapshotTransferFailed',
  'snapshotUseless',
  'logCut',
  'entriesLoaded',
  'entriesReplaced',
  'repaired',
  'membershipApplied',
  'removed',
  'overloaded',
  'applySliced',
  'applyPausedForRecords',
  'applyPausedForRoom',
  'applyPausedForLog',
  'stamped',
  'readPaused',
  'readRestarted',
]

const OTHER_MARKS = [
  'jointConfiguration',
  'recovery: clean',
  'recovery: tornTail',
  'recovery: damaged',
]

/**
 * Faults of the disk that tests of their own show; the nemesis does not use them. A phantom write
 * of the newest batch cannot be told from a crash before it by anything on that disk.
 */
const DISK_KINDS_ELSEWHERE = new Set([
  'misdirectedRead',
  'phantomWrite',
  'nameError',
  'readError',
  'heldOperation',
])

const NEMESIS = [
  'kill',
  'powerLoss',
  'powerLossInWrite',
  'powerLossAll',
  'pause',
  'partition',
  'holdLink',
  'resetLink',
  'transfer',
  'campaign',
  'membership',
  'clockStep',
  'slowDisk',
  'stallDisk',
  'cutOff',
  'fullDisk',
  'failSync',
  'failWrite',
  'rot',
  'misdirect',
  'rotSnapshot',
  'rotEngine',
  'rotValue',
  'moveLeader',
  'disarm',
  'wipe',
  'swapDisks',
]

export function expectedFaults(): readonly string[] {
  return [
    ...DISK_FAULT_KINDS.filter((kind) => !DISK_KINDS_ELSEWHERE.has(kind)).map((k) => `disk: ${k}`),
    ...NETWORK_FAULT_KINDS.map((kind) => `network: ${kind}`),
    ...[...Object.keys(PATTERNS), 'rotating'].map((pattern) => `partition: ${pattern}`),
    ...NEMESIS.map((action) => `nemesis: ${action}`),
  ]
}

export function expectedMarks(): readonly string[] {
  return [...RARE_STATES, ...OTHER_MARKS]
}
