/**
 * How a replica begins: the engine at its last checkpoint, and the log from there on. Whatever a
 * crash or a damaged disk has left of the two, they are made to fit before anything is applied.
 *
 * ```
 *   log            base ├────────────────────┤ last
 *   engine      ▲          ▲ (1)                   ▲ (3)
 *           (2) │
 * ```
 *
 * 1. In between, and of the same term as the log there: the rest of the log is replayed.
 * 2. Behind the log, or damaged, or gone: a crash came while a snapshot was installed, and its file
 *    is here; or the engine lost something.
 * 3. Ahead of the log, or of another term: the log lost something durable, and what the engine
 *    holds was committed.
 *
 * When no file helps, the log restarts where the engine stands, and the replica is under repair: it
 * counts for nothing until the others have brought back what is missing (docs/decision/0020).
 */

import { assert, KvError, LOG_LOST_TERMS_MAX } from '../base/index.ts'
import type { Engine, EngineFactory } from '../engine/index.ts'
import type { WriteAheadLog } from '../log/index.ts'
import {
  type Configuration,
  decodeConfiguration,
  emptyReplica,
  type GroupId,
  type HardState,
  type NodeId,
  type RecoveredReplica,
  type SnapshotMark,
} from '../raft/index.ts'
import { type StateLimits, StateMachine } from '../state/index.ts'
import { checkpointOf, readCheckpoint } from './checkpoint-meta.ts'
import { replaceFromFile } from './replace-engine.ts'
import { restoreMachine } from './restore-machine.ts'
import type { Snapshots } from './types.ts'

export interface ReplicaStart {
  readonly recovered: RecoveredReplica
  /** Where the state stands; null: nothing was applied yet. */
  readonly restored: SnapshotMark | null
  readonly machine: StateMachine
  /** Open: to be closed by `Group.close`, or by whoever makes no group of it. */
  readonly engine: Engine
}

export interface BeginOptions {
  readonly id: GroupId
  readonly node: NodeId
  /** Null when the log does not know the group. */
  readonly recovered: RecoveredReplica | null
  /** The log was damaged and may have known groups that it no longer does: they begin from this. */
  readonly hidden: HardState | null
  readonly initial: Configuration
  readonly snapshots: Snapshots
  readonly log: WriteAheadLog
  readonly engines: EngineFactory
  readonly limits: StateLimits
  /** See `GroupParts`. */
  readonly seed: number
}

/** An open engine with its state. */
interface Held {
  readonly engine: Engine
  readonly machine: StateMachine
  /** Null: it never held anything. */
  readonly mark: SnapshotMark | null
}

export async function beginReplica(options: BeginOptions): Promise<ReplicaStart> {
  const { id, hidden, snapshots } = options
  const unknown = hidden === null ? emptyReplica() : { ...emptyReplica(), hardState: hidden }
  const recovered = options.recovered ?? unknown
  const base = recovered.snapshot?.index ?? 0
  const start = await join(options, recovered)
  assert(start.machine.appliedIndex >= (start.recovered.snapshot?.index ?? 0), 'state meets log')
  try {
    // Whatever they were for, the engine now holds it durably, or it belongs to no log.
    for (const mark of await snapshots.list(id)) await snapshots.remove(id, mark)
  } catch (error) {
    await start.engine.close()
    throw error
  }
  assert(start.restored !== null || base === 0 || start.recovered !== recovered, 'state is there')
  return start
}

async function join(options: BeginOptions, recovered: RecoveredReplica): Promise<ReplicaStart> {
  const base = recovered.snapshot?.index ?? 0
  const opened = await openEngine(options)
  const held = opened instanceof KvError ? null : opened
  if (held !== null) {
    const index = held.mark?.index ?? 0
    const fits = held.mark === null ? base === 0 : belongs(held.mark, recovered)
    if (fits) return startFrom(held, recovered)
    if (index >= base) return restartLog(options, recovered, held)
    await held.engine.close()
  }
  const filed = await fromFile(options, recovered)
  if (filed !== null) return startFrom(filed, recovered)
  // Nothing is touched on a node that nobody can help: somebody may have a copy.
  if (base > 0 && isAlone(newestIn(recovered, options.initial), options.node)) {
    throw helpless(options.id, opened instanceof KvError ? opened : null)
  }
  const again = held === null ? null : await openEngine(options)
  const rest = again === null || again instanceof KvError ? await emptied(options) : again
  // The log may hold the whole history.
  if (base === 0) return startFrom(rest, recovered)
  return restartLog(options, recovered, rest)
}

function helpless(id: GroupId, damage: KvError | null): KvError {
  const why = damage === null ? '' : `; ${damage.message}`
  const text = 'no intact state under the log, and no other node to fetch one from'
  const advice = 'nothing was changed; restore the data directory from a copy'
  return new KvError('ENGINE_CORRUPT', `group ${id}: ${text} (${advice})${why}`)
}

