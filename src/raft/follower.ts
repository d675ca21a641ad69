/**
 * The follower's side: taking entries, heartbeats and snapshots from the leader of its term, and
 * becoming whole again after it lost something durable.
 *
 * Repair. A replica that lost what it had acknowledged must not help to elect anybody, because the
 * candidate might lack an entry that was committed by the lost acknowledgement. It takes entries
 * from the leader without promising durability until it provably holds everything it may once have
 * acknowledged: the log of a leader up to a commit index in that leader's own term, told after the
 * leader learned of this life (and so no longer counts acknowledgements of an earlier one).
 * See docs/decision/0020-repair-after-loss.md for why that suffices.
 */

import { assert } from '../base/index.ts'
import type { Core } from './core.ts'
import {
  type Append,
  type Entry,
  type Heartbeat,
  type LogIndex,
  NOBODY,
  type NodeId,
  type ReadReply,
  type Snapshot,
  type SnapshotMark,
} from './types.ts'

/** The leader of this term spoke. */
export function followLeader(core: Core, leader: NodeId): void {
  assert(core.role !== 'leader', 'two leaders in one term')
  if (core.role === 'follower' && core.leader === leader) core.electionElapsed = 0
  else core.becomeFollower(core.term, leader)
}

export function onAppend(core: Core, message: Append): void {
  followLeader(core, message.from)
  const { previousIndex, previousTerm, entries } = message
  if (previousIndex < core.commit) {
    // An old message: what is committed here matches the leader's log anyway.
    if (!message.quiet) acknowledge(core, message.from, core.commit)
    return
  }
  const known = core.log.matches(previousIndex, previousTerm)
  if (!known || (previousIndex > 0 && previousTerm === 0)) {
    refuse(core, message)
    return
  }
  takeEntries(core, entries)
  const lastNew = previousIndex + entries.length
  commitUpTo(core, Math.min(message.commit, lastNew))
  if (core.recovering && message.incarnation === core.incarnation) {
    core.repairGoal = { term: message.term, index: message.commit }
  }
  if (!message.quiet) acknowledge(core, message.from, lastNew)
  finishRepair(core)
}

/** Skips what the log holds already; the first conflict replaces everything from there on. */
function takeEntries(core: Core, entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (core.log.matches(entry.index, entry.term)) continue
    if (entry.index <= core.log.last) {
      assert(entry.index > core.commit, 'a committed entry is never replaced')
      core.log.truncateFrom(entry.index)
      core.configurations.truncateFrom(entry.index)
    }
    core.log.append(entry)
    if (entry.kind !== 'configuration') continue
    core.configurations.add(entry)
    core.removed = false
  }
}

function refuse(core: Core, message: Append): void {
  const hintIndex = core.log.matchCandidate(
    Math.min(message.previousIndex, core.log.last),
    message.previousTerm,
  )
  core.send({
    kind: 'appendReply',
    group: core.group,
    from: core.id,
    to: message.from,
    term: core.term,
    index: message.previousIndex,
    rejected: true,
    hintIndex,
    hintTerm: core.log.termAt(hintIndex) ?? 0,
    recovering: core.recovering,
    incarnation: core.incarnation,
  })
}

/** Leaves after the sync of everything before it: it promises that `index` is durable here. */
function acknowledge(core: Core, to: NodeId, index: LogIndex): void {
  assert(index <= core.log.last, 'only what is there is acknowledged')
  core.sendAfterSync({
    kind: 'appendReply',
    group: core.group,
    from: core.id,
    to,
    term: core.term,
    index,
    rejected: false,
    hintIndex: 0,
    hintTerm: 0,
    recovering: core.recovering,
    incarnation: core.incarnation,
  })
}

/** A message of an older term: tell its sender, so that a leader left behind steps down. */
export function refuseOldTerm(core: Core, { from }: { readonly from: NodeId }): void {
  core.send({
    kind: 'appendReply',
    group: core.group,
    from: core.id,
    to: from,
    term: core.term,
    index: 0,
    rejected: true,
    hintIndex: 0,
    hintTerm: 0,
    recovering: core.recovering,
    incarnation: core.incarnation,
  })
}

export function onHeartbeat(core: Core, message: Heartbeat): void {
  followLeader(core, message.from)
  if (message.commit > core.log.last) {
    // A heartbeat's commit never exceeds what we acknowledged. We do not have it any more, so our
    // disk lost something durable (an older copy of the directory, for example).
    core.recovering = true
  } else if (!core.recovering) {
    commitUpTo(core, message.commit)
  }
  core.send({
    kind: 'heartbeatReply',
    group: core.group,
    from: core.id,
    to: message.from,
    term: core.term,
    round: message.round,
    recovering: core.recovering,
    incarnation: core.incarnation,
  })
}

function commitUpTo(core: Core, index: LogIndex): void {
  if (index <= core.commit) return
  assert(index <= core.log.last, 'only what the log holds is committed')
  core.commit = index
}

/** The snapshot's bytes are complete and durable on this node. */
export function onSnapshot(core: Core, message: Snapshot): void {
  followLeader(core, message.from)
  const { mark } = message
  if (mark.index <= core.commit) {
    acknowledge(core, message.from, core.commit)
    return
  }
  if (core.log.matches(mark.index, mark.term)) {
    // The log reaches that far itself: no need to throw away what follows.
    commitUpTo(core, mark.index)
    acknowledge(core, message.from, mark.index)
    return
  }
  restart(core, mark)
  acknowledge(core, message.from, mark.index)
  assert(core.log.last === mark.index, 'the log restarts behind the snapshot')
}

function restart(core: Core, mark: SnapshotMark): void {
  assert(mark.index > core.commit, 'a snapshot never takes back what is committed')
  core.log.restart(mark)
  core.configurations.restart({
    index: mark.configurationIndex,
    configuration: mark.configuration,
  })
  core.removed = false
  core.commit = mark.index
  core.snapshot = mark
  core.restoredByReady = mark
}

/** Called when entries arrived and when the disk caught up. */
export function finishRepair(core: Core): void {
  const goal = core.repairGoal
  if (!core.recovering || goal === null) return
  if (goal.term !== core.term || core.log.stable < goal.index) return
  if (core.log.termAt(goal.index) !== core.term) return
  core.recovering = false
  core.repairGoal = null
  commitUpTo(core, goal.index)
  if (core.leader !== NOBODY) acknowledge(core, core.leader, goal.index)
  assert(core.promisesChanged, 'being whole again is made durable')
}

export function onReadReply(core: Core, message: ReadReply): void {
  if (core.role !== 'follower' || message.term !== core.term) return
  core.reads.answered({ id: message.id, index: message.index })
}
