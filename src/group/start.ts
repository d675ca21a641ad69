/**
 * How a replica begins: from what its log recovered and the newest snapshot that belongs to it.
 */

import { assert, KvError } from '../base/index.ts'
import type { WriteAheadLog } from '../log/index.ts'
import {
  type Configuration,
  emptyReplica,
  type GroupId,
  type HardState,
  type RecoveredReplica,
  type SnapshotMark,
} from '../raft/index.ts'
import { type StateLimits, Store } from '../state/index.ts'
import type { Snapshots } from './types.ts'

export interface ReplicaStart {
  readonly recovered: RecoveredReplica
  readonly restored: SnapshotMark | null
  readonly store: Store
}

export interface BeginOptions {
  readonly id: GroupId
  /** Null when the log does not know the group. */
  readonly recovered: RecoveredReplica | null
  /** The log was damaged and may have known groups that it no longer does: they begin from this. */
  readonly hidden: HardState | null
  readonly initial: Configuration
  readonly snapshots: Snapshots
  readonly log: WriteAheadLog
  readonly limits: StateLimits
}

/**
 * Restores the newest snapshot that belongs to the log: one that the log begins behind, or whose
 * index and term are in it. Any other stays where it is, for a log that lost its end may have held
 * what it stands on; it goes when newer ones have come.
 */
export async function beginReplica(options: BeginOptions): Promise<ReplicaStart> {
  const { id, snapshots, hidden } = options
  const unknown = hidden === null ? emptyReplica() : { ...emptyReplica(), hardState: hidden }
  const recovered = options.recovered ?? unknown
  const base = recovered.snapshot?.index ?? 0
  const marks = [...(await snapshots.list(id))].reverse()
  for (const mark of marks) {
    if (mark.index < base) break
    if (!belongs(mark, recovered)) continue
    const store = await restore(options, mark)
    if (store !== null) return { recovered, restored: mark, store }
  }
  if (base > 0) return beginAnew(options, recovered)
  return { recovered, restored: null, store: new Store(options.limits) }
}

/** Null when the snapshot is damaged: an older one, or the others, must do. */
async function restore(
  { id, snapshots, limits }: BeginOptions,
  mark: SnapshotMark,
): Promise<Store | null> {
  const store = new Store(limits)
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of snapshots.open(id, mark)) chunks.push(chunk)
    store.restore(chunks)
  } catch (error) {
    if (error instanceof KvError && error.code === 'SNAPSHOT_CORRUPT') return null
    throw error
  }
  assert(store.appliedIndex === mark.index, 'a snapshot is of the index it names')
  return store
}

/**
 * The state under the log is damaged beyond what this node holds: everything is fetched from the
 * others. The promises in the hard state stay; being under repair keeps it from making new ones.
 */
function beginAnew(options: BeginOptions, recovered: RecoveredReplica): ReplicaStart {
  const { id, log, initial, limits } = options
  const configuration = recovered.snapshot?.configuration ?? initial
  const voters = new Set([...configuration.voters, ...configuration.outgoing])
  if (voters.size <= 1) {
    throw new KvError(
      'SNAPSHOT_CORRUPT',
      `group ${id}: no intact snapshot under the log, and no other node to fetch one from`,
    )
  }
  const hardState: HardState = { ...recovered.hardState, commit: 0, recovering: true }
  const origin: SnapshotMark = { index: 0, term: 0, configuration, configurationIndex: 0 }
  log.append({ group: id, hardState, entries: [], snapshot: origin, done: () => {} })
  return {
    recovered: { ...emptyReplica(), hardState, snapshot: origin },
    restored: null,
    store: new Store(limits),
  }
}

function belongs(mark: SnapshotMark, recovered: RecoveredReplica): boolean {
  const base = recovered.snapshot
  if (base !== null && mark.index === base.index) return mark.term === base.term
  if (mark.index > recovered.last) return false
  let term = base?.term ?? 0
  for (const run of recovered.terms) if (run.index <= mark.index) term = run.term
  return term === mark.term
}
