/**
 * One node's disk, as the log presents it to consensus: writes become durable in order, one at a
 * time and each as a whole. What was durable earlier is remembered, so that a test can take durable
 * state away again.
 */

import { assert } from '../../base/index.ts'
import type {
  Entry,
  HardState,
  LogIndex,
  Message,
  NodeId,
  Ready,
  RecoveredReplica,
  SnapshotMark,
  Term,
} from '../index.ts'

export interface DurableState {
  readonly hardState: HardState
  /** What the log begins behind, null for one that begins at index 1. */
  readonly base: SnapshotMark | null
  readonly entries: readonly Entry[]
}

export interface PendingWrite {
  readonly number: number
  readonly hardState: HardState | null
  readonly entries: readonly Entry[]
  readonly snapshot: SnapshotMark | null
  /** Votes and acknowledgements that wait for this write. */
  readonly after: readonly Message[]
}

export class DurableDisk {
  readonly #owner: NodeId
  /** Oldest first; the last one is what a restart finds. */
  #states: DurableState[]
  #pending: PendingWrite[] = []
  /** The highest term that ever became durable, also if it was taken away since. */
  #highestTerm: Term
  /** Everything that was durable once, as index:term. */
  readonly #everDurable = new Set<string>()

  constructor(owner: NodeId, state: DurableState) {
    this.#owner = owner
    this.#states = [state]
    this.#highestTerm = state.hardState.term
    for (const entry of state.entries) this.#everDurable.add(`${entry.index}:${entry.term}`)
  }

  get state(): DurableState {
    return this.#states[this.#states.length - 1] as DurableState
  }

  get pending(): readonly PendingWrite[] {
    return this.#pending
  }

  get last(): LogIndex {
    return lastOf(this.state)
  }

  /** How many writes could be taken away by `lose`. */
  get losable(): number {
    return this.#states.length - 1
  }

  wasDurable(index: LogIndex, term: Term): boolean {
    return this.#everDurable.has(`${index}:${term}`)
  }

  write(ready: Ready): void {
    const { number, hardState, entries, snapshot, messagesAfterSync } = ready
    this.#pending.push({ number, hardState, entries, snapshot, after: messagesAfterSync })
  }

  /** The oldest pending write becomes durable. */
  persistOne(): PendingWrite {
    const write = this.#pending.shift()
    assert(write !== undefined, 'something waits for the disk')
    if (write.hardState === null) return write
    const { base, entries } = applied(this.state, write)
    const { hardState } = write
    this.#states.push({ hardState, base, entries })
    this.#highestTerm = Math.max(this.#highestTerm, hardState.term)
    for (const entry of write.entries) this.#everDurable.add(`${entry.index}:${entry.term}`)
    return write
  }

  /** The log forgets what lies at or below the mark. */
  cut(base: SnapshotMark): void {
    const { state } = this
    const entries = state.entries.filter((entry) => entry.index > base.index)
    this.#states.push({ ...state, base, entries })
  }

  /** Power is gone: what was not durable is lost, all but the first `kept` writes. */
  crash(kept: number): void {
    for (let i = 0; i < kept && this.#pending.length > 0; i++) this.persistOne()
    this.#pending = []
  }

  /**
   * The newest `count` durable writes are gone, as by damage that recovery notices. What is left is
   * fenced: the highest term ever promised, and its vote given to nobody else.
   */
  lose(count: number): void {
    assert(count <= this.losable && this.#pending.length === 0, 'only what is durable is lost')
    if (count > 0) this.#states.splice(-count)
    const { base, entries, hardState } = this.state
    this.#states = [
      {
        base,
        entries,
        hardState: {
          term: this.#highestTerm,
          vote: this.#owner,
          commit: hardState.commit,
          recovering: true,
        },
      },
    ]
  }

  recovered(): RecoveredReplica {
    const { hardState, base, entries } = this.state
    const terms: { index: LogIndex; term: Term }[] = []
    for (const { index, term } of entries) {
      if (terms[terms.length - 1]?.term !== term) terms.push({ index, term })
    }
    return {
      hardState,
      terms,
      last: lastOf(this.state),
      snapshot: base,
      configurations: entries.filter((entry) => entry.kind === 'configuration'),
    }
  }
}

export function lastOf({ base, entries }: Pick<DurableState, 'base' | 'entries'>): LogIndex {
  return entries[entries.length - 1]?.index ?? base?.index ?? 0
}

/** What a log holds after a write: a snapshot restarts it, entries replace what follows them. */
export function applied(
  before: Pick<DurableState, 'base' | 'entries'>,
  write: Pick<PendingWrite, 'entries' | 'snapshot'>,
): Pick<DurableState, 'base' | 'entries'> {
  const base = write.snapshot ?? before.base
  const kept = write.snapshot === null ? before.entries : []
  const first = write.entries[0]
  if (first === undefined) return { base, entries: kept }
  assert(first.index <= lastOf({ base, entries: kept }) + 1, 'a log has no holes')
  assert(first.index > (base?.index ?? 0), 'nothing is written under the log')
  const end = first.index - (base?.index ?? 0) - 1
  return { base, entries: [...kept.slice(0, end), ...write.entries] }
}
