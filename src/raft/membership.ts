/**
 * Changing the members by joint consensus (thesis §4.3). A change of voters is two entries: the
 * joint configuration, and, as soon as that is committed, the target by itself ("automatic leave").
 * Learners decide nothing, so a change of learners alone is one entry.
 *
 * A leader first commits in its own term (the bug Ongaro reported to raft-dev in 2015): without
 * that two leaders could each have an uncommitted configuration whose majorities do not meet.
 */

import { assert, KvError } from '../base/index.ts'
import {
  encodeConfiguration,
  isJoint,
  isMember,
  isVoter,
  validateConfiguration,
} from './configuration.ts'
import type { Core } from './core.ts'
import { appendOwn, syncProgress } from './leadership.ts'
import type { Progress } from './progress.ts'
import { majority } from './quorum.ts'

import { type Configuration, type Entry, type LogIndex, NOBODY, type NodeId } from './types.ts'

export interface MembershipTarget {
  readonly voters: readonly NodeId[]
  readonly learners: readonly NodeId[]
}

/** Fails with a typed error and changes nothing, or appends the first entry of the change. */
export function proposeMembership(
  core: Core,
  target: MembershipTarget,
  { force }: { force: boolean },
): Entry {
  if (core.role !== 'leader') throw new KvError('NOT_LEADER', 'only the leader changes members')
  if (core.transferee !== NOBODY) {
    throw new KvError('TRANSFERRING', 'leadership is being handed over, try again')
  }
  const latest = core.configurations.latest
  const pending = isJoint(latest.configuration) || latest.index > core.commit
  if (pending || !core.knowsCommit) {
    throw new KvError(
      'MEMBERSHIP_PENDING',
      'another change, or the start of the term, is under way',
    )
  }
  const targetConfiguration: Configuration = { ...target, outgoing: [] }
  validateConfiguration(targetConfiguration)
  if (!force) refuseUnsafe(core, targetConfiguration)
  const next = sameVoters(latest.configuration, targetConfiguration)
    ? targetConfiguration
    : { ...targetConfiguration, outgoing: latest.configuration.voters }
  return appendOwn(core, { kind: 'configuration', data: encodeConfiguration(next) })
}

/** A majority of the new voters must be up and close to the end of the log. */
function refuseUnsafe(core: Core, target: Configuration): void {
  const healthy = target.voters.filter((voter) => {
    if (voter === core.id) return true
    const progress = core.progress.get(voter)
    if (progress === undefined || progress.recovering) return false
    if (!progress.isHeard || progress.state !== 'replicate') return false
    const behind = core.log.last - progress.match
    return progress.match >= core.termStart && behind <= core.tuning.catchUpEntriesMax
  })
  if (healthy.length >= majority(target.voters.length)) return
  throw new KvError(
    'MEMBERSHIP_UNSAFE',
    'fewer than a majority of the new voters are up to date; add new ones as learners first',
  )
}

function sameVoters(left: Configuration, right: Configuration): boolean {
  const voters = new Set(left.voters)
  return voters.size === right.voters.length && right.voters.every((id) => voters.has(id))
}

/** The commit index rose: finish what a committed configuration asks for. */
export function onCommitted(core: Core): void {
  assert(core.role === 'leader', 'only a leader finishes a change')
  const { index, configuration } = core.configurations.latest
  if (index > core.commit || !core.knowsCommit) return
  if (isJoint(configuration)) {
    appendOwn(core, {
      kind: 'configuration',
      data: encodeConfiguration({ ...configuration, outgoing: [] }),
    })
    return
  }
  for (const progress of core.progress.values()) {
    if (!isMember(configuration, progress.id)) sayGoodbye(core, progress)
  }
  syncProgress(core)
  if (core.transferee !== NOBODY && !isVoter(configuration, core.transferee)) {
    core.transferee = NOBODY
  }
  if (!isVoter(configuration, core.id)) leaveOffice(core)
}

/** The last message to a node that was removed: the commit index that removed it. */
function sayGoodbye(core: Core, progress: Progress): void {
  const previousTerm = core.log.termAt(progress.match)
  if (previousTerm === undefined || progress.match < core.configurations.latest.index) return
  core.send({
    kind: 'append',
    group: core.group,
    from: core.id,
    to: progress.id,
    term: core.term,
    previousIndex: progress.match,
    previousTerm,
    entries: [],
    commit: core.commit,
    incarnation: progress.incarnation,
    quiet: true,
  })
}

/**
 * This leader is no voter of the committed configuration (thesis §4.2.2). Before it steps down it
 * tells everybody what is committed, and the follower with the longest log to take over at once.
 */
function leaveOffice(core: Core): void {
  let successor: NodeId = NOBODY
  let longest: LogIndex = -1
  for (const progress of core.progress.values()) {
    sayGoodbye(core, progress)
    if (!isVoter(core.configuration, progress.id) || progress.recovering) continue
    if (progress.match <= longest) continue
    longest = progress.match
    successor = progress.id
  }
  if (successor !== NOBODY) {
    core.send({
      kind: 'timeoutNow',
      group: core.group,
      from: core.id,
      to: successor,
      term: core.term,
    })
  }
  core.becomeFollower(core.term, NOBODY)
}
