/**
 * The leader's side: feeding followers, counting what is committed, confirming reads.
 */

import { assert } from '../base/index.ts'
import type { Core } from './core.ts'
import { releaseFinished } from './leadership.ts'
import { entryBytes } from './log-view.ts'
import { onCommitted } from './membership.ts'
import type { Progress } from './progress.ts'
import { quorumDecision, quorumIndex } from './quorum.ts'
import {
  type AppendReply,
  type Entry,
  type HeartbeatReply,
  type LogIndex,
  NOBODY,
  type NodeId,
  type ReadRequest,
} from './types.ts'

export function tickLeader(core: Core): void {
  assert(core.role === 'leader', 'only a leader keeps others quiet')
  core.heartbeatElapsed += 1
  core.electionElapsed += 1
  if (core.heartbeatElapsed >= core.tuning.heartbeatTicks) {
    core.heartbeatElapsed = 0
    core.heartbeatDue = true
    core.transfereeTold = false
  }
  if (core.electionElapsed >= core.tuning.electionTicks) {
    core.electionElapsed = 0
    checkQuorum(core)
    if (core.role !== 'leader') return
  }
  if (core.transferee === NOBODY) return
  core.transferElapsed += 1
  // The target was too slow: take proposals again (thesis §3.10).
  if (core.transferElapsed >= core.tuning.electionTicks) core.transferee = NOBODY
}

/** A leader that no majority answers makes room for one that is better connected. */
function checkQuorum(core: Core): void {
  const decision = quorumDecision(core.configuration, (voter) =>
    voter === core.id ? true : (core.progress.get(voter)?.active ?? false),
  )
  for (const progress of core.progress.values()) progress.quorumChecked()
  if (decision !== 'won') core.becomeFollower(core.term, NOBODY)
}

/** Sends to each follower what its window allows. Called once per turn, so that a turn's
 * proposals travel together. */
export function flush(core: Core): void {
  assert(core.role === 'leader', 'only a leader replicates')
  core.flushDue = false
  for (const progress of core.progress.values()) feed(core, progress)
}

function feed(core: Core, progress: Progress): void {
  while (progress.mayReceive) {
    const before = progress.next
    const needed = lacksEntries(core, progress)
    if (!needed && !lacksWord(core, progress)) return
    // What is in flight is answered by itself; only one under repair has more to say.
    const quiet = !needed && !progress.recovering
    if (!sendAppend(core, progress, { quiet })) return
    if (progress.next === before) return
  }
}

/** Or it is not known what it holds. */
function lacksEntries(core: Core, progress: Progress): boolean {
  return progress.next <= core.log.last || progress.state === 'probe'
}

/** It has not been told what is committed, and should not wait for it. */
function lacksWord(core: Core, { commitSent }: Progress): boolean {
  return commitSent < core.commit && (!core.wordHeld || commitSent < core.wordAwaited)
}

/** After an answer: most of them leave nothing to tell, and then the turn has nothing to flush. */
function feedWhenHungry(core: Core, progress: Progress): void {
  assert(progress.commitSent <= core.commit, 'nobody is told more than is committed')
  if (core.role !== 'leader' || !progress.mayReceive) return
  if (lacksEntries(core, progress) || lacksWord(core, progress)) core.flushDue = true
}