function startFrom({ engine, machine, mark }: Held, recovered: RecoveredReplica): ReplicaStart {
  const restored = mark === null || mark.index === 0 ? null : mark
  return { recovered, restored, machine, engine }
}

/** Or how what it holds is damaged. */
async function openEngine({ engines, limits, seed }: BeginOptions): Promise<Held | KvError> {
  let engine: Engine | null = null
  try {
    engine = await engines.open()
    const mark = engine.durable === null ? null : readCheckpoint(engine.durable).mark
    return { engine, mark, machine: await restoreMachine(engine, { limits, seed }) }
  } catch (error) {
    await engine?.close()
    if (error instanceof KvError && error.code === 'ENGINE_CORRUPT') return error
    throw error
  }
}

/** From the newest snapshot file that fits the log; null when none does, or all are damaged. */
async function fromFile(
  { id, snapshots, engines, limits, seed }: BeginOptions,
  recovered: RecoveredReplica,
): Promise<Held | null> {
  for (const mark of [...(await snapshots.list(id))].reverse()) {
    if (!belongs(mark, recovered)) continue
    let engine: Engine | null = null
    try {
      const chunks = snapshots.open(id, mark)
      engine = await replaceFromFile(engines, { mark, chunks, isOver: () => false })
      return { engine, mark, machine: await restoreMachine(engine, { limits, seed }) }
    } catch (error) {
      await engine?.close()
      const isDamaged =
        error instanceof KvError &&
        (error.code === 'SNAPSHOT_CORRUPT' || error.code === 'ENGINE_CORRUPT')
      if (!isDamaged) throw error
    }
  }
  return null
}

/** Nothing of what was there can be used. */
async function emptied({ engines, initial, limits, seed }: BeginOptions): Promise<Held> {
  const mark: SnapshotMark = { index: 0, term: 0, configuration: initial, configurationIndex: 0 }
  const nothing = new StateMachine({ limits, seed, records: NO_RECORDS })
  const engine = await engines.replace(checkpointOf(nothing.meta(), mark), noRecords())
  return { engine, mark, machine: await restoreMachine(engine, { limits, seed }) }
}

const NO_RECORDS = { append: () => {}, peek: () => null, readNow: () => null, drop: () => {} }

async function* noRecords(): AsyncGenerator<never, void, undefined> {}

/**
 * Engine and log do not meet. What the engine holds was committed, so the log may begin behind it,
 * as behind a snapshot of the leader; but something that this node had promised is gone.
 */
function restartLog(options: BeginOptions, recovered: RecoveredReplica, held: Held): ReplicaStart {
  const { id, log, initial } = options
  const origin = { index: 0, term: 0, configuration: initial, configurationIndex: 0 }
  const mark = held.mark ?? origin
  const hardState = promises(options, recovered, mark)
  log.append({ group: id, hardState, entries: [], snapshot: mark, done: () => {} })
  const restarted = { ...emptyReplica(), hardState, last: mark.index, snapshot: mark }
  return startFrom(held, restarted)
}

/** Nobody else decides anything, so that nobody else can bring back what was lost. */
function isAlone({ voters, outgoing }: Configuration, node: NodeId): boolean {
  return [...voters, ...outgoing].every((id) => id === node)
}

/** Committed or not, as always. */
function newestIn(
  { configurations, snapshot }: RecoveredReplica,
  initial: Configuration,
): Configuration {
  const last = configurations[configurations.length - 1]
  if (last !== undefined) return decodeConfiguration(last.data)
  return snapshot?.configuration ?? initial
}

/**
 * A log that took itself for whole and is behind its engine has lost promises, too, nobody knows
 * of which terms: they are fenced like those behind a gap. The log itself fences those it knows of.
 * A vote in a term that was not known before is this node's own, which no other can count.
 */
function promises(
  { node, initial }: BeginOptions,
  recovered: RecoveredReplica,
  mark: SnapshotMark,
): HardState {
  const { hardState } = recovered
  const commit = mark.index
  const isLogShort = mark.index >= (recovered.snapshot?.index ?? 0)
  // What the engine has was committed, and what else the log may say was not.
  const isTold = isLogShort && mark.index > 0
  const configuration = isTold ? mark.configuration : newestIn(recovered, initial)
  if (isAlone(configuration, node)) {
    if (mark.term <= hardState.term) return { ...hardState, commit }
    return { ...hardState, term: mark.term, vote: node, commit }
  }
  const term = Math.max(hardState.term, mark.term)
  if (isLogShort && !hardState.recovering) {
    return { term: term + LOG_LOST_TERMS_MAX, vote: node, commit, recovering: true }
  }
  const vote = term > hardState.term ? node : hardState.vote
  return { term, vote, commit, recovering: true }
}

function belongs(mark: SnapshotMark, recovered: RecoveredReplica): boolean {
  const base = recovered.snapshot
  const baseIndex = base?.index ?? 0
  if (mark.index < baseIndex || mark.index > recovered.last) return false
  let term = base?.term ?? 0
  for (const run of recovered.terms) if (run.index <= mark.index) term = run.term
  return term === mark.term
}
