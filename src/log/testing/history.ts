/**
 * Random histories of a log that a correct node could have: what is committed is never replaced.
 */

import type { Chance } from '../../base/index.ts'
import type { Entry, GroupId } from '../../raft/index.ts'
import {
  entryOf,
  lastOf,
  type Model,
  type ModelGroup,
  type ModelStep,
  markOf,
  NEW_GROUP,
  termOf,
} from './model.ts'

export interface HistoryShape {
  readonly groups: number
  readonly entryBytesMax: number
  /** Percent of the steps. */
  readonly cuts: number
  readonly installs: number
  readonly drops: number
}

export const HISTORY: HistoryShape = {
  groups: 3,
  entryBytesMax: 400,
  cuts: 12,
  installs: 3,
  drops: 1,
}

export function nextStep(model: Model, chance: Chance, shape: HistoryShape = HISTORY): ModelStep {
  const id: GroupId = 1 + chance.below(shape.groups)
  const group = model.groups.get(id) ?? NEW_GROUP
  const draw = chance.below(100)
  if (draw < shape.drops && model.groups.has(id)) return { kind: 'drop', group: id }
  if (draw < shape.drops + shape.installs) return install(id, group, chance)
  if (draw < shape.drops + shape.installs + shape.cuts) {
    const cut = cutStep(id, group, chance)
    if (cut !== null) return cut
  }
  return write(id, group, { chance, shape })
}

function cutStep(id: GroupId, group: ModelGroup, chance: Chance): ModelStep | null {
  const base = group.mark?.index ?? 0
  const room = Math.min(group.hardState.commit, lastOf(group)) - base
  if (room <= 0) return null
  const index = base + 1 + chance.below(room)
  return { kind: 'cut', group: id, mark: markOf(index, termOf(group, index)) }
}

function install(id: GroupId, group: ModelGroup, chance: Chance): ModelStep {
  const index = lastOf(group) + 1 + chance.below(5)
  const term = Math.max(1, group.hardState.term)
  const hardState = { term, vote: 0, commit: index, recovering: false }
  const snapshot = markOf(index, term)
  const entries = chance.happens(0.3) ? [entryOf(index + 1, term)] : []
  return { kind: 'write', write: { group: id, hardState, entries, snapshot } }
}

function write(
  id: GroupId,
  group: ModelGroup,
  { chance, shape }: { chance: Chance; shape: HistoryShape },
): ModelStep {
  const last = lastOf(group)
  const { commit } = group.hardState
  const replace = last > commit && chance.happens(0.15)
  const first = replace ? commit + 1 + chance.below(last - commit) : last + 1
  const term = Math.max(1, group.hardState.term) + (replace || chance.happens(0.1) ? 1 : 0)
  const entries: Entry[] = []
  const count = chance.happens(0.1) && !replace ? 0 : 1 + chance.below(4)
  for (let i = 0; i < count; i++) {
    const kind = chance.happens(0.05) ? 'configuration' : 'command'
    const bytes = chance.below(shape.entryBytesMax + 1)
    entries.push(entryOf(first + i, term, { bytes, kind, salt: id }))
  }
  const end = count === 0 ? last : first + count - 1
  const sure = count === 0 ? last : first - 1
  const next = commit + (sure > commit ? chance.below(sure - commit + 1) : 0)
  const changed = term !== group.hardState.term || chance.happens(0.3)
  const hardState = changed
    ? { term, vote: chance.below(4), commit: Math.min(next, end), recovering: false }
    : null
  return { kind: 'write', write: { group: id, hardState, entries, snapshot: null } }
}
