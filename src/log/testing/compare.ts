import assert from 'node:assert/strict'
import type { Entry, RecoveredReplica } from '../../raft/index.ts'
import type { OpenedLog, WriteAheadLog } from '../index.ts'
import { firstOf, lastOf, type Model, type ModelGroup } from './model.ts'

/** Whether the recovered groups are exactly those of the model, entries' bytes not looked at. */
export function sameOutline(opened: OpenedLog, model: Model): boolean {
  const ids = [...opened.groups.keys()].sort((a, b) => a - b)
  const expected = [...model.groups.keys()].sort((a, b) => a - b)
  if (ids.join() !== expected.join()) return false
  for (const [id, group] of model.groups) {
    if (!sameGroup(opened.groups.get(id) as RecoveredReplica, group)) return false
  }
  return true
}

function sameGroup(replica: RecoveredReplica, group: ModelGroup): boolean {
  const outline = (value: unknown): string => JSON.stringify(value)
  return outline(outlineOf(replica)) === outline(expectedOutline(group))
}

function outlineOf(replica: RecoveredReplica): unknown {
  const { hardState, terms, last, snapshot, configurations } = replica
  const { term, vote, commit, recovering } = hardState
  return {
    hardState: [term, vote, commit, recovering],
    terms: terms.map((run) => [run.index, run.term]),
    last,
    snapshot: snapshot === null ? null : [snapshot.index, snapshot.term],
    configurations: configurations.map((entry) => [entry.index, entry.term, [...entry.data]]),
  }
}

function expectedOutline(group: ModelGroup): unknown {
  const { hardState, mark, entries } = group
  const terms: [number, number][] = []
  for (const { index, term } of entries) {
    if (terms.length === 0 || terms.at(-1)?.[1] !== term) terms.push([index, term])
  }
  // A run that begins at the mark's term begins with the first entry all the same.
  const commit = Math.max(hardState.commit, mark?.index ?? 0)
  // A log never begins in a term below that of its entries, also when nobody wrote a hard state.
  const lastTerm = entries.at(-1)?.term ?? mark?.term ?? 0
  const promises = hardState.term < lastTerm ? [lastTerm, 0] : [hardState.term, hardState.vote]
  return {
    hardState: [...promises, commit, hardState.recovering],
    terms,
    last: lastOf(group),
    snapshot: mark === null ? null : [mark.index, mark.term],
    configurations: entries
      .filter(({ kind }) => kind === 'configuration')
      .map(({ index, term, data }) => [index, term, [...data]]),
  }
}

/** Every entry of the model, read back through `read` or `load`. */
export async function checkEntries(log: WriteAheadLog, model: Model): Promise<void> {
  for (const [id, group] of model.groups) {
    const last = lastOf(group)
    const found: Entry[] = []
    for (let from = firstOf(group); from <= last; ) {
      const entries = await log.load(id, from, last, 500)
      assert.ok(entries.length > 0, `entry ${from} of group ${id} is there`)
      found.push(...entries)
      from += entries.length
    }
    assert.deepEqual(found.map(plain), group.entries.map(plain))
  }
}

function plain({ index, term, kind, data }: Entry): unknown {
  return { index, term, kind, data: [...data] }
}
