/** The log as plain lists in memory: what the real one must be equal to. */

import type {
  Configuration,
  Entry,
  EntryKind,
  GroupId,
  HardState,
  LogIndex,
  SnapshotMark,
} from '../../raft/index.ts'
import type { LogWrite } from '../index.ts'

export interface ModelGroup {
  hardState: HardState
  mark: SnapshotMark | null
  entries: Entry[]
}

export type ModelStep =
  | { readonly kind: 'write'; readonly write: Omit<LogWrite, 'done'> }
  | { readonly kind: 'cut'; readonly group: GroupId; readonly mark: SnapshotMark }
  | { readonly kind: 'drop'; readonly group: GroupId }

export const NEW_GROUP: ModelGroup = {
  hardState: { term: 0, vote: 0, commit: 0, recovering: false },
  mark: null,
  entries: [],
}

/** States share what did not change, so that one may be kept for every step. */
export class Model {
  readonly groups: ReadonlyMap<GroupId, ModelGroup>

  constructor(groups: ReadonlyMap<GroupId, ModelGroup> = new Map()) {
    this.groups = groups
  }

  after(step: ModelStep): Model {
    const groups = new Map(this.groups)
    if (step.kind === 'drop') groups.delete(step.group)
    else if (step.kind === 'cut') {
      const group = this.groups.get(step.group)
      if (group !== undefined) groups.set(step.group, cutGroup(group, step.mark))
    } else {
      const { write } = step
      groups.set(write.group, writeGroup(this.groups.get(write.group) ?? NEW_GROUP, write))
    }
    return new Model(groups)
  }
}

export function lastOf(group: ModelGroup): LogIndex {
  return group.entries.at(-1)?.index ?? group.mark?.index ?? 0
}

export function firstOf(group: ModelGroup): LogIndex {
  return (group.mark?.index ?? 0) + 1
}

export function termOf(group: ModelGroup, index: LogIndex): number {
  if (index === (group.mark?.index ?? 0)) return group.mark?.term ?? 0
  return group.entries[index - firstOf(group)]?.term ?? 0
}

function cutGroup(group: ModelGroup, mark: SnapshotMark): ModelGroup {
  if (mark.index <= (group.mark?.index ?? 0)) return group
  return { ...group, mark, entries: group.entries.filter(({ index }) => index > mark.index) }
}

function writeGroup(group: ModelGroup, write: Omit<LogWrite, 'done'>): ModelGroup {
  let { mark, entries, hardState } = group
  if (write.snapshot !== null) {
    mark = write.snapshot
    entries = []
  }
  const first = write.entries[0]
  if (first !== undefined) {
    entries = [...entries.filter(({ index }) => index < first.index), ...write.entries]
  }
  if (write.hardState !== null) hardState = write.hardState
  return { mark, entries, hardState }
}

export const CONFIGURATION: Configuration = { voters: [1, 2, 3], outgoing: [], learners: [4] }

export function markOf(index: LogIndex, term: number): SnapshotMark {
  return { index, term, configuration: CONFIGURATION, configurationIndex: Math.min(index, 1) }
}

/** Entries whose bytes tell which they are, and differ between terms. */
export function entryOf(
  index: LogIndex,
  term: number,
  { bytes = 20, kind = 'command' as EntryKind, salt = 0 } = {},
): Entry {
  const data = Uint8Array.from({ length: bytes }, (_, i) => index * 31 + term * 7 + salt + i * 3)
  return { index, term, kind, data }
}