/** Returns whether a message left. */
function sendAppend(core: Core, progress: Progress, { quiet }: { quiet: boolean }): boolean {
  const previousIndex = progress.next - 1
  const previousTerm = core.log.termAt(previousIndex)
  if (previousTerm === undefined) return sendSnapshot(core, progress)
  let entries: readonly Entry[] = []
  if (progress.next <= core.log.last && progress.mayReceive) {
    const bytesMax = Math.min(core.tuning.appendBytesMax, progress.windowBytes)
    const read = core.log.read(progress.next, core.log.last, bytesMax)
    if (read === null) {
      waitForLoad(core, progress)
      return false
    }
    entries = read
  }
  if (progress.mayReceive && (entries.length > 0 || progress.state === 'probe')) {
    let bytes = 0
    for (const entry of entries) bytes += entryBytes(entry)
    progress.sent({ last: previousIndex + entries.length, bytes })
  }
  assert(previousIndex === 0 || previousTerm > 0, 'only the empty log has no term')
  progress.commitSent = core.commit
  core.send({
    kind: 'append',
    group: core.group,
    from: core.id,
    to: progress.id,
    term: core.term,
    previousIndex,
    previousTerm,
    entries,
    commit: core.commit,
    incarnation: progress.incarnation,
    quiet,
  })
  return true
}

/** A second follower that needs the same waits for the first one's load. */
function waitForLoad(core: Core, progress: Progress): void {
  const from = progress.next
  assert(from <= core.log.last, 'only what the log holds is loaded')
  progress.loadingFrom = from
  if (core.loadsUnderWay.has(from)) return
  core.loadsUnderWay.add(from)
  core.loads.push({ from, to: core.log.last })
}

/** What the follower needs next is compacted. One that does not answer is not sent gigabytes. */
function sendSnapshot(core: Core, progress: Progress): boolean {
  if (!progress.active || core.snapshot === null) return false
  assert(core.snapshot.index >= core.log.base, 'a snapshot covers what was compacted')
  progress.becomeSnapshot(core.snapshot.index)
  core.send({
    kind: 'snapshot',
    group: core.group,
    from: core.id,
    to: progress.id,
    term: core.term,
    mark: core.snapshot,
  })
  return true
}

export function sendHeartbeats(core: Core): void {
  assert(core.role === 'leader', 'only a leader keeps others quiet')
  core.heartbeatDue = false
  for (const progress of core.progress.values()) {
    core.send({
      kind: 'heartbeat',
      group: core.group,
      from: core.id,
      to: progress.id,
      term: core.term,
      commit: Math.min(progress.match, core.commit),
      round: core.reads.latestRound,
      incarnation: progress.incarnation,
    })
  }
}

/**
 * Takes note of the life an answer comes from. Returns false for one from an earlier life: what it
 * acknowledged may be gone. A follower under repair starts from nothing.
 */
function noteLife(
  core: Core,
  progress: Progress,
  answer: { readonly incarnation: number; readonly recovering: boolean },
): boolean {
  if (answer.incarnation < progress.incarnation) return false
  const newLife = answer.incarnation > progress.incarnation
  progress.incarnation = answer.incarnation
  progress.active = true
  if (answer.recovering && (newLife || !progress.recovering)) {
    progress.forget(core.log.last + 1)
  } else if (newLife && progress.state === 'replicate') {
    progress.becomeProbe()
  }
  const whole = progress.recovering && !answer.recovering
  progress.recovering = answer.recovering
  // What it holds already counts from now on.
  if (whole) advanceCommit(core)
  return core.role === 'leader'
}

export function onAppendReply(core: Core, message: AppendReply): void {
  const progress = core.role === 'leader' ? core.progress.get(message.from) : undefined
  if (progress === undefined || message.term !== core.term) return
  if (!noteLife(core, progress, message)) return
  takeAppendReply(core, progress, message)
  feedWhenHungry(core, progress)
}

function takeAppendReply(core: Core, progress: Progress, message: AppendReply): void {
  assert(core.role === 'leader', 'only a leader is answered')
  if (message.rejected) {
    const candidate = core.log.matchCandidate(message.hintIndex, message.hintTerm)
    progress.rejected(message.index, candidate)
    return
  }
  if (message.index > core.log.last) return
  // Most answers confirm what a majority has confirmed already.
  const news = progress.accepted(message.index)
  if (news && message.index > core.commit) advanceCommit(core)
  if (core.role === 'leader') handOverWhenReady(core)
}

