/** Compares what a log that was opened says with what its groups were, and had promised. */

import assert from 'node:assert/strict'
import type { Entry, GroupId, HardState, RecoveredReplica } from '../../raft/index.ts'
import type { OpenedLog } from '../index.ts'
import { entryOf, firstOf, lastOf, Model, type ModelGroup, termOf } from './model.ts'

export const NODE = 1

/** What was promised: a log never begins in a term below that of its entries. */
export function promisesOf(group: ModelGroup): { term: number; vote: number } {
  const { term, vote } = group.hardState
  const lastTerm = termOf(group, lastOf(group))
  return term < lastTerm ? { term: lastTerm, vote: 0 } : { term, vote }
}

export function keeps(state: HardState, group: ModelGroup): boolean {
  const { term, vote } = promisesOf(group)
  return state.term > term || (state.term === term && [vote, NODE].includes(state.vote))
}

export function termIn({ terms, snapshot }: RecoveredReplica, index: number): number {
  let term = snapshot?.term ?? 0
  for (const run of terms) if (run.index <= index) term = run.term
  return term
}

/** As it was; a cut that was lost only leaves more. */
export function isWhole(replica: RecoveredReplica, group: ModelGroup): boolean {
  const { hardState, last, snapshot } = replica
  const { term, vote } = promisesOf(group)
  const base = snapshot?.index ?? 0
  if (hardState.term !== term || hardState.vote !== vote) return false
  if (last !== lastOf(group) || base > firstOf(group) - 1) return false
  return group.entries.every((entry) => termIn(replica, entry.index) === entry.term)
}

/** Under repair: what it calls committed is what was. */
export function isBeginning(replica: RecoveredReplica, group: ModelGroup): boolean {
  return keeps(replica.hardState, group) && isCommittedRight(replica, group)
}

export function isCommittedRight(replica: RecoveredReplica, group: ModelGroup): boolean {
  const { hardState, last, snapshot } = replica
  if (hardState.commit > last) return false
  const base = Math.max(snapshot?.index ?? 0, firstOf(group) - 1)
  return group.entries.every(
    ({ index, term }) =>
      index <= base || index > hardState.commit || termIn(replica, index) === term,
  )
}

/** All that was committed, but for what was cut. */
export function hasCommitted(replica: RecoveredReplica, group: ModelGroup): boolean {
  const { last, snapshot } = replica
  const isThere = ({ index, term }: Entry): boolean =>
    index <= (snapshot?.index ?? 0) || (index <= last && termIn(replica, index) === term)
  return group.entries.every((entry) => entry.index > group.hardState.commit || isThere(entry))
}

/**
 * Without new damage a group that has lost nothing is whole at every start. One that did may be
 * taken for damaged again, as long as the log has something of before.
 */
export function checkOpened(
  { groups, hidden }: OpenedLog,
  model: Model,
  mayBeLost: ReadonlySet<GroupId> | null = null,
): void {
  for (const [id, group] of model.groups) {
    const replica = groups.get(id)
    const label = `group ${id}: ${JSON.stringify(replica ?? hidden)}, was ${told(id, group)}`
    const isLost = replica === undefined || replica.hardState.recovering
    assert.ok(!isLost || mayBeLost === null || mayBeLost.has(id), label)
    if (replica === undefined) {
      assert.ok(hidden?.recovering === true && keeps(hidden, group), label)
    } else if (replica.hardState.recovering) assert.ok(isBeginning(replica, group), label)
    else assert.ok(!group.hardState.recovering && isWhole(replica, group), label)
  }
}

export function lostIn({ groups }: OpenedLog, model: Model): GroupId[] {
  const all = new Set([...model.groups.keys(), ...groups.keys()])
  return [...all].filter((id) => groups.get(id)?.hardState.recovering !== false)
}

/** What a node goes on with. */
export function modelOf({ groups, hidden }: OpenedLog, before: Model): Model {
  const found = new Map<GroupId, ModelGroup>()
  for (const id of new Set([...before.groups.keys(), ...groups.keys()])) {
    const replica = groups.get(id)
    // Without a fence it begins as new.
    if (replica === undefined && hidden == null) continue
    found.set(id, replica === undefined ? hiddenGroup(hidden as HardState) : groupOf(replica))
  }
  return new Model(found)
}

function hiddenGroup(hardState: HardState): ModelGroup {
  return { hardState, mark: null, entries: [] }
}

function groupOf(replica: RecoveredReplica): ModelGroup {
  const { hardState, snapshot: mark, last, configurations } = replica
  const base = mark?.index ?? 0
  const entries = Array.from({ length: last - base }, (_, at) => {
    const index = base + 1 + at
    const configuration = configurations.find((entry) => entry.index === index)
    return configuration ?? entryOf(index, termIn(replica, index))
  })
  return { hardState, mark, entries }
}

export function told(id: GroupId, group: ModelGroup): string {
  const { hardState, mark } = group
  const terms = group.entries.map(({ index, term }) => `${index}:${term}`)
  return JSON.stringify({ id, hardState, mark: [mark?.index, mark?.term], terms })
}
