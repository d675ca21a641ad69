/** Short ways to say what tests append most. */

import type { GroupId, HardState, LogIndex } from '../../raft/index.ts'
import { entryOf, type ModelStep, markOf } from './model.ts'

export function hardStateOf(term: number, commit = 0, vote = 2): HardState {
  return { term, vote, commit, recovering: false }
}

/** `count` entries from `from` on, all of one term. */
export function entries(
  group: GroupId,
  from: LogIndex,
  { count = 1, term = 1, bytes = 20 }: { count?: number; term?: number; bytes?: number } = {},
): ModelStep {
  const list = Array.from({ length: count }, (_, i) => entryOf(from + i, term, { bytes }))
  return { kind: 'write', write: { group, hardState: null, entries: list, snapshot: null } }
}

export function hardState(group: GroupId, state: HardState): ModelStep {
  return { kind: 'write', write: { group, hardState: state, entries: [], snapshot: null } }
}

export function cut(group: GroupId, index: LogIndex, term = 1): ModelStep {
  return { kind: 'cut', group, mark: markOf(index, term) }
}

export function install(group: GroupId, index: LogIndex, term = 1): ModelStep {
  const snapshot = markOf(index, term)
  const state = hardStateOf(term, index)
  return { kind: 'write', write: { group, hardState: state, entries: [], snapshot } }
}
