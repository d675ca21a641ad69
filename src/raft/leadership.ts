/** Being the leader: beginning a term, appending to the own log, knowing whom to feed. */

import { assert } from '../base/index.ts'
import { members } from './configuration.ts'
import type { Core } from './core.ts'
import { entryBytes } from './log-view.ts'
import type { Entry, EntryKind } from './types.ts'

/** Raft paper §8: the empty entry finds out what is committed and commits it. */
export function beginTerm(core: Core): void {
  core.becomeLeader()
  syncProgress(core)
  appendOwn(core, { kind: 'empty', data: new Uint8Array(0) })
  assert(core.log.last === core.termStart, 'a term begins with its own entry')
}

export function appendOwn(
  core: Core,
  { kind, data }: { kind: EntryKind; data: Uint8Array },
): Entry {
  assert(core.role === 'leader', 'only a leader appends of its own')
  const entry: Entry = { term: core.term, index: core.log.last + 1, kind, data }
  core.log.append(entry)
  const bytes = entryBytes(entry)
  core.unfinished.push({ index: entry.index, bytes })
  core.unfinishedBytes += bytes
  core.flushDue = true
  if (kind === 'configuration') {
    core.configurations.add(entry)
    syncProgress(core)
  }
  return entry
}

/**
 * An entry costs memory until its own disk has it, and the state: others may commit long before
 * that. What an earlier leadership left needs no account: before this one's vote was durable, so
 * was all that lay before it.
 */
export function releaseFinished(core: Core): void {
  const index = Math.min(core.commit, core.log.stable, core.applied)
  let done = 0
  for (const entry of core.unfinished) {
    if (entry.index > index) break
    core.unfinishedBytes -= entry.bytes
    done += 1
  }
  if (done > 0) core.unfinished.splice(0, done)
  assert(core.unfinishedBytes >= 0, 'no more is finished than was begun')
}

/**
 * Keeps one `Progress` for every other member. One that is leaving is fed until its departure is
 * committed, so that it usually learns of it.
 */
export function syncProgress(core: Core): void {
  assert(core.role === 'leader', 'only a leader follows the progress of others')
  const wanted = members(core.configuration)
  const { index } = core.configurations.latest
  if (index > core.commit) {
    for (const id of members(core.configurations.at(index - 1).configuration)) wanted.add(id)
  }
  wanted.delete(core.id)
  for (const id of core.progress.keys()) if (!wanted.has(id)) core.progress.delete(id)
  for (const id of wanted) {
    if (core.progress.has(id)) continue
    core.progress.set(id, core.newProgress(id))
    // Whoever is new gets the time to answer before a majority is asked for.
    core.electionElapsed = 0
  }
}