export function onHeartbeatReply(core: Core, message: HeartbeatReply): void {
  const progress = core.role === 'leader' ? core.progress.get(message.from) : undefined
  if (progress === undefined || message.term !== core.term) return
  if (!noteLife(core, progress, message)) return
  if (!message.recovering) {
    core.reads.confirm(message.from, message.round)
    finishReads(core)
  }
  // The word to campaign may have been lost, and a cluster at rest sends nothing else.
  if (message.from === core.transferee) handOverWhenReady(core)
  if (progress.state === 'snapshot') return
  const stalled = progress.stalled() && progress.match < core.log.last
  // One under repair is whole only when an append told it the commit index; that one may be lost.
  const untold = message.recovering && progress.state === 'replicate'
  if (stalled || untold) sendAppend(core, progress, { quiet: false })
  feedWhenHungry(core, progress)
}

/**
 * Raft paper §5.4.2 and figure 8: only an entry of the own term is committed by counting; it
 * commits all before it. The own disk counts like any other, once it has synced.
 */
export function advanceCommit(core: Core): void {
  assert(core.role === 'leader', 'only a leader counts')
  const index = quorumIndex(core.configuration, (voter) => durableAt(core, voter))
  if (index <= core.commit || core.log.termAt(index) !== core.term) return
  assert(index <= core.log.last, 'only what the log holds is committed')
  commitTo(core, index)
  core.flushDue = true
  onCommitted(core)
  // With fewer voters a round may be confirmed already, and nobody may be left to answer it.
  if (core.role === 'leader') finishReads(core)
}

function durableAt(core: Core, voter: NodeId): LogIndex {
  if (voter === core.id) return core.log.stable
  const progress = core.progress.get(voter)
  return progress === undefined || progress.recovering ? 0 : progress.match
}

function commitTo(core: Core, index: LogIndex): void {
  assert(index > core.commit, 'the commit index only rises')
  core.commit = index
  releaseFinished(core)
}

/** Opens one round for all reads that wait, as soon as this leader knows what is committed. */
export function startReadRound(core: Core): void {
  assert(core.role === 'leader', 'only a leader confirms reads')
  if (core.reads.waitingCount === 0 || !core.knowsCommit) return
  if (core.reads.roundCount >= core.tuning.readRoundsMax) return
  core.reads.startRound(core.commit)
  core.heartbeatDue = true
  finishReads(core)
}

function finishReads(core: Core): void {
  const answered = core.reads.finish(
    (confirmed) =>
      quorumDecision(core.configuration, (voter) =>
        voter === core.id || confirmed.has(voter) ? true : undefined,
      ) === 'won',
  )
  for (const { from, id, index } of answered) {
    // Whoever asked can read only once he has applied so much.
    awaitWord(core, index)
    core.send({
      kind: 'readReply',
      group: core.group,
      from: core.id,
      to: from,
      term: core.term,
      id,
      index,
    })
  }
}

/** Another node waits until it has applied the entry at `index`. */
export function awaitWord(core: Core, index: LogIndex): void {
  assert(core.role === 'leader', 'only a leader knows what is committed first')
  core.wordAwaited = Math.max(core.wordAwaited, index)
  core.flushDue = true
}

export function onReadRequest(core: Core, message: ReadRequest): void {
  if (core.role !== 'leader' || message.term !== core.term) return
  if (core.reads.openCount >= core.tuning.readsWaitingMax) return
  core.reads.askFor(message.from, message.id)
}

/** The target holds everything: tell it to campaign at once, and again with each heartbeat. */
export function handOverWhenReady(core: Core): void {
  if (core.transferee === NOBODY || core.transfereeTold) return
  const progress = core.progress.get(core.transferee)
  if (progress === undefined || progress.match !== core.log.last || progress.recovering) return
  core.transfereeTold = true
  core.send({
    kind: 'timeoutNow',
    group: core.group,
    from: core.id,
    to: core.transferee,
    term: core.term,
  })
}
